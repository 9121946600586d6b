"""Which metrics there are: what all rooms of the platform register when they are loaded."""

from __future__ import annotations

import importlib
import pkgutil

import gateway
import services
from services.kit import metrics
from services.kit.bus.deadletters import DeadQueueCollector
from services.kit.bus.topology import Consumption
from services.kit.deadline.metrics import DeadlineCollector
from services.kit.outbox import OutboxCollector
from services.kit.roster.metrics import RosterCollector

# These patch or need what a command line has not: the worker's room, tests' fixtures, migrations.
_LEFT_OUT = ("services.kit.bus.nameko", "services.kit.testing", "services.platform")


def described() -> list[metrics.Description]:
    """Loads the rooms and lists what they declare, by name."""
    for package in (services, gateway):
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}."):
            if _declares(module.name):
                importlib.import_module(module.name)
    of_tables = (OutboxCollector([]), DeadlineCollector([]), RosterCollector([]))
    collectors = (*of_tables, metrics.PoolCollector([], ""), DeadQueueCollector("", Consumption("", ())))
    return metrics.describe(extra=collectors)


def _declares(name: str) -> bool:
    if name.startswith(_LEFT_OUT):
        return False
    return name.startswith("services.kit.") or name.endswith(".metrics")
