"""How the processes of a run share the work: one PostgreSQL and one broker for both, and slow tests handed out singly.

In the order of the files one process would have all slow tests, and the other one nothing to do for most of the time.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from services.kit.testing import runs

# What these set up costs more than it would save to run them side by side; users of the broker are those of all its virtual hosts.
TOGETHER = {
    "bus/test_command_line.py": "subscribers",
    "bus/test_docs.py": "subscribers",
    "bus/test_subscribers.py": "subscribers",
    "gateway/test_gateway_certified_issuer.py": "issuer",
    "gateway/test_gateway_fuzz.py": "fuzz",
    "processes/test_fleet.py": "fleet",
}


class Singly(LoadScopeScheduling):
    """Hands out test by test, those of `TOGETHER` to one process, and these first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].removeprefix("tests/contract/")
        return TOGETHER.get(file, nodeid)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the process that starts the others: they get the folder of the run by their environment
        runs.folder()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Singly:
    return Singly(config, log)
