"""Packs that are changed a little where a clause rests: what a scenario that claims the clause must notice.

A number one unit up and down, an hour later, two roles or steps exchanged, `refuse` made `finding`, a rule or a permission of a step taken
away. A changed pack that the validator refuses is none: it could not be loaded. What cannot be noticed from outside is not made: the order
of rules, labels, texts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from services.kit.policy import Catalogue, validate
from services.kit.policy.source import Source, read, write

Data = dict[str, Any]
Path = tuple[str | int, ...]

_NUMBERS = (
    "value",
    "min",
    "max",
    "numerator",
    "times",
    "working_days_after",
    "working_days_before",
    "clock_hours_after",
    "clock_hours_before",
)
_SOFTER = {"refuse": "finding", "return": "finding"}
_SWITCHES = ("closes", "serial", "delegable", "expected", "required")
_DROPPED = (
    "distinct_from",
    "merges_with",
    "blocks",
    "decides",
    "verdicts",
    "remark",
    "lead",
    "where",
    "holds",
    "listed",
    "from",
    "term",
    "holders",
    "period",
    "read_by",
    "passes_to",
)
_ROLES = ("role", "to", "answerable", "signers", "approvers", "approved_by", "maintained_by")
_IN_ORDER = ("signers", "approvers", "approved_by")
_INSIDE = ("require", "else", "share", "budget", "times", "gap_after", "step", "at")
_GAP, _APPROVAL = ("gap_after",), ("approved_by",)


@dataclass(frozen=True)
class Mutant:
    """A changed pack: what was changed, and its data."""

    clause: str
    description: str
    data: Data

    def __str__(self) -> str:
        return f"{self.clause}: {self.description}"

    @property
    def pack(self) -> str:
        """The changed pack as it is loaded."""
        return write(self.data)


def mutants(pack: str, clause: str, catalogue: Catalogue) -> list[Mutant]:
    """All changes of a pack where a clause rests, each loadable."""
    data = _data(pack)
    made: list[Mutant] = []
    for description, changed in _changes(data, clause):
        if changed != data and all(changed != other.data for other in made) and not validate(Source("mutant", changed), catalogue):
            made.append(Mutant(clause, description, changed))
    return made


@lru_cache(maxsize=8)
def _data(pack: str) -> Data:
    return cast("Data", read(pack).data)


def _changes(data: Data, clause: str) -> Iterator[tuple[str, Data]]:
    for index, rule in enumerate(data["rules"]):
        path: Path = ("rules", index)
        main, own = rule["clause"] == clause, _own(rule, clause)
        if main or own is not None:
            yield f"{rule['id']} taken away", _without(data, path)
        if main:
            elsewhere = (*_elsewhere(rule), *(_GAP if "gap_clause" in rule else ()), *(_APPROVAL if "approval_clause" in rule else ()))
            yield from _parts(data, path, rule["id"], skip=("steps", "ladder", *elsewhere))
        elif own is not None:
            yield from _parts(data, path, rule["id"], only=own)
        if rule["kind"] == "procedure":
            yield from _route(data, index, clause)
        if rule["kind"] == "register" and main:
            for column in rule["fields"]:
                yield from _parts(data, (*path, "fields", column), f"{rule['id']}.{column}")
        for key, parts in (("gap_clause", _GAP), ("approval_clause", _APPROVAL)):
            if rule.get(key) == clause:
                yield from _parts(data, path, rule["id"], only=parts)
        for rung, entry in enumerate(rule["ladder"] if isinstance(rule.get("ladder"), list) else ()):
            if entry.get("clause") == clause:
                yield from _parts(data, (*path, "ladder", rung), f"{rule['id']} rung {rung + 1}")
    yield from _ladders(data, clause)
    yield from _chains(data, clause)
    if data.get("effective_clause") == clause:
        for key in ("effective_from", "effective_to"):
            for days in (1, -1) if data.get(key) else ():
                yield f"{key} {days:+} day", _with(data, (key,), data[key] + timedelta(days=days))
    if data.get("binds", {}).get("clause") == clause:
        yield "it binds everybody", _without(data, ("binds",))


def _own(part: Mapping[str, Any], clause: str) -> tuple[str, ...] | None:
    """What of a rule or step is another clause's own: some keys, everything, or None where it has no share in it."""
    also = part.get("also", {})
    if clause not in also:
        return None
    return tuple(also[clause]) if isinstance(also, Mapping) else tuple(part)


