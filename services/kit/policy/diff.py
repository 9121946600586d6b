"""What changes from one version of a pack to another, in words, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.kit.policy.pack import Pack
from services.kit.policy.rules import Rule
from services.kit.worktime import Budget, Roll, Unit

_HEAD = ("title", "issuer", "document_number", "effective_from", "effective_to", "layer", "office_hours", "owner", "supersedes")
_UNITS = frozenset(str(unit) for unit in Unit)
_TABLES = ("fields", "records", "roles", "chains", "ladders", "texts", "grants", "posts", "unit_kinds", "vocabularies")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `points` are the operations and events that answer otherwise from then on."""

    part: str
    name: str
    what: Literal["added", "removed", "changed"]
    words: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    points: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" ({', '.join(self.clauses)})" if self.clauses else ""
        lines = "".join(f"\n    {word}" for word in self.words)
        touched = f"\n    touches {', '.join(self.points)}" if self.points else ""
        return f"{self.what} {self.part} {self.name}{where}{lines}{touched}"


def diff(old: Pack, new: Pack) -> list[Change]:
    """All changes: first the head, then rules in the order of the packs, then clauses, texts, roles and the other tables."""
    return [*_head(old, new), *_rules(old, new), *_clauses(old, new), *_tables(old, new)]


def _head(old: Pack, new: Pack) -> Iterator[Change]:
    for key in _HEAD:
        before, after = old.data.get(key), new.data.get(key)
        if before != after:
            yield Change("head", key, "changed", tuple(differences(before, after)))


def _rules(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    for rule_id, rule in after.items():
        if rule_id not in before:
            yield _change(rule, "added")
    for rule_id, rule in before.items():
        other = after.get(rule_id)
        if other is None:
            yield _change(rule, "removed")
        elif rule.source != other.source:
            points = tuple(dict.fromkeys((*rule.on, *other.on)))
            clauses = tuple(dict.fromkeys((*rule.clauses, *other.clauses)))
            yield Change(rule.kind, rule_id, "changed", tuple(differences(rule.source, other.source)), clauses, points)
        elif _meaning(old, rule) != _meaning(new, other):
            words = tuple(differences(_meaning(old, rule), _meaning(new, other)))
            yield Change(rule.kind, rule_id, "changed", words, rule.clauses, rule.on)


def _change(rule: Rule, what: Literal["added", "removed"]) -> Change:
    return Change(rule.kind, rule.id, what, (), rule.clauses, rule.on)


def _meaning(pack: Pack, rule: Rule) -> dict[str, Any]:
    """What a rule takes from the tables of its pack: its ladder, and the chains in it."""
    name = rule.source.get("ladder")
    if not isinstance(name, str):
        return {}
    ladder = pack.data.get("ladders", {}).get(name, [])
    chains = {rung["chain"]: pack.data.get("chains", {}).get(rung["chain"]) for rung in ladder if "chain" in rung}
    return {"ladder": ladder, "chains": chains}


def _clauses(old: Pack, new: Pack) -> Iterator[Change]:
    for clause in {**old.clauses, **new.clauses}:
        before, after = old.clauses.get(clause), new.clauses.get(clause)
        if before is None or after is None:
            yield Change("clause", clause, "added" if before is None else "removed")
        elif before != after:
            words = [
                f"{name}: {getattr(before, name)} → {getattr(after, name)}"
                for name in ("article", "quote", "assumed")
                if getattr(before, name) != getattr(after, name)
            ]
            yield Change("clause", clause, "changed", tuple(words))


def _tables(old: Pack, new: Pack) -> Iterator[Change]:
    for table in _TABLES:
        before, after = old.data.get(table, {}), new.data.get(table, {})
        for name in {**before, **after}:
            if name not in before:
                yield Change(table, name, "added", tuple(differences(None, after[name])))
            elif name not in after:
                yield Change(table, name, "removed")
            elif before[name] != after[name]:
                yield Change(table, name, "changed", tuple(differences(before[name], after[name])))


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Every place in which two pieces of data differ: `steps.sign.role: head → clerk`, a budget as a whole: `budget: 6小时 → 8小时`."""
    if _is_budget(old) and _is_budget(new) and _shown(old) != _shown(new):
        yield f"{path}: {_shown(old)} → {_shown(new)}"
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            yield from differences(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(old, list) and isinstance(new, list) and _named(old) and _named(new):
        before, after = {entry["id"]: entry for entry in old}, {entry["id"]: entry for entry in new}
        if list(before) != list(after):
            yield f"{path}: {', '.join(before)} → {', '.join(after)}"
        for name in before:
            if name in after:
                yield from differences(before[name], after[name], f"{path}.{name}")
    elif old != new:
        yield f"{path}: {_shown(old)} → {_shown(new)}" if path else f"{_shown(old)} → {_shown(new)}"


def _named(entries: list[Any]) -> bool:
    return bool(entries) and all(isinstance(entry, Mapping) and "id" in entry for entry in entries)


def _is_budget(value: Any) -> bool:
    return isinstance(value, Mapping) and str(value.get("unit")) in _UNITS and set(value) <= {"value", "unit", "time", "roll"}


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(_shown(entry) for entry in value) or "–"
    if _is_budget(value):
        budget = Budget.parse(value)
        return budget.words() + ("（遇休息日不顺延）" if budget.roll is Roll.NONE else "")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(entry)}" for key, entry in value.items()) + "}"
    return str(value)
