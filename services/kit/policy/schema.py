"""The shape of a pack as JSON Schema (draft 2020-12): which keys there are, and what stands in them.

What needs more than the shape (names that must be declared, placeholders, circles) is `validate`. `document()` is published as
`docs/pack.schema.json`, for editors that complete and check while one writes.
"""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from services.kit.policy.declare import TYPES
from services.kit.policy.model import KINDS, LAYERS
from services.kit.procedure.template import RefusalKind

VERSION = 1

Schema = dict[str, Any]

SLUG = {"type": "string", "pattern": "^[a-z][a-z0-9_-]*$"}
NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
# A fact of the catalogue, or one that the pack declares: `fields.<name>`, `records.<kind>.<field>`.
FACT = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,3}$"}
REASON = {"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"}
CLAUSE = {"type": "string", "pattern": "^[a-z][a-z0-9-]*/[A-Za-z0-9.-]+$"}
TEXT = {"type": "string", "minLength": 1}
TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"}
DATE = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
PACK_ID = {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"}
PERMISSION = {"type": "string", "pattern": "^[a-z]+(:[a-z_]+){2}$"}
# What each pattern asks for, as an author reads it.
LOOKS: dict[str, str] = {
    str(SLUG["pattern"]): "small letters, digits, - and _, a letter first: several-matters",
    str(NAME["pattern"]): "small letters, digits and _, a letter first: section_chief",
    str(FACT["pattern"]): "the name of a fact: document_type, or fields.venue of one that the pack declares",
    str(REASON["pattern"]): "capital letters, digits and _: SEVERAL_MATTERS",
    str(CLAUSE["pattern"]): "the regulation and its article: example/3.1",
    str(TIME["pattern"]): "hours and minutes: 09:00",
    str(DATE["pattern"]): "a date: 2019-03-25",
    str(PACK_ID["pattern"]): "small letters, digits and -, a letter first: example-meetings-2026",
    str(PERMISSION["pattern"]): "service:thing:act: documents:document:issue",
}
COUNT = {"type": "integer", "minimum": 0}
BOOL = {"type": "boolean"}


def listed(item: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": item, "minItems": least}


def one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, listed(item, 1)]}


def table(value: Schema, names: Schema = NAME) -> Schema:
    return {"type": "object", "propertyNames": names, "additionalProperties": value}


