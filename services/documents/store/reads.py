"""What commands ask the database: each function is named by what it answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.documents.domain.attachments import Attachment, Scan
from services.documents.domain.document import State
from services.documents.domain.handling import Extension, Material
from services.documents.domain.issuing import IssueEntry
from services.documents.domain.permits import Permit, PermitState
from services.documents.domain.records import Record
from services.documents.domain.threads import Opinion, Thread
from services.documents.store import rows, tables, visibility
from services.kit.db.load import First, Plan
from services.kit.db.tx import Tx
from services.kit.deadline import store as deadlines
from services.kit.procedure.steps import StepState

_GONE = (State.VOID, State.MERGED, State.RETURNED)


_ID: BindParameter[str] = bindparam("document")
_NAME: BindParameter[str] = bindparam("document_name")
_DEADLINES = tables.metadata.tables["deadlines"]
_MATTER = Plan(
    locks=(
        select(tables.documents.c.id).where(tables.documents.c.id == _ID),
        # In the order of their ids, as everybody locks limits.
        select(_DEADLINES.c.id).where(deadlines.running_of(_DEADLINES, _NAME)).order_by(_DEADLINES.c.id),
    ),
    reads={
        "document": select(tables.documents).where(tables.documents.c.id == _ID),
        "steps": select(tables.steps).where(tables.steps.c.document == _ID).order_by(tables.steps.c.opened_at, tables.steps.c.id),
        "deadlines": deadlines.whole(_DEADLINES).where(deadlines.running_of(_DEADLINES, _NAME)),
    },
)


def matter(document: str) -> First:
    """A document, its steps and its running limits: locked and read together, so that all of an act has one moment."""
    return First(_MATTER, {"document": document, "document_name": f"documents/{document}"})


def locked_document(tx: Tx, document: str) -> Row[Any] | None:
    """A document alone, locked until the end of the transaction."""
    found = tx.locked(select(tables.documents).where(tables.documents.c.id == document))
    return found[0] if found else None


def attachments_of(tx: Tx, document: str) -> list[Attachment]:
    """The files of a document in the order of their coming."""
    table = tables.attachments
    return [
        rows.attachment_of(row)
        for row in tx.all(select(table).where(table.c.document == document).order_by(table.c.created_at, table.c.id))
    ]


def document(tx: Tx, document: str) -> Row[Any] | None:
    """A document, to be read."""
    return tx.one(select(tables.documents).where(tables.documents.c.id == document))


def steps_of(tx: Tx, document: str) -> Sequence[Row[Any]]:
    """All steps of a document in the order of their arrival."""
    table = tables.steps
    return tx.all(select(table).where(table.c.document == document).order_by(table.c.opened_at, table.c.id))


def documents(tx: Tx, ids: Collection[str]) -> Sequence[Row[Any]]:
    """Documents by their ids."""
    return tx.all(select(tables.documents).where(tables.documents.c.id.in_(ids))) if ids else ()


def titles_of(tx: Tx, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Title and numbers of documents by their ids, as far as the caller may see them."""
    table = tables.documents
    columns = (table.c.id, table.c.title, table.c.registration_number, table.c.document_number)
    return {row.id: row for row in tx.all(select(*columns).where(table.c.id.in_(ids), visibility.visible(tx)))} if ids else {}


def steps_of_many(tx: Tx, ids: Collection[str]) -> Sequence[Row[Any]]:
    """All steps of some documents in the order of their arrival."""
    table = tables.steps
    return tx.all(select(table).where(table.c.document.in_(ids)).order_by(table.c.opened_at, table.c.id)) if ids else ()


def registered_as(tx: Tx, sender: str, sender_number: str, sender_date: date | None) -> str | None:
    """The number under which the same document is registered already."""
    table = tables.documents
    same = select(table.c.registration_number).where(
        table.c.sender == sender,
        table.c.sender_number == sender_number,
        table.c.sender_date.is_not_distinct_from(sender_date),
        table.c.state.not_in(_GONE),
    )
    found = tx.one(same.order_by(table.c.created_at).limit(1))
    return found.registration_number if found is not None else None


def same_text(tx: Tx, sender: str, text_hash: str) -> list[str]:
    """Registration numbers of the documents of a sender with the same text, oldest first."""
    if not text_hash:
        return []
    table = tables.documents
    same = table.c.sender == sender, table.c.text_hash == text_hash, table.c.state.not_in(_GONE)
    rows_ = tx.all(select(table.c.registration_number).where(*same).order_by(table.c.created_at).limit(20))
    return [row.registration_number for row in rows_]


def hashes_of(tx: Tx, ids: Collection[str]) -> list[str]:
    """Hashes of some files, in their order."""
    table = tables.attachments
    return [row.sha256 for row in tx.all(select(table.c.sha256).where(table.c.id.in_(ids)).order_by(table.c.sha256))] if ids else []


