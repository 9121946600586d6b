"""Which function runs for which event, and that it runs once in effect.

A service's `handlers.py` holds a `REGISTRY` and decorates plain functions:

    REGISTRY = Registry()

    @REGISTRY.on("documents.circulation.closed.v1")
    def close_reading_todos(tx: Tx, event: Envelope, data: CirculationClosed) -> None: ...

Each runs once per event and receiving tenant: the inbox row `(event, handler, tenant)` is written in the transaction of its effect.

A batch of handlings runs in one transaction, each statement's cost shared by all of them. Where one raises, the batch is
rolled back and run again with a savepoint for each, so that a poison one falls out alone. `Busy`, lost connections,
serialization failures and `Stale` are worth another attempt later; everything else is dead at once, with reason and trace.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg2
import structlog
from google.protobuf.message import Message
from opentelemetry import propagate, trace
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.kit import inbox, metrics
from services.kit.bus.catalogue import Catalogue, EventType, UnknownEventType, catalogue
from services.kit.bus.envelope import Envelope, Undecodable
from services.kit.errors import Busy, Refusal, Stale

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

log = structlog.get_logger(__name__)
tracer = trace.get_tracer("xiaoneng.kit.bus")

LONGEST_TRACE = 6000
TRIES_AT_ONCE = 3
_SERIALIZATION = ("40001", "40P01", "55P03")

Handling = Callable[["Tx", "Envelope", Any], None]
F = TypeVar("F", bound=Callable[..., None])


class BadRegistry(ValueError):
    """Raised for two handlers of one name, or for a type that no proto declares."""


@dataclass(frozen=True)
class Handler:
    """A function for the events that match `pattern`. `name` is its key in the inbox and must never change."""

    pattern: str
    name: str
    function: Handling

    def matches(self, type_: str) -> bool:
        """Says whether it is for events of this type."""
        if self.pattern.startswith("*."):
            return type_.split(".", 1)[-1] == self.pattern[2:]
        return type_ == self.pattern


class Registry:
    """The handlers of one service."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def on(self, *patterns: str, name: str | None = None) -> Callable[[F], F]:
        """Registers the decorated function for events of these types.

        A pattern is a type without the prefix `cn.xiaoneng.`; its service may be `*` for a type that every service has,
        such as `*.deadline.breached.v1`. `name` keeps the inbox key when the function is renamed.
        """

        def register(function: F) -> F:
            for pattern in patterns:
                key = name or function.__name__
                self._add(Handler(pattern, key if len(patterns) == 1 else f"{key}:{pattern}", function))
            return function

        return register

    def include(self, other: Registry) -> None:
        """Takes over the handlers of a kit room, such as the roster's."""
        for handler in other:
            self._add(handler)

    def for_type(self, type_: str) -> list[Handler]:
        """Gives the handlers of a type, in the order in which they were registered."""
        return [handler for handler in self if handler.matches(type_)]

    def types(self, catalogue: Catalogue) -> list[EventType]:
        """Gives the event types that somebody here handles; raises `BadRegistry` for one that no proto declares."""
        found: dict[str, EventType] = {}
        for handler in self:
            matching = catalogue.matching(handler.pattern)
            if not matching:
                raise BadRegistry(f"{handler.name}: no proto declares {handler.pattern}")
            found.update({entry.type: entry for entry in matching})
        return [found[type_] for type_ in sorted(found)]

    def __iter__(self) -> Iterator[Handler]:
        return iter(self._handlers.values())

    def __len__(self) -> int:
        return len(self._handlers)

    def _add(self, handler: Handler) -> None:
        if handler.name in self._handlers:
            raise BadRegistry(f"two handlers are named {handler.name}")
        self._handlers[handler.name] = handler


class Result(StrEnum):
    """What became of an event in one consuming service. Later ones outweigh earlier ones."""

    IGNORED = "ignored"
    REPEATED = "repeated"
    DONE = "done"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True)
class Outcome:
    """The result of an event, with the reason and trace where it was not done."""

    result: Result
    reason: str = ""
    trace: str = ""


@dataclass(frozen=True)
class Handled:
    """One run of one handler for one event and tenant."""

    position: int
    event: Envelope
    data: Message
    handler: Handler
    tenant: str

    @property
    def key(self) -> tuple[str, str]:
        """Its key in the inbox of the tenant."""
        return self.event.id, self.handler.name


