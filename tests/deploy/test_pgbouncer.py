"""The whole platform with its databases behind PgBouncer in transaction mode."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from services.kit.testing.waiting import until
from services.kit.worktime import Calendar
from services.platform.demo.office import Office
from services.platform.demo.people_at_work import Habits
from services.platform.people import Organisation
from tests.deploy.bouncer import Bouncer, bouncer
from tests.deploy.round import one_round
from tests.deploy.site import PLACES, Release, Site, free_port, site

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def behind(broker: Broker, this: Release, organisation: Organisation) -> Iterator[tuple[Site, Bouncer]]:
    """A running installation whose processes reach PostgreSQL through PgBouncer only."""
    port = free_port()
    with broker.vhost() as vhost, site(vhost.url) as place:
        place.prepare(this, through=f"127.0.0.1:{port}")
        with bouncer(place.postgres, place.secrets, port) as found:
            place.migrate(this)
            place.start(this)
            place.start(this, PLACES[1], "documents-api", "documents-worker")
            place.seed(this, organisation)
            yield place, found
            place.kill()


def metrics(place: Site, name: str, at: str, series: str) -> list[str]:
    """The lines of a series on the pages of a process."""
    pages = (httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20, trust_env=False).text for port in place.running[name, at].metrics)
    return [line for page in pages for line in page.splitlines() if line.startswith(f"{series}{{")]


def test_a_document_goes_its_round(behind: tuple[Site, Bouncer], organisation: Organisation) -> None:
    place, _ = behind
    office = Office(place.gateway(), organisation, Habits(1, Calendar()), lambda: datetime.now(UTC))
    assert one_round(office) >= 4


def test_relay_and_watch_work(behind: tuple[Site, Bouncer], organisation: Organisation) -> None:
    """Events reach the to-do list of another service, nothing stays behind, and limits run."""
    place, _ = behind
    clerk = place.gateway().as_(organisation.person("clerk").subject)
    about = {"title": "关于防汛的通知", "sender": "市人民政府办公室", "senderNumber": "7", "documentType": "tongzhi"}
    name = clerk.post("/v1/documents:register", about)["name"]
    clerk.post(f"/v1/{name}:classify", {"documentClass": "action"})
    until("it is in the to-do list", lambda: any(name in str(each) for each in clerk.every("/v1/todos", "todos")), 60)
    steps = clerk.get(f"/v1/{name}/route")["steps"]
    assert any(step.get("deadlines") for step in steps)
    pending = 'xiaoneng_outbox_pending{service="documents"} 0.0'
    until("everything is sent", lambda: pending in metrics(place, "documents-worker", "a", "xiaoneng_outbox_pending"), 60)


def test_one_worker_of_a_service_shows_its_limits(behind: tuple[Site, Bouncer], organisation: Organisation) -> None:
    """The lead is a lock, which must not belong to whoever gets the server's session next."""
    place, _ = behind

    def showing() -> list[bool]:
        return [bool(metrics(place, "documents-worker", at, "xiaoneng_deadlines_open")) for at in PLACES]

    until("one of them shows", lambda: sorted(showing()) == [False, True], 60)
    assert sorted(showing()) == [False, True]
    (leader,) = (at for at, shows in zip(PLACES, showing(), strict=True) if shows)
    place.stop("documents-worker", leader)
    (other,) = set(PLACES) - {leader}
    until("the other one shows", lambda: bool(metrics(place, "documents-worker", other, "xiaoneng_deadlines_open")), 60)


def test_processes_share_connections(behind: tuple[Site, Bouncer]) -> None:
    _, found = behind
    clients = [each for each in found.show("CLIENTS") if each["user"] != "administrator"]
    servers = found.show("SERVERS")
    assert {each["pool_mode"] for each in found.show("POOLS") if each["database"] != "pgbouncer"} == {"transaction"}
    assert 0 < len(servers) < len(clients)