def _elsewhere(part: Mapping[str, Any]) -> list[str]:
    also = part.get("also", {})
    return [key for keys in also.values() for key in keys] if isinstance(also, Mapping) else []


def _parts(
    data: Data, path: Path, name: str, skip: tuple[str, ...] = (), only: tuple[str, ...] | None = None
) -> Iterator[tuple[str, Data]]:
    """Changes inside one part of the pack; `only` names keys, and words of `may`."""
    for key, value in list(_at(data, path).items()):
        here = (*path, key)
        if key == "may":
            for index, word in enumerate(value):
                if only is not None and word in only:
                    yield f"{name}: may not {word}", _without(data, (*here, index))
        elif key in skip or (only is not None and key not in only):
            continue
        elif key in _NUMBERS and isinstance(value, int):
            for other in (value + 1, value - 1):
                yield f"{name}: {key} {value} → {other}", _with(data, here, other)
        elif key == "time":
            yield f"{name}: {value} an hour later", _with(data, here, _later(value))
        elif key == "at" and isinstance(value, list):
            for index, time in enumerate(value):
                yield f"{name}: {time} an hour later", _with(data, (*here, index), _later(time))
                yield f"{name}: without {time}", _without(data, (*here, index))
        elif key == "effect" and value in _SOFTER:
            yield f"{name}: {value} made {_SOFTER[value]}", _with(data, here, _SOFTER[value])
        elif key == "text" and only is not None:  # words of the regulation, where a clause says that they are
            yield f"{name}: other words", _with(data, ("texts", value), data["texts"][value] + "。")
        elif key in _SWITCHES:
            yield f"{name}: {key} {not value}", _with(data, here, not value)
        elif key in _DROPPED:
            yield f"{name}: without {key}", _without(data, here)
        elif key in _ROLES:
            yield from _roles(data, here, name, value)
        elif key in _INSIDE and isinstance(value, Mapping):
            yield from _parts(data, here, name)


def _roles(data: Data, path: Path, name: str, value: Any) -> Iterator[tuple[str, Data]]:
    """Somebody else, and where the order counts two in the other order."""
    if isinstance(value, list) and path[-1] in _IN_ORDER:
        for index in range(len(value) - 1):
            swapped = [*value[:index], value[index + 1], value[index], *value[index + 2 :]]
            yield f"{name}: {value[index]} and {value[index + 1]} exchanged", _with(data, path, swapped)
    first = value[0] if isinstance(value, list) else value
    other = _somebody_else(data, first)
    if other:
        changed = [other, *value[1:]] if isinstance(value, list) else other
        yield f"{name}: {path[-1]} {first} → {other}", _with(data, path, changed)


def _somebody_else(data: Data, role: str) -> str:
    """A role that nobody holds because of the posts of this one. A person of the matter itself is not exchanged: the fact names him."""
    posts = _posts(data, role)
    return next((name for name in data["roles"] if posts and _posts(data, name) and not posts & _posts(data, name)), "")


def _posts(data: Data, role: str) -> set[str]:
    written = data["roles"].get(role, {})
    return set(written.get("posts", ())).union(*(_posts(data, other) for other in written.get("fallback", ())))


def _route(data: Data, index: int, clause: str) -> Iterator[tuple[str, Data]]:
    """Steps exchanged, left out, changed: all of them where the clause is that of the route, else those of the clause."""
    rule = data["rules"][index]
    steps = rule["steps"]
    after = _after(steps)
    if rule["clause"] == clause:
        for first, (one, other) in enumerate(itertools.pairwise(steps)):
            beside = after[one["id"]] == after[other["id"]] and not any({one["id"], other["id"]} & set(names) for names in after.values())
            if not beside:
                yield f"{rule['id']}: {one['id']} and {other['id']} exchanged", _exchanged(data, index, first)
    for number, step in enumerate(steps):
        name, path = f"{rule['id']}.{step['id']}", ("rules", index, "steps", number)
        own = _own(step, clause)
        if own is not None:
            yield from _parts(data, path, name, only=own)
        if step.get("clause", rule["clause"]) != clause:
            continue
        yield f"{name} left out", _left_out(data, index, number)
        known = ("role",) if "person" in step and not data["roles"].get(step.get("role"), {}).get("fallback") else ()
        yield from _parts(data, path, name, skip=(*_elsewhere(step), *known))
        if "when" in step:
            yield f"{name}: always", _without(data, (*path, "when"))
        for kind, demand in step.get("refuse", {}).items():
            if demand.get("clause", clause) == clause:
                yield f"{name}: no reason of its own for {kind}", _without(data, (*path, "refuse", kind))


