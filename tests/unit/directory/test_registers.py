"""Entries of registers and who has too few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.directory.domain import gaps, registers
from services.directory.domain.errors import EndedAlready, FieldInvalid, NotProposed, UnitUnknown
from services.directory.domain.registers import Entry, State
from services.kit.errors import Citation
from services.kit.policy.model import Register, RegisterField
from services.kit.roster import Roster
from services.kit.testing.office import Office

NOW = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
CITED = Citation("trial/1.1", "第一条", "每科一至二名", "试行办法", "trial", 1)
GUIDES = Register(
    "guides", CITED, "guides", "向导", (RegisterField("person", "向导", "person"),), "unit", unit_kinds=("section",), least=1, most=2,
    gap="GUIDE_MISSING", approved_by=("office_head", "leader"),
)  # fmt: skip
RIVERS = Register("rivers", CITED, "rivers", "河长", (RegisterField("person", "河长", "person"),), "each", each=("east", "west"), least=1)


@pytest.fixture
def roster() -> Roster:
    return Office().unit("office", "office").unit("a").unit("b").person("li", "a").person("wu", "b").roster()


def an_entry(roster: Roster, holder: str = "a", person: str = "li", register: Register = GUIDES) -> Entry:
    return registers.proposed(register, "id", holder, {"person": person}, "li", roster, NOW)


def test_consents_come_in_their_order_and_the_last_one_counts(roster: Roster) -> None:
    proposed = an_entry(roster)
    assert (proposed.state, proposed.awaiting, proposed.valid_from) == (State.PROPOSED, "office_head", None)
    half = proposed.approved("sun", NOW)
    assert (half.state, half.awaiting) == (State.PROPOSED, "leader")
    done = half.approved("wang", NOW + timedelta(hours=1))
    assert (done.state, done.awaiting, done.valid_from) == (State.ACTIVE, "", NOW + timedelta(hours=1))
    with pytest.raises(NotProposed):
        done.approved("wang", NOW)


def test_an_entry_that_nobody_consents_to_counts_at_once(roster: Roster) -> None:
    entry = an_entry(roster, "east", register=RIVERS)
    assert (entry.state, entry.valid_from, entry.unit) == (State.ACTIVE, NOW, "")


def test_a_refusal_ends_the_asking(roster: Roster) -> None:
    refused = an_entry(roster).rejected("sun", NOW, "不合适")
    assert (refused.state, refused.awaiting, refused.decisions[0].approved) == (State.REJECTED, "", False)
    with pytest.raises(EndedAlready):
        refused.ended(NOW)


def test_what_an_entry_belongs_to_is_the_registers_to_say(roster: Roster) -> None:
    with pytest.raises(UnitUnknown):
        an_entry(roster, "nowhere")
    with pytest.raises(FieldInvalid):
        an_entry(roster, "north", register=RIVERS)


def test_an_entry_ends_when_the_person_leaves_the_unit_it_was_proposed_from(roster: Roster) -> None:
    own, foreign = an_entry(roster, "a", "li"), an_entry(roster, "a", "wu")
    moved = Office().unit("a").unit("b").person("li", "b").person("wu", "a").roster()
    assert registers.has_left(own, GUIDES, moved, NOW)
    assert not registers.has_left(foreign, GUIDES, moved, NOW)
    assert registers.has_left(foreign, GUIDES, Office().roster(), NOW)


def test_units_of_the_registers_kinds_with_too_few_entries_are_short(roster: Roster) -> None:
    active = replace(an_entry(roster), state=State.ACTIVE, valid_from=NOW)
    assert [s.holder for s in gaps.shortages(GUIDES, [active], roster, NOW)] == ["b"]
    assert [s.holder for s in gaps.shortages(GUIDES, [an_entry(roster)], roster, NOW)] == ["a", "b"]
    assert gaps.shortages(GUIDES, [], roster, NOW, among=frozenset()) == []


def test_a_shortage_lasts_since_the_last_entry_ended(roster: Roster) -> None:
    ended = replace(an_entry(roster), state=State.ENDED, valid_from=NOW, valid_until=NOW + timedelta(hours=3))
    earlier = replace(ended, valid_until=NOW + timedelta(hours=1))
    never = replace(ended, valid_from=None, valid_until=NOW + timedelta(hours=9))
    found = {s.holder: s.since for s in gaps.shortages(GUIDES, [earlier, ended, never], roster, NOW + timedelta(days=1))}
    assert found == {"a": NOW + timedelta(hours=3), "b": None}
