"""The audit for people: pages of records, and the chain reckoned anew stretch by stretch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, func, select

from services.kit.audit import GENESIS, Fault, Verdict, check_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.kit.db.engine import Database
    from services.kit.db.tx import Tx
    from services.kit.pages import Page

STRETCH = 5000
_MOST_FAULTS = 100


@dataclass(frozen=True)
class Wanted:
    """Which records are wanted; what is empty leaves all."""

    person: str = ""
    act: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass
class Stretch:
    """What a verified stretch of a chain is like."""

    verified: int
    sealed: int
    complete: bool
    unsealed: int
    head: str
    faults: list[Fault] = field(default_factory=list)


def records(db: Database, tx: Tx, wanted: Wanted, page: Page) -> Sequence[Row[Any]]:
    """The records of the tenant, the newest first."""
    audit = db.metadata.tables["audit"]
    conditions: list[ColumnElement[bool]] = []
    if wanted.person:
        conditions.append(audit.c.person == wanted.person)
    if wanted.act:
        conditions.append(audit.c.act.startswith(wanted.act, autoescape=True))
    if wanted.subject:
        conditions.append(audit.c.subject == wanted.subject)
    if wanted.since:
        conditions.append(audit.c.at >= wanted.since)
    if wanted.until:
        conditions.append(audit.c.at < wanted.until)
    if page.after is not None:
        conditions.append(audit.c.id < page.after[0])
    return tx.all(select(audit).where(*conditions).order_by(audit.c.id.desc()).limit(page.size + 1))


def stretch(db: Database, tx: Tx, after: int, most: int = STRETCH) -> Stretch:
    """Verifies up to `most` places behind `after`. The chain's value there is taken as it is stored: the stretch before has verified it."""
    audit, seals = db.metadata.tables["audit"], db.metadata.tables["seals"]
    seal = tx.one(select(seals).where(seals.c.tenant == tx.tenant))
    sealed, head = (seal.position, seal.head) if seal is not None else (0, "")
    value = tx.scalar(select(audit.c.chain).where(audit.c.position == after)) if after else GENESIS
    rows = tx.all(select(audit).where(audit.c.position > after).order_by(audit.c.position).limit(most))
    verdict, expected = Verdict(tx.tenant), after
    for row in rows:
        verdict.faults.extend(Fault("missing", position) for position in range(expected + 1, min(row.position, expected + _MOST_FAULTS)))
        expected = row.position
        value = check_record(db.audit_key, row, value or "", verdict)
    complete = len(rows) < most
    if complete and sealed > expected:
        verdict.faults.append(Fault("cut", sealed))
    elif complete and seal is None and expected:
        verdict.faults.append(Fault("cut", expected))
    elif complete and seal is not None and head != value and not verdict.faults:
        verdict.faults.append(Fault("changed", sealed))
    unsealed = int(tx.scalar(select(func.count()).select_from(audit).where(audit.c.position.is_(None))) or 0)
    return Stretch(expected, sealed, complete, unsealed, head, verdict.faults[:_MOST_FAULTS])