def _after(steps: list[Data]) -> dict[str, list[str]]:
    """What each step waits for, as the pack means it."""
    return {step["id"]: step.get("after", [steps[index - 1]["id"]] if index else []) for index, step in enumerate(steps)}


def _exchanged(data: Data, rule: int, first: int) -> Data:
    """Two neighbours of a route do their work in the other order: the places in the graph stay, who acts there changes."""
    changed = deepcopy(data)
    steps = changed["rules"][rule]["steps"]
    place = ("after", "id")
    one, other = steps[first], steps[first + 1]
    for step, source in ((first, other), (first + 1, one)):
        kept = {key: value for key, value in steps[step].items() if key in place}
        steps[step] = {**kept, **{key: value for key, value in source.items() if key not in place}}
    return changed


def _left_out(data: Data, rule: int, number: int) -> Data:
    """A step is missing: what came after it comes after what came before it."""
    changed = deepcopy(data)
    steps = changed["rules"][rule]["steps"]
    gone = steps.pop(number)["id"]
    before = [steps[number - 1]["id"]] if number else []
    for step in steps:
        if gone in step.get("after", ()):
            step["after"] = list(dict.fromkeys([name for name in step["after"] if name != gone] + before))
        for key in ("distinct_from", "blocks", "decides"):
            left = [name for name in step.get(key, ()) if name != gone]
            if key in step:
                step.update({key: left}) if left else step.pop(key)
        for key in ("merges_with", "returns_to"):
            if step.get(key) == gone:
                del step[key]
    return changed


def _ladders(data: Data, clause: str) -> Iterator[tuple[str, Data]]:
    for name, ladder in data.get("ladders", {}).items():
        for index, rung in enumerate(ladder):
            if rung.get("clause") == clause:
                yield f"ladder {name}: without rung {index + 1}", _without(data, ("ladders", name, index))
                yield from _parts(data, ("ladders", name, index), f"ladder {name} rung {index + 1}", skip=("text",))


def _chains(data: Data, clause: str) -> Iterator[tuple[str, Data]]:
    for name, chain in data.get("chains", {}).items():
        if chain["clause"] != clause:
            continue
        yield from _parts(data, ("chains", name), f"chain {name}", skip=("levels",))
        levels = chain["levels"]
        for index in range(1, len(levels) - 1):
            swapped = [*levels[:index], levels[index + 1], levels[index], *levels[index + 2 :]]
            yield f"chain {name}: {levels[index][0]} and {levels[index + 1][0]} exchanged", _with(data, ("chains", name, "levels"), swapped)
            yield f"chain {name}: without {levels[index][0]}", _without(data, ("chains", name, "levels", index))
        for ladder, rungs in data.get("ladders", {}).items():
            for index, rung in enumerate(rungs):
                if rung.get("chain") == name:
                    yield f"ladder {ladder}: without chain {name}", _without(data, ("ladders", ladder, index))


def _later(time: str) -> str:
    hour, _, minute = time.partition(":")
    return f"{(int(hour) + 1) % 24:02}:{minute}"


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _change(data: Data, path: Path, act: Callable[[Any, Any], None]) -> Data:
    changed = deepcopy(data)
    act(_at(changed, path[:-1]), path[-1])
    return changed


def _with(data: Data, path: Path, value: Any) -> Data:
    return _change(data, path, lambda holder, key: holder.__setitem__(key, value))


def _without(data: Data, path: Path) -> Data:
    """Takes something away; a list that would be empty goes with it."""

    def act(holder: Any, key: Any) -> None:
        del holder[key]

    changed = _change(data, path, act)
    return _without(data, path[:-1]) if len(path) > 2 and _at(changed, path[:-1]) == [] else changed
