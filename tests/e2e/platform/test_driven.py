"""A platform whose time is driven: for demos and for the tests of the web app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.platform.client import Refused
from tests.e2e.platform.conftest import Running
from tests.e2e.platform.test_up import register, waiting


@pytest.fixture
def driven(place: Path) -> Iterator[Running]:
    """The platform on a clock that stands on Monday 2019-09-23, 08:30 in Shanghai."""
    options = ("--clock", "driven", "--start", "2019-09-23T00:30:00")
    running = Running(place / "data", options)
    try:
        yield running.start()
    finally:
        running.close()


def test_time_passes_when_it_is_told_to_and_goes_on_from_there_after_a_restart(driven: Running) -> None:
    clerk = driven.gateway.as_("clerk@ganzhou")
    assert clerk.get("/v1/clock")["time"] == "2019-09-23T00:30:00Z"
    document = register(clerk, "1号")
    assert waiting(clerk, document)[0]["dueTime"] == "2019-09-23T06:30:00Z"
    clerk.post("/v1/clock:advance", {"time": "2019-09-23T07:00:00Z"})
    assert waiting(clerk, document)[0]["overdue"]
    kinds = [message["kind"] for message in clerk.every("/v1/messages", "messages")]
    assert kinds == ["MESSAGE_KIND_REMINDER", "MESSAGE_KIND_BREACH", "MESSAGE_KIND_REMINDER"]
    with pytest.raises(Refused) as back:
        clerk.post("/v1/clock:advance", {"time": "2019-09-22T00:00:00Z"})
    assert back.value.reason == "CLOCK_GOES_BACK"
    driven.interrupt()
    driven.start()
    assert driven.gateway.as_("clerk@ganzhou").get("/v1/clock")["time"] == "2019-09-23T07:00:00Z"
