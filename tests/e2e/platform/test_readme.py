"""The README read by somebody who has just cloned it: its lines run as they stand, and nothing is lost however the platform ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.platform.client import Client
from tests.e2e.platform.conftest import ROOT, Running
from tests.e2e.platform.test_up import register, waiting

MARKER = "tests/e2e/platform runs these lines -->"
_LINES_SECONDS = 120.0
REGULATION = "《市水利局深化作风建设提升工作质效管理办法》"


def readme_lines() -> str:
    """The block of the README below the marker."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count(MARKER) == 1
    block = re.search(r"```sh\n(.*?)```", text.partition(MARKER)[2], re.DOTALL)
    assert block is not None
    return block[1]


def split_json(printed: str) -> tuple[list[str], dict[str, Any], list[str]]:
    """The lines before the printed route, the route, and the lines after it."""
    start = printed.index("{\n")
    route, end = json.JSONDecoder().raw_decode(printed, start)
    return printed[:start].splitlines(), route, printed[end:].split()


def test_the_lines_of_the_readme_print_what_the_readme_says(platform: Running) -> None:
    script = "set -euo pipefail\n" + readme_lines()
    variables = {**os.environ, "XIAONENG_ADDRESS": platform.url}
    run = ["bash", "-c", script]
    done = subprocess.run(run, capture_output=True, text=True, env=variables, cwd=ROOT, check=False, timeout=_LINES_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    before, route, after = split_json(done.stdout)
    assert before == ["DOCUMENT_STATE_RUNNING"]
    first, *others = route["steps"]
    assert (first["label"], first["state"]) == ("拟办", "STEP_STATE_OPEN")
    assert first["persons"]
    assert first["deadlines"][0]["dueTime"]
    assert {step["state"] for step in others} == {"STEP_STATE_UPCOMING"}
    assert all(step["citation"]["article"] and step["citation"]["quote"] for step in route["steps"])
    refused, state, left = after
    assert refused == f"涉及2个科室（单位），拟办时须明确牵头单位（{REGULATION}第（一）部分第2条）"
    assert state == "STEP_STATE_DONE"
    assert left.startswith("还有")


@pytest.fixture
def driven(place: Path) -> Iterator[Running]:
    """The platform on a clock that stands on Monday 2019-09-23, 08:30 in Shanghai."""
    running = Running(place / "data", ("--clock", "driven", "--start", "2019-09-23T00:30:00"))
    try:
        yield running.start()
    finally:
        running.close()


def test_after_kill_9_the_watch_goes_on_and_breaches_once(driven: Running) -> None:
    document = register(driven.gateway.as_("clerk@ganzhou"), "1号")
    driven.kill()
    clerk = driven.start().gateway.as_("clerk@ganzhou")
    assert clerk.get(f"/v1/{document}")["state"] == "DOCUMENT_STATE_RUNNING"
    assert not waiting(clerk, document)[0]["overdue"]
    clerk.post("/v1/clock:advance", {"time": "2019-09-23T07:00:00Z"})
    assert waiting(clerk, document)[0]["overdue"]
    assert (breaches(driven), told(clerk, document)) == (1, 1)
    driven.kill()
    clerk = driven.start().gateway.as_("clerk@ganzhou")
    assert waiting(clerk, document)[0]["overdue"]
    clerk.post("/v1/clock:advance", {"time": "2019-09-23T07:30:00Z"})
    assert (breaches(driven), told(clerk, document)) == (1, 1)


def breaches(running: Running) -> int:
    """How many limits of documents were broken, as Prometheus reads it."""
    found = re.search(r"指标\s+(http://\S+)", running.said)
    assert found is not None, running.said
    page = httpx.get(found[1], trust_env=False).text
    lines = re.findall(r'^xiaoneng_deadline_breaches_total\{[^}]*service="documents"[^}]*\} (\S+)$', page, re.MULTILINE)
    return sum(int(float(line)) for line in lines)


def told(clerk: Client, document: str) -> int:
    """How many messages said that a limit of this document has passed."""
    messages = clerk.every("/v1/messages", "messages", kind="MESSAGE_KIND_BREACH")
    return len([message for message in messages if message["subject"] == document])
