"""The ways out of the platform: chat robots and mail, through apprise.

A channel is asked with an address and a text and answers with nothing, or raises `ChannelFailed`. Secrets stand in addresses, so an
error never quotes one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import apprise

from services.notifications.domain.delivery import Channel


class ChannelFailed(Exception):
    """The channel did not take the message; the text says why, without the address."""


@dataclass(frozen=True)
class Letter:
    """What goes out: a title for channels that have one, and the text."""

    title: str
    text: str


class Outlet(Protocol):
    """One way out."""

    def send(self, address: str, letter: Letter) -> None:
        """Brings the letter to the address. Raises ChannelFailed."""


class Apprise:
    """Every way that apprise speaks, by the address's scheme."""

    def send(self, address: str, letter: Letter) -> None:
        """Sends through apprise; an address that it cannot read is a failure as well."""
        notifier = apprise.Apprise()
        if not notifier.add(address):
            raise ChannelFailed("the address is of no known kind")
        with apprise.LogCapture(level=apprise.logging.INFO) as said:
            sent = notifier.notify(body=letter.text, title=letter.title, body_format=apprise.NotifyFormat.TEXT)
            why = said.getvalue() if not sent else ""
        if not sent:
            raise ChannelFailed(_reason(why))


def outlets() -> Mapping[Channel, Outlet]:
    """The real ways out."""
    return {Channel.ROBOT: Apprise(), Channel.MAIL: Apprise()}


def _reason(log: str) -> str:
    """The last line of what apprise logged, cut, without anything that looks like an address."""
    lines = [line for line in log.splitlines() if line.strip()]
    last = re.sub(r"\S+://\S+", "…", lines[-1]) if lines else "refused"
    return last[-200:]
