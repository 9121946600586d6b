"""What a limit allows: a number and its unit, where the text says so an hour of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.kit.worktime.calendar import parse_time


class Unit(StrEnum):
    """In which unit a limit is counted. The conventions behind each are in `due.py`."""

    MINUTES = "minutes"
    CLOCK_HOURS = "clock_hours"
    OFFICE_MINUTES = "office_minutes"
    OFFICE_HOURS = "office_hours"
    WORKING_DAY_CLOCK_HOURS = "working_day_clock_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    SAME_WORKING_DAY = "same_working_day"
    SAME_CALENDAR_DAY = "same_calendar_day"
    WORKING_DAYS_BEFORE = "working_days_before"
    WORKING_DAY_OF_NEXT_MONTH = "working_day_of_next_month"
    LAST_WORKING_DAY_OF_ISO_WEEK = "last_working_day_of_iso_week"
    LAST_WORKING_DAY_OF_MONTH = "last_working_day_of_month"
    LAST_WORKING_DAY_OF_QUARTER = "last_working_day_of_quarter"
    LAST_WORKING_DAY_OF_HALF_YEAR = "last_working_day_of_half_year"
    LAST_WORKING_DAY_OF_YEAR = "last_working_day_of_year"


class Roll(StrEnum):
    """Where a limit in calendar days ends that would end on a day of rest."""

    NEXT_WORKING_DAY = "next_working_day"
    NONE = "none"


# Units that are spent second by second; all others end at an hour of a day.
TIME_UNITS = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.CLOCK_HOURS: timedelta(hours=1),
    Unit.OFFICE_MINUTES: timedelta(minutes=1),
    Unit.OFFICE_HOURS: timedelta(hours=1),
    Unit.WORKING_DAY_CLOCK_HOURS: timedelta(hours=1),
}
# Units that need no number.
FIXED_UNITS = frozenset(unit for unit in Unit if unit.name.startswith(("SAME_", "LAST_")))
_WORDS = {
    Unit.MINUTES: "{n}分钟",
    Unit.CLOCK_HOURS: "{n}小时",
    Unit.OFFICE_MINUTES: "{n}分钟（工作时间）",
    Unit.OFFICE_HOURS: "{n}个工作小时",
    Unit.WORKING_DAY_CLOCK_HOURS: "{n}小时（工作日连续计算）",
    Unit.WORKING_DAYS: "{n}个工作日",
    Unit.CALENDAR_DAYS: "{n}日",
    Unit.SAME_WORKING_DAY: "当个工作日",
    Unit.SAME_CALENDAR_DAY: "当日",
    Unit.WORKING_DAYS_BEFORE: "提前{n}个工作日",
    Unit.WORKING_DAY_OF_NEXT_MONTH: "次月第{n}个工作日",
    Unit.LAST_WORKING_DAY_OF_ISO_WEEK: "本周最后一个工作日",
    Unit.LAST_WORKING_DAY_OF_MONTH: "本月最后一个工作日",
    Unit.LAST_WORKING_DAY_OF_QUARTER: "本季度最后一个工作日",
    Unit.LAST_WORKING_DAY_OF_HALF_YEAR: "本半年最后一个工作日",
    Unit.LAST_WORKING_DAY_OF_YEAR: "本年最后一个工作日",
}
_MOST = 100_000  # more than any limit in use; keeps a slip of the pen from scanning centuries


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit: `value` in `unit`, ending at `time` of the last day where that is not the closing hour ('第三日12:00')."""

    value: int | None
    unit: Unit
    time: str | None = None
    roll: Roll = Roll.NEXT_WORKING_DAY

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        object.__setattr__(self, "roll", Roll(self.roll))
        if self.unit in FIXED_UNITS:
            if self.value is not None:
                raise ValueError(f"{self.unit} takes no value")
        elif not isinstance(self.value, int) or isinstance(self.value, bool) or not 1 <= self.value <= _MOST:
            raise ValueError(f"{self.unit} needs a whole number from 1 to {_MOST}, not {self.value!r}")
        if self.time is not None:
            if self.unit in TIME_UNITS:
                raise ValueError(f"{self.unit} runs from the moment of the trigger and takes no time of day")
            parse_time(self.time)
        if self.roll is not Roll.NEXT_WORKING_DAY and self.unit is not Unit.CALENDAR_DAYS:
            raise ValueError("only calendar_days take a roll")

    @classmethod
    def parse(cls, data: Any) -> Budget:
        """Reads `{value, unit, time, roll}` as a policy pack writes it. Refuses what it does not know: ValueError."""
        if not isinstance(data, Mapping) or "unit" not in data:
            raise ValueError("a budget is a mapping with a unit")
        if unknown := set(data) - {"value", "unit", "time", "roll"}:
            raise ValueError(f"a budget has no {', '.join(sorted(map(str, unknown)))}")
        return cls(data.get("value"), Unit(data["unit"]), data.get("time"), Roll(data.get("roll", Roll.NEXT_WORKING_DAY)))

    def as_data(self) -> dict[str, Any]:
        """What `parse` reads; without what is default."""
        data: dict[str, Any] = {"unit": self.unit.value}
        if self.value is not None:
            data["value"] = self.value
        if self.time is not None:
            data["time"] = self.time
        if self.roll is not Roll.NEXT_WORKING_DAY:
            data["roll"] = self.roll.value
        return data

    @property
    def amount(self) -> timedelta:
        """How much time a limit in hours or minutes allows."""
        return TIME_UNITS[self.unit] * (self.value or 0)

    def words(self) -> str:
        """How the limit reads in Chinese: '6小时', '5个工作日', '3个工作日（截至12:00）'."""
        text = _WORDS[self.unit].format(n=self.value)
        return f"{text}（截至{self.time}）" if self.time else text


@dataclass(frozen=True, slots=True)
class Suspension:
    """A span in which the clock of a limit stands still, for example while a correction is awaited."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.end < self.start:
            raise ValueError("a suspension runs from an instant to a later one")


def parse_offset(data: Any) -> tuple[int, Budget | None]:
    """Reads where a rung stands beside the due moment: 'due', `{working_days_after: 1, time: "09:00"}`, `{clock_hours_before: 2}`.

    Returns (-1 | 0 | 1, budget). Refuses what it does not know: ValueError.
    """
    if data == "due":
        return 0, None
    if not isinstance(data, Mapping):
        raise ValueError(f"{data!r} is neither 'due' nor a distance from it")
    keys = [key for key in data if key != "time"]
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise ValueError("a distance has one key such as working_days_after, and perhaps a time")
    unit, _, side = keys[0].rpartition("_")
    countable = set(Unit) - FIXED_UNITS - {Unit.WORKING_DAYS_BEFORE, Unit.WORKING_DAY_OF_NEXT_MONTH}
    if side not in ("before", "after") or unit not in countable:
        raise ValueError(f"{keys[0]!r} is no distance; known are {', '.join(sorted(countable))} with _before or _after")
    return (1 if side == "after" else -1), Budget(data[keys[0]], Unit(unit), data.get("time"))
