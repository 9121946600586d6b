"""`xiaoneng smoke`: whether an installation works: everybody answers, and one document goes its round.

The round touches each process once: the gateway and the api of documents register; the relay, the broker and the handlers of
notifications put it into a to-do list; voiding takes it out again. What is left is a voided document that says what it was for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

import httpx

from services.kit import ids
from services.platform.account import AccountSettings, gateway_of
from services.platform.client import Client, Refused

LIMIT_SECONDS = 60.0
_TITLE = "平台安装检查（自动登记，随即作废）"


class RoundFailed(RuntimeError):
    """Something did not come about in time."""


def run(settings: AccountSettings, tenant: str, out: TextIO) -> int:
    """Does the checks and says so; returns the exit status."""
    try:
        _answers(settings.address, out)
        if tenant:
            _round(gateway_of(settings).as_("smoke", tenant), out)
    except (httpx.HTTPError, Refused, RoundFailed) as failed:
        print(f"failed: {failed}", file=out)
        return 1
    return 0


def _answers(address: str, out: TextIO) -> None:
    with httpx.Client(base_url=address, timeout=10, trust_env=False) as http:
        http.get("/readyz").raise_for_status()
        paths = http.get("/openapi.json").raise_for_status().json()["paths"]
    print(f"the gateway is ready and offers {len(paths)} paths", file=out)


def _round(account: Client, out: TextIO) -> None:
    about = {"title": _TITLE, "sender": "平台运维", "senderNumber": ids.new(), "documentType": "tongzhi", "source": "superior_document"}
    started = time.monotonic()
    document = account.post("/v1/documents:register", about)["name"]
    account.post(f"/v1/{document}:classify", {"documentClass": "action"})
    _wait("to-do for the registered document", lambda: _listed(account, document))
    print(f"{document} was registered and is in the to-do list after {time.monotonic() - started:.1f} s", file=out)
    account.post(f"/v1/{document}:void", {"reason": _TITLE})
    _wait("end of the to-do for the voided document", lambda: not _listed(account, document))
    print(f"it was voided and is gone from the list after {time.monotonic() - started:.1f} s", file=out)


def _listed(account: Client, document: str) -> bool:
    return any(document in str(todo) for todo in account.every("/v1/todos", "todos"))


def _wait(what: str, look: Callable[[], bool]) -> None:
    until = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < until:
        if look():
            return
        time.sleep(0.5)
    raise RoundFailed(f"no {what} after {LIMIT_SECONDS:.0f} s")
