"""A worker of the bus's test services that can be told to die: `python driver.py <service> [--only …]`.

Where it dies stands in `DIE_AT`, and the file `DIE_ONCE` makes it die one time only. Product code knows nothing of this.
"""

# ruff: noqa: E402  nothing may be imported before the process is patched
import eventlet

eventlet.monkey_patch()

import os
import signal
import sys
from pathlib import Path
from typing import Any

from services.kit.bus.dispatch import Dispatcher, Registry
from services.kit.bus.nameko import main
from services.kit.bus.publish import RabbitTransport
from services.kit.db.tx import Tx
from services.kit.errors import Busy
from services.kit.policy.catalogue import FactCatalogue
from services.kit.service import ServiceSpec
from tests.service.bus import probe


def die(where: str) -> None:
    """Ends the process as a power failure would, the first time that it comes by the place where it is to die."""
    if os.environ.get("DIE_AT") != where:
        return
    try:
        Path(os.environ["DIE_ONCE"]).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


class Transport(RabbitTransport):
    """Dies around publishing."""

    def publish(self, tx: Any, events: Any) -> set[str]:
        die("before publishing")
        sent = super().publish(tx, events)
        die("after publishing")
        return sent


class Handling(Dispatcher):
    """Dies between the commit of the handlers and the acknowledgement."""

    def handle(self, events: Any) -> Any:
        outcomes = super().handle(events)
        die("after the handler's commit")
        return outcomes


READING = Registry()


@READING.on(probe.DONE)
def write_down(tx: Tx, event: Any, data: Any) -> None:
    """Writes down what it hears; is busy until the file `READY` is there, and slow where the name says so."""
    if data.name.startswith("busy") and not Path(os.environ["READY"]).exists():
        raise Busy(dependency="probe")
    if data.name.startswith("slow"):
        Path(f"{os.environ['READY']}.slow").touch()
        eventlet.sleep(2)
    probe.write(tx, event, "write_down", data.name)
    tx.flush()
    die("before the handler's commit")


if __name__ == "__main__":
    import services.kit.bus.nameko as room

    room.RabbitTransport = Transport  # type: ignore[misc]
    room.Dispatcher = Handling  # type: ignore[misc]
    service, *arguments = sys.argv[1:]
    known = probe.types()
    main(
        ServiceSpec(
            name=service,
            metadata=probe.metadata,
            migrations=probe.PACKAGE,
            servicers=lambda ports: [],
            handlers=READING if service == "reader" else Registry(),
            facts=FactCatalogue(service=service),
        ),
        arguments,
        known,
    )
