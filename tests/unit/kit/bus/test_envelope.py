"""An event on the wire: CloudEvents 1.0, the whole event in the body."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.bus.catalogue import Visibility
from services.kit.bus.envelope import Envelope, Undecodable, from_json, instant_text

SHANGHAI = timezone(timedelta(hours=8))


def an_event(**changed: Any) -> Envelope:
    values: dict[str, Any] = {
        "id": "01a2007f-15e3-73a8-9a2c-8d7aa813b408",
        "type": "probe.thing.done.v1",
        "installation": "city.example",
        "subject": "things/7",
        "subject_version": 3,
        "time": datetime(2025, 9, 22, 9, 0, tzinfo=SHANGHAI),
        "tenant": "river",
        "dataschema": "urn:xiaoneng:proto:xiaoneng.probe.v1.ThingDone",
        "data": {"name": "桥"},
    }
    return Envelope(**{**values, **changed})


def body(**changed: Any) -> bytes:
    """The body of an event with attributes changed; None takes one away."""
    event = {**an_event().to_dict(), **changed}
    return json.dumps({name: value for name, value in event.items() if value is not None}).encode()


def test_the_attributes_are_those_of_cloudevents() -> None:
    assert an_event(clause="shore/3.1", actor="p1", unit="u1", traceparent="00-a-b-01").to_dict() == {
        "specversion": "1.0",
        "id": "01a2007f-15e3-73a8-9a2c-8d7aa813b408",
        "source": "//city.example/probe",
        "type": "cn.xiaoneng.probe.thing.done.v1",
        "subject": "things/7",
        "time": "2025-09-22T01:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:xiaoneng:proto:xiaoneng.probe.v1.ThingDone",
        "tenant": "river",
        "subjectversion": 3,
        "actor": "p1",
        "unit": "u1",
        "clause": "shore/3.1",
        "traceparent": "00-a-b-01",
        "data": {"name": "桥"},
    }


def test_extensions_that_do_not_apply_are_absent() -> None:
    assert not {"actor", "unit", "clause", "traceparent", "receivers"} & set(an_event().to_dict())


@given(
    st.builds(
        an_event,
        subject_version=st.integers(1, 2**31),
        time=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),
        data=st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.booleans(), st.none()), max_size=4),
        clause=st.one_of(st.none(), st.text(min_size=1)),
        receivers=st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), max_size=3).map(tuple),
    )
)
def test_what_is_written_is_read_again(event: Envelope) -> None:
    assert from_json(event.to_json()) == event


def test_the_tenant_stands_in_front_of_the_key_and_public_events_stand_under_public() -> None:
    assert an_event().routing_key() == "river.probe.thing.done.v1"
    assert an_event().routing_key(Visibility.INTERNAL) == "river.probe.thing.done.v1"
    assert an_event().routing_key(Visibility.PUBLIC) == "public.probe.thing.done.v1"


def test_handlers_run_for_the_receivers_or_else_for_the_tenant() -> None:
    assert an_event().receiving == ("river",)
    assert an_event(receivers=("hill", "lake")).receiving == ("hill", "lake")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (body(specversion="0.3"), "specversion"),
        (body(id=None), "id is None"),
        (body(id=""), "id is ''"),
        (body(type="org.example.thing"), "type"),
        (body(subjectversion="3"), "subjectversion"),
        (body(subjectversion=True), "subjectversion"),
        (body(time="2025-09-22T09:00:00"), "without a zone"),
        (body(time="yesterday"), "time"),
        (body(data=[1]), "data is not an object"),
        (body(tenant=None), "tenant"),
        (body(clause=5), "clause"),
        (body(receivers=5), "receivers"),
    ],
)
def test_what_is_not_one_of_our_events_is_refused_with_what_is_wrong(wrong: bytes, said: str) -> None:
    with pytest.raises(Undecodable, match=said):
        from_json(wrong)


def test_an_attribute_that_we_do_not_know_is_no_harm() -> None:
    assert from_json(body(addedlater="x")) == an_event(time=datetime(2025, 9, 22, 1, 0, tzinfo=UTC))


def test_instants_keep_their_microseconds() -> None:
    assert instant_text(datetime(2025, 9, 22, 1, 0, 0, 17, tzinfo=UTC)) == "2025-09-22T01:00:00.000017Z"
