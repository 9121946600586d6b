"""A policy scanner finds nothing in the chart that `charts/checkov.yaml` does not explain."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.chart.rendered import ROOT, SCENARIOS, rendered

LOCK = ROOT / "deploy" / "build" / "checkov.lock"
CONFIG = ROOT / "charts" / "checkov.yaml"


@pytest.fixture(scope="module")
def checkov() -> Path:
    """The scanner in an environment of its own under `var/`: its hundred packages are nobody else's business."""
    place = ROOT / "var" / f"checkov-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not (place / "done").is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        pip = [place / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes", "--no-deps"]
        subprocess.run([*pip, "-r", LOCK], check=True, timeout=600)
        (place / "done").touch()
    return place / "bin" / "checkov"


@pytest.mark.timeout(900)
def test_the_policy_scanner_finds_nothing_that_is_not_explained(checkov: Path, tmp_path: Path) -> None:
    for scenario in SCENARIOS:
        (tmp_path / f"{scenario}.yaml").write_text(yaml.safe_dump_all(rendered(scenario), allow_unicode=True))
    done = subprocess.run(
        [str(checkov), "-d", str(tmp_path), "--config-file", str(CONFIG), "-o", "json", "--skip-download"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "LOG_LEVEL": "ERROR"},
    )
    report = json.loads(done.stdout)
    found = [(each["check_id"], each["check_name"], each["resource"]) for each in report.get("results", {}).get("failed_checks", [])]
    assert found == []
    assert report["summary"]["passed"] > 1000


def test_every_exception_has_a_reason() -> None:
    for block in re.split(r"(?m)^(?=  # )", CONFIG.read_text(encoding="utf-8").split("skip-check:\n")[1]):
        if block.strip():
            assert re.fullmatch(r"(  # .+\n)+(  - CKV_K8S_[0-9]+\n)+|(  # .+\n)+", block), block
