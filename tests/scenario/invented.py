"""A regulation that nobody has issued, invented from a seed: other routes, roles, numbers, clauses and reason codes than any real one.

It is the proof that no regulation stands in the code: it runs as a pack and nothing else. What is expected of it is written down while it
is invented, and never asked of the code that runs it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "pa", "ri", "so", "ta", "ve", "xu", "zo")
_SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
SIGNATURES = ("review", "check", "sign", "decide", "approve")


@dataclass(frozen=True)
class Signature:
    """A step that somebody signs: who, within how many hours, always or only what is important."""

    id: str
    act: str
    role: str
    person: str
    hours: int
    clause: str
    important_only: bool


@dataclass(frozen=True)
class Register:
    """A list that every section keeps."""

    name: str
    least: int
    most: int
    over: str
    gap: str


@dataclass
class Invention:
    """An invented regulation, its office, and what is expected of them."""

    seed: int
    prefix: str
    title: str
    document_class: str
    desk: str
    most_units: int
    too_many: str
    no_measures: str
    handling_days: int
    told: list[str]
    signatures: list[Signature]
    register: Register
    clauses: dict[str, str] = field(default_factory=dict)
    pack: dict[str, Any] = field(default_factory=dict)
    organisation: dict[str, Any] = field(default_factory=dict)

    def path(self, important: bool) -> list[str]:
        """The steps that a document takes, in their order."""
        return ["a-start", *(s.id for s in self.signatures if important or not s.important_only), "z-work"]

    def clause(self, what: str) -> str:
        """The clause on which something rests."""
        return self.clauses[what]


def invent(seed: int) -> Invention:
    """Invents a regulation. The same seed gives the same one."""
    dice = random.Random(seed)
    word = _Words(dice)
    prefix, signers = word(), [word() for _ in range(dice.randint(3, 5))]
    acts = dice.sample(SIGNATURES, len(signers))
    signatures = [
        Signature(
            id=f"{word()}-{index}",
            act=act,
            role=role,
            person=f"p-{role}",
            hours=dice.randint(1, 90),
            clause=f"{prefix}/{dice.randint(1, 40)}.{index + 1}",
            important_only=index > 0 and dice.random() < 0.4,
        )
        for index, (role, act) in enumerate(zip(signers, acts, strict=True))
    ]
    made = Invention(
        seed=seed,
        prefix=prefix,
        title=f"关于{word.sign()}{word.sign()}{word.sign()}工作的规定",
        document_class=word(),
        desk=word(),
        most_units=dice.randint(1, 3),
        too_many=word.reason(),
        no_measures=word.reason(),
        handling_days=dice.randint(1, 20),
        told=dice.sample(signers, 2),
        signatures=signatures,
        register=Register(word(), dice.randint(1, 2), dice.randint(3, 5), word.reason(), word.reason()),
    )
    for number, what in enumerate(("route", "units", "measures", "work", "chain", "register"), start=50):
        made.clauses[what] = f"{prefix}/{number}.{dice.randint(1, 9)}"
    made.pack = _pack(made, word)
    made.organisation = _organisation(made)
    return made


class _Words:
    """Words that were not there before."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._used: set[str] = set()

    def __call__(self) -> str:
        while True:
            made = "".join(self._dice.choices(_SYLLABLES, k=3))
            if made not in self._used:
                self._used.add(made)
                return made

    def reason(self) -> str:
        return f"{self().upper()}_{self().upper()}"

    def sign(self) -> str:
        return self._dice.choice(_SIGNS)


