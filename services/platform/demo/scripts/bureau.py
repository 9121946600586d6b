"""A municipal bureau: what comes in takes all routes that its regulation knows, one article after the other."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from services.platform.demo.articles import Article
from services.platform.demo.office import FIRST_TO_GO, Office
from services.platform.demo.play import Play, arrivals


def bureau(play: Play, office: Office, most: int) -> None:
    """Everything that comes in, and what the sections draft."""
    flows = cycle(
        [
            "action",
            "action",
            "comprehensive",
            "reading",
            "action",
            "urgent",
            "paper",
            "assigned",
            "outgoing",
            "action",
            "submission",
            "forwarded",
        ]
    )
    drafters = cycle([person.id for person in office.organisation.people if person.post == "staff" and person.unit != "office"])
    for index, (moment, article) in enumerate(arrivals(office, most)):
        flow, drafter, number = next(flows), next(drafters), f"来字〔2019〕{index + 1}号"
        play.at(moment, lambda a=article, f=flow, d=drafter, n=number: _bureau_flow(play, office, a, f, d, n))  # type: ignore[misc]


def _bureau_flow(play: Play, office: Office, article: Article, flow: str, drafter: str, number: str) -> None:
    if flow in ("outgoing", "submission"):
        document = office.draft(drafter, article, flow.upper(), documentType="tongzhi", important=office.habits.chance(0.5))
        play.follow(office, document)
        return
    kinds: dict[str, dict[str, Any]] = {
        "comprehensive": {"comprehensive": True, "important": True},
        "urgent": {"urgency": "URGENCY_SPECIALLY_URGENT"},
        "paper": {"medium": "MEDIUM_PAPER"},
        "assigned": {"source": "superior_assignment"},
        "forwarded": {"source": "municipal_government_office_forward"},
    }
    about = kinds.get(flow, {})
    document = office.register(article, number, "市人民政府办公室", documentType="tongzhi", **about)
    clerk = office.by_handle("clerk")
    document_class = "reading" if flow == "reading" else "action"
    clerk.post(f"/v1/{document}:classify", {"documentClass": document_class})
    if flow == "urgent":
        clerk.post(f"/v1/{document}:preforward", {"leadUnit": FIRST_TO_GO})
    play.follow(office, document)