def groups_of_open_steps(tx: Tx) -> Sequence[Row[Any]]:
    """Open steps that lie with a role: per role, unit and persons, the documents."""
    table = tables.steps
    by_role = table.c.state.in_([StepState.OPEN, StepState.WAITING]) & table.c.current & (table.c.person == "") & (table.c.added_to == "")
    groups = select(table.c.role, table.c.unit, table.c.persons, func.array_agg(table.c.document.distinct()).label("documents"))
    return tx.all(groups.where(by_role).group_by(table.c.role, table.c.unit, table.c.persons))


# ---- handling -----------------------------------------------------------------------------------------------------------


def dispatch_count(tx: Tx, document: str, unit: str) -> int:
    """How many dispatch entries a unit has recorded."""
    table = tables.dispatches
    return int(tx.scalar(select(func.count()).where(table.c.document == document, table.c.unit == unit)) or 0)


def locked_material(tx: Tx, material: str) -> Material | None:
    """A request for material, locked."""
    found = tx.locked(select(tables.materials).where(tables.materials.c.id == material))
    return rows.material_of(found[0]) if found else None


def open_materials(tx: Tx, document: str) -> list[Material]:
    """What was asked for and not supplied yet."""
    table = tables.materials
    wanted = table.c.document == document, table.c.supplied_at.is_(None)
    return [rows.material_of(row) for row in tx.all(select(table).where(*wanted).order_by(table.c.id))]


def locked_record(tx: Tx, record: str) -> Record | None:
    """A record, locked."""
    found = tx.locked(select(tables.records).where(tables.records.c.id == record))
    return rows.record_of(found[0]) if found else None


def locked_extension(tx: Tx, extension: str) -> Extension | None:
    """A request for more time, locked."""
    found = tx.locked(select(tables.extensions).where(tables.extensions.c.id == extension))
    return rows.extension_of(found[0]) if found else None


# ---- deliberation and permits ------------------------------------------------------------------------------------------------


def thread(tx: Tx, id_: str) -> Thread | None:
    """A thread, to be read."""
    row = tx.one(select(tables.threads).where(tables.threads.c.id == id_))
    return rows.thread_of(row) if row is not None else None


def opinions_of(tx: Tx, thread: str) -> list[Opinion]:
    """The opinions of a thread, oldest first."""
    table = tables.opinions
    return [rows.opinion_of(row) for row in tx.all(select(table).where(table.c.thread == thread).order_by(table.c.given_at, table.c.id))]


def locked_permit(tx: Tx, permit: str) -> Permit | None:
    """A permit, locked."""
    found = tx.locked(select(tables.permits).where(tables.permits.c.id == permit))
    return rows.permit_of(found[0]) if found else None


def pending_permits(tx: Tx, document: str = "") -> list[Permit]:
    """The requests that nobody has decided yet, of the tenant or of a document."""
    table = tables.permits
    wanted = [table.c.state == PermitState.PENDING, *([table.c.document == document] if document else [])]
    return [rows.permit_of(row) for row in tx.all(select(table).where(*wanted).order_by(table.c.id))]


def locked_permits(tx: Tx, document: str, person: str) -> list[Permit]:
    """The permits that somebody has for a document and that are not used up, locked."""
    table = tables.permits
    mine = (table.c.document == document) & (table.c.person == person) & (table.c.uses_left > 0)
    return [rows.permit_of(row) for row in tx.locked(select(table).where(mine).order_by(table.c.id))]


# ---- the issue list ------------------------------------------------------------------------------------------------------


def locked_entry(tx: Tx, entry: str) -> IssueEntry | None:
    """An entry of the issue list, locked."""
    found = tx.locked(select(tables.issue_entries).where(tables.issue_entries.c.id == entry))
    return rows.issue_entry_of(found[0]) if found else None


def entry(tx: Tx, entry: str) -> IssueEntry | None:
    """An entry of the issue list, to be read."""
    row = tx.one(select(tables.issue_entries).where(tables.issue_entries.c.id == entry))
    return rows.issue_entry_of(row) if row is not None else None


def locked_waiting_for(tx: Tx, superior: str, unit: str) -> list[IssueEntry]:
    """Entries of a unit that a superior's document asks for and that the unit has not received, locked."""
    table = tables.issue_entries
    mine = select(table).where(table.c.superior_document == superior, table.c.lead_unit == unit, table.c.received_at.is_(None))
    return [rows.issue_entry_of(row) for row in tx.locked(mine.order_by(table.c.id))]


def entry_of_matter(tx: Tx, matter: str) -> bool:
    """Is there an entry already that came of this matter of a meeting?"""
    table = tables.issue_entries
    return tx.one(select(table.c.id).where(table.c.matter == matter)) is not None


def attachment_count(tx: Tx, document: str) -> int:
    """How many files a document holds."""
    table = tables.attachments
    return int(tx.scalar(select(func.count()).where(table.c.document == document)) or 0)


# ---- numbers -------------------------------------------------------------------------------------------------------------


