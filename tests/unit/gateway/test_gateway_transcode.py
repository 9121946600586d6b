"""Requests into messages, messages into JSON, and the paths of what does not fit."""

import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given
from hypothesis import strategies as st

from gateway.bindings import build
from gateway.errors import HTTPError
from gateway.transcode import Transcoder
from tests.unit.gateway.toy import toy

ROUTES = build(toy())
CODER = Transcoder(toy())


def read(verb: str, target: str, body: Any = None, request_id: str = "") -> dict[str, Any]:
    path, _, query = target.partition("?")
    match = ROUTES.match(verb, path)
    assert match is not None, target
    raw = body if isinstance(body, bytes) else (b"" if body is None else json.dumps(body).encode())
    message = CODER.request(match, query.encode(), raw, request_id)
    return MessageToDict(message, preserving_proto_field_name=True, descriptor_pool=toy().pool)


def refused(verb: str, target: str, body: Any = None, request_id: str = "") -> list[tuple[str, str]]:
    with pytest.raises(HTTPError) as caught:
        read(verb, target, body, request_id)
    assert (caught.value.http_status, caught.value.code) == (400, "INVALID_ARGUMENT")
    return [(v.field, v.reason) for v in caught.value.violations]


@pytest.mark.parametrize(
    ("verb", "target", "body", "expected"),
    [
        ("GET", "/v1/papers/7", None, {"name": "papers/7"}),
        ("GET", "/v1/shelf/a/b", None, {"name": "a/b"}),
        ("GET", "/v1/papers?pageSize=3&page_token=x", None, {"page_size": 3, "page_token": "x"}),
        ("GET", "/v1/papers?filter.urgent=true&filter.colour=COLOUR_RED", None,
         {"filter": {"urgent": True, "colour": "COLOUR_RED"}}),
        ("GET", "/v1/papers?filter.after=2026-01-05T08:30:00%2B08:00", None,
         {"filter": {"after": "2026-01-05T00:30:00Z"}}),
        ("GET", "/v1/papers?colours=COLOUR_RED&colours=2&tags=a&tags=b%26c", None,
         {"colours": ["COLOUR_RED", "COLOUR_BLUE"], "tags": ["a", "b&c"]}),
        ("GET", "/v1/papers?readMask=name,dueTime&weight=1.5&seal=AQI%3D", None,
         {"read_mask": "name,dueTime", "weight": 1.5, "seal": "AQI="}),
        ("GET", "/v1/shelves/2/papers", None, {"parent": "shelves/2"}),
        ("POST", "/v1/papers?dryRun=true", {"displayTitle": "甲", "bigNumber": "9007199254740993"},
         {"paper": {"display_title": "甲", "big_number": "9007199254740993"}, "dry_run": True}),
        ("POST", "/v1/papers", {"display_title": "甲", "big_number": 5}, {"paper": {"display_title": "甲", "big_number": "5"}}),
        ("PATCH", "/v1/papers/7?updateMask=urgent", {"urgent": True, "name": "papers/7"},
         {"paper": {"name": "papers/7", "urgent": True}, "update_mask": "urgent"}),
        ("POST", "/v1/papers/7:sign", {"opinion": "同意"}, {"name": "papers/7", "opinion": "同意"}),
        ("POST", "/v1/papers/7:sign", None, {"name": "papers/7"}),
        ("POST", "/v1/papers", {"dueTime": None, "lines": [{"text": "x"}], "marks": {"a": 1}},
         {"paper": {"lines": [{"text": "x"}], "marks": {"a": 1}}}),
    ],
)  # fmt: skip
def test_a_request_becomes_its_message(verb: str, target: str, body: Any, expected: dict[str, Any]) -> None:
    assert read(verb, target, body) == expected


