"""Policy packs as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grpc import ServicerContext as Context

from services.directory.api.reading import Reading
from services.directory.commands import packs
from services.directory.convert import rules as convert
from services.kit.policy import source
from services.kit.policy.diff import Change, diff
from services.kit.policy.load import load
from services.kit.policy.pack import Pack
from services.kit.policy.rules import Rule
from xiaoneng.directory.v1 import pack_view_service_pb2 as pb
from xiaoneng.directory.v1 import pack_view_service_pb2_grpc

_CHANGES = {
    "added": pb.PackDifference.CHANGE_ADDED,
    "removed": pb.PackDifference.CHANGE_REMOVED,
    "changed": pb.PackDifference.CHANGE_CHANGED,
}
# A value's place in the text of a refusal.
_FILLED_IN = re.compile(r"\{[^{}]*\}")


class PackViewService(Reading, pack_view_service_pb2_grpc.PackViewServiceServicer):
    """Outlines and differences of versions."""

    def GetPackOutline(self, request: Any, context: Context) -> pb.PackOutline:
        with self._reading(context) as (tx, _):
            kept = packs.kept(tx, *convert.pack_version(request.name))
        return _outline(request.name, load(kept.source))

    def ComparePacks(self, request: Any, context: Context) -> pb.ComparePacksResponse:
        pack, version = convert.pack_version(request.name)
        with self._reading(context) as (tx, _):
            after, before = packs.kept(tx, pack, version), packs.kept(tx, pack, request.base_version)
        return pb.ComparePacksResponse(differences=map(_difference, diff(load(before.source), load(after.source))))


def _outline(name: str, pack: Pack) -> pb.PackOutline:
    named = {rule.id: tuple(dict.fromkeys((*rule.clauses, *_inside(rule.source, pack)))) for rule in pack.rules}
    clauses = [
        pb.PackClause(
            id=clause.id, article=clause.article, quote=clause.quote, assumed=clause.assumed, guidance=clause.guidance,
            rules=[rule.id for rule in pack.rules if clause.id in named[rule.id]],
        )
        for clause in pack.clauses.values()
    ]  # fmt: skip
    rules = [
        pb.PackRule(id=rule.id, kind=rule.kind, label=_label(rule, pack), clauses=named[rule.id], text=source.write(dict(rule.source)))
        for rule in pack.rules
    ]
    return pb.PackOutline(name=name, title=pack.head.title, clauses=clauses, rules=rules)


def _label(rule: Rule, pack: Pack) -> str:
    """What people call a rule: its name, else what it is refused or noted with, without the values that are filled in then."""
    outcome = rule.source.get("else")
    reason = outcome.get("reason", "") if isinstance(outcome, Mapping) else ""
    return str(rule.source.get("label") or _FILLED_IN.sub("…", pack.texts.get(reason, "")))


def _inside(content: Any, pack: Pack) -> Iterator[str]:
    """The clauses that stand anywhere in a rule: at its steps, rungs and exceptions."""
    if isinstance(content, str):
        if content in pack.clauses:
            yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield from _inside(key, pack)
            yield from _inside(value, pack)
    elif isinstance(content, list | tuple):
        for each in content:
            yield from _inside(each, pack)


def _difference(change: Change) -> pb.PackDifference:
    return pb.PackDifference(
        part=change.part, id=change.name, change=_CHANGES[change.what], words=change.words, clauses=change.clauses, points=change.points
    )
