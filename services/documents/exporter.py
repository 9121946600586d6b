"""Makes the spreadsheets that are too long to be waited for, and removes them when they expire."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from services.documents import export, queries, store
from services.documents.domain.listing import Wish, wish_of
from services.documents.store import texts, visibility
from services.kit import work
from services.kit.blobs import BlobTooLarge
from services.kit.identity import system
from xiaoneng.kit.v1 import work_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=30)
_ATTEMPTS = 3
_LARGEST = 1 << 30
_STEP = "下载导出文件"


class Exporter:
    """Takes one export at a time; whoever dies over it loses it after half an hour to another worker."""

    def __init__(self, ports: Ports, lasts: timedelta) -> None:
        self.name = "documents-exporter"
        self._ports = ports
        self._lasts = lasts

    def step(self, now: datetime) -> datetime | None:
        """Makes what is wished and removes what has expired, in any tenant; returns when to look again."""
        while (job := self._claim(now)) is not None:
            if job.state == "done" and now < job.expires_at:
                self._fetched(job)
            elif job.state == "done":
                self._expire(job)
            elif job.attempts >= _ATTEMPTS:
                self._fail(job)
            else:
                self._make(job)
        return None if self._ports.clock.driven else now + timedelta(seconds=2)

    def _claim(self, now: datetime) -> Any:
        with self._ports.db.plumbing() as tx:
            row = texts.due_export(tx, now)
            if row is not None:
                taken = {"next_at": now + LEASE, "attempts": row.attempts + (row.state == "pending")}
                tx.update(store.exports, {"tenant": row.tenant, "id": row.id}, taken)
        return row

    def _make(self, job: Any) -> None:
        """The rows are those that the person may see now, from one state of the database."""
        ports, wish = self._ports, wish_of(job.wish)
        with tempfile.TemporaryFile() as file:
            with ports.db.snapshot(job.tenant, system("documents", job.tenant)) as tx:
                caller = visibility.as_caller(tx, job.person)
            with ports.db.snapshot(job.tenant, caller) as tx:
                entries = (queries.ledger_entry(tx, row) for row in store.lists.everything(tx, wish))
                _, rows = export.write(file, wish, entries, export.Names.of(tx), tell=lambda written: self._tell(job, written))
            try:
                stored = ports.blobs.put(job.tenant, export.pieces(file), _LARGEST)
            except BlobTooLarge:
                self._fail(job)
                return
        with ports.db.tenant(job.tenant, system("documents", job.tenant)) as tx:
            expires = tx.now + self._lasts
            done = {
                "state": "done", "file_name": export.file_name(wish.view), "sha256": stored.sha256, "size": stored.size, "rows": rows,
                "finished_at": tx.now, "expires_at": expires, "next_at": expires,
            }  # fmt: skip
            tx.update(store.exports, {"id": job.id}, done)
            item = item_of(job, wish)
            item.due_time.FromDatetime(expires)
            work.opened(tx, item)

    def _tell(self, job: Any, written: int) -> None:
        """How far it is; in a transaction of its own, for whoever waits."""
        with self._ports.db.tenant(job.tenant, system("documents", job.tenant)) as tx:
            tx.update(store.exports, {"id": job.id}, {"rows": written})

    def _fetched(self, job: Any) -> None:
        with self._ports.db.tenant(job.tenant, system("documents", job.tenant)) as tx:
            tx.update(store.exports, {"id": job.id}, {"next_at": job.expires_at})
            work.ended(tx, item_of(job, wish_of(job.wish)), done=True, by=job.person)

    def _expire(self, job: Any) -> None:
        with self._ports.db.tenant(job.tenant, system("documents", job.tenant)) as tx:
            tx.update(store.exports, {"id": job.id}, {"state": "expired"})
            if job.fetched_at is None:
                work.ended(tx, item_of(job, wish_of(job.wish)), done=False)
            tx.audit("documents.ledger_export.expire", f"ledgerExports/{job.id}")
            held = store.reads.still_exported(tx, job.sha256, job.id) or store.reads.held_hashes(tx, [job.sha256])
        if not held:
            self._ports.blobs.delete(job.tenant, job.sha256)

    def _fail(self, job: Any) -> None:
        log.error("export_failed", export=job.id, attempts=job.attempts)
        with self._ports.db.tenant(job.tenant, system("documents", job.tenant)) as tx:
            tx.update(store.exports, {"id": job.id}, {"state": "failed"})


def fetched(tx: Tx, job: Any) -> None:
    """Notes that an export was fetched for the first time. Its to-do is ended by the exporter: what reads tells nobody anything."""
    if job.fetched_at is None:
        tx.update(store.exports, {"id": job.id}, {"fetched_at": tx.now, "next_at": tx.now})


def item_of(job: Any, wish: Wish) -> work_pb2.WorkItem:
    """The to-do that says that an export can be fetched."""
    name = f"ledgerExports/{job.id}"
    item = work_pb2.WorkItem(item=name, subject=name, kind=work_pb2.WORK_KIND_ACTION, title=export.TITLES[wish.view], step=_STEP)
    item.persons.append(job.person)
    return item
