"""The order of a procedure's steps."""

from functools import lru_cache

from services.kit.procedure.template import Procedure


def order(procedure: Procedure) -> tuple[str, ...]:
    """Step ids so that each comes after those that it waits for; otherwise as the pack lists them."""
    return _edges(_key(procedure))[0]


def ancestors(procedure: Procedure, step_id: str) -> frozenset[str]:
    """All steps that come before."""
    return _edges(_key(procedure))[1][step_id]


def descendants(procedure: Procedure, step_id: str) -> frozenset[str]:
    """All steps that come after."""
    before = _edges(_key(procedure))[1]
    return frozenset(name for name, earlier in before.items() if step_id in earlier)


def _key(procedure: Procedure) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((step.id, step.after) for step in procedure.steps)


@lru_cache(maxsize=1024)
def _edges(steps: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, ...], dict[str, frozenset[str]]]:
    found: list[str] = []
    before: dict[str, frozenset[str]] = {}
    left = list(steps)
    while left:
        step_id, after = next(s for s in left if all(name in before for name in s[1]))
        left.remove((step_id, after))
        before[step_id] = frozenset(after).union(*(before[name] for name in after))
        found.append(step_id)
    return tuple(found), before
