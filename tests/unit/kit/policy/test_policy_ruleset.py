"""What a rule set answers, kind by kind."""

from datetime import UTC, date, datetime

import pytest

from services.kit.errors import RuleRefusal
from services.kit.policy import BadPack, RuleSet
from services.kit.policy.model import Rung
from services.kit.policy.ruleset import UnknownClause, UnknownText
from services.kit.worktime import Budget
from tests.unit.kit.policy.office import BREACH, pack, rule, ruleset

SUBMIT, ARRIVED = "trips.trip.submit", "trips.step.arrived"
NOON = datetime(2020, 1, 1, 4, tzinfo=UTC)


def reasons(rules, facts):
    return [finding.reason for finding in rules.check(SUBMIT, facts)]


def test_what_the_own_packs_rule_on_is_named_and_the_house_rules_are_not():
    own = pack(rule("check", require={"present": "title"}))
    house = pack(rule("check", on=ARRIVED, require={"present": "title"}), pack="house", layer="defaults")
    assert (RuleSet([own, house]).regulated, RuleSet([house]).regulated) == ({"trips.trip"}, set())


# ---- guards ---------------------------------------------------------------------------------------------------------------


def test_a_check_that_is_not_met_is_found_with_text_and_article():
    rules = ruleset(rule("check", require={"present": "title"}, **{"else": {"effect": "refuse", "reason": "NO", "field": "title"}}))
    (finding,) = rules.check(SUBMIT, {})
    assert (finding.rule, finding.effect, finding.reason, finding.text, finding.field) == ("one", "refuse", "NO", "不行", "title")
    assert (str(finding.citation), finding.citation.clause, finding.citation.version) == ("《出差办法》第一条", "trips/1.1", 1)


def test_a_rule_that_does_not_apply_finds_nothing():
    rules = ruleset(rule("check", require={"present": "title"}, when={"sort": "visit"}))
    assert reasons(rules, {"sort": "meeting"}) == []


def test_enforce_refuses_what_refuses_and_gives_back_the_rest():
    refused = rule("check", "refused", require={"present": "title"})
    noted = rule("check", "noted", require={"present": "days"}, **{"else": {"effect": "finding", "reason": "NO"}})
    returned = rule("check", "returned", require={"present": "sort"}, **{"else": {"effect": "return", "reason": "NO"}})
    rules = ruleset(refused, noted, returned)
    with pytest.raises(RuleRefusal) as raised:
        rules.enforce(SUBMIT, {})
    assert [finding.rule for finding in raised.value.findings] == ["refused"]
    assert raised.value.message == "不行（《出差办法》第一条）"
    assert [(f.rule, f.effect, f.hard) for f in rules.enforce(SUBMIT, {"title": "x"})] == [
        ("noted", "finding", False),
        ("returned", "return", True),
    ]


@pytest.mark.parametrize(("days", "text"), [(3, None), (4, "最长3天，申请了4天"), (None, None)])
def test_a_cap_tells_both_numbers(days, text):
    rules = ruleset(rule("cap", of="days", max=3, **{"else": {"effect": "refuse", "reason": "TOO_LONG"}}))
    assert [f.text for f in rules.check(SUBMIT, {"days": days})] == ([text] if text else [])


def test_a_cap_has_a_lower_end_too_and_counts_lists():
    rules = ruleset(rule("cap", of="people", min=2))
    assert [reasons(rules, {"people": ["a"] * n}) for n in (1, 2)] == [["NO"], []]


SIGNER = rule("signer", signers=["boss"], signed_by="role", delegated="delegated", delegable=False, passes_to=["head"])


@pytest.mark.parametrize(
    ("facts", "found"),
    [({"role": "boss"}, []), ({"role": "head"}, []), ({"role": "clerk"}, ["NO"]), ({"role": "boss", "delegated": True}, ["NO"]), ({}, [])],
)
def test_a_signer_signs_in_person(facts, found):
    rules = ruleset(SIGNER)
    assert reasons(rules, facts) == found
    (signer,) = rules.signers(SUBMIT, facts)
    assert (signer.roles, signer.delegable, signer.passes_to) == (("boss",), False, ("head",))


