"""The gateway's own tokens: what it shows to services instead of the browser's cookie or the issuer's token."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from services.kit.clock import Clock
from services.kit.identity import LIFETIME, SERVICE_SUBJECT, TokenSigner

_RENEW_SECONDS = 25
_MOST_CACHED = 10_000


@dataclass(frozen=True)
class Bearer:
    """Whom a token is for."""

    person: str
    session: str
    kind: Literal["person", "service"]


GATEWAY = Bearer(f"{SERVICE_SUBJECT}gateway", "", "service")


def read_signers(text: str) -> list[TokenSigner]:
    """Signers from a private JWK, a JWK set, or a file that holds either. The first one signs, all are published."""
    raw = text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8")
    found = json.loads(raw)
    signers = [TokenSigner.from_json(json.dumps(key)) for key in found.get("keys", [found])]
    if not signers:
        raise ValueError("no signing key")
    return signers


class Tokens:
    """Makes tokens of a minute and keeps each for as long as a service will surely take it."""

    def __init__(self, signers: Sequence[TokenSigner], clock: Clock) -> None:
        self._signers = signers
        self._clock = clock
        self._made: dict[Bearer, tuple[float, str]] = {}

    def of(self, bearer: Bearer) -> str:
        """A token with at least 25 seconds to live."""
        now = self._clock.now()
        found = self._made.get(bearer)
        if found is not None and found[0] - now.timestamp() > _RENEW_SECONDS:
            return found[1]
        token = self._signers[0].sign(bearer.person, now=now, session=bearer.session, kind=bearer.kind)
        if len(self._made) >= _MOST_CACHED:
            self._made.clear()
        self._made[bearer] = (now.timestamp() + LIFETIME.total_seconds(), token)
        return token

    def public_keys(self) -> dict[str, Any]:
        """The JWK set that services check with."""
        return {"keys": [key for signer in self._signers for key in json.loads(signer.public_json())["keys"]]}
