"""`when`: for which facts a rule applies. Compiled once into a tuple of tests; pure and quick.

    when: {medium: electronic}                       # equals
    when: {role: [office_head, leader_in_charge]}    # any of
    when: {units: {min: 2}}                          # a number; of a list: how many elements
    when: {stated_deadline: {absent: true}}          # not there (a list: empty)
    when: {source: {not: [internal]}}
    when: {any: [{urgent: true}, {important: true}]} # one of several
    when: {none: [{urgent: true}]}                   # none of them

A list that is a fact matches when one of its elements does. Several lines hold together. A fact that is not known yet does not match,
except for `absent` and `not`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from services.kit.policy.source import Wrong

Facts = Mapping[str, Any]
Test = Callable[[Facts], bool]

TESTS = ("min", "max", "present", "absent", "not", "is")
JOINS = ("any", "none")


@dataclass(frozen=True)
class Condition:
    """A compiled `when`. `source` is how the pack writes it."""

    source: Mapping[str, Any]
    _tests: tuple[Test, ...] = field(compare=False, repr=False)

    def holds(self, facts: Facts) -> bool:
        """Says whether every line holds for these facts."""
        return all(test(facts) for test in self._tests)


def compile_condition(source: Mapping[str, Any] | None) -> Condition:
    """Compiles a `when`. Raises ValueError, in words, for what is none."""
    source = source or {}
    if not isinstance(source, Mapping):
        raise ValueError("`when` is a list of facts with what they must be")
    return Condition(source, tuple(_line(name, wanted) for name, wanted in source.items()))


ALWAYS = compile_condition({})


def facts_named(source: Mapping[str, Any] | None) -> Iterator[tuple[str, Any]]:
    """Every fact that a `when` names, with what it must be."""
    for name, wanted in (source or {}).items():
        if name in JOINS:
            for branch in wanted if isinstance(wanted, list) else [wanted]:
                yield from facts_named(branch)
        else:
            yield name, wanted


def is_there(value: Any) -> bool:
    """Says whether a fact is present: not None, no empty text, no empty list."""
    return value is not None and value != "" and value != () and value != []


def many(value: Any) -> TypeGuard[Collection[Any]]:
    """Says whether a fact is a list."""
    return isinstance(value, list | tuple | set | frozenset)


def size(value: Any) -> int | None:
    """A number itself; of a list, how many elements it has; of a text, how many characters without blanks."""
    if many(value):
        return len(value)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return len("".join(value.split()))
    return value if isinstance(value, int) else None


def _line(name: str, wanted: Any) -> Test:
    if name in JOINS:
        branches = wanted if isinstance(wanted, list) else [wanted]
        if not branches:
            raise ValueError(f"`{name}` needs at least one branch")
        compiled = tuple(compile_condition(branch) for branch in branches)
        if name == "any":
            return lambda facts: any(branch.holds(facts) for branch in compiled)
        return lambda facts: not any(branch.holds(facts) for branch in compiled)
    if isinstance(wanted, Mapping):
        return _tests(name, wanted)
    return _one_of(name, wanted)


def _one_of(name: str, wanted: Any) -> Test:
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values or any(value is None or isinstance(value, list | dict) for value in values):
        raise ValueError(f"{name} must be a value or a list of values")
    allowed = frozenset(values)
    truths = [value for value in values if isinstance(value, bool)]

    def matches(value: Any) -> bool:
        if isinstance(value, bool) or truths:  # 1 == True in Python, not in a regulation
            return value in truths if isinstance(value, bool) else False
        return value in allowed

    def test(facts: Facts) -> bool:
        value = facts.get(name)
        if many(value):
            return any(matches(element) for element in value)
        return value is not None and matches(value)

    return test


def _tests(name: str, wanted: Mapping[str, Any]) -> Test:
    unknown = [key for key in wanted if key not in TESTS]
    if unknown or not wanted:
        raise Wrong(f"{name}: {', '.join(unknown) or 'nothing'} is no test", f"known are {', '.join(TESTS)}")
    tests = tuple(_MAKERS[key](name, value) for key, value in wanted.items())
    return tests[0] if len(tests) == 1 else lambda facts: all(test(facts) for test in tests)


def _number(name: str, key: str, bound: Any) -> int:
    if isinstance(bound, bool) or not isinstance(bound, int):
        raise ValueError(f"{name}: {key} is a whole number")
    return bound


def _least(name: str, bound: Any) -> Test:
    least = _number(name, "min", bound)
    return lambda facts: (number := size(facts.get(name))) is not None and number >= least


def _most(name: str, bound: Any) -> Test:
    most = _number(name, "max", bound)
    return lambda facts: (number := size(facts.get(name))) is not None and number <= most


def _presence(wanted_key: str) -> Callable[[str, Any], Test]:
    def make(name: str, value: Any) -> Test:
        if value is not True:
            raise ValueError(f"{name}: `{wanted_key}` is written `{wanted_key}: true`")
        if wanted_key == "present":
            return lambda facts: is_there(facts.get(name))
        return lambda facts: not is_there(facts.get(name))

    return make


def _not(name: str, value: Any) -> Test:
    positive = _one_of(name, value)
    return lambda facts: not positive(facts)


_MAKERS: dict[str, Callable[[str, Any], Test]] = {
    "min": _least,
    "max": _most,
    "present": _presence("present"),
    "absent": _presence("absent"),
    "not": _not,
    "is": _one_of,
}
