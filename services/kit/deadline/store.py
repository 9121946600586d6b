"""The tables of the deadline room, and their rows as `Deadline`s.

The lock on a limit's row in `deadlines` guards its rungs as well. At most one rung of a limit is `pending`, the next one: the watch
claims along the partial index of these, so that the cost follows what falls due, not what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Double,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    UniqueConstraint,
    and_,
    cast,
    or_,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import ids
from services.kit.db.tables import SECURITY, plumbing_table, tenant_table
from services.kit.db.types import Json, instant, one_of, text
from services.kit.deadline import model
from services.kit.deadline.model import Deadline, Placed, Step
from services.kit.errors import Citation
from services.kit.worktime import Budget, Suspension

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

_RUNNING = "state IN ('open', 'suspended')"
_HELD = "deadlines"
_REPROJECTED = "state IN ('open', 'suspended') OR state = 'finished' AND outcome IS NULL"


def install(metadata: MetaData) -> None:
    """Adds the tables of the room to a service's metadata."""
    tenant_table(
        "deadlines",
        metadata,
        text("id", key=True),
        text("subject"),
        text("parent", default=""),
        text("rule"),
        text("label", default=""),
        Column("entry", Integer, nullable=False),
        Column("generation", Integer, nullable=False),
        text("unit"),
        text("role", default=""),
        text("person", default=""),
        text("initiator", default=""),
        Column("hard", Boolean, nullable=False),
        Column("citation", Json, nullable=False),
        Column("pins", Json, nullable=False),
        Column("ladder", Json, nullable=False),
        instant("started_at"),
        Column("budget", Json),
        instant("stated_at", null=True),
        Column("suspensions", Json, nullable=False),
        instant("suspended_at", null=True),
        instant("due_at", null=True),
        Column("provisional", Boolean, nullable=False),
        text("calendar_version"),
        text("state"),
        instant("ended_at", null=True),
        text("outcome", null=True),
        instant("breached_at", null=True),
        instant("set_aside_at", null=True),
        text("set_aside_by", default=""),
        text("set_aside_reason", default=""),
        Column("used", Double),
        UniqueConstraint("tenant", "subject", "rule", "entry"),
        one_of("state", "open", "suspended", "finished", "cancelled"),
        one_of("outcome", "on_time", "late"),
        CheckConstraint("(budget IS NULL) <> (stated_at IS NULL)", name="allows"),
        CheckConstraint("(state = 'suspended') = (suspended_at IS NOT NULL)", name="suspended"),
        CheckConstraint("(state = 'suspended') = (due_at IS NULL) OR state IN ('finished', 'cancelled')", name="due"),
        CheckConstraint(f"({_RUNNING}) = (ended_at IS NULL)", name="ended"),
        # What is on time was never breached, and what was breached is never on time: whoever comes second fails.
        CheckConstraint(
            "outcome IS DISTINCT FROM 'on_time' OR (breached_at IS NULL AND (due_at IS NULL OR ended_at <= due_at))", name="fate"
        ),
        CheckConstraint("breached_at IS NULL OR due_at IS NOT NULL AND NOT provisional", name="breach"),
        CheckConstraint("set_aside_at IS NULL OR breached_at IS NOT NULL", name="set_aside"),
        Index("ix_deadlines_parent", "tenant", "parent"),
        Index("ix_deadlines_due", "tenant", "unit", "due_at", "id", postgresql_where=sql(_RUNNING)),
        Index("ix_deadlines_calendar", "tenant", "unit", "calendar_version", postgresql_where=sql(_REPROJECTED)),
        Index("ix_deadlines_breached", "tenant", "breached_at", "id", postgresql_where=sql("breached_at IS NOT NULL")),
        Index("ix_deadlines_done", "tenant", "ended_at", "id", postgresql_where=sql("outcome IS NOT NULL")),
    )
    plumbing_table(
        "rungs",
        metadata,
        text("deadline", key=True),
        Column("generation", Integer, primary_key=True, autoincrement=False),
        Column("rung", Integer, primary_key=True, autoincrement=False),
        instant("at", null=True),
        text("act"),
        text("clause"),
        text("state"),
        instant("armed_at"),
        instant("fired_at", null=True),
        one_of("state", "pending", "waiting", "held", "fired"),
        CheckConstraint("(state = 'held') = (at IS NULL)", name="held"),
        CheckConstraint("(state = 'fired') = (fired_at IS NOT NULL)", name="fired"),
        ForeignKeyConstraint(["tenant", "deadline"], ["deadlines.tenant", "deadlines.id"]),
        Index("ix_rungs_pending", "at", "tenant", "deadline", postgresql_where=sql("state = 'pending'")),
        Index("uq_rungs_next", "tenant", "deadline", unique=True, postgresql_where=sql("state = 'pending'")),
    )
    tenant_table(
        "deadline_changes",
        metadata,
        text("id", key=True),
        text("deadline"),
        instant("at"),
        text("kind"),
        text("person", default=""),
        text("reason", default=""),
        text("clause", default=""),
        instant("due_before", null=True),
        instant("due_after", null=True),
        Column("details", Json, nullable=False),
        one_of("kind", "suspended", "resumed", "extended", "reprojected", "set_aside", "cancelled"),
        ForeignKeyConstraint(["tenant", "deadline"], ["deadlines.tenant", "deadlines.id"]),
        Index("ix_deadline_changes_deadline", "tenant", "deadline", "id"),
    )
    plumbing_table(
        "stuck_deadlines",
        metadata,
        text("deadline", key=True),
        text("error"),
        Column("attempts", Integer, nullable=False),
        instant("since"),
        instant("next_at"),
        Index("ix_stuck_deadlines_next_at", "next_at"),
    )
    _install_counts(metadata)


