"""The two buses behind one face, so that one suite holds both to the same promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic, sleep
from typing import Any, Protocol

from services.kit.bus import topology
from services.kit.bus.catalogue import Visibility
from services.kit.bus.consume import Answer, Consumer, Raw
from services.kit.bus.deadletters import DeadLetters, InlineDeadLetters, RabbitDeadLetters, body_of
from services.kit.bus.dispatch import Dispatcher
from services.kit.bus.envelope import Envelope
from services.kit.bus.inline import InlineBus
from services.kit.bus.publish import Publisher, RabbitTransport, open_connection
from services.kit.clock import DrivenClock
from services.kit.loop import drain, drive
from services.kit.outbox import Relay
from tests.service.bus.probe import READING, REGISTRY, Pair, types

STEPS = tuple(timedelta(milliseconds=each) for each in (100, 200, 300, 400))
LIMIT = 20.0
QUIET = 1.0


class Died(BaseException):
    """The process is gone at this point; nothing in it may catch that."""


class Bus(Protocol):
    """What the suite needs of a bus between `probe` and `reader`."""

    dead: DeadLetters

    def settle(self) -> None:
        """Lets everything arrive that is due now."""

    def later(self) -> None:
        """Lets every attempt pass that is still to come."""

    def relay_dies_after_publishing(self) -> None:
        """Relays once and dies before the mark."""

    def handler_dies(self, after_commit: bool) -> None:
        """Takes what is due and dies before or after the handlers' commit."""


class DyingTransport:
    """Hands over and then dies."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def publish(self, tx: Any, events: Sequence[tuple[Envelope, Visibility | str]]) -> set[str]:
        self._transport.publish(tx, events)
        raise Died

    def idle(self) -> None:
        """Nothing."""


class DyingDispatcher(Dispatcher):
    """Handles and then dies, or dies at once."""

    after_commit = True

    def handle(self, events: Sequence[Envelope]) -> Any:
        if self.after_commit:
            super().handle(events)
        raise Died


def dies(act: Callable[[], object]) -> None:
    """Runs until the death that was arranged."""
    try:
        act()
    except Died:
        return
    raise AssertionError("it should have died")


class Inline:
    """Embedded mode: the deliveries of the producer's database, on a driven clock."""

    def __init__(self, both: Pair, clock: DrivenClock) -> None:
        self._both, self._clock = both, clock
        self._bus = InlineBus(both.services, types())
        self.dead: DeadLetters = InlineDeadLetters([both.probe, both.reader])

    def settle(self) -> None:
        drain(self._bus.loops(), self._clock.now())

    def later(self) -> None:
        drive(self._clock, self._bus.loops(), self._clock.now() + timedelta(hours=1))

    def relay_dies_after_publishing(self) -> None:
        from services.kit.bus.inline import InlineTransport

        transport = DyingTransport(InlineTransport(self._both.probe, [("reader", READING)]))
        dies(lambda: Relay(self._both.probe, transport).step(self._clock.now()))

    def handler_dies(self, after_commit: bool) -> None:
        from services.kit.bus.inline import Deliver, InlineTransport

        Relay(self._both.probe, InlineTransport(self._both.probe, [("reader", READING)])).step(self._clock.now())
        dispatcher = DyingDispatcher(self._both.reader, READING, types())
        dispatcher.after_commit = after_commit
        dies(lambda: Deliver(self._both.probe, {"reader": dispatcher}).step(self._clock.now()))


class Rabbit:
    """Queues on a broker, with the consumer that nameko workers use."""

    def __init__(self, both: Pair, clock: DrivenClock, url: str) -> None:
        self._both, self._clock, self._url = both, clock, url
        self.consumption = topology.Consumption("reader", tuple(READING.types(types())), STEPS)
        self.transport = RabbitTransport(url, "probe", [self.consumption, topology.Consumption("probe", tuple(REGISTRY.types(types())))])
        self._relay = Relay(both.probe, self.transport)
        self.publisher = Publisher(url)
        self.dispatcher = Dispatcher(both.reader, READING, types())
        self.consumer = self._consumer(self.dispatcher)
        self.dead: DeadLetters = RabbitDeadLetters(url, [self.consumption])
        self._connection = open_connection(url)
        topology.declare_consumption(self._connection.channel(), self.consumption)

    def _consumer(self, dispatcher: Dispatcher) -> Consumer:
        return Consumer("reader", dispatcher, self.publisher, self._clock, STEPS)

    def settle(self) -> None:
        drain([self._relay], self._clock.now())
        while self._pump(self.consumer):
            pass

    def later(self) -> None:
        # The broker's own time passes; there is no clock to drive. A message on its way between two queues is in neither count.
        limit, busy = monotonic() + LIMIT, monotonic()
        while monotonic() < min(limit, busy + QUIET):
            self.settle()
            if self._waiting():
                busy = monotonic()
            sleep(0.02)

    def relay_dies_after_publishing(self) -> None:
        dies(lambda: Relay(self._both.probe, DyingTransport(self.transport)).step(self._clock.now()))

    def handler_dies(self, after_commit: bool) -> None:
        drain([self._relay], self._clock.now())
        dispatcher = DyingDispatcher(self._both.reader, READING, types())
        dispatcher.after_commit = after_commit
        dies(lambda: self._pump(self._consumer(dispatcher)))

    def _pump(self, consumer: Consumer) -> int:
        channel = self._connection.channel()
        try:
            messages = []
            while len(messages) < 50 and (message := channel.basic_get("reader.from.probe")) is not None:
                messages.append(message)
            answers = consumer.handle("reader.from.probe", [Raw(body_of(each), each.headers or {}) for each in messages])
            for each, answer in zip(messages, answers, strict=True):
                if answer is Answer.ACKNOWLEDGE:
                    channel.basic_ack(each.delivery_tag)
                else:
                    channel.basic_reject(each.delivery_tag, requeue=answer is Answer.REQUEUE)
            return len(messages)
        finally:
            channel.close()

    def _waiting(self) -> int:
        channel = self._connection.channel()
        queues = ["reader.from.probe", *(f"reader.delay.{topology.step_name(step)}" for step in STEPS)]
        waiting = sum(channel.queue_declare(queue, passive=True).message_count for queue in queues)
        channel.close()
        return int(waiting)

    def close(self) -> None:
        """Ends all connections."""
        self.publisher.close()
        self.transport.close()
        self._connection.release()
