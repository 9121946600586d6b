"""Everything of one service that happens by itself, in the parts in which `xiaoneng work <service> --only …` runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.registry import Collector

from services.kit.bus.publish import Transport
from services.kit.clock import Clock, FileClock, SystemClock
from services.kit.loop import Loop
from services.kit.outbox import Cleaner, Relay

if TYPE_CHECKING:
    from services.kit.service import Ports, ServiceSpec
    from services.kit.settings import Settings

PARTS = ("handlers", "relay", "watch")


class ClockMissing(ValueError):
    """The clock is to be driven and nobody says from where."""


def clock(settings: Settings) -> Clock:
    """The clock of a process of its own."""
    if settings.clock == "system":
        return SystemClock()
    if settings.clock_file is None:
        raise ClockMissing("XIAONENG_CLOCK=driven needs XIAONENG_CLOCK_FILE")
    return FileClock(settings.clock_file)


def relaying(ports: Ports, transport: Transport) -> list[Loop]:
    """The relay first, then what keeps its tables small."""
    return [Relay(ports, transport), Cleaner(ports)]


def watches(spec: ServiceSpec, ports: Ports) -> list[Loop]:
    """The watches of the kit and the loops of the service."""
    from services.kit.audit import Sealer
    from services.kit.upkeep import DeadLetterMirror

    loops: list[Loop] = [Sealer(ports), DeadLetterMirror.of(spec, ports)]
    if "deadlines" in spec.metadata.tables:
        from services.kit.deadline.counts import CountFolder
        from services.kit.deadline.publish import CountPublisher
        from services.kit.deadline.watch import Watch

        loops += [Watch(ports), CountFolder(ports), CountPublisher(ports)]
    if "roster_state" in spec.metadata.tables:
        from services.kit.roster.heal import GapHealer

        loops.append(GapHealer(ports))
    return [*loops, *spec.loops(ports)]


def collectors(spec: ServiceSpec, ports: Ports) -> list[Collector]:
    """What reads its numbers from the service's tables when Prometheus asks."""
    found: list[Collector] = []
    if "roster_state" in spec.metadata.tables:
        from services.kit.roster.metrics import RosterCollector

        found.append(RosterCollector([ports]))
    if "deadlines" in spec.metadata.tables:
        from services.kit.deadline.metrics import DeadlineCollector

        found.append(DeadlineCollector([ports]))
    return found
