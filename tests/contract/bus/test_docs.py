"""What the documentation says is so."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.kit import metrics
from services.kit.bus import subscribers
from services.platform.metric_names import described
from tests.contract.bus.harness import Rabbit
from tests.contract.bus.test_subscribers import OFFICE, api_of
from tests.service.bus.probe import DONE, Pair, emit

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker, Vhost

DOCS = Path(__file__).resolve().parents[3] / "docs"
NAME = re.compile(r"^xiaoneng_[a-z]+(_[a-z]+)*$")
BASE_UNITS = ("seconds", "ratio", "year", "bytes")
CLOSED_LABELS = {
    "service",
    "process",
    "tenant",
    "unit",
    "rule",
    "type",
    "outcome",
    "queue",
    "method",
    "code",
    "reason",
    "route",
    "command",
    "channel",
    "kind",
    "loop",
    "collector",
    "version",
    "revision",
}


def test_the_reader_of_the_documentation_reads(rabbit: Rabbit, both: Pair, broker: "Broker", vhost: "Vhost") -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (DOCS / "subscribers.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    control = subscribers.Management(api_of(broker), vhost.name)
    rabbit.settle()
    password = subscribers.add(control, OFFICE)
    url, queue = broker.amqp_url(OFFICE.user, str(password), vhost.name), "sub.office-archive.all"
    keys = [("probe.events", "river.#")]
    emit(both.probe, "before the queue")
    rabbit.settle()
    seen: list[Any] = []

    def once(event: Any) -> bool:
        seen.append((event["type"], event["data"]))
        return False

    declare(url, queue, keys)
    emit(both.probe, "bridge")
    rabbit.settle()
    names["read"](url, queue, keys, once)
    subscribers.remove(control, OFFICE.name)
    assert seen == [(f"cn.xiaoneng.{DONE}", {"name": "bridge"})]


def declare(url: str, queue: str, bindings: list[tuple[str, str]]) -> None:
    """The subscriber's queue, before there is anything to read."""
    import pika

    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    for exchange, key in bindings:
        channel.queue_bind(queue, exchange, key)
    connection.close()


def test_the_page_of_metrics_is_the_one_that_is_generated() -> None:
    assert (DOCS / "metrics.md").read_text(encoding="utf-8") == metrics.markdown(described())


def test_metrics_are_named_as_prometheus_wants_them() -> None:
    for each in described():
        assert NAME.match(each.name), each.name
        assert each.help.endswith("."), each.name
        assert set(each.labels) <= CLOSED_LABELS, each.name
        assert (each.kind == "counter") == each.name.endswith("_total"), each.name
        if each.kind == "histogram":
            assert each.name.endswith(BASE_UNITS), each.name
