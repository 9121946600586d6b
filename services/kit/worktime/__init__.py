"""Working time: which days count, when a limit ends and why, how much of it is used, when a duty recurs.

Pure: takes values, reads no file, asks for no time. `files.load_years` is the one door to the disk, opened by whoever
composes a process. Instants go in with an offset and come out in UTC; days are days of the calendar's zone.
"""

from services.kit.worktime.budget import Budget, Roll, Suspension, Unit, parse_offset
from services.kit.worktime.calendar import (
    DEFAULT_HOURS,
    Calendar,
    Day,
    Kind,
    Known,
    OfficeHours,
    Override,
    Unknown,
    format_time,
    parse_time,
)
from services.kit.worktime.due import Due, NoWorkingDay, due, latest_before
from services.kit.worktime.explain import Entry, Explanation, Part, moment
from services.kit.worktime.measure import Remaining, remaining, share_used, used
from services.kit.worktime.schedule import Every, Move, Occurrence, Schedule, next_occurrence, occurrences
from services.kit.worktime.years import CalendarFileWrong, PublishedYear, parse_year

__all__ = [
    "DEFAULT_HOURS",
    "Budget",
    "Calendar",
    "CalendarFileWrong",
    "Day",
    "Due",
    "Entry",
    "Every",
    "Explanation",
    "Kind",
    "Known",
    "Move",
    "NoWorkingDay",
    "Occurrence",
    "OfficeHours",
    "Override",
    "Part",
    "PublishedYear",
    "Remaining",
    "Roll",
    "Schedule",
    "Suspension",
    "Unit",
    "Unknown",
    "due",
    "format_time",
    "latest_before",
    "moment",
    "next_occurrence",
    "occurrences",
    "parse_offset",
    "parse_time",
    "parse_year",
    "remaining",
    "share_used",
    "used",
]
