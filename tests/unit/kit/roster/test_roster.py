"""Units, delegations, calendars and moments of change of a snapshot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.kit.roster import CalendarDay, Delegation, Member, Portfolio, Post, Tenant, Unit
from services.kit.roster.model import Row
from services.kit.roster.rows import from_proto, keys_from_proto, keys_to_proto, to_proto
from services.kit.testing.office import Office

NOW = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_units_of_a_person_are_the_own_one_and_those_of_the_posts() -> None:
    roster = Office().unit("a").unit("b").person("li", "a", "staff").post("li", "b", "unit_head").roster()
    assert roster.units_of("li", NOW) == ["a", "b"]
    assert [member.person for member in roster.members(NOW, "b")] == ["li"]


def test_a_unit_that_stands_above_itself_does_not_hang_the_snapshot() -> None:
    roster = Office().unit("a", parent="b").unit("b", parent="a").roster()
    assert list(roster.ancestors("a")) == ["a", "b"]


def test_a_delegation_holds_in_its_period_for_its_kinds() -> None:
    office = Office().person("li").person("wu").delegate("li", "wu", NOW, NOW + DAY, "documents")
    roster = office.roster()
    assert roster.may_act_for("wu", "li", NOW, "documents.step")
    assert not roster.may_act_for("wu", "li", NOW, "meetings.leave")
    assert not roster.may_act_for("wu", "li", NOW - timedelta(microseconds=1))
    assert not roster.may_act_for("wu", "li", NOW + DAY)
    assert not roster.may_act_for("li", "wu", NOW)


def test_delegations_make_no_chains() -> None:
    office = Office().person("li").person("wu").person("he").delegate("li", "wu", NOW, NOW + DAY).delegate("wu", "he", NOW, NOW + DAY)
    assert not office.roster().may_act_for("he", "li", NOW)


def test_a_delegation_ends_with_the_membership_of_either() -> None:
    office = Office().person("li", valid_until=NOW).person("wu").delegate("li", "wu", NOW - DAY, NOW + DAY)
    assert office.roster().acts_for("wu", NOW - timedelta(seconds=1))
    assert office.roster().acts_for("wu", NOW) == []


def test_the_calendar_of_a_unit_takes_over_what_the_units_above_arrange() -> None:
    closed = date(2025, 9, 23)
    office = Office().unit("a").unit("b", parent="a").unit("c").day(closed, False, "停电", "a").day(closed, True, "抢修", "b")
    roster = office.roster()
    assert not roster.calendar("a").day(closed).working
    assert roster.calendar("b").day(closed).working
    assert roster.calendar("c").day(closed).working
    assert roster.calendar().day(closed).name is None


def test_the_next_change_is_the_first_moment_at_which_a_period_begins_or_ends() -> None:
    office = Office().person("li", valid_until=NOW + 3 * DAY).post("li", "a", "staff", valid_from=NOW + DAY)
    roster = office.roster()
    assert [roster.next_change(at) for at in (NOW, NOW + DAY, NOW + 3 * DAY)] == [NOW + DAY, NOW + 3 * DAY, None]


slugs = st.text("abc-", min_size=1, max_size=6)
texts = st.text(max_size=8)
moments = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC, fold=0))
rows: st.SearchStrategy[Row] = st.one_of(
    st.builds(Tenant, st.just("office"), texts, texts, slugs),
    st.builds(Unit, slugs, texts, slugs, slugs, st.lists(texts, max_size=3).map(tuple), st.integers(-5, 5), moments, moments),
    st.builds(Member, slugs, texts, st.sampled_from(["person", "service"]), slugs, valid_from=moments, valid_until=moments),
    st.builds(Post, slugs, slugs, slugs, slugs, texts, valid_from=moments, valid_until=moments),
    st.builds(Portfolio, slugs, slugs, slugs, valid_from=moments),
    st.builds(Delegation, slugs, slugs, slugs, st.lists(slugs, max_size=2).map(tuple), moments, moments),
    st.builds(CalendarDay, st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.booleans(), texts, slugs),
)


@given(st.lists(rows, max_size=6))
def test_rows_arrive_as_they_were_sent(sent: list[Row]) -> None:
    arrived = list(from_proto("office", to_proto(sent)))
    assert sorted(map(repr, arrived)) == sorted(map(repr, sent))


@given(st.lists(rows, max_size=6))
def test_keys_of_removed_rows_arrive_as_they_were_sent(sent: list[Row]) -> None:
    arrived = sorted((kind.table, repr(key)) for kind, key in keys_from_proto(keys_to_proto(sent)))
    assert len(arrived) == len(sent)
