"""A network between a process and its server that can be cut at a chosen moment."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Passes bytes on to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._cut_at: bytes | None = None
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def lose_the_answer_to(self, marker: bytes) -> None:
        """Once: lets the server have what contains `marker` and do it, and cuts the connection instead of passing the answer on."""
        self._cut_at = marker

    def close(self) -> None:
        """Takes no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                losing = threading.Event()
                for pump in (self._up, self._down):
                    threading.Thread(target=pump, args=(client, server, losing), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._cut_at is not None and self._cut_at in data:
                    self._cut_at = None
                    losing.set()
                server.sendall(data)
        _shut(server)

    def _down(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if losing.is_set():
                    self.cuts += 1
                    break
                client.sendall(data)
        _shut(client)
        _shut(server)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """A proxy to a port of this machine, until the end of the block."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
