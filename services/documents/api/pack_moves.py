"""Running matters that go on under a newer version of a regulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import grpc

from services.documents import convert
from services.documents.commands import pack_move
from services.documents.commands.pack_move import LimitSeen, Move
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import pack_move_service_pb2 as pb
from xiaoneng.documents.v1 import pack_move_service_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from services.kit.service import Ports

K = TypeVar("K")
V = TypeVar("V")


class PackMoveService(pack_move_service_pb2_grpc.PackMoveServiceServicer):
    """Moves matters from one version to another."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def PreviewPackMove(self, request: Any, context: grpc.ServicerContext) -> pb.PreviewPackMoveResponse:
        who, text = caller(context), pack_move.text_of(request.pack, request.version, request.source)
        with self._ports.db.tenant(who.tenant, who) as tx:
            moves = pack_move.preview(tx, request.names, request.pack, request.version, text)
            return pb.PreviewPackMoveResponse(moves=map(shown, moves))

    def MovePack(self, request: Any, context: grpc.ServicerContext) -> pb.MovePackResponse:
        cmd = convert.command(pack_move.MovePack, request, caller(context))
        return run(self._ports, pack_move.move_pack, cmd, lambda moves: pb.MovePackResponse(moves=map(shown, moves)))


def shown(move: Move) -> pb.PackMove:
    """A move as it is sent."""
    document = move.case.document
    found = pb.PackMove(document=document.name, title=document.title, number=document.number, from_version=move.version_before)
    found.to_version, found.obstacle = move.version, move.obstacle
    found.obstacle_text = pack_move.OBSTACLES.get(move.obstacle, "")
    for step, before, after in _differences(move.before.steps, move.after.steps):
        seen = after or before
        assert seen is not None
        found.steps.add(
            step=step,
            label=seen.label,
            difference=_kind(before, after),
            open=after is not None and after.open,
            persons_before=before.persons if before else (),
            persons_after=after.persons if after else (),
        )
    steps = {**move.before.steps, **move.after.steps}
    for (step, rule), old, new in _differences(move.before.limits, move.after.limits):
        limit = _limit(step, rule, old, new)
        limit.step_label = steps[step].label if step in steps else ""
        found.limits.append(limit)
    return found


def _limit(step: str, rule: str, before: LimitSeen | None, after: LimitSeen | None) -> pb.LimitDifference:
    seen = after or before
    assert seen is not None
    found = pb.LimitDifference(step=step, rule=rule, label=seen.label, difference=_kind(before, after))
    found.overdue = after is not None and after.overdue
    if before is not None:
        found.budget_before = before.budget
        found.citation_before.CopyFrom(convert.citation(before.citation))
        if before.due_at is not None:
            found.previous_due_time.CopyFrom(convert.stamp(before.due_at))
    if after is not None:
        found.budget_after = after.budget
        found.citation_after.CopyFrom(convert.citation(after.citation))
        if after.due_at is not None:
            found.due_time.CopyFrom(convert.stamp(after.due_at))
    return found


def _differences(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    """What differs, in the order in which it comes."""
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield key, before.get(key), after.get(key)


def _kind(before: object, after: object) -> pb.Difference:
    if before is None:
        return pb.DIFFERENCE_ADDED
    return pb.DIFFERENCE_REMOVED if after is None else pb.DIFFERENCE_CHANGED
