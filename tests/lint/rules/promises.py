"""What the code promises to others: metrics, refusals, event types, migrations."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache

from services.kit import errors
from services.kit.db.expand import problems
from tests.lint.rules.source import ROOT, Remark, Source, called

_METRICS = {"Counter", "Gauge", "Histogram", "Summary"}
_METRIC_NAME = re.compile(r"^xiaoneng_[a-z][a-z0-9_]*[a-z0-9]$")
# Small closed sets only; a new label is thought about here first (house style, section 10).
LABELS = frozenset(
    {
        "service",
        "method",
        "code",
        "type",
        "outcome",
        "rule",
        "unit",
        "tenant",
        "queue",
        "process",
        "version",
        "revision",
        "reason",
        "collector",
        "kind",
        "channel",
        "command",
        "loop",
        "route",
    }
)
_BASE_UNITS = ("_seconds", "_bytes", "_ratio", "_info")
_OTHER_UNITS = re.compile(r"_(milliseconds|ms|minutes|hours|days|kilobytes|kb|mb|percent)(_total)?$")

# Families with a reason and a text of their own that say enough.
_TELLING = frozenset({"Missing", "Forbidden", "Stale", "Busy"})
FAMILIES = frozenset({"Invalid", "Forbidden", "Missing", "Refused", "Exists", "Stale", "Busy"})
_REASON = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")

_EVENT_TYPE = re.compile(r"^[a-z]+(\.[a-z_]+){2,}\.v\d+$")


def metrics_keep_the_conventions(source: Source) -> Iterator[Remark]:
    """Names, units and labels of metrics follow Prometheus and the closed list of labels."""
    imported = {module.rpartition(".")[2] for _, module in source.imports() if module.startswith("prometheus_client.")}
    for node in source.nodes(ast.Call):
        kind = called(node).rpartition(".")[2]
        if kind not in _METRICS & imported or not isinstance(node, ast.Call):
            continue
        arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in {"labelnames", "documentation", "name"})]
        name = arguments[0].value if arguments and isinstance(arguments[0], ast.Constant) else ""
        for what in _about_metric(kind, str(name), arguments):
            yield source.remark(node, what)


def _about_metric(kind: str, name: str, arguments: list[ast.expr]) -> Iterator[str]:
    if not _METRIC_NAME.match(name):
        yield f"metric {name!r}: xiaoneng_<area>_<what>_<unit>, as a constant"
    if (kind == "Counter") != name.endswith("_total"):
        yield f"metric {name}: counters end in _total, nothing else does"
    if kind == "Histogram" and not name.endswith(_BASE_UNITS):
        yield f"metric {name}: a histogram ends in its base unit"
    if _OTHER_UNITS.search(name):
        yield f"metric {name}: only base units"
    if len(arguments) < 2 or not isinstance(arguments[1], ast.Constant) or not str(arguments[1].value).endswith("."):
        yield f"metric {name}: a help text that is a sentence"
    labels = arguments[2] if len(arguments) > 2 else None
    if isinstance(labels, ast.List | ast.Tuple):
        for label in labels.elts:
            if not isinstance(label, ast.Constant) or label.value not in LABELS:
                yield f"metric {name}: the label {ast.unparse(label)} is not in the closed list"


def a_refusal_says_why(source: Source) -> Iterator[Remark]:
    """A refusal has a reason code and a text for the user: its own, or those of a family that has some (`Missing`)."""
    for node in source.nodes(ast.ClassDef):
        family = _family(node)
        if family is None or source.under("services/kit/errors.py") or (ast.get_docstring(node) or "").startswith("Base:"):
            continue
        said = {target.id: statement.value for statement in node.body for target, statement in _assigned(statement)}
        inherited = [getattr(family, name) if family.__name__ in _TELLING else "" for name in ("reason", "text")]
        reason, text = _said(said.get("reason"), inherited[0]), _said(said.get("text"), inherited[1])
        if not _REASON.match(reason) or len(reason) > 63:
            yield source.remark(node, f"{node.name}: a refusal has a reason code in UPPER_SNAKE")
        if not re.search("[\u4e00-\u9fff]|^{[a-z_]+}$", text):
            yield source.remark(node, f"{node.name}: a refusal has a Chinese text")


def _family(node: ast.AST) -> type[errors.Refusal] | None:
    """The family that a class is made from directly."""
    bases = node.bases if isinstance(node, ast.ClassDef) else []
    names = {getattr(base, "id", getattr(base, "attr", "")) for base in bases} & FAMILIES
    return getattr(errors, names.pop()) if names else None


def _said(value: ast.expr | None, inherited: str) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "" if value else inherited


def _assigned(statement: ast.stmt) -> Iterator[tuple[ast.Name, ast.Assign]]:
    if isinstance(statement, ast.Assign):
        yield from ((target, statement) for target in statement.targets if isinstance(target, ast.Name))


def reasons_are_unique(sources: Iterable[Source]) -> Iterator[Remark]:
    """Within a service no reason code is given by two classes: clients branch on it."""
    seen: dict[tuple[str, str], str] = {}
    for source in sources:
        for node in source.nodes(ast.ClassDef):
            for statement in node.body if isinstance(node, ast.ClassDef) else []:
                for target, assignment in _assigned(statement):
                    if target.id != "reason" or not isinstance(assignment.value, ast.Constant) or not assignment.value.value:
                        continue
                    key = ("/".join(source.parts[:2]), str(assignment.value.value))
                    if key in seen:
                        yield source.remark(node, f"{key[1]} is already the reason of {seen[key]}")
                    seen[key] = getattr(node, "name", "")


def event_types_are_in_the_catalogue(source: Source) -> Iterator[Remark]:
    """Every event type in the code is the type of a message in the protos."""
    for node, text in source.strings():
        if _EVENT_TYPE.match(text) and text not in catalogue():
            yield source.remark(node, f"the event type {text} is not in the protos")


@cache
def catalogue() -> frozenset[str]:
    """The event types of the protos, the kit's for every service."""
    told = " ".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "protos/xiaoneng").rglob("*.proto")))
    types = set(re.findall(r'type: *"([^"]+\.v\d+)"', told))
    services = [path.name for path in (ROOT / "protos/xiaoneng").iterdir() if path.name != "kit"]
    return frozenset(kind.replace("{service}", service) for kind in types for service in services)


