"""The whole platform with its databases behind PgBouncer in transaction mode."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.kit.testing.waiting import until
from services.kit.worktime import Calendar
from services.platform.demo.office import Office
from services.platform.demo.people_at_work import Habits
from tests.deploy.installation import Installation
from tests.deploy.round import one_round
from tests.deploy.site import PLACES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
WORKER = "documents-worker"


@pytest.fixture
def two_workers(installation: Installation) -> Iterator[Installation]:
    """A second worker of documents; afterwards there is the first one again, and no other."""
    place, release = installation.place, installation.release
    first, second = PLACES
    place.start(release, second, WORKER)
    yield installation
    if (WORKER, first) not in place.running:
        place.start(release, first, WORKER)
    if (WORKER, second) in place.running:
        place.stop(WORKER, second)


def test_a_document_goes_its_round(installation: Installation) -> None:
    gateway = installation.place.gateway()
    office = Office(gateway, installation.organisation, Habits(1, Calendar()), lambda: datetime.now(UTC))
    assert one_round(office) >= 4


def test_relay_and_watch_work(installation: Installation) -> None:
    """Events reach the to-do list of another service, nothing stays behind, and limits run."""
    clerk = installation.clerk()
    about = {"title": "关于防汛的通知", "sender": "市人民政府办公室", "senderNumber": "7", "documentType": "tongzhi"}
    name = clerk.post("/v1/documents:register", about)["name"]
    clerk.post(f"/v1/{name}:classify", {"documentClass": "action"})
    until("it is in the to-do list", lambda: any(name in str(each) for each in clerk.every("/v1/todos", "todos")), 60)
    steps = clerk.get(f"/v1/{name}/route")["steps"]
    assert any(step.get("deadlines") for step in steps)
    pending = 'xiaoneng_outbox_pending{service="documents"} 0.0'
    until("everything is sent", lambda: pending in installation.metrics(WORKER, "xiaoneng_outbox_pending"), 60)


def test_one_worker_of_a_service_shows_its_limits(two_workers: Installation) -> None:
    """The lead is a lock, which must not belong to whoever gets the server's session next."""

    def showing() -> list[bool]:
        return [bool(two_workers.metrics(WORKER, "xiaoneng_deadlines_open", at)) for at in PLACES]

    until("one of them shows", lambda: sorted(showing()) == [False, True], 60)
    assert sorted(showing()) == [False, True]
    (leader,) = (at for at, shows in zip(PLACES, showing(), strict=True) if shows)
    two_workers.place.stop(WORKER, leader)
    (other,) = set(PLACES) - {leader}
    until("the other one shows", lambda: bool(two_workers.metrics(WORKER, "xiaoneng_deadlines_open", other)), 60)


def test_processes_share_connections(installation: Installation) -> None:
    assert installation.clerk().every("/v1/documents", "documents", pageSize=200) is not None
    clients = [each for each in installation.bouncer.show("CLIENTS") if each["user"] != "administrator"]
    servers = installation.bouncer.show("SERVERS")
    assert {each["pool_mode"] for each in installation.bouncer.show("POOLS") if each["database"] != "pgbouncer"} == {"transaction"}
    assert 0 < len(servers) < len(clients)
