"""Tokens: what is accepted, what is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey

from services.kit.identity import (
    AUDIENCE,
    BadToken,
    Caller,
    PermissionMissing,
    TokenSigner,
    TokenVerifier,
    key_set,
    may,
    system,
)

NOW = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
ISSUER = "https://id.example"


@pytest.fixture(scope="module")
def signer() -> TokenSigner:
    return TokenSigner.generate()


@pytest.fixture(scope="module")
def issuer_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "issuer-1"}, private=True)


@pytest.fixture
def verifier(signer: TokenSigner, issuer_key: ECKey) -> TokenVerifier:
    public = KeySet.import_key_set({"keys": [issuer_key.as_dict(private=False)]})
    return TokenVerifier(key_set(signer.public_json()), ISSUER, public)


def by_issuer(key: Any, algorithm: str = "ES256", **claims: Any) -> str:
    issued = int(NOW.timestamp())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "iat": issued, "exp": issued + 60} | claims
    header = {"alg": algorithm, "kid": "issuer-1"}
    return jwt.encode(header, {k: v for k, v in said.items() if v is not None}, key, algorithms=[algorithm])


def test_a_token_of_the_gateway_names_person_session_and_kind(signer: TokenSigner, verifier: TokenVerifier) -> None:
    token = verifier.verify(signer.sign("li", now=NOW, session="s-1"), NOW)
    assert (token.subject, token.session, token.kind, token.by_gateway) == ("li", "s-1", "person", True)
    service = verifier.verify(signer.sign("service:gateway", now=NOW, kind="service"), NOW)
    assert (service.subject, service.kind) == ("service:gateway", "service")


def test_a_token_holds_for_a_minute_and_a_little_leeway(signer: TokenSigner, verifier: TokenVerifier) -> None:
    token = signer.sign("li", now=NOW)
    verifier.verify(token, NOW + timedelta(seconds=64))
    with pytest.raises(BadToken):
        verifier.verify(token, NOW + timedelta(seconds=65))


def test_a_token_from_the_future_is_refused(signer: TokenSigner, verifier: TokenVerifier) -> None:
    with pytest.raises(BadToken):
        verifier.verify(signer.sign("li", now=NOW + timedelta(seconds=30)), NOW)


def test_a_token_of_the_issuer_names_its_own_subject(issuer_key: ECKey, verifier: TokenVerifier) -> None:
    token = verifier.verify(by_issuer(issuer_key, xiaoneng_person="li"), NOW)
    assert (token.subject, token.person, token.by_gateway) == ("u-1", "li", False)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": None},
        {"aud": ["a", "b"]},
        {"sub": None},
        {"sub": ""},
        {"exp": None},
        {"exp": "soon"},
        {"exp": int(NOW.timestamp()) - 10},
        {"nbf": int(NOW.timestamp()) + 60},
        {"iss": "https://other.example"},
        {"iss": "xiaoneng-gateway"},
        {"sub": "service:gateway", "kind": "service"},
    ],
)
def test_a_token_with_wrong_claims_is_refused(issuer_key: ECKey, verifier: TokenVerifier, claims: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        verifier.verify(by_issuer(issuer_key, **claims), NOW)


def test_a_token_of_another_key_is_refused(verifier: TokenVerifier) -> None:
    other = ECKey.generate_key("P-256", {"kid": "issuer-1"}, private=True)
    for token in (by_issuer(other), TokenSigner.generate().sign("li", now=NOW)):
        with pytest.raises(BadToken):
            verifier.verify(token, NOW)


def test_the_public_key_used_as_a_secret_is_refused(issuer_key: ECKey, verifier: TokenVerifier) -> None:
    secret = OctKey.import_key(json.dumps(issuer_key.as_dict(private=False), sort_keys=True))
    with pytest.raises(BadToken):
        verifier.verify(by_issuer(secret, "HS256"), NOW)


def test_an_unsigned_token_is_refused(verifier: TokenVerifier, signer: TokenSigner) -> None:
    _, claims, _ = signer.sign("li", now=NOW).split(".")
    for token in (f"eyJhbGciOiJub25lIn0.{claims}.", f"{claims}", "", "a.b.c", "....", f"e30.{claims}.e30"):
        with pytest.raises(BadToken):
            verifier.verify(token, NOW)


def test_a_changed_claim_is_refused(verifier: TokenVerifier, signer: TokenSigner) -> None:
    head, _, signature = signer.sign("li", now=NOW).split(".")
    _, claims, _ = signer.sign("wang", now=NOW).split(".")
    with pytest.raises(BadToken):
        verifier.verify(f"{head}.{claims}.{signature}", NOW)


def test_a_person_cannot_be_called_like_a_service(verifier: TokenVerifier, signer: TokenSigner) -> None:
    with pytest.raises(BadToken):
        verifier.verify(signer.sign("service:gateway", now=NOW, kind="person"), NOW)


@pytest.mark.parametrize("text", ['{"keys": []}', '{"keys": [{"kty": "oct", "k": "AAAA"}]}'])
def test_a_key_set_holds_public_keys_and_only_those(text: str) -> None:
    with pytest.raises(ValueError, match="public keys"):
        key_set(text)


def test_an_issuer_cannot_pass_for_the_gateway(signer: TokenSigner) -> None:
    keys = key_set(signer.public_json())
    with pytest.raises(ValueError, match="issuer"):
        TokenVerifier(keys, "xiaoneng-gateway", keys)


def test_a_signer_comes_back_from_its_private_key_and_needs_one(signer: TokenSigner) -> None:
    assert TokenSigner.from_json(signer.private_json()).public_json() == signer.public_json()
    with pytest.raises(ValueError, match="private"):
        TokenSigner(OKPKey.import_key(json.loads(signer.public_json())["keys"][0]))


def test_what_a_caller_may_do_is_what_the_permissions_say() -> None:
    caller = Caller("li", "office", permissions=frozenset({"documents:document:read"}))
    may(caller, "documents:document:read")
    with pytest.raises(PermissionMissing) as refused:
        may(caller, "documents:document:void")
    assert refused.value.metadata == {"permission": "documents:document:void"}
    assert caller.in_tenant("other").permissions == frozenset()


def test_only_services_are_internal() -> None:
    assert system("directory").internal
    assert not Caller("li").internal
    assert not Caller("service:gateway", kind="person").internal
