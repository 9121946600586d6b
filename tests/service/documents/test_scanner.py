"""The virus scanner, played by a server that speaks clamd's INSTREAM."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator

import pytest

from services.documents.domain.attachments import Scan
from services.documents.loops import AttachmentScanner
from services.documents.scanner import Clamd, ScannerFailed
from services.documents.store import attachments
from services.kit.testing.channel import TENANT
from tests.service.documents.conftest import Works
from tests.service.documents.test_registry import PDF, upload
from xiaoneng.documents.v1 import attachment_service_pb2

VIRUS = b"EICAR"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        got = b""
        while (length := struct.unpack(">I", self.rfile.read(4))[0]) > 0:
            got += self.rfile.read(length)
        self.wfile.write(b"stream: Eicar-Test FOUND\0" if VIRUS in got else b"stream: OK\0")


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Clamd(f"127.0.0.1:{server.server_address[1]}", timeout=5)
        server.shutdown()


def waiting(works: Works, data: bytes) -> str:
    """An upload that waits for the scanner."""
    kept = upload(works.scribe, data)
    with works.ports.db.tenant(TENANT) as tx:
        tx.update(attachments, {"id": kept.name.split("/")[1]}, {"scan_state": Scan.UNSCANNED})
    return str(kept.name)


def test_an_infected_file_cannot_be_opened(works: Works, clamd: Clamd) -> None:
    bad, good = waiting(works, PDF + VIRUS), waiting(works, PDF)
    AttachmentScanner(works.ports, clamd).step(works.clock.now())
    document = works.register(attachments=[bad, good])
    states = {a.name: a.scan_state for a in works.scribe.ListAttachments(name=document.name).attachments}
    assert states == {bad: attachment_service_pb2.SCAN_STATE_INFECTED, good: attachment_service_pb2.SCAN_STATE_CLEAN}
    assert works.scribe.refused("DownloadAttachment", name=bad).reason == "INFECTED"
    assert b"".join(piece.data for piece in works.scribe.DownloadAttachment(name=good)) == PDF


def test_while_the_scanner_is_down_files_stay_unscanned(works: Works) -> None:
    name = waiting(works, PDF)
    AttachmentScanner(works.ports, Clamd("127.0.0.1:1", timeout=1)).step(works.clock.now())
    document = works.register(attachments=[name])
    (kept,) = works.scribe.ListAttachments(name=document.name).attachments
    assert kept.scan_state == attachment_service_pb2.SCAN_STATE_UNSCANNED


def test_a_scanner_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ScannerFailed):
        Clamd("127.0.0.1:1", timeout=1).scan([b"x"])
