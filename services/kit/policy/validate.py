"""What is wrong with a pack beyond its shape: names that nobody declared, texts that are missing, placeholders that nothing fills."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from services.kit.policy import entries
from services.kit.policy.catalogue import INSTANT, INT, Catalogue, EventKind, Fact, Operation, Type
from services.kit.policy.conditions import JOINS, facts_named
from services.kit.policy.declare import CODES, FIELDS, DeclaredField, facts_declared, is_declared
from services.kit.policy.pack import Pack, placeholders
from services.kit.policy.predicates import facts_of, is_role
from services.kit.policy.source import Path_, Problem, Source

Data = Mapping[str, Any]
Facts = Mapping[str, Fact]

EVERYBODY = "member"  # the role that every member of a tenant holds
MAY = ("differ", "object", "send_back", "take_back", "add_signer", "transfer")
RUNG_WORDS = ("matter", "title", "number", "step", "unit", "due", "article")  # what notifications fills in
ROUTE_WORDS = ("step", "other", "by", "what", "missing")  # what the step machine fills in
ENTRY_WORDS = ("count", "limit", "holder")  # what the directory fills in
_EXTRA = {"check": ("missing",), "cap": ("value", "limit"), "quorum": ("value", "limit"), "signer": ("signer",), "approval": ("approver",)}
_ON_EVENTS = ("notice", "ground", "ledger")


def examine(source: Source, pack: Pack, catalogue: Catalogue, regulation: str | None = None) -> list[Problem]:
    """Finds what is wrong with a pack whose shape is right. With the regulation's text, quotes are looked up in it."""
    examiner = _Examiner(source, pack, catalogue)
    examiner.head()
    examiner.clauses(regulation)
    examiner.words()
    examiner.declarations()
    examiner.roles()
    for index, rule in enumerate(source.data["rules"]):
        examiner.rule(rule, ("rules", index))
    return examiner.problems


