"""Tables of directory: the masters of the roster, the persons of the installation, kept packs, registers and their gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, UniqueConstraint, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert

from services.directory.domain.interpretation import Interpretation
from services.directory.domain.registers import Decision, Entry, State
from services.kit import schedule
from services.kit.db import tables
from services.kit.db.tx import Tx
from services.kit.db.types import Json, instant, new_metadata, one_of, text
from services.kit.deadline import store as deadline_store
from services.kit.roster import tables as roster_tables

metadata = new_metadata()
tables.install(metadata)
roster_tables.install(metadata)
deadline_store.install(metadata)
schedule.install(metadata)

# -- of the installation: read and written as plumbing only (kit.db.tenant) --------------------------------------------

tenants = tables.shared_table(
    "tenants",
    metadata,
    text("id", key=True),
    text("display_name"),
    text("parent", default=""),
    instant("created_at"),
    instant("updated_at"),
)
# `home` is the tenant that took the person in first: only its administrators say how the person signs in.
persons = tables.shared_table(
    "persons",
    metadata,
    text("id", key=True),
    text("display_name"),
    text("kind", default="person"),
    text("home"),
    instant("created_at"),
    one_of("kind", "person", "service"),
)
bindings = tables.shared_table(
    "bindings",
    metadata,
    text("issuer", key=True),
    text("sub", key=True),
    text("person"),
    instant("created_at"),
    Index("ix_bindings_person", "person"),
)
person_tenants = tables.shared_table("person_tenants", metadata, text("person", key=True), text("tenant", key=True))

# -- of a tenant -------------------------------------------------------------------------------------------------------

packs = tables.tenant_table(
    "packs",
    metadata,
    text("pack", key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("title"),
    text("issuer"),
    text("document_number", default=""),
    Column("supersedes", Json, nullable=False, server_default=sql("'[]'::jsonb")),
    text("source"),
    instant("created_at"),
)
registrations = tables.tenant_table(
    "registrations",
    metadata,
    text("id", key=True),
    text("register"),
    text("holder", default=""),
    text("unit", default=""),
    Column("fields", Json, nullable=False),
    text("state"),
    Column("approvers", Json, nullable=False),
    Column("decisions", Json, nullable=False, server_default=sql("'[]'::jsonb")),
    text("proposer"),
    text("clause"),
    Column("bound", Boolean, nullable=False),
    instant("created_at"),
    instant("valid_from", null=True),
    instant("valid_until", null=True),
    one_of("state", "proposed", "active", "rejected", "ended"),
    Index("ix_registrations_register_holder", "tenant", "register", "holder"),
)
# A holder with too few entries, as long as that lasts. `since` is empty where there never were enough.
gaps = tables.tenant_table(
    "gaps",
    metadata,
    text("id", key=True),
    text("register"),
    text("holder", default=""),
    instant("found_at"),
    instant("since", null=True),
    instant("due_at", null=True),
    text("reason", default=""),
    UniqueConstraint("tenant", "register", "holder"),
)


# What was said of how a regulation is to be understood; `clause` is empty where it is about the whole.
interpretations = tables.tenant_table(
    "interpretations",
    metadata,
    text("id", key=True),
    text("pack"),
    text("clause", default=""),
    text("text"),
    text("person"),
    text("unit", default=""),
    instant("created_at"),
    instant("withdrawn_at", null=True),
    text("withdraw_reason", default=""),
    Index("ix_interpretations_pack", "tenant", "pack"),
)

# What releases have brought for the administrators so far: each permission is given once, and never again to those who gave it back.
offered_permissions = tables.tenant_table("offered_permissions", metadata, text("permission", key=True), instant("offered_at"))


def interpretation(tx: Tx, interpretation_id: str, *, lock: bool = False) -> Interpretation | None:
    """An interpretation by its id."""
    statement = select(interpretations).where(interpretations.c.id == interpretation_id)
    rows = tx.locked(statement) if lock else tx.all(statement)
    return interpretation_of(rows[0]) if rows else None


def offered(tx: Tx) -> frozenset[str]:
    """The permissions that the tenant's administrators were given by this or an earlier release."""
    return frozenset(row.permission for row in tx.all(select(offered_permissions.c.permission)))


