"""The servicers: proto in, command or query, proto out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import grpc

from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.audit import AuditReading
from services.kit.rpc.call import caller
from services.kit.rpc.upkeep import Upkeep
from services.kit.worktime import Remaining, periods, remaining
from services.kit.worktime.calendar import MIDNIGHT
from services.notifications import convert, queries
from services.notifications.commands.channels import update_person_channels, update_tenant_channels
from services.notifications.commands.forms import discard_form, keep_form
from services.notifications.commands.inbox import mark_message_read
from services.notifications.settings import NotificationsSettings
from xiaoneng.notifications.v1 import (
    audit_service_pb2_grpc,
    channel_service_pb2,
    channel_service_pb2_grpc,
    count_service_pb2,
    count_service_pb2_grpc,
    form_service_pb2,
    form_service_pb2_grpc,
    message_service_pb2,
    message_service_pb2_grpc,
    report_service_pb2,
    report_service_pb2_grpc,
    todo_service_pb2,
    todo_service_pb2_grpc,
    upkeep_service_pb2_grpc,
)

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports, Servicer


class AuditService(AuditReading, audit_service_pb2_grpc.AuditServiceServicer):
    """Who did what, and whether the records are whole."""


class UpkeepService(Upkeep, upkeep_service_pb2_grpc.UpkeepServiceServicer):
    """What notifications could not do by itself."""


class CountService(count_service_pb2_grpc.CountServiceServicer):
    """How the limits of the tenants below stand."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def ListChildCounts(self, request: Any, context: grpc.ServicerContext) -> count_service_pb2.ListChildCountsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("child_counts", who.tenant, who.person, request.child)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            rows = queries.list_child_counts(tx, request.child, page)
            shown, token = page.cut(rows, key=lambda row: (row.child, row.service, row.unit, row.rule))
        return count_service_pb2.ListChildCountsResponse(counts=map(convert.to_child_count, shown), next_page_token=token)


class TodoService(todo_service_pb2_grpc.TodoServiceServicer):
    """What waits for a person."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def ListTodos(self, request: Any, context: grpc.ServicerContext) -> todo_service_pb2.ListTodosResponse:
        who = caller(context)
        kind = convert.kind_name(request.kind)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("todos", who.tenant, who.person, kind, request.overdue_only)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            rows = queries.list_todos(tx, who.person, kind, request.overdue_only, page)
            shown, token = page.cut(rows, key=lambda row: (row.sort_at, row.item, row.person))
            todos = [convert.to_todo(row, who.person, tx.now, _remaining(tx, row)) for row in shown]
        return todo_service_pb2.ListTodosResponse(todos=todos, next_page_token=token)

    def CountTodos(self, request: Any, context: grpc.ServicerContext) -> todo_service_pb2.CountTodosResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            counts = queries.count_todos(tx, who.person)
        return todo_service_pb2.CountTodosResponse(
            total=counts.total, actions=counts.actions, readings=counts.readings, overdue=counts.overdue, delegated=counts.delegated
        )


class MessageService(message_service_pb2_grpc.MessageServiceServicer):
    """Messages and the proof that they arrived."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def ListMessages(self, request: Any, context: grpc.ServicerContext) -> message_service_pb2.ListMessagesResponse:
        who = caller(context)
        kind = convert.message_kind_name(request.kind)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("messages", who.tenant, who.person, kind, request.unread_only)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            rows = queries.list_messages(tx, who.person, kind, request.unread_only, page)
            shown, token = page.cut(rows, key=lambda row: (row["created_at"], row["id"]))
        return message_service_pb2.ListMessagesResponse(messages=[convert.to_message(row) for row in shown], next_page_token=token)

    def MarkMessageRead(self, request: Any, context: grpc.ServicerContext) -> message_service_pb2.Message:
        return run(self._ports, mark_message_read, convert.mark_message_read(request, caller(context)), convert.to_message)

    def ListDeliveries(self, request: Any, context: grpc.ServicerContext) -> message_service_pb2.ListDeliveriesResponse:
        who = caller(context)
        state = convert.delivery_state_name(request.state)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("deliveries", who.tenant, who.person, request.person, state)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            rows = queries.list_deliveries(tx, request.person, state, page)
            shown, token = page.cut(rows, key=lambda row: (row.created_at, row.message, row.channel))
        return message_service_pb2.ListDeliveriesResponse(deliveries=[convert.to_delivery(row) for row in shown], next_page_token=token)

    def ListUnreached(self, request: Any, context: grpc.ServicerContext) -> message_service_pb2.ListUnreachedResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("unreached", who.tenant, who.person), now=tx.now)
            rows = queries.list_unreached(tx, page)
            shown, token = page.cut(rows, key=lambda row: (row["created_at"], row["id"]))
        return message_service_pb2.ListUnreachedResponse(messages=[convert.to_message(row) for row in shown], next_page_token=token)