class _Examiner:
    def __init__(self, source: Source, pack: Pack, catalogue: Catalogue) -> None:
        self.source = source
        self.data: Data = source.data
        self.pack = pack
        self.catalogue = catalogue
        self.problems: list[Problem] = []
        self.declared = {fact.name: fact for fact in facts_declared(pack.fields, pack.records)}
        self.all_facts = {fact.name: fact for service in catalogue.services for fact in service.facts} | self.declared
        self.vocabularies: Mapping[str, Mapping[str, str]] = self.data.get("vocabularies", {})
        self.registers = {rule["name"]: rule for rule in self.data["rules"] if rule["kind"] == "register"}
        self.entry_facts = entries.facts(self.data)

    def say(self, path: Path_, what: str, mend: str = "") -> None:
        self.problems.append(self.source.problem(path, what, mend))

    def known(self, path: Path_, what: str, name: str, names: Iterable[str]) -> bool:
        """Says whether a name is known, and complains with a guess where it is not."""
        names = list(names)
        if name in names:
            return True
        near = get_close_matches(name, names, 1)
        mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(names)[:12]) or 'none'}"
        self.say(path, f"{what} {name} is not known", mend)
        return False

    # -- head, clauses, texts, roles ---------------------------------------------------------------------------------

    def head(self) -> None:
        head = self.pack.head
        if head.effective_to is not None and head.effective_from is not None and head.effective_to < head.effective_from:
            self.say(("effective_to",), "the pack ends before it begins", "effective_to is the last day on which it holds")
        if head.layer == "campaign" and head.effective_to is None:
            self.say(("layer",), "a campaign has an end", "add effective_to")
        if (head.layer == "instruction") != bool(head.tightens):
            self.say(
                ("layer",), "an instruction tightens a pack, and only an instruction does", "give both `layer: instruction` and `tightens`"
            )
        if head.set and head.pack not in head.set:
            self.say(("set",), f"{head.pack} does not stand in its own set", "a set names all packs that are issued together, this one too")
        if "effective_clause" in self.data:
            self.known(("effective_clause",), "clause", self.data["effective_clause"], self.pack.clauses)
        if head.binds is not None:
            for kind in head.binds.unit_kinds:
                self.known(("binds", "unit_kinds"), "kind of unit", kind, self.pack.unit_kinds)
            self.known(("binds", "clause"), "clause", head.binds.clause, self.pack.clauses)
        if "role" in head.owner:
            self.role(("owner", "role"), head.owner["role"])
        for kind in ("unit_kind",):
            if kind in head.owner:
                self.known(("owner", kind), "kind of unit", head.owner[kind], self.pack.unit_kinds)
        for index, (begin, end) in enumerate(self.pack.office_hours):
            if begin >= end:
                self.say(("office_hours", index), f"office hours from {begin} to {end}", "the beginning stands first")
        lists = {name for rule in self.data["rules"] if rule["kind"] == "register" for name in _names(rule.get("each"))}
        lists |= {name for name in self.vocabularies if self._columns(self.vocabularies[name])}
        lists |= {entry.vocabulary for _, entry in self._entries() if entry.vocabulary}
        for name in self.vocabularies:
            self.known(("vocabularies", name), "vocabulary", name, {*self.catalogue.vocabularies, *lists})

    def _columns(self, vocabulary: Mapping[str, str]) -> bool:
        """Says whether a column of a register takes its values from this vocabulary."""
        columns = [field for rule in self.data["rules"] if rule["kind"] == "register" for field in rule["fields"].values()]
        return any(set(column.get("values", ())) == set(vocabulary) for column in columns if "values" in column)

    def _entries(self) -> Iterator[tuple[Path_, DeclaredField]]:
        """Every declared field, those of records included, with its place."""
        for name, entry in self.pack.fields.items():
            yield (FIELDS, name), entry
        for kind in self.pack.records.values():
            for name, entry in kind.fields.items():
                yield ("records", kind.name, "fields", name), entry

    def declarations(self) -> None:
        """What the pack declares is about kinds of matter that there are, by roles and with vocabularies that there are."""
        for path, entry in self._entries():
            if entry.word in CODES:
                self.known((*path, "vocabulary"), "vocabulary", entry.vocabulary, self.vocabularies)
        abouts = [((FIELDS, name), entry.on) for name, entry in self.pack.fields.items()]
        for about, on in [*abouts, *((("records", name), kind.on) for name, kind in self.pack.records.items())]:
            for kind_name in on:
                self.known((*about, "on"), "kind of matter", kind_name, self.catalogue.kinds)
        for name, kind in self.pack.records.items():
            for role in kind.by:
                self.role(("records", name, "by"), role)

    def clauses(self, regulation: str | None) -> None:
        self.twice(("clauses",), "clause")
        self.twice(("rules",), "rule")
        text = "".join(regulation.split()) if regulation is not None else None
        for index, entry in enumerate(self.data["clauses"]):
            if text is not None and "".join(entry["quote"].split()) not in text:
                self.say(("clauses", index, "quote"), f"{entry['id']}: the quote does not stand in the text", "copy the words exactly")

    def twice(self, path: Path_, what: str) -> None:
        seen: dict[str, int] = {}
        for index, entry in enumerate(self.data[str(path[0])]):
            if entry["id"] in seen:
                line = self.source.line((*path, seen[entry["id"]]))
                self.say((*path, index, "id"), f"{what} {entry['id']} stands twice", f"the other is on line {line}")
            seen.setdefault(entry["id"], index)

    def words(self) -> None:
        for reason, text in self.pack.texts.items():
            try:
                list(placeholders(text))
            except ValueError as error:
                self.say(("texts", reason), f"{reason}: {error}", "placeholders are plain names of facts in braces")

    def roles(self) -> None:
        for name, role in self.data.get("roles", {}).items():
            path: Path_ = ("roles", name)
            for post in role.get("posts", ()):
                self.known((*path, "posts"), "post", post, self.pack.posts)
            for key in ("unit_kinds", "serves"):
                for kind in role.get(key, ()):
                    self.known((*path, key), "kind of unit", kind, self.pack.unit_kinds)
            if "person" in role and self.known((*path, "person"), "fact", role["person"], self.all_facts):
                self.typed((*path, "person"), self.all_facts[role["person"]], ("person",))
            if "register" in role:
                self.shared((*path, "register"), role["register"])
            if not {"posts", "members", "initiator", "person", "register", "fallback"} & set(role):
                self.say(path, f"role {name} means nobody", "give posts, members, initiator, person, register or fallback")
        for name, permissions in self.data.get("grants", {}).items():
            self.role(("grants", name), name, also=(EVERYBODY,))
            for index, permission in enumerate(permissions):
                if self.catalogue.permissions:
                    self.known(("grants", name, index), "permission", permission, self.catalogue.permissions)
        for name, chain in self.data.get("chains", {}).items():
            for index, level in enumerate(chain["levels"]):
                for role_name in level:
                    self.role(("chains", name, "levels", index), role_name)

    def shared(self, path: Path_, name: str) -> None:
        if self.known(path, "register", name, self.registers) and not self.registers[name].get("shared", False):
            self.say(path, f"register {name} is not shared", "a role is held by the entries of a register with `shared: true`")

    def role(self, path: Path_, name: str, also: tuple[str, ...] = ()) -> None:
        self.known(path, "role", name, (*self.data.get("roles", {}), *also))

    # -- rules --------------------------------------------------------------------------------------------------------

    def rule(self, rule: Data, path: Path_) -> None:
        on = _names(rule.get("on"))
        for name in on:
            self.point(rule, (*path, "on"), name)
        offered = self.offered(on)
        self.when(rule.get("when"), offered, (*path, "when"))
        if "else" in rule:
            self.refusal(rule, offered, (*path, "else"), on)
        handler = getattr(self, f"_{rule['kind']}", None)
        if handler is not None:
            handler(rule, path, offered)
        for key in ("to", "signers", "passes_to", "approvers", "maintained_by", "approved_by", "read_by", "closed_by", "answerable"):
            for name in _names(rule.get(key)):
                self.role((*path, key), name)
        for name in rule.get("replaces", ()):
            if name.count(":") != 1:
                self.say((*path, "replaces"), f"{name} names no rule", "a rule of another pack is written <pack>:<rule>")
        if "tightens" in rule and not self.pack.head.tightens:
            self.say((*path, "tightens"), "only a pack that tightens another has rules that tighten", "give the pack `tightens`")

    def point(self, rule: Data, path: Path_, name: str) -> None:
        if not self.known(path, "operation or event", name, self.catalogue.points):
            return
        if rule["kind"] in _ON_EVENTS and not isinstance(self.catalogue.points[name], EventKind):
            self.say(path, f"{name} is an operation, a {rule['kind']} follows an event", "name the event that the operation leads to")
        if "else" in rule and not isinstance(self.catalogue.points[name], Operation):
            self.say(path, f"{name} has already happened, nothing can be refused", "name the operation before it")

    def offered(self, on: tuple[str, ...]) -> dict[str, Fact]:
        """The facts offered at every point of a rule."""
        tables = [self.facts_at(name) for name in on if name in self.catalogue.points]
        if not tables:
            return dict(self.all_facts) if on else {}  # that no point is known has been said
        offered = {name: fact for name, fact in tables[0].items() if all(name in table for table in tables)}
        return offered | (self.entry_facts if all(name.startswith(entries.POINTS) for name in on) else {})

    def facts_at(self, name: str) -> dict[str, Fact]:
        """The facts offered at a point: those of the catalogue, and what the pack declares."""
        return self.catalogue.facts_at(name) | (self.declared if self.catalogue.may_declare(name) else {})

    def when(self, written: Any, offered: Facts, path: Path_) -> None:
        if not isinstance(written, dict):
            return
        for name, wanted in facts_named(written):
            if self.fact(path, name, offered):
                self.wanted(path, offered[name], wanted)

    def fact(self, path: Path_, name: Any, offered: Facts) -> bool:
        if not isinstance(name, str):
            return False
        if name in offered:
            return True
        if is_declared(name) and name not in self.all_facts:
            return self.known(path, "declared fact", name, self.declared)
        if name in self.all_facts:
            points = [point for point in self.catalogue.points if name in self.facts_at(point)]
            more = ", …" if len(points) > _SHOWN else ""
            self.say(path, f"fact {name} is not offered here", f"it is offered at {', '.join(points[:_SHOWN]) or 'none'}{more}")
            return False
        return self.known(path, "fact", name, offered)

    def wanted(self, path: Path_, fact: Fact, wanted: Any) -> None:
        """Looks whether a fact of this type can be what a `when` asks."""
        type_ = fact.type.of or fact.type
        if isinstance(wanted, dict):
            if {"min", "max"} & set(wanted) and fact.type.of is None and fact.type.name not in ("int", "text"):
                self.say(path, f"{fact.name} is {_a(fact.type)}, it has no size", "min and max are for numbers, lists and texts")
            for key in ("not", "is"):
                if key in wanted:
                    self.wanted(path, fact, wanted[key])
            return
        for value in wanted if isinstance(wanted, list) else [wanted]:
            self.value(path, fact.name, type_, value)

    def value(self, path: Path_, name: str, type_: Type, value: Any) -> None:
        if type_.name == "role":
            self.role(path, str(value), also=(EVERYBODY,))
        elif type_.name == "enum":
            self.known(path, f"value of {name}:", str(value), type_.values)
        elif type_.name == "code":
            self.known(path, f"{name} (vocabulary {type_.vocabulary}):", str(value), self.vocabularies.get(type_.vocabulary, {}))
        elif not isinstance(value, _PYTHON.get(type_.name, object)) or (isinstance(value, bool) and type_.name != "bool"):
            self.say(path, f"{name} is {_a(type_)}, {value!r} is none", f"for example {_LOOKS.get(type_.name, 'the id of one')}")

    def typed(self, path: Path_, fact: Fact, allowed: tuple[str, ...]) -> None:
        name = (fact.type.of or fact.type).name
        if name not in allowed:
            self.say(path, f"{fact.name} is {_a(fact.type)}", f"here stands {' or '.join(map(_a, allowed))}")

    def refusal(self, rule: Data, offered: Facts, path: Path_, on: tuple[str, ...]) -> None:
        refusal = rule["else"]
        extra = _EXTRA.get(rule["kind"], ())
        self.text((*path, "reason"), refusal["reason"], offered, extra)
        if rule.get("hard") is False and refusal["effect"] == "refuse" and rule["kind"] == "cap":
            self.say(path, f"{rule['id']} is not hard and yet refuses", "a number in principle is a `finding`")
        if "field" in refusal:
            points = [self.catalogue.points.get(name) for name in on]
            fields = [set(point.fields) for point in points if isinstance(point, Operation)]
            if fields:
                stated = {f"{FIELDS}.{name}" for name in self.pack.fields}
                self.known((*path, "field"), "field", refusal["field"], set.intersection(*fields) | stated)

    def text(self, path: Path_, reason: str, offered: Facts, extra: Iterable[str] = ()) -> None:
        """A reason code has a text, and the facts offered fill its placeholders."""
        if reason not in self.pack.texts:
            near = get_close_matches(reason, self.pack.texts, 1)
            self.say(path, f"reason {reason} has no text", f"did you mean {near[0]}?" if near else "add it under `texts`")
            return
        try:
            names = list(placeholders(self.pack.texts[reason]))
        except ValueError:
            return  # said at the text itself
        for name in names:
            if name in extra:
                continue
            if name not in offered:
                known = ", ".join(sorted((*extra, *offered))[:12]) or "none"
                self.say(("texts", reason), f"{reason}: nothing fills {{{name}}} where it is used", f"there are {known}")
            elif name.startswith(f"{FIELDS}."):
                continue  # shown by name
            elif (offered[name].type.of is None) and offered[name].type.name in ("person", "unit"):
                self.say(("texts", reason), f"{reason}: {{{name}}} would show an id", "use a fact that is a text")

    # -- kinds --------------------------------------------------------------------------------------------------------

    def _check(self, rule: Data, path: Path_, offered: Facts) -> None:
        where = (*path, "require")
        for name in facts_of(rule["require"]):
            self.fact(where, name, offered)
        for key, operand in _demands(rule["require"]):
            if key in ("before", "by", "after", "lead"):
                for name in (operand["from"], operand["to"]) if isinstance(operand, dict) else operand:
                    if name in offered:
                        self.typed(where, offered[name], ("instant", "date"))
            if key in ("equals", "one_of", "has", "subset"):
                for name, value in operand.items():
                    written = [v for v in (value if isinstance(value, list) else [value]) if not isinstance(v, dict)]
                    if name in offered:
                        for one in written:
                            self.value(where, name, offered[name].type.of or offered[name].type, one)
                        self.holders(rule, where, offered[name], value)

    def holders(self, rule: Data, path: Path_, fact: Fact, value: Any) -> None:
        """`{role: …}` stands for persons, where the service says who holds a role in a matter."""
        for one in value if isinstance(value, list) else [value]:
            if is_role(one):
                self.role(path, one["role"])
                self.typed(path, fact, ("person",))
                for name in _names(rule.get("on")):
                    if name in self.catalogue.points and not self.catalogue.knows_holders(name):
                        self.say(path, f"at {name} nobody says who holds a role", "name a fact instead of the role")

    def _cap(self, rule: Data, path: Path_, offered: Facts) -> None:
        if self.fact((*path, "of"), rule["of"], offered) and offered[rule["of"]].type.of is None:
            self.typed((*path, "of"), offered[rule["of"]], ("int", "text"))

    def _signer(self, rule: Data, path: Path_, offered: Facts) -> None:
        for key in ("signed_by", "delegated"):
            if key in rule:
                self.fact((*path, key), rule[key], offered)

    def _approval(self, rule: Data, path: Path_, offered: Facts) -> None:
        for key in ("given", "asked", "before"):
            if key in rule and self.fact((*path, key), rule[key], offered) and key != "given":
                self.typed((*path, key), offered[rule[key]], ("instant",))
        for name in rule.get("fields", ()):
            self.fact((*path, "fields"), name, offered)

    def _quorum(self, rule: Data, path: Path_, offered: Facts) -> None:
        for key in ("counted", "entitled"):
            self.fact((*path, key), rule[key], offered)

    def _limit(self, rule: Data, path: Path_, offered: Facts) -> None:
        if "from" in rule["budget"] and self.fact((*path, "budget"), rule["budget"]["from"], offered):
            self.typed((*path, "budget"), offered[rule["budget"]["from"]], (INSTANT.name,))
        if "since" in rule and self.fact((*path, "since"), rule["since"], offered):
            self.typed((*path, "since"), offered[rule["since"]], (INSTANT.name,))
        if "until" in rule:
            until = rule["until"] if isinstance(rule["until"], dict) else {"event": rule["until"]}
            if self.known((*path, "until"), "event", until["event"], [n for n in self.catalogue.points if self.catalogue.is_event(n)]):
                self.when(until.get("when"), self.facts_at(until["event"]), (*path, "until"))
        ids = [other["id"] for other in self.data["rules"] if other["kind"] == "limit"]
        for name in rule.get("overrides", ()):
            self.known((*path, "overrides"), "limit", name, ids)
        ladder, where = rule.get("ladder", []), (*path, "ladder")
        if isinstance(ladder, str):
            if ladder not in self.data.get("ladders", {}):
                return  # has been said
            ladder, where = self.data["ladders"][ladder], ("ladders", ladder)
        for index, rung in enumerate(ladder):
            self.when(rung.get("when"), offered, (*where, index))
            for name in _names(rung.get("to")):
                self.role((*where, index, "to"), name)
            if "text" in rung:
                self.text((*where, index, "text"), rung["text"], {}, RUNG_WORDS)
            if "chain" in rung:
                self.fact((*where, index, "chain"), "role", offered)
        breaches = [rung for rung in ladder if rung["do"] == "breach"]
        if "default_of" not in rule and (len(breaches) != 1 or breaches[0].get("at", "due") != "due"):
            self.say(where, f"{rule['id']}: the ladder has {len(breaches)} breaches", "a limit is breached once, `at: due`")

    def _procedure(self, rule: Data, path: Path_, offered: Facts) -> None:
        service = {name.split(".")[0] for name in _names(rule["on"])}
        reach = {fact.name: fact for entry in self.catalogue.services if entry.service in service for fact in entry.facts}
        reach |= dict(offered)
        for index, step in enumerate(rule["steps"]):
            where = (*path, "steps", index)
            self.known((*where, "act"), "act", step["act"], self.catalogue.acts)
            if "role" in step:
                self.role((*where, "role"), step["role"])
            self.when(step.get("when"), reach, (*where, "when"))
            for key, allowed in (("of", ("unit",)), ("person", ("person",)), ("each", ("unit", "person")), ("lead", ("unit", "person"))):
                if key in step and self.fact((*where, key), step[key], reach):
                    self.typed((*where, key), reach[step[key]], allowed)
            for name in step.get("sets", ()):
                self.fact((*where, "sets"), name, reach)
            for name in step.get("may", ()):
                fact = name.removeprefix("mark_")
                if name.startswith("mark_"):
                    self.fact((*where, "may"), fact, reach)
                else:
                    self.known((*where, "may"), "permission of a step", name, MAY)
            self.refuse(step.get("refuse", {}), where, offered)
            self.reached(rule, step, where)
        self.refuse(rule.get("refuse", {}), path, offered)

    def reached(self, rule: Data, step: Data, where: Path_) -> None:
        """A step whose `when` contradicts that of its route is never reached, unless somebody on the way may change the fact."""
        changed = {name.removeprefix("mark_") for other in rule["steps"] for name in (*other.get("sets", ()), *other.get("may", ()))}
        fixed = _values(rule.get("when"))
        for name, wanted in _values(step.get("when")).items():
            if name in fixed and name not in changed and not fixed[name] & wanted:
                told = ", ".join(sorted(map(str, fixed[name])))
                self.say(where, f"step {step['id']} is never reached", f"the route is for {name}: {told}")

    def refuse(self, written: Data, path: Path_, offered: Facts) -> None:
        for kind, entry in written.items():
            self.text((*path, "refuse", kind), entry["reason"], offered, ROUTE_WORDS)

    def _schedule(self, rule: Data, path: Path_, offered: Facts) -> None:
        if self.known((*path, "do"), "job", rule["do"], self.catalogue.jobs) and "text" in rule:
            self.text((*path, "text"), rule["text"], self.catalogue.facts_at(rule["do"]))

    def _notice(self, rule: Data, path: Path_, offered: Facts) -> None:
        self.text((*path, "text"), rule["text"], offered)
        if "of" in rule and self.fact((*path, "of"), rule["of"], offered):
            self.typed((*path, "of"), offered[rule["of"]], ("unit",))

    def _ground(self, rule: Data, path: Path_, offered: Facts) -> None:
        if "text" in rule:
            self.text((*path, "text"), rule["text"], offered)

    def _register(self, rule: Data, path: Path_, offered: Facts) -> None:
        for key in ("over", "gap", "not_approved", "not_maintained", "outside", "expired", "incomplete", "not_reader"):
            if key in rule:
                self.text((*path, key), rule[key], {}, ENTRY_WORDS)
        for kind in rule.get("unit_kinds", ()):
            self.known((*path, "unit_kinds"), "kind of unit", kind, self.pack.unit_kinds)
        if "holders" in rule:
            self.role((*path, "holders"), rule["holders"])
        if "where" in rule:
            self.known((*path, "where"), "register", rule["where"], self.registers)
        columns = rule["fields"]
        for key, type_ in (("from", "date"), ("until", "date")):
            if key in rule.get("term", {}):
                self.column((*path, "term"), rule["term"][key], columns, type_)
        if "period" in rule:
            self.column((*path, "period"), rule["period"]["column"], columns, "int")
        if clash := entries.clash(self.data):
            self.say((*path, "fields"), f"two registers have a column {clash} of different types", "call one of them otherwise")
        for name, column in columns.items():
            self._register_column(column, columns, (*path, "fields", name))
        if rule["per"] == "each":
            for name in _names(rule.get("each", "")):
                self.known((*path, "each"), "vocabulary", name, self.vocabularies)

    def _register_column(self, column: Data, columns: Mapping[str, Data], path: Path_) -> None:
        for key in ("not_holding", "not_listed"):
            if key in column:
                self.text((*path, key), column[key], {}, ENTRY_WORDS)
        for kind in column.get("unit_kinds", ()):
            self.known((*path, "unit_kinds"), "kind of unit", kind, self.pack.unit_kinds)
        if "listed" in column:
            self.known((*path, "listed"), "register", column["listed"], self.registers)
        derived = column.get("from", {})
        for name in (column.get("holds"), derived.get("role")):
            if name is not None:
                self.role(path, name)
        for key, type_ in (("post", "text"), ("of", "unit")):
            if key in derived:
                self.column((*path, "from"), derived[key], columns, type_)

    def column(self, path: Path_, name: str, columns: Mapping[str, Data], type_: str) -> None:
        """A column that another part of the register names: it is there, and of this type."""
        if self.known(path, "column", name, columns):
            found = columns[name].get("type", "text")
            if found != type_:
                self.say(path, f"{name} is {_a(found)}", f"here stands {_a(type_)}")

    def _matrix(self, rule: Data, path: Path_, offered: Facts) -> None:
        for index, row in enumerate(rule["rows"]):
            self.when(row.get("when"), offered, (*path, "rows", index))


_PYTHON: dict[str, type | tuple[type, ...]] = {"bool": bool, INT.name: int, "text": str, "date": date}


_SHOWN = 5  # of a list that helps an author on
_LOOKS = {"bool": "true", INT.name: "3", "text": "请示", "date": "2019-03-25"}


def _a(word: object) -> str:
    return f"{'an' if str(word)[0] in 'aeio' else 'a'} {word}"


def _names(written: Any) -> tuple[str, ...]:
    if written is None:
        return ()
    return tuple(written) if isinstance(written, list) else (written,)


def _values(when: Any) -> dict[str, set[Any]]:
    """The facts of a `when` that must be one of certain values."""
    written = when.items() if isinstance(when, dict) else ()
    plain = {name: wanted if isinstance(wanted, list) else [wanted] for name, wanted in written if not isinstance(wanted, dict)}
    return {name: set(values) for name, values in plain.items() if name not in JOINS}


def _demands(require: Data) -> Iterator[tuple[str, Any]]:
    """Every demand inside a `require`, branches included."""
    for key, operand in require.items():
        if key in ("any", "all"):
            for branch in operand:
                yield from _demands(branch)
        elif key == "not":
            yield from _demands(operand)
        else:
            yield key, operand
