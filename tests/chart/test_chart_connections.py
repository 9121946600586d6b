"""The pools of all pods fit into what PostgreSQL allows, and the manual says the same numbers."""

from __future__ import annotations

import re

import pytest

from tests.chart.rendered import CHART, ROOT, Resource, environment, helm, kinds, rendered

SURGE = 1
ADMINISTRATORS = 10
MANUAL = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ROWS = {"minimal": "laptop", "default": "default", "ha": "city"}


def pools(deployment: Resource) -> int:
    """The connections of one pod."""
    return sum(int(environment(each)["XIAONENG_POOL_SIZE"]) for each in deployment["spec"]["template"]["spec"]["containers"])


def pods_at_most(scenario: str, deployment: Resource) -> int:
    """How many pods there may be."""
    scaled = {
        each["spec"]["scaleTargetRef"]["name"]: each["spec"]["maxReplicas"] for each in kinds(rendered(scenario), "HorizontalPodAutoscaler")
    }
    return int(scaled.get(deployment["metadata"]["name"], deployment["spec"].get("replicas", 0)))


def connections(scenario: str, more: int) -> int:
    """What all pods can hold with so many more of each kind."""
    return sum(pools(each) * (pods_at_most(scenario, each) + more) for each in kinds(rendered(scenario), "Deployment"))


@pytest.mark.parametrize("scenario", ROWS)
def test_the_manual_sizes_an_installation_as_its_pods_are(scenario: str) -> None:
    row = next(line for line in MANUAL.splitlines() if line.startswith(f"| {ROWS[scenario]} "))
    said = [int(found[0]) for cell in row.split("|")[3:6] if (found := re.findall(r"\d+", cell))]
    assert said[:2] == [connections(scenario, 0), connections(scenario, SURGE)]
    assert said[2] >= connections(scenario, SURGE) + ADMINISTRATORS


def test_the_operators_server_allows_what_the_pools_can_ask_for() -> None:
    (cluster,) = kinds(rendered("ha"), "Cluster")
    assert int(cluster["spec"]["postgresql"]["parameters"]["max_connections"]) >= connections("ha", SURGE) + ADMINISTRATORS


@pytest.mark.parametrize(("less", "refused"), [(0, False), (1, True)])
def test_fewer_connections_than_the_pools_can_ask_for_are_refused(less: int, refused: bool) -> None:
    enough = connections("ha", SURGE) + ADMINISTRATORS
    values = CHART / "ci" / "ha-values.yaml"
    done = helm("template", "xiaoneng", CHART, "-f", values, "--set", f"postgresql.operator.maxConnections={enough - less}")
    assert (done.returncode != 0, f"need {enough}" in done.stderr) == (refused, refused)
