"""What a policy pack says about a procedure: steps, actors, order, branches, parallel parties.

A template is plain data. Conditions (`when`) arrive compiled by `kit.policy`; here they are only asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
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
        for flaw in flaws(self.steps):
            raise ValueError(f"procedure {self.id}: {flaw.what}")

    def step(self, step_id: str) -> StepTemplate:
        return next(step for step in self.steps if step.id == step_id)

    def demand(self, step_id: str, kind: str) -> Demand | None:
        """The pack's own reason for a refusal of this kind at this step."""
        return self.step(step_id).refuse.get(kind) or self.refuse.get(kind)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What keeps steps from being a procedure: at which of them, what, and how to mend it."""

    index: int
    what: str
    mend: str


def flaws(steps: Sequence[StepTemplate]) -> list[Flaw]:
    """What keeps steps from being a procedure, in words."""
    ids = [step.id for step in steps]
    if not ids:
        return [Flaw(0, "has no step", "write at least one step")]
    found: list[Flaw] = []
    for index, step in enumerate(steps):
        if step.id in ids[:index]:
            found.append(Flaw(index, f"step {step.id} appears twice", "call one of them otherwise"))
        named = (*step.after, *step.distinct_from, *step.blocks, *step.decides)
        named += tuple(name for name in (step.merges_with, step.returns_to, step.passes_to) if name)
        for name in named:
            if name not in ids:
                near = get_close_matches(name, ids, 1)
                mend = f"did you mean {near[0]}?" if near else f"the steps are {', '.join(ids)}"
                found.append(Flaw(index, f"step {step.id} names {name}, which is no step", mend))
        if not step.role and not step.person and step.party != "person":
            found.append(Flaw(index, f"step {step.id} has no actor", "give it a `role`, a `person` or `each` with `party: person`"))
        if (step.lead or step.serial) and not step.each:
            found.append(Flaw(index, f"step {step.id} has a lead or an order of parties, but no parties", "name them with `each`"))
    return found + _circles(steps, set(ids))


def _circles(steps: Sequence[StepTemplate], ids: set[str]) -> list[Flaw]:
    """Steps that can never open because they wait for themselves."""
    done: set[str] = set()
    left = {step.id: {name for name in step.after if name in ids} for step in steps}
    while ready := [step_id for step_id, waits in left.items() if waits <= done]:
        done.update(ready)
        for step_id in ready:
            del left[step_id]
    first = next((index for index, step in enumerate(steps) if step.id in left), 0)
    what = f"steps {', '.join(sorted(left))} wait for each other"
    return [Flaw(first, what, "one of them comes `after` what is done before both")] if left else []
