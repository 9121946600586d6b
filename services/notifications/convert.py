"""Proto <-> domain and rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.identity import Caller
from services.kit.worktime import Remaining
from services.notifications.commands.channels import UpdatePersonChannels, UpdateTenantChannels
from services.notifications.commands.forms import DiscardForm, KeepForm
from services.notifications.commands.inbox import MarkMessageRead
from services.notifications.commands.ladder import LadderStep
from services.notifications.domain.addresses import without_secret
from services.notifications.domain.delivery import Channel, MessageKind
from services.notifications.domain.messages import Draft, link_to
from services.notifications.domain.todo import Kind, State, Urgency, WorkItem
from services.notifications.queries import Report
from xiaoneng.kit.v1 import citation_pb2, deadline_pb2, work_pb2
from xiaoneng.notifications.v1 import (
    channel_service_pb2,
    count_service_pb2,
    form_service_pb2,
    message_service_pb2,
    report_service_pb2,
    todo_service_pb2,
)

_CITATION = ("clause", "article", "quote", "regulation", "pack", "version")


def work_item(item: work_pb2.WorkItem, service: str) -> WorkItem:
    """An item as a service's event tells it. Raises ValueError for one that cannot be."""
    return WorkItem(
        item=item.item,
        subject=item.subject,
        service=service,
        kind=Kind(_short(work_pb2.WorkKind, item.kind)),
        state=State(_short(work_pb2.WorkState, item.state)),
        persons=tuple(item.persons),
        arrived_at=item.arrive_time.ToDatetime(UTC),
        title=item.title,
        number=item.number,
        step=item.step,
        unit=item.unit,
        role=item.role,
        urgency=Urgency(item.urgency or Urgency.ORDINARY),
        due_at=item.due_time.ToDatetime(UTC) if item.HasField("due_time") else None,
        provisional=item.provisional,
        citation=citation_row(item.citation) if item.HasField("citation") else {},
        remark=item.remark,
        delegable=item.delegable,
        ended_by=item.ended_by,
        ended_for=item.ended_for,
        ended_at=item.end_time.ToDatetime(UTC) if item.HasField("end_time") else None,
        deadline=item.deadline,
        limit_label=item.limit_label,
    )


def ladder_step(deadline: deadline_pb2.Deadline, step: deadline_pb2.LadderStep, service: str, kind: MessageKind) -> LadderStep:
    """A step of a ladder as the event of the deadline watch tells it."""
    citation = step.citation if step.HasField("citation") else deadline.citation
    return LadderStep(
        service=service,
        deadline=deadline.name,
        subject=deadline.subject,
        parent=deadline.parent,
        generation=deadline.generation,
        rung=step.rung,
        kind=kind,
        unit=deadline.unit,
        role=deadline.role,
        person=deadline.person,
        initiator=deadline.initiator,
        to=tuple(step.to),
        text=step.text,
        at=step.time.ToDatetime(UTC),
        due_at=deadline.due_time.ToDatetime(UTC) if deadline.HasField("due_time") else None,
        citation=citation_row(citation) if citation.clause else {},
        pins={pin.pack: pin.version for pin in deadline.pins},
    )


def notices(data: work_pb2.NoticeGiven, event: str, at: datetime, title: str) -> list[Draft]:
    """The messages of a notice, one per person. They name the matter by its title where that is known."""
    text = f"《{title}》：{data.text}" if title and title not in data.text else data.text
    return [
        Draft(
            person=person,
            kind=MessageKind.NOTICE,
            cause=f"notice:{event}",
            text=text,
            planned_at=at,
            subject=data.subject,
            link=link_to(data.subject),
            citation=citation_row(data.citation),
        )
        for person in data.persons
    ]


def due_moments(data: deadline_pb2.DeadlineChanged) -> tuple[datetime | None, datetime | None]:
    """The due moment before a change and after it; None while the limit is suspended."""
    before = data.previous_due_time.ToDatetime(UTC) if data.HasField("previous_due_time") else None
    after = data.deadline.due_time.ToDatetime(UTC) if data.deadline.HasField("due_time") else None
    return before, after


