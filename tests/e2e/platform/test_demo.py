"""`make demo`: ends by itself, and what /metrics says is what the ledgers say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from services.kit.db.server import LocalPostgres
from tests.e2e.platform.conftest import ROOT, environment


def test_the_demo_ends_with_numbers_that_agree(place: Path) -> None:
    report = place / "demo.json"
    options = ["--data", str(place / "demo"), "--report", str(report), "--most", "6"]
    command = [sys.executable, "-m", "services.platform.cli", "demo", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    bureau, district = found["tenants"]["ganzhou"], found["tenants"]["hebei"]
    assert (bureau["documents"], district["documents"], found["differences"]) == (6, 6, [])
    assert bureau["attachments"] == bureau["documents"]
    assert bureau["characters"] > 1000
    assert bureau["reminders_sent"] > 0
    assert bureau["steps_done"] > bureau["documents"] * 4
    assert all(breach["article"].startswith("《") and breach["count"] > 0 for breach in bureau["breaches"])
    assert set(found["events_published"]) == {"directory", "documents", "notifications"}
    assert not LocalPostgres(place / "demo" / "postgres").pid
