"""PgBouncer in transaction mode before the databases of an installation, as `docs/operating.md` sets it up."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import make_url

from services.kit.testing import debian, runs
from services.kit.testing.waiting import until
from tests.deploy.leash import leashed
from tests.deploy.site import ROOT

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Bouncer:
    """A running PgBouncer."""

    port: int
    password: str

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def show(self, what: str) -> list[dict[str, Any]]:
        """What its console shows: CLIENTS, SERVERS, POOLS, STATS, CONFIG."""
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user=ADMINISTRATOR, password=self.password, dbname="pgbouncer")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"SHOW {what}")
                names = [column.name for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            connection.close()


def settings(page: Path = ROOT / "docs" / "operating.md") -> str:
    """The settings as the manual prints them."""
    text = page.read_text(encoding="utf-8")
    start = text.index("```ini\n[pgbouncer]") + len("```ini\n")
    return text[start : text.index("```", start)]


@contextmanager
def bouncer(postgres: str, secrets_folder: Path, port: int) -> Iterator[Bouncer]:
    """PgBouncer before the server of `postgres`, for the logins of a folder of secrets."""
    made = Bouncer(port, secrets.token_urlsafe(12))
    folder = runs.folder() / f"bouncer-{port}"
    folder.mkdir(mode=0o755)
    server = make_url(postgres)
    logins = {ADMINISTRATOR: made.password}
    for place in secrets_folder.iterdir():
        if (place / "url").is_file() and (place / "username").is_file() and "postgresql" in (place / "url").read_text():
            logins[(place / "username").read_text().strip()] = (place / "password").read_text().strip()
    (folder / "userlist.txt").write_text("".join(f'"{name}" "{password}"\n' for name, password in logins.items()))
    head = f"[databases]\n* = host={server.host} port={server.port}\n"
    own = f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_file = {folder}/userlist.txt\n"
    own += f"admin_users = {ADMINISTRATOR}\nunix_socket_dir =\n"
    (folder / "pgbouncer.ini").write_text(head + settings() + own)
    program = debian.program("pgbouncer", "pgbouncer", "libevent-2.1-7", "libc-ares2")
    environment = {**os.environ, "LD_LIBRARY_PATH": debian.library_path(program)}
    with (folder / "log").open("wb") as log:
        command = leashed(str(program), str(folder / "pgbouncer.ini"), as_nobody=True)  # it refuses to be root
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            until("PgBouncer answers", lambda: _answers(made, process, folder / "log"), 30)
            yield made
        finally:
            process.terminate()
            process.wait(20)
            shutil.rmtree(folder)


def _answers(made: Bouncer, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return bool(made.show("VERSION"))
    except psycopg2.OperationalError:
        return False
