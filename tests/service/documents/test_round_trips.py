"""What a command costs: how often it asks the database, and that all of it has one moment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from sqlalchemy import select

from services.documents.service import SPEC
from services.kit import ids
from services.kit.clock import DrivenClock, SystemClock
from services.kit.rpc.status import read
from services.kit.testing import channel, service
from services.kit.testing.channel import TENANT
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.trips import counted
from services.kit.testing.waiting import until, waiting_for_locks
from tests.service.documents.conftest import START, Works

ONCE = ids.new()


@pytest.fixture
def real_works(postgres: PostgresServer, office: Office) -> Iterator[Works]:
    """The works council in real time."""
    with service.ports(postgres.url, SPEC, SystemClock()) as ports, channel.served(SPEC, ports) as served:
        office.install(ports)
        yield Works(ports, DrivenClock(START), served, [])  # its clock drives nothing here


def test_completing_a_step_asks_twice(real_works: Works) -> None:
    real_works.heard(real_works.register())  # packs and rosters are in memory from here on
    step = real_works.opened(real_works.register())["hear"]
    with counted(real_works.ports.db) as sent:
        real_works.eldest.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", request_id=ONCE)
    assert len(sent) == 2, sent
    assert sent[0].startswith("BEGIN")
    assert "FOR UPDATE" in sent[0]
    assert "requests" in sent[0]
    assert sent[1].endswith("COMMIT")


def test_a_repeated_request_asks_once_and_changes_nothing(real_works: Works) -> None:
    real_works.heard(real_works.register())
    step = real_works.opened(real_works.register())["hear"]
    first = real_works.eldest.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", request_id=ONCE)
    with counted(real_works.ports.db) as sent:
        again = real_works.eldest.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", request_id=ONCE)
    assert again == first
    assert [s for s in sent if s != "COMMIT"] == sent[:1]


def test_step_limit_event_and_record_have_the_same_moment(real_works: Works) -> None:
    document = real_works.register()
    step = real_works.opened(document)["hear"]
    real_works.eldest.CompleteStep(name=step.name, verdict="VERDICT_APPROVE")
    (done,) = real_works.rows("steps", id=step.name.split("/")[3])
    (limit,) = real_works.rows("deadlines", subject=step.name)
    (record,) = real_works.rows("audit", act="documents.step.complete")
    (following,) = real_works.rows("steps", step="plan")
    (next_limit,) = real_works.rows("deadlines", subject=f"{document.name}/steps/{following.id}")
    assert {limit.ended_at, record.at, following.opened_at, next_limit.started_at} == {done.ended_at}
    assert limit.outcome == "on_time"


def test_who_waits_for_a_document_sees_what_the_one_before_has_done(real_works: Works) -> None:
    step = real_works.opened(real_works.register())["hear"]
    db, eldest = real_works.ports.db, real_works.eldest

    def complete(request_id: str) -> str:
        try:
            eldest.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", request_id=request_id)
        except grpc.RpcError as error:
            return read(error).reason
        return "done"

    with ThreadPoolExecutor(2) as pool:
        with db.tenant(TENANT) as tx:
            tx.locked(select(db.metadata.tables["documents"]))
            calls = [pool.submit(complete, request_id) for request_id in (ONCE, ids.new())]
            until("both wait for the document", lambda: waiting_for_locks(db) == 2)
        assert sorted(call.result() for call in calls) == ["LEAPT", "done"]
    assert len(real_works.rows("steps", step="plan")) == 1
