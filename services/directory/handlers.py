"""What directory does when another service's event arrives: nothing. It holds the masters, so it keeps no copy either."""

from __future__ import annotations

from services.kit.bus.dispatch import Registry

REGISTRY = Registry()
