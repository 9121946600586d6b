"""A service's database: pool, roles, and the ways to open a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, MetaData, column, create_engine, make_url, select, table, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.kit.clock import Clock
from services.kit.errors import Busy

if TYPE_CHECKING:
    from services.kit.db.load import First
    from services.kit.db.tx import Tx
    from services.kit.identity import Caller
    from services.kit.service import Ports


def driver_url(url: str) -> URL:
    """The URL with the driver that all processes use: psycopg2, because eventlet can make it cooperate."""
    return make_url(url).set(drivername="postgresql+psycopg2")


@dataclass(frozen=True)
class Roles:
    """The database roles of one service."""

    service: str

    @property
    def owner(self) -> str:
        """Owns the tables and migrates; no process runs as it."""
        return f"xn_{self.service}_owner"

    @property
    def app(self) -> str:
        """Sees the rows of the transaction's tenant."""
        return f"xn_{self.service}_app"

    @property
    def plumbing(self) -> str:
        """Sees the plumbing tables of all tenants."""
        return f"xn_{self.service}_plumbing"

    @property
    def login(self) -> str:
        """Logs in; member of app and plumbing without inheriting from them."""
        return f"xn_{self.service}"


class UnsafeRole(RuntimeError):
    """The process would run with a database role to which row-level security does not apply."""


class SchemaTooOld(RuntimeError):
    """The tables have not been brought to this release."""


class Database:
    """Opens transactions. One per process and service; threads share it.

    The driver stays in autocommit: the kit sends BEGIN, role and tenant in one string with the first question, and COMMIT in one
    string with the last writes, because round trips are what a command costs.
    """

    def __init__(self, service: str, url: str, clock: Clock, metadata: MetaData, *, audit_key: bytes, pool_size: int = 10) -> None:
        self.service = service
        self.metadata = metadata
        self.has_roster = "roster_state" in metadata.tables
        self.roles = Roles(service)
        self.clock = clock
        self.audit_key = audit_key
        self.ports: Ports | None = None
        self.changes = 0
        """Transactions of this process that changed something; who has seen a number need not look again before it moves."""
        self.engine: Engine = create_engine(
            driver_url(url),
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_reset_on_return=None,
            connect_args={"application_name": f"xiaoneng-{service}"},
        )

    def check_role(self) -> None:
        """Raises UnsafeRole if the login is a superuser, bypasses row-level security or owns a table."""
        with self.engine.connect() as connection:
            role = connection.execute(
                text(
                    "SELECT rolsuper OR rolbypassrls AS unsafe, EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid AND relkind = 'r')"
                    " AS owns FROM pg_roles r WHERE rolname = current_user"
                )
            ).one()
        if role.unsafe or role.owns:
            raise UnsafeRole(f"{self.service}: the login must be neither superuser nor BYPASSRLS nor own a table")

    def check_schema(self, migrations: str) -> None:
        """Raises SchemaTooOld if the tables are those of an earlier release; those of a later one keep what this one needs."""
        from services.kit.db.migrate import revisions

        with self.plumbing() as tx:
            found = tx.scalar(select(column("version_num")).select_from(table("alembic_version")))
        known = revisions(migrations)
        if found in known and found != known[-1]:
            raise SchemaTooOld(f"{self.service}: tables of revision {found}, this release needs {known[-1]}: run `xiaoneng migrate`")

    @contextmanager
    def tenant(
        self, tenant: str, caller: Caller | None = None, *, request_id: str = "", command: str = "", first: First | None = None
    ) -> Iterator[Tx]:
        """A transaction as the application, for one tenant. Commits at the end; an exception rolls everything back.

        `first` is what will be asked with `Tx.load` anyway: the round trip that begins the transaction brings it along.
        """
        with self._transaction(self.roles.app, tenant, caller, request_id=request_id, command=command, first=first) as tx:
            yield tx

    @contextmanager
    def snapshot(self, tenant: str, caller: Caller | None = None) -> Iterator[Tx]:
        """A read-only transaction that sees one state throughout (REPEATABLE READ)."""
        with self._transaction(self.roles.app, tenant, caller, mode="ISOLATION LEVEL REPEATABLE READ READ ONLY") as tx:
            yield tx

    @contextmanager
    def plumbing(self) -> Iterator[Tx]:
        """A transaction that sees the plumbing tables of all tenants. `Tx.enter` goes on as the application."""
        with self._transaction(self.roles.plumbing, "", None) as tx:
            yield tx

    @contextmanager
    def _transaction(
        self,
        role: str,
        tenant: str,
        caller: Caller | None,
        *,
        request_id: str = "",
        command: str = "",
        mode: str = "",
        first: First | None = None,
    ) -> Iterator[Tx]:
        from services.kit.db.tx import Tx  # Tx needs Database for its ports

        connection = self._connect()
        tx = Tx(self, connection, caller=caller, request_id=request_id, command=command, first=first)
        try:
            tx.begin(role, tenant, mode)
            yield tx
            tx.commit()
        except BaseException:
            tx.rollback()
            raise
        finally:
            connection.close()

    def _connect(self) -> Connection:
        """A connection of the pool. Refuses: Busy, when all are in use for too long or the server is away."""
        try:
            return self.engine.connect()
        except (PoolTimeoutError, OperationalError, InterfaceError) as away:
            raise Busy(dependency="database") from away

    def raw(self, connection: Connection) -> Any:
        """The driver's connection below."""
        return connection.connection.driver_connection

    def dispose(self) -> None:
        """Closes the pool."""
        self.engine.dispose()
