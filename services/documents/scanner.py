"""Asks a virus scanner (clamd) about files, by its INSTREAM command."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from typing import Protocol

from services.documents.domain.attachments import Scan


class ScannerFailed(RuntimeError):
    """The scanner is down, or said something that it does not say."""


class Scanner(Protocol):
    """Judges bytes."""

    def scan(self, pieces: Iterable[bytes]) -> Scan:
        """CLEAN or INFECTED. Raises ScannerFailed."""


class Clamd:
    """A clamd that listens on `host:port`."""

    def __init__(self, address: str, timeout: float = 30.0) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self._timeout = timeout

    def scan(self, pieces: Iterable[bytes]) -> Scan:
        """See Scanner."""
        try:
            with socket.create_connection(self._address, timeout=self._timeout) as link:
                link.sendall(b"zINSTREAM\0")
                for piece in pieces:
                    link.sendall(struct.pack(">I", len(piece)) + piece)
                link.sendall(struct.pack(">I", 0))
                answer = _answer(link)
        except OSError as error:
            raise ScannerFailed(str(error)) from error
        if answer.endswith("FOUND"):
            return Scan.INFECTED
        if answer.endswith("OK"):
            return Scan.CLEAN
        raise ScannerFailed(answer)


def _answer(link: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0"):
        piece = link.recv(4096)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0").decode(errors="replace")
