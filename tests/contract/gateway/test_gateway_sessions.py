"""Sessions on a real database and a driven clock: how they end, and what two replicas do with one refresh token."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from gateway.session import METADATA, MIGRATIONS, SESSIONS, Session, Sessions, SignedIn, Vault
from services.kit.clock import DrivenClock
from services.kit.db.engine import Database
from services.kit.testing.service import database

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=8)
START = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)


class Store:
    """Two replicas on one database."""

    def __init__(self, url: str) -> None:
        self.clock = DrivenClock(START)
        self.db = Database("gateway", url, self.clock, METADATA, audit_key=b"")
        self.here, self.there = (Sessions(self.db, Vault("s" * 32), self.clock, IDLE, LONGEST) for _ in range(2))

    def pass_(self, span: timedelta) -> None:
        self.clock.set(self.clock.now() + span)


@pytest.fixture
def store(postgres: Any) -> Iterator[Store]:
    with database(postgres.url, "gateway", METADATA, MIGRATIONS) as urls:
        made = Store(urls.app)
        yield made
        made.db.dispose()


def signed_in(**changes: Any) -> SignedIn:
    values: dict[str, Any] = {
        "issuer": "https://issuer", "subject": "clerk", "issuer_session": "s1", "person": "p", "kind": "person",
        "display_name": "陈", "tenant": "t", "refresh_token": "refresh-me", "id_token": "id", "refresh_at": None,
    }  # fmt: skip
    return SignedIn(**{**values, **changes})


def found(sessions: Sessions, cookie: str) -> Session:
    session = sessions.find(cookie)
    assert session is not None
    return session


def test_a_session_is_found_by_its_cookie_alone(store: Store) -> None:
    cookie, opened = store.here.open(signed_in())
    assert found(store.there, cookie) == opened
    assert store.there.find(opened.id_hash) is None
    assert store.there.find(cookie + "x") is None


def test_a_session_ends_when_it_is_not_used(store: Store) -> None:
    cookie, _ = store.here.open(signed_in())
    store.pass_(IDLE)
    assert store.there.find(cookie) is not None
    store.pass_(IDLE + timedelta(seconds=1))
    assert store.there.find(cookie) is None
    assert store.here.find(cookie) is None


def test_a_session_ends_in_the_end_however_much_it_is_used(store: Store) -> None:
    cookie, _ = store.here.open(signed_in())
    for _ in range(15):
        store.pass_(IDLE)
        assert store.here.find(cookie) is not None
    store.pass_(IDLE)
    assert store.here.find(cookie) is None


def test_an_open_page_alone_does_not_keep_a_session(store: Store) -> None:
    cookie, _ = store.here.open(signed_in())
    store.pass_(IDLE)
    assert store.here.find_quietly(cookie) is not None
    store.pass_(timedelta(seconds=1))
    assert store.here.find_quietly(cookie) is None


def test_what_is_ended_on_one_replica_is_over_on_the_other_within_seconds(store: Store) -> None:
    cookie, opened = store.here.open(signed_in())
    assert store.there.find(cookie) is not None
    store.here.end(opened)
    assert store.here.cached(cookie) is None
    assert store.there.cached(cookie) is not None
    store.pass_(timedelta(seconds=5))
    assert store.there.cached(cookie) is None
    assert store.there.find(cookie) is None


def test_only_one_replica_uses_a_refresh_token(store: Store) -> None:
    cookie, _ = store.here.open(signed_in(refresh_at=START))
    later = START + timedelta(minutes=1)
    first, second = found(store.here, cookie), found(store.there, cookie)
    assert [store.here.claim_refresh(first, later), store.there.claim_refresh(second, later)] == [True, False]
    store.here.refreshed(first, "the-next-one", START + timedelta(hours=1))
    assert found(store.there, cookie).refresh_token == "the-next-one"


@pytest.mark.parametrize(("subject", "session", "left"), [("clerk", "", 0), ("", "s1", 1), ("clerk", "s2", 1), ("x", "", 2)])
def test_the_issuer_ends_the_sessions_that_it_names(store: Store, subject: str, session: str, left: int) -> None:
    cookies = [store.here.open(signed_in(issuer_session=name))[0] for name in ("s1", "s2")]
    ended = store.there.end_of_issuer("https://issuer", subject, session)
    assert len(ended) == 2 - left
    assert sum(store.there.find(c) is not None for c in cookies) == left


def test_another_issuer_ends_nothing(store: Store) -> None:
    cookie, _ = store.here.open(signed_in())
    assert store.here.end_of_issuer("https://other", "clerk", "s1") == []
    assert store.here.find(cookie) is not None


def test_a_session_sealed_with_a_lost_secret_is_over(store: Store) -> None:
    cookie, _ = store.here.open(signed_in())
    others = Sessions(store.db, Vault("t" * 32), store.clock, IDLE, LONGEST)
    assert others.find(cookie) is None


def test_sessions_that_are_over_are_swept(store: Store) -> None:
    for _ in range(3):
        store.here.open(signed_in())
    store.pass_(LONGEST + timedelta(seconds=1))
    store.here.open(signed_in())
    from sqlalchemy import func, select

    with store.db.plumbing() as tx:
        assert tx.scalar(select(func.count()).select_from(SESSIONS)) == 1


def test_what_is_sealed_opens_only_whole_and_in_time() -> None:
    vault = Vault("s" * 32)
    sealed = vault.seal("state")
    assert vault.open(sealed) == "state"
    assert vault.open(sealed[:-2] + "xx") is None
    assert vault.open(Fernet(Fernet.generate_key()).encrypt(b"state").decode()) is None
    assert vault.open("", 5) == ""
    old = vault._fernet.encrypt_at_time(b"state", 1000).decode()
    assert vault.open(old, max_age_seconds=600) is None


def test_marks_differ_between_sessions_and_secrets() -> None:
    marks = {Vault(secret * 32).csrf(session) for secret in "ab" for session in ("x", "y")}
    assert len(marks) == 4
