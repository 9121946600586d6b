"""Callers find every pod of a service, pass by one that goes, and come back for new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import grpc
import pytest

from services.directory.service import SPEC
from services.kit.clock import SystemClock
from services.kit.identity import TokenSigner
from services.kit.rpc import channel, server
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Served, served
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports
from services.kit.testing.waiting import until
from xiaoneng.directory.v1 import unit_service_pb2, unit_service_pb2_grpc


class Pod(unit_service_pb2_grpc.UnitServiceServicer):
    """Answers with its own name, and remembers from where it was asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.peers: set[str] = set()

    def GetUnit(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.peers.add(context.peer())
        return unit_service_pb2.Unit(name=f"units/{self.name}")


class Asking:
    """A caller of all pods by one channel."""

    def __init__(self, pods: list[Served], signer: TokenSigner, opened: grpc.Channel) -> None:
        self.pods = pods
        self._stub = unit_service_pb2_grpc.UnitServiceStub(opened)
        self._signer = signer

    def ask(self) -> str:
        """Who answers."""
        said = channel.metadata(self._signer.sign("li", now=SystemClock().now(), session="test"), TENANT)
        return str(self._stub.GetUnit(unit_service_pb2.GetUnitRequest(name="units/a"), metadata=said).name).removeprefix("units/")


@pytest.fixture
def ports(postgres: PostgresServer) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, SystemClock()) as made:
        Office().person("li").install(made)
        yield made


@contextmanager
def asking(ports: Ports, *pods: Pod) -> Iterator[Asking]:
    """Serves the pods, each on a port of its own, and a caller who knows all addresses."""
    signer, add = TokenSigner.generate(), unit_service_pb2_grpc.add_UnitServiceServicer_to_server
    with ExitStack() as stack:

        def start(pod: Pod) -> Served:
            return stack.enter_context(served(replace(SPEC, servicers=lambda ports: [(add, pod)]), ports, signer))

        running = [start(pod) for pod in pods]
        target = "ipv4:" + ",".join(each.address for each in running)
        yield Asking(running, signer, stack.enter_context(channel.connect(target)))


def test_callers_take_turns(ports: Ports) -> None:
    with asking(ports, Pod("a"), Pod("b")) as caller:
        until("both are found", lambda: {caller.ask(), caller.ask()} == {"a", "b"})
        assert Counter(caller.ask() for _ in range(20)) == {"a": 10, "b": 10}


def test_a_pod_that_goes_fails_nobody(ports: Ports) -> None:
    with asking(ports, Pod("a"), Pod("b")) as caller:
        until("both are found", lambda: {caller.ask(), caller.ask()} == {"a", "b"})
        caller.pods[0].server.stop(0)
        assert {caller.ask() for _ in range(20)} == {"b"}


def test_callers_come_back_after_a_while_so_that_they_find_new_pods(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    said = dict(server.OPTIONS)
    assert said["grpc.max_connection_age_ms"] == 5 * 60 * 1000
    monkeypatch.setattr(server, "OPTIONS", tuple({**said, "grpc.max_connection_age_ms": 200}.items()))
    pod = Pod("a")
    with asking(ports, pod) as caller:
        until("it has come by another connection", lambda: caller.ask() == "a" and len(pod.peers) > 1)
