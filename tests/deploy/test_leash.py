"""A killed run leaves no process of an installation behind."""

from __future__ import annotations

import os
import select
import subprocess
import sys

from tests.deploy.leash import leashed
from tests.deploy.site import ROOT

STARTER = """
import subprocess, sys
from tests.deploy.leash import leashed
started = subprocess.Popen(leashed(sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"), start_new_session=True)
print(started.pid, flush=True)
started.wait()
"""


def test_who_is_leashed_ends_with_a_killed_starter() -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    said = {starter.stdout.readline().strip(), starter.stdout.readline().strip()}
    assert "up" in said
    (number,) = said - {"up"}
    handle = os.pidfd_open(int(number))
    try:
        starter.kill()
        starter.wait()
        ended, _, _ = select.select([handle], [], [], 30)
        assert ended == [handle], "it runs on alone"
    finally:
        os.close(handle)
        starter.stdout.close()


def test_a_leash_changes_nothing_else() -> None:
    done = subprocess.run(leashed(sys.executable, "-c", "import sys; sys.exit(7)"), check=False)
    assert done.returncode == 7
