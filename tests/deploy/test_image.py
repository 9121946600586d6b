"""The Dockerfile can be built from the tree as it is, and what runs has nothing to build with."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.deploy.site import ROOT

TEXT = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
STAGES = re.split(r"(?m)^(?=FROM )", TEXT)[1:]
COPIED = [path for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", TEXT) for path in line.split()[:-1]]
LET_IN = [
    line[1:] for line in (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
]
SUBSETS = re.findall(r"subset\.py (--only|--without) (\S+)((?: [a-z][\w-]*)*)(?: > \S+ \\\n\s+([^&\n]+))?", TEXT)


def run(*words: str) -> str:
    """What a script of the image prints."""
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("path", COPIED)
def test_what_is_copied_is_there_and_is_let_in(path: str) -> None:
    assert (ROOT / path).exists()
    assert any(path == each or path.startswith(f"{each}/") for each in LET_IN)


@pytest.mark.parametrize(("how", "lock", "same_line", "next_line"), SUBSETS)
def test_the_locks_have_what_the_image_takes_of_them(how: str, lock: str, same_line: str, next_line: str) -> None:
    names = [*same_line.split(), *next_line.replace("\\", "").split()]
    assert names
    taken = run("deploy/image/subset.py", how, lock, *names)
    found = {name.lower() for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", taken)}
    assert ("--hash=sha256:" in taken, len(found) > 0) == (True, True)
    assert found == set(names) if how == "--only" else not found & set(names)


def test_the_last_stage_runs_as_nobody_special_and_installs_nothing() -> None:
    runs = STAGES[-1]
    assert re.findall(r"(?m)^(?:USER|ENTRYPOINT) (.+)$", runs) == ["10001:10001", '["xiaoneng"]']
    assert not re.search(r"\b(apt|apt-get|pip|npm|curl|wget)\b", runs)
    assert {"title", "description", "version", "revision"} <= set(re.findall(r"org\.opencontainers\.image\.(\w+)=", runs))


def test_the_parts_list_names_every_package_with_its_version() -> None:
    told = json.loads(run("deploy/image/sbom.py", "requirements.lock"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.5")
    listed = {(each["name"], each["version"]) for each in told["components"]}
    # Without those of another system, which carry a condition.
    locked = set(re.findall(r"(?m)^([a-z0-9._-]+)==(\S+) \\$", (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()))
    assert {(re.sub(r"[-_.]+", "-", name), version) for name, version in locked} <= listed
