"""Whom an issuer's subject is here: asked of directory, kept for a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import grpc
import grpc.aio

from gateway.calls import Calls, Outgoing
from gateway.token import GATEWAY, Tokens
from services.kit.clock import Clock
from xiaoneng.directory.v1 import identity_service_pb2 as pb

_PATH = "/xiaoneng.directory.v1.IdentityService/ResolveSubject"
_KEPT_SECONDS = 60
_UNKNOWN_KEPT_SECONDS = 5
_MOST_KEPT = 20_000


@dataclass(frozen=True)
class Membership:
    """A tenant in which a person may act."""

    tenant: str
    display_name: str


@dataclass(frozen=True)
class Person:
    """Who somebody is on this installation."""

    person: str
    display_name: str
    kind: Literal["person", "service"]
    memberships: tuple[Membership, ...]

    def belongs_to(self, tenant: str) -> bool:
        return any(m.tenant == tenant for m in self.memberships)


class Directory:
    """Resolves subjects by gRPC."""

    def __init__(self, calls: Calls, tokens: Tokens, clock: Clock, timeout: float) -> None:
        self._calls = calls
        self._tokens = tokens
        self._clock = clock
        self._timeout = timeout
        self._kept: dict[tuple[str, str], tuple[float, Person | None]] = {}

    async def resolve(self, issuer: str, subject: str, request_id: str, fresh: bool = False) -> Person | None:
        """The person bound to a subject, None where nobody is. Raises grpc.aio.AioRpcError where directory cannot say."""
        now = self._clock.now().timestamp()
        kept = self._kept.get((issuer, subject))
        if kept is not None and kept[0] > now and not fresh:
            return kept[1]
        found = await self._ask(issuer, subject, request_id)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        keep = _KEPT_SECONDS if found is not None else _UNKNOWN_KEPT_SECONDS
        self._kept[issuer, subject] = (now + keep, found)
        return found

    async def _ask(self, issuer: str, subject: str, request_id: str) -> Person | None:
        metadata = (("authorization", f"Bearer {self._tokens.of(GATEWAY)}"), ("x-request-id", request_id))
        question = pb.ResolveSubjectRequest(issuer=issuer, sub=subject)
        try:
            answer = await self._calls.ask("directory", _PATH, question, pb.ResolveSubjectResponse, Outgoing(metadata, self._timeout))
        except grpc.aio.AioRpcError as failed:
            if failed.code() in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT):
                return None
            raise
        return Person(
            person=answer.person,
            display_name=answer.display_name,
            kind="service" if answer.kind == "service" else "person",
            memberships=tuple(Membership(m.tenant, m.display_name) for m in answer.memberships),
        )
