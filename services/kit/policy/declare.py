"""What a pack itself declares about the matters of a service: fields that are stated of them, and records that are kept on them.

    fields:
      normative: {label: 规范性文件, type: bool, on: [outgoing]}
      basis: {label: 行文依据, type: code, vocabulary: issue_basis}
    records:
      legality_review:
        label: 合法性审查
        fields: {conclusion: {label: 结论, type: code, vocabulary: review_conclusion}}
        attachment: required
        by: [office_head]

Rules speak of them as of every other fact: `fields.normative`, `records.legality_review.conclusion`. Here values are judged, kept as plain
JSON, and become facts; whether a person, a unit or a code exists is for the service to say, which is asked with `named`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol

from services.kit.policy.catalogue import BOOL, DATE, INSTANT, INT, PERSON, TEXT, UNIT, Fact, Type, code, list_of
from services.kit.policy.source import Wrong, inside

FIELDS, RECORDS = "fields", "records"
CODES = ("code", "codes")
PEOPLE = ("person", "unit", "persons", "units")  # ids, which a text shows by name
_SIMPLE: Mapping[str, Type] = {
    "bool": BOOL,
    "int": INT,
    "text": TEXT,
    "date": DATE,
    "instant": INSTANT,
    "person": PERSON,
    "unit": UNIT,
    "persons": list_of(PERSON),
    "units": list_of(UNIT),
    "texts": list_of(TEXT),
}
TYPES = (*_SIMPLE, *CODES)
MOST = 500  # elements of a list, and characters of one of its texts
LONGEST = 20_000

# Whether a named person, unit or code exists: asked with the field, gives the words against it or nothing.
Named = Callable[["DeclaredField", str], str]


class BadValue(ValueError):
    """A value that is not what the declaration says. `path` is where it stands, the text is for the user."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(words)
        self.path = path


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """A field that a pack declares. `on`: the kinds of matter that have it; empty: all."""

    name: str
    label: str
    word: str
    vocabulary: str = ""
    on: tuple[str, ...] = ()

    @property
    def type(self) -> Type:
        """Its type as a fact."""
        if self.word in CODES:
            return code(self.vocabulary) if self.word == "code" else list_of(code(self.vocabulary))
        return _SIMPLE[self.word]

    def kept(self, given: Any, named: Named) -> Any:
        """A given value as it is kept: plain JSON. Raises ValueError with the words for the user."""
        if self.type.of is None:
            return self._one(given, self.type, named)
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST:
            raise ValueError(f"应为列表，至多{MOST}项")
        return list(dict.fromkeys(self._one(item, self.type.of, named) for item in given))

    def fact(self, kept: Any) -> Any:
        """A kept value as rules see it."""
        match self.word:
            case "date":
                return date.fromisoformat(kept)
            case "instant":
                return datetime.fromisoformat(kept)
        return kept

    def _one(self, given: Any, type_: Type, named: Named) -> Any:
        made = _MAKERS[type_.name](given)
        if type_.name in ("code", "person", "unit"):
            against = named(self, made)
            if against:
                raise ValueError(against)
        return made


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of dated entry on a matter. `by`: the roles that make it; empty: whoever may see the matter and make records."""

    name: str
    label: str
    fields: Mapping[str, DeclaredField] = field(default_factory=dict)
    attachment: Literal["required", "optional", "none"] = "optional"
    by: tuple[str, ...] = ()
    on: tuple[str, ...] = ()


class Noted(Protocol):
    """What rules see of a record."""

    @property
    def kind(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def persons(self) -> tuple[str, ...]: ...

    @property
    def text(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, Any]: ...

    @property
    def recorded_at(self) -> datetime: ...


# Names that every kind of record has of its own.
OWN = ("count", "persons", "text", "recorded_at", "units")


def values(declared: Mapping[str, DeclaredField], given: Mapping[str, Any], named: Named) -> dict[str, Any]:
    """Given values as they are kept; null stays null and takes a value away. Raises BadValue at the first that is wrong."""
    made: dict[str, Any] = {}
    for name in sorted(given):
        entry = declared.get(name)
        if entry is None:
            raise BadValue(f"{FIELDS}.{name}", f"本单位的制度没有“{name}”这一项")
        try:
            made[name] = None if given[name] is None else entry.kept(given[name], named)
        except ValueError as wrong:
            raise BadValue(f"{FIELDS}.{name}", f"{entry.label}{wrong}") from wrong
    return made


def facts_of_fields(declared: Mapping[str, DeclaredField], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The facts `fields.<name>`; what was not stated is None."""
    return {f"{FIELDS}.{name}": None if kept.get(name) is None else entry.fact(kept[name]) for name, entry in declared.items()}


