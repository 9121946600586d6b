"""The packs that scenarios run under, and how a changed one takes the place of one that is delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.platform.people import pack_text

_used: set[str] = set()
_changed: dict[str, str] = {}


def text(pack: str) -> str:
    """The source of a pack by its id: as delivered, or as changed."""
    _used.add(pack)
    return _changed.get(pack) or pack_text(pack)


def used() -> frozenset[str]:
    """The packs that were asked for since `forget`."""
    return frozenset(_used)


def forget() -> None:
    """Begins to count anew which packs a scenario uses."""
    _used.clear()


@contextmanager
def changed(packs: Mapping[str, str]) -> Iterator[None]:
    """Puts changed packs in the place of the delivered ones for a while."""
    _changed.update(packs)
    try:
        yield
    finally:
        for pack in packs:
            del _changed[pack]
