"""A real RabbitMQ for tests: one per run, by URL, on the path, in docker, or from the distribution's packages.

`XIAONENG_TEST_AMQP_URL` names an existing one (an administrator's), `XIAONENG_TEST_RABBIT_API` its management address where
that is not port 15672 of the same host. A test that can have no broker fails.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

from services.kit.testing import rabbit_install, runs
from services.kit.testing.rabbit_node import DockerNode, Node, OwnNode, docker_works

AMQP_URL = "XIAONENG_TEST_AMQP_URL"
API_URL = "XIAONENG_TEST_RABBIT_API"
WAY = "XIAONENG_TEST_BROKER"
"""Takes one way of getting a broker only: path, docker, apt or unpack."""


@dataclass(frozen=True)
class Vhost:
    """A virtual host of one test."""

    broker: Broker
    name: str
    url: str
    """AMQP URL of a user who may do everything in this virtual host, and nothing outside it."""

    def add_user(self, name: str, *, configure: str = "", write: str = "", read: str = "") -> str:
        """Makes a user with these permissions (regular expressions; empty: nothing); returns its AMQP URL."""
        user = f"{self.name}-{name}"
        password = secrets.token_urlsafe(12)
        self.broker.call("PUT", f"users/{quote(user, safe='')}", {"password": password, "tags": ""})
        self.broker.call("PUT", f"permissions/{self.name}/{quote(user, safe='')}", {"configure": configure, "write": write, "read": read})
        return self.broker.amqp_url(user, password, self.name)

    def limit_topics(self, name: str, exchange: str, *, write: str = "", read: str = "") -> None:
        """Limits the routing keys that a user of `add_user` may publish and bind at an exchange."""
        user = quote(f"{self.name}-{name}", safe="")
        self.broker.call("PUT", f"topic-permissions/{self.name}/{user}", {"exchange": exchange, "write": write, "read": read})


@dataclass(frozen=True)
class Broker:
    """A RabbitMQ, seen by its administrator."""

    host: str
    port: int
    api_url: str
    """Address of the management API, without user and password."""
    user: str
    password: str
    node: Node | None = None
    """What can be killed and started again; nothing where the broker was given by its URL."""

    @property
    def url(self) -> str:
        """AMQP URL of the administrator, in the default virtual host."""
        return self.amqp_url(self.user, self.password, "/")

    def amqp_url(self, user: str, password: str, vhost: str) -> str:
        """AMQP URL of a user in a virtual host."""
        return f"amqp://{quote(user, safe='')}:{quote(password, safe='')}@{self.host}:{self.port}/{quote(vhost, safe='')}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Calls the management API; raises where it refuses. Gives back the answer's JSON, or nothing."""
        told = httpx.request(method, f"{self.api_url}/api/{path}", json=body, auth=(self.user, self.password), timeout=30, trust_env=False)
        told.raise_for_status()
        return told.json() if told.content else None

    @contextmanager
    def vhost(self) -> Iterator[Vhost]:
        """A fresh virtual host with an administrator of its own; removed afterwards with its users."""
        name = f"t-{secrets.token_hex(6)}"
        self.call("PUT", f"vhosts/{name}")
        made = Vhost(self, name, "")
        try:
            everything = ".*"
            yield Vhost(self, name, made.add_user("all", configure=everything, write=everything, read=everything))
        finally:
            self.call("DELETE", f"vhosts/{name}")
            for user in self.call("GET", "users"):
                if user["name"].startswith(f"{name}-"):
                    self.call("DELETE", f"users/{quote(user['name'], safe='')}")

    def start(self) -> None:
        """Starts the node again after `stop` or `kill9`; returns when it takes connections."""
        self._own().start()

    def stop(self) -> None:
        """Stops the node in good order; what is durable stays."""
        self._own().stop()

    def kill9(self) -> None:
        """Kills the node as a power failure would."""
        self._own().kill9()

    def settle(self) -> None:
        """Makes the queues declared so far survive `kill9`; see `Node.settle`."""
        self._own().settle()

    def _own(self) -> Node:
        if self.node is None:
            raise RuntimeError("a broker that was given by its URL is not ours to stop: take `own_broker`")
        return self.node


def broker() -> Broker:
    """The broker of this run; the first process that asks starts it."""
    given = os.environ.get(AMQP_URL)
    if given:
        return _remote(given)
    with runs.exclusive("rabbit"):
        return _started(runs.folder() / "rabbit" / "shared")


@contextmanager
def own_broker() -> Iterator[Broker]:
    """A broker that nobody else uses; removed afterwards."""
    folder = runs.folder() / "rabbit" / secrets.token_hex(4)
    try:
        yield _started(folder)
    finally:
        _remove(folder)


def stop(run: Path) -> None:
    """Stops and removes the brokers of a run's folder, if there are any."""
    folders = run / "rabbit"
    if folders.exists():
        for folder in folders.iterdir():
            _remove(folder)


def _remove(folder: Path) -> None:
    if (folder / "container").exists():
        DockerNode(folder).remove()
    elif (folder / "address.json").exists():
        OwnNode(folder, None).remove()
    shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> Broker:
    node = _node(folder)
    node.start()
    address = node.address
    return Broker(address.host, address.amqp, f"http://{address.host}:{address.api}", address.user, address.password, node)


def _node(folder: Path) -> Node:
    """The node of a folder, by the first way that works on this machine."""
    way = os.environ.get(WAY, "")
    if way in {"", "path"} and (programs := rabbit_install.on_the_path()):
        return OwnNode(folder, programs)
    if way in {"", "docker"} and docker_works():
        return DockerNode(folder)
    if way in {"", "apt"} and (programs := rabbit_install.by_apt()):
        return OwnNode(folder, programs)
    if way in {"", "unpack"} and (programs := rabbit_install.unpacked()):
        return OwnNode(folder, programs)
    raise RuntimeError(f"no RabbitMQ for the tests: none on the path, no docker, no apt; name one with {AMQP_URL}")


def _remote(url: str) -> Broker:
    parts = urlsplit(url)
    host = parts.hostname or "127.0.0.1"
    api = os.environ.get(API_URL, f"http://{host}:15672").rstrip("/")
    return Broker(host, parts.port or 5672, api, unquote(parts.username or "guest"), unquote(parts.password or "guest"))
