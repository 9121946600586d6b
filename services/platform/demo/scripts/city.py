"""A city government's office: matters of the day, documents of its sections, and what it sends to the offices below it."""

from __future__ import annotations

from functools import partial
from itertools import cycle
from typing import Any

from services.platform.demo.articles import Article
from services.platform.demo.office import Office
from services.platform.demo.play import Play, arrivals
from services.platform.demo.scripts.exchange import deliver

_FLOWS = ("outgoing", "important", "grassroots", "ordinary", "report", "outgoing", "ordinary", "grassroots")
_ABOUT: dict[str, dict[str, Any]] = {"important": {"important": True}, "grassroots": {"source": "grassroots_request"}}


def city(play: Play, office: Office, most: int) -> None:
    """What comes in and what is drafted; the first documents that are issued go to everybody below."""
    sections = {unit.id for unit in office.organisation.units if unit.kind == "section"}
    drafters = cycle([person.id for person in office.organisation.people if person.post == "staff" and person.unit in sections])
    (reporter, *_) = [p.id for p in office.organisation.people if p.post == "staff" and p.unit not in sections]
    for index, ((moment, article), flow) in enumerate(zip(arrivals(office, most), cycle(_FLOWS), strict=False)):
        if flow == "outgoing":
            play.at(moment, partial(_outgoing, play, office, next(drafters), article))
        elif flow == "report":
            play.at(moment, partial(_report, play, office, reporter, article))
        else:
            play.at(moment, partial(_incoming, play, office, article, f"来字〔2019〕{index + 1}号", _ABOUT.get(flow, {})))


def _incoming(play: Play, office: Office, article: Article, number: str, about: dict[str, Any]) -> None:
    document = office.register(article, number, "县人民政府", documentType="tongzhi", documentClass="action", **about)
    play.follow(office, document)


def _outgoing(play: Play, office: Office, drafter: str, article: Article) -> None:
    document = office.draft(drafter, article, "OUTGOING", documentType="tongzhi")
    office.when_issued[document] = partial(deliver, play, office, document)
    play.follow(office, document)


def _report(play: Play, office: Office, reporter: str, article: Article) -> None:
    play.follow(office, office.draft(reporter, article, "SUBMISSION", documentType="baogao"))