def citation_row(citation: citation_pb2.Citation) -> dict[str, Any]:
    """A citation as it is stored."""
    return {name: getattr(citation, name) for name in _CITATION}


def to_citation(row: Mapping[str, Any]) -> citation_pb2.Citation | None:
    """A stored citation; None without one."""
    return citation_pb2.Citation(**{name: row[name] for name in _CITATION}) if row else None


def to_todo(row: Any, caller: str, now: datetime, left: Remaining | None) -> todo_service_pb2.Todo:
    """An item of a list, as `caller` sees it at `now`."""
    return todo_service_pb2.Todo(
        item=row.item,
        subject=row.subject,
        kind=_long(work_pb2.WorkKind, row.kind),
        title=row.title,
        number=row.number,
        step=row.step,
        unit=row.unit,
        person=row.person,
        delegated=row.person != caller,
        urgency=row.urgency,
        arrive_time=_time(row.arrived_at),
        due_time=_time(row.due_at),
        overdue=row.due_at is not None and row.due_at < now,
        provisional=row.provisional,
        citation=to_citation(row.citation),
        remark=row.remark,
        remaining_seconds=_seconds(left),
        remaining_text=left.words if left else "",
        deadline=row.deadline if row.due_at else "",
        limit_label=row.limit_label if row.due_at else "",
    )


def to_message(row: Mapping[str, Any]) -> message_service_pb2.Message:
    """A message of an inbox."""
    return message_service_pb2.Message(
        name=f"messages/{row['id']}",
        kind=_long(message_service_pb2.MessageKind, row["kind"]),
        text=row["text"],
        subject=row["subject"],
        deadline=row["deadline"],
        citation=to_citation(row["citation"]),
        link=row["link"],
        planned_time=_time(row["planned_at"]),
        create_time=_time(row["created_at"]),
        read_time=_time(row["read_at"]),
        merged_times=[_time(datetime.fromisoformat(at)) for at in row["merged"]],
        person=row["person"],
    )


def to_delivery(row: Any) -> message_service_pb2.Delivery:
    """What was tried by one channel."""
    return message_service_pb2.Delivery(
        message=f"messages/{row.message}",
        person=row.person,
        channel=_long(message_service_pb2.Channel, row.channel),
        state=_long(message_service_pb2.DeliveryState, row.state),
        attempts=row.attempts,
        error=row.error,
        attempt_time=_time(row.attempted_at),
        next_attempt_time=_time(row.next_at),
        kind=_long(message_service_pb2.MessageKind, row.kind or "unspecified"),
    )


def to_report(report: Report) -> report_service_pb2.ReminderReport:
    """The report of a person and month."""
    return report_service_pb2.ReminderReport(
        name=f"reminderReports/{report.month}",
        person=report.person,
        items=report.items,
        reminder_to_action_minutes=report.minutes,
        mean_minutes=report.minutes // report.items if report.items else 0,
        longest_minutes=report.longest,
        unreminded_items=report.unreminded,
    )


def to_person_channels(row: Mapping[str, Any]) -> channel_service_pb2.PersonChannels:
    """A person's settings."""
    return channel_service_pb2.PersonChannels(
        order=[_long(message_service_pb2.Channel, name) for name in row["channel_order"]],
        mail=row["mail"],
        robot_mention=row["robot_mention"],
        inbox_only=[_long(message_service_pb2.MessageKind, kind) for kind in row["inbox_only"]],
    )


def to_tenant_channels(row: Mapping[str, Any]) -> channel_service_pb2.TenantChannels:
    """A tenant's settings, without secrets."""
    return channel_service_pb2.TenantChannels(
        order=[_long(message_service_pb2.Channel, name) for name in row["channel_order"]],
        robot=without_secret(row["robot"]),
        etag=row["etag"],
    )


