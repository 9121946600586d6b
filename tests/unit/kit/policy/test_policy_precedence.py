"""What packs may do to each other: an instruction only tightens, a campaign replaces while it lasts."""

from copy import deepcopy
from datetime import date

import pytest

from services.kit.policy import RuleSet
from services.kit.policy.precedence import clashes, loosened
from tests.unit.kit.policy.office import BREACH, pack, rule

ARRIVED, DONE, SUBMIT, ROUTE = "trips.step.arrived", "trips.trip.done", "trips.trip.submit", "trips.trip.route"
NEAR = {"at": {"working_days_after": 1, "time": "09:00"}, "do": "notify", "to": ["boss"]}
STEPS = [
    {"id": "a", "act": "sign", "role": "head", "may": ["differ", "send_back"]},
    {"id": "b", "act": "sign", "role": "boss", "verdicts": ["approve", "disapprove"]},
]

BASE = {
    "limit": rule("limit", on=ARRIVED, budget={"value": 6, "unit": "clock_hours"}, ladder=[*BREACH, NEAR], when={"medium": "paper"}),
    "cap": rule("cap", of="days", max=3, min=1),
    "check": rule("check", require={"present": "title"}),
    "signer": rule("signer", signers=["head", "boss"], signed_by="role", delegable=False, passes_to=["boss"]),
    "approval": rule("approval", approvers=["head"], fields=["title"], asked="asked_at", before="due_at"),
    "visibility": rule("visibility", on=SUBMIT, acts=["read"], to=["head", "boss"], parties=False),
    "schedule": rule("schedule", do="trips.remind", times={"every": "day", "at": ["09:00"]}),
    "notice": rule("notice", on=DONE, to=["head"], text="NO"),
    "ledger": rule("ledger", on=DONE, name="trips", closed_by="head", fields=["title"]),
    "register": rule(
        "register",
        name="list",
        per="unit",
        fields={"who": {"label": "人"}},
        min=1,
        max=2,
        approved_by=["head"],
        maintained_by=["head", "boss"],
        gap="NO",
        gap_after={"value": 5, "unit": "working_days"},
    ),
    "matrix": rule("matrix", on=SUBMIT, rows=[{"gives": {"to": "boss"}}]),
    "quorum": rule("quorum", counted="present", entitled="entitled", share={"numerator": 1, "denominator": 2, "inclusive": False}),
    "ground": rule("ground", on=DONE, ground="7", mode="propose", to=["boss"]),
    "procedure": rule("procedure", on=ROUTE, steps=STEPS),
}


def changed(kind, path, value):
    """The base rule of a kind with one part changed."""
    made = deepcopy(BASE[kind])
    *way, last = path.split(".")
    target = made
    for key in way:
        target = target[int(key)] if isinstance(target, list) else target[key]
    if value is None:
        del target[int(last) if isinstance(target, list) else last]
    else:
        target[int(last) if isinstance(target, list) else last] = value
    return made


TIGHTER = [
    ("limit", "budget.value", 5),
    ("limit", "ladder", [*BREACH, NEAR, {**NEAR, "do": "escalate"}]),
    ("limit", "when", {}),
    ("cap", "max", 2),
    ("cap", "min", 2),
    ("check", "require", {"present": ["title", "days"]}),
    ("signer", "signers", ["clerk", "head", "boss"]),
    ("signer", "passes_to", None),
    ("approval", "approvers", ["head", "boss"]),
    ("approval", "fields", ["title", "days"]),
    ("visibility", "to", ["boss"]),
    ("schedule", "times.at", ["09:00", "15:00"]),
    ("notice", "to", ["head", "boss"]),
    ("ledger", "fields", ["title", "days"]),
    ("register", "max", 1),
    ("register", "gap_after.value", 3),
    ("register", "maintained_by", ["head"]),
    ("quorum", "share", {"numerator": 2, "denominator": 3}),
    ("quorum", "share.inclusive", False),
    ("ground", "to", ["boss", "head"]),
    ("procedure", "steps", [STEPS[0], {"id": "c", "act": "read", "role": "clerk"}, STEPS[1]]),
    ("procedure", "steps.0.may", ["differ"]),
    ("procedure", "steps.1.delegable", False),
]
LOOSER = [
    ("limit", "budget.value", 7, "7小时 instead of 6小时"),
    ("limit", "budget", {"value": 1, "unit": "office_hours"}, "1个工作小时 instead of 6小时"),
    ("limit", "budget", {"from": "due_at"}, "a number and a date of the matter cannot be compared"),
    ("limit", "ladder", BREACH, "rungs of the ladder are missing"),
    ("limit", "when", {"medium": "paper", "urgent": True}, "it applies in fewer cases"),
    ("limit", "hard", False, "'must' has become 'in principle'"),
    ("limit", "on", DONE, "it is asked at fewer points"),
    ("cap", "max", 4, "at most 4 instead of 3"),
    ("cap", "min", None, "at least None instead of 1"),
    ("cap", "of", "people", "it measures something else"),
    ("cap", "else", {"effect": "finding", "reason": "NO"}, "refuse has become finding"),
    ("check", "else", {"effect": "return", "reason": "NO"}, "refuse has become return"),
    ("signer", "signers", ["boss", "head"], "a signer is missing, or signs in another order"),
    ("signer", "delegable", True, "a delegate may sign"),
    ("signer", "passes_to", ["boss", "clerk"], "it may be passed to others"),
    ("approval", "approvers", ["boss"], "somebody's consent is no longer needed"),
    ("approval", "fields", None, "less has to be said"),
    ("visibility", "to", ["head", "boss", "clerk"], "others may see it"),
    ("visibility", "parties", True, "others may see it"),
    ("schedule", "times.at", ["15:00"], "it happens less often, or at other times"),
    ("notice", "to", ["boss"], "somebody is no longer told"),
    ("ledger", "fields", None, "less has to be entered"),
    ("ledger", "closed_by", "boss", "somebody else closes it"),
    ("register", "max", None, "the number of entries is wider"),
    ("register", "approved_by", None, "others may make entries, or fewer have to consent"),
    ("register", "maintained_by", None, "others may make entries, or fewer have to consent"),
    ("register", "gap_after", None, "a gap may stay longer"),
    ("matrix", "rows", [{"gives": {"to": "head"}}], "tables cannot be compared"),
    ("quorum", "share", {"numerator": 1, "denominator": 3}, "fewer are enough"),
    ("quorum", "share.inclusive", True, "fewer are enough"),
    ("ground", "mode", "manual", "it is proposed less often"),
    ("procedure", "steps.1", None, "step b is missing"),
    ("procedure", "steps.1.role", "head", "step b: somebody else acts, or something else is done"),
    ("procedure", "steps.1.after", [], "step b waits for less"),
    ("procedure", "steps.1.verdicts", None, "step b: other verdicts count"),
    ("procedure", "steps.1.when", {"urgent": True}, "step b: it holds up less"),
    ("procedure", "steps.0.may", ["differ", "send_back", "transfer"], "step a: more is allowed"),
]


