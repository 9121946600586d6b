"""The ways out of the platform, the real ones and the one of the other tests, by the same demands."""

from __future__ import annotations

import email
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.notifications.channels import Apprise, ChannelFailed, Letter, Outlet
from services.notifications.domain.addresses import mail_address
from tests.service.notifications.conftest import FakeChannel

LETTER = Letter("逾期告知", "《关于防汛的通知》已逾期，请尽快办理")


class Receiver:
    """What came in at the other end, and whether it is taken."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refusing = False


def smtp(receiver: Receiver) -> type[socketserver.StreamRequestHandler]:
    """A mail server that speaks as much SMTP as it needs to take one mail."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            while line := self.rfile.readline().decode().strip().upper():
                if line == "DATA":
                    self.take()
                elif line == "QUIT":
                    self.say("221 bye")
                    return
                elif line.startswith("RCPT") and receiver.refusing:
                    self.say("550 no such person")
                else:
                    self.say("250 ok")

        def take(self) -> None:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line)
            mail: Any = email.message_from_bytes(b"".join(lines), policy=policy.default)
            receiver.texts.append(mail.get_body(("plain",)).get_content().strip())
            self.say("250 taken")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    return Handler


def robot(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    """The other end of a robot that is a web hook."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the standard library's
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if not receiver.refusing:
                receiver.texts.append(body["message"])
            self.send_response(500 if receiver.refusing else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture(params=["fake", "mail", "robot"])
def way(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[tuple[Outlet, str]]:
    """A way out and an address at its other end."""
    if request.param == "fake":
        yield Remembering(receiver), "anywhere"
        return
    make: Callable[[], socketserver.BaseServer] = {
        "mail": lambda: socketserver.ThreadingTCPServer(("127.0.0.1", 0), smtp(receiver)),
        "robot": lambda: ThreadingHTTPServer(("127.0.0.1", 0), robot(receiver)),
    }[request.param]
    server = make()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]  # type: ignore[index]
    mail = mail_address(f"mailto://127.0.0.1:{port}?from=office@example.cn&smtp=127.0.0.1", "wu@example.cn")
    yield Apprise(), mail if request.param == "mail" else f"json://127.0.0.1:{port}/hook"
    server.shutdown()
    server.server_close()


class Remembering(FakeChannel):
    """The other tests' channel, with its memory where this suite looks."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__()
        self._receiver = receiver

    def send(self, address: str, letter: Letter) -> None:
        self.failing = self._receiver.refusing
        super().send(address, letter)
        self._receiver.texts.append(letter.text)


def test_what_is_sent_arrives_word_by_word(way: tuple[Outlet, str], receiver: Receiver) -> None:
    outlet, address = way
    outlet.send(address, LETTER)
    assert receiver.texts == [LETTER.text]


def test_what_the_other_end_refuses_is_a_failure(way: tuple[Outlet, str], receiver: Receiver) -> None:
    outlet, address = way
    receiver.refusing = True
    with pytest.raises(ChannelFailed):
        outlet.send(address, LETTER)
    assert receiver.texts == []


def test_a_failure_never_quotes_the_address(receiver: Receiver) -> None:
    for address in ("json://user:secret-token@127.0.0.1:1/hook", "mailto://user:secret-token@127.0.0.1:1?from=a@b.cn&to=c@d.cn"):
        with pytest.raises(ChannelFailed) as failed:
            Apprise().send(address, LETTER)
        assert "secret-token" not in str(failed.value)


def test_an_address_that_nobody_understands_is_a_failure() -> None:
    with pytest.raises(ChannelFailed, match="no known kind"):
        Apprise().send("nonsense", LETTER)
