"""Who calls, what that one may do, and the tokens that say so.

Services accept tokens of exactly two key sets: the gateway's (a token of its own for every call, EdDSA, a minute long) and that of the
configured issuer. Only asymmetric algorithms; issuer, audience and expiry are checked on every token.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.util import urlsafe_b64decode

from services.kit import ids
from services.kit.errors import Forbidden, Unauthenticated

GATEWAY_ISSUER = "xiaoneng-gateway"
AUDIENCE = "xiaoneng"
LIFETIME = timedelta(seconds=60)
LEEWAY = timedelta(seconds=5)
SERVICE_SUBJECT = "service:"
LOCALE = "zh-CN"

_ALGORITHMS = {
    "gateway": ["Ed25519", "EdDSA"],
    "issuer": ["Ed25519", "EdDSA", "ES256", "ES384", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
}
_KEPT_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `tenant` is the active one; `acting_for` names the person whose step is done under a delegation."""

    person: str
    tenant: str = ""
    session: str = ""
    kind: Literal["person", "service"] = "person"
    permissions: frozenset[str] = frozenset()
    locale: str = LOCALE
    acting_for: str | None = None

    @property
    def internal(self) -> bool:
        """Whether it is a service of this installation."""
        return self.kind == "service" and self.person.startswith(SERVICE_SUBJECT)

    def for_person(self, other: str) -> Caller:
        """The same caller acting for somebody else; whether that is allowed is the roster's answer at that moment."""
        return replace(self, acting_for=other if other != self.person else None)

    def in_tenant(self, tenant: str) -> Caller:
        """The same caller in another tenant, without any permission there."""
        return replace(self, tenant=tenant, permissions=frozenset())


class PermissionMissing(Forbidden):
    """The caller's posts do not include this kind of act."""

    reason = "PERMISSION_MISSING"
    text = "您没有进行此项操作的权限（{permission}）"


class NotAMember(Forbidden):
    """The person does not belong to the active tenant now."""

    reason = "NOT_A_MEMBER"
    text = "您不是该单位的成员，请切换单位或联系管理员"


def may(caller: Caller, permission: str) -> None:
    """Refuses a kind of act that is not the caller's: PermissionMissing."""
    if permission not in caller.permissions:
        raise PermissionMissing(permission=str(permission))


def system(service: str, tenant: str = "") -> Caller:
    """The platform itself, when a loop or a handler acts."""
    return Caller(person=f"{SERVICE_SUBJECT}{service}", tenant=tenant, kind="service")


class BadToken(Unauthenticated):
    """The token does not hold; why is in the log, not in the answer."""

    reason = "TOKEN_INVALID"
    text = "登录状态无效或已过期，请重新登录"


@dataclass(frozen=True, slots=True)
class Token:
    """A verified token. A token of the issuer names its own subject, and only in its claim `xiaoneng_person` a person of the
    directory; `kind` is only ever said by the gateway."""

    issuer: str
    subject: str
    session: str
    kind: Literal["person", "service"]
    expires: datetime
    person: str = ""

    @property
    def by_gateway(self) -> bool:
        """Whether the gateway made it, so that its subject is a person of the directory."""
        return self.issuer == GATEWAY_ISSUER


class TokenSigner:
    """Makes the tokens with which the gateway, and services among themselves, call services. Ed25519, named as RFC 9864 wants it."""

    def __init__(self, key: OKPKey) -> None:
        if key.is_private is False:
            raise ValueError("signing needs the private key")
        self._key = key
        self._kid = key.thumbprint()

    @classmethod
    def generate(cls) -> TokenSigner:
        """A signer with a new key."""
        return cls(OKPKey.generate_key("Ed25519", private=True))

    @classmethod
    def from_json(cls, key: str) -> TokenSigner:
        """A signer from a private JWK."""
        return cls(OKPKey.import_key(json.loads(key)))

    def private_json(self) -> str:
        """The private JWK, for a secret."""
        return json.dumps(self._key.as_dict(private=True))

    def public_json(self) -> str:
        """The JWK set that services verify with."""
        return json.dumps({"keys": [{**self._key.as_dict(private=False), "kid": self._kid, "use": "sig", "alg": "Ed25519"}]})

    def sign(
        self,
        subject: str,
        *,
        now: datetime,
        session: str = "",
        kind: Literal["person", "service"] = "person",
        lifetime: timedelta = LIFETIME,
    ) -> str:
        """Makes a token for a person's id, or for `service:<name>` with kind `service`."""
        issued = int(now.timestamp())
        claims: dict[str, Any] = {
            "iss": GATEWAY_ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "sid": session,
            "kind": kind,
            "iat": issued,
            "exp": issued + int(lifetime.total_seconds()),
            "jti": ids.new(),
        }
        return jwt.encode({"alg": "Ed25519", "kid": self._kid, "typ": "JWT"}, claims, self._key, algorithms=["Ed25519"])


