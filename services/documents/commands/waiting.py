"""What waits for somebody beside the steps of a document's route: as it lies on to-do lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.documents import convert
from xiaoneng.kit.v1 import work_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from services.documents.commands.case import Case

_REMARK = 200


def item(case: Case, name: str, step: str, unit: str, persons: Iterable[str], since: datetime, remark: str) -> work_pb2.WorkItem:
    """The item `name` of a document: `step` says what is to be done, `remark` what somebody wrote to it."""
    document = case.document
    return work_pb2.WorkItem(
        item=name,
        subject=document.name,
        kind=work_pb2.WORK_KIND_ACTION,
        title=document.title,
        number=document.number,
        step=step,
        unit=unit,
        persons=persons,
        urgency=convert.URGENCY[document.urgency],
        arrive_time=convert.stamp(since),
        remark=remark[:_REMARK],
    )
