"""Numbers of documents: taken under the lock of their series, gapless, each one accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.documents import store
from services.documents.domain.errors import NumberNotReserved, NumberTaken
from services.documents.domain.numbering import Number, NumberState, local_year
from services.documents.store import reads
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.identity import may

MANAGE = "documents:number:manage"


@dataclass(frozen=True)
class Taken:
    """A number with its line of the ledger."""

    number: Number
    state: NumberState
    document: str
    person: str
    reason: str
    changed_at: datetime


def take(tx: Tx, series: str, document: str, *, year: int = 0, state: NumberState = NumberState.ISSUED, reason: str = "") -> Taken:
    """Takes the next number of a series. The year is that of the local date at the moment when the lock is held, unless one is said."""
    tx.flush()
    zone = tx.roster.tenant.time_zone
    wanted = year or local_year(tx.now, zone)
    last = reads.locked_last(tx, series, wanted)
    if not year and local_year(tx.now, zone) != wanted:
        # Midnight of New Year passed while we waited for the lock.
        wanted = local_year(tx.now, zone)
        last = reads.locked_last(tx, series, wanted)
    number = Number(series, wanted, last + 1)
    tx.update(store.number_series, {"series": series, "year": wanted}, {"last": last + 1})
    tx.on_conflict("uq_numbers_tenant_number", lambda: NumberTaken(number=number.text))
    return _enter(tx, number, state, document, reason)


def use_reserved(tx: Tx, text: str, document: str) -> Taken:
    """Gives a reserved number to a document. Refuses NumberNotReserved."""
    number, reason = _reserved(tx, text)
    return _enter(tx, number, NumberState.ISSUED, document, reason, known=True)


def _reserved(tx: Tx, text: str) -> tuple[Number, str]:
    row = reads.locked_number(tx, text)
    if row is None or row.state != NumberState.RESERVED:
        raise NumberNotReserved(number=text)
    return Number(row.series, row.year, row.position), row.reason


def _enter(tx: Tx, number: Number, state: NumberState, document: str, reason: str, *, known: bool = False) -> Taken:
    assert tx.caller is not None
    taken = Taken(number, state, document, tx.caller.person, reason, tx.now)
    row = {
        "number": number.text,
        "state": state,
        "document": document,
        "person": taken.person,
        "reason": reason,
        "changed_at": taken.changed_at,
    }
    key = {"series": number.series, "year": number.year, "position": number.position}
    if known:
        tx.update(store.numbers, key, row)
    else:
        tx.insert(store.numbers, {**key, **row})
    return taken


@dataclass(frozen=True, kw_only=True)
class ReserveNumber(Command):
    series: str
    year: int = 0
    reason: str


@command(audit="documents.number.reserve")
def reserve_number(tx: Tx, cmd: ReserveNumber) -> Taken:
    """Takes the next number of a series for a document that comes."""
    may(cmd.caller, MANAGE)
    return take(tx, cmd.series, "", year=cmd.year, state=NumberState.RESERVED, reason=cmd.reason)


@dataclass(frozen=True, kw_only=True)
class VoidNumber(Command):
    number: str
    reason: str


@command(audit="documents.number.void")
def void_number(tx: Tx, cmd: VoidNumber) -> Taken:
    """Makes a reserved number void; it stays in the ledger. Refuses NumberNotReserved."""
    may(cmd.caller, MANAGE)
    number, _ = _reserved(tx, cmd.number)
    return _enter(tx, number, NumberState.VOID, "", cmd.reason, known=True)


@dataclass(frozen=True, kw_only=True)
class ImportNumbers(Command):
    series: str
    year: int
    positions: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class Imported:
    """How many came, and where the series goes on."""

    count: int
    next_position: int


@command(audit="documents.number.import")
def import_numbers(tx: Tx, cmd: ImportNumbers) -> Imported:
    """Takes over numbers of an older system; the series goes on after the highest. Refuses NumberTaken."""
    may(cmd.caller, MANAGE)
    last = reads.locked_last(tx, cmd.series, cmd.year)
    taken = reads.first_taken(tx, cmd.series, cmd.year, cmd.positions)
    if taken is not None:
        raise NumberTaken(number=taken)
    for position in sorted(cmd.positions):
        _enter(tx, Number(cmd.series, cmd.year, position), NumberState.IMPORTED, "", cmd.reason)
    highest = max(last, *cmd.positions)
    tx.update(store.number_series, {"series": cmd.series, "year": cmd.year}, {"last": highest})
    return Imported(len(cmd.positions), highest + 1)
