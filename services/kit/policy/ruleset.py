"""The rules that hold for a tenant: several packs merged, asked by operation and event. Pure and quick.

Precedence (ADR 0006): layers from the most particular – instruction, campaign, regulation, defaults – and in a layer the pack that took
effect later. Where one answer is needed (route, visibility, table, role, text, office hours) the most particular one that applies is it;
demands add up: every pack's checks, caps, limits, notices, ledgers, registers, schedules and grounds apply. A rule that `replaces`
another (`<pack>:<rule>`), or that tightens one of the pack it belongs to, stands in its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from services.kit.errors import Citation, Finding, RuleRefusal
from services.kit.policy import rules as r
from services.kit.policy.conditions import Facts, many
from services.kit.policy.declare import PEOPLE, DeclaredField, RecordKind
from services.kit.policy.entries import PREFIX
from services.kit.policy.model import (
    LAYERS,
    Approval,
    Ground,
    Ledger,
    Limit,
    Notice,
    Quorum,
    Register,
    RoleDefinition,
    Row,
    Schedule,
    Signer,
    Visibility,
)
from services.kit.policy.pack import Pack, fill, placeholders, shown
from services.kit.procedure.template import Procedure
from services.kit.worktime import Calendar

R = TypeVar("R", bound=r.Rule)
V = TypeVar("V")

UNIT_KIND = "unit_kind"
"""The fact that says of which kind the unit is whose duty is asked about."""


class UnknownClause(LookupError):
    """A clause that no pack of the tenant has."""


class UnknownText(LookupError):
    """A reason code that no pack of the tenant has a text for."""


def precedence(pack: Pack) -> tuple[int, int, str]:
    """The order in which packs are asked: the most particular, the latest first."""
    since = pack.head.effective_from
    return (-LAYERS.index(pack.head.layer), -since.toordinal() if since is not None else 0, pack.id)


class RuleSet:
    """Frozen after construction; threads share it."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs: tuple[Pack, ...] = tuple(sorted(packs, key=precedence))
        self._pack_of: dict[str, Pack] = {pack.id: pack for pack in self.packs}
        replaced = {key for pack in self.packs if not pack.head.binds for rule in pack.rules for key in _replaced(pack, rule)}
        self._yields: dict[str, list[r.Rule]] = defaultdict(list)  # to a rule of a pack that binds some only
        for pack in self.packs:
            for rule in pack.rules if pack.head.binds else ():
                for key in _replaced(pack, rule):
                    self._yields[key].append(rule)
        self._by_key: dict[str, r.Rule] = {}
        self._by_point: dict[tuple[type, str], list[Any]] = defaultdict(list)
        self._by_type: dict[type, list[Any]] = defaultdict(list)
        for pack in self.packs:
            for rule in pack.rules:
                self._by_key[rule.key] = rule
                if rule.key not in replaced:
                    self._index(rule)

    @cached_property
    def regulated(self) -> frozenset[str]:
        """What the tenant's own packs rule on, as `service.thing`; the house rules of the platform are not its own."""
        own = (rule for pack in self.packs if pack.head.layer != "defaults" for rule in pack.rules)
        return frozenset(".".join(point.split(".")[:2]) for rule in own for point in rule.on)

    def _index(self, rule: r.Rule) -> None:
        classes = [type(rule), *([r.Guard] if isinstance(rule, r.Guard) else [])]
        for class_ in classes:
            self._by_type[class_].append(rule)
            for point in rule.on:
                self._by_point[class_, point].append(rule)

    def _matching(self, kind: type[R], on: str, facts: Facts) -> list[R]:
        return [rule for rule in self._by_point.get((kind, on), ()) if self._applies(rule, facts)]

    def _applies(self, rule: r.Rule, facts: Facts) -> bool:
        """Whether a rule is asked: its pack binds the unit that is meant, its `when` holds, and no tighter one stands in its place."""
        if not self._bound(rule, facts) or not rule.applies(facts):
            return False
        return not any(self._bound(other, facts) and other.applies(facts) for other in self._yields.get(rule.key, ()))

    def _bound(self, rule: r.Rule, facts: Facts) -> bool:
        binds = self._pack_of[rule.citation.pack].head.binds
        if binds is None:
            return True
        kind, unit = facts.get(UNIT_KIND), facts.get("unit") or facts.get("initiating_unit")
        return (not binds.unit_kinds or not kind or kind in binds.unit_kinds) and (not binds.units or unit in binds.units)

    # -- what services ask ---------------------------------------------------------------------------------------------

    def check(self, operation: str, facts: Facts, calendar: Calendar | None = None) -> list[Finding]:
        """Everything that the rules have against an operation, in the order of the packs. `calendar`: for lead times."""
        found = []
        for rule in self._matching(r.Guard, operation, facts):
            unmet = rule.unmet(facts, calendar)
            if unmet is not None:
                found.append(self._finding(rule, facts, unmet))
        return found

    def enforce(self, operation: str, facts: Facts, calendar: Calendar | None = None) -> list[Finding]:
        """Raises RuleRefusal with all that refuses; otherwise gives back what is to be returned or recorded."""
        found = self.check(operation, facts, calendar)
        refused = [finding for finding in found if finding.effect == "refuse"]
        if refused:
            raise RuleRefusal(refused)
        return found

    def limits(self, on: str, facts: Facts) -> list[Limit]:
        """The time limits that start now. One that another matching limit `overrides` does not."""
        matching = [rule for rule in self._matching(r.LimitRule, on, facts) if not rule.default_of]
        overridden = {f"{rule.citation.pack}:{name}" for rule in matching for name in rule.overrides}
        return [rule.answer(facts) for rule in matching if rule.key not in overridden]

    def limit(self, on: str, facts: Facts, until: str | None = None) -> Limit | None:
        """The most particular limit that starts now; with `until` only among those that this event ends."""
        return next((limit for limit in self.limits(on, facts) if until is None or limit.until == until), None)

    def defaults(self, operation: str, facts: Facts) -> list[Limit]:
        """Limits that are offered for a field (`default_of`) which the request leaves open."""
        return [rule.answer(facts) for rule in self._matching(r.LimitRule, operation, facts) if rule.default_of]

    def procedure(self, on: str, facts: Facts) -> Procedure | None:
        """The route that a matter takes."""
        return next((rule.procedure for rule in self._matching(r.ProcedureRule, on, facts)), None)

    def procedure_named(self, pack: str, rule_id: str) -> Procedure | None:
        """The route of a rule by its name: for matters that already run."""
        rule = self._by_key.get(f"{pack}:{rule_id}")
        return rule.procedure if isinstance(rule, r.ProcedureRule) else None

    def schedules(self) -> list[Schedule]:
        """All duties that come again."""
        return [rule.answer for rule in self._by_type[r.ScheduleRule]]

    def notices(self, event: str, facts: Facts) -> list[Notice]:
        """Who is told of an event, with the filled text."""
        return [rule.answer(self._text(rule, rule.text, facts)) for rule in self._matching(r.NoticeRule, event, facts)]

    def caps(self, on: str, facts: Facts) -> list[r.CapRule]:
        """The caps that apply."""
        return self._matching(r.CapRule, on, facts)

    def signers(self, on: str, facts: Facts) -> list[Signer]:
        """Who signs; the most particular rule first."""
        return [rule.answer() for rule in self._matching(r.SignerRule, on, facts)]

    def approvals(self, on: str, facts: Facts) -> list[Approval]:
        """Whose consent is needed."""
        return [rule.answer() for rule in self._matching(r.ApprovalRule, on, facts)]

    def visibility(self, on: str, facts: Facts) -> list[Visibility]:
        """Who may read, print, download, forward. Those of the most particular pack that says anything about it."""
        matching = self._matching(r.VisibilityRule, on, facts)
        return [rule.answer() for rule in matching if rule.citation.pack == matching[0].citation.pack]

    def visibility_of_any(self, on: str) -> list[Visibility]:
        """What may hold here for one matter or another, where no single matter is meant."""
        return [rule.answer() for rule in self._by_point.get((r.VisibilityRule, on), ())]

    def ledger(self, on: str, facts: Facts) -> Ledger | None:
        """The ledger in which a matter is entered."""
        return next((rule.answer for rule in self._matching(r.LedgerRule, on, facts)), None)

    def registers(self) -> list[Register]:
        """The lists that the office must keep."""
        return [rule.answer for rule in self._by_type[r.RegisterRule]]

    def matrix(self, on: str, facts: Facts) -> Row | None:
        """The row that applies in the most particular table with one."""
        rows = (rule.answer(facts) for rule in self._matching(r.MatrixRule, on, facts))
        return next((row for row in rows if row is not None), None)

    def quorum(self, on: str, facts: Facts) -> list[Quorum]:
        """Shares that are needed here, and whether they are met."""
        return [rule.answer(facts) for rule in self._matching(r.QuorumRule, on, facts)]

    def grounds(self, event: str, facts: Facts) -> list[Ground]:
        """Grounds of accountability that the facts speak for."""
        return [rule.answer(self._text(rule, rule.text, facts) if rule.text else "") for rule in self._matching(r.GroundRule, event, facts)]

    # -- words -----------------------------------------------------------------------------------------------------------

    @cached_property
    def roles(self) -> Mapping[str, RoleDefinition]:
        """All roles by name, those of the most particular pack first."""
        merged: dict[str, RoleDefinition] = {}
        for pack in self.packs:
            for name, role in pack.roles.items():
                merged.setdefault(name, role)
        return merged

    def role(self, name: str) -> RoleDefinition:
        """What a role means here. Raises KeyError for one that no pack declares."""
        return self.roles[name]

    @cached_property
    def grants(self) -> Mapping[str, tuple[str, ...]]:
        """What the holders of each role may do: the packs' grants together."""
        merged: dict[str, set[str]] = defaultdict(set)
        for pack in self.packs:
            for role, permissions in pack.grants.items():
                merged[role].update(permissions)
        return {role: tuple(sorted(permissions)) for role, permissions in sorted(merged.items())}

    @cached_property
    def posts(self) -> Mapping[str, str]:
        """Kinds of post with their Chinese label."""
        return _first(pack.posts for pack in self.packs)

    @cached_property
    def unit_kinds(self) -> Mapping[str, str]:
        """Kinds of unit with their Chinese label."""
        return _first(pack.unit_kinds for pack in self.packs)

    @cached_property
    def fields(self) -> Mapping[str, DeclaredField]:
        """The fields that packs declare, those of the most particular pack first."""
        return _first(pack.fields for pack in self.packs)

    @cached_property
    def records(self) -> Mapping[str, RecordKind]:
        """The kinds of record that packs declare, those of the most particular pack first."""
        return _first(pack.records for pack in self.packs)

    @property
    def vocabularies(self) -> tuple[str, ...]:
        """The names of all vocabularies, sorted."""
        return tuple(sorted({name for pack in self.packs for name in pack.vocabularies}))

    def vocabulary(self, name: str) -> Mapping[str, str]:
        """The values of a vocabulary with their Chinese words."""
        return _first(pack.vocabularies.get(name, {}) for pack in self.packs)

    @cached_property
    def office_hours(self) -> tuple[tuple[str, str], ...]:
        """Office hours by the most particular pack that sets them; empty: none does."""
        return next((pack.office_hours for pack in self.packs if pack.office_hours), ())

    def text(self, reason: str) -> str:
        """The Chinese text of a reason code, unfilled. Raises UnknownText."""
        for pack in self.packs:
            if reason in pack.texts:
                return pack.texts[reason]
        raise UnknownText(reason)

    def citation(self, clause: str) -> Citation:
        """How a clause is cited. Raises UnknownClause."""
        for pack in self.packs:
            cited = pack.citation(clause)
            if cited is not None:
                return cited
        raise UnknownClause(clause)

    def demand(
        self, reason: str, clause: str, facts: Facts | None = None, *, rule: str = "", field: str = "", effect: str = "refuse"
    ) -> Finding:
        """A finding that does not come from a guard: an act refused by the route of a matter, with the route's reason and clause."""
        citation = self.citation(clause)
        pack = self._pack_of[citation.pack]
        text = fill(self.text(reason), facts or {}, pack)
        return Finding(rule, effect, reason, text, citation, field)

    @cached_property
    def pins(self) -> Mapping[str, int]:
        """Versions by pack: what a matter keeps when it is opened."""
        return {pack.id: pack.version for pack in sorted(self.packs, key=lambda pack: pack.id)}

    def rule(self, pack: str, rule_id: str) -> r.Rule | None:
        """A rule by its name, also one that is replaced."""
        return self._by_key.get(f"{pack}:{rule_id}")

    @property
    def rules(self) -> Sequence[r.Rule]:
        """Every rule of every pack, the replaced ones included."""
        return tuple(self._by_key.values())

    def _finding(self, rule: r.Guard, facts: Facts, details: Mapping[str, Any]) -> Finding:
        reason = rule.refusal.reason
        if "unstated" in details:
            words = [self._column(name, facts) or self._word(name, value) for name, value in details["unstated"]]
            details = {"missing": "、".join(dict.fromkeys(word for word in words if word))}
        text = self._text(rule, reason, facts, details)
        told = {name: shown(value) for name, value in details.items()}
        return Finding(rule.id, rule.refusal.effect, reason, text, rule.citation, rule.refusal.field, rule.hard, told)

    def _word(self, fact: str, value: str) -> str:
        """What people call something that a pack declares, or one value of it; nothing for other facts."""
        if value:
            return self._pack_word(value)
        part, _, rest = fact.partition(".")
        name, _, inner = rest.partition(".")
        if part == "fields":
            return self.fields[name].label
        if part == "records":
            kind = self.records[name]
            return kind.fields[inner].label if inner in kind.fields else kind.label
        return ""

    def _column(self, fact: str, facts: Facts) -> str:
        """What people call a column of the register that is spoken of; nothing for other facts."""
        columns = [c for rule in self.registers() if rule.name == facts.get("register") for c in rule.fields]
        return next((column.label for column in columns if f"{PREFIX}{column.name}" == fact), "")

    def _pack_word(self, value: str) -> str:
        return next((label for pack in self.packs if (label := pack.label(value)) is not None), value)

    def _text(self, rule: r.Rule, reason: str, facts: Facts, details: Mapping[str, Any] = MappingProxyType({})) -> str:
        own = self._pack_of[rule.citation.pack]
        text = own.texts[reason] if reason in own.texts else self.text(reason)
        values = {**facts, **details}
        for name in placeholders(text):
            entry = self.fields.get(name.removeprefix("fields.")) if name.startswith("fields.") else None
            if entry is not None and entry.word in PEOPLE and values.get(name):
                ids = values[name] if many(values[name]) else (values[name],)
                values[name] = r.named(facts, tuple(ids))
        return fill(text, values, own)


def _replaced(pack: Pack, rule: r.Rule) -> list[str]:
    tightened = [f"{pack.head.tightens}:{rule.tightens}"] if rule.tightens and not isinstance(rule, r.CheckRule) else []
    return [*rule.replaces, *tightened]


def _first(tables: Iterable[Mapping[str, V]]) -> dict[str, V]:
    """All names of several tables; of one that stands in several, the first."""
    merged: dict[str, V] = {}
    for table in tables:
        for name, entry in table.items():
            merged.setdefault(name, entry)
    return merged