class Dispatcher:
    """Runs the handlers of one service for batches of events."""

    def __init__(self, ports: Ports, registry: Registry, types: Catalogue | None = None) -> None:
        self._ports = ports
        self._registry = registry
        self._types = types or catalogue()

    def handle(self, events: Sequence[Envelope]) -> list[Outcome]:
        """Runs every handler of every event; never raises. The outcomes are in the order of the events."""
        started = perf_counter()
        outcomes = [Outcome(Result.IGNORED) for _ in events]
        runs: list[Handled] = []
        for position, event in enumerate(events):
            try:
                runs.extend(self._runs(position, event))
            except (Undecodable, UnknownEventType) as error:
                outcomes[position] = _dead(error)
        for run, outcome in zip(runs, self._together(runs) or self._apart(runs), strict=True):
            outcomes[run.position] = max(outcomes[run.position], outcome, key=lambda each: _WEIGHT[each.result])
        self._report(events, outcomes, perf_counter() - started)
        return outcomes

    def _runs(self, position: int, event: Envelope) -> Iterator[Handled]:
        handlers = self._registry.for_type(event.type)
        if handlers:
            data = event.message(self._types)
            for tenant in event.receiving:
                for handler in handlers:
                    yield Handled(position, event, data, handler, tenant)

    def _together(self, runs: Sequence[Handled]) -> list[Outcome] | None:
        """All in one transaction without savepoints; None if any of them cannot be done like that."""
        outcomes = [Outcome(Result.REPEATED) for _ in runs]
        order = sorted(range(len(runs)), key=lambda index: runs[index].tenant)
        try:
            with self._ports.db.plumbing() as tx:
                for tenant, indexes in groupby(order, key=lambda index: runs[index].tenant):
                    mine = list(indexes)
                    tx.enter(tenant)
                    new = inbox.claim(tx, (runs[index].key for index in mine))
                    for index in mine:
                        if runs[index].key in new:
                            new.remove(runs[index].key)  # the same event may be in the batch twice
                            _call(tx, runs[index])
                            outcomes[index] = Outcome(Result.DONE)
        except Exception:  # noqa: BLE001  edge: which of them it was, and what it means, is found out one by one
            log.debug("batch_taken_apart", service=self._ports.service, runs=len(runs))
            return None
        return outcomes

    def _apart(self, runs: Sequence[Handled]) -> list[Outcome]:
        """All in one transaction with a savepoint each; what only failed for the moment is tried again alone."""
        outcomes: list[Outcome] = []
        try:
            with self._ports.db.plumbing() as tx:
                outcomes = [self._guarded(tx, run) for run in runs]
        except Exception as error:  # noqa: BLE001  edge: the transaction itself is lost
            if len(runs) == 1:
                return [classify(error)]
            return [self._alone(run) for run in runs]
        return [
            self._alone(run) if _worth_it_at_once(outcome) and len(runs) > 1 else outcome
            for run, outcome in zip(runs, outcomes, strict=True)
        ]

    def _alone(self, run: Handled) -> Outcome:
        outcome = Outcome(Result.RETRY)
        for _ in range(TRIES_AT_ONCE):
            outcome = self._apart([run])[0]
            if not _worth_it_at_once(outcome):
                break
        return outcome

    @staticmethod
    def _guarded(tx: Tx, run: Handled) -> Outcome:
        tx.enter(run.tenant)
        try:
            with tx.savepoint("handling"):
                if not inbox.claim(tx, [run.key]):
                    return Outcome(Result.REPEATED)
                _call(tx, run)
        except Exception as error:  # noqa: BLE001  edge: a handler may raise anything; nothing of it is lost
            return classify(error)
        return Outcome(Result.DONE)

    def _report(self, events: Sequence[Envelope], outcomes: Sequence[Outcome], seconds: float) -> None:
        for event, outcome in zip(events, outcomes, strict=True):
            labels = (self._ports.service, event.type if event.type in self._types else "unknown", outcome.result.value)
            metrics.EVENTS_HANDLED.labels(*labels).inc()
            metrics.HANDLING_DURATION.labels(*labels).observe(seconds / len(events))
            if outcome.result is Result.RETRY:
                log.warning("event_retried", type=event.type, event_id=event.id, tenant=event.tenant, reason=outcome.reason)
            elif outcome.result is Result.DEAD:
                log.error("event_dead_lettered", type=event.type, event_id=event.id, tenant=event.tenant, reason=outcome.reason)


_WEIGHT = {result: weight for weight, result in enumerate(Result)}
_AT_ONCE = ("serialization", "stale")


def _worth_it_at_once(outcome: Outcome) -> bool:
    return outcome.result is Result.RETRY and outcome.reason.startswith(_AT_ONCE)


def dispatch(ports: Ports, registry: Registry, envelope: Envelope) -> Outcome:
    """Runs every handler for one event, once per receiving tenant; the way of tests and of the command line."""
    return Dispatcher(ports, registry).handle([envelope])[0]


def classify(error: BaseException) -> Outcome:
    """Says whether an error is worth another attempt. The reason is a code or a class, never a text with data."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, Busy):
        return Outcome(Result.RETRY, f"busy {cause.details.get('dependency', '')}".strip(), _trace(error))
    if isinstance(cause, Stale):
        return Outcome(Result.RETRY, "stale", _trace(error))
    if isinstance(cause, psycopg2.Error):
        if cause.pgcode in _SERIALIZATION:
            return Outcome(Result.RETRY, f"serialization {cause.pgcode}", _trace(error))
        if isinstance(cause, (psycopg2.OperationalError, psycopg2.InterfaceError)):
            return Outcome(Result.RETRY, "lost connection to the database", _trace(error))
        return Outcome(Result.DEAD, f"{type(cause).__name__} {cause.pgcode or ''}".strip(), _trace(error))
    if isinstance(cause, (ConnectionError, TimeoutError, PoolTimeout)):
        return Outcome(Result.RETRY, f"lost connection ({type(cause).__name__})", _trace(error))
    return _dead(error)


def _dead(error: BaseException) -> Outcome:
    reason = f"refused {error.code}" if isinstance(error, Refusal) else type(error).__name__
    return Outcome(Result.DEAD, reason, _trace(error))


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-LONGEST_TRACE:]


def _call(tx: Tx, run: Handled) -> None:
    """Runs one handler under the trace of the command that caused the event, and sends its writes."""
    parent = propagate.extract({"traceparent": run.event.traceparent}) if run.event.traceparent else None
    with tracer.start_as_current_span(f"handle {run.event.type}", context=parent, attributes={"xiaoneng.handler": run.handler.name}):
        tx.renew()
        run.handler.function(tx, run.event, run.data)
        tx.flush()


def readers(registries: Iterable[tuple[str, Registry]], types: Catalogue) -> dict[str, list[EventType]]:
    """Says which service handles which types."""
    return {service: registry.types(types) for service, registry in registries}
