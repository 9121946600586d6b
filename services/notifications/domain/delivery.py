"""How a message finds its person: the ways in their order, what a failure means, when to try again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """A way by which a message reaches a person."""

    IN_APP = "in_app"
    ROBOT = "robot"
    MAIL = "mail"


OUTSIDE = (Channel.ROBOT, Channel.MAIL)


class Outcome(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    NO_ADDRESS = "no_address"


class Reach(StrEnum):
    """How a message as a whole stands: in the inbox alone, under way, arrived, or arrived by none of the ways."""

    INBOX = "inbox"
    PENDING = "pending"
    REACHED = "reached"
    UNREACHED = "unreached"


class MessageKind(StrEnum):
    """Why a message was sent."""

    REMINDER = "reminder"
    WARNING = "warning"
    BREACH = "breach"
    ESCALATION = "escalation"
    NOTICE = "notice"

    @property
    def pressing(self) -> bool:
        """Whether it goes out by every way, whatever its person would like to leave to the inbox."""
        return self in (MessageKind.BREACH, MessageKind.ESCALATION)


@dataclass(frozen=True)
class Preferences:
    """What a tenant offers and what a person wants of it."""

    offered: tuple[Channel, ...]
    wanted: tuple[Channel, ...] = ()
    inbox_only: frozenset[MessageKind] = frozenset()

    def route(self, kind: MessageKind) -> tuple[Channel, ...]:
        """The ways outside the inbox for a message of this kind, in the order in which they are tried."""
        if kind in self.inbox_only and not kind.pressing:
            return ()
        outside = [channel for channel in self.offered if channel is not Channel.IN_APP]
        wanted = [channel for channel in self.wanted if channel in outside]
        return tuple(wanted + [channel for channel in outside if channel not in wanted and kind.pressing]) if wanted else tuple(outside)


@dataclass(frozen=True)
class Leg:
    """One way of one message: how often it was tried and how that went."""

    channel: Channel
    outcome: Outcome = Outcome.PENDING
    attempts: int = 0


@dataclass(frozen=True)
class Retry:
    """How often one channel is tried and how long is waited in between."""

    waits: tuple[timedelta, ...]

    def next_at(self, attempts: int, now: datetime) -> datetime | None:
        """When to try again after so many attempts; None when it was the last."""
        return now + self.waits[attempts - 1] if attempts <= len(self.waits) else None


def reach(legs: Sequence[Leg]) -> Reach:
    """How the message as a whole stands, from its legs outside the inbox."""
    outside = [leg.outcome for leg in legs if leg.channel is not Channel.IN_APP]
    if not outside:
        return Reach.INBOX
    if Outcome.DELIVERED in outside:
        return Reach.REACHED
    if Outcome.PENDING in outside:
        return Reach.PENDING
    return Reach.UNREACHED


def following(legs: Sequence[Leg], route: Sequence[Channel]) -> Channel | None:
    """The next way after those that were tried in vain; None when there is none left or one of them is still open."""
    if reach(legs) in (Reach.REACHED, Reach.PENDING):
        return None
    tried = {leg.channel for leg in legs}
    return next((channel for channel in route if channel not in tried), None)
