"""Files of documents: taken in, held, given out, removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.documents import store
from services.documents.commands import text
from services.documents.commands.names import own_id
from services.documents.domain.attachments import Attachment, Limits, Scan, check_size, display_name
from services.documents.domain.document import State
from services.documents.domain.errors import AttachmentHeld, Filed
from services.documents.store import exchange, reads, visibility
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.identity import may

UPLOAD = "documents:attachment:upload"
READ = "documents:attachment:read"
REGISTER = "documents:document:register"
ORPHAN_AGE = timedelta(days=1)
LIMITS = Limits()
SCAN_BATCH = 50


@dataclass(frozen=True, kw_only=True)
class AddAttachment(Command):
    """A file whose bytes are in the object store already."""

    document: str
    file_name: str
    content_type: str
    size: int
    sha256: str
    limits: Limits = LIMITS
    scan_state: Scan = Scan.NO_SCANNER


@command(audit="documents.attachment.upload")
def add_attachment(tx: Tx, cmd: AddAttachment) -> Attachment:
    """Enters a stored file. Refuses: Missing, DocumentTooLarge."""
    may(cmd.caller, UPLOAD)
    document = ""
    if cmd.document:
        document = own_id(cmd.document)
        visibility.ensure(tx, document)
        if reads.is_filed(tx, document):
            raise Filed()
    check_size(cmd.size, reads.held_bytes(tx, document) if document else 0, cmd.limits)
    attachment = Attachment(
        id=ids.new(),
        document=document,
        file_name=display_name(cmd.file_name),
        content_type=cmd.content_type,
        size=cmd.size,
        sha256=cmd.sha256,
        scan_state=cmd.scan_state,
        uploader=cmd.caller.person,
        created_at=tx.now,
    )
    tx.insert(store.attachments, store.plain_row(attachment))
    if document:
        text.queue(tx, document)
    tx.audit("documents.attachment.upload", attachment.name, details={"sha256": cmd.sha256, "document": document})
    return attachment


def give_up(tx: Tx, sha256: str, size: int) -> None:
    """Lets the sweeper have the bytes of an upload that was refused, unless another file has the same. Nobody can open it."""
    found = Attachment(ids.new(), "", "", "", size, sha256, Scan.NO_SCANNER, uploader="", created_at=tx.now)
    tx.insert(store.attachments, store.plain_row(found))


def hold(tx: Tx, document: str, names: Sequence[str], limits: Limits = LIMITS) -> None:
    """Hangs uploaded files on a document. Refuses Missing for one that is not the caller's or hangs elsewhere."""
    if not names:
        return
    assert tx.caller is not None
    wanted = [own_id(name) for name in names]
    mine = [a for a in reads.locked_attachments(tx, wanted) if a.uploader == tx.caller.person and a.document in ("", document)]
    if len(mine) != len(wanted):
        raise Missing()
    check_size(sum(attachment.size for attachment in mine), 0, Limits(limits.document, limits.document))
    for attachment in mine:
        tx.update(store.attachments, {"id": attachment.id}, {"document": document})
    text.queue(tx, document)


def ensure_held(tx: Tx, document: str, names: Iterable[str]) -> None:
    """Attachments that are named as evidence hang on the document from now on."""
    hold(tx, document, list(names))


@dataclass(frozen=True, kw_only=True)
class RemoveAttachment(Command):
    name: str


@command(audit="documents.attachment.remove")
def remove_attachment(tx: Tx, cmd: RemoveAttachment) -> Attachment:
    """Takes a file from a draft, or one that nothing holds. Refuses AttachmentHeld."""
    may(cmd.caller, UPLOAD)
    found = reads.locked_attachments(tx, [own_id(cmd.name)])
    if not found or found[0].uploader != cmd.caller.person:
        raise Missing()
    attachment = found[0]
    if attachment.document and reads.state_of(tx, attachment.document) != State.DRAFT:
        raise AttachmentHeld()
    tx.delete(store.attachments, {"id": attachment.id})
    if attachment.document:
        text.queue(tx, attachment.document)
    return attachment


def opened(tx: Tx, name: str) -> Attachment:
    """An attachment that the caller may read, through the document that holds it. Refuses Missing."""
    attachment = reads.attachment(tx, own_id(name))
    if attachment is None:
        raise Missing()
    if _arriving(tx, attachment):
        return attachment
    if attachment.document:
        visibility.ensure(tx, attachment.document)
    elif tx.caller is None or attachment.uploader != tx.caller.person:
        raise Missing()
    return attachment


def _arriving(tx: Tx, attachment: Attachment) -> bool:
    """Whether it came with a transmission that waits, and the caller is one of those who look at it before they register it."""
    if tx.caller is None or REGISTER not in tx.caller.permissions:
        return False
    arrival = exchange.arrival(tx, attachment.document)
    return arrival is not None and arrival.waiting


def unscanned(tx: Tx) -> list[Attachment]:
    """Files that no scanner has judged yet, the oldest first."""
    return reads.unscanned(tx, SCAN_BATCH)


def judged(tx: Tx, attachment: Attachment, found: Scan) -> None:
    """Keeps what the scanner said. An infected file cannot be opened any more."""
    tx.update(store.attachments, {"id": attachment.id}, {"scan_state": found})
    if attachment.document:
        text.queue(tx, attachment.document)
    tx.audit("documents.attachment.scan", attachment.name, details={"found": found, "sha256": attachment.sha256})


def sweep(tx: Tx) -> list[str]:
    """Removes files that nothing has held for a day; gives the hashes that nobody holds any more."""
    orphans = reads.locked_orphans(tx, tx.now - ORPHAN_AGE)
    for orphan in orphans:
        tx.delete(store.attachments, {"id": orphan.id})
    tx.flush()
    hashes = {orphan.sha256 for orphan in orphans}
    return sorted(hashes - reads.held_hashes(tx, hashes))
