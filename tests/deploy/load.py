"""Requests that run while containers are restarted, and what became of each."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from services.kit import ids
from services.platform.client import Client, Refused

DRAIN_SECONDS = 30.0
"""What `docs/operating.md` allows a process for what it has begun; nobody waits longer for an answer while it goes."""


@dataclass
class Load:
    """Some threads register documents, with retries of their own, and read lists. `acknowledged` is what the platform has said yes to."""

    client: Client
    threads: int = 3
    pause: float = 0.05
    """Seconds between the requests of a thread."""
    acknowledged: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Load:
        for number in range(self.threads):
            thread = threading.Thread(target=self._run, args=(number,), daemon=True)
            thread.start()
            self._running.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._running:
            thread.join(90)

    def mark(self) -> None:
        """Begins to measure the longest time without an answer anew."""
        with self._lock:
            self.longest = 0.0
            self.outcomes.clear()

    def _run(self, number: int) -> None:
        while not self._stop.is_set():
            self._register(number)
            time.sleep(self.pause)

    def _register(self, number: int) -> None:
        """One document: the same request again until it is answered."""
        request_id, started, waited = ids.new(), time.monotonic(), False
        body = {"title": f"重启演练 {request_id}", "sender": "市人民政府办公室", "senderNumber": request_id, "documentType": "tongzhi",
                "source": "superior_document"}  # fmt: skip
        while not self._stop.is_set():
            try:
                name = str(self.client.post("/v1/documents:register", body, request_id=request_id)["name"])
            except (httpx.HTTPError, Refused) as failed:
                waited = True
                reason = failed.reason or str(failed.status) if isinstance(failed, Refused) else type(failed).__name__
                self._note(reason, 0.0)
                time.sleep(self.pause)
                continue
            with self._lock:
                self.acknowledged.add(name)
            self._note("registered", time.monotonic() - started if waited else 0.0)
            return

    def _note(self, outcome: str, waited: float) -> None:
        with self._lock:
            self.outcomes[outcome] += 1
            self.longest = max(self.longest, waited)
