"""The container's health check: `python /app/deploy/image/healthy.py PORT…` asks `/healthz` on each port."""

from __future__ import annotations

import sys
from http.client import HTTPConnection, HTTPException


def ready(port: int) -> bool:
    """Whether the process on the port says that it is ready."""
    connection = HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if all(ready(int(port)) for port in sys.argv[1:]) else 1)