def note_offered(tx: Tx, permissions: Iterable[str]) -> None:
    """Keeps that the administrators have these permissions, or had them."""
    for permission in sorted(permissions):
        tx.insert(offered_permissions, {"permission": permission, "offered_at": tx.now})


def interpretation_of(row: Any) -> Interpretation:
    """An interpretation from its row."""
    return Interpretation(
        row.id, row.pack, row.clause, row.text, row.person, row.unit, row.created_at, row.withdrawn_at, row.withdraw_reason
    )


def interpretation_row(about: Interpretation) -> dict[str, Any]:
    """The columns of an interpretation."""
    return asdict(about)


def entry_of(row: Any) -> Entry:
    """An entry of a register from its row."""
    decisions = [Decision(**(d | {"at": datetime.fromisoformat(d["at"])})) for d in row.decisions]
    return Entry(
        id=row.id, register=row.register, holder=row.holder, unit=row.unit, fields=row.fields, state=State(row.state),
        approvers=tuple(row.approvers), proposer=row.proposer, clause=row.clause, created_at=row.created_at,
        bound=row.bound, decisions=tuple(decisions), valid_from=row.valid_from, valid_until=row.valid_until,
    )  # fmt: skip


def row_of(entry: Entry) -> dict[str, Any]:
    """The columns of an entry."""
    decisions = [asdict(d) | {"at": d.at.isoformat()} for d in entry.decisions]
    return asdict(entry) | {"state": entry.state.value, "approvers": list(entry.approvers), "decisions": decisions}


def tenant_ids(tx: Tx) -> frozenset[str]:
    """Ids of all tenants; asked as plumbing."""
    return frozenset(row.id for row in tx.all(select(tenants.c.id)))


def made_known(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Enters the persons whom the installation does not know yet, and gives the kinds of all of them; done as plumbing.

    Of two who enter the same person at once the second waits and finds the first one's.
    """
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    tx.execute(insert(persons).values(ordered).on_conflict_do_nothing(index_elements=["id"]))
    found = tx.all(select(persons.c.id, persons.c.kind).where(persons.c.id.in_([row["id"] for row in ordered])))
    return {row.id: row.kind for row in found}


def home_of(tx: Tx, person: str) -> str | None:
    """The tenant that took a person in first; asked as plumbing."""
    home: str | None = tx.scalar(select(persons.c.home).where(persons.c.id == person))
    return home


def person_of(tx: Tx, issuer: str, sub: str) -> str | None:
    """Who is bound to a subject; asked as plumbing."""
    bound: str | None = tx.scalar(select(bindings.c.person).where(bindings.c.issuer == issuer, bindings.c.sub == sub))
    return bound


def pack_row(tx: Tx, pack: str, version: int) -> Any:
    """A kept version of a pack."""
    return tx.one(select(packs).where(packs.c.pack == pack, packs.c.version == version))


def locked_entry(tx: Tx, registration_id: str) -> Entry | None:
    """An entry of a register, locked."""
    rows = tx.locked(select(registrations).where(registrations.c.id == registration_id))
    return entry_of(rows[0]) if rows else None


def entry(tx: Tx, registration_id: str) -> Entry | None:
    """An entry of a register."""
    row = tx.one(select(registrations).where(registrations.c.id == registration_id))
    return entry_of(row) if row is not None else None


def entries(tx: Tx, register: str | None = None, holder: str | None = None) -> Sequence[Entry]:
    """The entries that were not refused, by id: of one register, of one holder, or all."""
    statement = select(registrations).where(registrations.c.state != State.REJECTED).order_by(registrations.c.id)
    if register is not None:
        statement = statement.where(registrations.c.register == register)
    if holder is not None:
        statement = statement.where(registrations.c.holder == holder)
    return [entry_of(row) for row in tx.all(statement)]


def gap_rows(tx: Tx, register: str = "") -> Sequence[Any]:
    """The gaps of one register, or of all, by register and holder."""
    statement = select(gaps).order_by(gaps.c.register, gaps.c.holder)
    return tx.all(statement.where(gaps.c.register == register) if register else statement)
