"""The server between the wire and a servicer: who gets in, how failures are told, how it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from services.directory.service import SPEC
from services.kit.clock import DrivenClock, SystemClock
from services.kit.db.engine import Database
from services.kit.errors import Busy
from services.kit.identity import TokenSigner
from services.kit.rpc import access, caller, channel
from services.kit.rpc.interceptors.metrics import RPC_DURATION
from services.kit.rpc.server import CannotListen, serve
from services.kit.rpc.status import read
from services.kit.service import Ports, ServiceSpec
from services.kit.testing.channel import TENANT, Served, served
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports
from xiaoneng.directory.v1 import unit_service_pb2, unit_service_pb2_grpc

Answering = Callable[[Any, grpc.ServicerContext], Any]
READER = "directory:unit:create"


class Units(unit_service_pb2_grpc.UnitServiceServicer):
    """Answers as the test says."""

    def __init__(self) -> None:
        self.answering: Answering = lambda request, context: unit_service_pb2.Unit(name=request.name)

    def GetUnit(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self.answering(request, context)

    def CreateUnit(self, request: Any, context: grpc.ServicerContext) -> Any:
        return unit_service_pb2.Unit(name=f"units/{request.unit_id}", display_name=caller(context).person)


def spec(units: Units) -> ServiceSpec:
    add = unit_service_pb2_grpc.add_UnitServiceServicer_to_server
    return replace(SPEC, servicers=lambda ports: [(add, units)])


@pytest.fixture
def ports(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, driven_clock) as made:
        office = Office().person("li").person("wu").person("admin", permissions=[READER])
        now = driven_clock.now()
        office.person("gone", valid_until=now).person("leaving", valid_until=now + timedelta(hours=1))
        office.delegate("li", "wu", now, now + timedelta(days=1)).install(made)
        yield made


@pytest.fixture
def units() -> Units:
    return Units()


@pytest.fixture
def running(ports: Ports, units: Units) -> Iterator[Served]:
    with served(spec(units), ports) as made:
        yield made


def test_a_member_is_let_in(running: Served) -> None:
    assert running.client("li").GetUnit(name="units/a").name == "units/a"


@pytest.mark.parametrize(
    ("person", "tenant", "code", "reason"),
    [
        ("", TENANT, "UNAUTHENTICATED", "UNAUTHENTICATED"),
        ("stranger", TENANT, "PERMISSION_DENIED", "NOT_A_MEMBER"),
        ("gone", TENANT, "PERMISSION_DENIED", "NOT_A_MEMBER"),
        ("li", "other", "PERMISSION_DENIED", "NOT_A_MEMBER"),
        ("li", "'; DROP", "PERMISSION_DENIED", "NOT_A_MEMBER"),
        ("li", "", "INVALID_ARGUMENT", "INVALID_REQUEST"),
    ],
)
def test_others_are_not(running: Served, person: str, tenant: str, code: str, reason: str) -> None:
    refused = running.client(person, tenant).refused("GetUnit", name="units/a")
    assert (refused.code, refused.reason) == (code, reason)


def test_a_permission_is_asked_before_the_request_is_looked_at(running: Served) -> None:
    refused = running.client("li").refused("CreateUnit", unit_id="!!")
    assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "PERMISSION_MISSING")
    assert running.client("admin").refused("CreateUnit", unit_id="!!").code == "INVALID_ARGUMENT"
    assert running.client("admin").CreateUnit(unit_id="a", unit={"display_name": "甲"}).display_name == "admin"


def test_a_membership_ends_at_its_moment(running: Served, driven_clock: DrivenClock) -> None:
    leaving = running.client("leaving")
    leaving.GetUnit(name="units/a")
    driven_clock.set(driven_clock.now() + timedelta(hours=1))
    assert leaving.refused("GetUnit", name="units/a").reason == "NOT_A_MEMBER"


def test_a_change_of_the_roster_counts_at_once(running: Served, ports: Ports) -> None:
    assert running.client("new").refused("GetUnit", name="units/a").reason == "NOT_A_MEMBER"
    Office().person("new").install(ports)
    assert running.client("new").GetUnit(name="units/a").name == "units/a"


def test_who_acts_for_another_needs_a_delegation(running: Served, units: Units, driven_clock: DrivenClock) -> None:
    units.answering = lambda request, context: unit_service_pb2.Unit(display_name=caller(context).acting_for or "")
    assert running.client("wu").for_person("li").GetUnit(name="units/a").display_name == "li"
    assert running.client("li").for_person("wu").refused("GetUnit", name="units/a").reason == "NO_DELEGATION"
    driven_clock.set(driven_clock.now() + timedelta(days=1))
    assert running.client("wu").for_person("li").refused("GetUnit", name="units/a").reason == "NO_DELEGATION"


def test_a_caller_may_ask_for_a_copy_of_the_directory_that_is_new_enough(running: Served, ports: Ports) -> None:
    running.client("li").at_least(1).GetUnit(name="units/a")
    refused = running.client("li").at_least(2).refused("GetUnit", name="units/a")
    assert (refused.code, refused.reason, refused.metadata) == (
        "RESOURCE_EXHAUSTED",
        "DIRECTORY_BEHIND",
        {"reached": "1", "wanted": "2"},
    )
    late = threading.Timer(0.3, lambda: Office().person("li").install(ports))
    late.start()
    assert running.client("li").at_least(2).GetUnit(name="units/a").name == "units/a"
    late.join()


def test_an_expired_token_is_refused(running: Served) -> None:
    token = running.token("li", lifetime=timedelta(seconds=-30))
    stub = unit_service_pb2_grpc.UnitServiceStub(running.channel)
    with pytest.raises(grpc.RpcError) as refused:
        stub.GetUnit(unit_service_pb2.GetUnitRequest(name="units/a"), metadata=channel.metadata(token, TENANT))
    assert read(refused.value).reason == "TOKEN_INVALID"


def test_a_failure_is_answered_with_an_id_and_without_details(running: Served, units: Units) -> None:
    def fail(request: Any, context: grpc.ServicerContext) -> Any:
        raise RuntimeError("the password is hunter2")

    units.answering = fail
    refused = running.client("li").refused("GetUnit", name="units/a")
    assert (refused.code, refused.reason) == ("INTERNAL", "INTERNAL")
    assert set(refused.metadata) == {"id"}
    assert "hunter2" not in repr(refused)


def test_a_dependency_that_is_down_is_unavailable(running: Served, units: Units) -> None:
    def fail(request: Any, context: grpc.ServicerContext) -> Any:
        raise Busy(dependency="database")

    units.answering = fail
    assert running.client("li").refused("GetUnit", name="units/a").code == "UNAVAILABLE"


def test_a_database_that_is_away_is_told_as_such(ports: Ports) -> None:
    away = Database("directory", "postgresql://nobody@127.0.0.1:1/none", ports.clock, SPEC.metadata, audit_key=b"x" * 32)
    with served(SPEC, replace(ports, db=away)) as made:
        refused = made.client("li").refused("GetUnit", name="units/a")
    assert (refused.code, refused.reason, refused.metadata) == ("UNAVAILABLE", "BUSY", {"dependency": "database"})


def test_every_call_is_measured_with_its_code(running: Served) -> None:
    def count(code: str) -> float:
        labels = {"service": "UnitService", "method": "GetUnit", "code": code}
        for family in RPC_DURATION.collect():
            for sample in family.samples:
                if sample.name.endswith("_count") and sample.labels == labels:
                    return sample.value
        return 0

    before = count("OK"), count("NOT_FOUND"), count("UNAUTHENTICATED")
    running.client("li").GetUnit(name="units/a")
    running.anonymous().refused("GetUnit", name="units/a")
    assert (count("OK"), count("NOT_FOUND"), count("UNAUTHENTICATED")) == (before[0] + 1, before[1], before[2] + 1)


def test_health_follows_the_server(ports: Ports, units: Units) -> None:
    with served(spec(units), ports) as made:
        stub = health_pb2_grpc.HealthStub(made.channel)
        for name in ("", "xiaoneng.directory.v1.UnitService"):
            answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as unknown:
            stub.Check(health_pb2.HealthCheckRequest(service="other"), timeout=5)
        assert unknown.value.code() is grpc.StatusCode.NOT_FOUND


def test_reflection_names_the_services(running: Served) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(running.channel)
    asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    (answer,) = list(stub.ServerReflectionInfo(asked, timeout=5))
    assert "xiaoneng.directory.v1.UnitService" in {s.name for s in answer.list_services_response.service}


def test_a_running_call_is_answered_before_the_server_ends(ports: Ports, units: Units) -> None:
    began, may_end = threading.Event(), threading.Event()

    def slow(request: Any, context: grpc.ServicerContext) -> Any:
        began.set()
        may_end.wait(10)
        return unit_service_pb2.Unit(name=request.name)

    units.answering = slow
    answers: list[Any] = []
    with served(spec(units), ports) as made:
        calling = threading.Thread(target=lambda: answers.append(made.client("li").GetUnit(name="units/a")))
        calling.start()
        assert began.wait(10)
        stopping = threading.Thread(target=made.server.stop)
        stopping.start()
        may_end.set()
        calling.join(10)
        stopping.join(10)
    assert [unit.name for unit in answers] == ["units/a"]


def test_nothing_is_begun_for_a_caller_who_no_longer_waits(running: Served, units: Units) -> None:
    asked: list[str] = []
    units.answering = lambda request, context: asked.append(request.name) or unit_service_pb2.Unit()
    stub = unit_service_pb2_grpc.UnitServiceStub(running.channel)
    said = channel.metadata(running.token("li"), TENANT)
    with pytest.raises(grpc.RpcError) as late:
        stub.GetUnit(unit_service_pb2.GetUnitRequest(name="units/a"), metadata=said, timeout=0)
    assert (late.value.code(), asked) == (grpc.StatusCode.DEADLINE_EXCEEDED, [])


def test_a_method_that_does_not_say_what_it_needs_keeps_the_server_from_starting(
    ports: Ports, units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access.options_pb2.Access, "WhichOneof", lambda self, name: None)
    with pytest.raises(access.AccessMissing):
        serve(spec(units), ports, "127.0.0.1:0")


def test_an_address_that_is_taken_is_told(running: Served, ports: Ports, units: Units) -> None:
    from services.kit.identity import TokenVerifier, key_set

    verifier = TokenVerifier(key_set(running.signer.public_json()))
    with pytest.raises(CannotListen):
        serve(spec(units), ports, running.address, verifier=verifier)


def test_a_channel_gives_each_call_a_deadline_and_says_which_service_calls(running: Served, units: Units) -> None:
    seen: list[tuple[float, str]] = []

    def look(request: Any, context: grpc.ServicerContext) -> Any:
        seen.append((context.time_remaining(), caller(context).person))
        return unit_service_pb2.Unit()

    units.answering = look
    signer: TokenSigner = running.signer
    token = signer.sign("li", now=SystemClock().now())
    with channel.connect(running.address, timeout=7) as opened:
        stub = unit_service_pb2_grpc.UnitServiceStub(opened)
        stub.GetUnit(unit_service_pb2.GetUnitRequest(name="units/a"), metadata=channel.metadata(token, TENANT))
    ((remaining, person),) = seen
    assert 5 < remaining <= 7
    assert person == "li"


def test_a_read_is_repeated_while_the_service_is_away(running: Served, units: Units) -> None:
    calls: list[int] = []

    def away_twice(request: Any, context: grpc.ServicerContext) -> Any:
        calls.append(1)
        if len(calls) < 3:
            raise Busy(dependency="database")
        return unit_service_pb2.Unit(name=request.name)

    units.answering = away_twice
    said = channel.metadata(running.token("li"), TENANT)
    with channel.connect(running.address) as opened:
        stub = unit_service_pb2_grpc.UnitServiceStub(opened)
        started = time.monotonic()
        assert stub.GetUnit(unit_service_pb2.GetUnitRequest(name="units/a"), metadata=said).name == "units/a"
    assert len(calls) == 3
    assert time.monotonic() - started < 10
    methods = {method.name: method for method in unit_service_pb2.DESCRIPTOR.services_by_name["UnitService"].methods}
    assert [name for name in sorted(methods) if channel.repeatable(methods[name])] == sorted(methods)
