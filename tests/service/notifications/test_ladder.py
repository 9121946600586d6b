"""Every step of a ladder ends in a message that a named person can open."""

from __future__ import annotations

from typing import Any

from services.kit.bus.dispatch import Result
from services.kit.testing.office import Office
from tests.service.notifications.conftest import START, Told, a_deadline, a_step, an_item
from xiaoneng.kit.v1 import deadline_pb2
from xiaoneng.notifications.v1 import message_service_pb2

BREACHED, ESCALATED, WARNED = "documents.deadline.breached.v1", "documents.deadline.escalated.v1", "documents.deadline.warned.v1"


def escalate(told: Told, rung: int, *to: str, text: str = "", **where: Any) -> Any:
    step = a_step(rung, deadline_pb2.LADDER_ACT_ESCALATE, *to, text=text)
    return told.tell(ESCALATED, "deadlines/l1", deadline_pb2.DeadlineEscalated(deadline=a_deadline(), step=step), **where)


def breach(told: Told, limit: deadline_pb2.Deadline) -> Any:
    step = a_step(0, deadline_pb2.LADDER_ACT_BREACH)
    return told.tell(BREACHED, "deadlines/l1", deadline_pb2.DeadlineBreached(deadline=limit, step=step))


def test_a_breach_is_told_to_the_person_with_whom_the_item_lies(told: Told) -> None:
    told.open(an_item())
    breach(told, a_deadline())
    (message,) = told.inbox("wu")
    assert message.text == "《关于防汛检查的通知》的“审签”环节已于2025年9月22日（星期一）07:00逾期，请尽快办理（《某局提醒办法》第二条）"
    assert (message.kind, message.subject, message.deadline) == (message_service_pb2.MESSAGE_KIND_BREACH, "documents/d1", "deadlines/l1")
    assert (message.link, message.citation.article) == ("/documents/d1", "第二条")


def test_a_breach_without_an_item_is_told_to_the_holders_of_the_role(told: Told) -> None:
    breach(told, a_deadline())
    assert [message.text for message in told.inbox("chief")] == [
        "一件事项已于2025年9月22日（星期一）07:00逾期，请尽快办理（《某局提醒办法》第二条）"
    ]


def test_each_step_of_the_chain_reaches_the_next_one_up(told: Told) -> None:
    told.open(an_item())
    for rung, role, person in ((1, "section_chief", "chief"), (2, "leader_in_charge", "deputy"), (3, "principal_leader", "director")):
        escalate(told, rung, role)
        (message,) = told.inbox(person)
        assert message.text.startswith("计划科承办的《关于防汛检查的通知》")
        assert message.kind == message_service_pb2.MESSAGE_KIND_ESCALATION
    assert told.inbox("wu") == []


def test_a_step_that_is_told_twice_reaches_a_person_once(told: Told) -> None:
    escalate(told, 1, "section_chief")
    escalate(told, 1, "section_chief")
    assert len(told.inbox("chief")) == 1


def test_a_new_generation_is_told_again(told: Told) -> None:
    escalate(told, 1, "section_chief")
    step = a_step(1, deadline_pb2.LADDER_ACT_ESCALATE, "section_chief")
    told.tell(ESCALATED, "deadlines/l1", deadline_pb2.DeadlineEscalated(deadline=a_deadline(generation=2), step=step))
    assert len(told.inbox("chief")) == 2


def test_the_packs_own_words_are_used_where_it_has_some(told: Told) -> None:
    told.open(an_item())
    escalate(told, 1, "section_chief", text="{unit}的{number}超期了{nothing}")
    assert [message.text for message in told.inbox("chief")] == ["计划科的收2025-001超期了"]


def test_a_warning_goes_to_the_person_named_and_to_the_delegate(told: Told, office: Office) -> None:
    from datetime import timedelta

    Office(office.tenant).delegate("wu", "zhao", START - timedelta(days=1), START + timedelta(days=1)).install(told.ports)
    step = a_step(-1, deadline_pb2.LADDER_ACT_WARN)
    told.tell(WARNED, "deadlines/l1", deadline_pb2.DeadlineWarned(deadline=a_deadline(person="wu"), step=step))
    assert (len(told.inbox("wu")), len(told.inbox("zhao")), told.inbox("chief")) == (1, 1, [])


def test_a_role_that_nobody_holds_is_told_to_those_who_look_after_messages(told: Told) -> None:
    step = a_step(1, deadline_pb2.LADDER_ACT_ESCALATE, "section_chief")
    outcome = told.tell(ESCALATED, "deadlines/l1", deadline_pb2.DeadlineEscalated(deadline=a_deadline(unit="nowhere"), step=step))
    assert outcome.result is Result.DONE
    assert len(told.inbox("director")) == 1
