"""An api process of the probe that dies around its commit: `python emitter.py <name> before|after`."""

import os
import signal
import sys

from services.kit.clock import SystemClock
from tests.service.bus import probe


def main(name: str, moment: str) -> None:
    """Emits one event and dies before or after its commit."""
    probe.types()
    ports = probe.ports_of("probe", os.environ["XIAONENG_DATABASE_URL"], SystemClock())
    with ports.db.tenant("river") as tx:
        tx.emit(probe.Event(type=probe.DONE, subject="things/1", data=probe.message(probe.DONE, name)))
        tx.flush()
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
