"""The worker of documents: handlers, relay and watches. `python -m services.documents.worker [--only watch|relay|handlers]`."""

# ruff: noqa: E402  nothing may be imported before the process is patched
import eventlet

eventlet.monkey_patch()

from services.documents.service import SPEC
from services.kit.bus.nameko import main

if __name__ == "__main__":
    main(SPEC)
