"""What a rule sees of the code, and what it has to say."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Remark:
    """One breach of a rule."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Source:
    """A file of the repository, by its path from the root."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    def under(self, *folders: str) -> bool:
        """Whether the file is one of these files or lies in one of these folders, both by path."""
        return any(self.path == folder or self.path.startswith(folder.rstrip("/") + "/") for folder in folders)

    def room(self, *names: str) -> bool:
        """Whether the file is a module `name.py` or lies in a folder `name`, wherever."""
        return any(self.name == f"{name}.py" or name in self.parts[:-1] for name in names)

    def remark(self, at: ast.AST | int, what: str) -> Remark:
        return Remark(self.path, at if isinstance(at, int) else getattr(at, "lineno", 1), what)

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Every imported module, with the names taken from it: `from a import b` gives `a` and `a.b`."""
        for node in self.nodes(ast.Import, ast.ImportFrom):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node, node.module
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)

    def strings(self) -> Iterator[tuple[ast.AST, str]]:
        """Every string in the code, docstrings included, f-strings in their literal parts."""
        for node in self.nodes(ast.Constant):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node, node.value

    def docstrings(self) -> set[int]:
        """The identities of the nodes that are docstrings."""
        found = set()
        for node in self.nodes(ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef):
            body = getattr(node, "body", [])
            if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                found.add(id(body[0].value))
        return found


Rule = Callable[[Source], Iterable[Remark]]


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = dotted(node.value)
        return f"{above}.{node.attr}" if above else ""
    return ""


def called(node: ast.AST) -> str:
    """The dotted name of what a call calls."""
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def sources(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Source]:
    """The files of these folders that are ours: nothing generated, nothing installed."""
    found = []
    for folder in folders:
        for path in sorted(_ours(ROOT / folder)):
            if path.suffix in suffixes:
                found.append(Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
    return found


def _ours(folder: Path) -> Iterator[Path]:
    """The files below a folder, without those that are installed or generated."""
    for above, below, names in os.walk(folder):
        below[:] = [name for name in below if name not in ("node_modules", "__pycache__", "dist")]
        yield from (Path(above, name) for name in names if name != "schema.ts")
