"""Other systems that read events: a broker user each, who reads the keys of its own tenant and nothing else.

A user may declare and bind queues under its own prefix only, may read the `….events` exchanges only, is limited on each of
them to keys that begin with its tenant (or `public`), and may publish nowhere. On an exchange without a topic permission a
broker user may bind any key; so exactly those exchanges can be read for which one is set.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import httpx

from services.kit.bus.envelope import PUBLIC_KEY

PREFIX = "sub."
POLICY = "xiaoneng-subscribers"
NAME = re.compile(r"^[a-z][a-z0-9-]{0,40}$")
NOTHING = "^$"


class BadName(ValueError):
    """Names of subscribers are slugs."""


class ControlFailed(RuntimeError):
    """The broker did not do what it was told."""


@dataclass(frozen=True)
class Subscriber:
    """An outside system: its broker user, its tenant and the exchanges that it may read."""

    name: str
    tenant: str
    exchanges: tuple[str, ...]

    @property
    def user(self) -> str:
        """Its user at the broker."""
        return PREFIX + self.name

    @property
    def queue_prefix(self) -> str:
        """How the names of its queues begin."""
        return f"{self.user}."


class Control(Protocol):
    """How users and their permissions are kept at the broker."""

    def set_user(self, user: str, password: str | None) -> None:
        """Makes a user without tags, or gives it another password; None leaves an existing user's password."""

    def remove_user(self, user: str) -> None:
        """Removes a user with its permissions."""

    def users(self) -> list[str]:
        """Names all users."""

    def permit(self, user: str, configure: str, write: str, read: str) -> None:
        """Sets what a user may do, as regular expressions."""

    def permit_topics(self, user: str, exchange: str, write: str, read: str) -> None:
        """Sets which routing keys a user may publish and bind at an exchange."""

    def topics(self, user: str) -> dict[str, str]:
        """Gives the pattern of the keys that a user may read, by exchange."""

    def limit_queues(self, policy: str, pattern: str, definition: dict[str, Any]) -> None:
        """Sets a policy for queues."""


def add(control: Control, subscriber: Subscriber, *, password: str | None = None, most_bytes: int = 512 * 1024 * 1024) -> str | None:
    """Makes the user of an outside system, or brings its permissions up to date; returns the password of a new one.

    Queues of subscribers lose their oldest messages above `most_bytes`, so that a reader who stays away cannot fill the disk.
    """
    if not NAME.match(subscriber.name):
        raise BadName(subscriber.name)
    known = subscriber.user in control.users()
    fresh = password if known else password or secrets.token_urlsafe(24)
    control.limit_queues(POLICY, f"^{re.escape(PREFIX)}", {"max-length-bytes": most_bytes, "overflow": "drop-head"})
    control.set_user(subscriber.user, fresh)
    own = f"^{_plain(subscriber.queue_prefix)}.*$"
    # Topic permissions first: between the two the user must not be able to read too much.
    for exchange in subscriber.exchanges:
        control.permit_topics(subscriber.user, exchange, NOTHING, f"^({_plain(subscriber.tenant)}|{PUBLIC_KEY})\\.")
    readable = "|".join([f"{_plain(subscriber.queue_prefix)}.*", *(_plain(exchange) for exchange in subscriber.exchanges)])
    control.permit(subscriber.user, own, own, f"^({readable})$")
    return fresh


def remove(control: Control, name: str) -> bool:
    """Removes the user of an outside system; its queues stay until an operator deletes them. False if there is none."""
    if PREFIX + name not in control.users():
        return False
    control.remove_user(PREFIX + name)
    return True


def everyone(control: Control) -> list[Subscriber]:
    """Gives all outside systems, by name."""
    found = []
    for user in sorted(control.users()):
        if user.startswith(PREFIX):
            topics = control.topics(user)
            tenants = {match.group(1).replace("\\", "") for read in topics.values() if (match := re.match(r"^\^\((.*)\|", read))}
            found.append(Subscriber(user.removeprefix(PREFIX), ",".join(sorted(tenants)), tuple(sorted(topics))))
    return found


