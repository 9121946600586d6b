"""What an item is to each of its persons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.notifications.domain.todo import NEVER, Kind, State, WorkItem

AT = datetime(2025, 9, 22, tzinfo=UTC)


def an_item(**about: Any) -> WorkItem:
    given: dict[str, Any] = {
        "item": "documents/d/steps/s", "subject": "documents/d", "service": "documents", "kind": Kind.ACTION, "state": State.OPEN,
        "persons": ("wu", "zhao"), "arrived_at": AT,
    }  # fmt: skip
    return WorkItem(**given | about)


def test_an_open_item_lies_with_somebody() -> None:
    with pytest.raises(ValueError, match="nobody"):
        an_item(persons=())


def test_only_what_has_ended_has_an_end() -> None:
    with pytest.raises(ValueError, match="has ended"):
        an_item(ended_at=AT)
    with pytest.raises(ValueError, match="has not ended"):
        an_item(state=State.DONE)


def test_what_one_has_done_is_gone_from_the_other_lists() -> None:
    done = an_item(state=State.DONE, ended_by="wu", ended_at=AT)
    assert (done.fate_for("wu"), done.fate_for("zhao")) == (State.DONE, State.CANCELLED)


def test_what_a_delegate_has_done_is_done_for_the_one_who_delegated() -> None:
    done = an_item(state=State.DONE, ended_by="deputy", ended_for="wu", ended_at=AT)
    assert done.fate_for("wu") is State.DONE
    assert done.concerned == ("wu", "zhao")


def test_who_ended_it_without_being_one_of_its_persons_is_concerned_as_well() -> None:
    assert an_item(state=State.DONE, ended_by="chief", ended_at=AT).concerned == ("wu", "zhao", "chief")


def test_an_item_without_a_limit_comes_last() -> None:
    assert an_item().sort_at == NEVER
    assert an_item(due_at=AT).sort_at == AT
