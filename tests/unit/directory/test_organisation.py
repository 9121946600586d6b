"""What must hold between units, persons, posts, portfolios and delegations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.domain import organisation
from services.directory.domain.errors import (
    DelegationChain,
    DelegationCycle,
    EndedAlready,
    PeriodEmpty,
    PersonUnknown,
    PostOverlaps,
    UnitCycle,
    UnitInUse,
)
from services.kit.errors import Refusal, Stale
from services.kit.roster import Delegation, Post, Unit
from services.kit.testing.office import Office

NOW = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def at(days: float) -> datetime:
    return NOW + days * DAY


def a_post(since: float | None, until: float | None, **about: str) -> Post:
    period = (at(since) if since is not None else None, at(until) if until is not None else None)
    return replace(Post("new", "li", "a", "staff", valid_from=period[0], valid_until=period[1]), **about)


@pytest.mark.parametrize(
    ("since", "until", "overlaps"),
    [(10, None, False), (9.99, None, True), (-5, 0, False), (-5, 0.01, True), (None, None, True), (2, 3, True), (None, 0, False)],
)
def test_two_holdings_of_one_post_may_touch_and_not_overlap(since: float | None, until: float | None, overlaps: bool) -> None:
    roster = Office().unit("a").person("li").post("li", "a", "staff", valid_from=at(0), valid_until=at(10)).roster()
    refused = None
    try:
        organisation.check_post(roster, a_post(since, until), at(-9))
    except PostOverlaps as refusal:
        refused = refusal
    assert (refused is not None) == overlaps


def test_another_post_in_the_same_time_is_no_overlap() -> None:
    roster = Office().unit("a").unit("b").person("li").post("li", "a", "staff", valid_from=at(0)).roster()
    organisation.check_post(roster, a_post(1, None, kind="unit_head"), NOW)
    organisation.check_post(roster, a_post(1, None, unit="b"), NOW)


def test_a_post_that_begins_later_needs_the_person_then() -> None:
    roster = Office().unit("a").person("li", valid_until=at(5)).roster()
    organisation.check_post(roster, a_post(4, None), NOW)
    with pytest.raises(PersonUnknown):
        organisation.check_post(roster, a_post(5, None), NOW)


def test_a_post_that_began_long_ago_needs_the_person_now() -> None:
    roster = Office().unit("a").person("li", rank="").roster()
    organisation.check_post(roster, a_post(-9999, None), NOW)


@pytest.mark.parametrize("until", [0, -1])
def test_a_period_has_a_length(until: float) -> None:
    with pytest.raises(PeriodEmpty):
        organisation.check_period(a_post(0, until))


def test_an_end_is_set_once_and_may_come_earlier_than_was_planned() -> None:
    planned = a_post(0, 10)
    assert organisation.ended(planned, at(5)).valid_until == at(5)
    assert organisation.ended(planned, at(0)).valid_until == at(0)
    with pytest.raises(EndedAlready):
        organisation.ended(planned, at(10))
    with pytest.raises(PeriodEmpty):
        organisation.ended(planned, at(-1))


def test_a_unit_under_one_of_its_own_is_refused() -> None:
    roster = Office().unit("a").unit("b", parent="a").unit("c", parent="b").roster()
    for parent in ("a", "b", "c"):
        with pytest.raises(UnitCycle):
            organisation.check_changed_unit(roster, Unit("a", "a", parent=parent), NOW)
    organisation.check_changed_unit(roster, Unit("c", "c", parent="a"), NOW)


def test_a_unit_is_in_use_while_anything_in_it_lasts_longer() -> None:
    office = Office().unit("a").person("li", "", valid_until=at(3)).post("li", "a", "staff", valid_until=at(3))
    organisation.check_closed_unit(office.roster(), Unit("a", "a"), at(3))
    with pytest.raises(UnitInUse):
        organisation.check_closed_unit(office.roster(), Unit("a", "a"), at(2))
    with pytest.raises(UnitInUse):
        organisation.check_closed_unit(office.unit("b", parent="a").roster(), Unit("a", "a"), at(3))


def test_an_etag_changes_with_every_field() -> None:
    unit = Unit("a", "甲科")
    organisation.check_etag(unit, organisation.etag(unit))
    organisation.check_etag(unit, "")
    for changed in (replace(unit, display_name="乙科"), replace(unit, position=1), replace(unit, aliases=("x",))):
        with pytest.raises(Stale):
            organisation.check_etag(changed, organisation.etag(unit))


def an_office_of(*persons: str) -> Office:
    office = Office()
    for person in persons:
        office.person(person)
    return office


def a_delegation(delegator: str, to: str, since: float, until: float, *kinds: str) -> Delegation:
    return Delegation("new", delegator, to, kinds, at(since), at(until))


@pytest.mark.parametrize(
    ("delegation", "refusal"),
    [
        (a_delegation("b", "a", 1, 2), DelegationCycle),
        (a_delegation("b", "c", 1, 2), DelegationChain),
        (a_delegation("c", "a", 1, 2), DelegationChain),
        (a_delegation("a", "a", 1, 2), DelegationCycle),
        (a_delegation("b", "c", 5, 9), None),
        (a_delegation("b", "c", 1, 2, "meetings"), None),
        (a_delegation("b", "c", 1, 2, "documents.step"), DelegationChain),
        (a_delegation("a", "c", 1, 2), None),
        (a_delegation("c", "b", 1, 2), None),
    ],
)
def test_what_was_delegated_is_not_passed_on(delegation: Delegation, refusal: type[Refusal] | None) -> None:
    roster = an_office_of("a", "b", "c").delegate("a", "b", at(0), at(5), "documents").roster()
    if refusal is None:
        organisation.check_delegation(roster, delegation, NOW)
    else:
        with pytest.raises(refusal):
            organisation.check_delegation(roster, delegation, NOW)


people = st.sampled_from("abcd")
spans = st.tuples(st.integers(0, 9), st.integers(1, 5)).map(lambda span: (span[0], span[0] + span[1]))


@given(st.lists(st.tuples(people, people, spans), max_size=12), st.integers(0, 14))
def test_whatever_is_allowed_nobody_acts_for_somebody_through_another(wanted: list[tuple[str, str, tuple[int, int]]], day: int) -> None:
    office = an_office_of("a", "b", "c", "d")
    for delegator, to, (since, until) in wanted:
        delegation = a_delegation(delegator, to, since, until)
        try:
            organisation.check_delegation(office.roster(), delegation, NOW)
        except Refusal:
            continue
        office.add(replace(delegation, id=f"{len(office.rows)}"))
    roster = office.roster()
    for person in "abcd":
        gave, has = roster.delegates_of(person, at(day)), roster.acts_for(person, at(day))
        assert not (gave and has)
