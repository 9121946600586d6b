"""The step machine: what each act does to a route."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from services.kit.procedure.errors import (
    Blocked,
    MatterEnded,
    NotAllowedHere,
    NotDistinct,
    OpenedAlready,
    OutOfOrder,
    UnclearVerdict,
)
from services.kit.procedure.instance import Instance
from services.kit.procedure.steps import Actor, Outcome, Step, StepState
from services.kit.procedure.template import Demand, Procedure, StepTemplate

START = datetime(2025, 9, 22, 1, tzinfo=UTC)


class Is:
    """A condition: a fact has a value."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts

    def holds(self, facts: Any) -> bool:
        return all(facts.get(name) == value for name, value in self.facts.items())


def step(id_: str, act: str = "sign", after: str = "", **more: Any) -> StepTemplate:
    more.setdefault("role", id_)
    return StepTemplate(id_, act, after=tuple(after.split()), **more)


ROUTE = Procedure(
    "route",
    (
        step("draft", "propose", sets=frozenset({"units", "lead"})),
        step("review", after="draft", distinct_from=("draft",), may=frozenset({"send_back"})),
        step("sign", after="review", may=frozenset({"object", "differ", "add_signer", "transfer", "send_back"}), blocks=("handle",),
             sets=frozenset({"important"})),
        step("final", after="sign", when=Is(important=True), decides=("sign",)),
        step("handle", "handle", after="final", each="units", lead="lead", closes=True, may=frozenset({"send_back"})),
        step("read", "read", after="final", each="readers", party="person", role="reader", waits=False),
    ),
    refuse={"out_of_order": Demand("ORDER", "x/1")},
)  # fmt: skip