class ReportService(report_service_pb2_grpc.ReportServiceServicer):
    """How soon reminded work is done."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def GetReminderReport(self, request: Any, context: grpc.ServicerContext) -> report_service_pb2.ReminderReport:
        who = caller(context)
        month = request.name.removeprefix("reminderReports/")
        with self._ports.db.snapshot(who.tenant, who) as tx:
            found = queries.reports(tx, month, *_month(tx, month), person=who.person)
        return convert.to_report(found[0] if found else queries.Report(who.person, month, 0, 0, 0, 0))

    def ListReminderReports(self, request: Any, context: grpc.ServicerContext) -> report_service_pb2.ListReminderReportsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("reports", who.tenant, who.person, request.month), now=tx.now)
            after = page.after[0] if page.after else ""
            found = queries.reports(tx, request.month, *_month(tx, request.month), after=after, most=page.size + 1)
            shown, token = page.cut(found, key=lambda report: (report.person,))
        reports = [convert.to_report(report) for report in shown]
        return report_service_pb2.ListReminderReportsResponse(reminder_reports=reports, next_page_token=token)


class ChannelService(channel_service_pb2_grpc.ChannelServiceServicer):
    """By which ways messages leave the platform."""

    def __init__(self, ports: Ports, settings: NotificationsSettings) -> None:
        self._ports = ports
        self._settings = settings

    def GetPersonChannels(self, request: Any, context: grpc.ServicerContext) -> channel_service_pb2.PersonChannels:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return convert.to_person_channels(queries.person_settings(tx, who.person))

    def UpdatePersonChannels(self, request: Any, context: grpc.ServicerContext) -> channel_service_pb2.PersonChannels:
        wanted = convert.update_person_channels(request, caller(context))
        return run(self._ports, update_person_channels, wanted, convert.to_person_channels)

    def GetTenantChannels(self, request: Any, context: grpc.ServicerContext) -> channel_service_pb2.TenantChannels:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return convert.to_tenant_channels(queries.tenant_settings(tx))

    def UpdateTenantChannels(self, request: Any, context: grpc.ServicerContext) -> channel_service_pb2.TenantChannels:
        offered = convert.update_tenant_channels(request, caller(context), self._settings.robot_kinds)
        return run(self._ports, update_tenant_channels, offered, convert.to_tenant_channels)


class FormService(form_service_pb2_grpc.FormServiceServicer):
    """Half-filled forms."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def GetForm(self, request: Any, context: grpc.ServicerContext) -> form_service_pb2.Form:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            row = queries.kept_form(tx, who.person, request.name.removeprefix("forms/"))
        return convert.to_form(row._asdict()) if row is not None else form_service_pb2.Form(name=request.name)

    def KeepForm(self, request: Any, context: grpc.ServicerContext) -> form_service_pb2.Form:
        return run(self._ports, keep_form, convert.keep_form(request, caller(context)), convert.to_form)

    def DiscardForm(self, request: Any, context: grpc.ServicerContext) -> form_service_pb2.Form:
        return run(self._ports, discard_form, convert.discard_form(request, caller(context)), convert.to_form)


def servicers(ports: Ports) -> Sequence[Servicer]:
    """The servicers of notifications, with what adds each of them to a server."""
    return (
        (audit_service_pb2_grpc.add_AuditServiceServicer_to_server, AuditService(ports)),
        (upkeep_service_pb2_grpc.add_UpkeepServiceServicer_to_server, UpkeepService(ports)),
        (todo_service_pb2_grpc.add_TodoServiceServicer_to_server, TodoService(ports)),
        (message_service_pb2_grpc.add_MessageServiceServicer_to_server, MessageService(ports)),
        (report_service_pb2_grpc.add_ReportServiceServicer_to_server, ReportService(ports)),
        (count_service_pb2_grpc.add_CountServiceServicer_to_server, CountService(ports)),
        (channel_service_pb2_grpc.add_ChannelServiceServicer_to_server, ChannelService(ports, NotificationsSettings())),
        (form_service_pb2_grpc.add_FormServiceServicer_to_server, FormService(ports)),
    )


def _remaining(tx: Tx, row: Any) -> Remaining | None:
    return remaining(tx.now, row.due_at, tx.roster.calendar(row.unit or None)) if row.due_at else None


def _month(tx: Tx, month: str) -> tuple[datetime, datetime]:
    """Begin and end of a month in the tenant's zone."""
    calendar = tx.roster.calendar()
    first = date.fromisoformat(f"{month}-01")
    return calendar.moment(first, MIDNIGHT), calendar.moment(periods.following(first, periods.MONTH), MIDNIGHT)
