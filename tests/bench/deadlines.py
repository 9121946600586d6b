"""The deadline watch: how late a breach is seen with a million open limits, and what waiting costs."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime, timedelta

import psycopg2
from sqlalchemy import func, select

from services.kit import deadline
from services.kit.clock import SystemClock
from services.kit.deadline import Start
from services.kit.errors import Citation
from services.kit.loop import Runner
from services.kit.policy.model import Limit, Rung
from services.kit.service import Ports
from services.kit.testing.office import Office, a_caller
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as service_ports
from services.kit.worktime import Budget, Unit
from tests.bench.report import Figure, percentile
from tests.service.kit.deadline.toy import SPEC

TENANT = "river"
OPEN = 1_000_000
AT_ONCE = 500
IDLE_SECONDS = 20
CITATION = Citation("reg/1.1", "第一条", "限时办结", "某规定", "reg", 1)


def figures(server: PostgresServer, open_limits: int = OPEN) -> list[Figure]:
    """Measures both."""
    with service_ports(server.url, SPEC, SystemClock()) as ports:
        Office(TENANT).unit("planning").person("chen", "planning").install(ports)
        _fill(server, ports, open_limits)
        return [_lag(ports), _idle(ports)]


def _start(ports: Ports, subjects: list[str], due_at: datetime) -> None:
    limit = Limit("sign", CITATION, Budget(6, Unit.CLOCK_HOURS), None, (Rung("breach", 0, None, (), CITATION),), label="审签")
    with ports.db.tenant(TENANT, a_caller("chen", TENANT)) as tx:
        for subject in subjects:
            deadline.start(tx, Start(subject=subject, rule=limit, unit="planning", role="head", due_at=due_at))


def _fill(server: PostgresServer, ports: Ports, count: int) -> None:
    """Copies one limit, started as services start them, a million times; due over the next year."""
    _start(ports, ["things/0"], datetime.now(UTC) + timedelta(days=30))
    deadlines, rungs = (ports.db.metadata.tables[name] for name in ("deadlines", "rungs"))
    spread = "interval '1 day' * (n % 330)"
    columns = ", ".join(
        {"id": "'copy-' || n", "subject": "'things/' || n", "due_at": f"due_at + {spread}", "stated_at": f"stated_at + {spread}"}.get(
            c.name, f'"{c.name}"'
        )
        for c in deadlines.c
    )
    steps = ", ".join({"deadline": "'copy-' || n", "at": f'"at" + {spread}'}.get(c.name, f'"{c.name}"') for c in rungs.c)
    connection = psycopg2.connect(server.url, dbname=ports.db.engine.url.database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE d AS TABLE deadlines; CREATE TEMP TABLE r AS TABLE rungs")
        cursor.execute(f"INSERT INTO deadlines SELECT {columns} FROM d, generate_series(1, {count}) n")
        cursor.execute(f"INSERT INTO rungs SELECT {steps} FROM r, generate_series(1, {count}) n")
        cursor.execute("VACUUM ANALYZE deadlines, rungs")
    connection.close()


def _lag(ports: Ports) -> Figure:
    due_at = datetime.now(UTC) + timedelta(seconds=5)
    for part in range(0, AT_ONCE, 50):
        _start(ports, [f"busy/{n}" for n in range(part, part + 50)], due_at)
    watch, seen, lags = deadline.Watch(ports), 0, []
    table = ports.db.metadata.tables["deadlines"]
    counted = select(func.count()).select_from(table).where(table.c.breached_at == due_at)
    while seen < AT_ONCE:
        now = datetime.now(UTC)
        wake = watch.step(now)
        done = datetime.now(UTC)
        if done >= due_at:
            with ports.db.tenant(TENANT) as tx:
                found = tx.scalar(counted)
            lags += [(done - due_at).total_seconds() * 1000] * (found - seen)
            seen = found
        if wake is not None and wake > now:
            time.sleep(max(0.0, min(1.0, (wake - datetime.now(UTC)).total_seconds())))
    note = f"{OPEN:,} open, {AT_ONCE} due at one instant, one watch; p50 {percentile(lags, 0.5):.0f} ms"
    return Figure("deadline_lag_p99_ms_500", round(percentile(lags, 0.99), 1), "ms", note=note)


def _idle(ports: Ports) -> Figure:
    runner = Runner(deadline.loops(ports), ports.clock)
    runner.start()
    time.sleep(2)
    before, started = _cpu(), time.monotonic()
    time.sleep(IDLE_SECONDS)
    share = (_cpu() - before) / (time.monotonic() - started)
    runner.stop()
    return Figure("deadline_idle_cpu_percent", round(share * 100, 2), "% of one core", note=f"{OPEN:,} open, nothing due, {IDLE_SECONDS} s")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
