"""`make demo`: the main job on real input, over some weeks on a driven clock. Ends by itself in about a minute.

The regulation texts come in as official documents, cut into their articles, each with its whole text attached; the demo people register,
propose, sign, handle, feed back and close them through the gateway. Some are late, by a seeded plan. At the end what /metrics says is
compared with what the ledgers and inboxes say.
"""

from services.platform.demo.run import run

__all__ = ["run"]
