"""What a regulation says stands in its policy pack and nowhere in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from tests.lint.rules.source import ROOT, Remark, Source, called

_UNITS = r"(years?|months?|weeks?|days?|hours?|minutes?|seconds?)"
_TIMED_NAME = re.compile(rf"(^|_){_UNITS}($|_)", re.IGNORECASE)
_SECONDS = {60, 3600, 86400, 1440, 24 * 7}
_TEXT_LENGTH = 6
# The places and offices of the catalogue, as they are written in its texts.
_PLACES = re.compile(r"赣州|赣市|河北区|宜春|沂源|天水市|章贡|天水")


@cache
def prefixes() -> tuple[str, ...]:
    """The prefixes of clause ids: `ganzhou`, `hebei-doc` …"""
    heads = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/regulations").glob("*.yaml")))
    return tuple(sorted({re.findall(r"(?m)^citation_prefix: *(\S+)", head)[0] for head in heads}))


@cache
def _clause() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, prefixes()))})/\d")


@cache
def _tenant() -> re.Pattern[str]:
    names = sorted({prefix.split("-")[0] for prefix in prefixes()})
    return re.compile(rf"(?<![a-z])({'|'.join(names)})(?![a-z])", re.IGNORECASE)


@cache
def _texts() -> tuple[str, ...]:
    """The fixed parts of the texts with which the packs refuse."""
    texts: list[str] = []
    for path in sorted((ROOT / "deploy/policies").glob("*.yaml")):
        pack = yaml.safe_load(path.read_text(encoding="utf-8"))
        reasons = set(_reasons(pack.get("rules")))
        texts += [str(text) for reason, text in (pack.get("texts") or {}).items() if reason in reasons]
    parts = (part.strip(" ，。；：、") for text in texts for part in re.split(r"\{[^}]*\}", text))
    return tuple(sorted({part for part in parts if len(part) >= _TEXT_LENGTH}))


def _reasons(node: Any) -> Iterator[str]:
    """The reason codes with which the rules refuse, wherever they stand."""
    if isinstance(node, dict):
        yield from (str(value) for key, value in node.items() if key == "reason")
        for value in node.values():
            yield from _reasons(value)
    elif isinstance(node, list):
        for value in node:
            yield from _reasons(value)


def no_clause_in_the_code(source: Source) -> Iterator[Remark]:
    """No id of a clause, in code or comment: the rule that rests on it is found through the pack."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := _clause().search(line):
            yield source.remark(number, f"the clause {found[0]}…: clauses stand in policy packs")


def no_tenant_in_the_code(source: Source) -> Iterator[Remark]:
    """No name of a tenant, in code or comment: two tenants run the same code."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := _tenant().search(line) or _PLACES.search(line):
            yield source.remark(number, f"the tenant's name {found[0]}: the code knows no tenant")


def no_text_of_a_regulation_in_the_code(source: Source) -> Iterator[Remark]:
    """No text with which a regulation refuses: it comes from the pack with its article."""
    for node, text in source.strings():
        for part in _texts():
            if part in text:
                yield source.remark(node, f"'{part}' is the text of a pack")


def no_span_of_time_in_a_domain(source: Source) -> Iterator[Remark]:
    """No number of days, hours … in a domain: a regulation sets it, so it is in the pack."""
    if source.parts[0] != "services" or "domain" not in source.parts[:-1]:
        return
    for node in source.nodes(ast.Call, ast.Assign, ast.AnnAssign, ast.BinOp, ast.Compare, ast.arguments):
        for value, what in _timed(node):
            yield source.remark(value, f"{what}: a span of time comes from the pack")


def _timed(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(node, ast.Call):
        yield from ((k.value, f"{k.arg}={_number(k.value)}") for k in node.keywords if _timed_name(k.arg) and _number(k.value))
        if called(node).endswith("timedelta"):
            yield from ((arg, f"timedelta({_number(arg)})") for arg in node.args if _number(arg))
    elif isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name) and _timed_name(target.id)]
        yield from ((node.value, f"{name} = {_number(node.value)}") for name in names if _number(node.value))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        if _timed_name(node.target.id) and _number(node.value):
            yield node.value, f"{node.target.id} = {_number(node.value)}"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv):
        yield from ((side, f"a factor of {_number(side)}") for side in (node.left, node.right) if _number(side) in _SECONDS)
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        if any(_timed_name(_last_name(side)) for side in sides):
            yield from ((side, f"compared with {_number(side)}") for side in sides if _number(side))
    elif isinstance(node, ast.arguments):
        named = [*node.posonlyargs, *node.args][len(node.posonlyargs) + len(node.args) - len(node.defaults) :]
        for argument, value in [*zip(named, node.defaults, strict=True), *zip(node.kwonlyargs, node.kw_defaults, strict=True)]:
            if value is not None and _timed_name(argument.arg) and _number(value):
                yield value, f"{argument.arg}={_number(value)}"


def _timed_name(name: str | None) -> bool:
    return bool(name and _TIMED_NAME.search(name))


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _number(node: ast.AST) -> float:
    """The number that a literal is; 0 for everything else, and for 0, which sets no span."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand)
    return 0