def _pack(made: Invention, word: _Words) -> dict[str, Any]:
    cited = [made.clauses[what] for what in made.clauses] + [s.clause for s in made.signatures]
    roles = {s.role: {"label": f"{word.sign()}{word.sign()}", "posts": [f"post_{s.role}"]} for s in made.signatures}
    roles[made.desk] = {"label": "收文处", "posts": [f"post_{made.desk}"]}
    roles["worker"] = {"label": "承办处", "posts": ["post_worker"], "of": "unit"}
    return {
        "schema": 1,
        "pack": f"invented-{made.prefix}",
        "version": 1,
        "title": made.title,
        "issuer": f"{word.sign()}局",
        "effective_from": date(2001, 1, 1),
        "posts": {post: post for role in roles.values() for post in role["posts"]},
        "unit_kinds": {"top": "局", "part": "处"},
        "vocabularies": {"document_class": {made.document_class: word.sign()}},
        "roles": roles,
        "grants": {
            "member": ["documents:document:read", "documents:step:act", "documents:attachment:read"],
            made.desk: ["documents:document:register", "documents:document:classify"],
        },
        "chains": {
            "up": {
                "clause": made.clauses["chain"],
                "step": {"value": 1, "unit": "working_days", "time": "10:30"},
                "levels": [["worker"], *([role] for role in made.told)],
            }
        },
        "ladders": {"all": [{"at": "due", "do": "breach"}, {"do": "escalate", "chain": "up"}]},
        "texts": {
            made.too_many: "承办处不得超过{limit}个，此件有{value}个",
            made.no_measures: "须写明措施",
            made.register.over: "{holder}最多{limit}人",
            made.register.gap: "{holder}至少{limit}人",
        },
        "clauses": [
            {"id": clause, "article": f"第{clause.partition('/')[2]}条", "quote": word.sign() * 4} for clause in dict.fromkeys(cited)
        ],
        "rules": _rules(made),
    }


def _rules(made: Invention) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [
        {
            "id": "a-start",
            "act": "propose",
            "role": made.desk,
            "sets": ["proposer", "handling_text", "responsible_units", "lead_unit", "important"],
        }
    ]
    for s in made.signatures:
        condition = {"when": {"important": True}} if s.important_only else {}
        steps.append({"id": s.id, "act": s.act, "role": s.role, "clause": s.clause, **condition})
    steps.append({"id": "z-work", "act": "handle", "role": "worker", "each": "responsible_units", "lead": "lead_unit", "closes": True})
    arrived, of_class = "documents.step.arrived", {"document_class": made.document_class}
    rules: list[dict[str, Any]] = [
        {
            "id": "way",
            "kind": "procedure",
            "clause": made.clauses["route"],
            "on": "documents.incoming.route",
            "when": of_class,
            "steps": steps,
        },
        {
            "id": "few",
            "kind": "cap",
            "clause": made.clauses["units"],
            "on": "documents.proposal.submit",
            "of": "responsible_units",
            "max": made.most_units,
            "else": {"effect": "refuse", "reason": made.too_many, "field": "responsible_units"},
        },
        {
            "id": "how",
            "kind": "check",
            "clause": made.clauses["measures"],
            "on": "documents.feedback.submit",
            "require": {"present": "measures"},
            "else": {"effect": "refuse", "reason": made.no_measures, "field": "measures"},
        },
        {
            "id": "work",
            "kind": "limit",
            "clause": made.clauses["work"],
            "on": arrived,
            "when": {"act": "handle"},
            "budget": {"value": made.handling_days, "unit": "working_days"},
            "ladder": "all",
        },
        {
            "id": "list",
            "kind": "register",
            "clause": made.clauses["register"],
            "name": made.register.name,
            "per": "unit",
            "unit_kinds": ["part"],
            "fields": {"person": {"label": "人", "type": "person"}},
            "min": made.register.least,
            "max": made.register.most,
            "over": made.register.over,
            "gap": made.register.gap,
        },
    ]
    for s in made.signatures:
        rules.append(
            {
                "id": f"in-time-{s.id}",
                "kind": "limit",
                "clause": s.clause,
                "on": arrived,
                "when": {"step": s.id},
                "budget": {"value": s.hours, "unit": "clock_hours"},
                "ladder": "all",
            }
        )
    return rules


def _organisation(made: Invention) -> dict[str, Any]:
    parts = ["one", "two", "three", "four"]
    people = [{"id": s.person, "name": s.person, "unit": "top", "post": f"post_{s.role}", "title": "长"} for s in made.signatures]
    people.append({"id": "desk", "name": "desk", "unit": "top", "post": f"post_{made.desk}", "title": "员"})
    people += [{"id": f"w-{part}", "name": f"w-{part}", "unit": part, "post": "post_worker", "title": "长"} for part in parts]
    return {
        "tenant": {"id": made.prefix, "display_name": made.title, "kind": "invented"},
        "packs": [],
        "administrator": {"id": "admin", "display_name": "管理员"},
        "units": [
            {"id": "top", "display_name": "局", "kind": "top"},
            *({"id": part, "display_name": part, "kind": "part"} for part in parts),
        ],
        "people": people,
    }
