"""The packs that scenarios run under: those that come with the platform, or changed ones in their place (`rerun.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.platform.people import pack_text

_changed: dict[str, str] = {}
_used: set[str] = set()


def text(pack: str) -> str:
    """The source of a pack by its id."""
    _used.add(pack)
    return _changed.get(pack) or pack_text(pack)


def used() -> frozenset[str]:
    """Which packs were asked for since `forget`."""
    return frozenset(_used)


def are_changed() -> bool:
    """Whether others stand in the place of packs now."""
    return bool(_changed)


def forget() -> None:
    """Begins to remember anew."""
    _used.clear()


@contextmanager
def changed(packs: Mapping[str, str]) -> Iterator[None]:
    """Puts other texts in the place of packs for a while."""
    _changed.update(packs)
    try:
        yield
    finally:
        _changed.clear()