def migrations_have_one_head(sources: Iterable[Source]) -> Iterator[Remark]:
    """The migrations of a service are one line from the first to the last."""
    lines: dict[str, dict[str, tuple[str | None, Source]]] = {}
    for source in sources:
        if "versions" not in source.parts or source.name == "__init__.py":
            continue
        said = {target.id: node.value for node in source.tree.body for target, node in _assigned(node)}
        revision, before = (ast.literal_eval(said[name]) for name in ("revision", "down_revision"))
        lines.setdefault("/".join(source.parts[:-1]), {})[revision] = (before, source)
    for revisions in lines.values():
        followed = [before for before, _ in revisions.values()]
        for before, source in revisions.values():
            if before is not None and before not in revisions:
                yield source.remark(1, f"follows {before}, which is not there")
            if followed.count(before) > 1:
                yield source.remark(1, f"is not the only one that follows {before}: two heads")


def migrations_respect_the_timeouts(source: Source) -> Iterator[Remark]:
    """The kit sets `lock_timeout` and `statement_timeout`; a migration that changes one says why in its docstring."""
    if "versions" not in source.parts:
        return
    for node, text in source.strings():
        changed = re.search(r"(lock|statement)_timeout", text) and id(node) not in source.docstrings()
        if changed and "timeout" not in (ast.get_docstring(source.tree) or ""):
            yield source.remark(node, "changes a timeout without saying why in the docstring")


# Written before the first release: no installation has run the code that it takes something from.
_BEFORE_THE_FIRST_RELEASE = "2026_11_22_0104_when_matters_are_due.py"


def migrations_let_the_running_release_work(source: Source) -> Iterator[Remark]:
    """A migration adds; it takes away only what an earlier release has left unused (`kit.db.expand`)."""
    if "versions" not in source.parts or source.name in ("__init__.py", _BEFORE_THE_FIRST_RELEASE):
        return
    for line, what in problems(source.text, _version()):
        yield source.remark(line, f"{what}: the release that runs could not live with it; name the release since which it is unused")


@cache
def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
