"""Compiled packs and rule sets of a process: each version is compiled once, however many requests ask."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from services.kit.policy.load import load
from services.kit.policy.pack import Pack
from services.kit.policy.ruleset import RuleSet

if TYPE_CHECKING:
    from services.kit.policy.catalogue import FactCatalogue

_KEPT = 512
_NEVER = datetime.max.replace(tzinfo=UTC)

K = TypeVar("K")
V = TypeVar("V")

Key = tuple[str, int, str]


class Version(Protocol):
    """A version of a pack as the roster keeps it."""

    pack: str
    version: int
    source: str
    active_from: datetime
    active_until: datetime | None


class Asking(Protocol):
    """What the cache needs of a transaction."""

    @property
    def roster(self) -> Any: ...

    @property
    def ports(self) -> Any: ...


class PinnedPackMissing(LookupError):
    """A matter keeps a version of a pack that this service has no copy of; a sync brings it."""


class PackCache:
    """Gives the rules of a tenant at a moment, or those that a matter keeps. Threads share it."""

    def __init__(self, facts: FactCatalogue | None = None) -> None:
        self.facts = facts
        self._lock = threading.Lock()
        self._packs: OrderedDict[Key, Pack] = OrderedDict()
        self._sets: OrderedDict[tuple[Key, ...], RuleSet] = OrderedDict()

    def rules(self, tx: Asking, at: datetime | None = None, pins: Mapping[str, int] | None = None) -> RuleSet:
        """The rules in force at `at` (default: now), or those of exactly the pinned versions. Raises PinnedPackMissing."""
        versions: list[Version] = [*tx.roster.packs, *self._from_above(tx)]
        if pins is not None:
            return self.of(_pinned(versions, pins))
        moment = at if at is not None else tx.ports.clock.now()
        day = moment.astimezone(ZoneInfo(tx.roster.tenant.time_zone)).date()
        return self.of(version for version in versions if _active(version, moment) and not self._over(version, day))

    def _from_above(self, tx: Asking) -> Iterator[Version]:
        """The packs of the tenants above that bind those below."""
        parent, seen = tx.roster.tenant.parent, {tx.roster.tenant.id}
        while parent and parent not in seen:
            seen.add(parent)
            roster = tx.ports.rosters.recent(tx.ports.db, parent)
            yield from (version for version in roster.packs if self._pack(_key(version), version).head.binds_children)
            parent = roster.tenant.parent

    def _over(self, version: Version, day: date) -> bool:
        """Says whether the regulation itself has ended: a campaign does, whether somebody repeals it or not."""
        end = self._pack(_key(version), version).head.effective_to
        return end is not None and end < day

    def trying(self, pack: Pack) -> Trial:
        """The same rules with a version that is not in force, for one look."""
        return Trial(self, pack)

    def of(self, versions: Iterable[Version]) -> RuleSet:
        """The rule set of these versions."""
        chosen = sorted(versions, key=lambda version: (version.pack, version.version))
        keys = tuple(_key(version) for version in chosen)
        with self._lock:
            known = self._sets.get(keys)
            if known is not None:
                self._sets.move_to_end(keys)
                return known
        made = RuleSet([self._pack(key, version) for key, version in zip(keys, chosen, strict=True)])
        with self._lock:
            return _keep(self._sets, keys, made)

    def _pack(self, key: Key, version: Version) -> Pack:
        with self._lock:
            known = self._packs.get(key)
        if known is not None:
            return known
        made = load(version.source, f"{version.pack} v{version.version}")
        with self._lock:
            return _keep(self._packs, key, made)


@dataclass
class _Tried:
    """A version that is compiled already and in force nowhere."""

    pack: str
    version: int
    active_from: datetime = _NEVER
    active_until: datetime | None = None
    source: str = ""


class Trial(PackCache):
    """Rules with a version that is tried out: it counts where its number is pinned, never as in force, and goes with this object."""

    def __init__(self, kept: PackCache, pack: Pack) -> None:
        super().__init__(kept.facts)
        self._kept = kept
        self._tried = pack
        self._version = _Tried(pack.id, pack.version)

    def rules(self, tx: Asking, at: datetime | None = None, pins: Mapping[str, int] | None = None) -> RuleSet:
        if pins is None or pins.get(self._version.pack) != self._version.version:
            return self._kept.rules(tx, at, pins)
        return self.of(_pinned([self._version, *tx.roster.packs, *self._from_above(tx)], pins))

    def _pack(self, key: Key, version: Version) -> Pack:
        return self._tried if key == _key(self._version) else self._kept._pack(key, version)


def _key(version: Version) -> Key:
    return version.pack, version.version, _digest(version.source)


def _active(version: Version, at: datetime) -> bool:
    return version.active_from <= at and (version.active_until is None or at < version.active_until)


def _pinned(versions: Iterable[Version], pins: Mapping[str, int]) -> list[Version]:
    by_name = {(version.pack, version.version): version for version in reversed(list(versions))}  # the tenant's own stand first
    missing = [f"{pack} v{number}" for pack, number in pins.items() if (pack, number) not in by_name]
    if missing:
        raise PinnedPackMissing(", ".join(missing))
    return [by_name[pack, number] for pack, number in pins.items()]


_digests: dict[str, str] = {}


def _digest(source: str) -> str:
    """A short name for a text. Kept by the text itself: hashing a large pack on every request would be felt."""
    known = _digests.get(source)
    if known is None:
        if len(_digests) > _KEPT:
            _digests.clear()
        known = _digests[source] = hashlib.sha256(source.encode()).hexdigest()[:16]
    return known


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> V:
    kept.setdefault(key, value)
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
    return kept[key]
