"""Policy packs: kept, put in force, repealed. What the packs themselves demand of that is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.directory import store
from services.directory.commands.change import Change, changing
from services.directory.commands.facts import of_caller
from services.directory.commands.gaps import settle
from services.directory.domain.errors import ActiveAlready, NotActive, PackUndated, PeriodEmpty, VersionExists
from services.kit.db.command import Command, command
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.errors import FieldViolation, Missing
from services.kit.policy import RuleSet, load
from services.kit.policy.pack import Pack
from services.kit.policy.precedence import clashes
from services.kit.policy.published import PackInvalid, ensure_sound
from services.kit.policy.source import Problem
from services.kit.roster import PackVersion
from xiaoneng.directory.v1 import events_pb2


@dataclass(frozen=True)
class Kept:
    """A version of a pack as directory keeps it; `active_from` is empty for one that was never in force."""

    pack: str
    version: int
    title: str
    issuer: str
    document_number: str
    supersedes: tuple[str, ...]
    source: str
    created_at: datetime
    active_from: datetime | None = None
    active_until: datetime | None = None


@dataclass(frozen=True)
class CreatePack(Command):
    """`problems` are what the validator finds in the source; none may be left."""

    source: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ActivatePack(Command):
    """Without a moment: now, or when the regulation begins. `together` are versions that are put in force in the same act."""

    pack: str
    version: int
    active_from: datetime | None = None
    together: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class RepealPack(Command):
    """Without a moment: now."""

    pack: str
    version: int
    end_at: datetime | None = None


@command(audit="directory.pack.create")
def create_pack(tx: Tx, cmd: CreatePack) -> Kept:
    """Keeps a version; the same content again changes nothing. Refuses: PackInvalid, VersionExists, and by rule."""
    ensure_sound(cmd.problems)
    pack = load(cmd.source)
    known = store.pack_row(tx, pack.id, pack.version)
    if known is not None and known.source != cmd.source:
        raise VersionExists(pack=pack.id, version=pack.version)
    tx.rules().enforce("directory.pack.create", _facts(tx, pack, tx.now, tx.roster.packs))
    if known is not None:
        return kept(tx, pack.id, pack.version)
    row = {
        "pack": pack.id,
        "version": pack.version,
        "title": pack.head.title,
        "issuer": pack.head.issuer,
        "document_number": pack.head.document_number,
        "supersedes": list(pack.head.supersedes),
        "source": cmd.source,
        "created_at": tx.now,
    }
    tx.on_conflict("pk_packs", lambda: VersionExists(pack=pack.id, version=pack.version))
    tx.insert(store.packs, row)
    tx.flush()
    return kept(tx, pack.id, pack.version)


@command(audit="directory.pack.activate")
def activate_pack(tx: Tx, cmd: ActivatePack) -> Kept:
    """Puts a version in force, and others with it; the version of the same pack before it ends at that moment. The rules in force,
    and those that are to be, are asked. Refuses: Missing, ActiveAlready, PackUndated, PeriodEmpty, PackInvalid, by rule."""
    first, *more = (_kept_row(tx, pack, version) for pack, version in dict.fromkeys([(cmd.pack, cmd.version), *cmd.together]))
    since = cmd.active_from or _begins(tx, load(first.source))
    with changing(tx) as change:
        versions = change.roster.packs
        if _in_force(versions, first, since):
            raise ActiveAlready(pack=cmd.pack, version=cmd.version)
        rows = [first, *(row for row in more if not _in_force(versions, row, since))]
        named = {row.pack: load(row.source) for row in rows}
        others = [load(v.source) for v in versions if v.holds(since) and v.pack not in named]
        rules = RuleSet([*others, *named.values()])
        for pack in named.values():
            rules.enforce("directory.pack.activate", _facts(tx, pack, since, versions, list(named.values())))
            if pack.head.effective_from is None:
                raise PackUndated(pack=pack.id)
        _ensure_together([*others, *named.values()])
        for row in rows:
            _end_before(change, versions, row.pack, since, tx.now)
            change.put(PackVersion(row.pack, row.version, row.title, row.source, since))
    for row in rows:
        data = events_pb2.PackActivated(pack=row.pack, version=row.version, title=row.title)
        data.active_from_time.FromDatetime(since)
        tx.emit(Event(type="directory.pack.activated.v1", subject=f"packs/{row.pack}", data=data))
        tx.audit("directory.pack.activate", f"packs/{row.pack}/versions/{row.version}", pack=row.pack, version=row.version)
    settle(tx)
    return kept(tx, cmd.pack, cmd.version)


def _kept_row(tx: Tx, pack: str, version: int) -> Any:
    """A version that is kept. Refuses: Missing."""
    row = store.pack_row(tx, pack, version)
    if row is None:
        raise Missing()
    return row


def _in_force(versions: Sequence[PackVersion], row: Any, since: datetime) -> bool:
    return any((v.pack, v.version) == (row.pack, row.version) and _lasts(v, since) for v in versions)


def _ensure_together(packs: list[Pack]) -> None:
    """Refuses PackInvalid where they cannot be in force together."""
    if found := clashes(packs):
        raise PackInvalid([FieldViolation("name", str(clash), "PACK_CLASH") for clash in found])


@command(audit="directory.pack.repeal")
def repeal_pack(tx: Tx, cmd: RepealPack) -> Kept:
    """Ends a version; what runs under it keeps it. Refuses: Missing, NotActive, PeriodEmpty, and by rule."""
    if store.pack_row(tx, cmd.pack, cmd.version) is None:
        raise Missing()
    end_at = cmd.end_at or tx.now
    with changing(tx) as change:
        versions = change.roster.packs
        version = next((v for v in versions if (v.pack, v.version) == (cmd.pack, cmd.version)), None)
        if version is None or not _lasts(version, end_at):
            raise NotActive(pack=cmd.pack, version=cmd.version)
        if end_at < version.active_from:
            raise PeriodEmpty()
        tx.rules(at=tx.now).enforce("directory.pack.repeal", _facts(tx, load(version.source), version.active_from, versions))
        change.put(replace(version, active_until=end_at))
    data = events_pb2.PackRepealed(pack=cmd.pack, version=cmd.version)
    data.active_until_time.FromDatetime(end_at)
    tx.emit(Event(type="directory.pack.repealed.v1", subject=f"packs/{cmd.pack}", data=data))
    tx.audit("directory.pack.repeal", f"packs/{cmd.pack}/versions/{cmd.version}", pack=cmd.pack, version=cmd.version)
    settle(tx)
    return kept(tx, cmd.pack, cmd.version)


def kept(tx: Tx, pack: str, version: int) -> Kept:
    """A version as it is kept, with its period. Refuses: Missing."""
    row = store.pack_row(tx, pack, version)
    if row is None:
        raise Missing()
    return with_period(row, tx.roster.packs)


def with_period(row: Any, versions: Sequence[PackVersion]) -> Kept:
    """A row of the kept packs with the period in which it is in force."""
    period = next((v for v in versions if (v.pack, v.version) == (row.pack, row.version)), None)
    return Kept(
        row.pack, row.version, row.title, row.issuer, row.document_number, tuple(row.supersedes), row.source, row.created_at,
        period.active_from if period else None, period.active_until if period else None,
    )  # fmt: skip


def _end_before(change: Change, versions: Sequence[PackVersion], pack: str, since: datetime, now: datetime) -> None:
    """Ends the version of the same pack that would still be in force; one that would only begin later never comes to be."""
    for version in versions:
        if version.pack == pack and _lasts(version, since):
            # One that was in force, be it for no time at all, stays: a matter may have begun under it.
            if version.active_from > since or version.active_from > now:
                change.remove(version)
            else:
                change.put(replace(version, active_until=since))


def _facts(tx: Tx, pack: Pack, since: datetime, versions: Sequence[PackVersion], together: Sequence[Pack] = ()) -> dict[str, Any]:
    in_force = [load(v.source) for v in versions if v.holds(since) and v.pack != pack.id]
    bases, others = [*in_force, *(one for one in together if one.id != pack.id)], [one.head for one in in_force]
    there = {pack.id, *(head.pack for head in others), *(one.id for one in together)}
    return {
        **of_caller(tx),
        "pack": pack.id,
        "pack_version": pack.version,
        "document_number": pack.head.document_number,
        "known_pack": any(v.pack == pack.id for v in versions),
        "layer": pack.head.layer,
        "tightens": pack.head.tightens,
        "loosens": [str(clash) for clash in clashes([*bases, pack]) if clash.pack == pack.id] if pack.head.tightens else [],
        "uncovered_days": _uncovered(tx, pack, since, versions),
        "effective_from": pack.head.effective_from,
        "active_from": since,
        "missing_of_set": [name for name in pack.head.set if name not in there],
        "superseded_in_force": [h.document_number for h in others if h.document_number in pack.head.supersedes],
    }


def _uncovered(tx: Tx, pack: Pack, since: datetime, versions: Sequence[PackVersion]) -> int:
    """Days between the regulation's first day and the moment from which it is to be in force here; none where it is already."""
    before = [v for v in versions if v.pack == pack.id and v.active_from < since]
    if pack.head.effective_from is None or any(v.active_until is None or v.active_until >= since for v in before):
        return 0
    return max((tx.roster.calendar().local(since).date() - pack.head.effective_from).days, 0)


def _begins(tx: Tx, pack: Pack) -> datetime:
    """Now, or the regulation's first day where that is still to come."""
    first = pack.head.effective_from
    return max(tx.now, tx.roster.calendar().moment(first, timedelta())) if first is not None else tx.now


def _lasts(version: PackVersion, at: datetime) -> bool:
    return version.active_until is None or version.active_until > at
