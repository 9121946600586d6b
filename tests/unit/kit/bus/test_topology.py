"""Names and arguments of exchanges and queues, as they are declared."""

from datetime import timedelta
from typing import Any

import pytest

from services.kit.bus import topology
from services.kit.bus.catalogue import Catalogue, EventType, UnknownEventType, Visibility, catalogue, exchange_of
from services.kit.bus.topology import Consumption, delay_key, step_name


class Recorder:
    """Writes down what is declared."""

    def __init__(self) -> None:
        self.exchanges: dict[str, str] = {}
        self.queues: dict[str, dict[str, Any]] = {}
        self.bindings: set[tuple[str, str, str]] = set()

    def exchange_declare(self, name: str, kind: str, durable: bool, auto_delete: bool) -> None:
        assert (durable, auto_delete) == (True, False)
        self.exchanges[name] = kind

    def queue_declare(self, name: str, durable: bool, auto_delete: bool, arguments: dict[str, Any]) -> None:
        assert (durable, auto_delete) == (True, False)
        self.queues[name] = arguments

    def queue_bind(self, queue: str, exchange: str, key: str) -> None:
        self.bindings.add((exchange, key, queue))


@pytest.fixture
def declared() -> Recorder:
    """What a service declares that handles one event of each kind of two others."""
    message: Any = type("Message", (), {})
    types = (
        EventType("documents.step.completed.v1", Visibility.TENANT, message),
        EventType("documents.work.opened.v1", Visibility.INTERNAL, message),
        EventType("directory.roster.changed.v1", Visibility.INTERNAL, message),
    )
    recorder = Recorder()
    topology.declare_consumption(recorder, Consumption("notifications", types))
    return recorder


def test_there_is_one_queue_per_consuming_service_and_source(declared: Recorder) -> None:
    assert {name for name in declared.queues if ".delay." not in name and not name.endswith(".dead")} == {
        "notifications.from.documents",
        "notifications.from.directory",
    }


def test_every_type_is_bound_for_all_tenants_on_the_exchange_of_its_visibility(declared: Recorder) -> None:
    assert {binding for binding in declared.bindings if not binding[0].startswith("notifications.")} == {
        ("documents.events", "*.documents.step.completed.v1", "notifications.from.documents"),
        ("documents.internal", "*.documents.work.opened.v1", "notifications.from.documents"),
        ("directory.internal", "*.directory.roster.changed.v1", "notifications.from.directory"),
    }


def test_every_queue_is_a_quorum_queue_and_loses_no_dead_letter(declared: Recorder) -> None:
    for name, arguments in declared.queues.items():
        assert arguments["x-queue-type"] == "quorum", name
        if "x-dead-letter-exchange" in arguments:
            assert (arguments["x-dead-letter-strategy"], arguments["x-overflow"]) == ("at-least-once", "reject-publish"), name


def test_every_queue_that_is_consumed_says_its_delivery_limit_and_where_its_dead_go(declared: Recorder) -> None:
    arguments = declared.queues["notifications.from.documents"]
    assert arguments["x-delivery-limit"] == 20
    assert (arguments["x-dead-letter-exchange"], arguments["x-dead-letter-routing-key"]) == (
        "notifications.dead",
        "notifications.from.documents",
    )
    assert ("notifications.dead", "notifications.from.documents", "notifications.from.documents.dead") in declared.bindings


def test_there_are_four_delays_per_consuming_service_that_lead_back(declared: Recorder) -> None:
    delays = {name: arguments for name, arguments in declared.queues.items() if ".delay." in name}
    assert {name: arguments["x-message-ttl"] for name, arguments in delays.items()} == {
        "notifications.delay.5s": 5_000,
        "notifications.delay.30s": 30_000,
        "notifications.delay.5min": 300_000,
        "notifications.delay.30min": 1_800_000,
    }
    assert {arguments["x-dead-letter-exchange"] for arguments in delays.values()} == {"notifications.retry"}
    assert ("notifications.retry", "*.notifications.from.documents", "notifications.from.documents") in declared.bindings


def test_the_key_of_a_delay_leads_through_its_queue_back_to_where_it_came_from() -> None:
    assert delay_key(timedelta(minutes=5), "notifications.from.documents") == "5min.notifications.from.documents"
    assert [step_name(timedelta(milliseconds=each)) for each in (100, 1000, 90_000, 60_000)] == ["100ms", "1s", "90s", "1min"]


def test_the_part_from_one_source_holds_its_types_only() -> None:
    message: Any = type("Message", (), {})
    types = tuple(EventType(f"{name}.x.v1", Visibility.TENANT, message) for name in ("a", "b"))
    part = Consumption("c", types).of("b")
    assert (part.sources, part.queues) == (("b",), ("c.from.b",))


def test_the_catalogue_of_the_platform_names_each_type_after_a_service_and_says_who_may_read_it() -> None:
    known = catalogue()
    assert len(known) > 0
    for entry in known:
        assert entry.service in known.services
        assert entry.type.rpartition(".v")[2].isdigit()
        assert known.get(entry.full_type) is entry


def test_the_types_of_the_kit_exist_once_for_every_service() -> None:
    known = catalogue()
    assert [entry.service for entry in known.matching("*.deadline.breached.v1")] == list(known.services)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnknownEventType):
        catalogue().get("documents.thing.invented.v1")
    assert Catalogue([]).matching("documents.thing.invented.v1") == []


def test_the_exchange_follows_from_the_visibility() -> None:
    assert [exchange_of("documents", each) for each in ("internal", "tenant", "public")] == [
        "documents.internal",
        "documents.events",
        "documents.events",
    ]