class TokenVerifier:
    """Verifies tokens of the gateway and of one issuer, and keeps what it has verified until it expires. Threads share it."""

    def __init__(self, gateway_keys: KeySet, issuer: str = "", issuer_keys: KeySet | None = None, audience: str = AUDIENCE) -> None:
        self._sets: dict[str, tuple[KeySet, list[str]]] = {GATEWAY_ISSUER: (gateway_keys, _ALGORITHMS["gateway"])}
        if issuer and issuer_keys is not None:
            if issuer == GATEWAY_ISSUER:
                raise ValueError(f"an issuer cannot be called {GATEWAY_ISSUER}")
            self._sets[issuer] = (issuer_keys, _ALGORITHMS["issuer"])
        self._audience = audience
        self._verified: OrderedDict[str, Token] = OrderedDict()
        self._lock = threading.Lock()

    def verify(self, token: str, now: datetime) -> Token:
        """Returns what a token says. Refuses: BadToken (also one that has expired, is not for us or not yet valid)."""
        with self._lock:
            known = self._verified.get(token)
        if known is None:
            known = self._check(token, now)
            with self._lock:
                self._verified[token] = known
                while len(self._verified) > _KEPT_TOKENS:
                    self._verified.popitem(last=False)
        if now >= known.expires + LEEWAY:
            with self._lock:
                self._verified.pop(token, None)
            raise BadToken()
        return known

    def _check(self, token: str, now: datetime) -> Token:
        try:
            issuer = str(_unverified(token).get("iss", ""))
            keys, algorithms = self._sets[issuer]
            claims = jwt.decode(token, keys, algorithms=algorithms).claims
        except (JoseError, KeyError, ValueError) as wrong:
            raise BadToken() from wrong
        audiences = claims.get("aud")
        if self._audience not in (audiences if isinstance(audiences, list) else [audiences]):
            raise BadToken()
        subject, expiry = claims.get("sub"), _instant(claims.get("exp"))
        if not isinstance(subject, str) or not subject or now + LEEWAY < _instant(claims.get("nbf", claims.get("iat", 0))):
            raise BadToken()
        service = issuer == GATEWAY_ISSUER and claims.get("kind") == "service"
        if subject.startswith(SERVICE_SUBJECT) and not service:
            raise BadToken()
        kind: Literal["person", "service"] = "service" if service else "person"
        person = claims.get("xiaoneng_person", "")
        return Token(issuer, subject, str(claims.get("sid", "")), kind, expiry, person if isinstance(person, str) else "")


def key_set(text_or_path: str) -> KeySet:
    """Reads a JWK set from its text or from the file of that path. Refuses symmetric keys and an empty set: ValueError."""
    text = text_or_path if text_or_path.lstrip().startswith("{") else Path(text_or_path).read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    keys: Sequence[Mapping[str, Any]] = data.get("keys", ())
    if not keys or any(key.get("kty") == "oct" for key in keys):
        raise ValueError("a key set needs public keys, and only those")
    return KeySet.import_key_set({"keys": [dict(key) for key in keys]})


def _instant(seconds: object) -> datetime:
    """A NumericDate. Refuses what is none: BadToken."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise BadToken()
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as wrong:
        raise BadToken() from wrong


def _unverified(token: str) -> Mapping[str, Any]:
    """The claims before the signature is checked: only to learn which key set to check it with."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("not a signed token")
    claims = json.loads(urlsafe_b64decode(parts[1].encode()))
    if not isinstance(claims, dict):
        raise ValueError("not claims")
    return claims
