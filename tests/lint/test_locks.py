"""The locks hold on every machine: hashes for all, a host for none, and what is declared is locked."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
HOST = re.compile(r"[a-z][a-z+]*://|(^|\s)(-i|-f|--(index-url|extra-index-url|find-links|trusted-host))\b", re.MULTILINE)
NAME = re.compile(r"(?m)^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)")


def pins(lock: str) -> dict[str, str]:
    return dict(NAME.findall((ROOT / lock).read_text()))


def normal(requirement: str) -> str:
    return re.split(r"[ ;<>=!~\[]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock):
    assert not HOST.search((ROOT / lock).read_text())


@pytest.mark.parametrize("line", ["--index-url https://example.invalid/simple", "a @ git+https://example.invalid/a", "-f /opt/wheels"])
def test_a_host_in_a_lock_is_seen(line):
    assert HOST.search(f"six==1.17.0\n{line}\n")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock):
    blocks = re.split(r"(?m)^(?=\S)", (ROOT / lock).read_text())
    assert [block.split()[0] for block in blocks if block.strip() and "--hash=sha256:" not in block] == []


def test_what_is_declared_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = {normal(requirement) for requirement in project["project"]["dependencies"]}
    development = {normal(requirement) for requirement in project["dependency-groups"]["dev"]}
    assert runtime <= set(pins("requirements.lock"))
    assert runtime | development <= set(pins("requirements-dev.lock"))


def test_both_locks_agree():
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runtime.items() <= development.items()


@pytest.mark.parametrize("name", sorted({"grpcio", "protobuf", "sqlalchemy", "kombu", "nameko", "eventlet"}))
def test_what_is_installed_is_what_is_locked(name):
    assert version(name) == pins("requirements-dev.lock")[name]
