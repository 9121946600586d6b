"""The acts that cross tenants. They stand here and nowhere else; each says why it may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

if TYPE_CHECKING:
    from services.kit.blobs import BlobStore
    from services.kit.db.engine import Database
    from services.kit.db.tx import Tx


def tenants(db: Database) -> list[tuple[str, int]]:
    """The tenants that this service knows, with the number of their directory: for loops that serve every tenant in turn.

    Tells ids and numbers, no row of an office.
    """
    state = db.metadata.tables["roster_state"]
    with db.plumbing() as tx:
        return [(row.tenant, row.number) for row in tx.all(select(state.c.tenant, state.c.number).order_by(state.c.tenant))]


def offices(tx: Tx) -> list[Row[Any]]:
    """The offices of the installation by tenant, with display name, kind and parent: the address book of deliveries. No row of theirs."""
    table = tx.ports.db.metadata.tables["roster_tenants"]
    with across(tx) as plumbing:
        return list(plumbing.all(select(table.c.tenant, table.c.display_name, table.c.kind, table.c.parent).order_by(table.c.tenant)))


def hand_over(blobs: BlobStore, sender: str, receiver: str, sha256: str, size: int) -> None:
    """Copies the bytes of a delivered file to the receiver's store; twice does no harm. Raises BlobMissing."""
    blobs.put(receiver, blobs.read(sender, sha256), size)


@contextmanager
def across(tx: Tx) -> Iterator[Tx]:
    """Goes on as plumbing inside a tenant's transaction, and back again: for tables of the installation (`shared_table`).

    Directory writes there which persons and tenants there are, in the transaction that takes a person into a tenant.
    """
    tenant = tx.tenant
    tx.leave()
    yield tx
    tx.enter(tenant)


def audited_tenants(db: Database) -> list[str]:
    """The tenants whose audit this service holds, sealed or not: for verifying all of them. Tells ids, no record."""
    audit, seals = db.metadata.tables["audit"], db.metadata.tables["seals"]
    with db.plumbing() as tx:
        known = {row.tenant for row in tx.all(select(audit.c.tenant).distinct())}
        return sorted(known | {row.tenant for row in tx.all(select(seals.c.tenant))})