def mark_message_read(request: message_service_pb2.MarkMessageReadRequest, caller: Caller) -> MarkMessageRead:
    """The command of a request."""
    return MarkMessageRead(caller=caller, request_id=request.request_id, message_id=request.name.removeprefix("messages/"))


def keep_form(request: form_service_pb2.KeepFormRequest, caller: Caller) -> KeepForm:
    """The command of a request."""
    return KeepForm(caller=caller, request_id=request.request_id, form=request.name.removeprefix("forms/"), content=request.content)


def discard_form(request: form_service_pb2.DiscardFormRequest, caller: Caller) -> DiscardForm:
    """The command of a request."""
    return DiscardForm(caller=caller, request_id=request.request_id, form=request.name.removeprefix("forms/"))


def to_form(row: Mapping[str, Any]) -> form_service_pb2.Form:
    """A form as it is kept."""
    return form_service_pb2.Form(name=f"forms/{row['form']}", content=row["content"], keep_time=row["kept_at"])


def update_person_channels(request: channel_service_pb2.UpdatePersonChannelsRequest, caller: Caller) -> UpdatePersonChannels:
    """The command of a request."""
    wanted = request.person_channels
    return UpdatePersonChannels(
        caller=caller,
        request_id=request.request_id,
        order=_channels(wanted.order),
        mail=wanted.mail,
        robot_mention=wanted.robot_mention,
        inbox_only=tuple(MessageKind(_short(message_service_pb2.MessageKind, kind)) for kind in wanted.inbox_only),
    )


def update_tenant_channels(
    request: channel_service_pb2.UpdateTenantChannelsRequest, caller: Caller, kinds: tuple[str, ...]
) -> UpdateTenantChannels:
    """The command of a request; `kinds` of robots are what the installation allows."""
    offered = request.tenant_channels
    return UpdateTenantChannels(
        caller=caller,
        request_id=request.request_id,
        order=_channels(offered.order),
        robot=offered.robot,
        etag=offered.etag,
        kinds=kinds,
    )


def kind_name(kind: int) -> str:
    """The stored name of a kind of work; empty for unspecified."""
    return _short(work_pb2.WorkKind, kind) if kind else ""


def message_kind_name(kind: int) -> str:
    """The stored name of a kind of message; empty for unspecified."""
    return _short(message_service_pb2.MessageKind, kind) if kind else ""


def delivery_state_name(state: int) -> str:
    """The stored name of a delivery's state; empty for unspecified."""
    return _short(message_service_pb2.DeliveryState, state) if state else ""


def _seconds(left: Remaining | None) -> int:
    if left is None:
        return 0
    office = int(left.office.total_seconds())
    return -office if left.late else office


def _channels(values: Any) -> tuple[Channel, ...]:
    return tuple(Channel(_short(message_service_pb2.Channel, value)) for value in values)


def _short(enum: Any, value: int) -> str:
    """`WORK_KIND_ACTION` -> `action`."""
    name: str = enum.Name(value)
    return name.removeprefix(_prefix(enum)).lower()


def _long(enum: Any, name: str) -> int:
    """`action` -> the number of `WORK_KIND_ACTION`."""
    value: int = enum.Value(_prefix(enum) + name.upper())
    return value


def _prefix(enum: Any) -> str:
    zero: str = enum.Name(0)
    return zero.removesuffix("UNSPECIFIED")


def _time(at: datetime | None) -> Timestamp | None:
    if at is None:
        return None
    time = Timestamp()
    time.FromDatetime(at)
    return time


def to_child_count(row: Any) -> count_service_pb2.ChildCount:
    """The limits of a unit of a tenant below."""
    found = count_service_pb2.ChildCount(child=row.child, child_name=row.child_name, service=row.service)
    found.count.MergeFrom(
        deadline_pb2.DeadlineCount(
            unit=row.unit,
            unit_name=row.unit_name,
            rule=row.rule,
            open=row.open,
            overdue=row.overdue,
            breaches=row.breaches,
            set_aside=row.set_aside,
            label=row.label,
        )
    )
    found.count_time.FromDatetime(row.counted_at)
    return found