def exchanges_of(services: Iterable[str]) -> tuple[str, ...]:
    """The exchanges that outside systems may read."""
    return tuple(f"{service}.events" for service in sorted(services))


def _plain(text: str) -> str:
    return text.replace(".", r"\.")


class Management:
    """Keeps users over the management HTTP API; `url` has the administrator's user and password."""

    def __init__(self, url: str, vhost: str) -> None:
        parts = urlsplit(url)
        self._base = f"{parts.scheme}://{parts.hostname}:{parts.port or 15672}/api"
        self._auth = (parts.username or "", parts.password or "")
        self._vhost = quote(vhost, safe="")

    def set_user(self, user: str, password: str | None) -> None:
        """See `Control`."""
        if password is not None:
            self._call("PUT", f"users/{quote(user)}", {"password": password, "tags": ""})

    def remove_user(self, user: str) -> None:
        """See `Control`."""
        self._call("DELETE", f"users/{quote(user)}")

    def users(self) -> list[str]:
        """See `Control`."""
        return [entry["name"] for entry in self._call("GET", "users")]

    def permit(self, user: str, configure: str, write: str, read: str) -> None:
        """See `Control`."""
        self._call("PUT", f"permissions/{self._vhost}/{quote(user)}", {"configure": configure, "write": write, "read": read})

    def permit_topics(self, user: str, exchange: str, write: str, read: str) -> None:
        """See `Control`."""
        self._call("PUT", f"topic-permissions/{self._vhost}/{quote(user)}", {"exchange": exchange, "write": write, "read": read})

    def topics(self, user: str) -> dict[str, str]:
        """See `Control`."""
        found = self._call("GET", f"users/{quote(user)}/topic-permissions")
        return {entry["exchange"]: entry["read"] for entry in found if quote(entry["vhost"], safe="") == self._vhost}

    def limit_queues(self, policy: str, pattern: str, definition: dict[str, Any]) -> None:
        """See `Control`."""
        self._call("PUT", f"policies/{self._vhost}/{policy}", {"pattern": pattern, "definition": definition, "apply-to": "queues"})

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = httpx.request(method, f"{self._base}/{path}", json=body, auth=self._auth, timeout=15, trust_env=False)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise ControlFailed(f"{method} {path.split('/')[0]}: {error}") from error
        return answer.json() if answer.content else None


class Rabbitmqctl:
    """Keeps users with `rabbitmqctl`, where the command line runs beside the broker."""

    def __init__(self, command: Sequence[str], vhost: str) -> None:
        self._command = tuple(command)
        self._vhost = vhost

    def set_user(self, user: str, password: str | None) -> None:
        """See `Control`. The password goes over the standard input: arguments can be seen by every user of the machine."""
        if password is not None:
            self._run("change_password" if user in self.users() else "add_user", user, given=password)

    def remove_user(self, user: str) -> None:
        """See `Control`."""
        self._run("delete_user", user)

    def users(self) -> list[str]:
        """See `Control`."""
        return [entry["user"] for entry in self._table("list_users")]

    def permit(self, user: str, configure: str, write: str, read: str) -> None:
        """See `Control`."""
        self._run("set_permissions", "-p", self._vhost, user, configure, write, read)

    def permit_topics(self, user: str, exchange: str, write: str, read: str) -> None:
        """See `Control`."""
        self._run("set_topic_permissions", "-p", self._vhost, user, exchange, write, read)

    def topics(self, user: str) -> dict[str, str]:
        """See `Control`."""
        found = self._table("list_user_topic_permissions", user)
        return {entry["exchange"]: entry["read"] for entry in found if entry["vhost"] == self._vhost}

    def limit_queues(self, policy: str, pattern: str, definition: dict[str, Any]) -> None:
        """See `Control`."""
        self._run("set_policy", "-p", self._vhost, "--apply-to", "queues", policy, pattern, json.dumps(definition))

    def _table(self, *arguments: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self._run(*arguments, "--formatter", "json") or "[]")
        return found

    def _run(self, *arguments: str, given: str = "") -> str:
        done = subprocess.run([*self._command, "-q", *arguments], input=given, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise ControlFailed(f"{arguments[0]}: {done.stderr.strip() or done.returncode}")
        return done.stdout