APPROVAL = rule("approval", approvers=["head", "boss"], given="roles", fields=["title"], asked="asked_at", before="due_at")


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"roles": ["boss"]}, ["NO"]),
        ({"title": ""}, ["NO"]),
        ({"asked_at": NOON.replace(hour=5)}, ["NO"]),
        ({"asked_at": None}, []),
    ],
)
def test_an_approval_needs_everybody_everything_and_in_time(changed, found):
    rules = ruleset(APPROVAL)
    facts = {"roles": ["boss", "head"], "title": "x", "asked_at": NOON, "due_at": NOON, **changed}
    assert reasons(rules, facts) == found
    assert rules.approvals(SUBMIT, facts)[0].roles == ("head", "boss")


@pytest.mark.parametrize(
    ("present", "inclusive", "met"), [(5, True, True), (5, False, False), (6, False, True), (4, True, False), (0, True, False)]
)
def test_a_quorum_counts_shares_exactly(present, inclusive, met):
    rules = ruleset(
        rule("quorum", counted="present", entitled="entitled", share={"numerator": 1, "denominator": 2, "inclusive": inclusive})
    )
    facts = {"present": present, "entitled": 10}
    assert (rules.quorum(SUBMIT, facts)[0].met, reasons(rules, facts)) == (met, [] if met else ["NO"])


def test_nobody_entitled_makes_no_quorum():
    rules = ruleset(rule("quorum", counted="people", entitled="units", share={"numerator": 2, "denominator": 3}))
    assert reasons(rules, {"people": [], "units": []}) == ["NO"]


# ---- limits ---------------------------------------------------------------------------------------------------------------

SIX = {"value": 6, "unit": "clock_hours"}


def limit(id="one", **parts):
    return rule("limit", id, **{"on": ARRIVED, "budget": SIX, "ladder": BREACH, **parts})


def test_a_limit_has_its_budget_ladder_and_article():
    (answer,) = ruleset(limit(hard=False, label="签阅")).limits(ARRIVED, {})
    assert (answer.rule, answer.budget, answer.due_at, answer.hard, answer.label) == ("one", Budget(6, "clock_hours"), None, False, "签阅")
    assert answer.ladder == (Rung("breach", 0, None, (), answer.citation),)


def test_a_limit_takes_its_moment_from_the_matter_or_does_not_start():
    rules = ruleset(limit(budget={"from": "due_at"}))
    assert rules.limits(ARRIVED, {}) == []
    assert rules.limit(ARRIVED, {"due_at": NOON}).due_at == NOON


def test_limits_run_beside_each_other_unless_one_overrides_the_other():
    rules = ruleset(limit("short"), limit("long", when={"urgent": True}, overrides=["short"], until="trips.trip.done"))
    assert [answer.rule for answer in rules.limits(ARRIVED, {})] == ["short"]
    assert [answer.rule for answer in rules.limits(ARRIVED, {"urgent": True})] == ["long"]
    assert rules.limit(ARRIVED, {"urgent": True}, until="") is None


def test_a_default_is_offered_and_does_not_run():
    rules = ruleset(limit(on=SUBMIT, default_of="due_at"))
    assert (rules.limits(SUBMIT, {}), [answer.default_of for answer in rules.defaults(SUBMIT, {})]) == ([], ["due_at"])


CHAINS = {
    "up": {"clause": "trips/2.1", "step": {"value": 1, "unit": "working_days", "time": "09:00"}, "levels": [["clerk"], ["head"], ["boss"]]}
}


@pytest.mark.parametrize(("role", "told"), [("clerk", [(1, "head"), (2, "boss")]), ("head", [(1, "boss")]), ("boss", [])])
def test_a_chain_tells_one_level_after_another(role, told):
    rules = ruleset(limit(ladder=[*BREACH, {"do": "escalate", "chain": "up", "text": "NO"}]), chains=CHAINS)
    (answer,) = rules.limits(ARRIVED, {"role": role})
    rungs = [rung for rung in answer.ladder if rung.do == "escalate"]
    assert [(rung.offset.value, rung.to[0]) for rung in rungs] == told
    assert all((rung.side, rung.offset.time, rung.citation.clause, rung.text) == (1, "09:00", "trips/2.1", "不行") for rung in rungs)


