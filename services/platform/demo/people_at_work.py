"""How soon people do what waits for them: most in time, some late, by a seeded plan. The same seed gives the same weeks."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.kit.worktime import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
_MORNING, _EVENING = time(8, 40), time(20, 30)


class Habits:
    """When a person acts on a step that arrived. `due` is when the step has to be done, where it is limited."""

    def __init__(self, seed: int, calendar: Calendar) -> None:
        self._random = random.Random(seed)  # noqa: S311  a plan, no secret
        self._patience: dict[str, float] = {}
        self.calendar = calendar

    def signs_at(self, arrived: datetime, due: datetime | None = None, late: float = 0.12) -> datetime:
        """A signature or another short step: within two hours, also in the evening; the late ones sleep over it and miss its limit."""
        if due is None:
            if self._random.random() < late:
                return self.office_time(arrived + timedelta(hours=self._random.uniform(9, 30)))
        elif self._is_late("sign", late):
            return self.office_time(max(due, arrived) + timedelta(hours=self._random.uniform(0.5, 16)))
        return self._awake(arrived + timedelta(minutes=self._random.uniform(6, 110)))

    def reads_at(self, arrived: datetime, late: float = 0.1) -> datetime:
        """A reading copy: the same or the next morning; the late ones on a later working day."""
        if self._random.random() < late:
            return self.office_time(arrived + timedelta(hours=self._random.uniform(30, 80)))
        return self._awake(arrived + timedelta(hours=self._random.uniform(0.3, 9)))

    def handles_at(self, arrived: datetime, due: datetime | None, late: float = 0.18) -> datetime:
        """The handling of a matter: some time before its limit; the late ones one to four days after it."""
        end = due or arrived + timedelta(days=5)
        if self._random.random() < late if due is None else self._is_late("handle", late):
            return self.office_time(end + timedelta(hours=self._random.uniform(3, 90)))
        share = self._random.uniform(0.25, 0.85)
        planned = self.office_time(arrived + (end - arrived) * share)
        return planned if planned < end else max(arrived, end - timedelta(minutes=30))

    def at_the_desk(self, day: datetime) -> datetime:
        """Some moment of the office hours of a day."""
        return day.astimezone(ZONE).replace(hour=0, minute=0) + timedelta(hours=self._random.uniform(8.7, 16.5))

    def chance(self, share: float) -> bool:
        """Whether something that happens in this share of cases happens now."""
        return self._random.random() < share

    def choose(self, things: list[str], number: int) -> list[str]:
        """Some of the things."""
        return self._random.sample(things, min(number, len(things)))

    def office_time(self, at: datetime) -> datetime:
        """The moment itself inside office hours, else the next morning of work."""
        local = at.astimezone(ZONE)
        while not self.calendar.day(local.date()).working or local.time() >= time(17, 30):
            local = datetime.combine(local.date() + timedelta(days=1), _MORNING, ZONE)
        if local.time() < _MORNING:
            local = datetime.combine(local.date(), _MORNING, ZONE)
        return local + timedelta(minutes=self._random.uniform(1, 25))

    def _is_late(self, what: str, share: float) -> bool:
        """Whether it is time that somebody is late again: the share holds in small numbers too, so nobody's office is always in time."""
        left = self._patience.get(what, self._random.uniform(0.05, 0.17)) - share * self._random.uniform(0.5, 1.5)
        self._patience[what] = left if left > 0 else left + 1
        return left <= 0

    def _awake(self, at: datetime) -> datetime:
        local = at.astimezone(ZONE)
        if local.time() > _EVENING:
            return local.replace(hour=20, minute=31)
        return datetime.combine(local.date(), time(7, 5), ZONE) if local.time() < time(7) else local
