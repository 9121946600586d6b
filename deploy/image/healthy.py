"""The container's health check: `python -IS /app/deploy/image/healthy.py PORT…` asks `/healthz` on each port.

It runs every few seconds in every container, so it imports next to nothing.
"""

import socket
import sys


def ready(port: int) -> bool:
    """Whether the process on the port says that it is ready."""
    try:
        with socket.create_connection(("127.0.0.1", port), 3) as asked:
            asked.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            # To the end: who leaves before it makes the process fail at writing.
            return asked.makefile("rb").read().split(b" ", 2)[1:2] == [b"200"]
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if all(ready(int(port)) for port in sys.argv[1:]) else 1)
