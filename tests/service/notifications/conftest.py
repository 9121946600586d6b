"""A bureau with an invented regulation, the service on a fresh database, and what other services would tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from services.kit import ids
from services.kit.bus.catalogue import catalogue
from services.kit.bus.dispatch import Dispatcher, Outcome
from services.kit.bus.envelope import Envelope
from services.kit.clock import DrivenClock
from services.kit.loop import drain, drive
from services.kit.schedule import Scheduler
from services.kit.service import Ports
from services.kit.testing import channel, service
from services.kit.testing.channel import TENANT, Served
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from services.notifications.channels import ChannelFailed, Letter
from services.notifications.domain.delivery import Channel
from services.notifications.loops import JOBS, Sender
from services.notifications.service import SPEC
from services.notifications.settings import NotificationsSettings
from xiaoneng.kit.v1 import deadline_pb2, work_pb2

PACK = """
schema: 1
pack: invented
version: 1
title: 某局提醒办法
issuer: 某局
effective_from: 2000-01-01
clauses:
  - {id: invented/1.1, article: 第一条, quote: 每天两次提醒}
  - {id: invented/2.1, article: 第二条, quote: 科员向科长负责}
  - {id: invented/3.1, article: 第三条, quote: 夜间不打扰}
posts: {unit_head: 科长, deputy_leader: 副局长, principal_leader: 局长}
unit_kinds: {section: 科室}
roles:
  section_chief: {label: 科长, posts: [unit_head], of: unit}
  leader_in_charge: {label: 分管领导, posts: [deputy_leader], of: portfolio}
  principal_leader: {label: 主要领导, posts: [principal_leader]}
grants:
  principal_leader:
    - notifications:delivery:list
    - notifications:report:list
    - notifications:channel:read
    - notifications:channel:update
texts:
  OPEN_ITEMS: 还有{count}件没办
  QUIET: 夜间不打扰
rules:
  - id: twice-a-day
    kind: schedule
    clause: invented/1.1
    label: 提醒
    do: notifications.remind_open_items
    times: {every: day, at: ["08:00", "16:00"]}
    text: OPEN_ITEMS
  - id: quiet-nights
    kind: cap
    clause: invented/3.1
    on: notifications.message.send
    of: local_hour
    min: 7
    else: {effect: return, reason: QUIET}
  - id: two-an-hour
    kind: cap
    clause: invented/3.1
    on: notifications.message.send
    of: sent_this_hour
    max: 1
    else: {effect: return, reason: QUIET}
"""
START = datetime(2025, 9, 21, 23, 0, tzinfo=UTC)
"""Monday 2025-09-22 07:00 in Shanghai."""


@dataclass
class FakeChannel:
    """A way out that remembers what it brought, and fails when it is told to."""

    failing: bool = False
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, address: str, letter: Letter) -> None:
        if self.failing:
            raise ChannelFailed("out of order")
        self.sent.append((address, letter.text))


@dataclass
class Told:
    """The service together with the ways to tell it things and to let time pass."""

    ports: Ports
    clock: DrivenClock
    served: Served
    robot: FakeChannel
    mail: FakeChannel
    loops: list[Any]
    versions: dict[str, int] = field(default_factory=dict)

    def tell(self, type_: str, subject: str, data: Any, *, id: str = "", version: int = 0) -> Outcome:
        """Hands an event of documents to the service's handlers."""
        version = version or self.versions.get(subject, 0) + 1
        self.versions[subject] = max(version, self.versions.get(subject, 0))
        entry = catalogue().get(type_)
        event = Envelope(
            id=id or ids.new(), type=type_, installation="test", subject=subject, subject_version=version, time=self.clock.now(),
            tenant=TENANT, dataschema=entry.dataschema, data=MessageToDict(data),
        )  # fmt: skip
        return Dispatcher(self.ports, SPEC.handlers).handle([event])[0]

    def open(self, item: work_pb2.WorkItem, **where: Any) -> Outcome:
        item.state = work_pb2.WORK_STATE_OPEN
        return self.tell("documents.work.opened.v1", item.item, work_pb2.WorkOpened(item=item), **where)

    def done(self, item: work_pb2.WorkItem, by: str, **where: Any) -> Outcome:
        item.state, item.ended_by = work_pb2.WORK_STATE_DONE, by
        item.end_time.FromDatetime(self.clock.now())
        return self.tell("documents.work.ended.v1", item.item, work_pb2.WorkEnded(item=item), **where)

    def until(self, at: datetime) -> None:
        drive(self.clock, self.loops, at)

    def pass_time(self, **span: float) -> None:
        self.until(self.clock.now() + timedelta(**span))

    def settle(self) -> None:
        drain(self.loops, self.clock.now())

    def inbox(self, person: str) -> list[Any]:
        return list(self.served.client(person).ListMessages().messages)

    def todos(self, person: str) -> list[str]:
        return [todo.item for todo in self.served.client(person).ListTodos().todos]


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(START)


