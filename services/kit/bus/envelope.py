"""An event as it travels: CloudEvents 1.0 in the JSON event format, the whole event in the body.

The CloudEvents binding for AMQP is for AMQP 1.0 and says nothing of 0-9-1; so no header is leaned on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from google.protobuf import json_format
from google.protobuf.message import Message

from services.kit.bus.catalogue import PREFIX, Catalogue, Visibility, catalogue

CONTENT_TYPE = "application/cloudevents+json"
DATA_CONTENT_TYPE = "application/json"
PUBLIC_KEY = "public"

_OPTIONAL = ("actor", "unit", "clause", "traceparent")


class Undecodable(ValueError):
    """Raised for a body that is not one of our events; such a message is dead-lettered as it is."""


@dataclass(frozen=True)
class Envelope:
    """One event.

    `type` is without the prefix `cn.xiaoneng.`; `data` is the JSON form of the proto message. `subject_version`
    counts the events of a subject without gaps; nothing else tells their order. `receivers` are the tenants for which
    handlers run; an event that names none is for the tenant that it belongs to.
    """

    id: str
    type: str
    installation: str
    subject: str
    subject_version: int
    time: datetime
    tenant: str
    dataschema: str
    data: Mapping[str, Any]
    actor: str | None = None
    unit: str | None = None
    clause: str | None = None
    traceparent: str | None = None
    receivers: tuple[str, ...] = ()

    @property
    def receiving(self) -> tuple[str, ...]:
        """The tenants for which handlers run, each in its own scope."""
        return self.receivers or (self.tenant,)

    @property
    def service(self) -> str:
        """The service that emitted it."""
        return self.type.split(".", 1)[0]

    @property
    def source(self) -> str:
        """The CloudEvents `source`."""
        return f"//{self.installation}/{self.service}"

    def routing_key(self, visibility: Visibility | str = Visibility.TENANT) -> str:
        """The key under which it is published: the tenant in front, or `public` where every tenant may read it."""
        head = PUBLIC_KEY if visibility == Visibility.PUBLIC else self.tenant
        return f"{head}.{self.type}"

    def message(self, types: Catalogue | None = None) -> Message:
        """Gives `data` as the proto message of its type. Fields that this process does not know yet are ignored."""
        entry = (types or catalogue()).get(self.type)
        try:
            message = entry.message()
            json_format.ParseDict(dict(self.data), message, ignore_unknown_fields=True)
            return message
        except json_format.ParseError as error:
            raise Undecodable(f"data of {self.type}: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """Gives the event in the JSON event format."""
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": PREFIX + self.type,
            "subject": self.subject,
            "time": instant_text(self.time),
            "datacontenttype": DATA_CONTENT_TYPE,
            "dataschema": self.dataschema,
            "tenant": self.tenant,
            "subjectversion": self.subject_version,
        }
        event.update({name: value for name in _OPTIONAL if (value := getattr(self, name))})
        if self.receivers:
            event["receivers"] = ",".join(self.receivers)
        event["data"] = dict(self.data)
        return event

    def to_json(self) -> bytes:
        """Gives the body of the message."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()


def from_json(body: bytes) -> Envelope:
    """Reads the body of a message; raises `Undecodable` with what is wrong."""
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Undecodable(f"not JSON: {error}") from error
    if not isinstance(event, dict):
        raise Undecodable("not a JSON object")
    return from_dict(cast("dict[str, Any]", event))


def from_dict(event: Mapping[str, Any]) -> Envelope:
    """Reads an event in the JSON event format; raises `Undecodable` with what is wrong."""
    if event.get("specversion") != "1.0":
        raise Undecodable(f"specversion is {event.get('specversion')!r}")
    type_ = _text(event, "type")
    if not type_.startswith(PREFIX):
        raise Undecodable(f"type is {type_!r}")
    installation, _, _ = _text(event, "source").removeprefix("//").rpartition("/")
    version = event.get("subjectversion")
    if not isinstance(version, int) or isinstance(version, bool):
        raise Undecodable(f"subjectversion is {version!r}")
    data = event.get("data", {})
    if not isinstance(data, dict):
        raise Undecodable("data is not an object")
    optional = {name: _text(event, name) for name in _OPTIONAL if event.get(name) is not None}
    receivers = tuple(_text(event, "receivers").split(",")) if event.get("receivers") is not None else ()
    return Envelope(
        id=_text(event, "id"),
        type=type_.removeprefix(PREFIX),
        installation=installation,
        subject=_text(event, "subject"),
        subject_version=version,
        time=_instant(_text(event, "time")),
        tenant=_text(event, "tenant"),
        dataschema=_text(event, "dataschema"),
        data=data,
        receivers=receivers,
        **optional,
    )


def encode(message: Message) -> dict[str, Any]:
    """Gives the JSON form of a proto message, as it stands in `data` and in the outbox."""
    return json_format.MessageToDict(message)


def instant_text(at: datetime) -> str:
    """Gives an instant in RFC 3339, UTC, with microseconds only where there are some."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Undecodable(f"time is {text!r}") from error
    if at.tzinfo is None:
        raise Undecodable(f"time is {text!r}, without a zone")
    return at.astimezone(UTC)


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise Undecodable(f"{name} is {value!r}")
    return value
