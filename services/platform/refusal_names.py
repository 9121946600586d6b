"""Which refusals there are: those of the rooms of the platform, of the gateway, and of the policy packs; for `docs/errors.md`."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import yaml

import gateway
import services
from gateway.errors import HTTP_OF_CODE
from services.kit.errors import Busy, Exists, Forbidden, Invalid, Missing, Refusal, Refused, RuleRefusal, Stale, Unauthenticated
from services.kit.rpc.status import CODES
from services.platform.people import PACKS

EVERY = "every service"
_FAMILIES = (Invalid, Unauthenticated, Forbidden, Missing, Refused, Exists, Stale, Busy)
# Nothing there refuses a request: these patch their process, are tests' own, or are migrations.
_LEFT_OUT = ("services.kit.bus.nameko", "services.kit.testing", "services.platform.cli")
_GIVEN = {"HTTPError": (1, 2, 3), "forbidden": (None, 0, 1), "unavailable": (None, 0, 1)}
_STATUS = {"forbidden": "PERMISSION_DENIED", "unavailable": "UNAVAILABLE"}
_USES = {
    "refuse": "refused",
    "return": "returned to its sender",
    "finding": "kept as a finding",
    "gap": "a gap in a register",
    "over": "refused",
    "not_approved": "refused",
    "not_maintained": "refused",
    "text": "a message",
}


@dataclass(frozen=True, order=True)
class Entry:
    """A refusal of the platform's own: who gives it, its reason code, its family, its text and when it is given."""

    where: str
    reason: str
    family: str
    text: str
    when: str


@dataclass(frozen=True)
class FromPack:
    """A reason code of a pack: its text, the clauses on which it rests, and what follows from it."""

    reason: str
    text: str
    clauses: tuple[str, ...]
    uses: tuple[str, ...]


def entries() -> list[Entry]:
    """The refusals of all services, by service and reason."""
    for package in (services, gateway):
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}."):
            if _speaks(module.name):
                importlib.import_module(module.name)
    named = (kind for kind in _kinds(Refusal) if "reason" in vars(kind) and kind is not RuleRefusal)
    return sorted(_entry(kind) for kind in named if not kind.__module__.startswith(_LEFT_OUT))


def statuses() -> list[tuple[str, str, int, str]]:
    """Every family with its gRPC and HTTP codes and when it is used."""
    found = []
    for family in _FAMILIES:
        code = next(code for kind, code in CODES if kind is family)
        status = next(each for each in grpc.StatusCode if each.value[0] == code)
        found.append((family.__name__, status.name, HTTP_OF_CODE[status], _first_line(family)))
    return found


