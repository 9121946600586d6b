"""Limits that run: started, suspended, extended and ended in the commands of a service, watched by its worker.

`install(metadata)` adds the tables. `loops(ports)` is what a worker runs: the watch, the folder of the counts, and the loop that reckons
limits anew when a calendar changes. `DeadlineCollector` shows the counts to Prometheus.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from services.kit.deadline.account import Account, Change, Reached, explain
from services.kit.deadline.acts import cancel, changes, extend, finish, reassign, resume, set_aside, start, suspend
from services.kit.deadline.counts import Count, CountFolder
from services.kit.deadline.counts import read as counts
from services.kit.deadline.events import view
from services.kit.deadline.metrics import DeadlineCollector
from services.kit.deadline.model import (
    Deadline,
    DeadlineMissing,
    DeadlineNotRunning,
    DeadlineOver,
    DueNotLater,
    NothingToSetAside,
    Start,
    Step,
    ladder_of,
    overdue_by,
    project,
)
from services.kit.deadline.reproject import Reprojected, Reprojector, reproject
from services.kit.deadline.store import install, of_parent, of_subjects, table
from services.kit.deadline.store import of_subject as for_subject
from services.kit.deadline.store import one as get
from services.kit.deadline.watch import Watch
from services.kit.loop import Loop

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports


def loops(ports: Ports, on_moved: Callable[[Tx, Reprojected], None] | None = None) -> list[Loop]:
    """The loops of the room; `on_moved` hears of limits that a changed calendar moved."""
    return [Watch(ports), CountFolder(ports), Reprojector(ports, on_moved)]


__all__ = [
    "Account",
    "Change",
    "Count",
    "CountFolder",
    "Deadline",
    "DeadlineCollector",
    "DeadlineMissing",
    "DeadlineNotRunning",
    "DeadlineOver",
    "DueNotLater",
    "NothingToSetAside",
    "Reached",
    "Reprojected",
    "Reprojector",
    "Start",
    "Step",
    "Watch",
    "cancel",
    "changes",
    "counts",
    "explain",
    "extend",
    "finish",
    "for_subject",
    "get",
    "install",
    "ladder_of",
    "loops",
    "of_parent",
    "of_subjects",
    "overdue_by",
    "project",
    "reassign",
    "reproject",
    "resume",
    "set_aside",
    "start",
    "suspend",
    "table",
    "view",
]
