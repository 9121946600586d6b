"""Which way a message takes, and what follows when one fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.delivery import Channel, Leg, MessageKind, Outcome, Preferences, Reach, Retry, following, reach

ROBOT, MAIL, IN_APP = Channel.ROBOT, Channel.MAIL, Channel.IN_APP
NOW = datetime(2025, 9, 22, tzinfo=UTC)


def test_without_wishes_the_order_is_the_tenants() -> None:
    assert Preferences((ROBOT, MAIL)).route(MessageKind.REMINDER) == (ROBOT, MAIL)


def test_a_person_may_leave_reminders_to_the_inbox_but_not_breaches() -> None:
    preferences = Preferences((ROBOT, MAIL), inbox_only=frozenset(MessageKind))
    assert preferences.route(MessageKind.REMINDER) == ()
    assert preferences.route(MessageKind.BREACH) == (ROBOT, MAIL)


def test_what_a_person_wants_comes_first_and_what_presses_may_take_every_way() -> None:
    preferences = Preferences((ROBOT, MAIL), wanted=(MAIL,))
    assert preferences.route(MessageKind.REMINDER) == (MAIL,)
    assert preferences.route(MessageKind.ESCALATION) == (MAIL, ROBOT)


def test_a_wish_that_the_tenant_does_not_offer_is_none() -> None:
    assert Preferences((MAIL,), wanted=(ROBOT,)).route(MessageKind.REMINDER) == (MAIL,)


def test_a_channel_is_tried_after_each_wait_and_then_given_up() -> None:
    retry = Retry((timedelta(seconds=30), timedelta(minutes=5)))
    assert [retry.next_at(attempts, NOW) for attempts in (1, 2, 3)] == [NOW + timedelta(seconds=30), NOW + timedelta(minutes=5), None]


@given(st.lists(st.sampled_from(list(Outcome)), max_size=3))
def test_a_message_is_unreached_exactly_when_every_way_is_over_and_none_took_it(outcomes: list[Outcome]) -> None:
    legs = [Leg(IN_APP, Outcome.DELIVERED), *(Leg(ROBOT, outcome) for outcome in outcomes)]
    over = bool(outcomes) and not {Outcome.PENDING, Outcome.DELIVERED} & set(outcomes)
    assert (reach(legs) is Reach.UNREACHED) == over


def test_the_next_way_is_taken_only_when_the_one_before_is_over_in_vain() -> None:
    route = (ROBOT, MAIL)
    assert following([Leg(ROBOT, Outcome.PENDING)], route) is None
    assert following([Leg(ROBOT, Outcome.DELIVERED)], route) is None
    assert following([Leg(ROBOT, Outcome.FAILED)], route) is MAIL
    assert following([Leg(ROBOT, Outcome.NO_ADDRESS), Leg(MAIL, Outcome.FAILED)], route) is None