@pytest.fixture
def office() -> Office:
    return (
        Office()
        .unit("planning", display_name="计划科")
        .person("wu", unit="planning")
        .person("zhao", unit="planning", email="zhao@example.cn")
        .person("chief", unit="planning", post="unit_head")
        .person("deputy", post="deputy_leader")
        .person("director", post="principal_leader")
        .in_charge("deputy", "planning")
        .pack(PACK)
    )


@pytest.fixture
def told(postgres: PostgresServer, clock: DrivenClock, office: Office) -> Iterator[Told]:
    with service.ports(postgres.url, SPEC, clock) as ports, channel.served(SPEC, ports) as served:
        office.install(ports)
        robot, mail = FakeChannel(), FakeChannel()
        settings = NotificationsSettings(smtp_url="mailto://mail.example.cn?from=office@example.cn")  # type: ignore[arg-type]
        sender = Sender(ports, settings, {Channel.ROBOT: robot, Channel.MAIL: mail})
        told = Told(ports, clock, served, robot, mail, [Scheduler(ports, JOBS), sender])
        told.settle()
        yield told


def an_item(step: str = "s1", *persons: str, due: datetime | None = None, **changes: Any) -> work_pb2.WorkItem:
    """An open item of a document, with everything that a list shows."""
    item = work_pb2.WorkItem(
        item=f"documents/d1/steps/{step}",
        subject="documents/d1",
        kind=work_pb2.WORK_KIND_ACTION,
        title="关于防汛检查的通知",
        number="收2025-001",
        step="审签",
        unit="planning",
        role="section_chief",
        persons=persons or ("wu",),
        urgency=work_pb2.URGENCY_URGENT,
        state=work_pb2.WORK_STATE_OPEN,
        delegable=True,
    )
    item.arrive_time.FromDatetime(START)
    if due is not None:
        item.due_time.FromDatetime(due)
    for name, value in changes.items():
        setattr(item, name, value)
    return item


def a_deadline(step: str = "s1", **changes: Any) -> deadline_pb2.Deadline:
    """A limit of a document's step, as the watch tells it."""
    limit = deadline_pb2.Deadline(
        name="deadlines/l1", subject=f"documents/d1/steps/{step}", parent="documents/d1", rule="step",
        unit="planning", role="section_chief", generation=1, hard=False, budget="6小时",
    )  # fmt: skip
    limit.citation.MergeFrom(_citation("invented/2.1", "第二条"))
    limit.due_time.FromDatetime(START)
    for name, value in changes.items():
        setattr(limit, name, value)
    return limit


def a_step(rung: int, act: int, *to: str, text: str = "") -> deadline_pb2.LadderStep:
    """A step of a ladder that was reached."""
    step = deadline_pb2.LadderStep(rung=rung, act=act, to=to, text=text)
    step.time.FromDatetime(START)
    step.detect_time.FromDatetime(START)
    step.citation.MergeFrom(_citation("invented/2.1", "第二条"))
    return step


def _citation(clause: str, article: str) -> Any:
    from xiaoneng.kit.v1 import citation_pb2

    return citation_pb2.Citation(
        clause=clause, article=article, quote="科员向科长负责", regulation="某局提醒办法", pack="invented", version=1
    )
