"""Path templates of `google.api.http`: parsing, and matching of request paths.

Template = "/" Segments [ ":" LITERAL ]      Segments = Segment { "/" Segment }
Segment  = "*" | "**" | LITERAL | Variable   Variable = "{" FieldPath [ "=" Segments ] "}"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

from gateway.descriptors import BadContract

_LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()+,;@%-]+")
_FIELD_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


@dataclass(frozen=True)
class Variable:
    """A field that the path binds; it covers the segments `start` up to `end` (-1: the rest, through `**`)."""

    field: str
    start: int
    end: int
    pattern: tuple[str, ...]

    @property
    def multiple(self) -> bool:
        return len(self.pattern) != 1 or self.pattern[0] == "**"


@dataclass(frozen=True)
class Template:
    """A parsed template. `segments` are literals, `*` and at most one `**` in the last place."""

    text: str
    segments: tuple[str, ...]
    verb: str
    variables: tuple[Variable, ...]

    @property
    def specificity(self) -> tuple[int, ...]:
        """Templates with a literal where another has a wildcard come first."""
        return tuple({"*": 1, "**": 2}.get(s, 0) for s in self.segments)

    def match(self, segments: list[str], verb: str) -> dict[str, str] | None:
        """The fields that a path binds, or None. `segments` are still percent-encoded."""
        if verb != self.verb or not self._fits(segments):
            return None
        bound = {}
        for variable in self.variables:
            end = len(segments) if variable.end < 0 else variable.end
            part = segments[variable.start : end]
            # In a field over several segments an encoded slash stays encoded: it is not a separator.
            bound[variable.field] = "/".join(_decode(s, keep_slash=True) for s in part) if variable.multiple else _decode(part[0])
        return bound

    def _fits(self, segments: list[str]) -> bool:
        if self.segments and self.segments[-1] == "**":
            fixed = self.segments[:-1]
            if len(segments) < len(fixed):
                return False
        else:
            fixed = self.segments
            if len(segments) != len(fixed):
                return False
        return all(part != "" if wanted == "*" else _decode(part) == wanted for wanted, part in zip(fixed, segments, strict=False))


def _decode(segment: str, keep_slash: bool = False) -> str:
    if keep_slash:
        segment = re.sub("%2f", "%252F", segment, flags=re.IGNORECASE)
    return unquote(segment, errors="strict") if "%" in segment else segment


def split_path(raw: str) -> tuple[list[str], str] | None:
    """Splits an encoded path into segments and verb. None where it is not a path that could match anything."""
    if not raw.startswith("/"):
        return None
    try:
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return None
    segments = raw[1:].split("/")
    last, colon, verb = segments[-1].rpartition(":")
    if colon:
        segments[-1] = last
        return segments, _decode(verb)
    return segments, ""


def parse(text: str) -> Template:
    """Parses a template. Refuses what decision 20 does not list with `BadContract`."""
    return _Parser(text).template()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.segments: list[str] = []
        self.variables: list[Variable] = []

    def template(self) -> Template:
        self._take("/")
        self._segments(inside=False)
        verb = ""
        if self._peek() == ":":
            self._take(":")
            verb = self._match(_LITERAL)
        if self.at != len(self.text):
            raise self._bad("unexpected text")
        if "**" in self.segments[:-1]:
            raise self._bad("`**` is allowed in the last place only")
        fields = [v.field for v in self.variables]
        if len(set(fields)) != len(fields):
            raise self._bad("a field is bound twice")
        return Template(self.text, tuple(self.segments), verb, tuple(self.variables))

    def _segments(self, inside: bool) -> None:
        self._segment(inside)
        while self._peek() == "/":
            self._take("/")
            self._segment(inside)

    def _segment(self, inside: bool) -> None:
        if self._peek() == "{":
            if inside:
                raise self._bad("a variable inside a variable")
            self._variable()
        elif self.text.startswith("**", self.at):
            self.at += 2
            self.segments.append("**")
        elif self._peek() == "*":
            self.at += 1
            self.segments.append("*")
        else:
            self.segments.append(self._match(_LITERAL))

    def _variable(self) -> None:
        self._take("{")
        field = self._match(_FIELD_PATH)
        start = len(self.segments)
        if self._peek() == "=":
            self._take("=")
            self._segments(inside=True)
        else:
            self.segments.append("*")
        self._take("}")
        pattern = tuple(self.segments[start:])
        end = -1 if pattern[-1] == "**" else len(self.segments)
        self.variables.append(Variable(field, start, end, pattern))

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise self._bad(f"`{wanted}` expected")
        self.at += 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise self._bad("a name expected")
        self.at = found.end()
        return found.group()

    def _bad(self, what: str) -> BadContract:
        return BadContract(f"path template {self.text!r}, position {self.at}: {what}")
