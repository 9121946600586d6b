"""What a policy pack says about a procedure: steps, actors, order, branches, parallel parties.

A template is plain data. Conditions (`when`) arrive compiled by `kit.policy`; here they are only asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Facts = Mapping[str, object]


class Condition(Protocol):
    """A compiled `when`: does it hold for these facts? A fact that is not known yet does not hold."""

    def holds(self, facts: Facts) -> bool: ...


@dataclass(frozen=True)
class Demand:
    """How the pack refuses an act: its reason code and the clause that demands it."""

    reason: str
    clause: str


# Why the engine may refuse an act. A pack names its own reason for each of them, on a step or on the procedure.
# `too_early` is asked at the step that somebody wants to act on or forward to, `skipped` at the step that would be left out,
# `out_of_order` is for both when neither is named. `not_holder`: the step lies with others, and the pack says with whom.
RefusalKind = Literal[
    "too_early", "skipped", "out_of_order", "not_distinct", "blocked", "not_allowed", "opened_already", "unclear", "ended", "not_holder"
]


@dataclass(frozen=True)
class StepTemplate:
    """One step of a procedure."""

    id: str
    # What is done here: a word of the service's list of acts (propose, review, sign, decide, handle, read, …).
    act: str
    # Role that acts, by its name in the pack. Empty only where `person` names a fact.
    role: str = ""
    # Fact that names the unit whose role is meant (`lead_unit`, `initiating_unit`); empty: a role of the whole tenant.
    of: str = ""
    # Fact that names the person who acts (`drafter`, `lead_leader`). Known: that person; not known: the role.
    person: str = ""
    # Fact with a list: one step per element, all at once. `party` says what the elements are.
    each: str = ""
    party: Literal["unit", "person"] = "unit"
    # With `each`: one party after the other, in the order of the list.
    serial: bool = False
    # With `each`: fact that names the party in the lead.
    lead: str = ""
    # Steps that must be done (or skipped) before. Empty: opens at the start.
    after: tuple[str, ...] = ()
    # Taken only if this holds at the moment when all of `after` are done; else skipped.
    when: Condition | None = None
    # Steps whose actors may not act here too (neither themselves nor through a delegate).
    distinct_from: tuple[str, ...] = ()
    # What the actor may do beside completing: differ, object, send_back, take_back, add_signer, transfer, mark_<fact>.
    may: frozenset[str] = frozenset()
    # Facts that the actor may set when completing (`important`, `readers`, `responsible_units`, …).
    sets: frozenset[str] = frozenset()
    # Steps that an undecided objection raised here keeps from being acted on.
    blocks: tuple[str, ...] = ()
    # Steps whose objections are decided by completing this one.
    decides: tuple[str, ...] = ()
    # Step of another branch that already gave the same parties their task: no second task is opened for them.
    merges_with: str = ""
    # Shown with the step (and with everything that it opens).
    remark: str = ""
    # Completing it (by the lead party, if there is one; by all parties, if not) closes the matter.
    closes: bool = False
    # False: does not hold up what comes after, nor the close (reading copies, reports).
    waits: bool = True
    # Step to which the verdict `pass_on` leads: it opens then whatever its `when` says. Empty: nothing can be passed on from here.
    passes_to: str = ""
    # Where `send_back` leads when nothing is said; empty: to the step before.
    returns_to: str = ""
    # Verdicts that end the matter here (`disapprove`).
    ends_on: frozenset[str] = frozenset()
    # Verdicts that count as an act here; empty: any.
    verdicts: frozenset[str] = frozenset()
    # May a delegate act? False where the regulation says 'in person'.
    delegable: bool = True
    # What users call the step, in Chinese; empty: the service's word for the act.
    label: str = ""
    clause: str = ""
    # The pack's own reasons: refusal kind -> demand.
    refuse: Mapping[str, Demand] = field(default_factory=dict)


@dataclass(frozen=True)
class Procedure:
    """A procedure: the route of a matter, from one rule of a pack."""

    id: str
    steps: tuple[StepTemplate, ...]
    clause: str = ""
    label: str = ""
    # Shown with every step of the route.
    remark: str = ""
    # Reasons for all steps that name none of their own.
    refuse: Mapping[str, Demand] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for problem in problems(self):
            raise ValueError(f"procedure {self.id}: {problem}")

    def step(self, step_id: str) -> StepTemplate:
        return next(step for step in self.steps if step.id == step_id)

    def demand(self, step_id: str, kind: str) -> Demand | None:
        """The pack's own reason for a refusal of this kind at this step."""
        return self.step(step_id).refuse.get(kind) or self.refuse.get(kind)


def problems(procedure: Procedure) -> list[str]:
    """What keeps a template from being a procedure, in words."""
    ids = [step.id for step in procedure.steps]
    found = [f"step {step_id} appears twice" for step_id in sorted({i for i in ids if ids.count(i) > 1})]
    if not ids:
        return ["has no step"]
    for step in procedure.steps:
        named = (*step.after, *step.distinct_from, *step.blocks, *step.decides)
        named += tuple(name for name in (step.merges_with, step.returns_to, step.passes_to) if name)
        found += [f"step {step.id} names {name}, which is no step" for name in named if name not in ids]
        if not step.role and not step.person and step.party != "person":
            found.append(f"step {step.id} has no actor")
        if (step.lead or step.serial) and not step.each:
            found.append(f"step {step.id} has a lead or an order of parties, but no parties")
    return found + _circles(procedure, set(ids))


def _circles(procedure: Procedure, ids: set[str]) -> list[str]:
    """Steps that can never open because they wait for themselves."""
    done: set[str] = set()
    left = {step.id: {name for name in step.after if name in ids} for step in procedure.steps}
    while ready := [step_id for step_id, waits in left.items() if waits <= done]:
        done.update(ready)
        for step_id in ready:
            del left[step_id]
    return [f"steps {', '.join(sorted(left))} wait for each other"] if left else []
