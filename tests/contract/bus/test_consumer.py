"""What the broker is told when not even a copy of a message can be kept."""

from collections.abc import Sequence
from typing import Any

from services.kit.bus.consume import Answer, Consumer, Raw
from services.kit.bus.dispatch import Outcome, Result
from services.kit.bus.publish import Outgoing, Published, Publisher, PublishFailed
from services.kit.clock import SystemClock
from tests.contract.bus.harness import Rabbit
from tests.service.bus.probe import Pair, emit, heard

GARBAGE = Raw(b"\xff")


class Answering:
    """A dispatcher whose events all end in the same way."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def handle(self, events: Sequence[Any]) -> list[Outcome]:
        return [Outcome(self._result, "why") for _ in events]


class Broken(Publisher):
    """A publisher that fails some times, and then takes what it is told to take."""

    def __init__(self, failures: int, takes: bool = True) -> None:
        super().__init__("amqp://nowhere")
        self.failures, self.takes = failures, takes
        self.sent: list[Outgoing] = []

    def publish(self, messages: Sequence[Outgoing]) -> Published:
        if self.failures:
            self.failures -= 1
            raise PublishFailed("gone")
        self.sent += messages
        return Published(frozenset(message.id for message in messages if self.takes), frozenset())


def answers(publisher: Publisher, messages: list[Raw]) -> list[Answer]:
    dispatcher: Any = Answering(Result.DEAD)
    return Consumer("reader", dispatcher, publisher, SystemClock()).handle("reader.from.probe", messages)


def test_a_dead_letter_is_acknowledged_only_when_its_copy_is_safe() -> None:
    assert answers(Broken(failures=0), [GARBAGE]) == [Answer.ACKNOWLEDGE]


def test_a_connection_that_was_lost_while_idle_is_opened_again_once() -> None:
    publisher = Broken(failures=1)
    assert answers(publisher, [GARBAGE, GARBAGE]) == [Answer.ACKNOWLEDGE, Answer.ACKNOWLEDGE]
    assert [copy.routing_key for copy in publisher.sent] == ["reader.from.probe"] * 2


def test_while_nothing_can_be_published_messages_go_back_to_their_queue() -> None:
    assert answers(Broken(failures=9), [GARBAGE]) == [Answer.REQUEUE]


def test_a_dead_letter_that_its_queue_refuses_goes_the_brokers_own_way_to_the_dead() -> None:
    assert answers(Broken(failures=0, takes=False), [GARBAGE]) == [Answer.REJECT]


def test_a_rejected_message_arrives_among_the_dead_letters(rabbit: Rabbit, both: Pair) -> None:
    emit(both.probe, "poison")
    rabbit.consumer = Consumer("reader", rabbit.dispatcher, Broken(failures=0, takes=False), both.reader.clock)
    rabbit.settle()
    rabbit.later()
    (letter,) = rabbit.dead.all()
    assert letter.reason == "broker: rejected"
    assert heard(both.reader) == []
