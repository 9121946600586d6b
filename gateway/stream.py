"""Live updates by server-sent events: which things a page should read again, never what they say.

One subscription per replica, fanned out in memory. A person named in an event hears which subject changed; everybody else in the
tenant hears only in which collection something changed, because a subject may not be theirs to know of. Nothing is replayed: a
stream that reconnects reads again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog

from gateway import metrics

log = structlog.get_logger("gateway.stream")

COMMENT_SECONDS = 15.0
_GATHER_SECONDS = 1.0
_MOST_WAITING = 200
_MOST_PER_PERSON = 10
_PREFIX = "cn.xiaoneng."
_EVERYTHING = json.dumps({"read": "*"})

HEADERS = {
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "content-type": "text/event-stream; charset=utf-8",
}


class Stream:
    """One open stream of a person in a tenant."""

    def __init__(self, person: str, tenant: str, sid: str) -> None:
        self.person = person
        self.tenant = tenant
        self.sid = sid
        self.over = False
        self._waiting: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    def push(self, data: str, at_once: bool) -> None:
        """Puts a message in line; one that waits already is not doubled. What is not urgent gathers for a second."""
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting = {_EVERYTHING: None}
        else:
            self._waiting[data] = None
        if at_once:
            self._wake.set()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._wake.set)

    def end(self) -> None:
        self.over = True
        self._wake.set()

    async def messages(self, still: Callable[[], Awaitable[bool]], comment_seconds: float) -> AsyncIterator[bytes]:
        """The body of the answer. Ends when told to, or when `still` says that the session is over."""
        yield b"retry: 3000\nevent: ready\ndata: {}\n\n"
        while not self.over:
            try:
                async with asyncio.timeout(comment_seconds):
                    await self._wake.wait()
            except TimeoutError:
                if not await still():
                    break
                yield b": still here\n\n"
                continue
            self._wake.clear()
            self._timer = None
            waiting, self._waiting = self._waiting, {}
            for data in waiting:
                yield f"event: change\ndata: {data}\n\n".encode()
        yield b"event: end\ndata: {}\n\n"


class LiveUpdates:
    """All open streams of this process. `publish`, `lost_some` and `close` may be called from any thread."""

    def __init__(self, comment_seconds: float = COMMENT_SECONDS) -> None:
        self._streams: dict[str, list[Stream]] = {}
        self._comment_seconds = comment_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def start(self) -> None:
        """Ties it to the running event loop."""
        self._loop = asyncio.get_running_loop()

    def publish(self, event: Mapping[str, Any]) -> None:
        """Tells the streams of an event (CloudEvents, JSON form)."""
        self._soon(self._fan_out, event)

    def lost_some(self) -> None:
        """Events may have passed unheard: everybody reads again."""
        self._soon(self._all_again)

    def close(self) -> None:
        """Ends all streams and takes no new ones."""
        self._closed = True
        self._soon(self._end_all)

    def end_session(self, sid: str) -> None:
        """Ends the streams of a session that is over. Called in the event loop."""
        for streams in self._streams.values():
            for stream in streams:
                if stream.sid == sid:
                    stream.end()

    @property
    def count(self) -> int:
        return sum(len(streams) for streams in self._streams.values())

    async def messages(self, person: str, tenant: str, sid: str, still: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        """A stream of a person; gone from the list when the client goes."""
        stream = Stream(person, tenant, sid)
        mine = self._streams.setdefault(tenant, [])
        others = [s for s in mine if s.person == person]
        for oldest in others[: len(others) + 1 - _MOST_PER_PERSON]:
            oldest.end()
        mine.append(stream)
        metrics.LIVE.inc()
        if self._closed:
            stream.end()
        try:
            async for message in stream.messages(still, self._comment_seconds):
                yield message
        finally:
            metrics.LIVE.dec()
            mine.remove(stream)
            if not mine and self._streams.get(tenant) is mine:
                del self._streams[tenant]

    def _soon(self, act: Callable[..., None], *arguments: Any) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(act, *arguments)

    def _fan_out(self, event: Mapping[str, Any]) -> None:
        kind = str(event.get("type", "")).removeprefix(_PREFIX)
        subject = str(event.get("subject", ""))
        named = persons_of(event.get("data"))
        exact = json.dumps({"read": subject, "type": kind}, ensure_ascii=False)
        vague = json.dumps({"read": subject.partition("/")[0]}, ensure_ascii=False)
        heard = False
        for tenant in tenants_of(event):
            for stream in self._streams.get(tenant, ()):
                stream.push(exact if stream.person in named else vague, at_once=stream.person in named)
                heard = True
        metrics.LIVE_EVENTS.labels("sent" if heard else "unheard").inc()

    def _all_again(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.push(_EVERYTHING, at_once=True)

    def _end_all(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.end()


def tenants_of(event: Mapping[str, Any]) -> Iterable[str]:
    """The tenants that an event is for: its receivers, else its own."""
    receivers = str(event.get("receivers") or "")
    return [t for t in receivers.split(",") if t] or [str(event.get("tenant", ""))]


def persons_of(data: Any) -> frozenset[str]:
    """The persons that the data of an event names, at the top or one level below (`item.persons`)."""
    found: set[str] = set()
    if isinstance(data, Mapping):
        for holder in (data, *(v for v in data.values() if isinstance(v, Mapping))):
            one, several = holder.get("person"), holder.get("persons")
            if isinstance(one, str):
                found.add(one)
            if isinstance(several, list):
                found.update(p for p in several if isinstance(p, str))
    return frozenset(found)