class Run:
    """A route that is walked in a test; every act is one minute later."""

    def __init__(self, procedure: Procedure = ROUTE, **facts: object) -> None:
        ids = count(1)
        given = {"units": ["a", "b"], "lead": "a", "readers": ["r1", "r2"], **facts}
        self.route = Instance(procedure, lambda: f"s{next(ids)}", given)
        self.at = START
        self.changes = self.route.open(self.at)

    def tick(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def open(self) -> list[str]:
        return [s.step if not s.party else f"{s.step}:{s.party}" for s in self.route.open_steps()]

    def find(self, name: str) -> Step:
        template, _, party = name.partition(":")
        return next(s for s in self.route.open_steps() if s.step == template and s.party == party)

    def do(self, name: str, by: str = "", **outcome: Any) -> None:
        self.changes = self.route.complete(self.find(name).id, Actor(by or f"{name}-person"), Outcome(**outcome), self.tick())

    def through(self, *names: str) -> Run:
        for name in names:
            self.do(name)
        return self


def test_steps_open_one_after_the_other() -> None:
    run = Run()
    assert run.open() == ["draft"]
    run.do("draft")
    assert run.open() == ["review"]


def test_a_step_whose_condition_does_not_hold_is_skipped() -> None:
    run = Run().through("draft", "review", "sign")
    assert [s.step for s in run.changes.skipped] == ["final"]
    assert run.open() == ["handle:a", "handle:b", "read:r1", "read:r2"]


def test_a_fact_that_becomes_known_at_a_step_decides_about_the_next() -> None:
    run = Run().through("draft", "review")
    run.do("sign", facts={"important": True})
    assert run.open() == ["final"]


def test_only_a_fact_that_the_step_may_set_is_set() -> None:
    with pytest.raises(NotAllowedHere):
        Run().do("draft", facts={"important": True})


def test_all_parties_open_at_the_same_moment_and_one_leads() -> None:
    run = Run().through("draft", "review", "sign")
    tasks = [s for s in run.changes.opened if s.step == "handle"]
    assert {(s.party, s.lead, s.opened_at) for s in tasks} == {("a", True, run.at), ("b", False, run.at)}


def test_the_lead_party_closes_and_the_others_lapse_but_not_the_readers() -> None:
    run = Run().through("draft", "review", "sign", "handle:a")
    assert run.changes.closed
    assert [s.party for s in run.changes.lapsed] == ["b"]
    assert run.open() == ["read:r1", "read:r2"]


def test_another_party_does_not_close() -> None:
    run = Run().through("draft", "review", "sign", "handle:b")
    assert (run.changes.closed, run.route.state) == (False, "running")


def test_reading_goes_on_after_the_close() -> None:
    run = Run().through("draft", "review", "sign", "handle:a", "read:r1")
    assert run.open() == ["read:r2"]


def test_who_acted_may_not_act_where_the_route_wants_another_one() -> None:
    run = Run().through("draft")
    with pytest.raises(NotDistinct):
        run.do("review", by="draft-person")


def test_a_delegate_counts_as_the_one_for_whom_he_acts() -> None:
    run = Run()
    run.route.complete(run.find("draft").id, Actor("deputy", acting_for="chief"), Outcome(), run.tick())
    with pytest.raises(NotDistinct):
        run.do("review", by="chief")
    assert (run.route.steps[0].done_by, run.route.steps[0].done_for) == ("deputy", "chief")


def test_a_delegate_may_not_act_where_it_must_be_done_in_person() -> None:
    run = Run(Procedure("p", (step("sign", delegable=False),)))
    with pytest.raises(NotAllowedHere):
        run.route.complete("s1", Actor("deputy", acting_for="mayor"), Outcome(), run.tick())


def test_forwarding_past_a_step_is_refused_with_the_reason_of_the_route() -> None:
    with pytest.raises(OutOfOrder) as refused:
        Run().do("draft", forward_to="sign")
    assert refused.value.demand == Demand("ORDER", "x/1")


def test_an_objection_blocks_only_what_the_route_says() -> None:
    urgent = Procedure(
        "urgent",
        (
            step("now", "handle"),
            step("sign", may=frozenset({"object"}), blocks=("now",)),
            step("decide", after="sign", decides=("sign",)),
        ),
    )
    run = Run(urgent)
    run.do("sign", objection=True)
    with pytest.raises(Blocked):
        run.do("now")
    with pytest.raises(Blocked):
        run.route.ensure_open("now")
    run.do("decide")
    run.do("now")
    assert run.route.state == "closed"


def test_an_objection_is_allowed_only_where_the_route_says() -> None:
    with pytest.raises(NotAllowedHere):
        Run().do("draft", objection=True)


def test_sending_back_opens_a_new_generation_and_the_way_is_gone_again() -> None:
    run = Run().through("draft", "review")
    run.changes = run.route.send_back(run.find("sign").id, Actor("leader"), "说明不清", run.tick(), to="draft")
    assert [(s.step, s.generation) for s in run.changes.opened] == [("draft", 2)]
    run.through("draft", "review", "sign")
    assert run.open() == ["handle:a", "handle:b", "read:r1", "read:r2"]


def test_sending_back_leads_to_the_step_before_when_nothing_is_said() -> None:
    run = Run().through("draft", "review")
    run.route.send_back(run.find("sign").id, Actor("leader"), "退回", run.tick())
    assert run.open() == ["review"]


def test_a_unit_that_sends_back_leaves_the_others_their_tasks() -> None:
    run = Run().through("draft", "review", "sign")
    run.route.send_back(run.find("handle:b").id, Actor("b-head"), "不属本单位职责", run.tick(), to="sign")
    assert run.open() == ["handle:a", "sign"]
    run.route.facts["units"] = ["a", "c"]
    run.do("sign")
    assert [name for name in run.open() if name.startswith("handle")] == ["handle:a", "handle:c"]


def test_taking_back_works_until_the_next_one_has_opened_it() -> None:
    run = Run().through("draft")
    run.route.take_back("s1", Actor("draft-person"), run.tick())
    assert run.open() == ["draft"]
    run.do("draft")
    run.route.see(run.find("review").id, run.tick())
    with pytest.raises(OpenedAlready):
        run.route.take_back(run.changes.completed[0].id, Actor("draft-person"), run.tick())


def test_only_who_acted_takes_back() -> None:
    run = Run().through("draft")
    with pytest.raises(OutOfOrder):
        run.route.take_back("s1", Actor("somebody"), run.tick())


@pytest.mark.parametrize("position", ["before", "after"])
def test_what_follows_waits_for_an_added_signer(position: Any) -> None:
    run = Run().through("draft", "review")
    own = run.find("sign").id
    run.route.add_signer(own, Actor("leader"), "colleague", run.tick(), position)
    order = ["colleague", "leader"] if position == "before" else ["leader", "colleague"]
    for signer in order:
        (only,) = run.route.open_steps()
        run.route.complete(only.id, Actor(signer), Outcome(), run.tick())
    assert run.open() == ["handle:a", "handle:b", "read:r1", "read:r2"]


def test_a_transferred_step_stays_the_same_step() -> None:
    run = Run().through("draft", "review")
    before = run.find("sign")
    run.route.transfer(before.id, Actor("leader"), run.tick(), person="other")
    after = run.find("sign")
    assert (after.id, after.opened_at, after.person) == (before.id, before.opened_at, "other")


def test_a_branch_with_the_task_gets_no_second_one() -> None:
    procedure = Procedure(
        "urgent",
        (
            step("now", "handle", each="lead", party="unit"),
            step("sign"),
            step("handle", "handle", after="sign", each="units", lead="lead", merges_with="now", closes=True),
        ),
    )
    run = Run(procedure)
    run.do("sign")
    assert sorted(run.open()) == ["handle:b", "now:a"]
    run.do("now:a")
    assert run.route.state == "closed"


def test_work_done_ahead_does_not_close_before_the_signatures() -> None:
    procedure = Procedure(
        "urgent",
        (
            step("now", "handle", each="lead", party="unit"),
            step("sign"),
            step("handle", "handle", after="sign", each="units", lead="lead", merges_with="now", closes=True),
        ),
    )
    run = Run(procedure)
    run.do("now:a")
    assert run.route.state == "running"
    run.do("sign")
    assert run.route.state == "closed"


def test_another_division_of_work_ends_the_task_that_was_given_ahead() -> None:
    procedure = Procedure(
        "urgent",
        (
            step("now", "handle", each="lead", party="unit"),
            step("sign", sets=frozenset({"units", "lead"})),
            step("handle", "handle", after="sign", each="units", lead="lead", merges_with="now", closes=True),
        ),
    )
    run = Run(procedure)
    run.do("sign", facts={"units": ["c"], "lead": "c"})
    assert run.open() == ["handle:c"]


def test_serial_parties_come_one_after_the_other() -> None:
    serial = step("approve", each="leaders", party="person", serial=True)
    run = Run(Procedure("p", (serial, step("reply", after="approve"))), leaders=["x", "y"])
    assert run.open() == ["approve:x"]
    run.do("approve:x")
    assert run.open() == ["approve:y"]
    run.do("approve:y")
    assert run.open() == ["reply"]


def test_a_verdict_can_end_the_matter() -> None:
    run = Run(Procedure("p", (step("sign", ends_on=frozenset({"disapprove"})), step("issue", after="sign"))))
    run.do("sign", verdict="disapprove")
    assert (run.changes.ended, run.open()) == (True, [])
    with pytest.raises(MatterEnded):
        run.route.complete("s1", Actor("x"), Outcome(), run.tick())


def test_a_step_may_demand_a_clear_verdict() -> None:
    run = Run(Procedure("p", (step("approve", verdicts=frozenset({"approve", "disapprove"})),)))
    with pytest.raises(UnclearVerdict):
        run.do("approve", verdict="read")


def test_withdrawing_keeps_the_history() -> None:
    run = Run().through("draft")
    run.route.withdraw(run.tick(), "重新分类")
    assert [(s.step, s.state, s.current) for s in run.route.steps] == [
        ("draft", StepState.DONE, False),
        ("review", StepState.WITHDRAWN, False),
    ]


def test_a_skipped_step_opens_when_its_fact_becomes_true_in_time() -> None:
    procedure = Procedure("p", (step("ahead", when=Is(urgent=True), waits=False), step("draft"), step("sign", after="draft")))
    run = Run(procedure)
    assert run.open() == ["draft"]
    run.route.facts["urgent"] = True
    run.route.reconsider(run.tick())
    assert run.open() == ["draft", "ahead"]


def test_an_open_step_that_is_not_needed_any_more_is_left_out() -> None:
    run = Run(Procedure("route", (step("talk", when=Is(talked=False)), step("report", after="talk"))), talked=False)
    assert run.open() == ["talk"]
    run.route.facts["talked"] = True
    changes = run.route.reconsider(run.tick())
    assert ([(s.step, s.state) for s in changes.left_out], run.open()) == ([("talk", StepState.SKIPPED)], ["report"])


def test_a_step_that_would_be_left_out_is_named_with_those_who_still_have_to_act() -> None:
    run = Run(Procedure("route", (step("sign", each="units", label="会签"), step("issue", after="sign"))))
    run.do("sign:a")
    with pytest.raises(OutOfOrder) as refused:
        run.route.ensure_open("issue")
    assert refused.value.missing == (("会签", "b"),)


@pytest.mark.parametrize(
    ("steps", "what"),
    [
        ((), "has no step"),
        ((step("a"), step("a")), "appears twice"),
        ((step("a", after="b"),), "names b"),
        ((step("a", after="b"), step("b", after="a")), "wait for each other"),
        ((step("a", role=""),), "has no actor"),
        ((step("a", lead="lead"),), "no parties"),
    ],
)
def test_a_template_that_cannot_run_is_refused_in_words(steps: tuple[StepTemplate, ...], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        Procedure("p", steps)


def passing(**facts: object) -> Run:
    """A deputy may pass on to the head, whose step is there for what is important; a clerk may not."""
    deputy = step("deputy", after="clerk", passes_to="head")
    head = step("head", after="deputy", when=Is(important=True))
    return Run(Procedure("passing", (step("clerk"), deputy, head, step("issue", after="head"))), **facts)


def test_what_is_passed_on_opens_the_step_it_is_passed_to() -> None:
    run = passing()
    run.do("clerk")
    run.do("deputy", verdict="pass_on")
    assert run.open() == ["head"]


def test_without_passing_on_the_condition_decides() -> None:
    run = passing()
    run.do("clerk")
    run.do("deputy", verdict="approve")
    assert run.open() == ["issue"]


def test_only_where_it_is_said_something_is_passed_on() -> None:
    run = passing()
    with pytest.raises(NotAllowedHere):
        run.do("clerk", verdict="pass_on")
    assert run.open() == ["clerk"]
