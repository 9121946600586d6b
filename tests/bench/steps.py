"""A step of a route is completed over gRPC, as the web page does it: token, validation, rules, deadlines, events, audit, metrics.

The service runs in a process of its own, 32 callers in this one. The baselines run in the same minute on the same server: pgbench with
the statements that the server logged for one such call (`step_advance.sql`), and pgbench with the bare five statements
(`five_statements.sql`). `python -m tests.bench.capture` prints the statements of a call.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import psycopg2
from pydantic import SecretStr
from sqlalchemy import make_url

from services.documents.service import SPEC
from services.kit.clock import SystemClock
from services.kit.db.server import binary
from services.kit.identity import TokenSigner
from services.kit.rpc.channel import metadata
from services.kit.service import build
from services.kit.settings import Settings
from services.kit.testing import channel
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import AUDIT_KEY, database
from tests.bench.bureau import a_bureau
from tests.bench.report import Figure, against
from xiaoneng.documents.v1 import document_service_pb2, document_service_pb2_grpc, step_service_pb2, step_service_pb2_grpc, types_pb2

HERE = Path(__file__).parent
CALLERS = 32
DOCUMENTS = 640
SECONDS = 8
TENANT = "ganzhou"
_MODEL = {"documents": "true", "steps": "step = 'sign'", "deadlines": "state = 'finished'", "rungs": "state = 'pending'"}
_COPIED = {
    "documents": {"id": "'d-' || n", "registration_number": "''"},
    "steps": {"id": "'s-' || n", "document": "'d-' || n", "state": "'open'", "ended_at": "NULL"},
    "deadlines": {
        "id": "'l-' || n", "subject": "'documents/d-' || n || '/steps/s-' || n", "state": "'open'", "ended_at": "NULL", "outcome": "NULL",
    },
    "rungs": {"deadline": "'l-' || n"},
}  # fmt: skip


def figures(server: PostgresServer) -> list[Figure]:
    """Measures the RPC, then the baselines."""
    signer = TokenSigner.generate()
    with database(server.url, SPEC.name, SPEC.metadata, SPEC.migrations) as urls:
        spawning = multiprocessing.get_context("spawn")
        here, there = spawning.Pipe()
        service = spawning.Process(target=serve, args=(urls.app, signer.private_json(), there), daemon=True)
        service.start()
        office = Callers(here.recv(), signer)
        steps = office.prepare(DOCUMENTS)
        cpu, begun = _cpu(service.pid), time.perf_counter()
        office.sign(steps)
        elapsed = time.perf_counter() - begun
        cpu = _cpu(service.pid) - cpu
        rate = len(steps) / elapsed
        _fill(server.url, make_url(urls.app).database or "")
        captured = _pgbench(urls.app, server, "step_advance.sql")
        five = _pgbench(urls.app, server, "five_statements.sql")
        service.kill()
    parts = {"CPU of the service (of the two cores)": cpu / elapsed / 2, "database, callers, waiting": 1 - cpu / elapsed / 2}
    note = f"{CALLERS} callers, CompleteStep of a signature; {1000 * cpu / len(steps):.1f} ms CPU of the service per call"
    return [
        against("step_advance_vs_pgbench", rate, "steps/s", captured, note, parts),
        against("step_advance_vs_five_statements", rate, "steps/s", five, note),
    ]


def serve(url: str, key: str, pipe: Any) -> None:
    """The service's process: serves until it is killed."""
    ports = build(SPEC, Settings(audit_key=SecretStr(AUDIT_KEY), pool_size=CALLERS), SystemClock(), url=url)
    a_bureau(TENANT).install(ports)
    with channel.served(SPEC, ports, TokenSigner.from_json(key)) as served:
        pipe.send(served.server.port)
        threading.Event().wait()


