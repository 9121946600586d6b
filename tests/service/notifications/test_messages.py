"""Messages, the ways out of the platform, and the proof of both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.kit import ids
from tests.service.notifications.conftest import Told, a_deadline, a_step, an_item
from xiaoneng.kit.v1 import deadline_pb2, work_pb2
from xiaoneng.notifications.v1 import channel_service_pb2 as channels
from xiaoneng.notifications.v1 import message_service_pb2 as pb

ROBOT = "wecombot://4f7a8c1e-0000-4111-8222-333344445555"
Offered = channels.TenantChannels


@pytest.fixture
def offered(told: Told) -> Told:
    """A tenant that offers robot and mail, in this order."""
    told.served.client("director").UpdateTenantChannels(
        tenant_channels=Offered(order=[pb.CHANNEL_ROBOT, pb.CHANNEL_MAIL], robot=ROBOT), request_id=uuid()
    )
    told.until(told.clock.now() + timedelta(hours=1))
    return told


def uuid() -> str:
    return ids.new()


def breach(told: Told, person: str = "zhao", rung: int = 0) -> None:
    step = a_step(rung, deadline_pb2.LADDER_ACT_BREACH)
    told.tell(
        "documents.deadline.breached.v1", "deadlines/l1", deadline_pb2.DeadlineBreached(deadline=a_deadline(person=person), step=step)
    )
    told.settle()


def deliveries(told: Told, **where: Any) -> list[tuple[int, int, int]]:
    found = told.served.client("director").ListDeliveries(**where).deliveries
    return [(delivery.channel, delivery.state, delivery.attempts) for delivery in found]


def test_a_message_lies_in_the_inbox_until_it_is_read(told: Told) -> None:
    breach(told)
    zhao = told.served.client("zhao")
    (message,) = zhao.ListMessages(unread_only=True).messages
    read = zhao.MarkMessageRead(name=message.name, request_id=uuid())
    assert read.HasField("read_time")
    assert not zhao.ListMessages(unread_only=True).messages
    assert len(zhao.ListMessages().messages) == 1


def test_reading_twice_changes_nothing(told: Told) -> None:
    breach(told)
    zhao, id_ = told.served.client("zhao"), uuid()
    name = zhao.ListMessages().messages[0].name
    first = zhao.MarkMessageRead(name=name, request_id=id_)
    told.pass_time(minutes=5)
    assert zhao.MarkMessageRead(name=name, request_id=id_) == first
    assert zhao.MarkMessageRead(name=name).read_time == first.read_time


def test_somebody_elses_message_is_not_there(told: Told) -> None:
    breach(told)
    name = told.served.client("zhao").ListMessages().messages[0].name
    assert told.served.client("wu").refused("MarkMessageRead", name=name).reason == "MESSAGE_NOT_FOUND"


def test_without_a_way_out_the_inbox_is_the_proof(told: Told) -> None:
    breach(told)
    assert deliveries(told) == [(pb.CHANNEL_IN_APP, pb.DELIVERY_STATE_DELIVERED, 1)]


def test_a_message_goes_out_by_the_first_way(offered: Told) -> None:
    breach(offered)
    assert [address for address, _ in offered.robot.sent] == [ROBOT]
    assert offered.mail.sent == []
    assert (pb.CHANNEL_ROBOT, pb.DELIVERY_STATE_DELIVERED, 1) in deliveries(offered)


def test_a_way_that_fails_is_tried_again_and_then_the_next_one_is_taken(offered: Told) -> None:
    offered.robot.failing = True
    breach(offered)
    assert (pb.CHANNEL_ROBOT, pb.DELIVERY_STATE_PENDING, 1) in deliveries(offered)
    assert offered.mail.sent == []
    offered.pass_time(hours=1)
    assert (pb.CHANNEL_ROBOT, pb.DELIVERY_STATE_FAILED, 4) in deliveries(offered)
    assert [address for address, _ in offered.mail.sent] == ["mailto://mail.example.cn?from=office@example.cn&to=zhao@example.cn"]
    (failed,) = offered.served.client("director").ListDeliveries(state=pb.DELIVERY_STATE_FAILED).deliveries
    assert (failed.error, failed.kind) == ("out of order", pb.MESSAGE_KIND_BREACH)


def test_who_is_reached_by_none_of_his_ways_is_listed(offered: Told) -> None:
    offered.robot.failing = offered.mail.failing = True
    breach(offered)
    offered.pass_time(hours=2)
    (message,) = offered.served.client("director").ListUnreached().messages
    assert message.person == "zhao"
    offered.served.client("zhao").MarkMessageRead(name=message.name)
    assert not offered.served.client("director").ListUnreached().messages


def test_a_person_without_an_address_is_said_to_have_none(offered: Told) -> None:
    offered.robot.failing = True
    breach(offered, "wu")
    offered.pass_time(hours=1)
    assert (pb.CHANNEL_MAIL, pb.DELIVERY_STATE_NO_ADDRESS, 0) in deliveries(offered, person="wu")


def test_nothing_goes_out_at_night_but_the_inbox_has_it(offered: Told) -> None:
    offered.pass_time(hours=17)  # 01:00
    breach(offered)
    assert offered.robot.sent == []
    assert len(offered.inbox("zhao")) == 1
    offered.pass_time(hours=5)
    assert offered.robot.sent == []
    offered.pass_time(hours=1)
    assert len(offered.robot.sent) == 1


def test_a_person_gets_no_more_in_an_hour_than_the_pack_allows(offered: Told) -> None:
    for rung in range(3):
        breach(offered, rung=rung)
    assert len(offered.robot.sent) == 2
    offered.pass_time(hours=1)
    assert len(offered.robot.sent) == 3


def test_a_person_chooses_the_order_and_the_mention(offered: Told) -> None:
    wanted = channels.PersonChannels(order=[pb.CHANNEL_MAIL, pb.CHANNEL_ROBOT], mail="z@example.cn", robot_mention="13800000000")
    offered.served.client("zhao").UpdatePersonChannels(person_channels=wanted, request_id=uuid())
    offered.mail.failing = True
    breach(offered)
    offered.pass_time(hours=1)
    assert [address for address, _ in offered.robot.sent] == [f"{ROBOT}?to=13800000000"]
    assert offered.served.client("zhao").GetPersonChannels() == wanted


def test_a_person_cannot_choose_what_the_tenant_does_not_offer(told: Told) -> None:
    wanted = channels.PersonChannels(order=[pb.CHANNEL_MAIL])
    assert told.served.client("zhao").refused("UpdatePersonChannels", person_channels=wanted).reason == "CHANNEL_NOT_OFFERED"


def test_the_secret_of_a_robot_is_never_shown_and_stays_when_it_is_sent_back_as_shown(offered: Told) -> None:
    director = offered.served.client("director")
    shown = director.GetTenantChannels()
    assert shown.robot == "wecombot://******"
    director.UpdateTenantChannels(tenant_channels=shown)
    breach(offered)
    assert [address for address, _ in offered.robot.sent] == [ROBOT]


def test_settings_that_somebody_else_has_changed_are_stale(offered: Told) -> None:
    director = offered.served.client("director")
    shown = director.GetTenantChannels()
    director.UpdateTenantChannels(tenant_channels=shown)
    assert director.refused("UpdateTenantChannels", tenant_channels=shown).reason == "STALE"


def test_a_robot_of_an_unknown_kind_is_refused(told: Told) -> None:
    refused = told.served.client("director").refused("UpdateTenantChannels", tenant_channels=Offered(robot="json://10.0.0.1/"))
    assert refused.reason == "UNKNOWN_ROBOT"
    assert "企业微信群机器人" in refused.text


def test_settings_and_proofs_need_their_permission(told: Told) -> None:
    wu = told.served.client("wu")
    for method in ("GetTenantChannels", "ListDeliveries", "ListUnreached"):
        assert wu.refused(method).reason == "PERMISSION_MISSING"
    assert wu.refused("UpdateTenantChannels", tenant_channels=Offered()).reason == "PERMISSION_MISSING"


def test_a_notice_of_the_pack_reaches_the_persons_that_are_named(told: Told) -> None:
    data = work_pb2.NoticeGiven(subject="documents/d1", persons=["wu", "zhao"], text="传阅件已阅毕，退回拟办人")
    told.tell("documents.notice.given.v1", "documents/d1", data)
    (message,) = told.inbox("wu")
    assert (message.text, message.kind, message.subject) == ("传阅件已阅毕，退回拟办人", pb.MESSAGE_KIND_NOTICE, "documents/d1")
    assert len(told.inbox("zhao")) == 1


def test_a_notice_names_the_matter_once(told: Told) -> None:
    item = an_item()
    told.open(item)
    for text in ("传阅件已阅毕", f"《{item.title}》已办结"):
        told.tell("documents.notice.given.v1", item.subject, work_pb2.NoticeGiven(subject=item.subject, persons=["wu"], text=text))
    assert sorted(message.text for message in told.inbox("wu")) == sorted((f"《{item.title}》：传阅件已阅毕", f"《{item.title}》已办结"))
