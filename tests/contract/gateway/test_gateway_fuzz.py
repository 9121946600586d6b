"""The real OpenAPI document against the whole platform: whatever a client sends, no answer is a 5xx and none is undocumented."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.issuer.client import token_of
from services.platform.embedded import Options, Platform
from services.platform.people import organisations
from services.platform.up import OfPeople, first_run

_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"
_SECONDS = 75


@pytest.fixture(scope="module")
def whole(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    people = organisations()
    options = Options(tmp_path_factory.mktemp("fuzzed"), postgres_url=postgres.url, rate="1000000/minute")
    platform = Platform(options, OfPeople(people)).start()
    try:
        first_run(platform, people)
        yield platform
    finally:
        platform.stop()


@pytest.mark.slow
@pytest.mark.parametrize("who", [0, 1])
def test_no_request_brings_a_server_error_or_an_undocumented_answer(whole: Platform, tmp_path: Path, who: int) -> None:
    tenant = organisations()[0]
    person = (tenant.people[0], tenant.administrator)[who]
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{whole.url}/openapi.json",
        "-H", f"Authorization: Bearer {token_of(whole.url, person.subject)}",
        "-H", f"x-xiaoneng-tenant: {tenant.tenant}",
        "--checks", _CHECKS, "--phases", "coverage,fuzzing", "-n", "8", "--max-time", str(_SECONDS),
        "--continue-on-failure", "--no-color", "--no-shrink", "--warnings", "off",
        "--generation-deterministic",  # what it finds is found again
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=_SECONDS * 3, check=False)
    assert ran.returncode == 0, ran.stdout[-6000:]
    assert re.search(r"[1-9][0-9]* generated", ran.stdout)
