"""What a container of the platform may do: nothing that it does not need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.deploy.trial import Trial

_ASK = """
import json, os, shutil
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)

def attempt(act):
    try:
        act()
    except OSError as refused:
        return refused.strerror or type(refused).__name__
    return ""

print(json.dumps({
    "user": os.getuid(),
    "capabilities": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
    "no_new_privileges": status["NoNewPrivs"].strip(),
    "writing": [attempt(lambda: open(place, "w")) for place in ("/app/x", "/etc/x", "/x")],
    "tools": [name for name in ("cc", "gcc", "make", "node", "npm", "pip", "pip3") if shutil.which(name)],
}))
"""
_KNOCK = """
import json, socket

def knock(address):
    try:
        socket.create_connection((address, 443), 3).close()
    except OSError as refused:
        return refused.strerror or type(refused).__name__
    return "somebody answers"

print(json.dumps(knock("8.8.8.8")))
"""


def confined(trial: Trial, services: Sequence[str]) -> int:
    """Looks at every container of these services from inside; fails where one may do more. Returns how many there are."""
    found = trial.containers(*services)
    for name in found:
        seen = _seen(trial, name, _ASK)
        assert (seen["user"], seen["capabilities"], seen["no_new_privileges"]) == (10001, 0, "1"), (name, seen)
        assert seen["writing"] == ["Read-only file system"] * 3, (name, seen)
        assert seen["tools"] == [], (name, seen)
    return len(found)


def leads_nowhere(trial: Trial) -> str:
    """What who knocks at the internet is told in the containers that have a network beside that of the installation."""
    said = {_seen(trial, name, _KNOCK) for service in ("gateway", "notifications-worker") for name in trial.containers(service)}
    assert said
    assert "somebody answers" not in said
    return ", ".join(sorted(said))


def _seen(trial: Trial, container: str, question: str) -> Any:
    return json.loads(trial.docker("exec", container, "python", "-IS", "-c", question))
