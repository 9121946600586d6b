"""The broker is killed as by a power failure; api processes die around their commit. Nothing is lost, nothing doubled."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.kit.bus.publish import open_connection
from tests.service.bus.probe import Pair, emit, heard, pending
from tests.service.worker.workers import Workers, until

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker

WAITING = 1000
# Long enough that even a busy machine puts all of them off before the first one comes back.
DELAY = 25.0


@pytest.fixture
def on_own_broker(both: Pair, own_broker: "Broker", tmp_path: Path) -> Iterator[Workers]:
    """Workers on a broker that may be killed."""
    made = Workers(both, own_broker.url, tmp_path, retry=[DELAY] * 4)
    yield made
    made.stop()


def emit_many(both: Pair, name: str, number: int) -> list[str]:
    """Emits in one transaction; returns the names."""
    from tests.service.bus import probe

    names = [f"{name} {each:04}" for each in range(number)]
    with both.probe.db.tenant("river") as tx:
        for each in names:
            tx.emit(probe.Event(type=probe.DONE, subject=f"things/{each}", data=probe.message(probe.DONE, each)))
    return names


def in_queue(url: str, queue: str) -> int:
    """How many messages a queue holds."""
    connection = open_connection(url)
    try:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)
    finally:
        connection.release()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_events_in_a_delay_queue_survive_the_death_of_the_broker(
    on_own_broker: Workers, both: Pair, own_broker: "Broker"
) -> None:
    workers = on_own_broker
    workers.start("probe", "relay").ready()
    workers.start("reader", "handlers").ready()
    names = emit_many(both, "busy", WAITING)
    until("all of them wait", lambda: in_queue(workers.url, "reader.delay.25s") == WAITING, 120)
    own_broker.settle()
    own_broker.kill9()
    workers.say_ready()
    own_broker.start()
    until("all of them are heard", lambda: len(heard(both.reader)) >= WAITING, 180)
    assert heard(both.reader) == names


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_death_of_the_broker_in_the_middle_of_the_flow_loses_and_doubles_nothing(
    on_own_broker: Workers, both: Pair, own_broker: "Broker"
) -> None:
    workers = on_own_broker
    relay = workers.start("probe", "relay").ready()
    workers.start("reader", "handlers").ready()
    names = emit_many(both, "a first", WAITING)
    own_broker.settle()
    names += emit_many(both, "b second", WAITING)
    until("the second part flows", lambda: len(heard(both.reader)) > WAITING)
    own_broker.kill9()
    names += emit_many(both, "c third", WAITING)
    assert relay.get("/livez").status_code == 200
    own_broker.start()
    until("all of them are heard", lambda: len(heard(both.reader)) >= len(names) and not pending(both.probe), 180)
    assert heard(both.reader) == names


@pytest.mark.parametrize(("moment", "heard_of"), [("before", []), ("after", ["bridge"])])
def test_an_api_process_that_dies_has_said_all_or_nothing(workers: Workers, both: Pair, moment: str, heard_of: list[str]) -> None:
    workers.run("emitter.py", both.probe, "bridge", moment)
    emit(both.probe, "road")
    workers.start("probe", "relay")
    workers.start("reader", "handlers")
    until("the rest is heard", lambda: "road" in heard(both.reader))
    assert heard(both.reader) == [*heard_of, "road"]
