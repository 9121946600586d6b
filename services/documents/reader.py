"""Makes bodies and files findable: carries out what commands queued (`commands.text.queue`), a document at a time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from services.documents import extract, store
from services.documents.commands import text
from services.documents.domain.attachments import Scan
from services.documents.domain.search import fold, terms
from services.documents.store import texts
from services.kit.blobs import BlobMissing
from services.kit.identity import system

if TYPE_CHECKING:
    from services.documents.domain.attachments import Attachment
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

log = structlog.get_logger(__name__)
BATCH = 20
# Whoever has taken a document has it for so long; then another worker takes it.
LEASE = timedelta(minutes=10)
_TIMEOUT = 60.0
_AGAIN = (timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=6))


class Unreadable(RuntimeError):
    """The file is damaged, protected, or more than is read."""


@dataclass(frozen=True)
class Job:
    """A document whose full text has to be read."""

    tenant: str
    document: str
    stamp: str
    attempts: int


class TextReader:
    """Reads bodies and files; what cannot be read is tried again some times, then kept with its error and logged."""

    def __init__(self, ports: Ports) -> None:
        self.name = "documents-text-reader"
        self._ports = ports

    def step(self, now: datetime) -> datetime | None:
        """Carries out what is due, in any tenant; returns when to look again."""
        while jobs := self._claim(now):
            for job in jobs:
                self._read(job)
        return None if self._ports.clock.driven else now + timedelta(seconds=1)

    def _claim(self, now: datetime) -> list[Job]:
        table = store.text_jobs
        with self._ports.db.plumbing() as tx:
            jobs = [Job(row.tenant, row.document, row.stamp, row.attempts) for row in texts.due_jobs(tx, now, BATCH)]
            for job in jobs:
                key = {"tenant": job.tenant, "document": job.document}
                tx.update(table, key, {"next_at": now + LEASE})
        return jobs

    def _read(self, job: Job) -> None:
        caller = system("documents", job.tenant)
        with self._ports.db.snapshot(job.tenant, caller) as tx:
            row = store.reads.document(tx, job.document)
            files = store.reads.attachments_of(tx, job.document)
        unread = ""
        found: dict[str, str] = {}
        for file in files:
            if file.content_type in extract.READERS and file.scan_state in (Scan.CLEAN, Scan.NO_SCANNER):
                try:
                    found[file.name] = self._words(job.tenant, file)
                except Unreadable as reason:
                    unread = f"{file.name}: {reason}"
        with self._ports.db.tenant(job.tenant, caller) as tx:
            if row is not None:
                _keep(tx, row, found)
            _done(tx, job, unread)

    def _words(self, tenant: str, file: Attachment) -> str:
        with tempfile.NamedTemporaryFile() as copy:
            try:
                for piece in self._ports.blobs.read(tenant, file.sha256):
                    copy.write(piece)
            except BlobMissing as missing:
                raise Unreadable("missing") from missing
            copy.flush()
            command = [sys.executable, "-m", extract.__name__, file.content_type, copy.name]
            try:
                done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False)
            except subprocess.TimeoutExpired as late:
                raise Unreadable("timeout") from late
        if done.returncode:
            raise Unreadable(done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1][:200] or f"exit {done.returncode}")
        return done.stdout.decode(errors="replace")


def _keep(tx: Tx, row: Any, files: dict[str, str]) -> None:
    """Writes what was read in place of what was there. The document is locked: a correction comes before or after, never between."""
    locked = store.reads.locked_document(tx, row.id)
    if locked is None:
        return
    document = store.document_of(locked)
    head = text.head_of(document)
    tx.delete(store.search_texts, {"document": document.id})
    tx.delete(store.search_terms, {"document": document.id, "field": texts.TEXT})
    tx.flush()
    tx.insert(store.search_texts, {"document": document.id, "source": texts.HEAD, "folded": text.folded_head(head), "text": ""})
    if document.body:
        tx.insert(store.search_texts, {"document": document.id, "source": texts.BODY, "folded": fold(document.body), "text": ""})
    for source, words in files.items():
        tx.insert(store.search_texts, {"document": document.id, "source": source, "folded": fold(words), "text": words})
    texts.put_terms(tx, document.id, terms(*head), texts.HEAD)
    texts.put_terms(tx, document.id, terms(document.body, *files.values()), texts.TEXT)


def _done(tx: Tx, job: Job, unread: str) -> None:
    """Ends the job, unless the document changed meanwhile; what could not be read is tried again."""
    key = {"document": job.document, "stamp": job.stamp}
    if not unread:
        tx.delete(store.text_jobs, key)
    elif job.attempts < len(_AGAIN):
        tx.update(store.text_jobs, key, {"attempts": job.attempts + 1, "error": unread, "next_at": tx.now + _AGAIN[job.attempts]})
    else:
        tx.delete(store.text_jobs, key)
        log.error("text_unreadable", document=job.document, reason=unread)
