"""The text of a pack as plain data that knows on which line each thing stands.

Packs are YAML with YAML 1.2's few plain scalars: `true`, `false`, `null`, whole numbers, dates; all else is text. So `on` is a key and
`20:00` an hour, not a boolean and the number 1200 as in YAML 1.1. Aliases are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

Path_ = tuple[str | int, ...]

# Written in C where PyYAML was built with libyaml.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
if TYPE_CHECKING:
    from yaml import SafeDumper as _FastDumper
else:
    _FastDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_MOST_BYTES = 2_000_000
_ALIAS = re.compile(r"[&*]")  # without these characters there is none: the text need not be read twice
_INT = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a pack from being used: where, what, and how to mend it."""

    file: str
    line: int
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" + (f" – {self.mend}" if self.mend else "")


class BadPack(ValueError):
    """A pack that cannot be used. `problems` says all that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Wrong(ValueError):
    """What is wrong in one part of a pack, how to mend it, and where inside that part."""

    def __init__(self, what: str, mend: str = "", at: Path_ = ()) -> None:
        self.mend, self.at = mend, at
        super().__init__(what)


@contextmanager
def inside(*at: str | int, mend: str = "") -> Iterator[None]:
    """Says of what is wrong inside a part where that part stands, and how to mend it where nothing better was said."""
    try:
        yield
    except ValueError as error:
        raise Wrong(str(error), getattr(error, "mend", "") or mend, (*at, *getattr(error, "at", ()))) from error


@dataclass(frozen=True)
class Source:
    """Data read from a file (or given as such) and the line of each of its parts."""

    file: str
    data: Any
    text: str = ""
    lines: Mapping[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """The line on which the thing at `path` stands, or what holds it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return self.lines.get((), 1)

    def problem(self, path: Path_, what: str, mend: str = "") -> Problem:
        """A problem at a place of this source."""
        return Problem(self.file, self.line(path), what, mend)


def read(text: str, file: str = "pack.yaml") -> Source:
    """Reads YAML. Raises BadPack when it cannot be read."""
    if len(text.encode()) > _MOST_BYTES:
        raise BadPack([Problem(file, 1, f"the file is larger than {_MOST_BYTES} bytes", "split the regulation into several packs")])
    try:
        for event in yaml.parse(text, Loader=_LOADER) if _ALIAS.search(text) else ():
            if getattr(event, "anchor", None):
                line = _line(event)
                raise BadPack([Problem(file, line, "aliases (& and *) are not read", "write it out, or use `ladders` and `chains`")])
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        raise BadPack(
            [Problem(file, mark.line + 1 if mark else 1, f"this is not YAML: {what}", "look at indentation and quotes")]
        ) from error
    lines: dict[Path_, int] = {}
    problems: list[Problem] = []
    data = _value(node, (), lines, file, problems) if node is not None else None
    if problems:
        raise BadPack(problems)
    return Source(file, data, text, lines)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def read_file(path: Path) -> Source:
    """Reads a file in UTF-8. Raises BadPack when it cannot be read."""
    try:
        return read(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise BadPack([Problem(str(path), 1, "the file is not UTF-8", "save it as UTF-8")]) from error


def write(data: Any) -> str:
    """Writes data as YAML that `read` reads back as the same data."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=140)


class _Dumper(_FastDumper):
    yaml_implicit_resolvers: dict[str, list[Any]] = {}

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    quoted = isinstance(_scalar(text), str) is False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if quoted else None)


_Dumper.add_representer(str, _text)
# What `read` takes for more than text; without them `on` would be quoted as YAML 1.1 wants it.
_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
_Dumper.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(null|~|)$"), ["n", "~", ""])
_Dumper.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
_Dumper.add_implicit_resolver("tag:yaml.org,2002:timestamp", _DATE, list("0123456789"))


def _value(node: yaml.Node, path: Path_, lines: dict[Path_, int], file: str, problems: list[Problem]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), lines, file, problems) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, file, problems)
    if getattr(node, "style", None):  # quoted, or a block of text
        return node.value
    try:
        return _scalar(node.value)
    except ValueError:
        problems.append(Problem(file, node.start_mark.line + 1, f"{node.value} is no date", "dates are written 2019-03-25"))
        return None


def _mapping(node: yaml.MappingNode, path: Path_, lines: dict[Path_, int], file: str, problems: list[Problem]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, child in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        line = key_node.start_mark.line + 1
        if key is None:
            problems.append(Problem(file, line, "a key must be a word", "keys are plain words"))
            continue
        if key in result:
            problems.append(Problem(file, line, f"{key} stands twice", "remove one of them"))
        lines[(*path, key)] = line
        result[key] = _value(child, (*path, key), lines, file, problems)
    return result


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _DATE.match(text):
        return date.fromisoformat(text)
    return text