def _install_counts(metadata: MetaData) -> None:
    def numbers() -> list[Column[Any]]:
        return [Column(name, BigInteger, nullable=False, server_default="0") for name in ("open", "overdue", "breaches", "set_aside")]

    plumbing_table(
        "deadline_counts",
        metadata,
        text("unit", key=True),
        text("rule", key=True),
        *numbers(),
        instant("changed_at"),
    )
    # What the tenant above was told last.
    Table(
        "deadline_counts_told",
        metadata,
        text("tenant", key=True),
        text("digest"),
        instant("told_at"),
        info={SECURITY: "tenant"},
    )
    plumbing_table(
        "deadline_count_changes",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        text("unit"),
        text("rule"),
        *numbers(),
        instant("at"),
    )


def table(tx: Tx, name: str = "deadlines") -> Table:
    """A table of the room in the transaction's service."""
    return tx.ports.db.metadata.tables[name]


def row_of(deadline: Deadline) -> dict[str, Any]:
    """A limit as a row."""
    return {
        "id": deadline.id, "subject": deadline.subject, "parent": deadline.parent, "rule": deadline.rule, "label": deadline.label,
        "entry": deadline.entry, "generation": deadline.generation, "unit": deadline.unit, "role": deadline.role,
        "person": deadline.person, "initiator": deadline.initiator, "hard": deadline.hard, "citation": asdict(deadline.citation),
        "pins": dict(deadline.pins), "ladder": [step.as_data() for step in deadline.ladder], "started_at": deadline.started_at,
        "budget": deadline.budget.as_data() if deadline.budget else None, "stated_at": deadline.stated_at,
        "suspensions": suspensions_data(deadline.suspensions), "suspended_at": deadline.suspended_at, "due_at": deadline.due_at,
        "provisional": deadline.provisional, "calendar_version": deadline.calendar_version, "state": deadline.state,
    }  # fmt: skip


def suspensions_data(suspensions: Iterable[Suspension]) -> list[list[str]]:
    """Suspensions as they are stored."""
    return [[pause.start.isoformat(), pause.end.isoformat()] for pause in suspensions]


def whole(deadlines: Table) -> Select[Any]:
    """A question for limits. What is JSON comes as text: most limits of a rule say the same, so that each text is read once."""
    return select(*(cast(column, Text).label(column.name) if isinstance(column.type, JSONB) else column for column in deadlines.c))


