"""The audit: sealed into a chain within about a second, and verified.

A record is written in the transaction of its act, with an HMAC of its content (`Tx.audit`). The sealer gives the committed records of
each tenant consecutive positions and chains them: `chain = HMAC(chain before, position, HMAC of the content)`. The head of each chain is
kept in `seals`, published and logged once a minute: whoever keeps these has an anchor outside the database.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Select, Table, func, select

from services.kit.db.event import Event
from services.kit.db.seal import content_hmac
from services.kit.identity import system
from xiaoneng.kit.v1 import audit_pb2

if TYPE_CHECKING:
    from services.kit.db.engine import Database
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

BATCH = 500
PUBLISH_EVERY = timedelta(minutes=1)
GENESIS = "0" * 64
_LOCK = 0x58_4E_41_55
_PAGE = 2000

SEALED = Counter("xiaoneng_audit_sealed_total", "Audit records that were given their place in the chain.", ["service"])

log = structlog.get_logger(__name__)


def link(key: bytes, before: str, position: int, content: str) -> str:
    """The chain's value at a position: it depends on every record up to it."""
    return hmac.new(key, f"{before}:{position}:{content}".encode(), hashlib.sha256).hexdigest()


class Sealer:
    """Seals what was committed. Any number may run: one at a time does, under a lock of the database."""

    def __init__(self, ports: Ports, batch: int = BATCH, publish_every: timedelta = PUBLISH_EVERY) -> None:
        self.name = f"{ports.service}-sealer"
        self._ports = ports
        self._db = ports.db
        self._batch = batch
        self._every = publish_every
        self._published: dict[str, tuple[str, datetime]] = {}

    def step(self, now: datetime) -> datetime | None:
        """Seals a batch and publishes the heads whose minute has come. Returns `now` when there may be more."""
        sealed, heads = self._seal(now)
        waiting = [self._publish(head, now) for head in heads]
        if sealed == self._batch:
            return now
        return min((moment for moment in waiting if moment is not None), default=None)

    def _seal(self, now: datetime) -> tuple[int, list[Any]]:
        audit, seals = self._db.metadata.tables["audit"], self._db.metadata.tables["seals"]
        with self._db.plumbing() as tx:
            if not tx.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
                return 0, []
            rows = tx.all(
                select(audit.c.tenant, audit.c.id, audit.c.content_hmac)
                .where(audit.c.position.is_(None))
                .order_by(audit.c.tenant, audit.c.id)
                .limit(self._batch)
            )
            heads = {row.tenant: row for row in tx.all(select(seals))}
            for tenant in dict.fromkeys(row.tenant for row in rows):
                own = [row for row in rows if row.tenant == tenant]
                self._chain(tx, tenant, own, heads.get(tenant), now)
            tx.flush()
            found = list(tx.all(select(seals).order_by(seals.c.tenant)))
        SEALED.labels(self._ports.service).inc(len(rows))
        return len(rows), found

    def _chain(self, tx: Tx, tenant: str, rows: Sequence[Any], head: Any, now: datetime) -> None:
        audit, seals = self._db.metadata.tables["audit"], self._db.metadata.tables["seals"]
        position, value = (head.position, head.head) if head else (0, GENESIS)
        for row in rows:
            position += 1
            value = link(self._db.audit_key, value, position, row.content_hmac)
            tx.update(audit, {"tenant": tenant, "id": row.id}, {"position": position, "chain": value})
        tx.upsert(seals, {"tenant": tenant, "position": position, "head": value, "at": now}, key=["tenant"])

    def _publish(self, head: Any, now: datetime) -> datetime | None:
        """Tells the head to others, at most once a minute and only when it has moved; returns when to look again."""
        known, at = self._published.get(head.tenant, ("", now - self._every))
        if head.head == known:
            return None
        if now < at + self._every:
            return at + self._every
        with self._db.tenant(head.tenant, system(self._ports.service, head.tenant)) as tx:
            data = audit_pb2.AuditSealed(position=head.position, head=head.head)
            data.seal_time.FromDatetime(head.at)
            tx.emit(Event(type=f"{tx.service}.audit.sealed.v1", subject=f"seals/{head.tenant}", data=data))
        log.info("audit_sealed", tenant=head.tenant, position=head.position, head=head.head)
        self._published[head.tenant] = (head.head, now)
        return None


@dataclass(frozen=True)
class Fault:
    """Something wrong with the chain: `kind` is `changed`, `missing`, `reordered` or `cut`."""

    kind: str
    position: int
    record: str = ""


@dataclass
class Verdict:
    """What a verification found. `unsealed` are the records that wait for the sealer; they are no fault."""

    tenant: str
    sealed: int = 0
    unsealed: int = 0
    head: str = GENESIS
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(db: Database, tenant: str, anchor: tuple[int, str] | None = None) -> Verdict:
    """Reads a tenant's whole audit and reckons it anew.

    `changed`: a record does not say what its HMAC sealed. `reordered`: it is whole and stands at another's place. `missing`: a position
    is empty. `cut`: the end that `seals`, or an `anchor` (position and head as they were published), tells of is not there.
    """
    verdict = Verdict(tenant)
    audit, seals = db.metadata.tables["audit"], db.metadata.tables["seals"]
    with db.snapshot(tenant) as tx:
        expected, value, at_anchor = 0, GENESIS, GENESIS
        for row in _sealed(tx, audit):
            for position in range(expected + 1, row.position):
                verdict.faults.append(Fault("missing", position))
            expected = row.position
            verdict.sealed += 1
            value = check_record(db.audit_key, row, value, verdict)
            at_anchor = value if anchor and row.position == anchor[0] else at_anchor
        verdict.head = value
        seal = tx.one(select(seals).where(seals.c.tenant == tenant))
        verdict.unsealed = int(tx.scalar(select(func.count()).select_from(audit).where(audit.c.position.is_(None))) or 0)
    if seal is not None and seal.position > expected:
        verdict.faults.append(Fault("cut", seal.position))
    elif seal is None and expected:
        verdict.faults.append(Fault("cut", expected))
    elif seal is not None and seal.head != value and verdict.sound:
        verdict.faults.append(Fault("changed", seal.position))
    if anchor and (anchor[0] > expected or anchor[1] != at_anchor):
        verdict.faults.append(Fault("cut", anchor[0]))
    return verdict


def check_record(key: bytes, row: Any, before: str, verdict: Verdict) -> str:
    """Checks one record behind the chain's value `before`; returns the chain's value, as it is stored, so that one fault is told once."""
    whole = hmac.compare_digest(content_hmac(key, row._mapping), row.content_hmac)
    if not whole:
        verdict.faults.append(Fault("changed", row.position, row.id))
    elif not hmac.compare_digest(link(key, before, row.position, row.content_hmac), row.chain or ""):
        after_gap = any(fault.kind == "missing" and fault.position == row.position - 1 for fault in verdict.faults)
        if not after_gap:
            verdict.faults.append(Fault("reordered", row.position, row.id))
    return row.chain or ""


def _sealed(tx: Tx, audit: Table) -> Iterator[Any]:
    after = 0
    while True:
        rows = tx.all(_page(audit, after))
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].position


def _page(audit: Table, after: int) -> Select[Any]:
    return select(audit).where(audit.c.position > after).order_by(audit.c.position).limit(_PAGE)
