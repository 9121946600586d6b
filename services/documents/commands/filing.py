"""Filing: what is closed becomes read-only under a file number; what need not be kept is destroyed by two persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from services.documents import convert, store
from services.documents.commands import effects, numbers, permits
from services.documents.commands.case import Case, load
from services.documents.commands.names import check_code, document_id, own_id
from services.documents.domain.document import State
from services.documents.domain.errors import DestructionDecided, NotFiled, RetentionMissing, TwoPersonsNeeded, YearDiffers
from services.documents.domain.numbering import filing_series, local_year
from services.documents.store import reads, visibility
from services.kit import ids, work
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.identity import may
from xiaoneng.kit.v1 import work_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

MANAGE = "documents:filing:manage"
DESTROY = "documents:filing:destroy"
FILED = "documents.document.filed"
DECIDE_STEP = "审批销毁"
_REMARK = 200


@dataclass(frozen=True, kw_only=True)
class FileDocuments(Command):
    year: int
    documents: tuple[str, ...]
    retention_class: str = ""


@command(audit="documents.filing.file")
def file_documents(tx: Tx, cmd: FileDocuments) -> list[Case]:
    """Files closed matters of a year, all or none. Refuses: Missing, Filed, WrongState, YearDiffers, RetentionMissing, UnknownCode."""
    may(cmd.caller, MANAGE)
    # Locked in the order of their ids, so that two filings cannot wait for each other.
    cases = {name: _mine(tx, name) for name in sorted(cmd.documents)}
    for name in cmd.documents:
        _file(cases[name], cmd.year, cmd.retention_class)
    return [cases[name] for name in cmd.documents]


def _mine(tx: Tx, name: str, *, filed: bool = False) -> Case:
    case = load(tx, document_id(name), filed=filed)
    visibility.ensure(tx, case.document.id)
    return case


def _file(case: Case, year: int, wanted: str) -> None:
    tx, document = case.tx, case.document
    document.ensure(State.CLOSED)
    closed = document.closed_at
    if closed is None or local_year(closed, case.zone) != year:
        raise YearDiffers(title=document.title, year=year)
    retention = wanted or default_class(case)
    if not retention:
        raise RetentionMissing(title=document.title)
    check_code(case.rules.vocabulary("retention_class"), retention, "retention_class")
    case.enforce("documents.filing.file", retention_class=retention)
    taken = numbers.take(tx, filing_series(retention), document.id, year=year)
    document.file(taken.number.text, retention, year, tx.now)
    tx.audit("documents.filing.file", document.name, details={"file_number": document.file_number, "retention_class": retention})
    effects.save(case)


def default_class(case: Case) -> str:
    """The class that the rules give it: the ledger in which what is filed is entered; empty where they give none."""
    ledger = case.rules.ledger(FILED, case.offered(FILED, case.facts()))
    return ledger.name if ledger is not None else ""


@dataclass(frozen=True, kw_only=True)
class RecordReceipt(Command):
    year: int
    receipt_number: str
    receive_date: date
    package_sha256: str
    document_count: int


@command(audit="documents.filing.receipt")
def record_receipt(tx: Tx, cmd: RecordReceipt) -> dict[str, Any]:
    """Records that the archive has taken a package over."""
    may(cmd.caller, MANAGE)
    row = {
        "id": ids.new(), "year": cmd.year, "receipt_number": cmd.receipt_number, "received_on": cmd.receive_date,
        "package_sha256": cmd.package_sha256, "document_count": cmd.document_count, "person": cmd.caller.person, "recorded_at": tx.now,
    }  # fmt: skip
    tx.insert(store.archive_receipts, row)
    tx.audit("documents.filing.receipt", f"archiveReceipts/{row['id']}", details={"sha256": cmd.package_sha256, "year": cmd.year})
    return row


@dataclass(frozen=True, kw_only=True)
class ProposeDestruction(Command):
    documents: tuple[str, ...]
    reason: str


@command(audit="documents.destruction.propose")
def propose_destruction(tx: Tx, cmd: ProposeDestruction) -> dict[str, Any]:
    """Proposes to destroy filed documents. Refuses: Missing, NotFiled, what the rules want kept."""
    may(cmd.caller, MANAGE)
    cases = [_destroyable(tx, name) for name in sorted(cmd.documents)]
    entries = [
        {
            "document": c.document.id,
            "file_number": c.document.file_number,
            "title": c.document.title,
            "retention_class": c.document.retention,
        }
        for c in cases
    ]
    row = {
        "id": ids.new(), "state": "proposed", "entries": entries, "reason": cmd.reason, "proposer": cmd.caller.person,
        "proposed_at": tx.now, "decider": "", "decision": "", "decided_at": None,
    }  # fmt: skip
    tx.insert(store.destructions, row)
    work.opened(tx, _item(tx, row))
    numbers_of = [entry["file_number"] for entry in entries]
    tx.audit("documents.destruction.propose", f"destructions/{row['id']}", details={"file_numbers": numbers_of, "reason": cmd.reason})
    return row


def _item(tx: Tx, row: Mapping[str, Any]) -> work_pb2.WorkItem:
    """A proposed list as it lies with those who may decide it."""
    proposer = tx.roster.member(row["proposer"])
    name = f"destructions/{row['id']}"
    return work_pb2.WorkItem(
        item=name,
        subject=name,
        kind=work_pb2.WORK_KIND_ACTION,
        title=f"销毁清册（{len(row['entries'])}件）",
        step=DECIDE_STEP,
        unit=proposer.unit if proposer else "",
        persons=_deciders(tx, row),
        arrive_time=convert.stamp(row["proposed_at"]),
        remark=f"{proposer.display_name if proposer else ''}提请：{row['reason']}"[:_REMARK],
    )


def _deciders(tx: Tx, row: Mapping[str, Any]) -> list[str]:
    """Who may decide now: who sees all that is on the list, and did not propose it."""
    others = [member.person for member in tx.roster.who_may(DESTROY, tx.now, tx.rules()) if member.person != row["proposer"]]
    return visibility.who_sees(tx, others, [entry["document"] for entry in row["entries"]])


def as_seen(tx: Tx, row: Mapping[str, Any]) -> dict[str, Any]:
    """A list for the caller: titles of documents that he may see, or saw when he proposed or decided it; all for who supervises."""
    caller = tx.caller
    assert caller is not None
    if visibility.SUPERVISE in caller.permissions or caller.person in (row["proposer"], row["decider"]):
        return dict(row)
    seen = visibility.seen_of(tx, [entry["document"] for entry in row["entries"]])
    return {**row, "entries": [entry if entry["document"] in seen else {**entry, "title": ""} for entry in row["entries"]]}


def follow_posts(tx: Tx) -> None:
    """Lets what waits for a decision lie with those who may take it now."""
    for row in reads.proposed_destructions(tx):
        work.changed(tx, _item(tx, dict(row._mapping)))


def _destroyable(tx: Tx, name: str) -> Case:
    case = _mine(tx, name, filed=True)
    document = case.document
    if document.filed_at is None:
        raise NotFiled(title=document.title)
    kept = local_year(tx.now, case.zone) - document.file_year - 1
    case.enforce("documents.filing.destroy", retention_class=document.retention, retention_years=kept)
    return case


@dataclass(frozen=True, kw_only=True)
class DecideDestruction(Command):
    name: str
    approved: bool
    reason: str


@command(audit="documents.destruction.decide")
def decide_destruction(tx: Tx, cmd: DecideDestruction) -> dict[str, Any]:
    """Approves or rejects a destruction; approved ones are removed now. Refuses: Missing, TwoPersonsNeeded, DestructionDecided."""
    may(cmd.caller, DESTROY)
    row = reads.locked_destruction(tx, own_id(cmd.name))
    if row is None:
        raise Missing()
    if row.state != "proposed":
        raise DestructionDecided()
    if row.proposer == cmd.caller.person or row.proposer == cmd.caller.acting_for:
        raise TwoPersonsNeeded()
    documents = [entry["document"] for entry in row.entries]
    for document in documents:  # nobody decides about what he may not see
        visibility.ensure(tx, document)
    changed = {
        "state": "done" if cmd.approved else "rejected", "decider": cmd.caller.person, "decision": cmd.reason, "decided_at": tx.now,
    }  # fmt: skip
    tx.update(store.destructions, {"id": row.id}, changed)
    work.ended(tx, _item(tx, dict(row._mapping)), done=True, by=cmd.caller.person)
    if cmd.approved:
        _destroy(tx, documents)
    tx.audit("documents.destruction.decide", cmd.name, details={"approved": cmd.approved, "reason": cmd.reason})
    return {**row._mapping, **changed}


def _destroy(tx: Tx, documents: list[str]) -> None:
    """Removes documents with all that hangs on them. Their numbers stay taken, what was breached stays counted, the audit stays whole."""
    for document in sorted(documents):
        permits.withdraw_all(_destroyable(tx, f"documents/{document}"))
    hashes = {file.sha256 for document in documents for file in reads.attachments_of(tx, document)}
    for document in sorted(documents):
        for table in store.tables_of_a_document():
            tx.delete(table, {"document": document})
        tx.delete(store.documents, {"id": document})
        tx.audit("documents.document.destroy", f"documents/{document}")
    tx.flush()
    unheld = sorted(hashes - reads.held_hashes(tx, hashes))
    blobs, tenant = tx.ports.blobs, tx.tenant

    def forget() -> None:
        for sha256 in unheld:
            blobs.delete(tenant, sha256)

    tx.after_commit(forget)
