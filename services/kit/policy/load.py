"""From a text to a pack: read, brought up to the present schema, looked at, compiled.

load(text) -> Pack                      # what the services do with a pack that was validated when it was taken in
validate(text, catalogue) -> [Problem]  # everything that is wrong, each with its line
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from services.kit.policy import schema
from services.kit.policy.catalogue import Catalogue
from services.kit.policy.compile import Compiler
from services.kit.policy.model import KINDS
from services.kit.policy.pack import Pack
from services.kit.policy.parts import guess
from services.kit.policy.source import BadPack, Path_, Problem, Source, read, read_file
from services.kit.policy.validate import examine

Data = dict[str, Any]
_KEPT = 64

UPCASTERS: dict[int, Callable[[Data], Data]] = {}
"""How a pack of schema n becomes one of schema n + 1. Packs are kept for ever, so is every step here."""


def load(text: str, file: str = "pack.yaml") -> Pack:
    """Compiles a pack. Raises BadPack with all problems of shape and compilation.

    The same text is compiled once for all who ask for it in a process: the services of embedded mode, each step of taking a pack in.
    """
    try:
        return _loaded(text)
    except BadPack:
        return _compile(read(text, file))  # raises again, with the name of this file


@lru_cache(maxsize=_KEPT)
def _loaded(text: str) -> Pack:
    return _compile(read(text))


def load_file(path: Path) -> Pack:
    """Compiles the pack in a file. Raises BadPack."""
    return _compile(read_file(path))


def load_data(data: Data, name: str = "pack") -> Pack:
    """Compiles a pack that was built in memory. Raises BadPack."""
    return _compile(Source(name, data))


def validate(source: str | Path | Source, catalogue: Catalogue, regulation: str | None = None) -> list[Problem]:
    """Finds everything that is wrong with a pack, by line. With the text of the regulation, quotes are looked up in it."""
    try:
        if isinstance(source, str):
            source = read(source)
        elif isinstance(source, Path):
            source = read_file(source)
        compiler, pack = _compiled(source)
    except BadPack as bad:
        return sorted(set(bad.problems), key=_place)
    found = [*compiler.problems, *examine(compiler.source, pack, catalogue, regulation)]
    return sorted(set(found), key=_place)


def _place(problem: Problem) -> tuple[int, str]:
    return problem.line, problem.what


def _compile(source: Source) -> Pack:
    compiler, pack = _compiled(source)
    if compiler.problems:
        raise BadPack(list(dict.fromkeys(compiler.problems)))
    return pack


def _compiled(source: Source) -> tuple[Compiler, Pack]:
    source = _upcast(source)
    problems = shape(source)
    if problems:
        raise BadPack(problems)
    compiler = Compiler(source)
    return compiler, compiler.pack()


def _upcast(source: Source) -> Source:
    data = source.data
    if not isinstance(data, dict) or not isinstance(data.get("schema"), int):
        raise BadPack([source.problem((), "this is not a policy pack", f"a pack begins with `schema: {schema.VERSION}`")])
    written = data["schema"]
    while data["schema"] in UPCASTERS and data["schema"] < schema.VERSION:
        data = UPCASTERS[data["schema"]](data)
    if data["schema"] != schema.VERSION:
        raise BadPack([source.problem(("schema",), f"schema {written} is not known", f"this release reads schemas up to {schema.VERSION}")])
    return Source(source.file, data, source.text, source.lines)


_PACK = Draft202012Validator(schema.PACK)
_RULES = {kind: Draft202012Validator(schema.rule(kind)) for kind in KINDS}


def shape(source: Source) -> list[Problem]:
    """What is wrong with the shape of a pack, in words."""
    data = _plain(source.data)
    problems = [_words(source, error, ()) for error in _PACK.iter_errors(data)]
    for name in ("effective_from", "effective_to"):
        if isinstance(source.data.get(name), str):
            problems.append(source.problem((name,), f"{name} is text", "a date is written without quotes: 2019-03-25"))
    rules = data.get("rules") if isinstance(data.get("rules"), list) else []
    for index, rule in enumerate(rules):
        if not isinstance(rule, dict):
            continue
        kind = rule.get("kind")
        if kind in _RULES:
            problems += [_words(source, error, ("rules", index)) for error in _RULES[kind].iter_errors(rule)]
        elif "kind" in rule:
            known = ", ".join(KINDS)
            problems.append(source.problem(("rules", index, "kind"), f"{kind} is no kind of rule", f"known are {known}"))
    return problems


def _plain(value: Any) -> Any:
    """The data as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def _words(source: Source, error: ValidationError, base: Path_) -> Problem:
    """A schema error as a sentence with its line."""
    path: Path_ = (*base, *error.absolute_path)
    found: Any = error.instance
    value: Any = error.validator_value
    within = error.schema
    name = _named(source, path)
    if "propertyNames" in error.schema_path:  # the name itself is wrong, not what stands under it
        path = (*path, found)
    match error.validator:
        case "required":
            missing = str(error.message).split("'")[1]
            mend = "every rule rests on a clause of its regulation" if missing == "clause" else f"add `{missing}`"
            return source.problem(path, f"{name}: {missing} is missing", mend)
        case "additionalProperties":
            known = sorted(within.get("properties", {})) if isinstance(within, dict) else []
            extra = sorted(set(found if isinstance(found, dict) else {}) - set(known))
            return source.problem((*path, extra[0]), f"{name}: {', '.join(extra)} is not known here", guess(extra[0], known, _all(known)))
        case "enum":
            known = [str(word) for word in value]
            return source.problem(path, f"{name}: {found!r} is not known", guess(str(found), known, _all(known)))
        case "const":
            return source.problem(path, f"{name} is {found!r}", f"it must be {value!r}")
        case "type":
            wanted = value if isinstance(value, list) else [value]
            return source.problem(path, f"{name}: {found!r} does not stand here", f"write {' or '.join(_TYPES[word] for word in wanted)}")
        case "pattern":
            return source.problem(path, f"{name}: {found!r} is not written as it must be", f"write {schema.LOOKS[str(value)]}")
        case "minimum" | "maximum":
            return source.problem(path, f"{name}: {found} is too {_TOO[error.validator]}", f"write {_BOUND[error.validator]} {value}")
        case "minItems" | "minProperties" | "minLength":
            return source.problem(path, f"{name} has {len(found)} entries", f"write at least {value}, or leave {name} away")
        case "maxItems" | "maxProperties":
            return source.problem(path, f"{name} has {len(found)} entries", f"write at most {value}")
        case "anyOf" if name == "budget" and isinstance(found, dict) and not {"unit", "from"} & set(found):
            return source.problem(path, "a limit without a unit", "for example `unit: working_days`, or `from: <fact>` for a stated moment")
        case "anyOf" if nearest := _nearest(error):
            return _words(source, nearest, base)
    return source.problem(path, f"{name}: {found!r} is not what stands here", "look at the examples in docs/policy-packs.md")


