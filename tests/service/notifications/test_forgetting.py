"""What is over long ago is removed; what waits is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from services.kit.testing.channel import TENANT
from services.notifications.loops import Forgetter
from tests.service.notifications.conftest import Told, an_item
from xiaoneng.kit.v1 import work_pb2

YEAR = timedelta(days=400)


def count(told: Told, name: str) -> int:
    table = told.ports.db.metadata.tables[name]
    with told.ports.db.tenant(TENANT) as tx:
        return int(tx.scalar(select(func.count()).select_from(table)))


def notice(told: Told, subject: str) -> Any:
    data = work_pb2.NoticeGiven(subject=subject, persons=["wu"], text="请知悉")
    return told.tell("documents.notice.given.v1", subject, data)


def test_finished_items_and_messages_go_and_open_ones_stay(told: Told) -> None:
    done, waiting = an_item("done"), an_item("waiting")
    done.subject, waiting.subject = "documents/d1", "documents/d2"
    for item in (done, waiting):
        told.open(item)
        notice(told, item.subject)
    told.done(done, by="wu")
    forgetter = Forgetter(told.ports, YEAR)
    told.clock.set(told.clock.now() + YEAR - timedelta(days=1))
    forgetter.step(told.clock.now())
    assert (count(told, "work_items"), count(told, "todos"), count(told, "messages")) == (2, 2, 2)
    told.clock.set(told.clock.now() + timedelta(days=2))
    while forgetter.step(told.clock.now()) is not None:
        pass
    assert (count(told, "work_items"), count(told, "todos")) == (1, 1)
    assert told.todos("wu") == [waiting.item]
    with told.ports.db.tenant(TENANT) as tx:
        messages = told.ports.db.metadata.tables["messages"]
        assert {row.subject for row in tx.all(select(messages))} == {waiting.subject}
