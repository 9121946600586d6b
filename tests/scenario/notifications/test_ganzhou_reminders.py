"""赣州市水利局：每天三次提醒，提醒的文字，提醒后的办理，逐级督促."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenario.world import Office, local, moment
from xiaoneng.notifications.v1 import message_service_pb2 as pb

Opens = Callable[..., Office]
REMINDER = "您还有{}份待办件，请及时登录系统处理"


def arrive(bureau: Office, number: int = 1, **proposal: Any) -> Any:
    """A document comes in and is proposed and reviewed: it lies with deputy director Li."""
    document = bureau.as_("chen").do(
        "RegisterDocument",
        title=f"关于防汛检查的第{number}号通知", sender="市人民政府办公室", sender_number=f"{number}号", document_type="tongzhi",
        document_class="action",
    )  # fmt: skip
    about = {"handling_text": "请河长科落实", "responsible_units": ["a"], "lead_unit": "a", **proposal}
    bureau.as_("zhu").do("SubmitProposal", name=step(bureau, document), proposal=about)
    bureau.as_("sun").do("CompleteStep", name=step(bureau, document), opinion="同意")
    return document


def step(bureau: Office, document: Any) -> str:
    """The open step of a document."""
    (found,) = [s for s in bureau.as_("chen").do("GetRoute", name=document.name).steps if s.state == 2]
    return str(found.name)


def messages(bureau: Office, person: str, kind: int = pb.MESSAGE_KIND_REMINDER) -> list[tuple[str, str]]:
    """When and what a person was told, oldest first."""
    found = bureau.as_(person).do("ListMessages", kind=kind).messages
    return [(local(message.create_time), message.text) for message in reversed(found)]


@pytest.mark.clause("ganzhou/4.1")
def test_who_has_an_open_item_is_reminded_at_nine_three_and_eight_every_day(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-12 16:00")  # a Friday
    arrive(bureau)
    bureau.at("2019-04-13 23:00")
    assert [at for at, _ in messages(bureau, "li")] == [
        "2019-04-12 20:00", "2019-04-13 09:00", "2019-04-13 15:00", "2019-04-13 20:00",
    ]  # fmt: skip
    (last, *_) = bureau.as_("li").do("ListMessages").messages
    assert (last.citation.clause, last.citation.article) == ("ganzhou/4.1", "第（一）部分第4条")


@pytest.mark.clause("ganzhou/4.1")
def test_who_has_no_open_item_gets_nothing(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-15 08:30")
    arrive(bureau)
    bureau.at("2019-04-15 20:30")
    assert len(messages(bureau, "li")) == 3
    assert messages(bureau, "xie") == []


@pytest.mark.clause("ganzhou/4.2")
def test_the_reminder_says_how_many_items_are_open_when_it_is_sent(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-15 08:30")
    first, *_ = [arrive(bureau, number) for number in (1, 2, 3)]
    bureau.at("2019-04-15 08:59:30")
    bureau.as_("li").do("CompleteStep", name=step(bureau, first), opinion="同意")
    bureau.at("2019-04-15 09:00")
    assert messages(bureau, "li") == [("2019-04-15 09:00", "您还有2份待办件，请及时登录系统处理")]


@pytest.mark.clause("ganzhou/4.2")
def test_items_to_be_read_count_as_well(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-15 10:00")
    document = arrive(bureau, readers=[bureau.person("xie").removeprefix("persons/")])
    bureau.as_("li").do("CompleteStep", name=step(bureau, document), opinion="同意")
    bureau.as_("huang").do("CompleteStep", name=step(bureau, document), opinion="同意")
    bureau.at("2019-04-15 15:00")
    assert messages(bureau, "xie") == [("2019-04-15 15:00", REMINDER.format(1))]


@pytest.mark.clause("ganzhou/4.3")
def test_the_minutes_from_the_first_reminder_to_the_handling_are_reported_for_person_and_month(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-15 08:30")
    document = arrive(bureau)
    bureau.at("2019-04-15 14:00")
    bureau.as_("li").do("CompleteStep", name=step(bureau, document), opinion="同意")
    report = bureau.as_("li").do("GetReminderReport", name="reminderReports/2019-04")
    assert (report.items, report.reminder_to_action_minutes) == (1, 300)
    rows = bureau.as_("sun").do("ListReminderReports", month="2019-04").reminder_reports
    assert {row.person: row.reminder_to_action_minutes for row in rows if row.items} == {bureau.person("li").removeprefix("persons/"): 300}


@pytest.mark.clause("ganzhou/28.1")
def test_an_overdue_task_is_told_one_level_higher_each_working_day_at_nine(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-09-29 09:00")
    document = arrive(bureau, completion_deadline=moment("2019-10-12 18:00"))  # a Saturday that is worked
    for leader in ("li", "huang"):
        bureau.as_(leader).do("CompleteStep", name=step(bureau, document), opinion="同意")
    bureau.as_("luo").do(
        "TransferStep", name=step(bureau, document), person=bureau.person("wu").removeprefix("persons/"), reason="由吴干事承办"
    )
    bureau.at("2019-10-20 12:00")
    (breach,) = messages(bureau, "wu", pb.MESSAGE_KIND_BREACH)
    assert breach[0] == "2019-10-12 18:00"
    told = {person: [at for at, _ in messages(bureau, person, pb.MESSAGE_KIND_ESCALATION)] for person in ("luo", "li", "huang")}
    assert told == {"luo": ["2019-10-14 09:00"], "li": ["2019-10-15 09:00"], "huang": ["2019-10-16 09:00"]}


@pytest.mark.clause("ganzhou/28.1")
def test_the_message_names_the_matter_and_the_article_and_can_be_opened(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-04-15 09:00")
    document = arrive(bureau)  # six hours for Li, until 15:00
    bureau.at("2019-04-16 09:00")
    (message,) = bureau.as_("huang").do("ListMessages", kind=pb.MESSAGE_KIND_ESCALATION).messages
    assert "关于防汛检查的第1号通知" in message.text
    assert "2019年4月15日（星期一）15:00" in message.text
    assert "第（八）部分第28条" in message.text
    assert (message.citation.clause, message.subject) == ("ganzhou/28.1", document.name)
    assert bureau.as_("huang").do("GetDocument", name=message.subject).title == "关于防汛检查的第1号通知"


@pytest.mark.clause("ganzhou/28.1")
def test_what_is_done_in_between_goes_no_higher(office: Opens) -> None:
    bureau = office("ganzhou", at="2019-09-29 09:00")
    document = arrive(bureau, completion_deadline=moment("2019-10-12 18:00"))
    for leader in ("li", "huang"):
        bureau.as_(leader).do("CompleteStep", name=step(bureau, document), opinion="同意")
    bureau.at("2019-10-14 15:00")
    bureau.as_("luo").do("SubmitFeedback", name=step(bureau, document), result_text="已落实", completed=True)
    bureau.at("2019-10-20 12:00")
    assert [at for at, _ in messages(bureau, "luo", pb.MESSAGE_KIND_ESCALATION)] == ["2019-10-14 09:00"]
    assert messages(bureau, "li", pb.MESSAGE_KIND_ESCALATION) == messages(bureau, "huang", pb.MESSAGE_KIND_ESCALATION) == []
