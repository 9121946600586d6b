"""A district government: requests of its departments, returned where they are not in order, approved level by level and replied to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any

from services.platform.demo.articles import Article
from services.platform.demo.office import Office
from services.platform.demo.play import Play, arrivals
from services.platform.people import Unit

# What a department says of a document that it wants issued.
EXPLAINED = {
    "issuer": "district_government_office",
    "basis": "上级有关文件和区政府工作部署",
    "framework": "总体要求、重点任务、保障措施",
    "key_content": "任务分工和完成时限",
    "measures": "按季度调度，年底考核",
    "participants": ["finance", "development"],
    "completion_time": "2019-12-31",
    "no_provision_in_force": True,
    "search_result": "经查，没有适用的现行规定",
    "reason_basis": "区政府年度工作要点",
    "drafting_process": "已征求相关部门意见并采纳",
    "benchmarking_note": "与市级文件一致",
    "openness": "public",
    "internal_legality_review": "合法",
    "fair_competition_review": "不涉及市场主体经营活动",
    "consultation_letters": "相关部门无不同意见",
    "policy_assessment": "已评估",
    "interpretation_material": "解读材料",
    "interpretation_plan": "与文件同步公开",
}


# What the registry states of what a department hands in, and what is wrong with the one that goes back.
HANDED_IN = {
    "signed_by": "principal",
    "office_reviewed": True,
    "paper_confirmed": True,
    "versions_agree": True,
    "duty": "government",
    "sender_level": "department",
}
WRONG = {"signed_by": "deputy", "versions_agree": False}
_FLOWS = ("request", "returned", "request", "outgoing")


def district(play: Play, office: Office, most: int) -> None:
    """Requests of the departments, one of them with faults; documents that a department drafts."""
    departments = [unit for unit in office.organisation.units if unit.kind == "department"]
    named = {unit.id for unit in departments}
    drafters = cycle([person.id for person in office.organisation.people if person.post == "staff" and person.unit in named])
    for index, ((moment, article), unit) in enumerate(zip(arrivals(office, most), cycle(departments), strict=False)):
        flow = _FLOWS[index % 4] if index < len(_FLOWS) or index % 4 != 1 else "request"
        paper = Paper(article, unit, f"请字〔2019〕{index + 1}号")
        acts: dict[str, Callable[[], None]] = {
            "request": partial(_request, play, office, paper),
            "returned": partial(_with_faults, play, office, paper),
            "outgoing": partial(_outgoing, play, office, next(drafters), article),
        }
        play.at(moment, acts[flow])


@dataclass(frozen=True)
class Paper:
    """What a department hands in."""

    article: Article
    unit: Unit
    number: str

    def registered(self, office: Office, **about: Any) -> str:
        """The request as it should be, with what is said otherwise; returns the document's name."""
        stated = {"sender_unit": self.unit.id, **HANDED_IN, **about.pop("fields", {})}
        request = {"documentType": "qingshi", "matters": [self.article.title], "source": "subordinate_request", "containsRequest": True}
        return office.register(self.article, self.number, self.unit.display_name, **{**request, **about, "fields": stated})


def _request(play: Play, office: Office, paper: Paper) -> None:
    _taken_up(play, office, paper.registered(office, important=office.habits.chance(0.3)))


def _taken_up(play: Play, office: Office, document: str) -> None:
    office.by_handle("clerk").post(f"/v1/{document}:classify", {"documentClass": "approval"})
    play.follow(office, document)


def _with_faults(play: Play, office: Office, paper: Paper) -> None:
    """Several things are wrong with it: it goes back for all of them at once, when the leader in charge consents."""
    document = paper.registered(office, matters=[paper.article.title, "另请解决经费"], fields=WRONG)
    office.by_handle("clerk").post(f"/v1/{document}:return", {"reason": "请一并改正后重报。"})
    play.follow(office, document)
    _next_day(play, office, partial(_handed_in_again, play, office, paper, document))


def _handed_in_again(play: Play, office: Office, paper: Paper, first: str) -> None:
    if office.read(first)["state"] != "DOCUMENT_STATE_RETURNED":
        _next_day(play, office, partial(_handed_in_again, play, office, paper, first))
        return
    again = paper.registered(office, resubmits=first)
    play.stories.returned.append((office, first, again))
    _taken_up(play, office, again)


def _next_day(play: Play, office: Office, act: Callable[[], None]) -> None:
    play.at(office.habits.office_time(play.now() + timedelta(days=1)), act)


def _outgoing(play: Play, office: Office, drafter: str, article: Article) -> None:
    play.follow(office, office.draft(drafter, article, "OUTGOING", documentType="tongzhi", fields=EXPLAINED))
