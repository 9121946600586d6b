"""`xiaoneng events` and `xiaoneng subscribers` on a real broker."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from services.kit.bus import topology
from services.kit.bus.publish import Outgoing, Publisher, open_connection
from services.platform import events_cli, processes, subscribers_cli
from tests.contract.bus.test_subscribers import api_of

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker, Vhost

Run = Callable[..., Result]
QUEUE = "notifications.from.documents"
EVENT = {
    "specversion": "1.0", "id": "01a2007f-15e3-73a8-9a2c-8d7aa813b408", "source": "//city/documents", "subject": "things/7",
    "type": "cn.xiaoneng.documents.step.completed.v1", "time": "2025-09-22T01:00:00Z", "tenant": "river", "subjectversion": 1,
    "dataschema": "urn:xiaoneng:proto:x", "data": {},
}  # fmt: skip


@pytest.fixture
def events(vhost: "Vhost") -> Run:
    """Runs `xiaoneng events …` on a broker with one dead letter of the platform's own queues, and one that is no event."""
    publisher = Publisher(vhost.url, lambda channel: topology.declare_all(channel, processes.consumptions(), processes.names()))
    headers = {topology.HEADER_REASON: "refused NOT_FOUND", topology.HEADER_TRACE: "in keep_item", topology.HEADER_ATTEMPT: 2}
    bodies = [(json.dumps(EVENT).encode(), headers), (b"\xff", {})]
    dead = [Outgoing(str(number), "notifications.dead", QUEUE, body, said) for number, (body, said) in enumerate(bodies, 1)]
    assert publisher.publish(dead).taken == {"1", "2"}
    publisher.close()
    return lambda *arguments: CliRunner().invoke(events_cli.app, [*arguments, "--broker", vhost.url])


def ready(vhost: "Vhost") -> int:
    """How many messages wait in the queue itself."""
    connection = open_connection(vhost.url)
    try:
        return int(connection.channel().queue_declare(QUEUE, passive=True).message_count)
    finally:
        connection.release()


def test_dead_letters_are_listed_with_their_reason_and_the_command_fails_while_there_are_any(events: Run) -> None:
    seen = events("dead")
    assert seen.exit_code == 1
    assert "documents→notifications" in seen.output
    assert "refused NOT_FOUND" in seen.output
    assert "undecodable" in seen.output


def test_a_letter_is_printed_whole_as_json(events: Run) -> None:
    letter = json.loads(events("dead", "--json", "--tenant", "river").output)
    assert (letter["event"], letter["attempt"], letter["trace"]) == (EVENT["id"], 2, "in keep_item")
    assert json.loads(letter["body"]) == EVENT


@pytest.fixture
def mounted(vhost: "Vhost", broker: "Broker", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of secrets, as a container has it, and nothing in the environment or on the command line."""
    (tmp_path / "xiaoneng_amqp_url").write_text(vhost.url)
    (tmp_path / "xiaoneng_broker_api").write_text(api_of(broker))
    monkeypatch.setenv("XIAONENG_SECRETS_DIR", str(tmp_path))
    for name in ("XIAONENG_AMQP_URL", "XIAONENG_BROKER_API"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("events", "mounted")
def test_in_a_container_the_broker_is_that_of_the_mounted_secrets(vhost: "Vhost") -> None:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(events_cli.app, list(arguments))

    assert "refused NOT_FOUND" in run("dead").output
    assert "1 brought back" in run("replay", str(EVENT["id"])).output
    assert ready(vhost) == 1


@pytest.mark.usefixtures("mounted")
def test_in_a_container_subscribers_are_made_at_the_broker_of_the_mounted_secrets() -> None:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(subscribers_cli.app, list(arguments))

    assert run("add", "archive-by-secret", "--tenant", "river").exit_code == 0
    assert "archive-by-secret" in run("list").output
    assert run("remove", "archive-by-secret").exit_code == 0


def test_the_trace_is_shown_when_asked_for(events: Run) -> None:
    assert "in keep_item" in events("dead", "--trace").output


def test_replay_brings_the_chosen_one_back_to_its_queue(events: Run, vhost: "Vhost") -> None:
    assert "1 brought back" in events("replay", str(EVENT["id"])).output
    assert ready(vhost) == 1
    assert "refused NOT_FOUND" not in events("dead").output


def test_drop_asks_before_it_removes(events: Run) -> None:
    assert events("drop", str(EVENT["id"])).exit_code == 1
    assert "1 dropped" in events("drop", "--yes", str(EVENT["id"])).output
    assert events("replay", str(EVENT["id"])).output == "0 brought back\n"


def test_the_catalogue_says_who_handles_what() -> None:
    seen = CliRunner().invoke(events_cli.app, ["catalogue", "--internal"])
    assert seen.exit_code == 0
    (line,) = [line.split() for line in seen.output.splitlines() if line.startswith("directory.roster.changed.v1")]
    assert line[1:] == ["internal", "documents,", "notifications"]


def test_the_catalogue_is_printed_as_asyncapi() -> None:
    document = json.loads(CliRunner().invoke(events_cli.app, ["catalogue", "--asyncapi"]).output)
    assert document["asyncapi"] == "3.0.0"
    assert "documents.step.completed.v1" in document["channels"]


def test_subscribers_are_added_listed_and_removed(broker: "Broker", vhost: "Vhost") -> None:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(subscribers_cli.app, [*arguments, "--broker", vhost.url, "--api", api_of(broker)])

    made = run("add", "archive-of-tests", "--tenant", "river", "--service", "documents")
    assert made.exit_code == 0, made.output
    assert "password" in made.output
    assert "password" not in run("add", "archive-of-tests", "--tenant", "river").output
    (line,) = [line for line in run("list").output.splitlines() if line.startswith("archive-of-tests")]
    assert line.split()[1] == "river"
    assert "documents.events" in line
    assert run("remove", "archive-of-tests").exit_code == 0
    assert run("remove", "archive-of-tests").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [["add", "Archive!", "--tenant", "river"], ["add", "x", "--tenant", "Ri.ver"], ["add", "x", "--tenant", "river", "--service", "no"]],
)
def test_a_bad_name_a_bad_tenant_or_an_unknown_service_is_refused(broker: "Broker", vhost: "Vhost", arguments: list[str]) -> None:
    done = CliRunner().invoke(subscribers_cli.app, [*arguments, "--broker", vhost.url, "--api", api_of(broker)])
    assert done.exit_code in (1, 2)
    assert "Traceback" not in done.output
