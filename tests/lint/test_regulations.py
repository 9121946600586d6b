"""The catalogue of the regulations and their texts are a copy that nobody edits: tests are measured against it."""

import hashlib
from pathlib import Path

import pytest

REGULATIONS = Path(__file__).resolve().parents[1] / "regulations"


def sums() -> dict[str, str]:
    """What the copy must be: hash by file name."""
    lines = (REGULATIONS / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def test_no_file_is_missing_or_too_many():
    present = {str(path.relative_to(REGULATIONS)) for path in REGULATIONS.rglob("*") if path.suffix in {".yaml", ".txt"}}
    assert present == set(sums())
    assert len([name for name in present if name.endswith(".yaml")]) == 7


@pytest.mark.parametrize(("name", "digest"), sorted(sums().items()))
def test_the_copy_is_unchanged(name, digest):
    assert hashlib.sha256((REGULATIONS / name).read_bytes()).hexdigest() == digest
