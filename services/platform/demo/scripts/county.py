"""A county: reports that go up level by level, decisions, documents in the county's name, and windows."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any

from services.platform.demo.articles import Article
from services.platform.demo.office import Office
from services.platform.demo.play import Play, arrivals
from services.platform.demo.scripts.windows import windows

_FLOWS = ("report", "outgoing", "important report", "decision", "emergency", "important decision", "outgoing")
_KNOWN = timedelta(hours=2)


def county(play: Play, office: Office, most: int) -> None:
    """What the departments and townships report, propose and draft, and who comes to their windows."""
    kinds = {unit.id: unit.kind for unit in office.organisation.units}
    drafters = cycle([p.id for p in office.organisation.people if p.post == "staff" and kinds[p.unit] in ("government", "township")])
    for (moment, article), flow, drafter in zip(arrivals(office, most), cycle(_FLOWS), drafters, strict=False):
        play.at(moment, partial(_drafted, play, office, flow, drafter, article))
    windows(play, office, most // 2)


def _drafted(play: Play, office: Office, flow: str, drafter: str, article: Article) -> None:
    important = flow.startswith("important")
    if flow == "outgoing":
        fields = {"issuing_name": "government"}
        document = office.draft(drafter, article, "OUTGOING", documentType="tongzhi", important=office.habits.chance(0.5), fields=fields)
    elif flow.endswith("decision"):
        document = office.draft(drafter, article, "SUBMISSION", documentClass="decision", documentType="yijian", important=important)
    else:
        fields = _reported(play, flow)
        about = {"documentClass": "report_upward", "documentType": "baogao", "important": important, "fields": fields}
        document = office.draft(drafter, article, "SUBMISSION", **about)
    play.follow(office, document)


def _reported(play: Play, flow: str) -> dict[str, Any]:
    """What a report says of itself."""
    if flow == "emergency":
        return {"major_emergency": True, "known_at": (play.now() - timedelta(minutes=20)).isoformat()}
    known = play.now() - _KNOWN
    return {"proposed_handling": "拟按第一方案办理，所需经费在部门预算内解决。", "known_at": known.isoformat()}
