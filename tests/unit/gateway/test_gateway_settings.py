"""What the gateway refuses to start with."""

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.settings import GatewaySettings, is_loopback

GOOD: dict[str, Any] = {
    "database_url": "postgresql://x", "secret": "s" * 32, "signing_keys": "{}", "issuer_url": "https://issuer.example",
}  # fmt: skip


def test_what_is_needed_is_enough() -> None:
    settings = GatewaySettings(**GOOD)
    assert (settings.host, settings.port, settings.secure) == ("127.0.0.1", 8000, False)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"secret": "short"}, "32 characters"),
        ({"public_url": "https://x/"}, "slash"),
        ({"issuer_url": ""}, "ISSUER_URL"),
        ({"issuer_url": "http://issuer.example"}, "TLS"),
        ({"issuer_url": "", "embedded_issuer": True, "bind": "0.0.0.0:8000"}, "loopback"),
        ({"issuer_url": "", "embedded_issuer": True, "public_url": "http://office.example"}, "loopback"),
    ],
)
def test_what_is_unsafe_or_missing_stops_the_start(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        GatewaySettings(**{**GOOD, **changed})


def test_the_embedded_issuer_goes_elsewhere_only_when_told() -> None:
    changed = {"issuer_url": "", "embedded_issuer": True, "bind": "0.0.0.0:8000", "embedded_issuer_anywhere": True}
    assert GatewaySettings(**{**GOOD, **changed}).issuer == "http://127.0.0.1:8000/issuer"


@pytest.mark.parametrize("missing", ["database_url", "secret", "signing_keys"])
def test_no_secret_has_a_default(missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        GatewaySettings(**{name: value for name, value in GOOD.items() if name != missing})


def test_secrets_are_not_shown() -> None:
    assert "sssss" not in repr(GatewaySettings(**GOOD))


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("localhost.evil", False)],
)
def test_loopback_is_this_machine_alone(host: str, local: bool) -> None:
    assert is_loopback(host) is local
