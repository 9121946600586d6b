"""The database restarts while people work: they are told to try again, never that something is broken, and nothing is done twice."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, select

from services.documents.service import SPEC
from services.kit import ids
from services.kit.clock import DrivenClock, SystemClock
from services.kit.db.server import LocalPostgres, free_port
from services.kit.db.tx import Tx
from services.kit.errors import Busy
from services.kit.rpc.status import Answer, read
from services.kit.service import Ports, build
from services.kit.settings import Settings
from services.kit.testing import channel, service
from services.kit.testing.channel import TENANT, Client
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.proxy import Proxy, proxied
from services.kit.testing.service import AUDIT_KEY
from services.kit.testing.waiting import until
from tests.service.documents.conftest import START, Works

THE_COMMIT = b"'documents.document.register'"
"""Stands in the one string that has the writes of the command and its COMMIT."""
LETTER = {"title": "关于修缮围墙的来信", "sender": "街道办", "document_class": "errand"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    """A server of its own, which keeps its port."""
    server = LocalPostgres(tmp_path_factory.mktemp("own") / "postgres", {"port": str(free_port()), "fsync": "off"})
    server.start()
    yield server
    server.remove()


@pytest.fixture
def at_work(own: LocalPostgres, office: Office) -> Iterator[Works]:
    with service.ports(own.url, SPEC, SystemClock()) as ports, channel.served(SPEC, ports) as served:
        office.install(ports)
        yield Works(ports, DrivenClock(START), served, [])
        own.start()


def restart(server: LocalPostgres, how: signal.Signals) -> None:
    """Fast (connections are ended) or immediate (as in a crash)."""
    pid = server.pid
    os.kill(pid, how)
    until("the server is gone", lambda: server.pid != pid)
    server.start()


class Clerk(threading.Thread):
    """Registers letters one after the other; repeats what it was told to repeat, under the same request id."""

    def __init__(self, client: Client, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.done: list[str] = []
        self.refused: Counter[tuple[str, str]] = Counter()
        self._client = client
        self._enough = enough

    def run(self) -> None:
        while not self._enough.is_set():
            request_id = ids.new()
            while not self._registered(request_id):
                self._enough.wait(0.02)

    def _registered(self, request_id: str) -> bool:
        try:
            done = self._client.RegisterDocument(request_id=request_id, duplicate_confirmed=True, **LETTER)
        except grpc.RpcError as error:
            answer = read(error)
            self.refused[answer.code, answer.reason] += 1
            return False
        self.done.append(done.name)
        return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_restart_under_load_is_busy_and_everything_is_done_once(at_work: Works, own: LocalPostgres, how: signal.Signals) -> None:
    enough = threading.Event()
    clerks = [Clerk(at_work.scribe, enough) for _ in range(4)]
    for clerk in clerks:
        clerk.start()
    until("the clerks work", lambda: all(len(clerk.done) > 3 for clerk in clerks))
    restart(own, how)
    before = [len(clerk.done) for clerk in clerks]
    until("the clerks work again", lambda: all(len(clerk.done) > seen + 3 for clerk, seen in zip(clerks, before, strict=True)))
    enough.set()
    for clerk in clerks:
        clerk.join(30)
    refused = sum((clerk.refused for clerk in clerks), Counter[tuple[str, str]]())
    assert set(refused) == {("UNAVAILABLE", "BUSY")}
    done = [name for clerk in clerks for name in clerk.done]
    assert len(done) == len(set(done))
    assert sorted(f"documents/{row.id}" for row in at_work.rows("documents")) == sorted(done)
    assert sorted(int(row.registration_number.split("-")[-1]) for row in at_work.rows("documents")) == list(range(1, len(done) + 1))


def test_connections_of_the_pool_that_a_restart_has_cut_are_replaced_unseen(at_work: Works, own: LocalPostgres) -> None:
    first = at_work.register()
    restart(own, signal.SIGINT)
    assert at_work.scribe.GetDocument(name=first.name).name == first.name
    restart(own, signal.SIGQUIT)
    at_work.scribe.RegisterDocument(duplicate_confirmed=True, **LETTER)
    assert len(at_work.rows("documents")) == 2


def test_while_the_server_is_away_every_call_is_busy(at_work: Works, own: LocalPostgres) -> None:
    document = at_work.register()
    own.stop()
    answers = [
        at_work.scribe.refused("GetDocument", name=document.name),
        at_work.scribe.refused("RegisterDocument", request_id=ids.new(), **LETTER),
        at_work.eldest.refused("CompleteStep", name=f"{document.name}/steps/x", verdict="VERDICT_APPROVE"),
    ]
    assert [(answer.code, answer.reason) for answer in answers] == [("UNAVAILABLE", "BUSY")] * 3


_MOMENTS: dict[str, Callable[[Tx], Any]] = {
    "a question": lambda tx: tx.all(select(tx.ports.db.metadata.tables["documents"])),
    "a lock": lambda tx: tx.locked(select(tx.ports.db.metadata.tables["documents"])),
    "a flush": lambda tx: (tx.audit("toy.make"), tx.flush()),
    "another tenant": lambda tx: tx.enter("other"),
    "back to plumbing": lambda tx: tx.leave(),
    "a savepoint": lambda tx: tx.savepoint("part").__enter__(),
    "the commit": lambda tx: tx.audit("toy.make"),
    "a commit of nothing": lambda tx: None,
}


@pytest.mark.parametrize("moment", _MOMENTS)
def test_a_restart_in_the_middle_is_busy_and_leaves_nothing(at_work: Works, own: LocalPostgres, moment: str) -> None:
    with pytest.raises(Busy) as refused, at_work.ports.db.tenant(TENANT) as tx:
        tx.audit("toy.before")
        tx.flush()
        restart(own, signal.SIGINT)
        _MOMENTS[moment](tx)
    assert refused.value.details == {"dependency": "database"}
    assert at_work.rows("audit") == []


# ---- the answer to the commit is lost -----------------------------------------------------------------------------------


@pytest.fixture
def network(postgres: PostgresServer) -> Iterator[Proxy]:
    with proxied(make_url(postgres.url).port or 5432) as proxy:
        yield proxy


@pytest.fixture
def far(postgres: PostgresServer, network: Proxy, office: Office) -> Iterator[Works]:
    """The service reaches its database over a network that can be cut."""
    with service.database(postgres.url, SPEC.name, SPEC.metadata, SPEC.migrations) as urls:
        url = make_url(urls.app).set(host="127.0.0.1", port=network.port).render_as_string(hide_password=False)
        ports: Ports = build(SPEC, Settings(audit_key=SecretStr(AUDIT_KEY)), SystemClock(), url=url)
        with channel.served(SPEC, ports) as served:
            office.install(ports)
            yield Works(ports, DrivenClock(START), served, [])
        ports.db.dispose()


def test_a_commit_whose_answer_is_lost_is_answered_with_what_it_has_done(far: Works, network: Proxy) -> None:
    network.lose_the_answer_to(THE_COMMIT)
    done = far.scribe.RegisterDocument(request_id=ids.new(), **LETTER)
    assert network.cuts == 1
    assert [f"documents/{row.id}" for row in far.rows("documents")] == [done.name]


def test_without_a_request_id_nobody_knows_and_it_is_busy(far: Works, network: Proxy) -> None:
    network.lose_the_answer_to(THE_COMMIT)
    answer: Answer = far.scribe.refused("RegisterDocument", **LETTER)
    assert (answer.code, answer.reason, network.cuts) == ("UNAVAILABLE", "BUSY", 1)
    assert len(far.rows("documents")) == 1


def test_a_first_question_whose_answer_is_lost_is_asked_again(far: Works, network: Proxy) -> None:
    document = far.register()
    network.lose_the_answer_to(b"FOR UPDATE")
    step = far.opened(document)["hear"]
    far.eldest.CompleteStep(name=step.name, verdict="VERDICT_APPROVE", request_id=ids.new())
    assert network.cuts == 1
    assert len(far.rows("steps", step="plan")) == 1
