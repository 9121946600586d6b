"""An event as a service says it, before it is a row of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google.protobuf.message import Message


@dataclass(frozen=True)
class Event:
    """What has happened, as a service says it; it becomes an outbox row.

    `type` is without prefix (`documents.step.completed.v1`), `subject` the resource's name, `data` the event's proto message.
    `receivers` names other tenants that are to handle it (deliveries between tenants).
    """

    type: str
    subject: str
    data: Message
    unit: str = ""
    clause: str = ""
    receivers: tuple[str, ...] = ()
    time: datetime | None = None


def visibility(event: Event, service: str) -> str:
    """Who may read an event. A type that its message does not declare is refused: its readers would decode something else."""
    from xiaoneng.kit.v1 import options_pb2

    options: Any = event.data.DESCRIPTOR.GetOptions().Extensions[options_pb2.event]  # type: ignore[index]  # the stubs do not know extensions
    name = options_pb2.Visibility.Name(options.visibility).removeprefix("VISIBILITY_").lower()
    if name == "unspecified":
        raise ValueError(f"{event.data.DESCRIPTOR.full_name} does not say who may read it")
    if options.type.replace("{service}", service, 1) != event.type:
        raise ValueError(f"{event.type} is not the type of {event.data.DESCRIPTOR.full_name}")
    return name


def body(data: Message) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToDict

    result: dict[str, Any] = MessageToDict(data)
    return result
