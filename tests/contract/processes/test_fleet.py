"""The main job with every service as processes of its own, and what remains when they are killed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateway.stream import persons_of
from gateway.subscription import Subscription
from services.kit.testing.postgres import PostgresServer
from tests.contract.processes.fleet import LIMIT, Fleet, fleet
from tests.scenario.conftest import Offices
from tests.scenario.documents import test_ganzhou_incoming as incoming
from tests.scenario.documents.builders import proposed, registered, reviewed
from tests.scenario.documents.scene import BREACHED, Scene, moment, scene, shown
from tests.scenario.world import Office, World
from tests.service.worker.workers import until

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def platform(postgres: PostgresServer, broker: "Broker", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """All processes, started once."""
    with broker.vhost() as vhost, fleet(postgres.url, vhost.url, tmp_path_factory.mktemp("fleet")) as made:
        yield made.start()


@pytest.fixture(scope="module")
def world(platform: Fleet, postgres: PostgresServer) -> World:
    """The processes as the scenarios see a platform."""
    return World(platform, postgres.url)  # type: ignore[arg-type]


@pytest.fixture
def office(world: World) -> Iterator[Any]:
    """Opens offices on the processes, as the scenarios do on the embedded platform."""
    offices = Offices(world)
    yield offices
    offices.close()


def at_the_signature(office: Any) -> tuple[Scene, Any]:
    """A document that lies with its signer."""
    bureau = scene(office("bureau", at="2019-04-08 10:20"))
    document = registered(bureau)
    proposed(bureau, document)
    reviewed(bureau, document)
    return bureau, document


def todos(office: Office, person: str) -> list[str]:
    """The subjects of a person's open items, as notifications lists them."""
    return [item.subject for item in office.as_(person).do("ListTodos").todos]


def test_a_scenario_of_the_incoming_flow_runs_on_processes(office: Any) -> None:
    incoming.test_the_clerk_cannot_pass_the_office_head_by(office)


def test_the_next_person_finds_the_document_in_the_to_do_list_of_another_service(office: Any) -> None:
    bureau, document = at_the_signature(office)
    assert todos(bureau.office, "li") == [document.name]


def test_who_asked_for_a_permit_and_who_decides_are_told_by_the_broker(platform: Fleet, office: Any) -> None:
    bureau, document = at_the_signature(office)
    heard: list[dict[str, Any]] = []
    subscription = Subscription(platform.amqp_url, ["documents"], heard.append, lambda: None)
    subscription.start()
    try:
        assert subscription.ready.wait(LIMIT)
        permit = bureau.zhou.RequestPermit(name=document.name, acts=["COPY_ACT_PRINT"], reason="会议使用").name
        bureau.huang.DecidePermit(name=permit, granted=True)
        until("both are heard", lambda: len(decisions(heard, permit)) == 2, LIMIT)
    finally:
        subscription.stop()
    people = {each.person: each.id for each in bureau.office.organisation.people}
    told = [(each["type"], {people[person] for person in persons_of(each["data"])}) for each in decisions(heard, permit)]
    assert told == [(f"cn.xiaoneng.documents.permit.{what}.v1", {"zhou", "sun", "huang"}) for what in ("requested", "decided")]


def decisions(heard: list[dict[str, Any]], permit: str) -> list[dict[str, Any]]:
    """What was heard of a permit, without what puts it onto to-do lists and takes it from them."""
    return [each for each in heard if each["subject"] == permit and ".permit." in each["type"]]


def test_killing_every_worker_in_the_middle_loses_and_doubles_nothing(platform: Fleet, office: Any) -> None:
    bureau = scene(office("bureau", at="2019-04-08 10:20"))
    before = [registered(bureau, title=f"关于第{number}号事项的通知") for number in range(3)]
    platform.kill9("work")
    caller = bureau.office.as_("zhou")
    fields = {"sender": "市人民政府", "document_type": "tongzhi", "document_class": "action"}
    during = [caller.call("RegisterDocument", title=f"关于防汛第{number}号的通知", **fields) for number in range(3)]
    platform.start("work")
    platform.settle()
    opened = bureau.events("documents.work.opened.v1")
    assert len({event["item"]["item"] for event in opened}) == len(opened) >= len(before) + len(during)


def test_a_deadline_that_falls_due_while_everything_is_down_is_breached_once_with_its_true_moment(platform: Fleet, office: Any) -> None:
    bureau, document = at_the_signature(office)
    due = bureau.step(document, "sign").deadlines[0].due_time
    platform.kill9()
    platform.clock.set(moment(shown(due)) + timedelta(days=3))
    platform.start()
    platform.settle()
    assert [at for _, at, role in bureau.breaches(document) if at == shown(due)] == [shown(due)]
    assert len(bureau.events(BREACHED)) == len({event["deadline"]["subject"] for event in bureau.events(BREACHED)})