def compared(kind, path, value):
    base, other = pack(BASE[kind]), pack(changed(kind, path, value))
    return loosened(base.rules[0], other.rules[0])


@pytest.mark.parametrize(("kind", "path", "value"), TIGHTER)
def test_tighter(kind, path, value):
    assert compared(kind, path, value) == []


@pytest.mark.parametrize(("kind", "path", "value", "what"), LOOSER)
def test_looser_is_said(kind, path, value, what):
    assert what in compared(kind, path, value)


@pytest.mark.parametrize("kind", BASE)
def test_a_rule_is_as_tight_as_itself(kind):
    base = pack(BASE[kind])
    assert loosened(base.rules[0], base.rules[0]) == (["tables cannot be compared"] if kind == "matrix" else [])


# ---- packs beside each other -----------------------------------------------------------------------------------------------

INSTRUCTION = {"pack": "note", "title": "局长要求", "layer": "instruction", "tightens": "trips-2020"}
CAMPAIGN = {"pack": "storm", "title": "效能风暴", "layer": "campaign", "effective_to": date(2021, 1, 1)}


def together(base, other, **head):
    return [str(clash) for clash in clashes([pack(base), pack(other, **head)])]


def test_an_instruction_may_tighten_and_then_stands_in_the_place_of_the_rule():
    base, note = pack(BASE["cap"]), pack({**BASE["cap"], "id": "two", "max": 2, "tightens": "one"}, **INSTRUCTION)
    assert clashes([base, note]) == []
    found = RuleSet([base, note]).check(SUBMIT, {"days": 4})
    assert [finding.rule for finding in found] == ["two"]


def test_an_instruction_may_not_loosen():
    looser = {**BASE["cap"], "id": "two", "max": 4, "tightens": "one"}
    assert together(BASE["cap"], looser, **INSTRUCTION) == [
        "note:two: at most 4 instead of 3: looser than trips-2020:one – an instruction may only tighten"
    ]


def test_a_check_that_tightens_is_asked_besides_the_first():
    base, note = pack(BASE["check"]), pack({**BASE["check"], "id": "two", "require": {"present": "days"}, "tightens": "one"}, **INSTRUCTION)
    assert clashes([base, note]) == []
    assert [f.rule for f in RuleSet([base, note]).check(SUBMIT, {})] == ["two", "one"]


REFUSED = [
    ({**BASE["procedure"], "id": "two"}, INSTRUCTION, "an instruction has no procedure of its own"),
    ({**BASE["cap"], "id": "two", "replaces": ["trips-2020:one"]}, INSTRUCTION, "a instruction may not replace a rule of a regulation"),
    ({**BASE["cap"], "id": "two", "tightens": "none"}, INSTRUCTION, "trips-2020 has no rule none"),
    ({**BASE["check"], "id": "two", "tightens": "one"}, INSTRUCTION, "a check cannot tighten a cap"),
    ({**BASE["check"], "id": "two", "replaces": ["trips-2020:one"]}, CAMPAIGN, "a check cannot stand for a cap"),
    ({**BASE["cap"], "id": "two", "replaces": ["trips-2020:none"]}, CAMPAIGN, "it replaces trips-2020:none, which is not there"),
    ({**BASE["cap"], "id": "two", "replaces": ["trips-2020:one"]}, {"pack": "same"}, "a regulation may not replace a rule of a regulation"),
]


@pytest.mark.parametrize(("other", "head", "what"), REFUSED)
def test_what_a_pack_may_not_do_to_another_is_said(other, head, what):
    assert any(what in clash for clash in together(BASE["cap"], other, **head))


def test_a_campaign_may_replace_and_an_instruction_needs_its_pack():
    assert together(BASE["cap"], {**BASE["cap"], "id": "two", "max": 9, "replaces": ["trips-2020:one"]}, **CAMPAIGN) == []
    assert "which is not in force" in str(clashes([pack(**INSTRUCTION)])[0])


def test_a_campaign_is_in_force_from_its_first_to_its_last_day():
    campaign = pack(**CAMPAIGN)
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2021, 1, 1), date(2021, 1, 2)]
    assert [campaign.in_force(day) for day in days] == [False, True, True, False]
