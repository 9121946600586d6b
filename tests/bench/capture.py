"""`python -m tests.bench.capture` writes `step_advance.sql` from what one CompleteStep sends, read from the server's own log.

Each string that the service sends is one statement of the script, so that pgbench makes the same round trips. The document, its step
and its limit become those with the number `:n`, what is new gets ids of its own (`:u`).
"""

from __future__ import annotations

import multiprocessing
import re

import psycopg2
from sqlalchemy import make_url

from services.documents.service import SPEC
from services.kit.identity import TokenSigner
from services.kit.testing import postgres, runs
from services.kit.testing.service import database
from tests.bench.steps import DOCUMENTS, HERE, Callers, serve

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_LINE = re.compile(r"^\d{4}-\d\d-\d\d [0-9:.]+ UTC \[\d+\] LOG:  statement: ", re.MULTILINE)
_HEAD = f"""-- What one CompleteStep of a signature sends; made by `python -m tests.bench.capture`, changed only with a reason.
\\set n random(1, {DOCUMENTS})
\\set u random(1, 1000000000000)
"""


def main() -> None:
    """Signs one document with the server's log of statements on."""
    server, signer = postgres.server(), TokenSigner.generate()
    try:
        with database(server.url, SPEC.name, SPEC.metadata, SPEC.migrations) as urls:
            spawning = multiprocessing.get_context("spawn")
            here, there = spawning.Pipe()
            service = spawning.Process(target=serve, args=(urls.app, signer.private_json(), there), daemon=True)
            service.start()
            office = Callers(here.recv(), signer)
            steps = office.prepare(2)
            office.sign(steps[:1])
            log = runs.folder() / "postgres" / "log"
            _log_statements(server.url, make_url(urls.app).database or "")
            before = log.stat().st_size
            office.sign(steps[1:])
            (HERE / "step_advance.sql").write_text(script(log.read_bytes()[before:].decode(), steps[1]))
            service.kill()
    finally:
        runs.end()


def script(log: str, step: str) -> str:
    """The statements of the log as a script of pgbench."""
    _, document, _, step_id = step.split("/")
    limit = re.search(r'DELETE FROM rungs WHERE "deadline" = \'([^\']+)\'', log)
    assert limit is not None
    names = {document: "d-:n", step_id: "s-:n", limit.group(1): "l-:n"}
    sent = [part.strip() for part in _LINE.split(log) if part.strip()]

    def renamed(found: re.Match[str]) -> str:
        return names.setdefault(found.group(), f"x{len(names)}-:u")

    lines = []
    for part in sent:
        one_trip = _ID.sub(renamed, " ".join(part.split())).replace("; ", " \\; ")
        one_trip = re.sub(r"\"registration_number\" = '[^']+'", "\"registration_number\" = 'b-:n'", one_trip)
        # The same document advances again and again: the step that opens has to be another one each time.
        lines.append(re.sub(r"(VALUES \('[^']+-:u', '[a-z]+)', 1, 'open'", r"\1-:u', 1, 'open'", one_trip) + ";")
    return _HEAD + "\n".join(lines) + "\n"


def _log_statements(url: str, database_name: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute("SELECT pg_sleep(0.3)")
    connection.close()


if __name__ == "__main__":
    main()
