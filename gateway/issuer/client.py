"""What the command line needs of the embedded issuer."""

from __future__ import annotations

import httpx

from gateway.issuer.people import DEMO_GRANT


class NoToken(Exception):
    """The platform does not run, or knows no such person."""


def token_of(public_url: str, subject: str) -> str:
    """An access token of a demo person (`clerk@<tenant>`), for curl. Raises NoToken."""
    try:
        answer = httpx.post(
            f"{public_url}/issuer/token",
            data={"grant_type": DEMO_GRANT, "username": subject},
            timeout=10,
            trust_env=False,
        )
    except httpx.HTTPError as failed:
        raise NoToken(f"{public_url} does not answer: {failed}") from failed
    if answer.status_code != httpx.codes.OK:
        raise NoToken(f"no token for {subject!r}: {answer.text[:200]}")
    return str(answer.json()["access_token"])
