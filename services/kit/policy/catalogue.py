"""What a service offers to the packs: typed facts, the operations and events at which rules are asked, acts of steps, jobs.

A service publishes one `FactCatalogue` (`services/<name>/facts.py`). A pack can only speak of what is published here: the
validator refuses every other name, and `RuleSet` refuses facts that a service does not offer at that point. So neither side
can drift from the other without a test that says so.

    CATALOGUE = FactCatalogue(
        service="documents",
        facts=(
            Fact("document_class", code("document_class"), "办件、阅件……: the classes are the pack's"),
            Fact("medium", enum("electronic", "paper"), "how the document travels"),
            Fact("responsible_units", list_of(UNIT), "承办单位, the lead unit included"),
        ),
        operations=(Operation("documents.proposal.submit", "提交拟办意见", facts=("medium", "responsible_units"), fields=("lead_unit",)),),
        events=(EventKind("documents.step.arrived", "环节到达", facts=("medium", "role")),),
        acts=(Act("sign", "审签"),),
        jobs=(Job("notifications.remind_open_items", "提醒未办结事项", facts=("count",)),),
    )
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a fact.

    `enum` has its values here, in the code of the service; the values of a `code` stand in the pack's `vocabularies` under the name
    in `vocabulary`; a `role` is a name from the pack's `roles`. Persons and units are ids.
    """

    name: str
    values: tuple[str, ...] = ()
    vocabulary: str = ""
    of: Type | None = None

    def __str__(self) -> str:
        if self.of is not None:
            return f"list of {self.of}"
        return self.name


TEXT = Type("text")
INT = Type("int")
BOOL = Type("bool")
INSTANT = Type("instant")
DATE = Type("date")
PERSON = Type("person")
UNIT = Type("unit")
ROLE = Type("role")


def enum(*values: str) -> Type:
    """One of a closed list that the service knows."""
    return Type("enum", values=values)


def code(vocabulary: str) -> Type:
    """One of a list that the pack declares (classes of documents, sources of matters, kinds of meetings …)."""
    return Type("code", vocabulary=vocabulary)


def list_of(type_: Type) -> Type:
    """A list whose elements have one type."""
    return Type("list", of=type_)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a service can say about a matter at a moment. Absent facts are None (a list: empty)."""

    name: str
    type: Type
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A point in a command at which rules are asked before it is done: `documents.proposal.submit`.

    `facts` are offered to the rules there; `fields` are the fields of the request that a refusal may name.
    """

    name: str
    about: str
    facts: tuple[str, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventKind:
    """Something that has happened, after which limits start or end, notices go out, ledgers open: `documents.step.arrived`."""

    name: str
    about: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What a step of a procedure asks of its party: `sign`, `read`, `handle`."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Job:
    """Something a service does when a schedule says so: `notifications.remind_open_items`. `facts` fill the text's placeholders."""

    name: str
    about: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FactCatalogue:
    """All that one service offers to packs."""

    service: str
    facts: tuple[Fact, ...] = ()
    operations: tuple[Operation, ...] = ()
    events: tuple[EventKind, ...] = ()
    acts: tuple[Act, ...] = ()
    jobs: tuple[Job, ...] = ()
    permissions: tuple[str, ...] = ()
    # Its facts say who holds a role in a matter: rules may compare persons with `{role: …}`.
    holders: bool = False
    # Kinds of its matters about which packs may declare fields and records; empty: about none.
    declares: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named: tuple[tuple[Fact | Operation | EventKind | Act | Job, ...], ...]
        named = (self.facts, self.operations, self.events, self.acts, self.jobs)
        for entries in named:
            once(self.service, (entry.name for entry in entries))
        known = {fact.name for fact in self.facts}
        points: tuple[Operation | EventKind | Job, ...] = (*self.operations, *self.events, *self.jobs)
        for point in points:
            missing = [name for name in point.facts if name not in known]
            if missing:
                raise ValueError(f"{self.service}: {point.name} offers facts that are not declared: {', '.join(missing)}")


def once(where: str, names: Iterable[str]) -> None:
    """Raises ValueError when a name stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{where}: {name} is declared twice")
        seen.add(name)


@dataclass(frozen=True)
class Catalogue:
    """The catalogues of several services together: what the validator and a rule set know."""

    services: tuple[FactCatalogue, ...]

    @cached_property
    def points(self) -> dict[str, Operation | EventKind]:
        """Operations and events by name."""
        every: list[Operation | EventKind] = []
        for service in self.services:
            every += [*service.operations, *service.events]
        once("catalogue", (point.name for point in every))
        return {point.name: point for point in every}

    @cached_property
    def _service_of(self) -> dict[str, FactCatalogue]:
        found: dict[str, FactCatalogue] = {}
        for service in self.services:
            entries: tuple[Operation | EventKind | Job, ...] = (*service.operations, *service.events, *service.jobs)
            found.update({entry.name: service for entry in entries})
        return found

    @cached_property
    def jobs(self) -> dict[str, Job]:
        """Jobs of schedules by name."""
        return {job.name: job for service in self.services for job in service.jobs}

    @cached_property
    def acts(self) -> dict[str, Act]:
        """Acts of steps by name."""
        return {act.name: act for service in self.services for act in service.acts}

    @cached_property
    def permissions(self) -> frozenset[str]:
        """All permissions of the services."""
        return frozenset(p for service in self.services for p in service.permissions)

    @cached_property
    def vocabularies(self) -> frozenset[str]:
        """Names of the vocabularies that packs may fill."""
        return frozenset(t.vocabulary for t in self._types() if t.vocabulary)

    def knows_holders(self, name: str) -> bool:
        """Says whether the facts at an operation or an event tell who holds a role."""
        return name in self._service_of and self._service_of[name].holders

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Kinds of matter about which packs may declare fields and records."""
        return frozenset(kind for service in self.services for kind in service.declares)

    def may_declare(self, name: str) -> bool:
        """Says whether what packs declare is offered at an operation or an event."""
        return name in self._service_of and bool(self._service_of[name].declares)

    def is_event(self, name: str) -> bool:
        """Says whether `name` is an event."""
        return isinstance(self.points.get(name), EventKind)

    def facts_at(self, name: str) -> dict[str, Fact]:
        """The facts offered at an operation, an event or to a job; empty for an unknown name."""
        point = self.points.get(name) or self.jobs.get(name)
        if point is None:
            return {}
        declared = {fact.name: fact for fact in self._service_of[name].facts}
        return {fact: declared[fact] for fact in point.facts}

    def _types(self) -> Iterator[Type]:
        for service in self.services:
            for fact in service.facts:
                yield fact.type if fact.type.of is None else fact.type.of