def record(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def words(*values: str) -> Schema:
    return {"enum": list(values)}


# Further clauses that rest on the same rule or step, each with the keys (or words of `may`) that are its own.
ALSO = {"anyOf": [listed(CLAUSE, 1), table(listed({"type": "string"}), CLAUSE)]}
WHEN = {"type": "object"}
REQUIRE = {"type": "object", "minProperties": 1}
BUDGET = record({"unit": TEXT}, {"value": {"type": "integer", "minimum": 1}, "time": TIME, "roll": words("next_working_day", "none")})
REFUSAL = record({"effect": words("refuse", "return", "finding"), "reason": REASON}, {"field": FACT})
DEMAND = record({"reason": REASON}, {"clause": CLAUSE})
REFUSE = {
    "type": "object",
    "propertyNames": words(*get_args(RefusalKind)),
    "additionalProperties": DEMAND,
}
AT = {"anyOf": [{"const": "due"}, {"type": "object", "minProperties": 1, "maxProperties": 2}]}
RUNG = record(
    {"do": words("warn", "breach", "notify", "escalate", "open_supervision", "propose_accountability")},
    {
        "at": AT,
        "to": one_or_more(NAME),
        "clause": CLAUSE,
        "text": REASON,
        "chain": NAME,
        "when": WHEN,
        "repeat": record({"every": BUDGET, "times": {"type": "integer", "minimum": 1, "maximum": 60}}),
    },
)
LADDER = listed(RUNG, 1)
CHAIN = record({"clause": CLAUSE, "levels": listed(listed(NAME, 1), 2), "step": BUDGET})

STEP = record(
    {"id": SLUG, "act": NAME},
    {
        "role": NAME,
        "of": FACT,
        "person": FACT,
        "each": FACT,
        "party": words("unit", "person"),
        "serial": BOOL,
        "lead": FACT,
        "after": listed(SLUG),
        "when": WHEN,
        "distinct_from": listed(SLUG, 1),
        "may": listed(NAME, 1),
        "sets": listed(FACT, 1),
        "blocks": listed(SLUG, 1),
        "decides": listed(SLUG, 1),
        "merges_with": SLUG,
        "remark": TEXT,
        "closes": BOOL,
        "waits": BOOL,
        "returns_to": SLUG,
        "passes_to": SLUG,
        "ends_on": listed(NAME, 1),
        "verdicts": listed(NAME, 1),
        "delegable": BOOL,
        "label": TEXT,
        "clause": CLAUSE,
        "also": ALSO,
        "refuse": REFUSE,
    },
)

# The event that ends a limit; with `when`, only one of which this can be said.
UNTIL = {"anyOf": [TEXT, record({"event": TEXT}, {"when": WHEN})]}
DECLARED = record({"label": TEXT, "type": words(*TYPES)}, {"vocabulary": NAME})
FIELD = record({"label": TEXT, "type": words(*TYPES)}, {"vocabulary": NAME, "on": listed(NAME, 1)})
RECORD = record(
    {"label": TEXT},
    {"fields": table(DECLARED), "attachment": words("required", "optional", "none"), "by": listed(NAME, 1), "on": listed(NAME, 1)},
)
TIMES = {"type": "object", "minProperties": 1}  # read by `worktime.Schedule.parse`
COLUMN_TYPES = ("text", "int", "bool", "date", "code", "person", "unit", "persons", "units", "texts")
REGISTER_FIELD = record(
    {"label": TEXT},
    {
        "type": words(*COLUMN_TYPES),
        "required": BOOL,
        "values": listed(NAME, 1),
        "expected": BOOL,
        "unit_kinds": listed(NAME, 1),
        "holds": NAME,
        "not_holding": REASON,
        "listed": NAME,
        "not_listed": REASON,
        "from": {"anyOf": [record({"role": NAME}, {"of": NAME}), record({"post": NAME}, {"of": NAME})]},
    },
)

# What the rules of each kind hold beside what all rules hold: (required, optional).
RULES: dict[str, tuple[dict[str, Schema], dict[str, Schema]]] = {
    "procedure": ({"on": one_or_more(TEXT), "steps": listed(STEP, 1)}, {"remark": TEXT, "refuse": REFUSE}),
    "limit": (
        {"on": one_or_more(TEXT), "budget": {"anyOf": [BUDGET, record({"from": FACT})]}},
        {
            "ladder": {"anyOf": [NAME, LADDER]},
            "until": UNTIL,
            "default_of": NAME,
            "overrides": listed(SLUG, 1),
            "since": FACT,
            "answerable": NAME,
        },
    ),
    "check": ({"on": one_or_more(TEXT), "require": REQUIRE, "else": REFUSAL}, {}),
    "cap": (
        {"on": one_or_more(TEXT), "of": FACT, "else": REFUSAL},
        {"max": COUNT, "min": COUNT},
    ),
    "signer": (
        {"on": one_or_more(TEXT), "signers": listed(NAME, 1), "else": REFUSAL},
        {"signed_by": FACT, "delegated": FACT, "delegable": BOOL, "passes_to": listed(NAME, 1)},
    ),
    "approval": (
        {"on": one_or_more(TEXT), "approvers": listed(NAME, 1), "else": REFUSAL},
        {"given": FACT, "fields": listed(FACT, 1), "asked": FACT, "before": FACT},
    ),
    "visibility": (
        {"on": one_or_more(TEXT), "acts": listed(words("read", "print", "download", "excerpt", "forward"), 1), "to": listed(NAME)},
        {"parties": BOOL, "else": REFUSAL},
    ),
    "schedule": ({"times": TIMES, "do": TEXT}, {"to": listed(NAME, 1), "text": REASON, "settings": {"type": "object"}}),
    "notice": ({"on": one_or_more(TEXT), "to": listed(NAME, 1), "text": REASON}, {"of": FACT}),
    "ledger": (
        {"on": one_or_more(TEXT), "name": NAME, "closed_by": NAME},
        {"fields": listed(FACT, 1)},
    ),
    "register": (
        {"name": NAME, "fields": table(REGISTER_FIELD), "per": words("unit", "tenant", "each", "person", "entry")},
        {
            "unit_kinds": listed(NAME, 1),
            "each": one_or_more(NAME),
            "holders": NAME,
            "where": NAME,
            "outside": REASON,
            "expired": REASON,
            "incomplete": REASON,
            "term": record({}, {"from": NAME, "until": NAME}),
            "period": record({"column": NAME, "times": TIMES}),
            "read_by": listed(NAME, 1),
            "not_reader": REASON,
            "shared": BOOL,
            "min": COUNT,
            "max": COUNT,
            "over": REASON,
            "gap": REASON,
            "gap_after": BUDGET,
            "maintained_by": listed(NAME, 1),
            "approved_by": listed(NAME, 1),
            "not_approved": REASON,
            "not_maintained": REASON,
            "gap_clause": CLAUSE,
            "approval_clause": CLAUSE,
        },
    ),
    "matrix": ({"on": one_or_more(TEXT), "rows": listed(record({"gives": {"type": "object", "minProperties": 1}}, {"when": WHEN}), 1)}, {}),
    "quorum": (
        {
            "on": one_or_more(TEXT),
            "counted": FACT,
            "entitled": FACT,
            "share": record(
                {"numerator": {"type": "integer", "minimum": 1}, "denominator": {"type": "integer", "minimum": 1}}, {"inclusive": BOOL}
            ),
            "else": REFUSAL,
        },
        {},
    ),
    "ground": ({"on": one_or_more(TEXT), "ground": TEXT, "mode": words("propose", "manual")}, {"to": listed(NAME, 1), "text": REASON}),
}
COMMON: tuple[dict[str, Schema], dict[str, Schema]] = (
    {"id": SLUG, "kind": words(*KINDS), "clause": CLAUSE},
    {"also": ALSO, "when": WHEN, "label": TEXT, "hard": BOOL, "replaces": listed(TEXT, 1), "tightens": SLUG, "note": TEXT},
)

ROLE = record(
    {"label": TEXT},
    {
        "posts": listed(NAME, 1),
        "unit_kinds": listed(NAME, 1),
        "of": words("unit", "initiator_unit", "portfolio"),
        "serves": listed(NAME, 1),
        "members": BOOL,
        "initiator": BOOL,
        "person": FACT,
        "register": NAME,
        "fallback": listed(NAME, 1),
    },
)
PACK = record(
    {
        "schema": {"const": VERSION},
        "pack": PACK_ID,
        "version": {"type": "integer", "minimum": 1},
        "title": TEXT,
        "issuer": TEXT,
        "effective_from": {"anyOf": [DATE, {"type": "null"}]},
        "clauses": listed(record({"id": CLAUSE, "article": TEXT, "quote": TEXT}, {"assumed": BOOL, "guidance": BOOL}), 1),
        "rules": listed({"type": "object", "required": ["id", "kind", "clause"]}),
    },
    {
        "document_number": {"type": ["string", "null"]},
        "effective_to": {"anyOf": [DATE, {"type": "null"}]},
        "supersedes": listed(TEXT),
        "layer": words(*LAYERS),
        "tightens": TEXT,
        "binds_children": BOOL,
        "effective_clause": CLAUSE,
        "binds": record({"clause": CLAUSE}, {"unit_kinds": listed(NAME, 1), "units": listed(TEXT, 1)}),
        "set": listed(PACK_ID, 2),
        "owner": record({}, {"unit_kind": NAME, "role": NAME}),
        "source_text": TEXT,
        "office_hours": listed({"type": "array", "items": TIME, "minItems": 2, "maxItems": 2}, 1),
        "posts": table(TEXT),
        "unit_kinds": table(TEXT),
        "vocabularies": table(table(TEXT)),
        "fields": table(FIELD),
        "records": table(RECORD),
        "roles": table(ROLE),
        "grants": table(listed(PERMISSION)),
        "chains": table(CHAIN),
        "ladders": table(LADDER),
        "texts": table(TEXT, REASON),
    },
)


@cache
def rule(kind: str) -> Schema:
    """The schema of one kind of rule."""
    required, optional = RULES[kind]
    return record({**COMMON[0], "kind": {"const": kind}, **required}, {**COMMON[1], **optional})


def document() -> Schema:
    """The whole schema, with every kind of rule."""
    whole = {**PACK, "properties": dict(PACK["properties"])}
    whole["properties"]["rules"] = listed({"oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in KINDS]})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy pack",
        **whole,
        "$defs": {kind: rule(kind) for kind in KINDS},
    }
