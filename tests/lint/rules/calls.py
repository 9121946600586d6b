"""Time, chance, environment, SQL and logs: where they may be called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.lint.rules.source import Remark, Source, called, dotted

_CLOCKS = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
_CHANCE = re.compile(r"^(uuid\.)?uuid[1-8]$|^(random|numpy\.random)\.|^uuid_utils\.")
_ENVIRONMENT = re.compile(r"^os\.(environ|getenv|putenv)(\.|$)|^environ$|^getenv$")
_SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|WITH\s+\S+\s+AS\s*\(|CREATE\s+(TABLE|INDEX))\b", re.DOTALL
)
_LOGGERS = {"log", "logger", "_log", "_logger", "logging"}
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "msg"}
_EVENT = re.compile(r"^[a-z][a-z0-9_]*$")


def _kit(source: Source) -> bool:
    return source.under("services/kit")


def time_comes_from_the_clock(source: Source) -> Iterator[Remark]:
    """Now is what `kit.clock` says, or `tx.now`."""
    if _kit(source):
        return
    for node in source.nodes(ast.Attribute):
        name = dotted(node)
        if _CLOCKS.search(name):
            yield source.remark(node, f"{name}: time comes from kit.clock")


def ids_and_chance_come_from_the_kit(source: Source) -> Iterator[Remark]:
    """Ids come from `kit.ids`; what is random could not be driven by a test. Demo and simulation draw from a seed: `Random(seed)`."""
    if _kit(source):
        return
    for node, module in source.imports():
        seeded = source.under("services/platform") and module in {"random", "random.Random"}
        if (module.split(".")[0] in {"random", "uuid_utils"} and not seeded) or re.fullmatch(r"uuid\.uuid\d", module):
            yield source.remark(node, f"imports {module}: ids come from kit.ids, chance from nowhere")
    for node in source.nodes(ast.Call):
        seeded = source.under("services/platform") and called(node) == "random.Random" and isinstance(node, ast.Call) and node.args
        if _CHANCE.search(called(node)) and not seeded:
            yield source.remark(node, f"{called(node)}: ids come from kit.ids, chance from nowhere")


def the_environment_is_read_by_settings(source: Source) -> Iterator[Remark]:
    """Only `kit.settings` reads the environment; the composition root passes it on to the processes that it starts."""
    if _kit(source) or source.under("services/platform"):
        return
    for node in source.nodes(ast.Attribute):
        if _ENVIRONMENT.search(dotted(node)):
            yield source.remark(node, f"{dotted(node)}: settings come from kit.settings")
    for node, module in source.imports():
        if module in {"os.environ", "os.getenv"}:
            yield source.remark(node, f"imports {module}: settings come from kit.settings")


def sql_stands_in_store_and_queries(source: Source) -> Iterator[Remark]:
    """Statements are built in store, queries and migrations, and in the kit. The gateway keeps its one table in `session.py`; the demo
    of the composition root counts rows, so that what it prints does not rest on what it checks."""
    if _kit(source) or source.room("store", "queries", "migrations") or source.under("gateway/session.py", "services/platform"):
        return
    for node in source.nodes(ast.Import, ast.ImportFrom):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", None) or ""]
        only_typed = isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} == {"Row"}
        if {name.split(".")[0] for name in names} & {"sqlalchemy", "psycopg2", "alembic"} and not only_typed:
            yield source.remark(node, f"imports {names[0]}: SQL stands in store, queries and migrations")
    documentation = source.docstrings()
    for node, text in source.strings():
        if id(node) not in documentation and _SQL.match(text):
            yield source.remark(node, "SQL in a string: it stands in store, queries and migrations")


def transactions_end_in_the_kit(source: Source) -> Iterator[Remark]:
    """`kit.db` begins and ends transactions; `tx.flush()` is its own and may be called."""
    if source.under("services/kit/db", "services/kit/testing"):
        return
    for node in source.nodes(ast.Call):
        owner, _, act = called(node).rpartition(".")
        holder = owner.rpartition(".")[2].lower()
        if (act in {"commit", "rollback"} and owner) or (act == "flush" and re.search(r"session|conn", holder)):
            yield source.remark(node, f"{called(node)}(): kit.db begins and ends transactions")


def logs_are_events_with_fields(source: Source) -> Iterator[Remark]:
    """A log call has a fixed event name and fields; a sentence built from data cannot be searched and leaks."""
    for node in source.nodes(ast.Call):
        owner, _, level = called(node).rpartition(".")
        if level not in _LEVELS or owner.rpartition(".")[2] not in _LOGGERS or not isinstance(node, ast.Call) or not node.args:
            continue
        first = node.args[0]
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            yield source.remark(node, "a log event has a fixed name; what varies is a field")
        elif not _EVENT.match(first.value):
            yield source.remark(node, f"'{first.value}' is no event name (lower case, underscores); what varies is a field")
