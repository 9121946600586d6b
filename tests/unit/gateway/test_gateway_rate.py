"""Counting of requests."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway import rate
from gateway.rate import Counts, Rate
from services.kit.clock import DrivenClock

START = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)


def test_a_window_takes_so_many_and_then_says_how_long_to_wait() -> None:
    clock = DrivenClock(START)
    counts = Counts(clock)
    assert [counts.hit(Rate(2, 60), "who", "a") for _ in range(3)] == [0, 0, 60]
    clock.set(START + timedelta(seconds=59.5))
    assert counts.hit(Rate(2, 60), "who", "a") == 1
    clock.set(START + timedelta(seconds=60))
    assert counts.hit(Rate(2, 60), "who", "a") == 0


def test_keys_and_kinds_are_counted_apart() -> None:
    counts = Counts(DrivenClock(START))
    assert [counts.hit(Rate(1, 60), kind, key) for kind in "xy" for key in "ab"] == [0, 0, 0, 0]


def test_looking_does_not_count() -> None:
    counts = Counts(DrivenClock(START))
    assert [counts.waits(Rate(1, 60), "who", "a") for _ in range(3)] == [0, 0, 0]
    counts.hit(Rate(1, 60), "who", "a")
    assert counts.waits(Rate(1, 60), "who", "a") == 60


def test_a_flood_of_keys_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "_MOST_KEPT", 100)
    counts = Counts(DrivenClock(START))
    for key in range(1000):
        counts.hit(Rate(5, 60), "who", str(key))
    assert len(counts._windows) <= 100


@pytest.mark.parametrize(("text", "amount", "seconds"), [("3/hour", 3, 3600), ("10 per 2 minutes", 10, 120), ("5/second", 5, 1)])
def test_rates_are_written_in_words(text: str, amount: int, seconds: int) -> None:
    assert Rate.of(text) == Rate(amount, seconds)
