"""Live updates: who hears what, and when a stream ends."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from gateway.subscription import Subscription
from tests.contract.gateway.harness import Platform, running, wait_for


class Listener:
    """Reads a stream in a thread and keeps what came."""

    def __init__(self, answer: httpx.Response) -> None:
        self.headers = answer.headers
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.comments = 0
        self.ended = threading.Event()
        self._answer = answer
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        kind = ""
        try:
            for line in self._answer.iter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self.events.append((kind, json.loads(line.removeprefix("data: "))))
                elif line.startswith(":"):
                    self.comments += 1
        except httpx.HTTPError:
            pass
        self.ended.set()

    def hang_up(self) -> None:
        """Closes the connection, also while the thread waits for more."""
        with contextlib.suppress(OSError):
            self._answer.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def changes(self) -> list[dict[str, Any]]:
        return [data for kind, data in self.events if kind == "change"]


@contextmanager
def listening(platform: Platform, **headers: str) -> Iterator[Listener]:
    with platform.api(**headers) as api, api.stream("GET", "/live") as answer:
        assert answer.status_code == 200
        listener = Listener(answer)
        wait_for(lambda: bool(listener.events))
        try:
            yield listener
        finally:
            listener.hang_up()


def event(**changes: Any) -> dict[str, Any]:
    return {
        "type": "cn.xiaoneng.documents.step.completed.v1",
        "subject": "documents/0192-secret",
        "tenant": "ganzhou",
        "data": {},
        **changes,
    }


def test_a_person_whom_an_event_names_hears_what_to_read_again(platform: Platform) -> None:
    with listening(platform) as listener:
        platform.gateway.live.publish(event(data={"item": {"persons": ["person-clerk"], "title": "密"}}))
        wait_for(lambda: bool(listener.changes()))
    assert listener.changes() == [{"read": "documents/0192-secret", "type": "documents.step.completed.v1"}]


def test_others_in_the_tenant_hear_only_which_list_changed(platform: Platform) -> None:
    with listening(platform) as listener:
        for _ in range(20):
            platform.gateway.live.publish(event(data={"persons": ["person-other"]}))
        wait_for(lambda: bool(listener.changes()))
    assert listener.changes() == [{"read": "documents"}]


def test_another_tenant_hears_nothing(platform: Platform) -> None:
    with listening(platform) as listener:
        platform.gateway.live.publish(event(tenant="hebei", data={"persons": ["person-clerk"]}))
        platform.gateway.live.publish(event(tenant="x", receivers="hebei,ganzhou", subject="meetings/1"))
        wait_for(lambda: bool(listener.changes()))
    assert listener.changes() == [{"read": "meetings"}]


def test_a_stream_passes_proxies_unbuffered(platform: Platform) -> None:
    with listening(platform) as listener:
        assert listener.headers["x-accel-buffering"] == "no"
        assert listener.headers["cache-control"] == "no-store"
        assert listener.headers["content-type"].startswith("text/event-stream")


def test_nobody_listens_without_signing_in(platform: Platform) -> None:
    with platform.client() as client:
        assert client.get("/live").status_code == 401


def test_nobody_listens_to_a_tenant_of_others(platform: Platform) -> None:
    with platform.api(**{"x-xiaoneng-tenant": "elsewhere"}) as api:
        answer = api.get("/live")
        assert (answer.status_code, answer.json()["error"]["details"][0]["reason"]) == (403, "NOT_A_MEMBER")
    with platform.client() as browser:
        platform.sign_in(browser)
        assert browser.get("/live", headers={"x-xiaoneng-tenant": "elsewhere"}).status_code == 403


def test_a_stream_ends_when_the_membership_does(postgres: Any, tmp_path: Any) -> None:
    with running(postgres.url, tmp_path) as platform:
        platform.gateway.live._comment_seconds = 0.1
        with listening(platform) as listener:
            wait_for(lambda: listener.comments > 1)
            platform.directory.tenants["clerk@ganzhou"] = ["hebei"]
            platform.gateway.app._identify._directory._kept.clear()
            assert listener.ended.wait(5)


def test_a_stream_ends_with_its_session(platform: Platform) -> None:
    with platform.client() as browser:
        platform.sign_in(browser)
        mark = browser.get("/auth/session").json()["csrfToken"]
        with browser.stream("GET", "/live") as answer:
            listener = Listener(answer)
            wait_for(lambda: bool(listener.events))
            with platform.client(cookie=f"xiaoneng={browser.cookies['xiaoneng']}") as other:
                assert other.post("/auth/sign-out", headers={"x-xiaoneng-csrf": mark}).status_code == 200
            assert listener.ended.wait(5)
    assert listener.events[-1][0] == "end"


def test_a_reader_who_leaves_is_forgotten(platform: Platform) -> None:
    with listening(platform):
        wait_for(lambda: platform.gateway.live.count == 1)
    wait_for(lambda: platform.gateway.live.count == 0)


def test_a_gateway_that_stops_ends_its_streams_within_two_seconds(postgres: Any, tmp_path: Any) -> None:
    with running(postgres.url, tmp_path) as platform, listening(platform) as listener:
        started = time.monotonic()
        platform.gateway.stop()
        assert listener.ended.wait(2)
        assert time.monotonic() - started < 2


def test_events_come_from_the_broker_and_a_gap_is_told(own_broker: Any) -> None:
    heard: list[dict[str, Any]] = []
    gaps: list[int] = []
    with own_broker.vhost() as vhost:
        subscription = Subscription(vhost.url, ["documents"], heard.append, lambda: gaps.append(1))
        subscription.start()
        try:
            assert subscription.ready.wait(20)
            _publish(vhost.url, "documents.internal", b"not json")
            _publish(vhost.url, "documents.events", json.dumps(event()).encode())
            wait_for(lambda: len(heard) == 1)
            assert heard[0]["subject"] == "documents/0192-secret"
            own_broker.stop()
            wait_for(lambda: not subscription.ready.is_set(), 20)
            own_broker.start()
            assert subscription.ready.wait(60)
            wait_for(lambda: bool(gaps), 20)
        finally:
            subscription.stop()


def _publish(url: str, exchange: str, body: bytes) -> None:
    import pika

    connection = pika.BlockingConnection(pika.URLParameters(url))
    connection.channel().basic_publish(exchange, "ganzhou.documents.step.completed.v1", body)
    connection.close()


@pytest.mark.parametrize("data", [None, [], "x", {"persons": 3, "person": 4}, {"item": {"persons": [1, "a"]}}])
def test_data_of_any_shape_names_only_persons(data: Any) -> None:
    from gateway.stream import persons_of

    assert persons_of(data) <= {"a"}
