"""Two at once, and time that turns out otherwise."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import grpc

from services.documents.loops import follow
from services.kit.deadline import Reprojector
from services.kit.rpc.status import read
from services.kit.testing.office import Office
from tests.service.documents.conftest import Works
from xiaoneng.documents.v1 import types_pb2


def at_once(*acts: Any) -> list[str]:
    """Runs acts in threads of their own; gives `done` or the reason of the refusal for each."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(acts))

    def run(act: Any) -> None:
        gate.wait()
        try:
            act()
            outcomes.append("done")
        except grpc.RpcError as refused:
            outcomes.append(read(refused).reason)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_a_step_is_completed_once_however_many_try(works: Works) -> None:
    document = works.register()
    name = works.opened(document)["hear"].name
    acts = [lambda: works.eldest.CompleteStep(name=name, verdict="VERDICT_APPROVE") for _ in range(4)]
    assert at_once(*acts) == ["LEAPT", "LEAPT", "LEAPT", "done"]
    assert list(works.opened(document)) == ["plan"]


def test_two_units_feed_back_at_once_and_the_matter_is_closed_once(works: Works) -> None:
    document = works.at_work(responsible_units=["north", "south"], lead_unit="north")
    steps = works.opened(document)
    outcomes = at_once(
        lambda: works.north.SubmitFeedback(name=steps["work:north"].name, result_text="北墙已修"),
        lambda: works.south.SubmitFeedback(name=steps["work:south"].name, result_text="南墙已修"),
    )
    assert outcomes in (["done", "done"], ["LEAPT", "done"])
    assert works.eldest.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    assert len(works.events("documents.document.closed.v1")) == 1


def test_voiding_and_completing_at_once_leaves_one_of_them(works: Works) -> None:
    document = works.register()
    name = works.opened(document)["hear"].name
    outcomes = at_once(
        lambda: works.eldest.CompleteStep(name=name, verdict="VERDICT_APPROVE"),
        lambda: works.scribe.VoidDocument(name=document.name, reason="登记错误"),
    )
    assert "done" in outcomes
    assert works.eldest.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_VOID
    assert works.opened(document) == {}


def test_a_day_off_that_is_arranged_later_moves_what_is_due(works: Works, office: Office) -> None:
    document = works.register()
    before = works.opened(document)["hear"].deadlines[0].due_time.ToDatetime()
    office.day(date(2025, 9, 24), working=False, reason="停电").install(works.ports)
    Reprojector(works.ports, follow).step(works.clock.now())
    after = works.opened(document)["hear"].deadlines[0].due_time.ToDatetime()
    assert (before.date(), after.date()) == (date(2025, 9, 25), date(2025, 9, 26))
    (row,) = works.rows("step_holders", person="eldest")
    assert row.sort_at.date() == date(2025, 9, 26)
