"""From the data of a pack to its compiled rules. `validate` has looked at the shape before; what is left is said with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import product
from typing import Any

from services.kit.errors import Citation
from services.kit.policy import rules as r
from services.kit.policy.conditions import ALWAYS, Condition, compile_condition
from services.kit.policy.declare import DeclaredField, RecordKind, field_of, record_of
from services.kit.policy.model import (
    Clause,
    Ledger,
    Period,
    Register,
    RoleDefinition,
    Rung,
    Schedule,
    Term,
)
from services.kit.policy.pack import Pack
from services.kit.policy.parts import LOOK, RUNG, TIMES, budget, column, condition, ends_on, guess, head, names, provisional
from services.kit.policy.predicates import compile_predicate
from services.kit.policy.source import Path_, Problem, Source, Wrong, inside
from services.kit.procedure.template import Demand, Procedure, StepTemplate
from services.kit.procedure.template import flaws as template_flaws
from services.kit.worktime import Budget, parse_offset
from services.kit.worktime import Schedule as Times

Data = Mapping[str, Any]


class _Said(Exception):
    """Everything that is wrong here has been said."""


class Compiler:
    """Compiles one pack and collects what is wrong, with its line."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data: Data = source.data
        self.problems: list[Problem] = []
        self.clauses = {
            entry["id"]: Clause(entry["id"], entry["article"], entry["quote"], entry.get("assumed", False), entry.get("guidance", False))
            for entry in self.data["clauses"]
        }
        self.head = head(self.data)

    def pack(self) -> Pack:
        """The compiled pack; incomplete where `problems` says so."""
        compiled = []
        for index, rule in enumerate(self.data["rules"]):
            with self.at(("rules", index)):
                compiled.append(_COMPILERS[rule["kind"]](self, rule, ("rules", index)))
        return Pack(
            head=self.head,
            clauses=self.clauses,
            roles=self.roles(),
            texts=dict(self.data.get("texts", {})),
            rules=tuple(compiled),
            grants={role: tuple(names) for role, names in self.data.get("grants", {}).items()},
            posts=self.data.get("posts", {}),
            unit_kinds=self.data.get("unit_kinds", {}),
            vocabularies=self.data.get("vocabularies", {}),
            office_hours=tuple((begin, end) for begin, end in self.data.get("office_hours", [])),
            fields=self.fields(),
            records=self.records(),
            data=self.data,
        )

    @contextmanager
    def at(self, path: Path_) -> Iterator[None]:
        """Turns what is raised into a problem at this place, or further inside."""
        try:
            with inside(mend=LOOK):
                yield
        except _Said:
            return
        except Wrong as wrong:
            self.problems.append(self.source.problem((*path, *wrong.at), str(wrong), wrong.mend))

    def roles(self) -> dict[str, RoleDefinition]:
        """Roles with their fallbacks put in place of the names."""
        written: Data = self.data.get("roles", {})
        made: dict[str, RoleDefinition] = {}

        def make(name: str, above: tuple[str, ...]) -> RoleDefinition:
            if name in above[1:]:
                raise _Said  # of those who stand in the circle
            if name in above:
                raise Wrong(f"the fallbacks of role {above[0]} lead back to it", "take the role out of one of them", ("fallback",))
            if name not in written:
                what = f"role {above[-1]} falls back on {name}, which is not declared"
                raise Wrong(what, guess(name, written, "declare it under `roles`"), ("fallback",))
            if name not in made:
                role = dict(written[name])
                fallback = tuple(make(other, (*above, name)) for other in role.pop("fallback", []))
                lists: dict[str, Any] = {key: tuple(role.pop(key, ())) for key in ("posts", "unit_kinds", "serves")}
                made[name] = RoleDefinition(name=name, fallback=fallback, **lists, **role)
            return made[name]

        for name in written:
            with self.at(("roles", name)):
                make(name, ())
        return made

    def fields(self) -> dict[str, DeclaredField]:
        """What the pack wants stated of a matter."""
        made = {}
        for name, written in self.data.get("fields", {}).items():
            made[name] = provisional(name, written)  # so that what speaks of it is not said to be wrong as well
            with self.at(("fields", name)):
                made[name] = field_of(name, written)
        return made

    def records(self) -> dict[str, RecordKind]:
        """What the pack wants recorded on a matter."""
        made = {}
        for name, written in self.data.get("records", {}).items():
            known = {key: provisional(key, entry) for key, entry in written.get("fields", {}).items()}
            made[name] = RecordKind(name, written["label"], known)
            with self.at(("records", name)):
                made[name] = record_of(name, written)
        return made

    def words(self, reason: str | None) -> str:
        """The text of a reason code, unfilled."""
        text: str = self.data.get("texts", {}).get(reason, "")
        return text

    def cite(self, clause: str) -> Citation:
        """The citation of a clause. Raises Wrong for one without an entry."""
        entry = self.clauses.get(clause)
        if entry is None:
            near = guess(clause, self.clauses, "")
            add = "add `{id, article, quote}` there: which article it is, and its words"
            raise Wrong(f"clause {clause} has no entry under `clauses`", f"{near} Otherwise {add}" if near else add)
        return Citation(entry.id, entry.article, entry.quote, self.head.title, self.head.pack, self.head.version)

    def common(self, rule: Data) -> dict[str, Any]:
        """What every rule has."""
        refusal = rule.get("else", {})
        with inside("clause"):
            citation = self.cite(rule["clause"])
        with inside("also"):
            for clause in rule.get("also", ()):
                self.cite(clause)
        return {
            "id": rule["id"],
            "kind": rule["kind"],
            "citation": citation,
            "on": names(rule.get("on")),
            "when": condition(rule.get("when")),
            "hard": rule.get("hard", refusal.get("effect", "refuse") != "finding"),
            "label": rule.get("label", ""),
            "also": tuple(rule.get("also", ())),
            "replaces": tuple(rule.get("replaces", ())),
            "tightens": rule.get("tightens", ""),
            "source": rule,
        }

    def guard(self, rule: Data) -> dict[str, Any]:
        """What every guard has."""
        refusal = rule["else"]
        return {**self.common(rule), "refusal": r.Refusal(refusal["effect"], refusal["reason"], refusal.get("field", ""))}

    # The rules, one function per kind.

    def check(self, rule: Data, path: Path_) -> r.Rule:
        with inside("require", mend="each demand is shown in docs/policy-packs.md: `present: a`, `count: a, max: 3`, `equals: {a: x}`"):
            require = compile_predicate(rule["require"])
        return r.CheckRule(**self.guard(rule), require=require)

    def cap(self, rule: Data, path: Path_) -> r.Rule:
        if "max" not in rule and "min" not in rule:
            raise Wrong("a cap needs `max` or `min`", "add `max: <number>`, `min: <number>` or both")
        return r.CapRule(**self.guard(rule), of=rule["of"], least=rule.get("min"), most=rule.get("max"))

    def signer(self, rule: Data, path: Path_) -> r.Rule:
        return r.SignerRule(
            **self.guard(rule),
            signers=tuple(rule["signers"]),
            signed_by=rule.get("signed_by", ""),
            delegated=rule.get("delegated", ""),
            delegable=rule.get("delegable", True),
            passes_to=tuple(rule.get("passes_to", ())),
        )

    def approval(self, rule: Data, path: Path_) -> r.Rule:
        if ("asked" in rule) != ("before" in rule):
            raise Wrong("`asked` and `before` go together", "name the moment of asking and the moment before which it is asked")
        return r.ApprovalRule(
            **self.guard(rule),
            approvers=tuple(rule["approvers"]),
            given=rule.get("given", ""),
            fields=tuple(rule.get("fields", ())),
            asked=rule.get("asked", ""),
            before=rule.get("before", ""),
        )

    def quorum(self, rule: Data, path: Path_) -> r.Rule:
        share = rule["share"]
        if share["numerator"] > share["denominator"]:
            raise Wrong("a share is at most one", "the numerator is not greater than the denominator", ("share",))
        return r.QuorumRule(
            **self.guard(rule),
            counted=rule["counted"],
            entitled=rule["entitled"],
            numerator=share["numerator"],
            denominator=share["denominator"],
            inclusive=share.get("inclusive", True),
        )

    def limit(self, rule: Data, path: Path_) -> r.Rule:
        written = rule["budget"]
        with inside("budget"):
            allowed = None if "from" in written else budget(written)
        ladder, where = rule.get("ladder", []), (*path, "ladder")
        if isinstance(ladder, str):
            if ladder not in self.data.get("ladders", {}):
                mend = guess(ladder, self.data.get("ladders", {}), "declare it there, or write the rungs out")
                raise Wrong(f"ladder {ladder} is not declared under `ladders`", mend, ("ladder",))
            ladder, where = self.data["ladders"][ladder], ("ladders", ladder)
        rungs: list[r.ConditionalRung] = []
        for index, entry in enumerate(ladder):
            with self.at((*where, index)), inside(mend=RUNG):
                rungs += self.rungs(entry, rule["clause"])
        return r.LimitRule(
            **self.common(rule),
            budget=allowed,
            due_from=written.get("from", ""),
            ladder=tuple(rungs),
            until=ends_on(rule.get("until")),
            until_when=condition(rule["until"].get("when"), "until") if isinstance(rule.get("until"), dict) else ALWAYS,
            default_of=rule.get("default_of", ""),
            overrides=tuple(rule.get("overrides", ())),
            since=rule.get("since", ""),
            answerable=rule.get("answerable", ""),
        )

    def rungs(self, entry: Data, clause: str) -> list[r.ConditionalRung]:
        """A rung as written is one rung, a repeated one, or the levels of a chain."""
        if "chain" in entry:
            return self.chain(entry)
        side, offset = parse_offset(entry.get("at", "due"))
        citation = self.cite(entry.get("clause", clause))
        when = condition(entry.get("when"))
        rung = Rung(entry["do"], side, offset, names(entry.get("to")), citation, self.words(entry.get("text")))
        made = [r.ConditionalRung(when, rung)]
        if "repeat" in entry:
            every = budget(entry["repeat"]["every"])
            if offset is None or every.unit is not offset.unit or side < 1:
                what = "a rung is repeated after the due moment, in the unit of its own distance"
                raise Wrong(what, "for example `at: {working_days_after: 1}` with `every: {value: 1, unit: working_days}`", ("repeat",))
            for count in range(1, entry["repeat"]["times"] + 1):
                later = Budget((offset.value or 0) + count * (every.value or 0), offset.unit, offset.time)
                made.append(r.ConditionalRung(when, Rung(rung.do, 1, later, rung.to, citation, rung.text)))
        return made

    def chain(self, entry: Data) -> list[r.ConditionalRung]:
        """Tells one level above the late role after another, one step of time each."""
        chain = self.data.get("chains", {}).get(entry["chain"])
        if chain is None:
            mend = guess(entry["chain"], self.data.get("chains", {}), "declare it there: clause, step and levels")
            raise Wrong(f"chain {entry['chain']} is not declared under `chains`", mend, ("chain",))
        levels, step, citation = chain["levels"], budget(chain["step"]), self.cite(chain["clause"])
        made = []
        for level, late in enumerate(levels[:-1]):
            for distance, told in enumerate(levels[level + 1 :], start=1):
                offset = Budget((step.value or 1) * distance, step.unit, step.time)
                rung = Rung(entry["do"], 1, offset, (told[0],), citation, self.words(entry.get("text")))
                made.append(r.ConditionalRung(compile_condition({"role": late}), rung))
        return made

    def procedure(self, rule: Data, path: Path_) -> r.Rule:
        steps: list[StepTemplate] = []
        for index, step in enumerate(rule["steps"]):
            with self.at((*path, "steps", index)):
                steps.append(self.step(step, steps[-1].id if steps else "", rule["clause"]))
        flaws = template_flaws(steps) if len(steps) == len(rule["steps"]) else []
        for flaw in flaws:
            self.problems.append(self.source.problem((*path, "steps", flaw.index), flaw.what, flaw.mend))
        if flaws or len(steps) < len(rule["steps"]):
            raise _Said
        template = Procedure(
            id=rule["id"],
            steps=tuple(steps),
            clause=rule["clause"],
            label=rule.get("label", ""),
            remark=rule.get("remark", ""),
            refuse=self.refuse(rule.get("refuse", {}), rule["clause"]),
        )
        return r.ProcedureRule(**self.common(rule), procedure=template)

    def step(self, step: Data, before: str, clause: str) -> StepTemplate:
        after = step.get("after", [before] if before else [])
        lists: dict[str, Any] = {key: tuple(step.get(key, ())) for key in ("distinct_from", "blocks", "decides")}
        sets: dict[str, Any] = {key: frozenset(step.get(key, ())) for key in ("may", "sets", "ends_on", "verdicts")}
        words = {key: step[key] for key in _PLAIN_STEP_KEYS if key in step}
        own = step.get("clause", clause)
        for cited in (own, *step.get("also", ())):
            with inside("clause" if cited == own else "also"):
                self.cite(cited)
        return StepTemplate(
            after=tuple(after),
            when=condition(step["when"]) if "when" in step else None,
            clause=own,
            refuse=self.refuse(step.get("refuse", {}), own),
            **words,
            **lists,
            **sets,
        )

    def refuse(self, written: Data, clause: str) -> dict[str, Demand]:
        """The pack's own reasons why an act in a route is refused."""
        for kind, entry in written.items():
            with inside("refuse", kind):
                self.cite(entry.get("clause", clause))
        return {kind: Demand(entry["reason"], entry.get("clause", clause)) for kind, entry in written.items()}

    def visibility(self, rule: Data, path: Path_) -> r.Rule:
        said = r.Refusal(rule["else"]["effect"], rule["else"]["reason"]) if "else" in rule else None
        acts, to = tuple(rule["acts"]), tuple(rule["to"])
        return r.VisibilityRule(**self.common(rule), acts=acts, to=to, parties=rule.get("parties", True), refusal=said)

    def schedule(self, rule: Data, path: Path_) -> r.Rule:
        with inside("times", mend=TIMES):
            Times.parse(rule["times"])
        common = self.common(rule)
        answer = Schedule(
            rule["id"],
            common["citation"],
            rule["do"],
            rule["times"],
            names(rule.get("to")),
            self.words(rule.get("text")),
            common["label"],
            rule.get("settings", {}),
        )
        return r.ScheduleRule(**common, answer=answer)

    def notice(self, rule: Data, path: Path_) -> r.Rule:
        return r.NoticeRule(**self.common(rule), to=tuple(rule["to"]), text=rule["text"], of=rule.get("of", ""))

    def ledger(self, rule: Data, path: Path_) -> r.Rule:
        common = self.common(rule)
        answer = Ledger(rule["id"], common["citation"], rule["name"], common["label"], tuple(rule.get("fields", ())), rule["closed_by"])
        return r.LedgerRule(**common, answer=answer)

    def register(self, rule: Data, path: Path_) -> r.Rule:
        common, labels = self.common(rule), self.each(names(rule.get("each")))
        fields = tuple(column(name, entry) for name, entry in rule["fields"].items())
        term, period = rule.get("term"), rule.get("period")
        if period is not None:
            with inside("period", mend=TIMES):
                Times.parse(period["times"])
        answer = Register(
            rule=rule["id"],
            citation=common["citation"],
            name=rule["name"],
            label=common["label"],
            fields=fields,
            per=rule["per"],
            unit_kinds=tuple(rule.get("unit_kinds", self.head.binds.unit_kinds if self.head.binds and rule["per"] == "unit" else ())),
            each=tuple(labels),
            labels=labels,
            where=rule.get("where", ""),
            least=rule.get("min", 0),
            most=rule.get("max"),
            over=rule.get("over", ""),
            gap=rule.get("gap", ""),
            gap_after=budget(rule["gap_after"]) if "gap_after" in rule else None,
            maintained_by=tuple(rule.get("maintained_by", ())),
            approved_by=tuple(rule.get("approved_by", ())),
            not_approved=rule.get("not_approved", ""),
            not_maintained=rule.get("not_maintained", ""),
            gap_citation=self.cite(rule.get("gap_clause", rule["clause"])),
            approval_citation=self.cite(rule.get("approval_clause", rule["clause"])),
            term=Term(term.get("from", ""), term.get("until", "")) if term is not None else None,
            period=Period(period["column"], period["times"], self.head.effective_from or date.max) if period is not None else None,
            read_by=tuple(rule.get("read_by", ())),
            **{key: rule[key] for key in ("holders", "outside", "expired", "incomplete", "not_reader", "shared") if key in rule},
        )
        if answer.per == "entry" and not answer.where:
            raise Wrong("entries that belong to entries: `where` names their register", "add `where: <register>`", ("per",))
        if answer.most is not None and answer.most < answer.least:
            raise Wrong("`max` is smaller than `min`", "at least `min`, at most `max` entries belong to each", ("max",))
        return r.RegisterRule(**common, answer=answer)

    def each(self, vocabularies: tuple[str, ...]) -> dict[str, str]:
        """The values of a vocabulary with their labels; of several, every combination: `<value>.<value>`."""
        tables = [self.data.get("vocabularies", {}).get(name, {}) for name in vocabularies]
        combined = product(*(table.items() for table in tables)) if tables else ()
        return {".".join(value for value, _ in combination): "·".join(label for _, label in combination) for combination in combined}

    def matrix(self, rule: Data, path: Path_) -> r.Rule:
        rows: list[tuple[Condition, Data]] = []
        for index, row in enumerate(rule["rows"]):
            rows.append((condition(row["when"], "rows", index) if "when" in row else ALWAYS, row["gives"]))
        return r.MatrixRule(**self.common(rule), rows=tuple(rows))

    def ground(self, rule: Data, path: Path_) -> r.Rule:
        return r.GroundRule(
            **self.common(rule), ground=rule["ground"], mode=rule["mode"], to=names(rule.get("to")), text=rule.get("text", "")
        )


_PLAIN_STEP_KEYS = (
    "id", "act", "role", "of", "person", "each", "party", "serial", "lead",
    "merges_with", "remark", "closes", "waits", "returns_to", "passes_to", "delegable", "label",
)  # fmt: skip
_COMPILERS: dict[str, Callable[[Compiler, Data, Path_], r.Rule]] = {
    "procedure": Compiler.procedure,
    "limit": Compiler.limit,
    "check": Compiler.check,
    "cap": Compiler.cap,
    "signer": Compiler.signer,
    "approval": Compiler.approval,
    "visibility": Compiler.visibility,
    "schedule": Compiler.schedule,
    "notice": Compiler.notice,
    "ledger": Compiler.ledger,
    "register": Compiler.register,
    "matrix": Compiler.matrix,
    "quorum": Compiler.quorum,
    "ground": Compiler.ground,
}