def locked_last(tx: Tx, series: str, year: int) -> int:
    """The last place that was taken in a series; the series is locked, and begun where it was not."""
    table = tables.number_series
    tx.execute(insert(table).values(tenant=tx.tenant, series=series, year=year, last=0).on_conflict_do_nothing())
    return int(tx.locked(select(table).where(table.c.series == series, table.c.year == year))[0].last)


def locked_number(tx: Tx, number: str) -> Row[Any] | None:
    """A line of the ledger of numbers, locked."""
    found = tx.locked(select(tables.numbers).where(tables.numbers.c.number == number))
    return found[0] if found else None


def first_taken(tx: Tx, series: str, year: int, positions: Sequence[int]) -> str | None:
    """The first of these numbers that is taken already."""
    table = tables.numbers
    mine = select(table.c.number).where(table.c.series == series, table.c.year == year, table.c.position.in_(positions))
    found = tx.one(mine.order_by(table.c.position).limit(1))
    return found.number if found is not None else None


# ---- files ---------------------------------------------------------------------------------------------------------------


def held_bytes(tx: Tx, document: str) -> int:
    """How large the files of a document are together."""
    table = tables.attachments
    return int(tx.scalar(select(func.coalesce(func.sum(table.c.size), 0)).where(table.c.document == document)))


def locked_attachments(tx: Tx, ids: Collection[str]) -> list[Attachment]:
    """Files by their ids, locked in the order of their ids."""
    table = tables.attachments
    found = tx.locked(select(table).where(table.c.id.in_(ids)).order_by(table.c.id))
    return [rows.attachment_of(row) for row in found]


def attachment(tx: Tx, id_: str) -> Attachment | None:
    """A file, to be read."""
    row = tx.one(select(tables.attachments).where(tables.attachments.c.id == id_))
    return rows.attachment_of(row) if row is not None else None


def state_of(tx: Tx, document: str) -> str:
    """The state of a document."""
    return str(tx.scalar(select(tables.documents.c.state).where(tables.documents.c.id == document)))


def locked_orphans(tx: Tx, before: datetime) -> list[Attachment]:
    """Files that no document holds and that came before a moment, locked."""
    table = tables.attachments
    return [rows.attachment_of(row) for row in tx.locked(select(table).where(table.c.document == "", table.c.created_at < before))]


def unscanned(tx: Tx, most: int) -> list[Attachment]:
    """Files that no scanner has judged yet, the oldest first."""
    table = tables.attachments
    waiting = select(table).where(table.c.scan_state == Scan.UNSCANNED).order_by(table.c.created_at, table.c.id).limit(most)
    return [rows.attachment_of(row) for row in tx.all(waiting)]


def held_hashes(tx: Tx, hashes: Collection[str]) -> set[str]:
    """Which of these hashes a file still has."""
    table = tables.attachments
    return {row.sha256 for row in tx.all(select(table.c.sha256).where(table.c.sha256.in_(hashes)))} if hashes else set()


# ---- views and exports ---------------------------------------------------------------------------------------------------


def view_named(tx: Tx, person: str, display_name: str) -> Row[Any] | None:
    """The view that a person keeps under a name."""
    table = tables.ledger_views
    return tx.one(select(table).where(table.c.person == person, table.c.display_name == display_name))


def view(tx: Tx, person: str, id_: str) -> Row[Any] | None:
    """A view of a person."""
    table = tables.ledger_views
    return tx.one(select(table).where(table.c.person == person, table.c.id == id_))


def export(tx: Tx, person: str, id_: str) -> Row[Any] | None:
    """An export of a person."""
    table = tables.exports
    return tx.one(select(table).where(table.c.person == person, table.c.id == id_))


def still_exported(tx: Tx, sha256: str, but: str) -> bool:
    """Whether another export that can be fetched has the same bytes."""
    table = tables.exports
    same = select(func.count()).where(table.c.sha256 == sha256, table.c.id != but, table.c.state == "done")
    return bool(tx.scalar(same))


def locked_grant(tx: Tx, id_: str) -> Row[Any] | None:
    """A grant, locked."""
    found = tx.locked(select(tables.grants).where(tables.grants.c.id == id_))
    return found[0] if found else None


# ---- filing --------------------------------------------------------------------------------------------------------------


def is_filed(tx: Tx, document: str) -> bool:
    """Whether a document is read-only."""
    return tx.scalar(select(tables.documents.c.filed_at).where(tables.documents.c.id == document)) is not None


def proposed_destructions(tx: Tx) -> Sequence[Row[Any]]:
    """The lists that nobody has decided yet."""
    table = tables.destructions
    return tx.all(select(table).where(table.c.state == "proposed").order_by(table.c.id))


def locked_destruction(tx: Tx, id_: str) -> Row[Any] | None:
    """A list of what is to be destroyed, locked."""
    found = tx.locked(select(tables.destructions).where(tables.destructions.c.id == id_))
    return found[0] if found else None
