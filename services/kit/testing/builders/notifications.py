"""Requests to notifications, and to the clock of a driven platform."""

from __future__ import annotations

from services.kit.testing.builders.desk import Act, Builder, Desk
from services.kit.testing.builders.documents import Paper


def update_person_channels(desk: Desk) -> Act:
    return Act("section_staff", {"person_channels": {"mail": "someone@office.example", "order": ["CHANNEL_IN_APP"]}})


def update_tenant_channels(desk: Desk) -> Act:
    etag = desk.do("registry_head", "GetTenantChannels").etag
    return Act("registry_head", {"tenant_channels": {"order": ["CHANNEL_MAIL"], "etag": etag}})


def mark_message_read(desk: Desk) -> Act:
    """A message of a notice: that somebody has read his copy is told to the proposer."""
    paper = Paper(desk).classified(desk.cast.read_class).proposed(responsible_units=[], readers=[desk.person("section_staff")])
    desk.do("principal", "CompleteStep", name=paper.step("sign"), verdict="VERDICT_APPROVE")
    desk.do("section_staff", "FinishReading", name=paper.step("read"))
    desk.settle()
    messages = desk.do("clerk", "ListMessages", unread_only=True).messages
    return Act("clerk", {"name": messages[0].name})


def get_form(desk: Desk) -> Act:
    return Act("clerk", {"name": "forms/register"})


def keep_form(desk: Desk) -> Act:
    return Act("clerk", {"name": "forms/register", "content": '{"title": "关于供水的通知"}'})


def discard_form(desk: Desk) -> Act:
    desk.do("clerk", "KeepForm", name="forms/register", content="{}")
    return Act("clerk", {"name": "forms/register"})


def list_reminder_reports(desk: Desk) -> Act:
    return Act("registry_head", {"month": "2019-04"})


def get_reminder_report(desk: Desk) -> Act:
    return Act("section_staff", {"name": "reminderReports/2019-04"})


def advance_clock(desk: Desk) -> Act:
    """Without a moment: only what is due now is done."""
    return Act("section_staff")


BUILDERS: dict[str, Builder] = {
    "notifications.ChannelService.UpdatePersonChannels": update_person_channels,
    "notifications.ChannelService.UpdateTenantChannels": update_tenant_channels,
    "notifications.FormService.DiscardForm": discard_form,
    "notifications.FormService.GetForm": get_form,
    "notifications.FormService.KeepForm": keep_form,
    "notifications.MessageService.MarkMessageRead": mark_message_read,
    "notifications.ReportService.GetReminderReport": get_reminder_report,
    "notifications.ReportService.ListReminderReports": list_reminder_reports,
    "platform.ClockService.AdvanceClock": advance_clock,
}
