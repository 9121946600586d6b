"""What Helm says after an install leads on: every address and every name in it is there."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.chart.rendered import CHART, NAMESPACE, SCENARIOS, helm, kinds, rendered

KINDS = {"deploy": "Deployment", "svc": "Service"}


def notes(scenario: str) -> str:
    values = CHART / "ci" / f"{scenario}-values.yaml"
    done = helm("install", "--dry-run=client", "xiaoneng", CHART, "-n", NAMESPACE, "-f", values)
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("\nNOTES:\n")[2]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_notes_say_what_comes_next(scenario: str) -> None:
    address = yaml.safe_load((CHART / "ci" / f"{scenario}-values.yaml").read_text(encoding="utf-8"))["publicUrl"]
    said = notes(scenario)
    for wanted in (f"reach it at {address}", f"{address}/auth/callback", f"helm test -n {NAMESPACE} xiaoneng", "xiaoneng tenants create"):
        assert wanted in said, wanted
    for kind, name in re.findall(r"\b(deploy|svc)/(\S+)", said):
        assert name in {each["metadata"]["name"] for each in kinds(rendered(scenario), KINDS[kind])}


def test_the_notes_warn_of_what_is_left_open() -> None:
    assert "networkPolicy is off" in notes("minimal")
    assert "without TLS" in notes("default")
    assert "Nothing leads there yet" in notes("default")
    assert not re.search("networkPolicy is off|without TLS|Nothing leads there yet", notes("external"))
