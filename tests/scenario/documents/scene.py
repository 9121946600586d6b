"""An office at work, as the scenarios of documents speak of it: who does what at which time, what lies open, what was breached.

    bureau = scene(office("bureau", at="2019-04-08 10:20"))
    bureau.chen.SubmitProposal(name=step.name, proposal=…)
    assert bureau.step(document, "sign").persons == ["li"]

Persons are named by their short ids, in requests and in replies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from google.protobuf import json_format
from google.protobuf.message import Message
from sqlalchemy import select

from xiaoneng.documents.v1 import types_pb2

if TYPE_CHECKING:
    from tests.scenario.world import Office

SHANGHAI = ZoneInfo("Asia/Shanghai")
T = TypeVar("T")
BREACHED = "documents.deadline.breached.v1"


def moment(text: str) -> datetime:
    """`2019-04-08 10:20`, as people in the office write it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(stamp: Any) -> str:
    """An instant of a reply as people in the office write it."""
    return stamp.ToDatetime(UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def dues(step: Any) -> list[tuple[str, str]]:
    """Due moment and clause of each limit of a step, the first one that is due in front."""
    return [(shown(limit.due_time), limit.citation.clause) for limit in step.deadlines]


def the_one(found: Iterable[T]) -> T:
    """The only one there is; that there is exactly one is part of what a scenario says."""
    every = list(found)
    assert len(every) == 1, every
    return every[0]


def scene(office: Office, registry: str = "sun") -> Scene:
    """An office with its people; `registry` is somebody who sees every document."""
    return Scene(office, registry)


class Person:
    """Somebody of the office; methods are those of the services."""

    def __init__(self, office: Office, person: str, names: Mapping[str, str]) -> None:
        self._caller = office.as_(person)
        self._names = names

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**fields: Any) -> Any:
            return _renamed(self._caller.do(method, **self._told(fields)), self._names)

        return call

    def refused(self, method: str, **fields: Any) -> Any:
        """Calls a method that the scenario says is refused."""
        return self._caller.refused(method, **self._told(fields))

    def _told(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        full = {short: id_ for id_, short in self._names.items()}
        return {name: _swapped(_plain(value), full) for name, value in fields.items()}


class Scene:
    """The office; attributes are its people."""

    def __init__(self, office: Office, registry: str) -> None:
        self.office = office
        self._registry = registry
        self._names = {p.person: p.id for p in (office.organisation.administrator, *office.organisation.people)}

    def __getattr__(self, person: str) -> Person:
        return Person(self.office, person, self._names)

    def at(self, text: str) -> Scene:
        """Lets time pass until then."""
        self.office.at(text)
        return self

    def settle(self) -> None:
        """Lets the watch see what is due now."""
        self.office.world.settle()

    def route(self, document: Any, person: str = "") -> list[types_pb2.Step]:
        return list(getattr(self, person or self._registry).GetRoute(name=document.name).steps)

    def opened(self, document: Any, person: str = "") -> list[types_pb2.Step]:
        return [step for step in self.route(document, person) if step.state == types_pb2.STEP_STATE_OPEN]

    def step(self, document: Any, step: str, unit: str = "") -> types_pb2.Step:
        """The open step of this name (of this unit)."""
        found = [s for s in self.opened(document) if s.step == step and unit in ("", s.unit)]
        assert len(found) == 1, [(s.step, s.unit) for s in self.opened(document)]
        return found[0]

    def sees(self, person: str, document: Any) -> list[str]:
        """The steps of a document in a person's work list."""
        items = getattr(self, person).ListMySteps().items
        return [item.step.step for item in items if item.document == document.name]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Data of the events of a type, oldest first."""
        db = self.office.world.platform.ports["documents"].db
        outbox = db.metadata.tables["outbox"]
        with db.plumbing() as tx:
            rows = tx.all(select(outbox.c.data).where(outbox.c.tenant == self.office.tenant, outbox.c.type == kind).order_by(outbox.c.seq))
        return [_swapped(row.data, self._names) for row in rows]

    def breaches(self, document: Any) -> list[tuple[str, str, str]]:
        """Clause, moment and role of each breach of a document."""
        about = [e for e in self.events(BREACHED) if document.name in (e["deadline"].get("parent"), e["deadline"]["subject"])]
        return [(e["deadline"]["citation"]["clause"], _local(e["step"]["time"]), e["deadline"].get("role", "")) for e in about]


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return json_format.MessageToDict(value, preserving_proto_field_name=True)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def _swapped(value: Any, names: Mapping[str, str]) -> Any:
    """The same value with persons called otherwise."""
    if isinstance(value, Mapping):
        return {key: _swapped(entry, names) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_swapped(entry, names) for entry in value]
    return names.get(value, value) if isinstance(value, str) else value


def _renamed(reply: Message, names: Mapping[str, str]) -> Message:
    """A reply with its persons called by their short ids."""
    data = json_format.MessageToDict(reply, preserving_proto_field_name=True)
    renamed = type(reply)()
    json_format.ParseDict(_swapped(data, names), renamed)
    return renamed
