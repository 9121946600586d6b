"""Two requests at the same moment: one that is sent twice is done once, of two that rest on one state only one is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import psycopg2
import pytest
from sqlalchemy import make_url

from services.kit import ids
from tests.contract.rpc.contract import Method
from tests.contract.rpc.office import OfficeDesk, refusal, request_of
from tests.contract.rpc.test_rpc_commands import STORED, another, built, etag_of

_WAIT_SECONDS = 20.0
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
# What each of these changes is one row; held, both requests come as far as its lock.
HELD = {
    "documents.StepService.CompleteStep": "documents",
    "documents.DocumentService.VoidDocument": "documents",
    "documents.HandlingService.SubmitFeedback": "documents",
    "directory.UnitService.CloseUnit": "roster_state",
    "directory.PostService.TransferPost": "roster_state",
}


def outcome(desk: OfficeDesk, method: Method, request: Any, who: str, pieces: Sequence[bytes] = ()) -> Any:
    """The reply of a call, or the reason why it was refused."""
    try:
        return desk.line.call(method, request, desk.said(who), pieces)
    except grpc.RpcError as error:
        return refusal(method, error).reason


def both(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What two calls give that are made at the same moment."""
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(first), threads.submit(second)
        return one.result(), other.result()


@contextmanager
def held(desk: OfficeDesk, service: str, table: str, calls: list[Future[Any]]) -> Iterator[None]:
    """Holds the rows of a table until the calls that are made in the block wait for them."""
    name = desk.line.world.platform.ports[service].db.engine.url.database
    url = make_url(desk.line.world._admin_url).set(database=name).render_as_string(hide_password=False)
    holding, looking = psycopg2.connect(url), psycopg2.connect(url)
    try:
        with holding.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE tenant = %s FOR UPDATE", (desk.tenant,))
        yield
        looking.autocommit = True
        until = time.monotonic() + _WAIT_SECONDS
        with looking.cursor() as cursor:
            waiting = 0
            while waiting < len(calls):
                assert time.monotonic() < until, f"{waiting} of {len(calls)} wait"
                assert not any(call.done() for call in calls), "it did not wait for the row"
                cursor.execute(_WAITING)
                (waiting,) = cursor.fetchone() or (0,)
                time.sleep(0.01)
        holding.rollback()
    finally:
        holding.close()
        looking.close()


@pytest.mark.parametrize("method", [method for method in STORED if method.name in HELD], ids=lambda method: method.name)
def test_a_request_that_comes_twice_at_once_is_answered_twice_and_done_once(home: OfficeDesk, method: Method) -> None:
    act = built(home, method)
    request, before = request_of(method, act), home.count()
    with ThreadPoolExecutor(2) as threads:
        calls: list[Future[Any]] = []
        with held(home, method.service, HELD[method.name], calls):
            calls += [threads.submit(outcome, home, method, request, act.who) for _ in range(2)]
        first, second = (call.result() for call in calls)
    assert first == second
    assert not isinstance(first, str), f"refused with {first}"
    assert home.count()[f"{method.service}.audit"] == before[f"{method.service}.audit"] + 1


@pytest.mark.parametrize("method", STORED, ids=lambda method: method.name)
def test_whatever_comes_twice_is_answered_alike(home: OfficeDesk, method: Method) -> None:
    act = built(home, method)
    request = request_of(method, act)

    def send() -> Any:
        return outcome(home, method, request, act.who, act.pieces)

    first, second = both(send, send)
    assert first == second
    assert not isinstance(first, str), f"refused with {first}"


@pytest.mark.parametrize("method", [method for method in STORED if etag_of(method)], ids=lambda method: method.name)
def test_of_two_changes_of_one_state_one_is_refused(home: OfficeDesk, method: Method) -> None:
    act = built(home, method)
    one = request_of(method, act)
    other = another(one)
    other.request_id = ids.new()
    outcomes = both(lambda: outcome(home, method, one, act.who), lambda: outcome(home, method, other, act.who))
    assert [each for each in outcomes if isinstance(each, str)] == ["STALE"]
