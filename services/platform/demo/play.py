"""The weeks of the demo: what comes in when, and everybody acting at their own moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from services.kit.worktime import Calendar
from services.platform.demo.articles import Article, articles, texts
from services.platform.demo.office import NotInTheList, Office
from services.platform.demo.people_at_work import ZONE
from services.platform.demo.stories import Stories
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
        self.offices: dict[str, Office] = {}
        """All offices of the demo, by tenant."""
        self.stories = Stories()

    def at(self, moment: datetime, act: Act) -> None:
        """Plans something; what lies in the past happens now."""
        heapq.heappush(self._moments, (max(moment, self._platform.clock.now()), next(self._numbers), act))

    def now(self) -> datetime:
        """The driven clock."""
        return self._platform.clock.now()

    def settle(self) -> None:
        """Lets what is under way arrive."""
        self._platform.settle()

    def follow(self, office: Office, document: str) -> None:
        """Plans the acts at the steps of a document that have opened meanwhile."""
        self._platform.settle()
        for step, planned in office.plans(document):
            if step["name"] not in self._planned:
                self._planned.add(step["name"])
                self.at(planned(), lambda step=step: self._act(office, document, step))  # type: ignore[misc]

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


def arrivals(office: Office, most: int) -> Iterator[tuple[datetime, Article]]:
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
