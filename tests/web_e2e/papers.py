"""Documents that a story needs and does not tell of: brought to where it begins over the interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.platform.client import Client, Gateway

_SIGNED = ("review", "check", "sign", "decide")


def registered(clerk: Client, title: str, **about: Any) -> str:
    """An incoming document that has to be handled; returns its name."""
    said = {
        "title": title,
        "sender": "市人民政府办公室",
        "documentType": "tongzhi",
        "source": "superior_document",
        "documentClass": "action",
    }
    return str(clerk.post("/v1/documents:register", {**said, **about})["name"])


def proposed(clerk: Client, document: str, *units: str) -> None:
    """Proposes its handling; the first unit leads."""
    proposal = {"handlingText": "请牵头单位会同配合单位落实", "responsibleUnits": list(units), "leadUnit": units[0]}
    clerk.post(f"/v1/{waiting(clerk, document)[0]['name']}:submitProposal", {"proposal": proposal})


def signed(gateway: Gateway, clerk: Client, document: str) -> None:
    """Lets everybody agree who has to sign before it is handled."""
    while to_sign := [step for step in waiting(clerk, document) if step["act"] in _SIGNED]:
        for step in to_sign:
            subject = f"{step['persons'][0].removeprefix(f'{clerk.tenant}-')}@{clerk.tenant}"
            gateway.as_(subject).post(f"/v1/{step['name']}:complete", {"verdict": "VERDICT_APPROVE", "opinion": "同意。"})


def issued(gateway: Gateway, drafter: Client, title: str, **about: Any) -> str:
    """An outgoing document with all its signatures and its number; returns its name."""
    said = {"kind": "DOCUMENT_KIND_OUTGOING", "title": title, "body": f"{title}。"}
    document = str(drafter.post("/v1/documents:draft", {**said, **about})["name"])
    drafter.post(f"/v1/{document}:submitDraft")
    signed(gateway, drafter, document)
    gateway.as_(f"clerk@{drafter.tenant}").post(f"/v1/{document}:issue", {"series": "赣市水利字"})
    return document


def closed(gateway: Gateway, clerk: Client, document: str) -> None:
    """Lets the units that handle a signed document feed back, so that it is closed."""
    said = {"resultText": "已办结", "measures": "已开展核查并整改", "dispatchText": "已调度", "completed": True}
    for step in waiting(clerk, document):
        if step["act"] == "handle":
            subject = f"{step['persons'][0].removeprefix(f'{clerk.tenant}-')}@{clerk.tenant}"
            gateway.as_(subject).post(f"/v1/{step['name']}:submitFeedback", said)


def waiting(clerk: Client, document: str) -> list[dict[str, Any]]:
    """The steps that somebody can do now."""
    return [step for step in clerk.get(f"/v1/{document}/route")["steps"] if step["state"] == "STEP_STATE_OPEN"]


def pass_time(gateway: Gateway, until: datetime) -> None:
    """Lets time pass; what is due on the way has happened when this returns."""
    gateway.as_("clerk@ganzhou").post("/v1/clock:advance", {"time": until.isoformat()})
