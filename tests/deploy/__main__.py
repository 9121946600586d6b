"""The compose file with real containers: `python -m tests.deploy [FOLDER]`. Needs docker and the images.

Says line by line what it saw; ends with 1 where something that was acknowledged is lost or somebody waited longer than the drain allows.
Everybody outside comes by a published port; no container has a way to the internet.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pika

from services.kit.worktime import Calendar
from services.platform.demo.office import Office
from services.platform.demo.people_at_work import Habits
from services.platform.people import Organisation, organisations
from tests.deploy.confined import confined, leads_nowhere
from tests.deploy.load import DRAIN_SECONDS, Load
from tests.deploy.round import one_round
from tests.deploy.trial import ADDRESS, BROKER, PROJECT, PROMETHEUS, Trial, TrialGateway, until

IMAGE = os.environ.get("XIAONENG_IMAGE", "xiaoneng:0.1.0.dev0")
SERVERS = {
    "POSTGRESQL_IMAGE": os.environ.get("POSTGRESQL_IMAGE", "xiaoneng-postgresql:bookworm"),
    "RABBITMQ_IMAGE": os.environ.get("RABBITMQ_IMAGE", "xiaoneng-rabbitmq:bookworm"),
    "PROMETHEUS_IMAGE": os.environ.get("PROMETHEUS_IMAGE", "xiaoneng-prometheus:bookworm"),
}
TWO = {"directory-api": 2, "documents-api": 2, "notifications-api": 2, "documents-worker": 2}
APIS = ("documents-api", "directory-api", "notifications-api")
WORKERS = ("documents-worker", "directory-worker", "notifications-worker")
GRACE_SECONDS = 40
"""What the compose file allows a container to stop before it is killed."""
RESTARTED = (*APIS, *WORKERS, "prometheus", "gateway", "rabbitmq", "postgresql")


def say(*words: object) -> None:
    """One line with the time, at once."""
    sys.stdout.write(" ".join([f"{datetime.now(UTC):%H:%M:%S}", *map(str, words)]) + "\n")
    sys.stdout.flush()


def subscriber(trial: Trial, tenant: str) -> tuple[pika.BlockingConnection, list[str]]:
    """Another system's queue, by another client, with the user that `xiaoneng subscribers add` makes."""
    (container,) = trial.containers("rabbitmq")
    control = trial.folder / "rabbitmqctl"
    control.write_text(f'#!/bin/sh\nexec {os.environ.get("DOCKER", "docker")} exec -i {container} rabbitmqctl "$@"\n')
    control.chmod(0o755)
    said = subprocess.run(
        [sys.executable, "-m", "services.platform.cli", "subscribers", "add", "archive", "--tenant", tenant, "--rabbitmqctl", str(control)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    told = dict(line.split(None, 1) for line in said.splitlines() if len(line.split(None, 1)) == 2)
    parameters = pika.ConnectionParameters(*BROKER, "/", pika.PlainCredentials(told["user"], told["password"]))
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    queue = f"{told['queues'].rstrip('…')}inbox"
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(queue, "documents.events", f"{tenant}.#")
    seen: list[str] = []
    channel.basic_consume(queue, lambda ch, method, properties, body: seen.append(json.loads(body)["type"]), auto_ack=True)
    return connection, seen


def read_by_prometheus() -> dict[str, int]:
    """How many targets are up, by job instance's port, and how many of our series there are."""
    with httpx.Client(base_url=PROMETHEUS, trust_env=False, timeout=20) as http:
        up = http.get("/api/v1/query", params={"query": "sum(up)"}).json()["data"]["result"]
        all_of_them = http.get("/api/v1/query", params={"query": "count(up)"}).json()["data"]["result"]
        series = http.get("/api/v1/query", params={"query": 'count({__name__=~"xiaoneng_.+"})'}).json()["data"]["result"]
    number = [int(each[0]["value"][1]) if each else 0 for each in (up, all_of_them, series)]
    return dict(zip(("up", "targets", "series"), number, strict=True))


def _well(trial: Trial, container: str) -> bool:
    return trial.state(container) in ("healthy", "running")


def _goes_on(load: Load, before: int) -> bool:
    return len(load.acknowledged) > before + 5


def restarts(trial: Trial, load: Load) -> float:
    """Each container in turn, while requests run; returns the longest that somebody waited for an answer."""
    longest = 0.0
    for service in RESTARTED:
        for container in trial.containers(service):
            load.mark()
            started = time.monotonic()
            trial.docker("restart", "-t", str(GRACE_SECONDS), container)
            took = time.monotonic() - started
            until(f"{container} is well again", partial(_well, trial, container), 400)
            before = len(load.acknowledged)
            until("requests go on", partial(_goes_on, load, before), 300)
            failures = {name: number for name, number in load.outcomes.items() if name != "registered"}
            say(f"restart {container.removeprefix(PROJECT)}: {took:.1f} s, registered {load.outcomes['registered']},",
                f"longest wait {load.longest:.1f} s, answers that failed and were sent again {failures or 'none'}")  # fmt: skip
            longest = max(longest, load.longest)
    return longest


def begin(trial: Trial, gateway: TrialGateway, organisation: Organisation) -> None:
    """From nothing to a tenant whose people can sign in."""
    trial.prepare()
    started = time.monotonic()
    trial.up()
    say(f"up and healthy after {time.monotonic() - started:.0f} s: {len(trial.containers())} containers")
    trial.seed(gateway, organisation)
    say(f"tenant {organisation.tenant}: {len(organisation.people)} people; by `xiaoneng tenants create` and its administrator")


def main(folder: str = "var/trial") -> int:
    trial = Trial(Path(folder).resolve(), IMAGE, SERVERS, TWO)
    gateway = TrialGateway(ADDRESS)
    organisation = next(each for each in organisations() if each.tenant == "ganzhou")
    if not trial.containers():
        begin(trial, gateway, organisation)
    number = confined(trial, (*APIS, *WORKERS, "gateway"))
    say(f"{number} containers of the platform have no root, no capability, no compiler and nothing that can be written but /tmp")
    say(f"a way outside: {leads_nowhere(trial)}")
    connection, seen = subscriber(trial, organisation.tenant)
    office = Office(gateway, organisation, Habits(1, Calendar()), lambda: datetime.now(UTC))
    started = time.monotonic()
    steps = one_round(office)
    say(f"one document's round through the gateway: {steps} steps, {time.monotonic() - started:.1f} s")
    connection.process_data_events(time_limit=5)
    say(f"another system (pika) has read {len(seen)} events, {len(set(seen))} types: {', '.join(sorted(set(seen)))}")
    assert seen, "no event has reached the subscriber"
    connection.close()
    account = ["-e", "XIAONENG_CLIENT_ID=smoke", "-e", "XIAONENG_CLIENT_SECRET=smoke-secret"]
    smoke = trial.compose("exec", "-T", *account, "gateway", "xiaoneng", "smoke", "--tenant", "ganzhou")
    say("xiaoneng smoke:", smoke.strip().replace("\n", "; "))
    with Load(office.by_handle("clerk"), pause=0.3) as load:
        until("requests run", lambda: len(load.acknowledged) > 20, 300)
        longest = restarts(trial, load)
    kept = {each["name"] for each in office.by_handle("clerk").every("/v1/documents", "documents", pageSize=200)}
    lost = load.acknowledged - kept
    say(f"acknowledged {len(load.acknowledged)}, lost {len(lost)}, longest wait {longest:.1f} s")
    until("Prometheus reads everybody again", lambda: 0 < (found := read_by_prometheus())["targets"] == found["up"], 120)
    say("Prometheus:", read_by_prometheus())
    return 1 if lost or longest > DRAIN_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
