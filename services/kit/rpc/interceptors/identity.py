"""Who calls: token, tenant, membership, permission. Nothing is taken from the network on trust."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.kit.clock import SystemClock
from services.kit.errors import Busy, Forbidden, Invalid, Unauthenticated
from services.kit.identity import LOCALE, BadToken, Caller, NotAMember, Token, TokenVerifier, may
from services.kit.ids import TENANT
from services.kit.rpc.call import Call, Interceptor

if TYPE_CHECKING:
    from services.kit.service import Ports

TOKEN = "authorization"  # noqa: S105  the name of a header
TENANT_KEY = "x-xiaoneng-tenant"
ACTING_FOR_KEY = "x-xiaoneng-acting-for"
DIRECTORY_KEY = "x-xiaoneng-min-directory"
_BEARER = "Bearer "
_WAIT_SECONDS = 1.0
_LOOK_SECONDS = 0.02


class ServicesOnly(Forbidden):
    """The method is for services of this installation only."""

    reason = "SERVICES_ONLY"
    text = "此接口仅供系统内部使用"


class NoDelegation(Forbidden):
    """The person that the caller wants to act for has given no such right now."""

    reason = "NO_DELEGATION"
    text = "没有有效的授权代办，不能代为办理"


class DirectoryBehind(Busy):
    """This service's copy of the directory is older than the caller needs."""

    reason = "DIRECTORY_BEHIND"
    text = "组织信息正在同步，请稍后重试"


@dataclass(frozen=True)
class Standing:
    """What a person is in a tenant until `until`: whether a member, and what may be done."""

    number: int
    until: datetime
    member: bool
    permissions: frozenset[str]


class Standings:
    """What persons may do, worked out from the roster and the packs and kept until either changes. Threads share it."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._known: dict[tuple[str, str], Standing] = {}
        self._lock = threading.Lock()

    def of(self, person: str, tenant: str) -> Standing:
        """What `person` is in `tenant` now."""
        roster = self._ports.rosters.recent(self._ports.db, tenant)
        now = self._ports.clock.now()
        with self._lock:
            known = self._known.get((tenant, person))
        if known is None or known.number != roster.number or now >= known.until:
            known = self._work_out(person, tenant)
            with self._lock:
                self._known[(tenant, person)] = known
        return known

    def _work_out(self, person: str, tenant: str) -> Standing:
        with self._ports.db.tenant(tenant) as tx:
            roster, now = tx.roster, self._ports.clock.now()
            until = roster.next_change(now) or datetime.max.replace(tzinfo=UTC)
            if roster.member(person, now) is None:
                return Standing(roster.number, until, False, frozenset())
            return Standing(roster.number, until, True, roster.permissions_of(person, now, tx.rules(at=now)))

    def wait_for(self, tenant: str, number: int) -> None:
        """Waits up to a second until the copy of the directory has reached `number`. Refuses: DirectoryBehind."""
        give_up = time.monotonic() + _WAIT_SECONDS
        while True:
            with self._ports.db.tenant(tenant) as tx:
                reached = tx.prelude.roster_number
            if reached >= number:
                return
            if time.monotonic() >= give_up:
                raise DirectoryBehind(reached=reached, wanted=number)
            time.sleep(_LOOK_SECONDS)


def identity(ports: Ports, verifier: TokenVerifier) -> Interceptor:
    """The interceptor of one service. Tokens live in real time, also under a driven clock."""
    standings, real = Standings(ports), SystemClock()

    @contextmanager
    def identified(call: Call) -> Iterator[None]:
        need = call.access.WhichOneof("need")
        if need != "public":
            token = verifier.verify(_bearer(call), real.now())
            call.settle(_settle(call, need or "", token, standings, ports))
        yield

    return identified


def _settle(call: Call, need: str, token: Token, standings: Standings, ports: Ports) -> Caller:
    caller = Caller(
        person=token.subject if token.by_gateway else _person_of_issuer(token),
        session=token.session,
        kind=token.kind,
        locale=call.metadata.get("accept-language") or LOCALE,
    )
    tenant = call.metadata.get(TENANT_KEY, "")
    if need == "internal":
        if not caller.internal:
            raise ServicesOnly()
        return replace(caller, tenant=tenant if TENANT.match(tenant) else "")
    if need == "signed_in":
        return caller
    return _member(call, caller, tenant, standings, ports)


def _member(call: Call, caller: Caller, tenant: str, standings: Standings, ports: Ports) -> Caller:
    if not tenant:
        raise Invalid.of(TENANT_KEY, "请先选择单位", "TENANT_MISSING")
    if not TENANT.match(tenant):
        raise NotAMember()
    wanted = call.metadata.get(DIRECTORY_KEY, "")
    if wanted.isdecimal():
        standings.wait_for(tenant, int(wanted))
    standing = standings.of(caller.person, tenant)
    if not standing.member:
        raise NotAMember()
    caller = replace(caller, tenant=tenant, permissions=standing.permissions)
    if call.access.permission:
        may(caller, call.access.permission)
    other = call.metadata.get(ACTING_FOR_KEY, "")
    if other and other != caller.person:
        roster = ports.rosters.recent(ports.db, tenant)
        if not roster.may_act_for(caller.person, other, ports.clock.now()):
            raise NoDelegation()
        caller = caller.for_person(other)
    return caller


def _bearer(call: Call) -> str:
    value = call.metadata.get(TOKEN, "")
    if not value.startswith(_BEARER):
        raise Unauthenticated()
    return value.removeprefix(_BEARER)


def _person_of_issuer(token: Token) -> str:
    """A token of the issuer names its own subject, which need not be a person of the directory: only its claim for us counts."""
    if not token.person:
        raise BadToken()
    return token.person
