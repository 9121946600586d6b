"""Leaves the tests of workers to their own run, in a patched process: `python tests/service/worker`."""

import sys

_patcher = sys.modules.get("eventlet.patcher")
collect_ignore = [] if _patcher and _patcher.is_monkey_patched("thread") else ["worker"]


def pytest_report_header() -> str | None:
    return "the tests of workers have a run of their own: python tests/service/worker" if collect_ignore else None
