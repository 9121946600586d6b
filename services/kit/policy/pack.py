"""A pack, compiled: its head, clauses, roles, texts and rules, and how a text of it is filled."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.kit.errors import Citation
from services.kit.policy.conditions import many
from services.kit.policy.declare import DeclaredField, RecordKind
from services.kit.policy.model import Clause, Head, RoleDefinition
from services.kit.policy.rules import Rule

_ZONE = ZoneInfo("Asia/Shanghai")  # days and hours of all texts; instants carry their own offset


@dataclass(frozen=True)
class Pack:
    """One version of a regulation. `data` is what was read; two packs with the same data are the same."""

    head: Head
    clauses: Mapping[str, Clause]
    roles: Mapping[str, RoleDefinition]
    texts: Mapping[str, str]
    rules: tuple[Rule, ...]
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    posts: Mapping[str, str] = field(default_factory=dict)
    unit_kinds: Mapping[str, str] = field(default_factory=dict)
    vocabularies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    office_hours: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, DeclaredField] = field(default_factory=dict)
    records: Mapping[str, RecordKind] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        return self.head.pack

    @property
    def version(self) -> int:
        return self.head.version

    def in_force(self, day: date) -> bool:
        """Says whether the regulation is in force on this day (both ends included)."""
        begun = self.head.effective_from is not None and self.head.effective_from <= day
        return begun and (self.head.effective_to is None or day <= self.head.effective_to)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def citation(self, clause: str) -> Citation | None:
        """How a clause of this pack is cited."""
        entry = self.clauses.get(clause)
        if entry is None:
            return None
        return Citation(entry.id, entry.article, entry.quote, self.head.title, self.head.pack, self.head.version)

    def label(self, value: str) -> str | None:
        """The Chinese word for a role, a post, a kind of unit or a value of a vocabulary."""
        if value in self.roles:
            return self.roles[value].label
        tables = (self.posts, self.unit_kinds, *self.vocabularies.values())
        return next((table[value] for table in tables if value in table), None)


def placeholders(text: str) -> Iterator[str]:
    """The names in braces. Raises ValueError where the braces do not close."""
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is not None:
            if spec or conversion or not all(part.isidentifier() for part in name.split(".")):
                raise ValueError(f"{{{name}}} is no plain name")
            yield name


def fill(text: str, values: Mapping[str, Any], pack: Pack) -> str:
    """Fills the placeholders: lists with how many they are, moments in Chinese time, codes and roles with their Chinese word."""
    parts = string.Formatter().parse(text)
    return "".join(plain + (shown(values.get(name), pack) if name is not None else "") for plain, name, _, _ in parts)


def shown(value: Any, pack: Pack | None = None) -> str:
    """How a fact reads in a Chinese sentence."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if many(value):
        return str(len(value))
    if isinstance(value, datetime):
        return value.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and pack is not None:
        return pack.label(value) or value
    return str(value)
