"""What directory does when another service's event arrives: it sends again what a copy misses. It holds the masters and keeps no copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.kit.bus.dispatch import Registry
from services.kit.db.event import Event
from services.kit.outbox import resend_numbers
from services.kit.roster import copy as roster_copy
from services.kit.roster.cache import load
from services.kit.roster.rows import to_proto
from xiaoneng.kit.v1 import roster_pb2

if TYPE_CHECKING:
    from services.kit.bus.envelope import Envelope
    from services.kit.db.tx import Tx

REGISTRY = Registry()


@REGISTRY.on("*.roster.missed.v1")
def send_again(tx: Tx, event: Envelope, data: roster_pb2.RosterMissed) -> None:
    """Sends the missing changes again under their own ids; all rows, where they are no longer kept or have not helped."""
    missing = range(data.after + 1, data.before)
    if data.whole or resend_numbers(tx, roster_copy.CHANGED, f"rosters/{tx.tenant}", missing) < len(missing):
        _everything(tx)


def _everything(tx: Tx) -> None:
    number = roster_copy.lock(tx)
    tx.renew_roster(number)
    data = roster_pb2.RosterChanged(number=number, rows=to_proto(load(tx)), whole=True)
    tx.emit(Event(type=roster_copy.CHANGED, subject=f"rosters/{tx.tenant}", data=data))
