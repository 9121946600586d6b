"""Certificates between the processes: both sides show one, and a renewed file counts without a restart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from services.kit.settings import Settings


class Files:
    """Some PEM files, read anew when one of them has changed."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._seen: tuple[tuple[int, int], ...] = ()

    def changed(self) -> bool:
        """Whether they differ from what `read` gave last. A file that is away for a moment, as while it is replaced, has not changed."""
        try:
            return self._state() != self._seen
        except FileNotFoundError:
            return False

    def read(self) -> tuple[bytes, ...]:
        """Their contents. Raises OSError."""
        self._seen = self._state()
        return tuple(path.read_bytes() for path in self._paths)

    def _state(self) -> tuple[tuple[int, int], ...]:
        # Mounted secrets are links to a folder that is exchanged: the inode tells, whatever the clock of the file says.
        return tuple((found.st_ino, found.st_mtime_ns) for found in (path.stat() for path in self._paths))


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """What the server of a service shows and asks for; None where the settings name no certificate."""
    if settings.tls_cert is None or settings.tls_key is None or settings.tls_ca is None:
        return None
    files = Files(settings.tls_key, settings.tls_cert, settings.tls_ca)

    def read() -> grpc.ServerCertificateConfiguration:
        key, cert, ca = files.read()
        return grpc.ssl_server_certificate_configuration([(key, cert)], root_certificates=ca)

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        return read() if files.changed() else None

    return grpc.dynamic_ssl_server_credentials(read(), renewed, require_client_authentication=True)


def channel_files(ca: Path | None, cert: Path | None, key: Path | None) -> Files | None:
    """The files from which a client's credentials are made; None for plain connections."""
    if ca is None:
        return None
    return Files(ca, cert, key) if cert is not None and key is not None else Files(ca)


def channel_credentials(files: Files) -> grpc.ChannelCredentials:
    """What a client checks and shows: the authority alone, or authority, certificate and key."""
    ca, *own = files.read()
    cert, key = own or (None, None)
    return grpc.ssl_channel_credentials(root_certificates=ca, private_key=key, certificate_chain=cert)