def facts_of_records(declared: Mapping[str, RecordKind], noted: Iterable[Noted]) -> dict[str, Any]:
    """The facts `records.<kind>…` of all kinds. `noted` stands in the order in which it was recorded."""
    every = list(noted)
    found: dict[str, Any] = {}
    for name, kind in declared.items():
        mine = [entry for entry in every if entry.kind == name]
        newest = mine[-1] if mine else None
        base = f"{RECORDS}.{name}"
        found[base] = list(dict.fromkeys(entry.unit for entry in mine if entry.unit))
        found[f"{base}.count"] = len(mine)
        found[f"{base}.persons"] = list(dict.fromkeys(person for entry in mine for person in entry.persons))
        found[f"{base}.text"] = newest.text or None if newest else None
        found[f"{base}.recorded_at"] = newest.recorded_at if newest else None
        last = {entry.unit: entry for entry in mine if entry.unit}
        for key, entry in kind.fields.items():
            said = newest.fields.get(key) if newest else None
            found[f"{base}.{key}"] = None if said is None else entry.fact(said)
            if entry.word == "bool":
                found[f"{base}.{key}.units"] = [unit for unit, one in last.items() if one.fields.get(key) is True]
    return found


def facts_declared(fields: Mapping[str, DeclaredField], records: Mapping[str, RecordKind]) -> Iterator[Fact]:
    """The facts that a pack can speak of because it declares them."""
    for entry in fields.values():
        yield Fact(f"{FIELDS}.{entry.name}", entry.type, entry.label)
    for kind in records.values():
        base = f"{RECORDS}.{kind.name}"
        yield Fact(base, list_of(UNIT), f"units with a record: {kind.label}")
        yield Fact(f"{base}.count", INT, "how many records there are")
        yield Fact(f"{base}.persons", list_of(PERSON), "persons whom the records name")
        yield Fact(f"{base}.text", TEXT, "text of the newest")
        yield Fact(f"{base}.recorded_at", INSTANT, "when the newest was recorded")
        for key, entry in kind.fields.items():
            yield Fact(f"{base}.{key}", entry.type, f"{entry.label}, of the newest")
            if entry.word == "bool":
                yield Fact(f"{base}.{key}.units", list_of(UNIT), f"units whose newest record says so: {entry.label}")


def is_declared(fact: str) -> bool:
    """Says whether a fact is one that packs declare."""
    return fact.startswith((f"{FIELDS}.", f"{RECORDS}."))


# ---- from the pack ------------------------------------------------------------------------------------------------------


def field_of(name: str, written: Mapping[str, Any]) -> DeclaredField:
    """A declaration as a pack writes it. Raises ValueError, in words, where type and vocabulary do not fit."""
    word = written["type"]
    if (word in CODES) != ("vocabulary" in written):
        what = "a code has a `vocabulary`" if word in CODES else f"a {word} has no `vocabulary`"
        raise Wrong(what, "name one of `vocabularies`" if word in CODES else "take `vocabulary` away, or call the type `code`", ("type",))
    return DeclaredField(name, written["label"], word, written.get("vocabulary", ""), tuple(written.get("on", ())))


def record_of(name: str, written: Mapping[str, Any]) -> RecordKind:
    """A kind of record as a pack writes it. Raises ValueError, in words."""
    fields = {}
    for key, entry in written.get("fields", {}).items():
        with inside("fields", key):
            fields[key] = field_of(key, entry)
    if taken := [key for key in fields if key in OWN]:
        raise Wrong(f"every record has {taken[0]} of its own", "call the field otherwise", ("fields", taken[0]))
    by, on = tuple(written.get("by", ())), tuple(written.get("on", ()))
    return RecordKind(name, written["label"], fields, written.get("attachment", "optional"), by, on)


# ---- values -------------------------------------------------------------------------------------------------------------


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError("应为是或否")
    return given


def _number(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or given != int(given):
        raise ValueError("应为整数")
    return int(given)


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > LONGEST:
        raise ValueError(f"应为文字，不超过{LONGEST}字")
    return given


def _name(given: Any) -> str:
    if not isinstance(given, str) or not given or len(given) > MOST:
        raise ValueError("应为一个代码或编号")
    return given


def _day(given: Any) -> str:
    try:
        return date.fromisoformat(given).isoformat()
    except (TypeError, ValueError) as wrong:
        raise ValueError("应为日期，如2018-09-10") from wrong


def _moment(given: Any) -> str:
    try:
        at = datetime.fromisoformat(given)
    except (TypeError, ValueError) as wrong:
        raise ValueError("应为时刻，如2018-09-10T01:00:00Z") from wrong
    if at.tzinfo is None:
        raise ValueError("应为带时区的时刻")
    return at.astimezone(UTC).isoformat()


_MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "bool": _flag,
    "int": _number,
    "text": _text,
    "date": _day,
    "instant": _moment,
    "code": _name,
    "person": _name,
    "unit": _name,
}