class Callers:
    """The people of the bureau, each with a token, as the gateway caches it."""

    def __init__(self, port: int, signer: TokenSigner) -> None:
        self._signer = signer
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._documents = document_service_pb2_grpc.DocumentServiceStub(self._channel)
        self._steps = step_service_pb2_grpc.StepServiceStub(self._channel)
        self._tokens: dict[str, tuple[float, Any]] = {}

    def prepare(self, count: int) -> list[str]:
        """Documents that wait for a leader's signature; gives the names of the steps."""
        with ThreadPoolExecutor(CALLERS) as pool:
            return list(pool.map(self._to_signature, range(count)))

    def sign(self, steps: list[str]) -> None:
        """All signatures, by 32 callers at once."""
        with ThreadPoolExecutor(CALLERS) as pool:
            list(pool.map(lambda step: self._complete(step, "li"), steps))

    def _to_signature(self, number: int) -> str:
        document = self._documents.RegisterDocument(
            document_service_pb2.RegisterDocumentRequest(
                title=f"关于做好第{number}号水库防汛工作的通知", sender="市人民政府", document_type="tongzhi", document_class="action",
                medium=types_pb2.MEDIUM_ELECTRONIC,
            ),
            metadata=self._as("zhou"),
        )  # fmt: skip
        proposal = types_pb2.Proposal(handling_text="请河长科牵头落实", responsible_units=["river"])
        name = self._open(document, "propose")
        self._steps.SubmitProposal(step_service_pb2.SubmitProposalRequest(name=name, proposal=proposal), metadata=self._as("chen"))
        self._complete(self._open(document, "review"), "sun")
        return self._open(document, "sign")

    def _complete(self, step: str, person: str) -> None:
        request = step_service_pb2.CompleteStepRequest(name=step, verdict=types_pb2.VERDICT_APPROVE, opinion="同意拟办意见")
        self._steps.CompleteStep(request, metadata=self._as(person))

    def _open(self, document: types_pb2.Document, step: str) -> str:
        route = self._documents.GetRoute(document_service_pb2.GetRouteRequest(name=document.name), metadata=self._as("zhou"))
        return next(s.name for s in route.steps if s.step == step and s.state == types_pb2.STEP_STATE_OPEN)

    def _as(self, person: str) -> Any:
        made, found = self._tokens.get(person, (0.0, None))
        if time.monotonic() - made > 30 or found is None:
            found = metadata(self._signer.sign(person, now=SystemClock().now(), session="bench"), TENANT)
            self._tokens[person] = (time.monotonic(), found)
        return found


def _pgbench(url: str, server: PostgresServer, script: str) -> float:
    """Transactions per second of pgbench with a script, 32 callers, prepared statements where the protocol allows it."""
    parsed, admin = make_url(url), make_url(server.url)
    mode = "prepared" if script.startswith("five") else "simple"
    done = subprocess.run(
        [str(binary("pgbench")), "-n", "-M", mode, "-c", str(CALLERS), "-j", "2", "-T", str(SECONDS), "-f", str(HERE / script),
         "-h", str(admin.host), "-p", str(admin.port), "-U", str(parsed.username), str(parsed.database)],
        env={**os.environ, "PGPASSWORD": str(parsed.password)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
    return float(found.group(1))


def _fill(url: str, database_name: str) -> None:
    """Copies one document that waits for a signature, with its step and limit, under numbers that pgbench can choose at random."""
    connection = psycopg2.connect(make_url(url).set(database=database_name, drivername="postgresql").render_as_string(hide_password=False))
    connection.autocommit = True
    with connection.cursor() as cursor:
        for table, changed in _COPIED.items():
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", (table,))
            columns = ", ".join(changed.get(name, f'"{name}"') for (name,) in cursor.fetchall())
            cursor.execute(
                f"INSERT INTO {table} SELECT {columns} FROM (SELECT * FROM {table} WHERE {_MODEL[table]} LIMIT 1) model,"
                f" generate_series(1, {DOCUMENTS}) n ON CONFLICT DO NOTHING"
            )
        cursor.execute("CREATE TABLE bench_steps (n int PRIMARY KEY, state text NOT NULL, version int NOT NULL)")
        cursor.execute("CREATE TABLE bench_outbox (id bigint, body jsonb NOT NULL)")
        cursor.execute(f"INSERT INTO bench_steps SELECT n, 'open', 1 FROM generate_series(1, {DOCUMENTS}) n")
        cursor.execute("GRANT ALL ON bench_steps, bench_outbox TO PUBLIC")
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def _cpu(pid: int | None) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