def deadline_of(row: Row[Any]) -> Deadline:
    """A row of `whole` as a limit."""
    values = row._mapping
    return Deadline(**{name: _READ[name](values[name]) if name in _READ else values[name] for name in Deadline.__dataclass_fields__})


@lru_cache(maxsize=4096)
def _citation(text_: str) -> Citation:
    return Citation(**json.loads(text_))


@lru_cache(maxsize=4096)
def _ladder(text_: str) -> tuple[Step, ...]:
    return tuple(map(Step.from_data, json.loads(text_)))


@lru_cache(maxsize=4096)
def _budget(text_: str | None) -> Budget | None:
    return Budget.parse(json.loads(text_)) if text_ else None


@lru_cache(maxsize=4096)
def _pins(text_: str) -> Mapping[str, int]:
    return MappingProxyType(json.loads(text_))


@lru_cache(maxsize=4096)
def _suspensions(text_: str) -> tuple[Suspension, ...]:
    return tuple(Suspension(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in json.loads(text_))


_READ: dict[str, Callable[[Any], Any]] = {
    "citation": _citation,
    "ladder": _ladder,
    "budget": _budget,
    "pins": _pins,
    "suspensions": _suspensions,
}


def running_of(deadlines: Table, matter: ColumnElement[str]) -> ColumnElement[bool]:
    """The limits of a matter that run: its own and those of its steps."""
    # Two comparisons and not IN: a list is put together anew for every call, and this one is on every step's way.
    running = or_(deadlines.c.state == model.OPEN, deadlines.c.state == model.SUSPENDED)
    return and_(or_(deadlines.c.subject == matter, deadlines.c.parent == matter), running)


def hold(tx: Tx, matter: str, rows: Iterable[Any] = ()) -> None:
    """Says that this transaction has locked all limits of a matter that run (`rows`), so that nobody need be asked for them again.

    All subjects of the matter stand below its name, and their limits name it as parent.
    """
    known: dict[str, dict[str, Deadline]] = tx.memo.setdefault(_HELD, {})
    if matter not in known:  # what this transaction has changed since is newer than any row
        known[matter] = {deadline.id: deadline for deadline in map(deadline_of, rows)}


def keep(tx: Tx, deadline: Deadline) -> None:
    """Lets what follows in this transaction see a limit of a matter that is held as it is now."""
    held = _held(tx, deadline.subject)
    if held is not None:
        held[deadline.id] = deadline


def _held(tx: Tx, subject: str) -> dict[str, Deadline] | None:
    for matter, running in tx.memo.get(_HELD, {}).items():
        if subject == matter or subject.startswith(f"{matter}/"):
            return running  # type: ignore[no-any-return]  # the memo holds what each room puts there
    return None


def one(tx: Tx, deadline_id: str, *, lock: bool = False) -> Deadline:
    """A limit by its id (with or without `deadlines/` before it). Refuses: DeadlineMissing."""
    plain = deadline_id.removeprefix("deadlines/")
    for running in tx.memo.get(_HELD, {}).values():
        if plain in running:
            return running[plain]  # type: ignore[no-any-return]  # the memo holds what each room puts there
    deadlines = table(tx)
    found = _some(tx, whole(deadlines).where(deadlines.c.id == plain), lock=lock)
    if not found:
        raise model.DeadlineMissing()
    return found[0]


def of_subject(tx: Tx, subject: str, rule: str | None = None, *, running: bool = False, lock: bool = False) -> list[Deadline]:
    """The limits of a subject, the first started first."""
    held = _held(tx, subject) if running else None
    if held is not None:
        mine = (d for d in held.values() if d.running and d.subject == subject and rule in (None, d.rule))
        return sorted(mine, key=lambda d: d.id)
    deadlines = table(tx)
    statement = whole(deadlines).where(deadlines.c.subject == subject)
    if rule is not None:
        statement = statement.where(deadlines.c.rule == rule)
    if running:
        statement = statement.where(or_(deadlines.c.state == model.OPEN, deadlines.c.state == model.SUSPENDED))
    # Always in the order of ids, so that two commands lock the limits of a subject in the same order.
    return _some(tx, statement.order_by(deadlines.c.id), lock=lock)


def of_parent(tx: Tx, parent: str) -> list[Deadline]:
    """All limits of a matter: its own and those of its steps."""
    deadlines = table(tx)
    return _some(tx, whole(deadlines).where(deadlines.c.parent == parent).order_by(deadlines.c.id), lock=False)


def of_subjects(tx: Tx, subjects: Sequence[str]) -> dict[str, list[Deadline]]:
    """The limits of several subjects in one question, for lists."""
    deadlines = table(tx)
    found: dict[str, list[Deadline]] = {subject: [] for subject in subjects}
    statement = whole(deadlines).where(deadlines.c.subject.in_(list(found))).order_by(deadlines.c.id)
    for deadline in _some(tx, statement, lock=False) if found else ():
        found[deadline.subject].append(deadline)
    return found


def _some(tx: Tx, statement: Select[Any], *, lock: bool) -> list[Deadline]:
    rows = tx.locked(statement) if lock else tx.all(statement)
    return [deadline_of(row) for row in rows]


def fired(tx: Tx, deadline: Deadline) -> frozenset[int]:
    """The rungs of the present ladder that were reached."""
    rungs = table(tx, "rungs")
    mine = and_(rungs.c.deadline == deadline.id, rungs.c.generation == deadline.generation, rungs.c.state == model.FIRED)
    return frozenset(row.rung for row in tx.all(select(rungs.c.rung).where(mine)))


def write_rungs(tx: Tx, deadline_id: str, generation: int, placed: Iterable[Placed], armed_at: datetime) -> None:
    """Queues the rungs of a ladder."""
    rungs = table(tx, "rungs")
    for entry in placed:
        tx.insert(
            rungs,
            {
                "deadline": deadline_id, "generation": generation, "rung": entry.step.rung, "at": entry.at, "act": entry.step.do,
                "clause": entry.step.citation.clause, "state": entry.state, "armed_at": armed_at,
            },
        )  # fmt: skip


def drop_rungs(tx: Tx, deadline: Deadline) -> None:
    """Queues the removal of all rungs that were not reached, as they stand before the change that drops them."""
    held = deadline.provisional or deadline.state == model.SUSPENDED
    for state in (model.PENDING, model.WAITING, *((model.HELD,) if held else ())):
        tx.delete(table(tx, "rungs"), {"deadline": deadline.id, "state": state})


def next_rung_at(tx: Tx, deadline: Deadline) -> datetime | None:
    """The moment of the rung that comes next, None when there is none or it is held back."""
    rungs = table(tx, "rungs")
    at: datetime | None = tx.scalar(select(rungs.c.at).where(rungs.c.deadline == deadline.id, rungs.c.state == model.PENDING))
    return at


def write_change(
    tx: Tx,
    before: Deadline,
    kind: str,
    *,
    due_after: datetime | None,
    reason: str = "",
    clause: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Queues a line of the limit's history."""
    person = tx.caller.person if tx.caller else ""
    tx.insert(
        table(tx, "deadline_changes"),
        {
            "id": ids.new(), "deadline": before.id, "at": tx.now, "kind": kind, "person": person, "reason": reason, "clause": clause,
            "due_before": before.due_at, "due_after": due_after, "details": dict(details or {}),
        },
    )  # fmt: skip


def write_count(tx: Tx, deadline: Deadline, *, open_: int = 0, overdue: int = 0, breaches: int = 0, set_aside: int = 0) -> None:
    """Queues a change of the counts: appended, because counters that are updated in place deadlock under load."""
    tx.insert(
        table(tx, "deadline_count_changes"),
        {"unit": deadline.unit, "rule": deadline.rule, "open": open_, "overdue": overdue, "breaches": breaches,
         "set_aside": set_aside, "at": tx.now},
    )  # fmt: skip
