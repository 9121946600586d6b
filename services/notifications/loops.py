"""What notifications does by itself: the jobs of the packs' schedules, and the sending of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from services.kit.db.tenant import tenants
from services.kit.schedule import Scheduler
from services.notifications import metrics, store
from services.notifications.channels import ChannelFailed, Outlet, outlets
from services.notifications.commands.deliver import Errand, claim, conclude, prepare
from services.notifications.commands.remind import remind_open_items
from services.notifications.domain.delivery import Channel, Retry
from services.notifications.settings import NotificationsSettings

if TYPE_CHECKING:
    from services.kit.loop import Loop
    from services.kit.service import Ports

log = structlog.get_logger(__name__)
JOBS = {"notifications.remind_open_items": remind_open_items}
_BATCH = 50
_FORGOTTEN = 500
_FORGETTING = timedelta(days=1)


class Sender:
    """Brings messages out of the platform when they are due."""

    def __init__(self, ports: Ports, settings: NotificationsSettings, ways: Mapping[Channel, Outlet]) -> None:
        self.name = f"{ports.service}-sender"
        self._ports = ports
        self._settings = settings
        self._ways = ways
        self._retry = Retry(settings.waits)

    def step(self, now: datetime) -> datetime | None:
        """Sends what is due; returns the moment of the next delivery."""
        with self._ports.db.plumbing() as tx:
            legs = claim(tx, now, timedelta(seconds=self._settings.lease_seconds), _BATCH)
            if not legs:
                return store.next_due(tx)
        for leg in legs:
            with self._ports.db.tenant(leg.tenant) as tx:
                errand = prepare(tx, leg, self._settings)
            if errand is not None:
                self._send(errand)
        return now

    def _send(self, errand: Errand) -> None:
        error = ""
        if errand.address:
            try:
                self._ways[errand.channel].send(errand.address, errand.letter)
            except ChannelFailed as failed:
                error = str(failed)
        with self._ports.db.tenant(errand.tenant) as tx:
            outcome = conclude(tx, errand, error, self._retry)
        metrics.DELIVERIES.labels(errand.channel.value, outcome.value).inc()
        if error:
            log.warning("message_not_taken", channel=errand.channel.value, attempts=errand.attempts + 1)


class Forgetter:
    """Removes finished to-dos and old messages, once a day, in small transactions."""

    def __init__(self, ports: Ports, kept: timedelta) -> None:
        self.name = f"{ports.service}-forgetter"
        self._ports = ports
        self._kept = kept
        self._next: datetime | None = None

    def step(self, now: datetime) -> datetime | None:
        """Removes a batch of each tenant; comes again at once while there is more."""
        if self._next is not None and now < self._next:
            return None if self._ports.clock.driven else self._next
        more = False
        for tenant, _ in tenants(self._ports.db):
            with self._ports.db.tenant(tenant) as tx:
                more = store.forget(tx, now - self._kept, _FORGOTTEN) > 0 or more
        if more:
            return now
        self._next = now + _FORGETTING
        return None if self._ports.clock.driven else self._next


def loops(ports: Ports) -> Sequence[Loop]:
    """The scheduler, the sender, and what removes what is over."""
    settings = NotificationsSettings()
    forgetter = Forgetter(ports, timedelta(days=settings.kept_days))
    return (Scheduler(ports, JOBS), Sender(ports, settings, outlets()), forgetter)
