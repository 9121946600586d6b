"""Who may import what; the arrows between the layers are import-linter's (`pyproject.toml`)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from tests.lint.rules.source import Remark, Source, called

_PATCHED = ("nameko", "eventlet", "greenlet")
_PURE_ROOMS = (
    "services.kit.procedure",
    "services.kit.policy",
    "services.kit.worktime",
    "services.kit.errors",
    "services.kit.roster.model",
    "services.kit.roster.snapshot",
)


def _of(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def is_worker(source: Source) -> bool:
    return source.under("services") and (source.name == "worker.py" or source.under("services/kit/bus/nameko.py"))


def patched_libraries_stay_in_workers(source: Source) -> Iterator[Remark]:
    """nameko and eventlet are for `worker.py` and `kit/bus/nameko.py`, and for the tests of these."""
    if is_worker(source) or source.under("tests/service/worker") or source.name == "rules.py":
        return
    for node in source.nodes(ast.Import, ast.ImportFrom):
        for module in filter(lambda name: _of(name, _PATCHED), _modules(node)):
            yield source.remark(node, f"imports {module}: only worker.py and kit/bus/nameko.py may")


def a_worker_is_patched_first(source: Source) -> Iterator[Remark]:
    """The first two statements of a `worker.py` are `import eventlet` and `eventlet.monkey_patch()`, without arguments."""
    if source.name != "worker.py" or not source.under("services"):
        return
    body = [node for node in source.tree.body if not _says_nothing(node)]
    first = body[0] if body else None
    second = body[1] if len(body) > 1 else None
    imported = isinstance(first, ast.Import) and [alias.name for alias in first.names] == ["eventlet"]
    call = second.value if isinstance(second, ast.Expr) else None
    plain = isinstance(call, ast.Call) and called(call) == "eventlet.monkey_patch" and not call.args and not call.keywords
    if not imported or not plain:
        yield source.remark(first or 1, "a worker begins with `import eventlet` and `eventlet.monkey_patch()`")


def _says_nothing(node: ast.stmt) -> bool:
    """Whether a statement may stand before the patch: the docstring and `from __future__`."""
    future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return future or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def no_grpc_in_workers(source: Source) -> Iterator[Remark]:
    """A call by gRPC stops every handler of a worker: neither it nor its handlers and watches know grpc."""
    inside = source.under("services") and source.room("handlers", "loops") and not source.under("services/kit")
    if not (is_worker(source) or inside):
        return
    for node, module in source.imports():
        if module.endswith("_pb2_grpc") or _of(module, ("grpc", "services.kit.rpc")):
            yield source.remark(node, f"imports {module}: nothing in a worker speaks gRPC")


def domain_is_pure(source: Source) -> Iterator[Remark]:
    """A domain imports the standard library, the pure rooms of the kit, and itself."""
    if source.parts[0] != "services" or "domain" not in source.parts[:-1]:
        return
    own = ".".join(source.parts[: source.parts.index("domain") + 1])
    for node in source.nodes(ast.Import, ast.ImportFrom):
        for module in _modules(node):
            pure = module.split(".")[0] in sys.stdlib_module_names or _of(module, (own, *_PURE_ROOMS))
            if not pure:
                yield source.remark(node, f"imports {module}: a domain knows the standard library, the pure kit, and itself")


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        # `from services.kit import errors` imports services.kit.errors.
        return [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "services.kit" else [node.module]
    return []
