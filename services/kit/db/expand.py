"""Whether the release that runs can live with a migration: it adds, and takes away only what no running code uses any more.

While a release rolls, and after a rollback, the code of the release before works on the new tables. So a migration may add tables,
columns that are empty or have a default, and indexes. What it drops, renames, retypes or forbids must be unused since an earlier
release, and the migration names that release:

    UNUSED_SINCE = "0.2.0"
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

CONSTANT = "UNUSED_SINCE"
_TAKEN = {
    "drop_table": "drops a table",
    "drop_column": "drops a column",
    "rename_table": "renames a table",
    "drop_constraint": "drops a constraint, by which the release before may write",
    "create_unique_constraint": "forbids rows that the release before may write",
    "create_check_constraint": "forbids rows that the release before may write",
    "create_foreign_key": "forbids rows that the release before may write",
    "create_primary_key": "forbids rows that the release before may write",
    "create_exclude_constraint": "forbids rows that the release before may write",
    "batch_alter_table": "rebuilds a table",
}
# The argument that names the table, where it is not the first.
_TABLE_AT = {
    "drop_constraint": 1,
    "create_unique_constraint": 1,
    "create_check_constraint": 1,
    "create_foreign_key": 1,
    "create_primary_key": 1,
    "create_exclude_constraint": 1,
    "create_index": 1,
}
_SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|CONSTRAINT)|RENAME\s+(TO|COLUMN)|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE)\b",
    re.IGNORECASE,
)


def problems(text: str, version: str) -> list[tuple[int, str]]:
    """What in a migration's source the release before `version` could not live with: line and words, in order."""
    tree = ast.parse(text)
    said = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    before = said.get("down_revision")
    if isinstance(before, ast.Constant) and before.value is None:
        return []  # the first one: nothing runs yet
    upgrade = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"), None)
    found = sorted(_taken(upgrade)) if upgrade is not None else []
    unused = said.get(CONSTANT)
    if unused is None:
        return found
    since = unused.value if isinstance(unused, ast.Constant) else None
    if not isinstance(since, str) or not _release(since):
        return [(unused.lineno, f"{CONSTANT} is no release")]
    return [] if _release(since) < _release(version) else [(unused.lineno, f"{CONSTANT} must be a release before {version}")]


def _taken(upgrade: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call) and _operation(node)]
    own = {_table(call) for call in calls if _operation(call) == "create_table"}
    for call in calls:
        what = _breach(call)
        if what and (_table(call) == "" or _table(call) not in own):
            yield call.lineno, what


def _breach(call: ast.Call) -> str:
    """What an operation takes away; empty when it only adds."""
    name = _operation(call)
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in _TAKEN:
        return _TAKEN[name]
    if name == "create_index" and _is(options.get("unique"), True):
        return "forbids rows that the release before may write"
    if name == "alter_column":
        if "new_column_name" in options:
            return "renames a column"
        if "type_" in options:
            return "changes the type of a column"
        if _is(options.get("nullable"), False):
            return "forbids to leave a column empty, as the release before may"
        return "takes a default away" if _is(options.get("server_default"), None) else ""
    if name == "add_column":
        return _added(call)
    if name == "execute" and any(_SQL.search(text) for text in _strings(call)):
        return "drops, renames or forbids in SQL"
    return ""


def _added(call: ast.Call) -> str:
    """A new column must be one that an INSERT may leave out."""
    column = call.args[1] if len(call.args) > 1 else None
    if not isinstance(column, ast.Call):
        return "adds a column that stands elsewhere: write it out"
    options = {keyword.arg: keyword.value for keyword in column.keywords}
    without = any(isinstance(part, ast.Call) and _name(part) in ("Identity", "Computed") for part in column.args)
    if _is(options.get("nullable"), False) and "server_default" not in options and not without:
        return "adds a column that must be filled: give it a server_default"
    return "forbids rows that the release before may write" if _is(options.get("unique"), True) else ""


def _operation(call: ast.Call) -> str:
    """`drop_column` of `op.drop_column(…)`; empty for other calls."""
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "op" else ""
    )


def _table(call: ast.Call) -> str:
    at = _TABLE_AT.get(_operation(call), 0)
    named = next((keyword.value for keyword in call.keywords if keyword.arg in ("table_name", "source_table")), None)
    found = named if named is not None else call.args[at] if len(call.args) > at else None
    return str(found.value) if isinstance(found, ast.Constant) else ""


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _strings(node: ast.AST) -> Iterator[str]:
    return (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a release; empty for what is none. A development version counts as the release that it becomes."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)(\.?dev\d+)?$", version)
    return tuple(int(part) for part in found.groups()[:3]) if found else ()
