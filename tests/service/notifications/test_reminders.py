"""The reminder of everything that is open, at the pack's hours; and how soon reminded work is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.kit.testing.office import Office
from tests.service.notifications.conftest import START, Told, an_item
from xiaoneng.notifications.v1 import message_service_pb2

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 9, day, hour, minute, tzinfo=SHANGHAI)


def test_a_person_with_open_items_gets_one_message_with_their_number_per_window(told: Told) -> None:
    told.open(an_item("a"))
    told.open(an_item("b"))
    told.until(at(22, 8))
    (message,) = told.inbox("wu")
    assert (message.text, message.kind) == ("还有2件没办", message_service_pb2.MESSAGE_KIND_REMINDER)
    assert (message.planned_time.ToDatetime(SHANGHAI), message.citation.clause) == (at(22, 8), "invented/1.1")
    told.until(at(22, 16))
    assert len(told.inbox("wu")) == 2


def test_what_was_done_before_the_window_is_not_counted(told: Told) -> None:
    told.open(an_item("a"))
    told.open(an_item("b"))
    told.until(at(22, 7, 59))
    told.done(an_item("b"), by="wu")
    told.until(at(22, 8))
    assert [message.text for message in told.inbox("wu")] == ["还有1件没办"]


def test_a_person_without_an_open_item_gets_nothing(told: Told) -> None:
    told.open(an_item("a"))
    told.until(at(22, 16))
    assert told.inbox("zhao") == []


def test_days_of_rest_are_days_as_well(told: Told) -> None:
    told.until(at(27, 7))  # a Saturday
    told.open(an_item("a"))
    told.until(at(27, 8))
    assert len(told.inbox("wu")) == 1


def test_windows_that_passed_while_nothing_ran_become_one_message(told: Told) -> None:
    told.open(an_item("a"))
    told.clock.set(at(24, 9))
    told.settle()
    (message,) = told.inbox("wu")
    assert message.planned_time.ToDatetime(SHANGHAI) == at(24, 8)
    assert [time.ToDatetime(SHANGHAI) for time in message.merged_times] == [at(22, 8), at(22, 16), at(23, 8), at(23, 16)]


def test_a_window_is_done_once_however_often_the_scheduler_starts(told: Told) -> None:
    told.open(an_item("a"))
    told.until(at(22, 8))
    type(told.loops[0])(told.ports, told.loops[0]._jobs).step(told.clock.now())
    assert len(told.inbox("wu")) == 1


def test_a_delegate_is_reminded_of_what_he_has_to_do_for_another(told: Told, office: Office) -> None:
    Office(office.tenant).delegate("wu", "zhao", START - timedelta(days=1), START + timedelta(days=1)).install(told.ports)
    told.open(an_item("a"))
    told.until(at(22, 8))
    assert [message.text for message in told.inbox("zhao")] == ["还有1件没办"]


def test_the_minutes_from_the_first_reminder_to_the_handling_are_reported_for_the_month(told: Told) -> None:
    told.open(an_item("a"))
    told.until(at(22, 8))
    told.until(at(22, 13))
    told.done(an_item("a"), by="wu")
    report = told.served.client("wu").GetReminderReport(name="reminderReports/2025-09")
    assert (report.items, report.reminder_to_action_minutes, report.longest_minutes, report.unreminded_items) == (1, 300, 300, 0)
    assert told.served.client("wu").GetReminderReport(name="reminderReports/2025-10").items == 0


def test_an_item_that_was_done_by_another_does_not_count(told: Told) -> None:
    told.open(an_item("a", "wu", "zhao"))
    told.until(at(22, 9))
    told.done(an_item("a", "wu", "zhao"), by="zhao")
    reports = told.served.client("director").ListReminderReports(month="2025-09").reminder_reports
    assert [(report.person, report.reminder_to_action_minutes) for report in reports] == [("zhao", 60)]


def test_an_item_that_was_done_before_any_reminder_is_counted_apart(told: Told) -> None:
    told.open(an_item("a"))
    told.done(an_item("a"), by="wu")
    report = told.served.client("wu").GetReminderReport(name="reminderReports/2025-09")
    assert (report.items, report.unreminded_items) == (0, 1)


def test_the_reports_of_all_need_the_permission(told: Told) -> None:
    assert told.served.client("wu").refused("ListReminderReports", month="2025-09").reason == "PERMISSION_MISSING"


def test_a_month_that_is_none_is_refused(told: Told) -> None:
    assert told.served.client("wu").refused("GetReminderReport", name="reminderReports/2025-13").code == "INVALID_ARGUMENT"
