"""The weeks of the demo: what comes in when, and everybody acting at their own moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count, cycle
from typing import Any

from services.kit.worktime import Calendar
from services.platform.demo.articles import Article, articles, texts
from services.platform.demo.office import FIRST_TO_GO, NotInTheList, Office
from services.platform.demo.people_at_work import ZONE
from services.platform.embedded import Platform

BEGIN = datetime(2019, 9, 23, 8, 30, tzinfo=ZONE)
LAST_ARRIVAL = datetime(2019, 10, 12, 17, 0, tzinfo=ZONE)
END = datetime(2019, 10, 20, 20, 30, tzinfo=ZONE)
"""Four weeks: National Day from 1 to 7 October lies inside, 29 September and 12 October are worked."""

Act = Callable[[], None]


class Play:
    """Moments and what happens at them, in order."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._moments: list[tuple[datetime, int, Act]] = []
        self._numbers = count()
        self._planned: set[str] = set()

    def at(self, moment: datetime, act: Act) -> None:
        """Plans something; what lies in the past happens now."""
        heapq.heappush(self._moments, (max(moment, self._platform.clock.now()), next(self._numbers), act))

    def follow(self, office: Office, document: str) -> None:
        """Plans the acts at the steps of a document that have opened meanwhile."""
        self._platform.settle()
        for step in office.open_steps(document):
            if step["name"] not in self._planned:
                self._planned.add(step["name"])
                self.at(office.plan(step), lambda step=step: self._act(office, document, step))  # type: ignore[misc]

    def run(self, until: datetime) -> None:
        """Lets the weeks pass. What is planned for later does not happen any more: it stays open."""
        while self._moments and self._moments[0][0] <= until:
            moment, _, act = heapq.heappop(self._moments)
            if moment > self._platform.clock.now():
                self._platform.advance_to(moment)
            act()
        self._platform.advance_to(until)

    def _act(self, office: Office, document: str, step: dict[str, Any]) -> None:
        try:
            office.act(document, step)
        except NotInTheList:
            # Closed or withdrawn meanwhile is in order; a step that is open and in nobody's list is not.
            if any(each["name"] == step["name"] for each in office.open_steps(document)):
                raise
        self.follow(office, document)


def bureau(play: Play, office: Office, most: int) -> None:
    """Everything that the first tenant does: all flows of its regulation, one article after the other."""
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
    for index, (moment, article) in enumerate(_arrivals(office, most)):
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
}


def district(play: Play, office: Office, most: int) -> None:
    """What the second tenant does: requests of its departments, approved level by level and replied to; outgoing documents."""
    departments = cycle([unit for unit in office.organisation.units if unit.kind == "department"])
    named = {unit.id for unit in office.organisation.units if unit.kind == "department"}
    drafters = cycle([person.id for person in office.organisation.people if person.post == "staff" and person.unit in named])
    for index, (moment, article) in enumerate(_arrivals(office, most)):
        flow = "outgoing" if index % 4 == 3 else "request"
        unit, drafter, number = next(departments), next(drafters), f"请字〔2019〕{index + 1}号"
        play.at(moment, lambda a=article, f=flow, u=unit.display_name, d=drafter, n=number: _district_flow(play, office, a, f, u, d, n))  # type: ignore[misc]


def _district_flow(play: Play, office: Office, article: Article, flow: str, unit: str, drafter: str, number: str) -> None:
    if flow == "outgoing":
        document = office.draft(drafter, article, "OUTGOING", documentType="tongzhi", fields=EXPLAINED)
    else:
        important = office.habits.chance(0.3)
        document = office.register(
            article, number, unit, documentType="qingshi", matters=[article.title], containsRequest=True, important=important
        )
        office.by_handle("clerk").post(f"/v1/{document}:classify", {"documentClass": "approval"})
    play.follow(office, document)


def _arrivals(office: Office, most: int) -> Iterator[tuple[datetime, Article]]:
    """The articles of all texts in turn, spread over the working days."""
    queues = [articles(path) for path in texts()]
    mixed = [article for row in range(max(map(len, queues))) for queue in queues for article in queue[row : row + 1]]
    days = _working_days(office.habits.calendar)
    for index, article in enumerate(mixed[:most]):
        yield office.habits.at_the_desk(days[index * len(days) // min(most, len(mixed))]), article


def _working_days(calendar: Calendar) -> list[datetime]:
    day, found = BEGIN, []
    while day <= LAST_ARRIVAL:
        if calendar.day(day.date()).working:
            found.append(day)
        day += timedelta(days=1)
    return found
