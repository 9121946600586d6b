"""Limits and rungs as the messages of the contract."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.db.event import Event
from services.kit.deadline import model
from services.kit.deadline.model import Deadline, Step
from services.kit.errors import Citation
from xiaoneng.kit.v1 import citation_pb2, deadline_pb2, deadline_view_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

_State = deadline_view_pb2.DeadlineState
_WARNS = ("warn",)


@lru_cache(maxsize=4096)
def citation(of: Citation) -> citation_pb2.Citation:
    """A citation as a message."""
    return citation_pb2.Citation(
        clause=of.clause, article=of.article, quote=of.quote, regulation=of.regulation, pack=of.pack, version=of.version
    )


def state(deadline: Deadline) -> deadline_view_pb2.DeadlineState:
    """Where a limit stands, as people see it."""
    if deadline.set_aside_at is not None:
        return _State.DEADLINE_STATE_SET_ASIDE
    if deadline.state == model.CANCELLED:
        return _State.DEADLINE_STATE_CANCELLED
    if deadline.state == model.FINISHED:
        late = deadline.outcome == model.LATE
        return _State.DEADLINE_STATE_LATE if late else _State.DEADLINE_STATE_MET
    if deadline.breached_at is not None:
        return _State.DEADLINE_STATE_OVERDUE
    return _State.DEADLINE_STATE_SUSPENDED if deadline.state == model.SUSPENDED else _State.DEADLINE_STATE_OPEN


def message(deadline: Deadline) -> deadline_pb2.Deadline:
    """A limit as events carry it: ids, units, states and times, no words of persons."""
    return deadline_pb2.Deadline(
        name=deadline.name, subject=deadline.subject, parent=deadline.parent, rule=deadline.rule, citation=citation(deadline.citation),
        unit=deadline.unit, role=deadline.role, person=deadline.person, initiator=deadline.initiator,
        start_time=_stamp(deadline.started_at), due_time=_stamp(deadline.due_at), provisional=deadline.provisional,
        state=state(deadline), generation=deadline.generation, hard=deadline.hard,
        budget=deadline.budget.words() if deadline.budget else "",
        pins=[deadline_pb2.PackPin(pack=pack, version=version) for pack, version in sorted(deadline.pins.items())],
        end_time=_stamp(deadline.ended_at),
    )  # fmt: skip


def view(deadline: Deadline, earlier: tuple[datetime, ...] = ()) -> deadline_view_pb2.DeadlineView:
    """A limit as pages show it. `earlier` are its due moments before extensions."""
    margin = 0
    if deadline.ended_at is not None and deadline.due_at is not None:
        margin = int((deadline.due_at - deadline.ended_at).total_seconds())
    return deadline_view_pb2.DeadlineView(
        name=deadline.name, rule=deadline.rule, label=deadline.label, start_time=_stamp(deadline.started_at),
        due_time=_stamp(deadline.due_at), provisional=deadline.provisional, state=state(deadline), citation=citation(deadline.citation),
        hard=deadline.hard, end_time=_stamp(deadline.ended_at), margin_seconds=margin, breached=deadline.breached_at is not None,
        earlier_due_times=[stamp for stamp in map(_stamp, earlier) if stamp is not None],
    )  # fmt: skip


def emit_step(tx: Tx, deadline: Deadline, step: Step, at: datetime) -> None:
    """Tells that a rung was reached; the event's time is the rung's true moment, whenever it was noticed."""
    reached = deadline_pb2.LadderStep(
        rung=step.rung, act=f"LADDER_ACT_{step.do.upper()}", time=_stamp(at), detect_time=_stamp(tx.now),
        citation=citation(step.citation), to=step.to, text=step.text,
    )  # fmt: skip
    kind, data = _step_event(step, message(deadline), reached)
    _emit(tx, deadline, kind, data, step.citation.clause, at)


def emit_finished(tx: Tx, deadline: Deadline, used_share: float) -> None:
    """Tells that late work was done."""
    data = deadline_pb2.DeadlineFinished(deadline=message(deadline), used_share=round(used_share, 4))
    _emit(tx, deadline, "finished", data, deadline.citation.clause, deadline.ended_at)


def emit_changed(tx: Tx, before: Deadline, after: Deadline, kind: str, clause: str = "") -> None:
    """Tells that a limit was suspended, resumed, extended, projected anew, set aside or cancelled."""
    data = deadline_pb2.DeadlineChanged(
        deadline=message(after), change=f"DEADLINE_CHANGE_{kind.upper()}",
        previous_due_time=_stamp(before.due_at), clause=clause,
    )  # fmt: skip
    _emit(tx, after, "changed", data, clause, tx.now)


_Data = (
    deadline_pb2.DeadlineWarned
    | deadline_pb2.DeadlineBreached
    | deadline_pb2.DeadlineEscalated
    | deadline_pb2.DeadlineFinished
    | deadline_pb2.DeadlineChanged
)


def _step_event(step: Step, deadline: deadline_pb2.Deadline, reached: deadline_pb2.LadderStep) -> tuple[str, _Data]:
    if step.rung == model.BREACH:
        return "breached", deadline_pb2.DeadlineBreached(deadline=deadline, step=reached)
    if step.do in _WARNS:
        return "warned", deadline_pb2.DeadlineWarned(deadline=deadline, step=reached)
    return "escalated", deadline_pb2.DeadlineEscalated(deadline=deadline, step=reached)


def _emit(tx: Tx, deadline: Deadline, kind: str, data: _Data, clause: str, time: datetime | None) -> None:
    tx.emit(Event(f"{tx.service}.deadline.{kind}.v1", deadline.name, data, unit=deadline.unit, clause=clause, time=time))


def _stamp(at: datetime | None) -> Timestamp | None:
    if at is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp
