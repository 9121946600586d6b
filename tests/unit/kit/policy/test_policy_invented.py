"""Regulations invented from seeds run as packs and nothing else: what they answer is what was written down while inventing them."""

import pytest

from services.kit.policy import RuleSet, load, validate
from services.kit.policy.source import write
from services.kit.procedure.instance import Instance
from services.kit.procedure.steps import Actor, Outcome
from services.kit.worktime import Budget
from services.platform.policy_cli import catalogue
from tests.scenario.invented import invent

SEEDS = range(12)


@pytest.fixture(params=SEEDS)
def invention(request):
    return invent(request.param)


@pytest.fixture
def rules(invention):
    return RuleSet([load(write(invention.pack))])


def test_it_is_a_right_pack(invention):
    assert validate(write(invention.pack), catalogue()) == []


@pytest.mark.parametrize("important", [False, True])
def test_its_route_is_the_one_that_was_invented(invention, rules, important, moment):
    procedure = rules.procedure("documents.incoming.route", {"document_class": invention.document_class})
    names = iter(range(100))
    route = Instance(procedure, lambda: f"s{next(names)}", {"important": important, "responsible_units": ["one"], "lead_unit": "one"})
    route.open(moment)
    taken = []
    while route.open_steps():
        (step,) = route.open_steps()
        taken.append(step.step)
        route.complete(step.id, Actor("somebody"), Outcome(), moment)
    assert (taken, route.state) == (invention.path(important), "closed")


def test_its_limits_are_the_ones_that_were_invented(invention, rules):
    for signature in invention.signatures:
        (limit,) = rules.limits("documents.step.arrived", {"step": signature.id, "act": signature.act, "role": signature.role})
        assert (limit.budget, limit.citation.clause) == (Budget(signature.hours, "clock_hours"), signature.clause)
    (work,) = rules.limits("documents.step.arrived", {"act": "handle", "role": "worker"})
    told = [(rung.offset, rung.to, rung.citation.clause) for rung in work.ladder if rung.do == "escalate"]
    chain = invention.clause("chain")
    assert work.budget == Budget(invention.handling_days, "working_days")
    assert told == [(Budget(day, "working_days", "10:30"), (role,), chain) for day, role in enumerate(invention.told, start=1)]


def test_its_refusals_are_the_ones_that_were_invented(invention, rules):
    most = invention.most_units
    assert rules.check("documents.proposal.submit", {"responsible_units": ["u"] * most}) == []
    (finding,) = rules.check("documents.proposal.submit", {"responsible_units": ["u"] * (most + 1)})
    assert (finding.reason, finding.citation.clause) == (invention.too_many, invention.clause("units"))
    assert finding.text == f"承办处不得超过{most}个，此件有{most + 1}个"
    (finding,) = rules.check("documents.feedback.submit", {})
    assert (finding.reason, finding.citation.clause, finding.field) == (invention.no_measures, invention.clause("measures"), "measures")


def test_its_register_and_grants_are_the_ones_that_were_invented(invention, rules):
    (register,) = rules.registers()
    expected = invention.register
    assert (register.name, register.least, register.most, register.over, register.gap) == (
        expected.name, expected.least, expected.most, expected.over, expected.gap,
    )  # fmt: skip
    assert rules.grants[invention.desk] == ("documents:document:classify", "documents:document:register")


def test_two_seeds_share_no_clause_and_no_reason():
    first, second = invent(1), invent(2)
    assert not {c["id"] for c in first.pack["clauses"]} & {c["id"] for c in second.pack["clauses"]}
    assert not set(first.pack["texts"]) & set(second.pack["texts"])
