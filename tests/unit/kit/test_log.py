"""What stands in the logs, and what never does."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from services.kit import log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The lines of a process that logs as ours do."""
    stream = io.StringIO()
    log.configure("info", stream)
    yield stream
    structlog.reset_defaults()


def test_a_line_is_json_with_a_short_name_and_its_fields(lines: io.StringIO) -> None:
    structlog.get_logger().info("event_dead_lettered", type="documents.step.arrived.v1")
    said = json.loads(lines.getvalue())
    assert (said["event"], said["type"], said["level"]) == ("event_dead_lettered", "documents.step.arrived.v1", "info")
    assert said["timestamp"].endswith("Z")


def test_an_exception_is_told_without_the_variables_of_its_frames(lines: io.StringIO) -> None:
    title = "关于人事任免的请示"
    try:
        raise ValueError(len(title))
    except ValueError:
        structlog.get_logger().exception("loop_step_failed")
    said = json.loads(lines.getvalue())
    assert said["exception"][0]["exc_type"] == "ValueError"
    assert "人事任免" not in lines.getvalue()


def test_what_is_below_the_level_is_not_said(lines: io.StringIO) -> None:
    structlog.get_logger().debug("batch_taken_apart")
    assert lines.getvalue() == ""


def test_libraries_speak_in_the_same_form_from_warnings_on(lines: io.StringIO) -> None:
    logging.getLogger("some.library").info("hello")
    logging.getLogger("some.library").warning("careful")
    (line,) = lines.getvalue().splitlines()
    assert json.loads(line)["text"] == "careful"
