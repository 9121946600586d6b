"""What a container of the platform may do: nothing that it does not need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.deploy.trial import Trial

_ASK = """
import json, os, shutil, socket
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
    "outside": [attempt(lambda: socket.create_connection((address, 443), 5)) for address in ("192.0.2.1", "8.8.8.8")],
}))
"""


def confined(trial: Trial, services: Sequence[str]) -> int:
    """Looks at every container of these services from inside; fails where one may do more. Returns how many there are."""
    found = trial.containers(*services)
    for name in found:
        seen = _seen(trial, name)
        assert (seen["user"], seen["capabilities"], seen["no_new_privileges"]) == (10001, 0, "1"), (name, seen)
        assert seen["writing"] == ["Read-only file system"] * 3, (name, seen)
        assert seen["tools"] == [], (name, seen)
    return len(found)


def leads_nowhere(trial: Trial) -> str:
    """What who knocks at the internet is told in the containers that have a network beside that of the installation."""
    said = {
        answer
        for service in ("gateway", "notifications-worker")
        for name in trial.containers(service)
        for answer in _seen(trial, name)["outside"]
    }
    assert said
    assert "" not in said, "somebody outside has answered"
    return ", ".join(sorted(said))


def _seen(trial: Trial, container: str) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(trial.docker("exec", container, "python", "-IS", "-c", _ASK))
    return seen
