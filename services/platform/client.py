"""A client of the gateway's REST, as a person: what curl would do. For seeding, demo and tests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import httpx

from gateway.issuer.people import DEMO_GRANT
from services.kit import ids

_SECONDS = 60.0


class Refused(Exception):
    """The gateway answered with an error. `reason` is the code, `clause` the regulation's entry where one refused."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        error = body.get("error", {})
        info: dict[str, Any] = next((d for d in error.get("details", ()) if d.get("@type", "").endswith("ErrorInfo")), {})
        words: dict[str, Any] = next((d for d in error.get("details", ()) if d.get("@type", "").endswith("LocalizedMessage")), {})
        self.status = status
        self.reason = str(info.get("reason", ""))
        self.metadata: dict[str, str] = info.get("metadata", {})
        self.clause = self.metadata.get("clause", "")
        self.text = str(words.get("message", error.get("message", "")))
        self.body = body
        super().__init__(f"{status} {self.reason}: {self.text}")


@dataclass
class Gateway:
    """The address of a gateway, with the tokens of those who called it. Threads share it."""

    url: str
    http: httpx.Client = field(init=False)
    _tokens: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=50)
        self.http = httpx.Client(base_url=self.url, timeout=_SECONDS, trust_env=False, limits=limits)

    def as_(self, subject: str, tenant: str = "") -> Client:
        """Calls as a person of the embedded issuer (`clerk@<tenant>`); the tenant is the one in the name unless another is given."""
        return Client(self, subject, tenant or subject.partition("@")[2])

    def token(self, subject: str) -> str:
        """The person's token; asked for once. Raises Refused for somebody whom the issuer does not know."""
        with self._lock:
            if subject not in self._tokens:
                answer = self.http.post("/issuer/token", data={"grant_type": DEMO_GRANT, "username": subject})
                self._tokens[subject] = str(Client._json(answer)["access_token"])
            return self._tokens[subject]

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()


@dataclass(frozen=True)
class Client:
    """One person in one tenant."""

    gateway: Gateway
    subject: str
    tenant: str

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Reads. Raises Refused."""
        return self._json(self._send("GET", path, params=query))

    def post(self, path: str, body: dict[str, Any] | None = None, *, request_id: str = "") -> dict[str, Any]:
        """Does something, once per `request_id`. Raises Refused."""
        return self._json(self._send("POST", path, json={"requestId": request_id or ids.new(), **(body or {})}))

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Replaces something. Raises Refused."""
        return self._json(self._send("PUT", path, json=body))

    def upload(self, path: str, name: str, content: bytes, content_type: str) -> dict[str, Any]:
        """Sends a file. Raises Refused."""
        named = {"fileName": name, "requestId": ids.new()}
        return self._json(self._send("POST", path, params=named, content=content, headers={"content-type": content_type}))

    def every(self, path: str, items: str, **query: Any) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            page = self.get(path, **query, **({"pageToken": token} if token else {}))
            found += page.get(items, [])
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.gateway.token(self.subject)}", "x-xiaoneng-tenant": self.tenant}
        options["headers"] = {**headers, **options.get("headers", {})}
        return self.gateway.http.request(method, path, **options)

    @staticmethod
    def _json(answer: httpx.Response) -> dict[str, Any]:
        body: dict[str, Any] = answer.json() if answer.content else {}
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise Refused(answer.status_code, body)
        return body
