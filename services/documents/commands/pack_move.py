"""Moving running matters to a newer version of a regulation: what would change, and doing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from services.documents import convert
from services.documents.commands import effects, limits
from services.documents.commands.case import Case
from services.documents.commands.register import visible_case
from services.documents.domain.document import State
from services.documents.domain.errors import PackMoveImpossible, PackTextOfOther, PackVersionUnknown
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import FieldViolation
from services.kit.identity import may
from services.kit.policy import Pack, load
from services.kit.policy.cache import PinnedPackMissing
from services.kit.policy.published import ensure_sound, problems
from services.kit.procedure.instance import restore
from xiaoneng.documents.v1 import pack_move_service_pb2

if TYPE_CHECKING:
    from services.kit.errors import Citation

MOVE = "documents:pack:move"
OBSTACLES = {
    "NOT_UNDER_PACK": "该文件不是按这一制度办理的",
    "NOT_NEWER": "该文件已按这一版本或更新的版本办理",
    "WRONG_STATE": "该文件不在办理中",
    "PROCEDURE_GONE": "新版本没有该文件所走的流程",
    "STEP_GONE": "新版本的流程没有正在办理的环节",
}


@dataclass(frozen=True)
class StepSeen:
    """A step that is open or upcoming."""

    label: str
    open: bool
    persons: tuple[str, ...] = ()


@dataclass(frozen=True)
class LimitSeen:
    """A limit that runs, or that an upcoming step will have. That another version cites the article makes no difference."""

    label: str
    budget: str
    due_at: datetime | None
    citation: Citation = field(compare=False)
    overdue: bool = False


@dataclass
class Outlook:
    """What lies before a matter."""

    steps: dict[str, StepSeen] = field(default_factory=dict)
    limits: dict[tuple[str, str], LimitSeen] = field(default_factory=dict)


@dataclass
class Move:
    """One matter before and after."""

    case: Case
    version_before: int
    version: int
    before: Outlook = field(default_factory=Outlook)
    after: Outlook = field(default_factory=Outlook)
    obstacle: str = ""


@dataclass(frozen=True, kw_only=True)
class MovePack(Command):
    names: tuple[str, ...]
    pack: str
    version: int
    reason: str


@command(audit="documents.document.move_pack")
def move_pack(tx: Tx, cmd: MovePack) -> list[Move]:
    """Moves running matters to a newer version, all or none. Refuses: Missing, PackVersionUnknown, PackMoveImpossible."""
    may(cmd.caller, MOVE)
    if not any(p.pack == cmd.pack and p.version == cmd.version and p.holds(tx.now) for p in tx.roster.packs):
        raise _unknown(cmd.pack, cmd.version)
    moves = moved(tx, cmd.names, cmd.pack, cmd.version)
    if hindered := next((move for move in moves if move.obstacle), None):
        raise PackMoveImpossible(
            number=hindered.case.document.number,
            why=OBSTACLES[hindered.obstacle],
            obstacle=hindered.obstacle,
            document=hindered.case.document.name,
        )
    for move in moves:
        _record(move, cmd)
    return moves


class _Undone(Exception):
    """Ends a preview: nothing of it stays."""


def text_of(pack: str, version: int, source: str) -> Pack | None:
    """The version that is to be tried out, looked at as at its publication. Refuses: PackInvalid, PackTextOfOther."""
    if not source:
        return None
    ensure_sound(problems(source))
    found = load(source)
    said = {"pack": (pack, found.id), "version": (version, found.version)}
    if wrong := [FieldViolation(name, f"文本中是{has}", PackTextOfOther.reason) for name, (asked, has) in said.items() if asked != has]:
        raise PackTextOfOther(wrong)
    return found


def preview(tx: Tx, names: Iterable[str], pack: str, version: int, text: Pack | None = None) -> list[Move]:
    """What a move would change: it is done, looked at and undone. Refuses: Missing, PackVersionUnknown."""
    may(tx.caller, MOVE)  # type: ignore[arg-type]
    known = next((p for p in tx.roster.packs if p.pack == pack and p.version == version), None)
    if known is not None:
        text = None  # what is or will be in force counts
        there = known.active_until is None or known.active_until > tx.now
    else:
        there = text is not None
    if not there:
        raise _unknown(pack, version)
    moves: list[Move] = []
    try:
        with tx.savepoint("preview"), tx.trying(text):
            moves = moved(tx, names, pack, version)
            raise _Undone
    except _Undone:
        return moves


def moved(tx: Tx, names: Iterable[str], pack: str, version: int) -> list[Move]:
    """Moves what can be moved. Locked in the order of their ids, given in the order of the names."""
    wanted = list(names)
    done = {name: _moved(visible_case(tx, name), pack, version) for name in sorted(wanted)}
    return [done[name] for name in wanted]


def _unknown(pack: str, version: int) -> PackVersionUnknown:
    return PackVersionUnknown([FieldViolation("version", f"没有在施行的版本：{pack} 第{version}版", PackVersionUnknown.reason)])


def _moved(case: Case, pack: str, version: int) -> Move:
    move = Move(case, case.pins.get(pack, 0), version)
    move.obstacle = _obstacle(case, pack, version)
    if move.obstacle:
        return move
    move.before = _outlook(case)
    before = case.rules
    case.repin({**case.pins, pack: version})
    if case.instance is not None:
        old = case.instance
        procedure = case.rules.procedure_named(case.pack, old.procedure.id)
        assert procedure is not None  # looked at above
        known = {template.id for template in procedure.steps}
        case.instance = restore(procedure, ids.new, old.steps, {}, old.arrived & known, old.objections, old.state)
        case.refresh()
        running = case.route.open_steps()
        effects.apply(case, case.route.reconsider(case.tx.now))
        for step in running:
            if step.id in {s.id for s in case.route.open_steps()}:
                effects.follow_post(case, step)
                limits.moved(case, step)
                effects.relist(case, step)
                effects.save_step(case, step)
    limits.document_moved(case, before)
    effects.save(case)
    case.tx.flush()
    move.after = _outlook(case)
    return move


def _obstacle(case: Case, pack: str, version: int) -> str:
    if case.document.state not in (State.REGISTERED, State.RUNNING):
        return "WRONG_STATE"
    if pack not in case.pins:
        return "NOT_UNDER_PACK"
    if version <= case.pins[pack]:
        return "NOT_NEWER"
    if case.instance is None:
        return ""
    try:
        rules = case.tx.rules(pins={**case.pins, pack: version})
    except PinnedPackMissing:
        return "PROCEDURE_GONE"
    procedure = rules.procedure_named(case.pack, case.instance.procedure.id)
    if procedure is None:
        return "PROCEDURE_GONE"
    known = {template.id for template in procedure.steps}
    return "" if all(step.step in known for step in case.instance.steps if step.active and step.current) else "STEP_GONE"


def _outlook(case: Case) -> Outlook:
    seen, now = Outlook(), case.tx.now

    def running(key: str, subject: str) -> None:
        for d in limits.open_deadlines(case, subject):
            words = d.budget.words() if d.budget is not None else ""
            late = d.due_at is not None and d.due_at < now
            seen.limits[key, d.rule] = LimitSeen(d.label, words, d.due_at, d.citation, late)

    running("", case.document.name)
    if case.instance is None:
        return seen
    for step in case.route.open_steps():
        key = f"{step.step}:{step.party}" if step.party else step.step
        seen.steps[key] = StepSeen(convert.label(case.rules, case.template(step)), True, tuple(case.persons.get(step.id, ())))
        running(key, effects.name_of(case, step))
    for template in case.route.upcoming():
        seen.steps[template.id] = StepSeen(convert.label(case.rules, template), False)
        for limit in limits.of_template(case, template):
            words = limit.budget.words() if limit.budget is not None else ""
            seen.limits[template.id, limit.rule] = LimitSeen(limit.label, words, limit.due_at, limit.citation)
    return seen


def _record(move: Move, cmd: MovePack) -> None:
    case, details = move.case, {"pack": cmd.pack, "from": move.version_before, "to": cmd.version, "reason": cmd.reason}
    differing = [key for key, seen in move.after.limits.items() if move.before.limits.get(key) != seen]
    changed = sorted(" ".join(key).strip() for key in differing)
    case.tx.audit(
        "documents.document.move_pack", case.document.name, pack=cmd.pack, version=cmd.version, details={**details, "limits": changed}
    )
    data = pack_move_service_pb2.DocumentPackMoved(
        document=case.document.name, pack=cmd.pack, from_version=move.version_before, to_version=cmd.version
    )
    effects.emit(case, "documents.document.pack_moved.v1", data)
