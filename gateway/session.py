"""Sessions of browsers, in a database of the gateway's own. The cookie holds a random id, the table its hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Index, delete, insert, select, update

from services.kit.clock import Clock
from services.kit.db.engine import Database
from services.kit.db.tables import shared_table
from services.kit.db.types import instant, new_metadata, text

METADATA = new_metadata()
MIGRATIONS = "gateway.migrations"

SESSIONS = shared_table(
    "sessions",
    METADATA,
    text("id_hash", key=True),
    text("issuer"),
    text("subject"),
    text("issuer_session", default=""),
    text("person"),
    text("kind"),
    text("display_name"),
    text("tenant", default=""),
    text("refresh_token", default=""),
    text("id_token", default=""),
    instant("created_at"),
    instant("seen_at"),
    instant("refresh_at", null=True),
    instant("expires_at"),
    Index("ix_sessions_subject", "issuer", "subject"),
    Index("ix_sessions_expires_at", "expires_at"),
)

# How long another replica may still answer for a session that was ended here.
_CACHED = timedelta(seconds=5)
_SEEN_EVERY = timedelta(seconds=60)
_MOST_CACHED = 20_000


class Vault:
    """Keys that follow from the one secret: sealing of tokens, marks against forged requests."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derive(secret, b"xiaoneng sessions")))
        self._marks = self._derive(secret, b"xiaoneng csrf")

    @staticmethod
    def _derive(secret: str, purpose: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret.encode())

    def seal(self, text_: str) -> str:
        return self._fernet.encrypt(text_.encode()).decode() if text_ else ""

    def open(self, sealed: str, max_age_seconds: int | None = None) -> str | None:
        """What was sealed; None where it is damaged, another installation's or too old."""
        if not sealed:
            return ""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=max_age_seconds).decode()
        except (InvalidToken, UnicodeError):
            return None

    def csrf(self, session_hash: str) -> str:
        """What a page of this session must send along with a change."""
        return hmac.new(self._marks, session_hash.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Session:
    """A signed-in browser."""

    id_hash: str
    issuer: str
    subject: str
    issuer_session: str
    person: str
    kind: str
    display_name: str
    tenant: str
    refresh_token: str
    id_token: str
    created_at: datetime
    seen_at: datetime
    refresh_at: datetime | None
    expires_at: datetime

    @property
    def sid(self) -> str:
        """The name of the session towards services and in logs; it opens nothing."""
        return self.id_hash[:32]


@dataclass(frozen=True)
class SignedIn:
    """What a finished sign-in knows."""

    issuer: str
    subject: str
    issuer_session: str
    person: str
    kind: str
    display_name: str
    tenant: str
    refresh_token: str
    id_token: str
    refresh_at: datetime | None


def hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


class Sessions:
    """The table and a cache of a few seconds in front of it. Blocking: call it from a thread."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, idle: timedelta, longest: timedelta) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._idle = idle
        self._longest = longest
        self._cache: dict[str, tuple[datetime, Session]] = {}
        self._lock = threading.Lock()

    def open(self, signed_in: SignedIn) -> tuple[str, Session]:
        """Starts a session; returns the cookie's value. Sweeps a few that are over."""
        cookie = secrets.token_urlsafe(32)
        now = self._clock.now()
        session = Session(
            id_hash=hash_of(cookie),
            created_at=now,
            seen_at=now,
            expires_at=now + self._longest,
            **signed_in.__dict__,
        )
        row = {**session.__dict__, **self._sealed(session)}
        over = select(SESSIONS.c.id_hash).where(SESSIONS.c.expires_at < now).limit(100)
        with self._db.plumbing() as tx:
            tx.execute(insert(SESSIONS).values(row))
            tx.execute(delete(SESSIONS).where(SESSIONS.c.id_hash.in_(over)))
        return cookie, session

    def cached(self, cookie: str) -> Session | None:
        """The session when it was read a moment ago: no question to the database."""
        found = self._cache.get(hash_of(cookie))
        if found is None:
            return None
        read_at, session = found
        return session if self._clock.now() - read_at < _CACHED else None

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie, None where it is over. Being asked for keeps it alive."""
        id_hash = hash_of(cookie)
        now = self._clock.now()
        with self._db.plumbing() as tx:
            row = tx.one(select(SESSIONS).where(SESSIONS.c.id_hash == id_hash))
            session = None if row is None else self._opened(row._mapping)
            if session is None or now >= session.expires_at or now - session.seen_at > self._idle:
                tx.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == id_hash))
                self._forget(id_hash)
                return None
            if now - session.seen_at > _SEEN_EVERY:
                tx.execute(update(SESSIONS).where(SESSIONS.c.id_hash == id_hash).values(seen_at=now))
                session = replace(session, seen_at=now)
        self._remember(session)
        return session

    def find_quietly(self, cookie: str) -> Session | None:
        """The session of a cookie without keeping it alive: an open page alone does not count as use."""
        now = self._clock.now()
        with self._db.plumbing() as tx:
            row = tx.one(select(SESSIONS).where(SESSIONS.c.id_hash == hash_of(cookie)))
        session = None if row is None else self._opened(row._mapping)
        over = session is None or now >= session.expires_at or now - session.seen_at > self._idle
        return None if over else session

    def switch(self, session: Session, tenant: str) -> None:
        """Makes another tenant the active one."""
        with self._db.plumbing() as tx:
            tx.execute(update(SESSIONS).where(SESSIONS.c.id_hash == session.id_hash).values(tenant=tenant))
        self._forget(session.id_hash)

    def claim_refresh(self, session: Session, until: datetime) -> bool:
        """Takes the work of refreshing; only one replica gets it, because a refresh token may work only once."""
        with self._db.plumbing() as tx:
            done = tx.execute(
                update(SESSIONS)
                .where(SESSIONS.c.id_hash == session.id_hash, SESSIONS.c.refresh_at == session.refresh_at)
                .values(refresh_at=until)
            )
        self._forget(session.id_hash)
        return done == 1

    def refreshed(self, session: Session, refresh_token: str, refresh_at: datetime | None) -> None:
        """Keeps the new refresh token."""
        values = {"refresh_token": self._vault.seal(refresh_token), "refresh_at": refresh_at}
        with self._db.plumbing() as tx:
            tx.execute(update(SESSIONS).where(SESSIONS.c.id_hash == session.id_hash).values(**values))
        self._forget(session.id_hash)

    def end(self, session: Session) -> None:
        with self._db.plumbing() as tx:
            tx.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == session.id_hash))
        self._forget(session.id_hash)

    def end_of_issuer(self, issuer: str, subject: str, issuer_session: str) -> list[str]:
        """Ends the sessions that a back-channel logout names; returns their sids."""
        matching = delete(SESSIONS).where(SESSIONS.c.issuer == issuer)
        if subject:
            matching = matching.where(SESSIONS.c.subject == subject)
        if issuer_session:
            matching = matching.where(SESSIONS.c.issuer_session == issuer_session)
        with self._db.plumbing() as tx:
            ended = [row.id_hash for row in tx.returning(matching.returning(SESSIONS.c.id_hash))]
        for id_hash in ended:
            self._forget(id_hash)
        return [id_hash[:32] for id_hash in ended]

    def alive(self) -> None:
        """Asks the database for nothing; raises where it cannot be reached."""
        with self._db.plumbing() as tx:
            tx.one(select(SESSIONS.c.id_hash).where(SESSIONS.c.id_hash == ""))

    def csrf(self, session: Session) -> str:
        return self._vault.csrf(session.id_hash)

    def _sealed(self, session: Session) -> dict[str, str]:
        return {
            "refresh_token": self._vault.seal(session.refresh_token),
            "id_token": self._vault.seal(session.id_token),
        }

    def _opened(self, row: Mapping[Any, Any]) -> Session | None:
        refresh_token = self._vault.open(row["refresh_token"])
        id_token = self._vault.open(row["id_token"])
        if refresh_token is None or id_token is None:
            return None  # sealed with a secret that is gone: the person signs in again
        return Session(**{**row, "refresh_token": refresh_token, "id_token": id_token})  # type: ignore[arg-type]

    def _remember(self, session: Session) -> None:
        with self._lock:
            if len(self._cache) >= _MOST_CACHED:
                self._cache.clear()
            self._cache[session.id_hash] = (self._clock.now(), session)

    def _forget(self, id_hash: str) -> None:
        with self._lock:
            self._cache.pop(id_hash, None)
