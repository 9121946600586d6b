"""What messages say, and what addresses show."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.notifications.domain.addresses import kind_of, mail_address, robot_address, without_secret
from services.notifications.domain.delivery import MessageKind
from services.notifications.domain.texts import Matter, ladder_text, reminder_text

MATTER = Matter("关于防汛的通知", "2019-1", "审签", "计划科", "《办法》第一条", datetime(2019, 10, 12, 18, 0))


def test_the_reminder_is_the_packs_text_with_the_number() -> None:
    assert reminder_text("您还有{count}份待办件", 3) == "您还有3份待办件"
    assert reminder_text("", 3) == "您有3件待办事项，请及时处理"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (MessageKind.WARNING, "《关于防汛的通知》的“审签”环节将于2019年10月12日（星期六）18:00到期，请及时办理（《办法》第一条）"),
        (MessageKind.BREACH, "《关于防汛的通知》的“审签”环节已于2019年10月12日（星期六）18:00逾期，请尽快办理（《办法》第一条）"),
        (
            MessageKind.ESCALATION,
            "计划科承办的《关于防汛的通知》的“审签”环节已于2019年10月12日（星期六）18:00逾期，至今未办结，请督促办理（《办法》第一条）",
        ),
    ],
)
def test_without_words_of_the_pack_the_platform_has_its_own(kind: MessageKind, text: str) -> None:
    assert ladder_text(kind, MATTER) == text


def test_a_matter_whose_title_may_not_leave_its_service_is_named_by_its_number() -> None:
    assert Matter(number="2019-1").named == "编号2019-1的事项"
    assert Matter().named == "一件事项"


def test_a_name_in_the_packs_text_that_nobody_knows_reads_as_nothing() -> None:
    assert ladder_text(MessageKind.BREACH, MATTER, "{unit}：{whatever}超期") == "计划科：超期"


def test_an_address_is_shown_without_its_secret() -> None:
    assert without_secret("wecombot://4f7a8c1e-key") == "wecombot://******"
    assert without_secret("https://robot.example.cn/hook/secret?key=1") == "https://robot.example.cn/******"
    assert without_secret("") == ""


def test_addresses_name_whom_they_are_for() -> None:
    assert mail_address("mailto://mx.example.cn?from=a@b.cn", "wu@b.cn") == "mailto://mx.example.cn?from=a@b.cn&to=wu@b.cn"
    assert mail_address("", "wu@b.cn") == mail_address("mailto://mx", "") == ""
    assert robot_address("dingtalk://token", "138") == "dingtalk://token?to=138"
    assert kind_of("DingTalk://token") == "dingtalk"
    assert kind_of("token") == ""
