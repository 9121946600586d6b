"""`make demo`: ends by itself, and what /metrics says is what the ledgers say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from services.kit.db.server import LocalPostgres
from services.platform.people import organisations
from tests.e2e.platform.conftest import ROOT, environment


def test_the_demo_ends_with_numbers_that_agree(place: Path) -> None:
    report = place / "demo.json"
    options = ["--data", str(place / "demo"), "--report", str(report), "--most", "6"]
    command = [sys.executable, "-m", "services.platform.cli", "demo", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    bureau = found["tenants"]["ganzhou"]
    assert found["differences"] == []
    assert set(found["tenants"]) == {each.tenant for each in organisations()}
    assert all(tenant["late"] > 0 and tenant["breaches"] for tenant in found["tenants"].values())
    assert bureau["attachments"] == bureau["documents"]
    assert bureau["characters"] > 1000
    assert bureau["reminders_sent"] > 0
    assert bureau["steps_done"] > bureau["documents"] * 4
    breaches = [breach for tenant in found["tenants"].values() for breach in tenant["breaches"]]
    assert all(breach["article"].startswith("《") and breach["count"] > 0 for breach in breaches)
    _tells_the_stories(found)
    assert set(found["events_published"]) == {"directory", "documents", "notifications"}
    assert not LocalPostgres(place / "demo" / "postgres").pid


def _tells_the_stories(found: dict[str, Any]) -> None:
    """One text on several routes, a return for three grounds that comes again, deliveries that arrive."""
    routes = found["same_text"]
    assert len({route["title"] for route in routes}) == 1
    assert len({route["regulation"] for route in routes}) >= 3
    (returned,) = found["returned"]
    assert (returned["state"], len(returned["grounds"])) == ("returned", 3)
    assert all(ground["article"].startswith("《") for ground in returned["grounds"])
    assert returned["accepted_as"]
    assert found["delivered"]
    assert all(each["state"] == "registered" for each in found["delivered"])
