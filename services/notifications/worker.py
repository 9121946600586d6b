"""The worker of notifications: handlers, relay and watches. `python -m services.notifications.worker [--only watch|relay|handlers]`."""

# ruff: noqa: E402  nothing may be imported before the process is patched
import eventlet

eventlet.monkey_patch()

from services.kit.bus.nameko import main
from services.notifications.service import SPEC

if __name__ == "__main__":
    main(SPEC)
