"""How the command line reaches the services' databases: by the environment in a cluster, by the data folder in embedded mode."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from services.kit import clockwork
from services.kit.clock import SystemClock
from services.kit.db.migrate import urls
from services.kit.service import Ports, build
from services.kit.settings import BrokerSettings, Settings
from services.platform import processes
from services.platform.memory import Memory


class NoPlatform(RuntimeError):
    """Neither the environment nor the folder leads to a platform."""


def broker() -> str:
    """The URL of the broker that the processes use, by the environment or the folder of secrets; empty where none is named."""
    return BrokerSettings().amqp_url.get_secret_value()


def broker_api() -> str:
    """The URL of the broker's management API, by the same; empty where none is named."""
    return BrokerSettings().broker_api.get_secret_value()


@contextmanager
def one(service: str, data: Path) -> Iterator[Ports]:
    """The ports of one service: with `XIAONENG_DATABASE_URL` there, else in the data folder."""
    if _in_environment():
        settings = Settings()  # type: ignore[call-arg]  # read from the environment
        ports = build(processes.spec(service), settings, clockwork.clock(settings), url=settings.database_url.get_secret_value())
        try:
            yield ports
        finally:
            ports.db.dispose()
    else:
        with embedded(data) as all_of_them:
            yield all_of_them[service]


@contextmanager
def embedded(data: Path) -> Iterator[dict[str, Ports]]:
    """The ports of every service of the embedded platform in this folder, whether it runs or not. Raises NoPlatform."""
    memory = Memory(data / "memory.json")
    if not memory.known("audit_key"):
        raise NoPlatform(str(data))
    with ExitStack() as stack:
        admin_url = _server(data, stack)
        found: dict[str, Ports] = {}
        for spec in processes.specs():
            password = memory.known(f"password.{spec.name}")
            url = urls(admin_url, spec.name, f"xn_{spec.name}", password).app
            settings = Settings(audit_key=memory.known("audit_key"), blob_dir=data / "blobs", pool_size=2)  # type: ignore[arg-type]
            found[spec.name] = build(spec, settings, SystemClock(), url=url)
            stack.callback(found[spec.name].db.dispose)
        yield found


def _server(data: Path, stack: ExitStack) -> str:
    """The URL of the folder's PostgreSQL; one that only this command has started ends with it."""
    from services.kit.db.server import LocalPostgres  # its package is not in the image, which has no embedded mode

    server = LocalPostgres(data / "postgres")
    lock = stack.enter_context((data / "lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return server.start()  # the platform runs: this finds its server
    url = server.start()
    stack.callback(server.stop)
    return url


def _in_environment() -> bool:
    return any(os.environ.get(f"XIAONENG_{name}") for name in ("DATABASE_URL", "SECRETS_DIR"))
