"""What the embedded issuer signs: ID tokens, access tokens, refresh tokens. Nothing is kept, so a restart signs nobody out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.kit import ids
from services.kit.clock import Clock

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 12 * 3600
ALGORITHM = "ES256"


def new_key() -> str:
    """A new private JWK for `XIAONENG_EMBEDDED_ISSUER_KEY`."""
    return json.dumps(ECKey.generate_key("P-256", private=True).as_dict(private=True))


class Signing:
    """Signs and reads back."""

    def __init__(self, issuer: str, key: str, clock: Clock) -> None:
        self._issuer = issuer
        self._key = ECKey.import_key(json.loads(key))
        self._kid = self._key.thumbprint()
        self._clock = clock

    def public_keys(self) -> dict[str, Any]:
        public = {**self._key.as_dict(private=False), "kid": self._kid, "use": "sig", "alg": ALGORITHM}
        return {"keys": [public]}

    def sign(self, claims: Mapping[str, Any], audience: str, seconds: int, kind: str = "JWT") -> str:
        now = int(self._clock.now().timestamp())
        whole = {"iss": self._issuer, "aud": audience, "iat": now, "exp": now + seconds, "jti": ids.new(), **claims}
        header = {"alg": ALGORITHM, "kid": self._kid, "typ": kind}
        return jwt.encode(header, whole, self._key, algorithms=[ALGORITHM])

    def read(self, token: str, audience: str, kind: str) -> Mapping[str, Any] | None:
        """The claims of a token of our own that still holds."""
        try:
            decoded = jwt.decode(token, self._key, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            return None
        claims = decoded.claims
        good = (
            claims.get("iss") == self._issuer
            and claims.get("aud") == audience
            and decoded.header.get("typ") == kind
            and claims.get("exp", 0) > self._clock.now().timestamp()
        )
        return claims if good else None
