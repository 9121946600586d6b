"""What a unit is asked to supply, as it lies with its people until somebody supplies it."""

from __future__ import annotations

from services.documents import convert, store
from services.documents.commands import limits, waiting
from services.documents.commands.case import Case
from services.documents.domain.handling import Material
from services.kit import work
from xiaoneng.kit.v1 import work_pb2

SUPPLY_STEP = "提供材料"


def asked(case: Case, material: Material) -> None:
    """Puts the request onto the to-do list of everybody in the unit: each of them may supply it."""
    work.opened(case.tx, _item(case, material))


def supplied(case: Case, material: Material) -> None:
    """Takes it from the lists."""
    work.ended(case.tx, _item(case, material), done=True, by=material.supplier)


def withdraw_all(case: Case, reason: str) -> None:
    """Nobody needs the material any more: the document ends without being done."""
    for material in store.reads.open_materials(case.tx, case.document.id):
        work.ended(case.tx, _item(case, material), done=False)
        limits.cancel(case, material.name, reason)


def _item(case: Case, material: Material) -> work_pb2.WorkItem:
    asking = case.tx.roster.unit(material.requesting_unit)
    persons = [member.person for member in case.tx.roster.members(case.tx.now, unit=material.unit)]
    remark = f"{asking.display_name if asking else ''}：{material.text}"
    found = waiting.item(case, material.name, SUPPLY_STEP, material.unit, persons, material.requested_at, remark)
    found.delegable = True
    if material.due_at is not None:
        found.due_time.CopyFrom(convert.stamp(material.due_at))
    running = min(limits.open_deadlines(case, material.name), key=lambda d: d.due_at or store.LAST, default=None)
    if running is not None:
        found.citation.CopyFrom(convert.citation(running.citation))
        found.deadline, found.limit_label = running.name, running.label
    return found
