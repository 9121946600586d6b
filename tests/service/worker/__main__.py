"""Runs the tests of this folder in a process that eventlet has patched, as a worker is: `python tests/service/worker`.

They are the only ones; every other run is unpatched (house style, section 13).
"""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402

if __name__ == "__main__":
    sys.exit(pytest.main([str(Path(__file__).parent), *sys.argv[1:]]))
