"""The laws of the step machine, on random routes and random acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.kit.procedure import graph
from services.kit.procedure.errors import RouteRefused
from services.kit.procedure.instance import Instance, restore
from services.kit.procedure.steps import Actor, Outcome, StepState
from services.kit.procedure.template import Procedure, StepTemplate

START = datetime(2025, 9, 22, 1, tzinfo=UTC)
MAY = frozenset({"send_back", "add_signer", "transfer", "object", "differ"})
ACTS = ("complete", "send_back", "take_back", "add_before", "add_after", "transfer", "see", "object")


class Flag:
    def __init__(self, fact: str) -> None:
        self.fact = fact

    def holds(self, facts: Any) -> bool:
        return bool(facts.get(self.fact))


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """A route of up to seven steps: serial and parallel, with parties, conditions and objections."""
    size = draw(st.integers(1, 7))
    steps: list[StepTemplate] = []
    for index in range(size):
        known = [s.id for s in steps]
        after = draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else []
        template = StepTemplate(f"s{index}", "act", role="r", after=tuple(after), may=MAY, sets=frozenset({"flag"}))
        if draw(st.booleans()):
            template = replace(template, each="units", lead=draw(st.sampled_from(["", "lead"])), serial=draw(st.booleans()))
        if draw(st.integers(0, 3)) == 0:
            template = replace(template, when=Flag("flag"))
        if known and draw(st.integers(0, 3)) == 0:
            template = replace(template, decides=(draw(st.sampled_from(known)),))
        template = replace(template, waits=draw(st.integers(0, 4)) > 0, closes=draw(st.integers(0, 5)) == 0)
        steps.append(template)
    blocked = [s.id for s in steps[1:]]
    if blocked:
        steps[0] = replace(steps[0], blocks=(draw(st.sampled_from(blocked)),))
    return Procedure("random", tuple(steps))


@st.composite
def walks(draw: st.DrawFn) -> tuple[Procedure, list[tuple[str, int, bool]]]:
    return draw(procedures()), draw(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 50), st.booleans()), max_size=25))


def walk(procedure: Procedure, acts: list[tuple[str, int, bool]], *, restored: bool = False) -> Instance:
    """Walks a route; after every act its laws are looked at."""
    ids = count(1)
    route = Instance(procedure, lambda: f"i{next(ids)}", {"units": ["a", "b"], "lead": "a"})
    route.open(START)
    laws(route)
    for minute, (act, pick, flag) in enumerate(acts, start=1):
        before = len(route.steps)
        kept = snapshot(route)
        try:
            perform(route, act, pick, flag, START + timedelta(minutes=minute))
        except RouteRefused:
            assert snapshot(route) == kept, "a refusal changes nothing"
        assert len(route.steps) >= before, "no step is lost"
        laws(route)
        if restored:
            route = restore(procedure, route.new_id, route.steps, route.facts, route.arrived, route.objections, route.state)
    return route


def perform(route: Instance, act: str, pick: int, flag: bool, at: datetime) -> None:
    open_steps = route.open_steps()
    done = [s for s in route.steps if s.state is StepState.DONE and s.current]
    among = done if act == "take_back" else open_steps
    if not among:
        return
    step = among[pick % len(among)]
    actor = Actor("somebody")
    match act:
        case "complete":
            route.complete(step.id, actor, Outcome(facts={"flag": flag}), at)
        case "object":
            route.complete(step.id, actor, Outcome(objection=True), at)
        case "send_back":
            route.send_back(step.id, actor, "why", at)
        case "take_back":
            route.take_back(step.id, actor, at)
        case "add_before":
            route.add_signer(step.id, actor, f"p{at.minute}", at, "before")
        case "add_after":
            route.add_signer(step.id, actor, f"p{at.minute}", at, "after")
        case "transfer":
            route.transfer(step.id, actor, at, person="other")
        case "see":
            route.see(step.id, at)


def laws(route: Instance) -> None:
    current = [s for s in route.steps if s.current]
    keys = [(s.step, s.party, s.generation) for s in route.steps if not s.added_to]
    assert len(keys) == len(set(keys)), "a generation happens once"
    for step in current:
        if step.active:
            for before in graph.ancestors(route.procedure, step.step):
                assert before in route.arrived, f"{step.step} is open, {before} has not come"
    for name in {s.step for s in current}:
        template = route.procedure.step(name)
        parties = [s.party for s in current if s.step == name and not s.added_to and s.state is not StepState.SKIPPED]
        assert len(parties) == len(set(parties)), "one task for each party"
        if template.serial:
            assert len([s for s in current if s.step == name and s.active and not s.added_to]) <= 1, "serial parties come one by one"
    if route.state == "running":
        assert any(s.active for s in current) or not route.arrived, "a route that runs lies with somebody"


def snapshot(route: Instance) -> Any:
    return (list(route.steps), set(route.arrived), list(route.objections), route.state, dict(route.facts))


@given(walks())
def test_no_act_breaks_a_law(walked: tuple[Procedure, list[tuple[str, int, bool]]]) -> None:
    walk(*walked)


@given(walks())
def test_the_same_acts_give_the_same_state_also_when_it_was_stored_between(walked: tuple[Procedure, list[tuple[str, int, bool]]]) -> None:
    assert snapshot(walk(*walked)) == snapshot(walk(*walked, restored=True))


@given(procedures())
def test_a_route_that_is_only_completed_ends(procedure: Procedure) -> None:
    ids = count(1)
    route = Instance(procedure, lambda: f"i{next(ids)}", {"units": ["a", "b"], "lead": "a"})
    route.open(START)
    for minute in range(1, 60):
        if route.state != "running":
            break
        route.complete(route.open_steps()[0].id, Actor("somebody"), Outcome(), START + timedelta(minutes=minute))
    assert route.state == "closed"
