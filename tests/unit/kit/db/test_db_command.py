"""A repeated request is known again by every process, whatever order it happens to keep sets in."""

import os
import subprocess
import sys
from dataclasses import dataclass

from services.kit.db.command import Command, body_hash
from services.kit.identity import Caller

_PROGRAM = """
from tests.unit.kit.db.test_db_command import GRANT
from services.kit.db.command import body_hash
print(body_hash(GRANT), list(GRANT.known))
"""


@dataclass(frozen=True, kw_only=True)
class Grant(Command):
    """A command with a set in its body."""

    known: frozenset[str]


GRANT = Grant(caller=Caller("zhou"), known=frozenset(f"directory:unit:{number}" for number in range(20)))


def test_processes_agree_on_the_hash_of_a_request() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split(maxsplit=1)
        for seed in (1, 2)
    ]
    (one, order), (other, other_order) = said
    assert order != other_order, "the sets were kept in the same order: this proves nothing"
    assert one == other


def test_the_same_act_for_somebody_else_is_another_request() -> None:
    for_li = Grant(caller=Caller("zhou", acting_for="li"), known=GRANT.known)
    assert body_hash(for_li) != body_hash(GRANT)
