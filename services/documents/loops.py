"""What documents does by itself: sweeping files that nothing holds, and following limits that a changed calendar moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from services.documents.commands import attach, effects
from services.documents.commands.case import load
from services.documents.exporter import Exporter
from services.documents.reader import TextReader
from services.documents.scanner import Clamd, Scanner, ScannerFailed
from services.documents.settings import DocumentsSettings
from services.kit.db import tenant as tenants
from services.kit.deadline import Reprojected, Reprojector
from services.kit.identity import system

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.loop import Loop
    from services.kit.service import Ports

log = structlog.get_logger(__name__)
SCAN_EVERY = timedelta(seconds=5)
UNFINISHED = timedelta(days=1)
COMING = timedelta(hours=1)
"""The same bytes may have come again and not be entered yet."""


class Sweeper:
    """Removes uploads that no document has held for a day, and their bytes; and what is left of uploads that broke off."""

    def __init__(self, ports: Ports, every: timedelta) -> None:
        self.name = "documents-sweeper"
        self._ports = ports
        self._every = every
        # A driven clock says nothing about when bytes came.
        self._untouched = timedelta(0) if ports.clock.driven else COMING
        self._next: datetime | None = None

    def step(self, now: datetime) -> datetime | None:
        """Sweeps every tenant; returns when to do so again. On a driven clock whenever it is called and the time has passed."""
        if self._next is not None and now < self._next:
            return None if self._ports.clock.driven else self._next
        for tenant, _ in tenants.tenants(self._ports.db):
            with self._ports.db.tenant(tenant, system("documents", tenant)) as tx:
                # Before the commit: where the store is away, the rows stay and are found again.
                for sha256 in attach.sweep(tx):
                    self._ports.blobs.delete(tenant, sha256, self._untouched)
        self._ports.blobs.tidy(UNFINISHED)
        self._next = now + self._every
        return None if self._ports.clock.driven else self._next


class AttachmentScanner:
    """Asks the virus scanner about files that came. While it is down they stay unscanned, and say so."""

    def __init__(self, ports: Ports, scanner: Scanner, every: timedelta = SCAN_EVERY) -> None:
        self.name = "documents-scanner"
        self._ports = ports
        self._scanner = scanner
        self._every = every

    def step(self, now: datetime) -> datetime | None:
        """Judges what waits; returns when to look again."""
        for tenant, _ in tenants.tenants(self._ports.db):
            caller = system("documents", tenant)
            with self._ports.db.tenant(tenant, caller) as tx:
                waiting = attach.unscanned(tx)
            for attachment in waiting:
                try:
                    found = self._scanner.scan(self._ports.blobs.read(tenant, attachment.sha256))
                except ScannerFailed as failed:
                    log.error("scanner_failed", reason=str(failed))
                    return now + self._every
                with self._ports.db.tenant(tenant, caller) as tx:
                    attach.judged(tx, attachment, found)
        return now + self._every


def follow(tx: Tx, moved: Reprojected) -> None:
    """A step whose limit has moved is sorted by its new due moment."""
    deadline = moved.after
    parts = deadline.subject.split("/")
    if not moved.moved or len(parts) != 4 or parts[2] != "steps":
        return
    case = load(tx, parts[1])
    step = case.step(parts[3])
    if step.active and deadline.due_at is not None:
        case.due[step.id] = deadline.due_at
        effects.relist(case, step)
        effects.save_step(case, step)


def loops(ports: Ports) -> Sequence[Loop]:
    """Beside the loops of the kit."""
    settings = DocumentsSettings()
    every = timedelta(seconds=settings.sweep_seconds)
    scanners = [AttachmentScanner(ports, Clamd(settings.clamd))] if settings.clamd else []
    lasts = timedelta(days=settings.export_days)
    return [Sweeper(ports, every), Reprojector(ports, follow), TextReader(ports), Exporter(ports, lasts), *scanners]
