"""Who may see what, in plain sets: it knows nothing of SQL, of rules or of steps. The service has to agree with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.service.documents.conftest import START

READERS = ("eldest", "scribe", "herald", "north", "south", "hand", "guest", "stranger", "overseer")
# The posts of the office, by hand: unit, kind, and from which hour to which they are held.
POSTS = {
    "eldest": [("yard", "elder", 0, 0)], "scribe": [("desk", "scribe", 0, 0)], "herald": [("yard", "scribe", 0, 0)],
    "north": [("north", "foreman", 0, 0)], "south": [("south", "foreman", 0, 0)], "hand": [("north", "hand", 0, 0)],
    "guest": [("south", "hand", 0, 0), ("north", "hand", 2, 20)], "stranger": [], "overseer": [],
}  # fmt: skip
# Who acts for whom, for what, and from which hour to which.
DEPUTIES = [
    ("north", "stranger", "documents.step", 2, 20),
    ("hand", "herald", "documents.step", 0, 50),
    ("eldest", "guest", "meetings.minutes", 0, 99),
]
SUPERVISORS, ISSUERS = {"eldest", "overseer"}, {"scribe", "herald"}
WORDS = ("围墙", "水塔", "烟囱")


def at_hour(hour: int) -> datetime:
    """So many hours after the beginning."""
    return START + timedelta(hours=hour)


@dataclass
class Paper:
    """A document as the model knows it."""

    name: str
    title: str
    kind: str
    listed: datetime
    number: str = ""
    file: str = ""
    draft: bool = False
    planned: bool = False
    closed: bool = False
    filed: str = ""
    sent: str = ""
    opened: set[str] = field(default_factory=set)
    # With whom it lies now.
    waits: set[str] = field(default_factory=set)


@dataclass
class Lent:
    """A grant as the model knows it."""

    to: set[str]
    until: datetime
    paper: str = ""
    unit: str = ""
    before: datetime | None = None
    revoked: bool = False


@dataclass
class Model:
    """Who sees what."""

    papers: dict[str, Paper] = field(default_factory=dict)
    grants: list[Lent] = field(default_factory=list)

    def posts(self, reader: str, now: datetime) -> list[tuple[str, str]]:
        """The posts that somebody holds now."""
        return [(unit, kind) for unit, kind, since, until in POSTS[reader] if at_hour(since) <= now and (not until or now < at_hour(until))]

    def units(self, reader: str, now: datetime) -> set[str]:
        return {unit for unit, _ in self.posts(reader, now)}

    def persons(self, reader: str, now: datetime) -> set[str]:
        """The reader and those for whom he acts with documents."""
        given = {
            one
            for one, to, kind, since, until in DEPUTIES
            if to == reader and kind == "documents.step" and at_hour(since) <= now < at_hour(until)
        }
        return {reader} | given

    def by_himself(self, reader: str, paper: Paper, now: datetime) -> bool:
        if paper.draft:
            return f"person:{reader}" in paper.opened
        issues = reader in ISSUERS and paper.kind == "outgoing"
        names = {f"person:{person}" for person in self.persons(reader, now)} | {f"unit:{unit}" for unit in self.units(reader, now)}
        return reader in SUPERVISORS or issues or bool(names & paper.opened)

    def sees(self, reader: str, paper: Paper, now: datetime) -> bool:
        lent = not paper.draft and any(self._lent(grant, reader, paper, now) for grant in self.grants)
        return lent or self.by_himself(reader, paper, now)

    def _lent(self, grant: Lent, reader: str, paper: Paper, now: datetime) -> bool:
        posts = self.posts(reader, now)
        names = {f"person:{reader}"} | {f"unit:{unit}" for unit, _ in posts} | {f"post:{unit}/{kind}" for unit, kind in posts}
        if grant.revoked or now >= grant.until or not grant.to & names:
            return False
        of_unit = f"unit:{grant.unit}" in paper.opened and (grant.before is None or paper.listed < grant.before)
        return grant.paper == paper.name if grant.paper else of_unit

    def seen(self, reader: str, now: datetime) -> set[str]:
        return {paper.name for paper in self.papers.values() if self.sees(reader, paper, now)}

    def to_do(self, reader: str, now: datetime) -> set[str]:
        """What lies with the reader, or with somebody for whom he acts."""
        return {paper.name for paper in self.papers.values() if paper.waits & self.persons(reader, now)}
