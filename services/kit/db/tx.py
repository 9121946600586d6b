"""One transaction: questions at once, writes collected and sent as one string together with COMMIT."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg2
import psycopg2.extensions
from opentelemetry.propagate import inject
from sqlalchemy import Connection, Executable, Row, Select, Table, func, literal_column, select
from sqlalchemy.exc import DBAPIError

from services.kit import ids
from services.kit.db.event import Event, body, visibility
from services.kit.db.load import First, Record
from services.kit.db.savepoint import Savepoint
from services.kit.db.seal import content_hmac
from services.kit.db.write import Write, render
from services.kit.errors import Busy, Refusal, Stale

if TYPE_CHECKING:
    from services.kit.db.engine import Database
    from services.kit.identity import Caller
    from services.kit.policy.cache import PackCache
    from services.kit.policy.pack import Pack
    from services.kit.policy.ruleset import RuleSet
    from services.kit.roster import Roster
    from services.kit.service import Ports

STALE_STATE = "XN001"

T = TypeVar("T")


@dataclass
class Prelude:
    """What the first round trip brought along."""

    roster_number: int = 0
    body_hash: str | None = None
    reply_type: str | None = None
    reply: bytes | None = None


class Tx:
    """A transaction. Made by `Database.tenant`, `.plumbing` and `.snapshot`; never commits by itself."""

    def __init__(
        self,
        db: Database,
        connection: Connection,
        *,
        caller: Caller | None,
        request_id: str = "",
        command: str = "",
        first: First | None = None,
    ) -> None:
        self._db = db
        self._first = first
        self._brought: dict[str, list[Record]] | None = None
        self._connection = connection
        self._writes: list[Write] = []
        self._conflicts: dict[str, Callable[[], Refusal]] = {}
        self._now: datetime | None = None
        self._open = False
        self._roster: Roster | None = None
        self._packs: PackCache | None = None
        self.tenant = ""
        self.caller = caller
        self.request_id = request_id
        self.command = command
        self.prelude = Prelude()
        self.audited = False
        self.roster_written = False
        self.wrote = False
        """Whether anything was changed so far; `Database.changes` counts the transactions that did."""
        self._afterwards: list[Callable[[], None]] = []
        self.memo: dict[str, Any] = {}

    # -- what a command sees -------------------------------------------------------------------------------------------

    @property
    def service(self) -> str:
        """Name of the service whose database this is."""
        return self._db.service

    @property
    def ports(self) -> Ports:
        """The process's ports."""
        assert self._db.ports is not None, "the database has no ports yet; build them with kit.service.build"
        return self._db.ports

    @property
    def now(self) -> datetime:
        """The instant of the act (UTC): read after the rows that it changes are locked, from the clock that all processes share."""
        if self._now is None:
            self._now = self._db.clock.now() if self._db.clock.driven else self._ask_clock()
        return self._now

    @property
    def roster(self) -> Roster:
        """The tenant's organisation as this service knows it."""
        if self._roster is None:
            self._roster = self.ports.rosters.get(self)
        return self._roster

    def rules(self, at: datetime | None = None, pins: Mapping[str, int] | None = None) -> RuleSet:
        """The tenant's rules at `at` (default: now), or those of the pinned pack versions."""
        return (self._packs or self.ports.packs).rules(self, at=at, pins=pins)

    @contextmanager
    def trying(self, pack: Pack | None) -> Iterator[None]:
        """Lets `rules` know, inside, one more version by its number, which is not in force; None: none more."""
        before, self._packs = self._packs, self.ports.packs.trying(pack) if pack is not None else None
        try:
            yield
        finally:
            self._packs = before

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """All rows of a question. Queued writes are not seen before `flush`."""
        rows: Sequence[Row[Any]] = self._guarded(lambda: self._connection.execute(statement).all())
        self.wrote = self.wrote or (bool(rows) and statement.is_dml)
        return rows

    def one(self, statement: Executable) -> Row[Any] | None:
        """The row of a question that has at most one."""
        row: Row[Any] | None = self._guarded(lambda: self._connection.execute(statement).one_or_none())
        self.wrote = self.wrote or (row is not None and statement.is_dml)
        return row

    def scalar(self, statement: Executable) -> Any:
        """The first column of the first row, None without one."""
        value = self._guarded(lambda: self._connection.execute(statement).scalar())
        self.wrote = self.wrote or (value is not None and statement.is_dml)
        return value

    def execute(self, statement: Executable) -> int:
        """Runs a set-based statement at once; returns how many rows it touched."""
        touched: int = self._guarded(lambda: self._connection.execute(statement).rowcount)
        self.wrote = self.wrote or touched > 0
        return touched

    def returning(self, statement: Executable) -> Sequence[Row[Any]]:
        """Runs a set-based statement with RETURNING at once."""
        return self.all(statement)

    def locked(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """Loads and locks rows (FOR UPDATE) and reads the clock after the lock is held.

        The rows have the columns of `statement` and one more, `act_time`.
        """
        # `held.*` and not the columns one by one: to name them again costs more than the question itself.
        inner = statement.with_for_update().subquery("held")
        rows = self.all(select(literal_column("held.*"), func.clock_timestamp().label("act_time")).select_from(inner))
        if rows:
            self._now = self._db.clock.now() if self._db.clock.driven else max(row.act_time for row in rows).astimezone(UTC)
        return rows

    def load(self, wanted: First) -> dict[str, list[Record]]:
        """Locks and reads the rows of a plan and reads the clock after the locks are held, in one round trip.

        Costs none where it is what the command has named as its first question. Queued writes are not seen before `flush`.
        """
        if self._brought is not None and wanted == self._first:
            brought, self._brought = self._brought, None
            return brought

        question = f"{wanted.plan.before}SELECT {wanted.plan.columns}"
        return self._read(wanted, self._guarded(lambda: self._asked(question, wanted.values)))

    def insert(self, table: Table, row: Mapping[str, Any]) -> None:
        """Queues a new row; `tenant` is filled in."""
        self._writes.append(Write("insert", table, self._scoped(table, row)))

    def upsert(self, table: Table, row: Mapping[str, Any], key: Sequence[str] | None = None) -> None:
        """Queues a row that replaces the one with the same key (default: the primary key)."""
        names = tuple(key) if key else tuple(column.name for column in table.primary_key)
        self._writes.append(Write("upsert", table, self._scoped(table, row), key=names))

    def update(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any], expect: Mapping[str, Any] | None = None) -> None:
        """Queues a change of one row. With `expect` these columns must still hold these values, else the whole command is `Stale`."""
        self._writes.append(Write("update", table, dict(values), where=self._scoped(table, key), expect=dict(expect or {})))

    def delete(self, table: Table, key: Mapping[str, Any]) -> None:
        """Queues the removal of the rows with these column values."""
        self._writes.append(Write("delete", table, {}, where=self._scoped(table, key)))

    def on_conflict(self, constraint: str, refusal: Callable[[], Refusal]) -> None:
        """Says which refusal the violation of a unique constraint means; check by inserting, not by looking first."""
        self._conflicts[constraint] = refusal

    def emit(self, event: Event) -> str:
        """Writes an event into the outbox of this transaction; returns its id."""
        event_id = ids.new()
        carrier: dict[str, str] = {}
        inject(carrier)
        self._writes.append(
            Write(
                "event",
                self._table("outbox"),
                {
                    "tenant": self.tenant,
                    "id": event_id,
                    "type": event.type,
                    "subject": event.subject,
                    "visibility": visibility(event, self.service),
                    "time": event.time or self.now,
                    "actor": self._person(),
                    "unit": event.unit,
                    "clause": event.clause,
                    "traceparent": carrier.get("traceparent", ""),
                    "schema": event.data.DESCRIPTOR.full_name,
                    "data": body(event.data),
                    "receivers": list(event.receivers) or None,
                },
            )
        )
        return event_id

    def audit(
        self,
        act: str,
        subject: str = "",
        *,
        clause: str = "",
        pack: str = "",
        version: int = 0,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Writes the record of an act: who, when, on whose behalf, under which article. Personal data stand in it as ids only."""
        content: dict[str, Any] = {
            "id": ids.new(),
            "tenant": self.tenant,
            "at": self.now,
            "person": self._person(),
            "on_behalf_of": (self.caller.acting_for or "") if self.caller else "",
            "act": act,
            "subject": subject,
            "clause": clause,
            "pack": pack,
            "version": version,
            "request_id": self.request_id,
            "details": dict(details or {}),
        }
        content["content_hmac"] = content_hmac(self._db.audit_key, content)
        self._writes.append(Write("insert", self._table("audit"), content))
        self.audited = True

    def after_commit(self, act: Callable[[], None]) -> None:
        """Does something once the transaction is safe, such as counting what it did. Dropped with what is rolled back; must not fail."""
        self._afterwards.append(act)

    def flush(self) -> None:
        """Sends the queued writes; what is asked afterwards sees them."""
        if self._writes:
            self._send(commit=False)

    def flush_on(self) -> Any:
        """The driver's cursor after a flush, for set-based statements in `kit` rooms that SQLAlchemy cannot say."""
        self.flush()
        self.wrote = True
        return self._raw().cursor()

    # -- who the transaction is ----------------------------------------------------------------------------------------

    def begin(self, role: str, tenant: str, mode: str = "") -> None:
        """Opens the transaction; part of `Database`."""
        statement, arguments = self._opening(role, tenant, mode)
        row = self._begun(statement, arguments)
        self.tenant = tenant
        if row is not None:
            self.prelude = Prelude(int(row[0] or 0), row[1], row[2], bytes(row[3]) if row[3] is not None else None)
            self._brought = self._read(self._first, row[4:]) if self._first is not None else None

    def _begun(self, statement: str, arguments: Mapping[str, Any]) -> Any:
        """The answer of the first round trip. The pool may hand out a connection that a restart has cut: one more is tried."""
        for last in (False, True):
            try:
                self._open = True
                return self._asked(statement, arguments)
            except (psycopg2.Error, DBAPIError) as broken:
                cause = broken.orig if isinstance(broken, DBAPIError) else broken
                # Met another transaction while it locked its first rows: a command tries again.
                if isinstance(cause, psycopg2.extensions.TransactionRollbackError):
                    raise
                lost = self._lost(cause)
                if last or not lost:
                    if lost or isinstance(cause, psycopg2.OperationalError):
                        raise Busy(dependency="database") from broken
                    raise
        raise AssertionError("unreachable")

    def _asked(self, statement: str, arguments: Mapping[str, Any] | None = None) -> Any:
        with self._raw().cursor() as cursor:
            cursor.execute(statement, arguments)
            return cursor.fetchone() if cursor.description else None

    def enter(self, tenant: str) -> None:
        """Goes on as the application in `tenant`: what a worker does after it has claimed as plumbing."""
        self.flush()
        self._roster = None
        statement, arguments = self._opening(self._db.roles.app, tenant, "", begin=False)
        row = self._guarded(lambda: self._asked(statement, arguments))
        self.tenant = tenant
        self.prelude = Prelude(int(row[0] or 0) if row else 0)

    def renew(self) -> None:
        """Begins the next handling of a batch: what the one before asked and learnt is forgotten; its writes are sent."""
        self.flush()
        self._now = None
        self._conflicts.clear()
        self.memo.clear()
        self.audited = False

    def renew_roster(self, number: int, *, written: bool = False) -> None:
        """Lets what follows in this transaction see the roster at `number`; `written`: this transaction has written it itself."""
        self._roster = None
        self.prelude.roster_number = number
        self.roster_written = self.roster_written or written

    def leave(self) -> None:
        """Goes back to plumbing."""
        self.flush()
        self.say(f"SET LOCAL ROLE \"{self._db.roles.plumbing}\"; SET LOCAL xiaoneng.tenant = ''")
        self.tenant = ""
        self._roster = None

    def say(self, statement: str) -> None:
        """Sends a statement that has no answer, of a room of the kit."""
        self._guarded(lambda: self._asked(statement))

    def savepoint(self, name: str) -> Savepoint:
        """A part of the transaction that can fail alone: `with tx.savepoint('handler'): …`."""
        return Savepoint(self, name)

    def commit(self) -> None:
        """Sends what is queued together with COMMIT; part of `Database`."""
        self._send(commit=True)
        self._open = False
        self._db.changes += self.wrote
        for act in self._afterwards:
            act()

    def rollback(self) -> None:
        """Gives everything up; part of `Database`."""
        self._writes.clear()
        if not self._open:
            return
        self._open = False
        try:
            with self._raw().cursor() as cursor:
                cursor.execute("ROLLBACK")
        except psycopg2.Error:
            self._connection.invalidate()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _opening(self, role: str, tenant: str, mode: str, *, begin: bool = True) -> tuple[str, dict[str, Any]]:
        if tenant and not ids.TENANT.match(tenant):
            raise ValueError(f"not a tenant: {tenant!r}")
        head = f"BEGIN {mode}; " if begin else ""
        head += f"SET LOCAL ROLE \"{role}\"; SET LOCAL xiaoneng.tenant = '{tenant}'"
        if not tenant:
            return head, {}
        number = "(SELECT number FROM roster_state WHERE tenant = %(tenant)s)" if self._db.has_roster else "0"
        arguments: dict[str, Any] = {"tenant": tenant}
        locks = more = ""
        if begin and self._first is not None:
            locks, more = self._first.plan.before, f", {self._first.plan.columns}"
            arguments |= self._first.values
        if not self.request_id or self.caller is None or not begin:
            return f"{head}; {locks}SELECT {number}, NULL, NULL, NULL{more}", arguments
        reply = (
            " FROM (SELECT 1) one LEFT JOIN requests r ON r.tenant = %(tenant)s AND r.person = %(person)s AND r.command = %(command)s"
            " AND r.request_id = %(request_id)s"
        )
        arguments |= {"person": self.caller.person, "command": self.command, "request_id": self.request_id}
        return f"{head}; {locks}SELECT {number}, r.body_hash, r.reply_type, r.reply{more}{reply}", arguments

    def _read(self, first: First, answer: Sequence[Any]) -> dict[str, list[Record]]:
        """The rows of a plan; fixes the instant of the act."""
        *answers, moment = answer
        self._now = self._db.clock.now() if self._db.clock.driven else moment.astimezone(UTC)
        return first.plan.rows(list(answers))

    def _send(self, *, commit: bool) -> None:
        writes, self._writes = self._writes, []
        parts = render(writes, self._raw()) if writes else []
        self.wrote = self.wrote or bool(parts)
        if commit:
            parts.append(b"COMMIT")
        if not parts:
            return

        def send() -> None:
            with self._raw().cursor() as cursor:
                cursor.execute(b"; ".join(parts))

        self._guarded(send)

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (psycopg2.Error, DBAPIError) as raised:
            cause = raised.orig if isinstance(raised, DBAPIError) else raised
            refusal = self._refusal(cause)
            if refusal is None:
                raise
            raise refusal from raised

    def _refusal(self, cause: BaseException | None) -> Refusal | None:
        if not isinstance(cause, psycopg2.Error):
            return None
        if cause.pgcode == STALE_STATE:
            return Stale()
        if isinstance(cause, psycopg2.errors.UniqueViolation):
            known = self._conflicts.get(cause.diag.constraint_name or "")
            return known() if known else None
        return Busy(dependency="database") if self._lost(cause) else None

    def _lost(self, cause: BaseException | None) -> bool:
        """Whether the connection is gone, and with it the transaction; then nobody gets that connection any more."""
        if not isinstance(cause, psycopg2.Error):
            return False
        dead = self._connection.invalidated or self._raw().closed
        code = cause.pgcode or ""
        away = isinstance(cause, (psycopg2.OperationalError, psycopg2.InterfaceError)) and (not code or code.startswith(("57P", "08")))
        if dead or away:
            self._open = False
            self._connection.invalidate()
        return bool(dead or away)

    def _ask_clock(self) -> datetime:
        moment: datetime = self.scalar(select(func.clock_timestamp()))
        return moment.astimezone(UTC)

    def _person(self) -> str:
        return self.caller.person if self.caller else ""

    def _scoped(self, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        scoped = dict(row)
        if "tenant" in table.c and "tenant" not in scoped:
            scoped["tenant"] = self.tenant
        return scoped

    def _table(self, name: str) -> Table:
        return self._db.metadata.tables[name]

    def _raw(self) -> Any:
        return self._db.raw(self._connection)
