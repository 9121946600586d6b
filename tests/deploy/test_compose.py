"""The compose file runs every process that there is, each with what it needs and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.platform import processes
from services.platform.installation_cli import make
from tests.chart.told import settings_of, variables
from tests.deploy.site import ROOT

FOLDER = ROOT / "deploy"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: about for name, about in COMPOSE["services"].items() if "XIAONENG_IMAGE" in about["image"]}
SERVING = {name: about for name, about in OURS.items() if about["command"][0] in ("serve", "work")}
ELSEWHERE = {"XIAONENG_SECRETS_DIR", "SSL_CERT_FILE"}


def secrets_of(about: dict[str, Any]) -> dict[str, str]:
    """The names of a process's secrets by the file that it finds."""
    return {each["target"]: each["source"] for each in about.get("secrets", ())}


def test_every_service_that_exists_runs_and_is_migrated_and_no_other() -> None:
    services = set(processes.names())
    for kind, command in (("api", "serve"), ("worker", "work")):
        named = {name.removesuffix(f"-{kind}"): about["command"] for name, about in OURS.items() if name.endswith(f"-{kind}")}
        assert named == {service: [command, service] for service in services}
    migrated = {name.removesuffix("-migrate"): about["command"] for name, about in OURS.items() if name.endswith("-migrate")}
    assert migrated == {service: ["migrate", service] for service in services | {"gateway"}}


@pytest.mark.parametrize("name", OURS)
def test_no_process_may_more_than_it_must(name: str) -> None:
    about = OURS[name]
    assert (about["read_only"], about["cap_drop"], about["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert about["tmpfs"] == ["/tmp"]
    # Who makes the databases reads the folder of all secrets, as its owner.
    assert about["user"] == ("${XIAONENG_SECRETS_OWNER:-0:0}" if name == "databases" else "10001:10001")


@pytest.mark.parametrize("name", SERVING)
def test_a_process_that_serves_starts_again_says_how_it_is_and_has_time_to_finish(name: str) -> None:
    about = SERVING[name]
    assert about["restart"] == "unless-stopped"
    ports = ["9090", "9091"] if name.endswith("-worker") else ["9090"]
    assert about["healthcheck"]["test"] == ["CMD", "python", "-IS", "/app/deploy/image/healthy.py", *ports]
    assert int(about["stop_grace_period"].removesuffix("s")) > processes.STOP_SECONDS


@pytest.mark.parametrize("name", SERVING)
def test_a_process_starts_after_its_tables_and_its_broker(name: str) -> None:
    waits = {other: about["condition"] for other, about in SERVING[name]["depends_on"].items()}
    broker = {} if name.endswith("-api") else {"rabbitmq": "service_healthy"}
    assert waits == {f"{SERVING[name]['command'][1]}-migrate": "service_completed_successfully", **broker}


@pytest.mark.parametrize("name", [name for name in OURS if name != "databases"])
def test_a_process_knows_every_setting_that_it_is_given_and_no_secret_stands_among_them(name: str) -> None:
    about = OURS[name]
    known = variables(settings_of(about["command"]))
    assert about["environment"].keys() <= known | ELSEWHERE
    assert {file.upper() for file in secrets_of(about) if file.startswith("xiaoneng_")} <= known
    hidden = {"XIAONENG_DATABASE_URL", "XIAONENG_MIGRATION_URL", "XIAONENG_AMQP_URL", "XIAONENG_AUDIT_KEY", "XIAONENG_SECRET"}
    assert not about["environment"].keys() & hidden


@pytest.mark.parametrize("name", [name for name in OURS if name != "databases"])
def test_a_process_has_the_login_and_migrations_have_the_owner(name: str) -> None:
    sources, service = set(secrets_of(OURS[name]).values()), OURS[name]["command"][1]
    if name.endswith("-migrate"):
        assert sources == {f"{service}_owner"}
    else:
        assert f"{service}_url" in sources
        assert not any(source.endswith("_owner") or source == "postgresql_password" for source in sources)


def test_every_secret_is_a_file_that_the_command_makes(tmp_path: Path) -> None:
    make(tmp_path)
    for name, about in COMPOSE["secrets"].items():
        assert about.keys() == {"file"}
        assert (tmp_path / about["file"].partition("}/")[2]).is_file(), name


def test_the_gateway_knows_every_service() -> None:
    said = json.loads(OURS["gateway"]["environment"]["XIAONENG_SERVICES"])
    assert said == {service: f"dns:///{service}-api:50051" for service in processes.names()}


def test_prometheus_reads_every_process() -> None:
    (job,) = yaml.safe_load((FOLDER / "compose" / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    read = {(name, each["port"]) for each in job["dns_sd_configs"] for name in each["names"]}
    workers = {name for name in SERVING if name.endswith("-worker")}
    assert read == {(name, 9090) for name in SERVING} | {(name, 9091) for name in workers}


def test_only_who_must_has_a_way_out() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    services = COMPOSE["services"]
    published = {"gateway", "prometheus", "rabbitmq"}
    assert {name for name, about in services.items() if "outside" in about["networks"]} == {*published, "notifications-worker"}
    assert {name for name, about in services.items() if "ports" in about} == published
    for name in published:
        assert all(":-127.0.0.1:" in port for port in services[name]["ports"]), "nobody outside until somebody says so"