def _nearest(error: ValidationError) -> ValidationError | None:
    """Of several ways to write a part: what is wrong with the one that comes nearest, where there is such a one."""
    ways: dict[Any, list[ValidationError]] = {}
    for found in error.context or ():
        ways.setdefault(found.schema_path[0], []).append(found)
    near = [way for way in ways.values() if not any(found.validator == "type" and not found.path for found in way)]
    fewest = min((len(way) for way in near), default=0)
    best = [way for way in near if len(way) == fewest]
    return best[0][0] if len(best) == 1 else None


def _named(source: Source, path: Path_) -> str:
    """What a part is called: a rule or clause by its id, everything else by its key."""
    if len(path) == 2 and path[0] in ("rules", "clauses"):
        entry = source.data[path[0]][path[1]]
        return str(entry.get("id", f"an entry of {path[0]}")) if isinstance(entry, dict) else str(path[-1])
    keys = [str(part) for part in path if isinstance(part, str)]
    return keys[-1] if keys else "the pack"


def _all(known: list[str]) -> str:
    return f"known are {', '.join(known)}"


_TYPES = {
    "object": "`key: value` lines",
    "array": "a list: `[a, b]`",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_TOO = {"minimum": "small", "maximum": "great"}
_BOUND = {"minimum": "at least", "maximum": "at most"}