@pytest.mark.parametrize(
    ("verb", "target", "body", "expected"),
    [
        ("GET", "/v1/papers?nothing=1", None, [("nothing", "UNKNOWN_PARAMETER")]),
        ("GET", "/v1/papers?filter=1", None, [("filter", "UNKNOWN_PARAMETER")]),
        ("GET", "/v1/papers/7?name=x", None, [("name", "UNKNOWN_PARAMETER")]),
        ("GET", "/v1/papers?pageSize=1&pageSize=2", None, [("pageSize", "REPEATED")]),
        ("GET", "/v1/papers?pageSize=many", None, [("pageSize", "INVALID_VALUE")]),
        ("GET", "/v1/papers?pageSize=3000000000", None, [("pageSize", "INVALID_VALUE")]),
        ("GET", "/v1/papers?filter.urgent=1", None, [("filter.urgent", "INVALID_VALUE")]),
        ("GET", "/v1/papers?filter.after=now", None, [("filter.after", "INVALID_VALUE")]),
        ("GET", "/v1/papers?colours=COLOUR_RED&colours=PINK", None, [("colours[1]", "INVALID_VALUE")]),
        ("GET", "/v1/papers?tags=%ff", None, [("", "QUERY_MALFORMED")]),
        ("GET", "/v1/papers?tags=%00", None, [("", "CONTROL_CHARACTER")]),
        ("POST", "/v1/papers/7:sign?opinion=x", {}, [("opinion", "UNKNOWN_PARAMETER")]),
        ("POST", "/v1/papers", {"titel": "x", "lines": [{"text": "a"}, {"txt": "b"}]},
         [("titel", "UNKNOWN_FIELD"), ("lines[1].txt", "UNKNOWN_FIELD")]),
        ("POST", "/v1/papers", {"lines": [{"weight": "heavy"}]}, [("lines[0].weight", "INVALID_VALUE")]),
        ("POST", "/v1/papers", {"attached": {"attached": {"colour": "PINK"}}},
         [("attached.attached.colour", "INVALID_VALUE")]),
        ("POST", "/v1/papers", {"lines": {"text": "a"}}, [("lines", "NOT_A_LIST")]),
        ("POST", "/v1/papers", {"attached": 5}, [("attached", "NOT_AN_OBJECT")]),
        ("POST", "/v1/papers", {"letter": "a", "form": 1}, [("form", "CONFLICT")]),
        ("POST", "/v1/papers", {"displayTitle": "a\0b"}, [("", "CONTROL_CHARACTER")]),
        ("POST", "/v1/papers", {"lines": [{"text": "a\x1fb"}]}, [("", "CONTROL_CHARACTER")]),
        ("POST", "/v1/papers", {"marks": {"a\x01": 1}}, [("", "CONTROL_CHARACTER")]),
        ("POST", "/v1/papers", {"urgent": "true"}, [("urgent", "INVALID_VALUE")]),
        ("POST", "/v1/papers", {"tags": ["a", 1]}, [("tags[1]", "INVALID_VALUE")]),
        ("POST", "/v1/papers", {"marks": {"a": "x"}}, [("marks", "INVALID_VALUE")]),
        ("POST", "/v1/papers", b"[1]", [("", "NOT_AN_OBJECT")]),
        ("POST", "/v1/papers", b"{", [("", "NOT_JSON")]),
        ("POST", "/v1/papers", b'{"bigNumber": NaN}', [("", "NOT_JSON")]),
        ("POST", "/v1/papers", b'{"urgent": true, "urgent": false}', [("urgent", "DUPLICATE_FIELD")]),
        ("POST", "/v1/papers", b"\xff\xfe{}", [("", "NOT_JSON")]),
        ("POST", "/v1/papers", b"[" * 100_000, [("", "NOT_JSON")]),
        ("POST", "/v1/papers/7:sign", {"name": "papers/8"}, [("name", "DIFFERS_FROM_PATH")]),
        ("PATCH", "/v1/papers/7", {"name": "papers/8"}, [("paper.name", "DIFFERS_FROM_PATH")]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_path(verb: str, target: str, body: Any, expected: list[tuple[str, str]]) -> None:
    assert refused(verb, target, body) == expected


def test_a_body_nested_without_end_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(80):
        deep = {"attached": deep}
    assert refused("POST", "/v1/papers", deep)[0][1] == "TOO_DEEP"


def test_the_idempotency_key_is_the_request_id() -> None:
    assert read("POST", "/v1/papers/7:sign", {}, "0192-a")["request_id"] == "0192-a"
    assert "request_id" not in read("GET", "/v1/papers/7", None, "0192-a")


def test_an_idempotency_key_that_differs_from_the_body_is_refused() -> None:
    assert refused("POST", "/v1/papers/7:sign", {"requestId": "b"}, "a") == [("requestId", "DIFFERS_FROM_HEADER")]


def test_an_answer_is_written_in_the_json_form_of_proto3() -> None:
    paper = toy().message("toy.v1.Paper")(name="papers/7", big_number=2**60, colour=1)  # type: ignore[call-arg]
    written = json.loads(CODER.response(paper))
    assert written["bigNumber"] == str(2**60)
    assert written["colour"] == "COLOUR_RED"
    assert written["lines"] == []
    assert "attached" not in written


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "lines", "attached", "marks", "tags", "colour", "dueTime", "text", "seal", "x"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(_JSON)
def test_any_json_is_either_read_or_refused(body: Any) -> None:
    try:
        read("POST", "/v1/papers", body)
    except HTTPError as refusal:
        assert refusal.http_status == 400  # noqa: PT017
