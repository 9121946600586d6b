"""A running procedure: what is open, what an act changes. Pure; the service stores steps and starts deadlines.

Laws (held by `tests/unit/kit/procedure`): no step is ever lost, a serial branch has exactly one open step until it ends, no step opens
before those that it comes after, the same acts give the same state.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from services.kit.procedure import graph
from services.kit.procedure.errors import (
    Blocked,
    MatterEnded,
    NotAllowedHere,
    NotDistinct,
    OpenedAlready,
    OutOfOrder,
    RouteRefused,
    UnclearVerdict,
)
from services.kit.procedure.steps import ONWARD, SETTLED, Actor, Changes, Objection, Outcome, Step, StepState
from services.kit.procedure.template import Demand, Facts, Procedure, StepTemplate

State = Literal["running", "closed", "ended"]


@dataclass
class Instance:
    """The route of one matter."""

    procedure: Procedure
    new_id: Callable[[], str]
    facts: dict[str, object] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    # Templates that have opened (or were skipped) in the present pass.
    arrived: set[str] = field(default_factory=set)
    objections: list[Objection] = field(default_factory=list)
    state: State = "running"

    # ---- what happens -------------------------------------------------------------------------------------------

    def open(self, at: datetime) -> Changes:
        """Opens the first steps."""
        if self.arrived:
            raise ValueError("the route is open already")
        changes = Changes()
        self._advance(at, "", changes)
        return changes

    def complete(self, step_id: str, actor: Actor, outcome: Outcome, at: datetime) -> Changes:
        """Completes an open step and opens what follows. Refuses: OutOfOrder, Blocked, NotDistinct, NotAllowedHere, UnclearVerdict."""
        step, template = self._acting(step_id, actor)
        self._check_outcome(template, outcome)
        self.facts.update(outcome.facts)
        changes = Changes()
        done = replace(
            step.ended(StepState.DONE, at),
            done_by=actor.person,
            done_for=actor.acting_for,
            verdict=outcome.verdict,
            opinion=outcome.opinion,
            differing=outcome.differing,
            objection=outcome.objection,
        )
        self._put(done, changes.completed)
        if outcome.objection and template.blocks:
            objection = Objection(step.id, template.blocks, actor.person, at)
            self.objections.append(objection)
            changes.objected.append(objection)
        self._decide(template, actor, at, changes)
        if outcome.verdict in template.ends_on:
            self._end("ended", at, changes)
            return changes
        self._resume(step, at, changes)
        self._advance(at, step.id, changes)
        if outcome.forward_to:
            self._check_forward(outcome.forward_to)
        return changes

    def send_back(self, step_id: str, actor: Actor, reason: str, at: datetime, to: str = "") -> Changes:
        """Sends the matter back to an earlier step, which opens as a new generation. Steps between are done anew."""
        self._running()
        step, template = self._acting(step_id, actor)
        self._check_may(template, "send_back")
        target = to or template.returns_to or self._step_before(template.id)
        if not target or target not in graph.ancestors(self.procedure, template.id):
            raise NotAllowedHere(self._demand(template, "not_allowed"), step=self.name(template.id), what="send_back")
        changes = Changes()
        sent = replace(step.ended(StepState.SENT_BACK, at, reason), done_by=actor.person, done_for=actor.acting_for, current=False)
        self._put(sent, changes.sent_back)
        self._rewind(target, at, changes, keep=template.id if template.each else "")
        self._advance(at, step.id, changes)
        return changes

    def take_back(self, step_id: str, actor: Actor, at: datetime) -> Changes:
        """Undoes an act of one's own, until the next person has opened it. Refuses: OpenedAlready, MatterEnded."""
        self._running()
        step = self.get(step_id)
        template = self.procedure.step(step.step)
        if step.state is not StepState.DONE or not step.current or not (actor.persons & step.actors):
            raise OutOfOrder(self._demand(template, "out_of_order"), step=self.name(template.id))
        later = self._followers(step)
        if any(s.seen_at or s.state is StepState.DONE for s in later):
            raise OpenedAlready(self._demand(template, "opened_already"), step=self.name(template.id))
        changes = Changes()
        self._put(replace(step.ended(StepState.TAKEN_BACK, at), current=False), changes.taken_back)
        for name in graph.descendants(self.procedure, template.id):
            self.arrived.discard(name)
        for follower in later:
            self._withdraw(follower, at, changes)
        waiting = next((s for s in self._of(step.step) if s.id == step.added_to and s.state is StepState.OPEN), None)
        if waiting is not None:
            self._put(replace(waiting, state=StepState.WAITING), changes.paused)
        self._drop_objections({step.id})
        self._open_one(template, step.party, step.unit, step.person, step.id, at, changes, added_to=step.added_to)
        return changes

    def add_signer(
        self, step_id: str, actor: Actor, person: str, at: datetime, position: Literal["before", "after"] = "after", unit: str = ""
    ) -> Changes:
        """Adds another signer before or after the present one; what follows waits for both."""
        self._running()
        step, template = self._acting(step_id, actor)
        self._check_may(template, "add_signer")
        if any(s.person == person and s.step == step.step for s in self._current() if s.active):
            raise NotAllowedHere(self._demand(template, "not_allowed"), step=self.name(template.id), what="add_signer")
        changes = Changes()
        added = self._open_one(template, step.party, unit, person, step.id, at, changes, added_to=step.id)
        if position == "after":
            waiting = replace(added, state=StepState.WAITING)
            changes.opened.remove(added)
            self._put(waiting, changes.paused)
        else:
            self._put(replace(step, state=StepState.WAITING), changes.paused)
        return changes

    def transfer(self, step_id: str, actor: Actor, at: datetime, person: str = "", unit: str = "") -> Changes:
        """Gives an open step to another person or unit; the clock runs on."""
        step, template = self._acting(step_id, actor)
        self._check_may(template, "transfer")
        return self._reassign(step, person, unit)

    def reassign(self, step_id: str, person: str, unit: str = "") -> Changes:
        """Lets an open step follow its post to a new holder; nobody acts."""
        return self._reassign(self.get(step_id), person, unit)

    def see(self, step_id: str, at: datetime) -> Changes:
        """Records that its actor has opened the step for the first time."""
        step, changes = self.get(step_id), Changes()
        if step.active and step.seen_at is None:
            self._put(replace(step, seen_at=at), changes.seen)
        return changes

    def withdraw(self, at: datetime, reason: str) -> Changes:
        """Ends the route because the matter is void or takes another route: open steps are withdrawn, history stays."""
        changes = Changes()
        for step in self._current():
            if step.active or step.state is StepState.MERGED:
                self._put(replace(step.ended(StepState.WITHDRAWN, at, reason), current=False), changes.withdrawn)
            else:
                self._put(replace(step, current=False), changes.superseded)
        self.state = "ended"
        changes.ended = True
        return changes

    def reconsider(self, at: datetime) -> Changes:
        """Takes in facts that are known otherwise now: open steps that are not needed any more are left out, and steps that were
        skipped open, where nothing has happened after them."""
        self._running()
        changes = Changes()
        for step in [s for s in self._current() if s.active]:
            template = self.procedure.step(step.step)
            if not self._wanted(template):
                self._put(step.ended(StepState.SKIPPED, at), changes.left_out)
        for step in [s for s in self._current() if s.state is StepState.SKIPPED and s not in changes.left_out]:
            template = self.procedure.step(step.step)
            after = graph.descendants(self.procedure, template.id)
            if template.when is None or not template.when.holds(self.facts):
                continue
            if any(s.state is StepState.DONE or s.active for s in self._current() if s.step in after):
                continue
            self._put(replace(step, current=False), changes.superseded)
            self.arrived.discard(template.id)
        self._advance(at, "", changes)
        return changes

    def add_parties(self, template_id: str, at: datetime) -> Changes:
        """Opens steps for parties that were named after the step had opened (readers added later)."""
        self._running()
        changes = Changes()
        if template_id in self.arrived:
            template = self.procedure.step(template_id)
            self._arrive(template, "", at, changes)
        return changes

    # ---- questions ----------------------------------------------------------------------------------------------

    def get(self, step_id: str) -> Step:
        return next(step for step in self.steps if step.id == step_id)

    def open_steps(self) -> list[Step]:
        return [step for step in self.steps if step.current and step.state is StepState.OPEN]

    def blocked(self, step: Step) -> Objection | None:
        """The undecided objection that keeps this step from being acted on."""
        return next((o for o in self.objections if o.open and step.step in o.blocks), None)

    def name(self, template_id: str) -> str:
        template = self.procedure.step(template_id)
        return template.label or template.id

    def ensure_open(self, template_id: str, party: str = "") -> Step:
        """The open step of this template. Refuses OutOfOrder with the pack's reason: which step would be left out."""
        for step in self.open_steps():
            if step.step == template_id and party in ("", step.party) and self.blocked(step) is None:
                return step
        raise self._too_early(template_id)

    def preview(self, template_id: str, at: datetime, *, unnamed: bool = False) -> list[Step]:
        """The steps that a template would open with the facts of now; nothing is changed. `unnamed`: one, where nobody is named yet."""
        template, found = self.procedure.step(template_id), []
        if not self._wanted(template):
            return []
        for party in self._parties(template) or [""] * unnamed:
            unit = party if template.each and template.party == "unit" else str(self.facts.get(template.of) or "")
            person = party if template.each and template.party == "person" else str(self.facts.get(template.person) or "")
            found.append(replace(self._blank(template, party, unit, person, "", at), id=""))
        return found

    def upcoming(self) -> list[StepTemplate]:
        """Templates that have not opened yet, in order."""
        if self.state != "running":
            return []
        order = graph.order(self.procedure)
        return [self.procedure.step(name) for name in order if name not in self.arrived]

    # ---- how --------------------------------------------------------------------------------------------------------

    def _current(self) -> list[Step]:
        return [step for step in self.steps if step.current]

    def _of(self, template_id: str) -> list[Step]:
        return [step for step in self._current() if step.step == template_id]

    def _put(self, step: Step, into: list[Step]) -> None:
        for index, known in enumerate(self.steps):
            if known.id == step.id:
                self.steps[index] = step
                break
        else:
            self.steps.append(step)
        into.append(step)

    def _running(self) -> None:
        """The way can only change while the matter runs; copies that never held it up can still be completed afterwards."""
        if self.state != "running":
            raise MatterEnded()

    def _acting(self, step_id: str, actor: Actor) -> tuple[Step, StepTemplate]:
        if self.state == "ended":
            raise MatterEnded()
        step = self.get(step_id)
        template = self.procedure.step(step.step)
        if step.state is not StepState.OPEN or not step.current:
            raise OutOfOrder(self._demand(template, "out_of_order"), step=self.name(template.id))
        if (objection := self.blocked(step)) is not None:
            raise Blocked(
                self._demand(template, "blocked"),
                step=self.name(template.id),
                by=self.name(self.get(objection.raised_at_step).step),
            )
        for other in template.distinct_from:
            if any(actor.persons & done.actors for done in self._of(other)):
                demand = self._demand(template, "not_distinct")
                raise NotDistinct(demand, step=self.name(template.id), other=self.name(other))
        if actor.acting_for and not template.delegable:
            raise NotAllowedHere(self._demand(template, "not_allowed"), step=self.name(template.id), what="delegate")
        return step, template

    def _check_outcome(self, template: StepTemplate, outcome: Outcome) -> None:
        if outcome.differing:
            self._check_may(template, "differ")
        if outcome.objection:
            self._check_may(template, "object")
        if outcome.verdict == ONWARD and not template.passes_to:
            raise NotAllowedHere(self._demand(template, "not_allowed"), step=self.name(template.id), what=ONWARD)
        for fact in sorted(set(outcome.facts) - template.sets):
            demand = self._demand(template, "not_allowed")
            raise NotAllowedHere(demand, step=self.name(template.id), what=fact)
        if template.verdicts and outcome.verdict not in template.verdicts:
            raise UnclearVerdict(self._demand(template, "unclear"), step=self.name(template.id))

    def _check_may(self, template: StepTemplate, what: str) -> None:
        if what not in template.may:
            raise NotAllowedHere(self._demand(template, "not_allowed"), step=self.name(template.id), what=what)

    def _check_forward(self, target: str) -> None:
        if target in self.arrived:
            return
        if target not in {step.id for step in self.procedure.steps}:  # the route does not go there at all
            raise OutOfOrder(self.procedure.refuse.get("out_of_order"), step=target)
        raise self._too_early(target)

    def _too_early(self, target: str) -> RouteRefused:
        """Somebody wants to be at `target`: the pack may name the reason there, at the step left out, or for the whole route."""
        objection = next((o for o in self.objections if o.open and target in o.blocks), None)
        if objection is not None:
            demand = self._demand(self.procedure.step(target), "blocked")
            return Blocked(demand, step=self.name(target), by=self.name(self.get(objection.raised_at_step).step))
        before = [n for n in graph.order(self.procedure) if n in graph.ancestors(self.procedure, target) and not self._settled(n)]
        step = self.procedure.step(target)
        demand = step.refuse.get("too_early")
        if demand is None and before:
            demand = self.procedure.step(before[0]).refuse.get("skipped")
        refused = OutOfOrder(demand or self._demand(step, "out_of_order"), step=self.name(target))
        refused.missing = tuple((self.name(name), party) for name in before for party in self._open_parties(name))
        return refused

    def _open_parties(self, name: str) -> list[str]:
        """The parties that still have to act at a step; of one that has not opened, or has no parties, nobody by name."""
        return [step.party for step in self._of(name) if not self._done(step)] or [""]

    def _demand(self, template: StepTemplate, kind: str) -> Demand | None:
        return self.procedure.demand(template.id, kind)

    def _decide(self, template: StepTemplate, actor: Actor, at: datetime, changes: Changes) -> None:
        for index, objection in enumerate(self.objections):
            if objection.open and self.get(objection.raised_at_step).step in template.decides:
                decided = replace(objection, decided_by=actor.person, decided_at=at)
                self.objections[index] = decided
                changes.decided.append(decided)

    def _followers(self, step: Step) -> list[Step]:
        """What came of completing a step: the steps after it, the next of serial parties, signers added after it."""
        after = graph.descendants(self.procedure, step.step)
        beside = [s for s in self._of(step.step) if s.id != step.id and step.id in (s.opened_by, s.added_to)]
        since = [s for s in beside if s.active or (s.ended_at is not None and step.ended_at is not None and s.ended_at > step.ended_at)]
        return [s for s in self._current() if s.step in after] + since

    def _drop_objections(self, step_ids: Iterable[str]) -> None:
        gone = set(step_ids)
        self.objections = [o for o in self.objections if o.raised_at_step not in gone or not o.open]

    def _resume(self, step: Step, at: datetime, changes: Changes) -> None:
        """A signer added before gives the turn back; one added after gets it."""
        for other in self._of(step.step):
            if other.state is StepState.WAITING and (other.added_to == step.id or other.id == step.added_to):
                resumed = replace(other, state=StepState.OPEN)
                if other.added_to == step.id:
                    resumed = replace(resumed, opened_at=at)
                    self._put(resumed, changes.opened)
                else:
                    self._put(resumed, changes.resumed)

    def _reassign(self, step: Step, person: str, unit: str) -> Changes:
        changes = Changes()
        moved = replace(step, person=person or ("" if unit else step.person), unit=unit or step.unit, seen_at=None)
        self._put(moved, changes.transferred)
        return changes

    # ---- forward ------------------------------------------------------------------------------------------------

    def _advance(self, at: datetime, opened_by: str, changes: Changes) -> None:
        """Opens whatever can open now, until nothing more can; then sees whether the matter is closed."""
        moved = self.state == "running"
        while moved:
            moved = False
            for name in graph.order(self.procedure):
                template = self.procedure.step(name)
                if name in self.arrived:
                    moved |= self._next_party(template, opened_by, at, changes)
                elif all(self._settled(before) for before in template.after):
                    self._arrive(template, opened_by, at, changes)
                    moved = True
        if self.state == "running" and self._finished():
            self._end("closed", at, changes)

    def _arrive(self, template: StepTemplate, opened_by: str, at: datetime, changes: Changes) -> None:
        self.arrived.add(template.id)
        if not self._wanted(template):
            skipped = self._blank(template, "", "", "", opened_by, at)
            self._put(replace(skipped.ended(StepState.SKIPPED, at)), changes.skipped)
            return
        parties = self._parties(template)
        present = {step.party: step for step in self._of(template.id)}
        for party, step in present.items():
            if party not in parties:
                self._withdraw(step, at, changes)
        if template.merges_with:
            self._withdraw_others(template.merges_with, parties, at, changes)
        missing = [party for party in parties if party not in present]
        if not parties and template.each:
            skipped = self._blank(template, "", "", "", opened_by, at)
            self._put(skipped.ended(StepState.SKIPPED, at), changes.skipped)
            return
        for party in missing[:1] if template.serial else missing:
            self._open_party(template, party, opened_by, at, changes)

    def _wanted(self, template: StepTemplate) -> bool:
        """Is the step on the way: its condition holds, or somebody has passed the matter on to it?"""
        if template.when is None or template.when.holds(self.facts):
            return True
        passed = (s for s in self._current() if s.state is StepState.DONE and s.verdict == ONWARD)
        return any(self.procedure.step(s.step).passes_to == template.id for s in passed)

    def _next_party(self, template: StepTemplate, opened_by: str, at: datetime, changes: Changes) -> bool:
        """With serial parties: opens the next one when the present one is done."""
        current = self._of(template.id)
        if not template.serial or any(s.state not in SETTLED for s in current) or any(s.state is StepState.SKIPPED for s in current):
            return False
        left = [party for party in self._parties(template) if party not in {s.party for s in current}]
        for party in left[:1]:
            self._open_party(template, party, opened_by, at, changes)
        return bool(left)

    def _open_party(self, template: StepTemplate, party: str, opened_by: str, at: datetime, changes: Changes) -> None:
        if template.merges_with:
            twin = next((s for s in self._of(template.merges_with) if s.party == party or s.unit == party), None)
            if twin is not None and twin.state is not StepState.SKIPPED:
                blank = self._blank(template, party, twin.unit, twin.person, opened_by, at)
                merged = replace(blank, state=StepState.MERGED, merged_into=twin.id)
                self._put(merged, changes.merged)
                return
        unit = party if template.each and template.party == "unit" else str(self.facts.get(template.of) or "")
        person = party if template.each and template.party == "person" else str(self.facts.get(template.person) or "")
        self._open_one(template, party, unit, person, opened_by, at, changes)

    def _open_one(
        self, template: StepTemplate, party: str, unit: str, person: str, opened_by: str, at: datetime, changes: Changes, added_to: str = ""
    ) -> Step:
        step = replace(self._blank(template, party, unit, person, opened_by, at), added_to=added_to)
        self._put(step, changes.opened)
        return step

    def _blank(self, template: StepTemplate, party: str, unit: str, person: str, opened_by: str, at: datetime) -> Step:
        generation = 1 + max((s.generation for s in self.steps if s.step == template.id and s.party == party), default=0)
        return Step(
            id=self.new_id(),
            step=template.id,
            generation=generation,
            state=StepState.OPEN,
            opened_at=at,
            role=template.role,
            unit=unit,
            person=person,
            party=party,
            lead=bool(template.lead) and party == self.facts.get(template.lead),
            remark=template.remark or self.procedure.remark,
            opened_by=opened_by,
        )

    def _parties(self, template: StepTemplate) -> list[str]:
        if not template.each:
            return [""]
        named = self.facts.get(template.each) or ()
        parties = list(dict.fromkeys(str(p) for p in named)) if isinstance(named, (list, tuple)) else [str(named)]
        lead = self.facts.get(template.lead) if template.lead else None
        if lead and lead not in parties:
            parties.insert(0, str(lead))
        return parties

    def _settled(self, name: str) -> bool:
        """Does this step no longer hold up what comes after it?"""
        if name not in self.arrived:
            return False
        template = self.procedure.step(name)
        return not template.waits or self._all_done(template)

    def _all_done(self, template: StepTemplate) -> bool:
        current = self._of(template.id)
        if any(not self._done(step) for step in current):
            return False
        if template.serial and not any(s.state is StepState.SKIPPED for s in current):
            return {s.party for s in current} >= set(self._parties(template))
        return True

    def _done(self, step: Step) -> bool:
        if step.state is StepState.MERGED:
            return self.get(step.merged_into).state is StepState.DONE
        return step.state in SETTLED

    def _finished(self) -> bool:
        """Is the matter closed? By a step that closes it; or because nothing that holds it up is left."""
        if any(self._closes(template) for template in self.procedure.steps if template.closes):
            return True
        return all(self._settled(t.id) and (not t.closes or self._all_done(t)) for t in self.procedure.steps)

    def _closes(self, template: StepTemplate) -> bool:
        steps = [s for s in self._of(template.id) if s.state is not StepState.SKIPPED]
        if template.id not in self.arrived or not steps:
            return False
        if not all(self._settled(before) for before in template.after):
            return False
        leads = [s for s in steps if s.lead]
        if leads:
            return all(self._done(s) for s in leads)
        return self._all_done(template)

    def _end(self, state: State, at: datetime, changes: Changes) -> None:
        """Nothing holds the matter open any more: open steps lapse, except those that never held it up."""
        self.state = state
        changes.closed, changes.ended = state == "closed", state == "ended"
        for step in self._current():
            if not step.active and step.state is not StepState.MERGED:
                continue
            if state == "closed" and (not self.procedure.step(step.step).waits or self._done(step)):
                continue
            self._put(step.ended(StepState.LAPSED, at), changes.lapsed)

    # ---- back -----------------------------------------------------------------------------------------------------

    def _rewind(self, target: str, at: datetime, changes: Changes, keep: str = "") -> None:
        """Makes `target` and all that follows open anew. Other parties of the step `keep` keep their tasks."""
        anew = {target} | graph.descendants(self.procedure, target)
        self.arrived -= anew
        gone: set[str] = set()
        for step in self._current():
            if step.step not in anew or step.step == keep:
                continue
            gone.add(step.id)
            if step.active or step.state is StepState.MERGED:
                self._withdraw(step, at, changes)
            else:
                self._put(replace(step, current=False), changes.superseded)
        self._drop_objections(gone)

    def _withdraw(self, step: Step, at: datetime, changes: Changes) -> None:
        if step.state is StepState.DONE:
            self._put(replace(step, current=False), changes.superseded)
        else:
            self._put(replace(step.ended(StepState.WITHDRAWN, at), current=False), changes.withdrawn)

    def _withdraw_others(self, template_id: str, parties: list[str], at: datetime, changes: Changes) -> None:
        """The decision names other units than those that were sent the task first: theirs ends."""
        for step in self._of(template_id):
            if step.active and (step.party or step.unit) not in parties:
                self._withdraw(step, at, changes)

    def _step_before(self, template_id: str) -> str:
        """The nearest earlier step that somebody acted at."""
        done = {s.step for s in self._current() if s.state is StepState.DONE}
        behind = graph.ancestors(self.procedure, template_id)
        return next((name for name in reversed(graph.order(self.procedure)) if name in behind and name in done), "")


def restore(
    procedure: Procedure,
    new_id: Callable[[], str],
    steps: Iterable[Step],
    facts: Mapping[str, object],
    arrived: Iterable[str],
    objections: Iterable[Objection] = (),
    state: State = "running",
) -> Instance:
    """An instance as it was stored."""
    return Instance(procedure, new_id, dict(facts), list(steps), set(arrived), list(objections), state)


__all__ = ["Actor", "Changes", "Facts", "Instance", "Outcome", "restore"]