def test_a_rung_is_repeated():
    press = {
        "at": {"working_days_after": 1, "time": "09:00"},
        "do": "notify",
        "to": "head",
        "repeat": {"every": {"value": 2, "unit": "working_days"}, "times": 2},
    }
    (answer,) = ruleset(limit(ladder=[*BREACH, press])).limits(ARRIVED, {})
    assert [rung.offset.value for rung in answer.ladder if rung.do == "notify"] == [1, 3, 5]


def test_a_rung_may_stand_before_the_due_moment():
    warn = {"at": {"working_days_before": 2, "time": "09:00"}, "do": "warn", "to": ["head", "boss"]}
    (answer,) = ruleset(limit(ladder=[warn, *BREACH])).limits(ARRIVED, {})
    assert (answer.ladder[0].side, answer.ladder[0].offset, answer.ladder[0].to) == (
        -1,
        Budget(2, "working_days", "09:00"),
        ("head", "boss"),
    )


# ---- the others ----------------------------------------------------------------------------------------------------------


def test_a_procedure_keeps_the_order_of_its_steps_unless_told():
    steps = [
        {"id": "a", "act": "sign", "role": "head"},
        {"id": "b", "act": "sign", "role": "boss", "when": {"urgent": True}},
        {"id": "c", "act": "read", "role": "clerk", "after": []},
    ]
    procedure = ruleset(rule("procedure", on="trips.trip.route", steps=steps, label="流程")).procedure("trips.trip.route", {})
    assert [(step.id, step.after) for step in procedure.steps] == [("a", ()), ("b", ("a",)), ("c", ())]
    assert procedure.step("b").when.holds({"urgent": True})
    assert not procedure.step("b").when.holds({})


def test_a_procedure_has_its_own_reasons():
    steps = [{"id": "a", "act": "sign", "role": "head", "clause": "trips/2.1", "refuse": {"blocked": {"reason": "NO"}}}]
    rules = ruleset(rule("procedure", on="trips.trip.route", steps=steps, refuse={"out_of_order": {"reason": "NO"}}))
    demands = [rules.procedure("trips.trip.route", {}).demand("a", kind) for kind in ("blocked", "out_of_order")]
    assert [(demand.reason, demand.clause) for demand in demands] == [("NO", "trips/2.1"), ("NO", "trips/1.1")]
    finding = rules.demand(demands[0].reason, demands[0].clause)
    assert (finding.text, str(finding.citation)) == ("不行", "《出差办法》第二条")


def test_a_matrix_gives_the_first_row_that_applies():
    rows = [{"when": {"days": {"min": 3}}, "gives": {"to": "boss"}}, {"gives": {"to": "head"}}]
    rules = ruleset(rule("matrix", on=SUBMIT, rows=rows))
    assert [rules.matrix(SUBMIT, {"days": days}).gives["to"] for days in (2, 3)] == ["head", "boss"]
    assert ruleset(rule("matrix", on=SUBMIT, rows=rows[:1])).matrix(SUBMIT, {"days": 1}) is None


def test_a_schedule_has_its_text_and_times():
    (duty,) = ruleset(
        rule("schedule", do="trips.remind", times={"every": "day", "at": ["09:00"]}, text="NO", settings={"a": 1})
    ).schedules()
    assert (duty.job, duty.text, duty.spec, duty.settings) == ("trips.remind", "不行", {"every": "day", "at": ["09:00"]}, {"a": 1})


def test_a_schedule_that_never_happens_is_refused():
    with pytest.raises(BadPack):
        pack(rule("schedule", do="trips.remind", times={"every": "moon"}))


def test_a_notice_is_filled():
    rules = ruleset(
        rule("notice", on="trips.trip.done", to=["boss"], text="DONE"),
        texts={"DONE": "{sort}去了{people}人，{role}，{due_at}，{urgent}，{title}"},
    )
    facts = {"sort": "visit", "people": ["a", "b"], "role": "boss", "due_at": NOON, "urgent": True}
    assert rules.notices("trips.trip.done", facts)[0].text == "考察去了2人，局长，2020-01-01 12:00，是，（空）"


