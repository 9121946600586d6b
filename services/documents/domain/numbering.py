"""文号: how numbers are written. Which one is next is decided under the lock of its series."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class NumberState(StrEnum):
    ISSUED = "issued"
    RESERVED = "reserved"
    VOID = "void"
    IMPORTED = "imported"


# The register of incoming documents is a series like any other; its numbers are written without it.
INCOMING = "incoming"
# Files of a retention class are series too.
_FILING = "filing-"


@dataclass(frozen=True)
class Number:
    """A number of a series: taken for good, whatever becomes of its document."""

    series: str
    year: int
    position: int

    @property
    def text(self) -> str:
        """As it is written on paper (GB/T 9704: year in 〔〕, no leading zeros, 号)."""
        if self.series == INCOMING:
            return f"{self.year}-{self.position}"
        if self.series.startswith(_FILING):
            # DA/T 22: kind of archive, year, retention, place.
            return f"WS·{self.year}-{self.series.removeprefix(_FILING).upper()}-{self.position:04d}"
        return f"{self.series}〔{self.year}〕{self.position}号"

    @property
    def ordinal(self) -> int:
        """By what lists are sorted in the order of numbers: year, then place."""
        return self.year * 1_000_000_000 + self.position


def filing_series(retention: str) -> str:
    """The series of the file numbers of a retention class."""
    return f"{_FILING}{retention}"


def local_year(at: datetime, zone: str) -> int:
    """The year of the local date: what is issued after midnight belongs to the new one."""
    return at.astimezone(ZoneInfo(zone)).year
