"""What a worker does with raw messages of a queue, whatever process runs it.

A message is acknowledged only after its effect is committed, or after its copy is confirmed in a delay queue or among the
dead letters. What cannot even be copied is rejected to the dead letter exchange, or put back: nothing is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any

import structlog

from services.kit.bus import topology
from services.kit.bus.dispatch import Dispatcher, Outcome, Result
from services.kit.bus.envelope import Envelope, Undecodable, from_json
from services.kit.bus.publish import Outgoing, Publisher, PublishFailed
from services.kit.clock import Clock

# A connection that was not used for long may be gone without anybody having said so.
TRIES = 2

log = structlog.get_logger(__name__)


class Answer(Enum):
    """What the broker is told about a message."""

    ACKNOWLEDGE = "acknowledge"
    REJECT = "reject"
    REQUEUE = "requeue"


@dataclass(frozen=True)
class Raw:
    """A message as it came: the bytes of its body and its headers."""

    body: bytes
    headers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def attempt(self) -> int:
        """How often it has been put off so far."""
        value = self.headers.get(topology.HEADER_ATTEMPT, 0)
        return value if isinstance(value, int) else 0


class Consumer:
    """Handles batches of one consuming service. Threads may share it; the publisher is used by one at a time."""

    def __init__(
        self, service: str, dispatcher: Dispatcher, publisher: Publisher, clock: Clock, steps: Sequence[timedelta] = topology.RETRY_STEPS
    ) -> None:
        self._service = service
        self._dispatcher = dispatcher
        self._publisher = publisher
        self._clock = clock
        self._steps = tuple(steps)
        self._lock = threading.Lock()

    def handle(self, queue: str, messages: Sequence[Raw]) -> list[Answer]:
        """Runs the handlers for a batch of one queue; says of each message what the broker is to be told."""
        outcomes = self._outcomes(messages)
        copies = {
            position: copy
            for position, (message, outcome) in enumerate(zip(messages, outcomes, strict=True))
            if (copy := self._copy(queue, position, message, outcome)) is not None
        }
        safe = self._publish(list(copies.values()))
        return [self._answer(copies.get(position), safe) for position in range(len(messages))]

    def _outcomes(self, messages: Sequence[Raw]) -> list[Outcome]:
        outcomes: list[Outcome | None] = []
        events: list[Envelope] = []
        for message in messages:
            try:
                events.append(from_json(message.body))
                outcomes.append(None)
            except Undecodable as error:
                log.error("message_undecodable", service=self._service)
                outcomes.append(Outcome(Result.DEAD, "undecodable", str(error)))
        handled = iter(self._dispatcher.handle(events) if events else [])
        return [outcome or next(handled) for outcome in outcomes]

    def _copy(self, queue: str, position: int, message: Raw, outcome: Outcome) -> Outgoing | None:
        headers: dict[str, Any] = {topology.HEADER_QUEUE: queue, topology.HEADER_REASON: outcome.reason}
        if outcome.result is Result.RETRY and message.attempt < len(self._steps):
            headers[topology.HEADER_ATTEMPT] = message.attempt + 1
            key = topology.delay_key(self._steps[message.attempt], queue)
            return Outgoing(str(position), f"{self._service}.delay", key, message.body, headers)
        if outcome.result in (Result.RETRY, Result.DEAD):
            headers |= {
                topology.HEADER_ATTEMPT: message.attempt,
                topology.HEADER_TRACE: outcome.trace,
                topology.HEADER_DIED_AT: self._clock.now().isoformat(),
            }
            return Outgoing(str(position), f"{self._service}.dead", queue, message.body, headers)
        return None

    def _publish(self, copies: list[Outgoing]) -> frozenset[str] | None:
        if not copies:
            return frozenset()
        with self._lock:
            for _ in range(TRIES):
                try:
                    return self._publisher.publish(copies).taken
                except PublishFailed as failure:
                    log.warning("copies_not_confirmed", service=self._service, count=len(copies), error=str(failure))
        return None

    def _answer(self, copy: Outgoing | None, safe: frozenset[str] | None) -> Answer:
        if copy is None or (safe is not None and copy.id in safe):
            return Answer.ACKNOWLEDGE
        dead = copy.exchange.endswith(".dead")
        return Answer.REJECT if dead and safe is not None else Answer.REQUEUE
