"""The day-by-day reason of a due moment, in the words in which it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.kit.worktime.budget import Budget
from services.kit.worktime.calendar import Day, Kind

WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


class Part(StrEnum):
    """What a day contributes to a limit."""

    TRIGGER = "trigger"
    COUNTED = "counted"
    TIME = "time"
    REST = "rest"
    TOO_LATE = "too_late"
    SUSPENDED = "suspended"
    LANDING = "landing"
    ROLLED = "rolled"
    LAST = "last"
    EVENT = "event"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of an explanation.

    `days` (of a limit in days) and `time` (of a limit in hours) are what the day contributes: the sum over all entries is
    the budget. `ends` is the moment at which the day's contribution ends; that of the last counted day is the due moment.
    """

    day: Day
    part: Part
    days: int = 0
    time: timedelta = timedelta()
    ordinal: int | None = None
    ends: datetime | None = None

    @property
    def date(self) -> date:
        return self.day.date

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.date.weekday()]

    @property
    def counted(self) -> bool:
        return self.ends is not None

    @property
    def why(self) -> str:
        """Why the day counts or not, in Chinese."""
        return _why(self)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every day that a due moment rests on, in order, and the whole in one line."""

    entries: tuple[Entry, ...]
    summary: str


def summarise(start: datetime, at: datetime, budget: Budget, entries: Sequence[Entry]) -> str:
    """One line: from when, how much, until when, and every day that was not an ordinary one. Takes local moments."""
    line = f"{moment(start)}起算，{budget.words()}，{moment(at)}届满"
    return "；".join([line, *_notes(entries)])


def summarise_lead(event: datetime, at: datetime, budget: Budget, entries: Sequence[Entry]) -> str:
    """One line for a lead time that is counted back from an event. Takes local moments."""
    lead = budget.words() if budget.words().startswith("提前") else f"提前{budget.words()}"
    line = f"{_date(event.date())}（{WEEKDAYS[event.weekday()]}）之前{lead}，不迟于{moment(at)}"
    return "；".join([line, *_notes(entries)])


def duration_words(amount: timedelta, hour: str = "小时") -> str:
    """'6小时', '1小时30分钟', '45分钟'; seconds are left out unless there is nothing else."""
    minutes, seconds = divmod(int(amount.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours}{hour}" if hours else "", f"{minutes}分钟" if minutes else ""]
    return "".join(parts) or f"{seconds}秒"


def _why(entry: Entry) -> str:
    if entry.part is Part.TRIGGER:
        return "起算当日，不计"
    if entry.part is Part.EVENT:
        return "活动当日，不计"
    if entry.part is Part.SUSPENDED:
        return "中止计时，不计"
    if entry.part is Part.TOO_LATE:
        return "已过截止时刻，顺延"
    name = _name(entry)
    verdict = _verdict(entry)
    return f"{name}，{verdict}" if name else verdict


def _verdict(entry: Entry) -> str:
    match entry.part:
        case Part.TIME:
            return f"计{duration_words(entry.time)}"
        case Part.COUNTED:
            return f"计第{entry.ordinal}日"
        case Part.BEFORE:
            return f"计前第{entry.ordinal}日"
        case Part.LANDING:
            return "期满日顺延至本日"
        case Part.ROLLED:
            return f"第{entry.ordinal}日届满，顺延" if entry.days else "顺延"
        case Part.LAST:
            return "期内最后一个工作日"
        case _:
            return "不计"


def _name(entry: Entry) -> str:
    """What kind of day it is, as far as that matters for the limit; '' for an ordinary working day."""
    day = entry.day
    if entry.part is Part.COUNTED and entry.days and not _status_matters(entry):
        return ""
    words = {
        Kind.WORKDAY: "",
        Kind.WEEKEND: "周末",
        Kind.HOLIDAY: day.name or "节假日",
        Kind.MAKE_UP: "调休上班",
        Kind.CLOSED: "本单位停办公",
        Kind.EXTRA: "本单位安排上班",
    }[day.kind]
    if not day.known:
        return f"日历未公布，按{words or '工作日'}推定"
    if day.kind in (Kind.CLOSED, Kind.EXTRA) and day.name:
        return f"{words}（{day.name}）"
    return words


def _status_matters(entry: Entry) -> bool:
    # A calendar day that counts although it is a day of rest counts as what it is: its kind explains nothing.
    return entry.day.working


def _ordinary(entry: Entry) -> bool:
    if entry.part in (Part.SUSPENDED, Part.ROLLED, Part.TOO_LATE):
        return False
    if entry.part is Part.COUNTED and not entry.day.working:
        return True
    if entry.part is Part.TIME:
        return entry.day.kind is not Kind.MAKE_UP
    return entry.day.kind in (Kind.WORKDAY, Kind.WEEKEND)


def _notes(entries: Sequence[Entry]) -> list[str]:
    """What was not ordinary, neighbouring days with the same reason in one note."""
    runs: list[list[Entry]] = []
    for entry in entries:
        if entry.part in (Part.TRIGGER, Part.EVENT) or _ordinary(entry):
            continue
        last = runs[-1][-1] if runs else None
        if last is not None and (entry.date - last.date).days == 1 and entry.why == last.why:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    unknown = sorted({entry.date.year for entry in entries if not entry.day.known})
    return [*map(_note, runs), *(f"{year}年节假日安排未公布，暂按星期和固定假日推定" for year in unknown)]


def _note(entries: Sequence[Entry]) -> str:
    first, last = entries[0], entries[-1]
    if first is last:
        return f"{_short(first.date)}{first.why}"
    end = f"{last.date.day}日" if first.date.month == last.date.month else _short(last.date)
    return f"{_short(first.date)}至{end}{first.why}"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def moment(at: datetime) -> str:
    """A local moment as people read it: `2019年10月21日（星期一）08:40`."""
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return f"{_date(at.date())}（{WEEKDAYS[at.weekday()]}）{clock}"