def of_gateway() -> list[Entry]:
    """What the gateway refuses itself, read from the calls in its code."""
    found: set[Entry] = set()
    for path in sorted(Path(next(iter(gateway.__path__))).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (entry := _said_by(node)):
                found.add(entry)
    return sorted(found)


def of_packs() -> dict[str, list[FromPack]]:
    """The reason codes of every pack of the platform, by the regulation's title."""
    found: dict[str, list[FromPack]] = {}
    for path in sorted(PACKS.glob("*.yaml")):
        pack = yaml.safe_load(path.read_text(encoding="utf-8"))
        uses: dict[str, set[tuple[str, str]]] = {}
        for reason, clause, use in _used(pack["texts"], [pack["rules"], _ladders(pack)], ""):
            uses.setdefault(reason, set()).add((clause, use))
        found[f"{pack['title']}（{pack['pack']}）"] = [
            FromPack(reason, text, tuple(sorted({c for c, _ in said if c}, key=_in_order)), tuple(sorted({use for _, use in said})))
            for reason, text in sorted(pack["texts"].items())
            if (said := uses.get(reason))
        ]
    return found


def markdown() -> str:
    """`docs/errors.md`."""
    known = entries()
    lines = [*_HEAD, "| family | gRPC | HTTP | when |", "| --- | --- | --- | --- |"]
    lines += [f"| `{name}` | {code} | {http} | {when} |" for name, code, http, when in statuses()]
    lines += ["", "A `Busy` that names a `dependency` is UNAVAILABLE, 503: it is down for a moment."]
    for where in [EVERY, *sorted({entry.where for entry in known} - {EVERY})]:
        lines += ["", f"## {where[0].upper()}{where[1:]}", "", *_table(entry for entry in known if entry.where == where)]
    lines += ["", "## Gateway", "", *_GATEWAY, "", *_table(of_gateway())]
    lines += ["", "## Policy packs", "", *_PACKS]
    for title, reasons in of_packs().items():
        lines += ["", f"### {title}", "", "| reason | text | clauses | what follows |", "| --- | --- | --- | --- |"]
        lines += [f"| `{r.reason}` | {_cell(r.text)} | {', '.join(r.clauses)} | {', '.join(r.uses)} |" for r in reasons]
    return "\n".join(lines) + "\n"


_HEAD = (
    "# Errors",
    "",
    "What a caller gets when something is refused. This page is generated (`xiaoneng docs errors > docs/errors.md`); a contract test",
    "fails when it is not up to date. Programs branch on `reason`, never on a text.",
    "",
    "A refusal is a `google.rpc.Status` with an `ErrorInfo` (`reason`, `domain` = `<service>.xiaoneng.cn`, `metadata` with everything",
    "that stands in braces below), a `LocalizedMessage` (`zh-CN`), and a `BadRequest` where fields are wrong: at most twenty, each with",
    "its path, a reason (`STRING_PATTERN`, `REQUIRED`, …) and its text. Where a regulation refused, `metadata` carries `rule`, `clause`,",
    "`article`, `pack` and `version`, and a `PreconditionFailure` names every demand that is not met. Over HTTP the same comes as",
    '`{"error": {"code", "status", "message", "details"}}`. What is no refusal is `INTERNAL` (500) with an id that stands in the log.',
    "",
    "## Families",
    "",
)
_GATEWAY = ("Before a request reaches a service. The domain is `gateway.xiaoneng.cn`.",)
_PACKS = (
    "What regulations refuse, with the reason codes and the words of the packs under `deploy/policies`. A refusal is of the family",
    "`Refused`. A tenant's own packs bring further codes; they are read from the pack and not from this page.",
)


def _table(found: Iterator[Entry] | list[Entry]) -> list[str]:
    lines = ["| reason | family | text | when |", "| --- | --- | --- | --- |"]
    return lines + [f"| `{each.reason}` | {each.family} | {_cell(each.text)} | {_cell(each.when)} |" for each in found]


def _cell(text: str) -> str:
    return text.replace("|", "/")


def _entry(kind: type[Refusal]) -> Entry:
    parts = kind.__module__.split(".")
    where = EVERY if parts[:2] == ["services", "kit"] else parts[1]
    family = next(family for family in (*_FAMILIES, Refused) if issubclass(kind, family))
    return Entry(where, kind.reason, family.__name__, kind.text, _first_line(kind))


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds(inner)


def _first_line(kind: type) -> str:
    """The first paragraph of a class's own docstring on one line; empty without one."""
    said = inspect.cleandoc(vars(kind).get("__doc__") or "").partition("\n\n")[0]
    return " ".join(said.split())


def _speaks(module: str) -> bool:
    return not module.startswith(_LEFT_OUT) and not module.endswith((".worker", ".__main__")) and ".migrations" not in module


def _said_by(node: ast.Call) -> Entry | None:
    """The refusal that a call makes, where its reason stands in the code."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name not in _GIVEN:
        return None
    status, *places = _GIVEN[name]
    words = [_literal(node, place) for place in (places[0], places[0] + 1, places[0] + 2)]
    code = _literal(node, status) if status is not None else _STATUS[name]
    return Entry("gateway", words[0], code, words[2], words[1]) if words[0] and words[2] else None


def _literal(node: ast.Call, place: int) -> str:
    """A word among the arguments; what a formatted word is filled with stands in braces."""
    value = node.args[place] if len(node.args) > place else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in value.values]
        return "".join(parts)
    return ""


def _used(texts: dict[str, str], node: Any, clause: str) -> Iterator[tuple[str, str, str]]:
    """Every place of a pack where one of its reasons stands, with the clause that holds there and what follows."""
    if isinstance(node, list):
        for entry in node:
            yield from _used(texts, entry, clause)
    if not isinstance(node, dict):
        return
    here = str(node.get("clause", clause))
    for key, value in node.items():
        if isinstance(value, str) and value in texts and key in ("reason", *_USES):
            use = str(node.get("effect", "refuse")) if key == "reason" else key
            own = {"gap": "gap_clause", "not_approved": "approval_clause"}.get(key, "clause")
            yield value, str(node.get(own, here)), _USES[use]
        else:
            yield from _used(texts, value, here)


def _ladders(pack: dict[str, Any]) -> list[Any]:
    """The rungs of the ladders, each with the clause of its chain; without one with those of the limits that climb the ladder."""
    chains = pack.get("chains", {})
    limits: dict[str, set[str]] = {}
    for ladder, clause in _climbed(pack["rules"], ""):
        limits.setdefault(ladder, set()).add(clause)
    rungs: list[Any] = []
    for name, ladder in pack.get("ladders", {}).items():
        for rung in ladder:
            clauses = [clause] if (clause := chains.get(rung.get("chain"), {}).get("clause")) else sorted(limits.get(name, {""}))
            rungs.extend({"clause": clause, **rung} for clause in clauses)
    return rungs


def _climbed(node: Any, clause: str) -> Iterator[tuple[str, str]]:
    """Every ladder that a rule names, with the clause that holds there."""
    if isinstance(node, list):
        for entry in node:
            yield from _climbed(entry, clause)
    if not isinstance(node, dict):
        return
    here = str(node.get("clause", clause))
    for key, value in node.items():
        if key == "ladder" and isinstance(value, str):
            yield value, here
        else:
            yield from _climbed(value, here)


def _in_order(clause: str) -> tuple[str, list[int]]:
    pack, _, number = clause.partition("/")
    return pack, [int(part) for part in number.split(".") if part.isdecimal()]
