"""Commands: one function, one transaction, once per request id."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import psycopg2
from google.protobuf import symbol_database
from google.protobuf.message import Message
from opentelemetry import trace
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import DBAPIError

from services.kit.db.load import First
from services.kit.db.tx import Tx
from services.kit.errors import Busy, Invalid, Refusal
from services.kit.identity import Caller

if TYPE_CHECKING:
    from services.kit.service import Ports

COMMANDS = Counter(
    "xiaoneng_commands_total",
    "Commands by outcome: done, repeated, refused (a rule or the state), failed.",
    ["service", "command", "outcome"],
)
DURATION = Histogram(
    "xiaoneng_command_duration_seconds",
    "From the first question of a command's transaction to its commit.",
    ["service", "command"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)

_TRIES = 3
_AGAIN = ("40001", "40P01")
tracer = trace.get_tracer("xiaoneng.kit")

C = TypeVar("C", bound="Command")
R = TypeVar("R")
M = TypeVar("M", bound=Message)


@dataclass(frozen=True, kw_only=True)
class Command:
    """Input of a use case: who asks, and the id that makes a repetition harmless."""

    caller: Caller
    request_id: str = ""


@dataclass(frozen=True)
class UseCase(Generic[C, R]):
    """A command's function with the name under which it stands in the audit."""

    name: str
    act: str
    function: Callable[[Tx, C], R]
    first: Callable[[C], First] | None = None

    def __call__(self, tx: Tx, cmd: C) -> R:
        return self.function(tx, cmd)


def command(audit: str, first: Callable[[Any], First] | None = None) -> Callable[[Callable[[Tx, C], R]], UseCase[C, R]]:
    """Makes a function a command; `audit` is the act that its record carries (`documents.step.complete`).

    `first` says what the command will ask first with `tx.load`: it then comes with the round trip that begins the transaction.
    """

    def wrap(function: Callable[[Tx, C], R]) -> UseCase[C, R]:
        return UseCase(function.__name__, audit, function, first)

    return wrap


class RequestIdReused(Invalid):
    """The request id was used before for something else."""

    reason = "REQUEST_ID_REUSED"
    text = "请求编号已用于另一项操作，请换一个编号"


def run(ports: Ports, use_case: UseCase[C, R], cmd: C, reply: Callable[[R], M]) -> M:
    """Runs a command in one transaction and returns its reply.

    A repeated `request_id` of the same person returns the first reply and changes nothing, also when both come at once. Refuses:
    RequestIdReused, and what the command refuses. Deadlocks and serialization failures are tried three times, then `Busy`.
    """
    started = perf_counter()
    outcome = "failed"
    with tracer.start_as_current_span(use_case.name, attributes={"xiaoneng.service": ports.service}):
        try:
            for attempt in range(1, _TRIES + 1):
                try:
                    result, repeated = _once(ports, use_case, cmd, reply)
                    outcome = "repeated" if repeated else "done"
                    return result
                except (psycopg2.Error, DBAPIError) as raised:
                    if not _worth_another_try(raised):
                        raise
                    if attempt == _TRIES:
                        raise Busy(dependency="database") from raised
            raise AssertionError("unreachable")
        except Refusal:
            meanwhile: M | None = _done_meanwhile(ports, use_case, cmd)
            outcome = "refused" if meanwhile is None else "repeated"
            if meanwhile is None:
                raise
            return meanwhile
        finally:
            COMMANDS.labels(ports.service, use_case.name, outcome).inc()
            DURATION.labels(ports.service, use_case.name).observe(perf_counter() - started)


def _once(ports: Ports, use_case: UseCase[C, R], cmd: C, reply: Callable[[R], M]) -> tuple[M, bool]:
    first = use_case.first(cmd) if use_case.first else None
    with ports.db.tenant(cmd.caller.tenant, cmd.caller, request_id=cmd.request_id, command=use_case.name, first=first) as tx:
        hashed = body_hash(cmd) if cmd.request_id else ""
        if tx.prelude.reply is not None:
            if tx.prelude.body_hash != hashed:
                raise RequestIdReused()
            return _stored(tx), True
        result = use_case(tx, cmd)
        message = reply(result)
        if not tx.audited:
            tx.audit(use_case.act, getattr(message, "name", ""))
        if cmd.request_id:
            tx.insert(
                ports.db.metadata.tables["requests"],
                {
                    "person": cmd.caller.person,
                    "command": use_case.name,
                    "request_id": cmd.request_id,
                    "body_hash": hashed,
                    "reply_type": message.DESCRIPTOR.full_name,
                    "reply": message.SerializeToString(),
                    "created_at": tx.now,
                },
            )
        return message, False


def _done_meanwhile(ports: Ports, use_case: UseCase[C, R], cmd: C) -> Any:
    """The reply of the same request that was sent twice at once and done while this one waited for its rows; None if there is none.

    What refuses the second one is then what the first one did.
    """
    if not cmd.request_id:
        return None
    with ports.db.tenant(cmd.caller.tenant, cmd.caller, request_id=cmd.request_id, command=use_case.name) as tx:
        return _stored(tx) if tx.prelude.reply is not None and tx.prelude.body_hash == body_hash(cmd) else None


def _stored(tx: Tx) -> Any:
    assert tx.prelude.reply_type is not None
    assert tx.prelude.reply is not None
    message = symbol_database.Default().GetSymbol(tx.prelude.reply_type)()
    message.ParseFromString(tx.prelude.reply)
    return message


def body_hash(cmd: Command) -> str:
    """What was asked for and on whose behalf, as a hash that every process works out alike: a set has no order of its own."""
    body = [(f.name, _in_order(getattr(cmd, f.name))) for f in fields(cmd) if f.name not in ("caller", "request_id")]
    return hashlib.sha256(repr((cmd.caller.acting_for, body)).encode()).hexdigest()


def _in_order(value: object) -> object:
    return sorted(map(repr, value)) if isinstance(value, set | frozenset) else value


def _worth_another_try(raised: BaseException) -> bool:
    cause = raised.orig if isinstance(raised, DBAPIError) else raised
    if not isinstance(cause, psycopg2.Error):
        return False
    # Two requests with one id at the same moment: the second one finds the reply of the first when it tries again.
    return cause.pgcode in _AGAIN or cause.diag.constraint_name == "pk_requests"
