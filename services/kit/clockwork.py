"""Everything of one service that happens by itself, in the parts in which `xiaoneng work <service> --only …` runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.kit.bus.publish import Transport
from services.kit.loop import Loop
from services.kit.outbox import Cleaner, Relay

if TYPE_CHECKING:
    from services.kit.service import Ports, ServiceSpec

PARTS = ("handlers", "relay", "watch")


def relaying(ports: Ports, transport: Transport) -> list[Loop]:
    """The relay first, then what keeps its tables small."""
    return [Relay(ports, transport), Cleaner(ports)]


def watches(spec: ServiceSpec, ports: Ports) -> list[Loop]:
    """The watches of the kit and the loops of the service."""
    loops: list[Loop] = list(spec.loops(ports))
    return loops
