"""How well limits are kept: counted from their rows, so that every number has exactly the list that it says.

What was done counts on the day on which it was done; a breach counts on the day on which the moment passed, whether or not the work was
done later. What was cancelled counts nowhere; what was set aside is counted apart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, Table, Text, and_, cast, func, or_, select, tuple_

from services.kit.deadline import model
from services.kit.deadline.store import table, whole
from services.kit.errors import Citation

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.pages import Page


class Measure(StrEnum):
    """What is counted."""

    MET = "met"
    BREACHED = "breached"
    SET_ASIDE = "set_aside"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Period:
    """Whole days of a zone, the last one included."""

    first: date
    last: date
    zone: str

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), ZoneInfo(self.zone))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), ZoneInfo(self.zone))


@dataclass
class Counts:
    """Counts of limits. `used`: average share of the allowed time that was used by what was done; None where nothing was."""

    met: int = 0
    breached: int = 0
    set_aside: int = 0
    open: int = 0
    overdue: int = 0
    used: float | None = None

    @property
    def on_time_rate(self) -> float | None:
        """Share of what was done on time among what was done on time or breached."""
        return self.met / (self.met + self.breached) if self.met + self.breached else None


@dataclass(frozen=True)
class OfRule:
    """Counts of a rule. `citation` is what one of its limits cites."""

    rule: str
    label: str
    citation: Citation
    counts: Counts


@dataclass
class Efficiency:
    """How well limits are kept."""

    counts: Counts
    rules: list[OfRule] = field(default_factory=list)
    units: list[tuple[str, Counts]] = field(default_factory=list)
    weeks: list[tuple[date, int, int]] = field(default_factory=list)


def efficiency(tx: Tx, unit: str, period: Period) -> Efficiency:
    """Counts the limits of a unit, or of all (`unit` empty)."""
    deadlines = table(tx)
    scope = and_(_within(deadlines, period), _of(deadlines, unit))
    numbers = _numbers(deadlines, period)
    (total,) = tx.all(select(*numbers).where(scope))
    by_rule = select(
        deadlines.c.rule, func.max(deadlines.c.label).label("label"), func.max(cast(deadlines.c.citation, Text)).label("citation"), *numbers
    )
    rules = [
        OfRule(row.rule, row.label, Citation(**json.loads(row.citation)), _counts(row))
        for row in tx.all(by_rule.where(scope).group_by(deadlines.c.rule))
    ]
    rules.sort(key=lambda each: (-each.counts.breached, -(each.counts.used or 0.0), each.rule))
    units: list[tuple[str, Counts]] = []
    if not unit:
        rows = tx.all(select(deadlines.c.unit, *numbers).where(scope).group_by(deadlines.c.unit))
        units = sorted(((row.unit, _counts(row)) for row in rows), key=lambda each: (-each[1].breached, each[0]))
    return Efficiency(_counts(total), rules, units, _weeks(tx, deadlines, unit, period))


def behind(tx: Tx, measure: Measure, unit: str, rule: str, period: Period) -> Select[Any]:
    """The limits behind one number; the caller adds what it joins, the order and the page."""
    deadlines = table(tx)
    wanted = select(deadlines.c.id).where(measured(deadlines, measure, period), _of(deadlines, unit))
    return wanted.where(deadlines.c.rule == rule) if rule else wanted


def number(tx: Tx, behind_it: Select[Any]) -> int:
    """How many limits `behind` finds."""
    return int(tx.scalar(select(func.count()).select_from(behind_it.subquery())) or 0)


def page_of(tx: Tx, behind_it: Select[Any], page: Page) -> Sequence[Row[Any]]:
    """The limits of a page, the latest due moment first, one more than are shown."""
    deadlines = table(tx)
    place = func.coalesce(deadlines.c.due_at, deadlines.c.started_at)
    wanted = whole(deadlines).where(deadlines.c.id.in_(behind_it))
    if page.after is not None:
        wanted = wanted.where(tuple_(place, deadlines.c.id) < tuple_(*page.after))
    return tx.all(wanted.order_by(place.desc(), deadlines.c.id.desc()).limit(page.size + 1))


def measured(deadlines: Table, measure: Measure, period: Period) -> ColumnElement[bool]:
    """The condition that a limit is counted by `measure`."""
    c = deadlines.c
    running = or_(c.state == model.OPEN, c.state == model.SUSPENDED)
    broken = and_(c.breached_at >= period.begin, c.breached_at < period.end)
    return {
        Measure.MET: and_(c.outcome == model.ON_TIME, c.ended_at >= period.begin, c.ended_at < period.end),
        Measure.BREACHED: and_(broken, c.set_aside_at.is_(None)),
        Measure.SET_ASIDE: and_(broken, c.set_aside_at.is_not(None)),
        Measure.OPEN: running,
        Measure.OVERDUE: and_(running, c.breached_at.is_not(None), c.set_aside_at.is_(None)),
    }[measure]


def _within(deadlines: Table, period: Period) -> ColumnElement[bool]:
    """What any of the measures counts: three ranges of three indexes."""
    c = deadlines.c
    done = and_(c.outcome.is_not(None), c.ended_at >= period.begin, c.ended_at < period.end)
    broken = and_(c.breached_at >= period.begin, c.breached_at < period.end)
    return or_(done, broken, c.state == model.OPEN, c.state == model.SUSPENDED)


def _of(deadlines: Table, unit: str) -> ColumnElement[bool]:
    return deadlines.c.unit == unit if unit else deadlines.c.unit.is_not(None)


def _numbers(deadlines: Table, period: Period) -> list[ColumnElement[Any]]:
    counted: list[ColumnElement[Any]] = [
        func.count().filter(measured(deadlines, measure, period)).label(measure.value) for measure in Measure
    ]
    c = deadlines.c
    done = and_(c.outcome.is_not(None), c.ended_at >= period.begin, c.ended_at < period.end)
    return [*counted, func.avg(c.used).filter(done).label("used")]


def _counts(row: Row[Any]) -> Counts:
    return Counts(row.met, row.breached, row.set_aside, row.open, row.overdue, None if row.used is None else float(row.used))


def _weeks(tx: Tx, deadlines: Table, unit: str, period: Period) -> list[tuple[date, int, int]]:
    """What was done on time and what was breached, by the weeks of the zone."""
    met: dict[date, int] = {}
    breached: dict[date, int] = {}
    for found, measure, moment in ((met, Measure.MET, deadlines.c.ended_at), (breached, Measure.BREACHED, deadlines.c.breached_at)):
        monday = func.date_trunc("week", func.timezone(period.zone, moment))
        rows = tx.all(
            select(monday.label("monday"), func.count().label("number"))
            .where(measured(deadlines, measure, period), _of(deadlines, unit))
            .group_by(monday)
        )
        found.update({row.monday.date(): row.number for row in rows})
    return [(day, met.get(day, 0), breached.get(day, 0)) for day in sorted({*met, *breached})]
