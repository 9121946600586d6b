"""`require`: what a check demands. A small closed language over declared facts; nothing in a pack is ever run as code.

    require: {present: lead_unit}                       # also a list: all of them
    require: {absent: [gift, souvenir]}
    require: {count: matters, max: 1}                   # elements of a list, characters of a text, or a number
    require: {equals: {remark: 已先转办}}                # a value, or another fact: {equals: {unit: {fact: lead_unit}}}
    require: {one_of: {signer: [mayor, {fact: chair}]}}
    require: {differs: [drafter, reviewer]}             # persons or values; a missing one differs
    require: {has: {roles: registrar}}                  # a list contains it
    require: {subset: {readers: {fact: allowed}}}       # every element is among these
    require: {disjoint: [readers, handlers]}
    require: {before: [asked_at, due_at]}               # earlier; `by`: earlier or at the same moment; `after`: later
    require: {contains: {text: [请示]}}                  # the text contains one of the words
    require: {lead: {from: submitted_at, to: meeting_at, min: {value: 10, unit: working_days}}}
    require: {subset: {readers: [{role: section_head}]}} # persons: who holds a role in this matter, where the service says who does
    require: {any: [...]}  {all: [...]}  {not: {...}}

A fact that is missing does not satisfy a demand about it (`absent`, `differs`, `disjoint` and `not` apart). Several keys hold together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.kit.policy.conditions import Facts, is_there, many, size
from services.kit.policy.source import Wrong
from services.kit.worktime import Budget, Calendar, Unit, latest_before

Test = Callable[[Facts, Calendar | None], bool]

# Under which name a service's facts give the holders of a role: `{role: section_head}`.
HOLDERS = "role:"


@dataclass(frozen=True)
class Predicate:
    """A compiled `require`. `source` is how the pack writes it; `facts` are all that it looks at."""

    source: Mapping[str, Any]
    facts: tuple[str, ...]
    _test: Test = field(compare=False, repr=False)

    def holds(self, facts: Facts, calendar: Calendar | None = None) -> bool:
        """Says whether the demand is met."""
        return self._test(facts, calendar)

    def lacking(self, facts: Facts) -> tuple[str, ...]:
        """Of a demand that a list is among certain values: the elements that are not."""
        pairs = _pairs(self.source["subset"]) if "subset" in self.source else ()
        return tuple(str(item) for name, written in pairs for item in facts.get(name) or () if item not in _values(written)(facts))

    def unstated(self, facts: Facts) -> tuple[tuple[str, str], ...]:
        """Of demands that something is there, or has a value: the facts that are not so; of a list that lacks a value with that value."""
        return tuple(dict.fromkeys(_unstated(self.source, facts)))


def _unstated(source: Mapping[str, Any], facts: Facts) -> Iterator[tuple[str, str]]:
    for key, operand in source.items():
        if key == "present":
            yield from ((name, "") for name in _names(operand) if not is_there(facts.get(name)))
        elif key == "equals":
            yield from ((name, "") for name, written in _pairs(operand) if facts.get(name) != _value(written)(facts))
        elif key == "has":
            yield from ((name, value) for name, value in _pairs(operand) if isinstance(value, str) and value not in (facts.get(name) or ()))
        elif key == "all":
            for branch in operand:
                yield from _unstated(branch, facts)


def compile_predicate(source: Any) -> Predicate:
    """Compiles a `require`. Raises ValueError, in words, for what is none."""
    return Predicate(source, tuple(dict.fromkeys(facts_of(source))), _compile(source))


def facts_of(source: Any) -> Iterator[str]:
    """Every fact that a `require` names."""
    for name, operand in source.items() if isinstance(source, Mapping) else ():
        if name in ("any", "all"):
            for branch in operand if isinstance(operand, list) else ():
                yield from facts_of(branch)
        elif name == "not":
            yield from facts_of(operand)
        elif name == "lead":
            yield from (operand[end] for end in ("from", "to") if isinstance(operand, Mapping) and end in operand)
        elif name in ("present", "absent", "count", "differs", "disjoint", "before", "by", "after"):
            yield from (operand if isinstance(operand, list) else [operand])
        elif isinstance(operand, Mapping):
            for fact, value in operand.items():
                yield fact
                yield from (v["fact"] for v in (value if isinstance(value, list) else [value]) if _is_reference(v))


def _compile(source: Any) -> Test:
    if not isinstance(source, Mapping) or not source:
        raise ValueError("`require` needs at least one demand")
    bounds = {key: source[key] for key in ("min", "max") if key in source}
    names = [name for name in source if name not in bounds]
    if bounds and names != ["count"]:
        raise ValueError("`min` and `max` belong to `count`")
    unknown = [name for name in names if name not in _MAKERS]
    if unknown:
        raise Wrong(f"{', '.join(unknown)} is no demand", f"known are {', '.join(sorted(_MAKERS))}")
    tests = tuple(_count(source["count"], bounds) if name == "count" else _MAKERS[name](source[name]) for name in names)
    return tests[0] if len(tests) == 1 else lambda facts, calendar: all(test(facts, calendar) for test in tests)


def _names(operand: Any, least: int = 1) -> tuple[str, ...]:
    names = tuple(operand) if isinstance(operand, list) else (operand,)
    if len(names) < least or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{operand!r}: here stand {'names of facts' if least == 1 else f'{least} names of facts'}")
    return names


def _pairs(operand: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(operand, Mapping) or not operand:
        raise ValueError(f"{operand!r}: here stands a fact with what it must be")
    return tuple(operand.items())


def _is_reference(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"fact"}


def is_role(value: Any) -> bool:
    """Says whether a value is written as the holders of a role."""
    return isinstance(value, Mapping) and set(value) == {"role"} and isinstance(value["role"], str)


def _value(written: Any) -> Callable[[Facts], Any]:
    if _is_reference(written):
        name = written["fact"]
        return lambda facts: facts.get(name)
    if is_role(written):
        holders = f"{HOLDERS}{written['role']}"
        return lambda facts: facts.get(holders)
    if isinstance(written, Mapping | list) or written is None:
        raise ValueError(f"{written!r}: here stands a value, {{fact: …}} or {{role: …}}")
    return lambda facts: written


def _values(written: Any) -> Callable[[Facts], tuple[Any, ...]]:
    parts = [_value(part) for part in (written if isinstance(written, list) else [written])]

    def collect(facts: Facts) -> tuple[Any, ...]:
        collected: list[Any] = []
        for part in parts:
            value = part(facts)
            collected.extend(value if many(value) else [value])
        return tuple(collected)

    return collect


def _present(operand: Any) -> Test:
    names = _names(operand)
    return lambda facts, _: all(is_there(facts.get(name)) for name in names)


def _absent(operand: Any) -> Test:
    names = _names(operand)
    return lambda facts, _: not any(is_there(facts.get(name)) for name in names)


def _count(operand: Any, bounds: Mapping[str, Any]) -> Test:
    (name,) = _names(operand)
    if not bounds or not all(isinstance(bound, int) and not isinstance(bound, bool) for bound in bounds.values()):
        raise ValueError("`count` needs `min` or `max`, whole numbers")
    least, most = bounds.get("min"), bounds.get("max")

    def test(facts: Facts, _: Calendar | None) -> bool:
        number = size(facts.get(name)) or 0
        return (least is None or number >= least) and (most is None or number <= most)

    return test


def _equals(operand: Any) -> Test:
    pairs = tuple((name, _value(written)) for name, written in _pairs(operand))
    return lambda facts, _: all(is_there(facts.get(name)) and facts.get(name) == value(facts) for name, value in pairs)


def _one_of(operand: Any) -> Test:
    pairs = tuple((name, _values(written)) for name, written in _pairs(operand))
    return lambda facts, _: all(is_there(facts.get(name)) and facts.get(name) in values(facts) for name, values in pairs)


def _differs(operand: Any) -> Test:
    names = _names(operand, 2)

    def test(facts: Facts, _: Calendar | None) -> bool:
        values = [facts[name] for name in names if is_there(facts.get(name))]
        return len(values) == len(set(values))

    return test


def _has(operand: Any) -> Test:
    pairs = tuple((name, _values(written)) for name, written in _pairs(operand))
    return lambda facts, _: all(any(value in (facts.get(name) or ()) for value in values(facts)) for name, values in pairs)


def _subset(operand: Any) -> Test:
    pairs = tuple((name, _values(written)) for name, written in _pairs(operand))
    return lambda facts, _: all(set(facts.get(name) or ()) <= set(values(facts)) for name, values in pairs)


def _disjoint(operand: Any) -> Test:
    names = _names(operand, 2)

    def test(facts: Facts, _: Calendar | None) -> bool:
        lists = [set(facts.get(name) or ()) for name in names]
        return sum(map(len, lists)) == len(set().union(*lists))

    return test


def _order(compare: Callable[[Any, Any], bool]) -> Callable[[Any], Test]:
    def make(operand: Any) -> Test:
        first, second = _names(operand, 2)[:2]
        if len(_names(operand, 2)) != 2:
            raise ValueError("two moments are compared")

        def test(facts: Facts, _: Calendar | None) -> bool:
            one, other = facts.get(first), facts.get(second)
            return one is not None and other is not None and compare(one, other)

        return test

    return make


def _contains(operand: Any) -> Test:
    pairs = tuple((name, _values(written)) for name, written in _pairs(operand))
    return lambda facts, _: all(any(word in (facts.get(name) or "") for word in words(facts)) for name, words in pairs)


def _lead(operand: Any) -> Test:
    if not isinstance(operand, Mapping) or set(operand) != {"from", "to", "min"}:
        raise ValueError("`lead` has `from`, `to` and `min`")
    start, end = _names([operand["from"], operand["to"]], 2)
    budget = Budget.parse(operand["min"])
    if budget.unit is not Unit.WORKING_DAYS:
        raise ValueError("`lead` counts working_days")

    def test(facts: Facts, calendar: Calendar | None) -> bool:
        if facts.get(start) is None or facts.get(end) is None:
            return False
        if calendar is None:
            raise ValueError("a lead time is counted with the tenant's calendar: give it to `check`")
        return bool(facts[start] <= latest_before(facts[end], budget, calendar).at)

    return test


def _any(operand: Any) -> Test:
    tests = _branches(operand)
    return lambda facts, calendar: any(test(facts, calendar) for test in tests)


def _all(operand: Any) -> Test:
    tests = _branches(operand)
    return lambda facts, calendar: all(test(facts, calendar) for test in tests)


def _not(operand: Any) -> Test:
    test = _compile(operand)
    return lambda facts, calendar: not test(facts, calendar)


def _branches(operand: Any) -> tuple[Test, ...]:
    if not isinstance(operand, list) or not operand:
        raise ValueError("here stands a list of demands")
    return tuple(_compile(branch) for branch in operand)


_MAKERS: dict[str, Callable[[Any], Test]] = {
    "present": _present,
    "absent": _absent,
    "count": lambda operand: _count(operand, {}),
    "equals": _equals,
    "one_of": _one_of,
    "differs": _differs,
    "has": _has,
    "subset": _subset,
    "disjoint": _disjoint,
    "before": _order(lambda one, other: one < other),
    "by": _order(lambda one, other: one <= other),
    "after": _order(lambda one, other: one > other),
    "contains": _contains,
    "lead": _lead,
    "any": _any,
    "all": _all,
    "not": _not,
}
DEMANDS = tuple(_MAKERS)
