"""Which ways messages take, for the tenant and for each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.errors import FieldViolation, Stale
from services.notifications import store
from services.notifications.domain.addresses import ROBOTS, kind_of, without_secret
from services.notifications.domain.delivery import OUTSIDE, Channel, MessageKind
from services.notifications.domain.errors import ChannelNotOffered, UnknownRobot

if TYPE_CHECKING:
    from services.kit.db.tx import Tx


@dataclass(frozen=True, kw_only=True)
class UpdatePersonChannels(Command):
    """The caller's own ways, in his order."""

    order: tuple[Channel, ...]
    mail: str
    robot_mention: str
    inbox_only: tuple[MessageKind, ...]


@dataclass(frozen=True, kw_only=True)
class UpdateTenantChannels(Command):
    """The ways that the tenant offers."""

    order: tuple[Channel, ...]
    robot: str
    etag: str
    kinds: tuple[str, ...]
    """Kinds of robots that the installation allows."""


@command(audit="notifications.channel.choose")
def update_person_channels(tx: Tx, cmd: UpdatePersonChannels) -> dict[str, Any]:
    """Keeps the caller's own settings. Refuses: ChannelNotOffered."""
    tenant = store.offered(tx)
    offered = {Channel.IN_APP.value, *(tenant.channel_order if tenant else ())}
    for channel in cmd.order:
        if channel.value not in offered:
            raise ChannelNotOffered(channel=channel.value)
    row = {
        "person": cmd.caller.person,
        "channel_order": [channel.value for channel in cmd.order],
        "mail": cmd.mail,
        "robot_mention": cmd.robot_mention,
        "inbox_only": sorted(kind.value for kind in cmd.inbox_only),
    }
    tx.upsert(store.person_channels, row)
    return row


@command(audit="notifications.channel.offer")
def update_tenant_channels(tx: Tx, cmd: UpdateTenantChannels) -> dict[str, Any]:
    """Keeps what the tenant offers. Refuses: UnknownRobot, Stale."""
    now = store.offered(tx, lock=True)
    if (now.etag if now else "") != cmd.etag:
        raise Stale()
    robot = now.robot if now and cmd.robot == without_secret(now.robot) else cmd.robot
    if robot and kind_of(robot) not in cmd.kinds:
        kinds = "、".join(ROBOTS.get(name, name) for name in cmd.kinds)
        raise UnknownRobot([FieldViolation("tenant_channels.robot", kinds, "UNKNOWN_ROBOT")], kinds=kinds)
    row = {
        "channel_order": [channel.value for channel in cmd.order if channel in OUTSIDE],
        "robot": robot,
        "etag": ids.new(),
    }
    store.offer(tx, row, known=now is not None)
    return row
