"""The worker of directory: handlers, relay and watches. `python -m services.directory.worker [--only watch|relay|handlers]`."""

# ruff: noqa: E402  nothing may be imported before the process is patched
import eventlet

eventlet.monkey_patch()

from services.directory.service import SPEC
from services.kit.bus.nameko import main

if __name__ == "__main__":
    main(SPEC)
