"""What packs may do to each other (ADR 0006). An instruction of a leader may only tighten; what that means is said here, kind by kind.

A campaign may put its own rule in the place of a regulation's while it lasts, a regulation in the place of the house rules: both name the
rule that they `replace`. An instruction may not: its rules are new demands, or `tighten` a named rule of the pack that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.kit.policy import rules as r
from services.kit.policy.conditions import Condition
from services.kit.policy.declare import facts_declared
from services.kit.policy.model import LAYERS
from services.kit.policy.pack import Pack
from services.kit.procedure import graph
from services.kit.procedure.template import StepTemplate
from services.kit.worktime import Budget
from services.kit.worktime import Schedule as Times

ADDED = ("check", "cap", "limit", "approval", "notice", "ledger", "register", "ground", "quorum", "schedule")
"""Kinds of which an instruction may have rules of its own: demands that come on top and take nothing away."""

_STRENGTH = {"finding": 0, "return": 1, "refuse": 2}


@dataclass(frozen=True, slots=True)
class Clash:
    """A rule that does to another pack what its own may not."""

    pack: str
    rule: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.pack}:{self.rule}: {self.what}" + (f" – {self.mend}" if self.mend else "")


def clashes(packs: Sequence[Pack]) -> list[Clash]:
    """Finds what keeps these packs from being in force together in one tenant."""
    by_name = {pack.id: pack for pack in packs}
    found = _declaring(packs)
    for pack in packs:
        base = by_name.get(pack.head.tightens)
        if pack.head.tightens and base is None:
            found.append(Clash(pack.id, "", f"it tightens {pack.head.tightens}, which is not in force", "put that pack in force first"))
        for rule in pack.rules:
            found += [Clash(pack.id, rule.id, *words) for words in _replacing(pack, rule, by_name)]
            if base is not None:
                found += [Clash(pack.id, rule.id, *words) for words in _instructing(rule, base)]
    return found


def _declaring(packs: Sequence[Pack]) -> list[Clash]:
    """One name means one thing: what two packs declare under it has one type."""
    found: list[Clash] = []
    known: dict[str, tuple[str, str]] = {}
    for pack in packs:
        for fact in facts_declared(pack.fields, pack.records):
            type_ = f"{fact.type}{(fact.type.of or fact.type).vocabulary}"
            other, before = known.setdefault(fact.name, (pack.id, type_))
            if before != type_:
                found.append(Clash(pack.id, fact.name, f"{other} declares it with another type", "call it otherwise"))
    return found


def _replacing(pack: Pack, rule: r.Rule, packs: dict[str, Pack]) -> Iterable[tuple[str, str]]:
    for key in rule.replaces:
        name, _, rule_id = key.partition(":")
        other = packs.get(name)
        target = other.rule(rule_id) if other is not None else None
        if other is None or target is None:
            yield f"it replaces {key}, which is not there", "name a rule of a pack that is in force"
        elif LAYERS.index(pack.head.layer) <= LAYERS.index(other.head.layer) or pack.head.layer == "instruction":
            yield f"a {pack.head.layer} may not replace a rule of a {other.head.layer}", "an instruction tightens, a campaign replaces"
        elif target.kind != rule.kind:
            yield f"a {rule.kind} cannot stand for a {target.kind}", "replace it by a rule of the same kind"


def _instructing(rule: r.Rule, base: Pack) -> Iterable[tuple[str, str]]:
    if not rule.tightens:
        if rule.kind not in ADDED:
            yield f"an instruction has no {rule.kind} of its own", f"name the rule of {base.id} that it `tightens`"
        return
    target = base.rule(rule.tightens)
    if target is None:
        yield f"{base.id} has no rule {rule.tightens}", "name one of its rules"
    elif target.kind != rule.kind:
        yield f"a {rule.kind} cannot tighten a {target.kind}", "tighten it by a rule of the same kind"
    else:
        for what in loosened(target, rule):
            yield f"{what}: looser than {base.id}:{target.id}", "an instruction may only tighten"


def loosened(base: r.Rule, rule: r.Rule) -> list[str]:
    """In what `rule` is looser than `base`, in words; empty when it is as tight or tighter. Both have the same kind."""
    found = []
    if not set(base.on) <= set(rule.on):
        found.append("it is asked at fewer points")
    if not _broader(rule.when, base.when):
        found.append("it applies in fewer cases")
    if isinstance(base, r.LimitRule | r.CapRule | r.CheckRule) and base.hard and not rule.hard:
        found.append("'must' has become 'in principle'")
    if isinstance(base, r.Guard) and isinstance(rule, r.Guard) and _STRENGTH[rule.refusal.effect] < _STRENGTH[base.refusal.effect]:
        found.append(f"{base.refusal.effect} has become {rule.refusal.effect}")
    return found + _KINDS[base.kind](base, rule)


def _broader(one: Condition, other: Condition) -> bool:
    """Fewer lines, and each of them as in the other: it holds at least wherever the other does."""
    return all(name in other.source and other.source[name] == wanted for name, wanted in one.source.items())


def _limit(base: r.LimitRule, rule: r.LimitRule) -> list[str]:
    found = []
    if (base.budget is None) != (rule.budget is None) or base.due_from != rule.due_from:
        found.append("a number and a date of the matter cannot be compared")
    elif base.budget and rule.budget and not _shorter(rule.budget, base.budget):
        found.append(f"{rule.budget.words()} instead of {base.budget.words()}")
    if base.answerable != rule.answerable:
        found.append("somebody else is answerable")
    mine = {(e.rung.do, e.rung.side, e.rung.offset, e.rung.to) for e in rule.ladder}
    if any((e.rung.do, e.rung.side, e.rung.offset, e.rung.to) not in mine for e in base.ladder):
        found.append("rungs of the ladder are missing")
    return found


def _shorter(one: Budget, other: Budget) -> bool:
    same = (one.unit, one.roll, one.time) == (other.unit, other.roll, other.time)
    return same and (one.value or 0) <= (other.value or 0)


def _cap(base: r.CapRule, rule: r.CapRule) -> list[str]:
    found = [] if base.of == rule.of else ["it measures something else"]
    if base.most is not None and (rule.most is None or rule.most > base.most):
        found.append(f"at most {rule.most} instead of {base.most}")
    if base.least is not None and (rule.least is None or rule.least < base.least):
        found.append(f"at least {rule.least} instead of {base.least}")
    return found


def _signer(base: r.SignerRule, rule: r.SignerRule) -> list[str]:
    found = [] if _in_order(base.signers, rule.signers) else ["a signer is missing, or signs in another order"]
    if rule.delegable and not base.delegable:
        found.append("a delegate may sign")
    if not set(rule.passes_to) <= set(base.passes_to):
        found.append("it may be passed to others")
    return found


def _approval(base: r.ApprovalRule, rule: r.ApprovalRule) -> list[str]:
    found = [] if _in_order(base.approvers, rule.approvers) else ["somebody's consent is no longer needed"]
    if not set(base.fields) <= set(rule.fields):
        found.append("less has to be said")
    if base.before and base.before != rule.before:
        found.append("it may be asked for later")
    return found


def _visibility(base: r.VisibilityRule, rule: r.VisibilityRule) -> list[str]:
    found = [] if set(rule.to) <= set(base.to) and (base.parties or not rule.parties) else ["others may see it"]
    return found if set(base.acts) == set(rule.acts) else [*found, "it speaks of other acts"]


def _schedule(base: r.ScheduleRule, rule: r.ScheduleRule) -> list[str]:
    one, other = Times.parse(base.answer.spec), Times.parse(rule.answer.spec)
    same = (one.every, one.on, one.move, one.only, one.dates) == (other.every, other.on, other.move, other.only, other.dates)
    if base.answer.job != rule.answer.job or not same or not set(one.times) <= set(other.times):
        return ["it happens less often, or at other times"]
    return []


def _notice(base: r.NoticeRule, rule: r.NoticeRule) -> list[str]:
    return [] if set(base.to) <= set(rule.to) else ["somebody is no longer told"]


def _ledger(base: r.LedgerRule, rule: r.LedgerRule) -> list[str]:
    one, other = base.answer, rule.answer
    found = [] if set(one.fields) <= set(other.fields) else ["less has to be entered"]
    return found if (one.name, one.closed_by) == (other.name, other.closed_by) else [*found, "somebody else closes it"]


def _register(base: r.RegisterRule, rule: r.RegisterRule) -> list[str]:
    one, other = base.answer, rule.answer
    found = []
    if other.least < one.least or (one.most is not None and (other.most is None or other.most > one.most)):
        found.append("the number of entries is wider")
    others = bool(one.maintained_by) and not (other.maintained_by and set(other.maintained_by) <= set(one.maintained_by))
    if others or not _in_order(one.approved_by, other.approved_by):
        found.append("others may make entries, or fewer have to consent")
    if {f.name for f in one.fields if f.required} - {f.name for f in other.fields if f.required}:
        found.append("less has to be entered")
    if one.read_by and not (other.read_by and set(other.read_by) <= set(one.read_by)):
        found.append("others may read it")
    if one.gap_after and not (other.gap_after and _shorter(other.gap_after, one.gap_after)):
        found.append("a gap may stay longer")
    return found


def _matrix(base: r.MatrixRule, rule: r.MatrixRule) -> list[str]:
    return ["tables cannot be compared"]


def _quorum(base: r.QuorumRule, rule: r.QuorumRule) -> list[str]:
    mine, theirs = rule.numerator * base.denominator, base.numerator * rule.denominator
    weaker = mine < theirs or (mine == theirs and rule.inclusive and not base.inclusive)
    found = ["fewer are enough"] if weaker else []
    return found if (base.counted, base.entitled) == (rule.counted, rule.entitled) else [*found, "others are counted"]


def _ground(base: r.GroundRule, rule: r.GroundRule) -> list[str]:
    return [] if set(base.to) <= set(rule.to) and not (base.mode == "propose" and rule.mode == "manual") else ["it is proposed less often"]


def _procedure(base: r.ProcedureRule, rule: r.ProcedureRule) -> list[str]:
    one, other = base.procedure, rule.procedure
    theirs = {step.id: step for step in other.steps}
    missing = [step.id for step in one.steps if step.id not in theirs]
    if missing:
        return [f"step {', '.join(missing)} is missing"]
    found = []
    for step in one.steps:
        if not graph.ancestors(one, step.id) <= graph.ancestors(other, step.id):
            found.append(f"step {step.id} waits for less")
        found += [f"step {step.id}: {what}" for what in _step(step, theirs[step.id])]
    return found


def _step(base: StepTemplate, step: StepTemplate) -> list[str]:
    found = []
    who = ("act", "role", "of", "person", "each", "party", "lead", "serial")
    if any(getattr(base, name) != getattr(step, name) for name in who):
        found.append("somebody else acts, or something else is done")
    if not step.may <= base.may or not step.sets <= base.sets or step.passes_to not in ("", base.passes_to):
        found.append("more is allowed")
    if not set(base.distinct_from) <= set(step.distinct_from) or (step.delegable and not base.delegable):
        found.append("others may act")
    if base.verdicts and not (step.verdicts and step.verdicts <= base.verdicts):
        found.append("other verdicts count")
    if (base.when is None and step.when is not None) or base.closes != step.closes or (base.waits and not step.waits):
        found.append("it holds up less")
    return found


def _in_order(fewer: tuple[str, ...], more: tuple[str, ...]) -> bool:
    """Says whether all of `fewer` stand in `more`, in the same order."""
    rest = iter(more)
    return all(name in rest for name in fewer)


_KINDS: dict[str, Callable[..., list[str]]] = {
    "procedure": _procedure,
    "limit": _limit,
    "check": lambda base, rule: [],  # a check that tightens is asked besides the first, which stays
    "cap": _cap,
    "signer": _signer,
    "approval": _approval,
    "visibility": _visibility,
    "schedule": _schedule,
    "notice": _notice,
    "ledger": _ledger,
    "register": _register,
    "matrix": _matrix,
    "quorum": _quorum,
    "ground": _ground,
}