def test_ledgers_registers_grounds_and_visibility_answer():
    rules = ruleset(
        rule("ledger", "ledger", on="trips.trip.done", name="trips", closed_by="head", label="台账", fields=["title"]),
        rule(
            "register",
            "register",
            name="list",
            per="each",
            each=["sort", "size"],
            fields={"who": {"label": "人", "type": "person"}},
            min=1,
            max=2,
            gap="NO",
        ),
        rule("ground", "ground", on="trips.trip.done", when={"urgent": True}, ground="7", mode="propose", to=["boss"], text="NO"),
        rule("visibility", "visibility", on=SUBMIT, acts=["read"], to=["boss"]),
        vocabularies={"sort": {"visit": "考察", "meeting": "会议"}, "size": {"big": "大"}},
    )
    assert (rules.ledger("trips.trip.done", {}).name, rules.ledger("trips.trip.done", {}).fields) == ("trips", ("title",))
    (register,) = rules.registers()
    assert (register.labels, register.least, register.most, register.gap) == (
        {"visit.big": "考察·大", "meeting.big": "会议·大"},
        1,
        2,
        "NO",
    )
    assert register.each == ("visit.big", "meeting.big")
    assert [g.text for g in rules.grounds("trips.trip.done", {"urgent": True})] == ["不行"]
    assert rules.grounds("trips.trip.done", {}) == []
    assert [v.roles for v in rules.visibility(SUBMIT, {})] == [("boss",)]


# ---- several packs -------------------------------------------------------------------------------------------------------


def other(*rules, **head):
    clauses = [{"id": "other/1.1", "article": "第一条", "quote": "另行规定"}]
    made = [{**one, "clause": "other/1.1"} for one in rules]
    return pack(*made, **{"pack": "other", "title": "另一办法", "clauses": clauses, "effective_from": date(2021, 1, 1), **head})


def test_the_more_particular_pack_gives_the_one_answer():
    steps = [{"id": "a", "act": "sign", "role": "head"}]
    first = pack(rule("procedure", "first", on="trips.trip.route", steps=steps))
    routes = {}
    for layer, end in [("defaults", None), ("regulation", None), ("campaign", date(2022, 1, 1))]:
        second = other(rule("procedure", "second", on="trips.trip.route", steps=steps), layer=layer, effective_to=end)
        routes[layer] = RuleSet([first, second]).procedure("trips.trip.route", {}).id
    assert routes == {"defaults": "first", "regulation": "second", "campaign": "second"}


def test_demands_of_all_packs_add_up_unless_one_is_replaced():
    first = pack(rule("check", "first", require={"present": "title"}))
    added = RuleSet([first, other(rule("check", "second", require={"present": "days"}))])
    assert [f.rule for f in added.check(SUBMIT, {})] == ["second", "first"]
    replaced = RuleSet([first, other(rule("check", "second", require={"present": "days"}, replaces=["trips-2020:first"]))])
    assert [f.rule for f in replaced.check(SUBMIT, {})] == ["second"]


def test_roles_texts_grants_and_pins_of_several_packs():
    first = pack(grants={"head": ["trips:trip:sign"]}, office_hours=[["08:00", "12:00"]])
    second = other(grants={"head": ["trips:trip:close"]}, texts={"NO": "绝对不行"}, version=4)
    rules = RuleSet([first, second])
    assert rules.grants == {"head": ("trips:trip:close", "trips:trip:sign")}
    assert (rules.text("NO"), rules.office_hours) == ("绝对不行", (("08:00", "12:00"),))
    assert (rules.pins, rules.citation("trips/1.1").regulation) == ({"other": 4, "trips-2020": 1}, "出差办法")
    with pytest.raises(UnknownClause):
        rules.citation("trips/9.9")
    with pytest.raises(UnknownText):
        rules.text("NOTHING")


def test_a_rule_speaks_with_the_text_of_its_own_pack():
    first = pack(rule("check", "first", require={"present": "title"}))
    rules = RuleSet([first, other(texts={"NO": "绝对不行"})])
    assert [f.text for f in rules.check(SUBMIT, {})] == ["不行"]


def test_a_role_falls_back_on_others_in_their_order():
    boss = ruleset().role("boss")
    assert (boss.posts, [role.name for role in boss.fallback], boss.fallback[0].of) == (("boss",), ["head"], "unit")
