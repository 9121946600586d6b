"""A small catalogue and packs made for one test: an office that approves trips."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from services.kit.policy import Catalogue, FactCatalogue, Pack, RuleSet, load_data
from services.kit.policy.catalogue import (
    BOOL,
    INSTANT,
    INT,
    PERSON,
    ROLE,
    TEXT,
    UNIT,
    Act,
    EventKind,
    Fact,
    Job,
    Operation,
    code,
    enum,
    list_of,
)

_FACTS = (
    Fact("medium", enum("paper", "electronic"), "how it travels"),
    Fact("sort", code("sort"), "what it is"),
    Fact("matters", list_of(TEXT), "what it is about"),
    Fact("units", list_of(UNIT), "who is concerned"),
    Fact("people", list_of(PERSON), "who travels"),
    Fact("unit", UNIT, "whose it is"),
    Fact("person", PERSON, "who asks"),
    Fact("other", PERSON, "who decides"),
    Fact("role", ROLE, "role that acts"),
    Fact("roles", list_of(ROLE), "roles that have consented"),
    Fact("days", INT, "length"),
    Fact("present", INT, "who is there"),
    Fact("entitled", INT, "who might be there"),
    Fact("urgent", BOOL, "it cannot wait"),
    Fact("delegated", BOOL, "a delegate acts"),
    Fact("title", TEXT, "its title"),
    Fact("asked_at", INSTANT, "when it was asked for"),
    Fact("due_at", INSTANT, "when it is due"),
)
_NAMES = tuple(fact.name for fact in _FACTS)
CATALOGUE = Catalogue(
    (
        FactCatalogue(
            service="trips",
            facts=_FACTS,
            operations=(
                Operation("trips.trip.submit", "submit a trip", _NAMES, fields=("title", "days")),
                Operation("trips.trip.route", "its route", _NAMES),
                Operation("trips.trip.count", "another point", ("days",), fields=("days",)),
            ),
            events=(
                EventKind("trips.step.arrived", "a step has arrived", _NAMES),
                EventKind("trips.trip.done", "the trip is over", _NAMES),
            ),
            acts=(Act("sign", "sign"), Act("read", "read")),
            jobs=(Job("trips.remind", "remind", ("days",)),),
            permissions=("trips:trip:sign",),
            declares=("abroad", "home"),
        ),
    )
)
BREACH = [{"at": "due", "do": "breach"}]
HEAD: dict[str, Any] = {
    "schema": 1,
    "pack": "trips-2020",
    "version": 1,
    "title": "出差办法",
    "issuer": "办公室",
    "effective_from": date(2020, 1, 1),
    "posts": {"head": "科长", "boss": "局长"},
    "unit_kinds": {"office": "办公室"},
    "vocabularies": {"sort": {"visit": "考察", "meeting": "会议"}},
    "roles": {
        "clerk": {"label": "经办人", "initiator": True},
        "head": {"label": "科长", "posts": ["head"], "of": "unit"},
        "boss": {"label": "局长", "posts": ["boss"], "fallback": ["head"]},
    },
    "texts": {"NO": "不行", "TOO_LONG": "最长{limit}天，申请了{value}天"},
    "clauses": [
        {"id": "trips/1.1", "article": "第一条", "quote": "不得超过三天"},
        {"id": "trips/2.1", "article": "第二条", "quote": "由局长审批"},
    ],
}


def rule(kind: str, id: str = "one", **parts: Any) -> dict[str, Any]:
    """A rule with what every rule needs."""
    made = {"id": id, "kind": kind, "clause": "trips/1.1", **parts}
    if kind in ("check", "cap", "signer", "approval", "quorum"):
        made.setdefault("on", "trips.trip.submit")
        made.setdefault("else", {"effect": "refuse", "reason": "NO"})
    return made


def data(*rules: dict[str, Any], **head: Any) -> dict[str, Any]:
    """A pack as data."""
    made = deepcopy(HEAD)
    made.update(head)
    made["rules"] = [deepcopy(one) for one in rules]
    return made


def pack(*rules: dict[str, Any], **head: Any) -> Pack:
    """A pack, compiled."""
    return load_data(data(*rules, **head))


def ruleset(*rules: dict[str, Any], **head: Any) -> RuleSet:
    """The rule set of one pack."""
    return RuleSet([pack(*rules, **head)])
