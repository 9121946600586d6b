"""Path templates: what they bind and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.descriptors import BadContract
from gateway.template import parse, split_path


def bound(template: str, path: str) -> dict[str, str] | None:
    split = split_path(path)
    assert split is not None
    return parse(template).match(*split)


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("/v1/papers", "/v1/papers", {}),
        ("/v1/{name=papers/*}", "/v1/papers/7", {"name": "papers/7"}),
        ("/v1/{id}", "/v1/7", {"id": "7"}),
        ("/v1/{id}", "/v1/a%2Fb%20c", {"id": "a/b c"}),
        ("/v1/{name=papers/*}", "/v1/papers/a%2Fb", {"name": "papers/a%2Fb"}),
        ("/v1/{name=**}", "/v1/a/b/c", {"name": "a/b/c"}),
        ("/v1/{name=**}", "/v1", {"name": ""}),
        ("/v1/{name=papers/*}:sign", "/v1/papers/7:sign", {"name": "papers/7"}),
        ("/v1/{paper.name=papers/*}", "/v1/papers/%E6%96%87", {"paper.name": "papers/文"}),
        ("/v1/{a=x/*}/y/{b}", "/v1/x/1/y/2", {"a": "x/1", "b": "2"}),
        ("/v1/*/{b}", "/v1/x/2", {"b": "2"}),
    ],
)
def test_a_path_binds_its_fields(template: str, path: str, expected: dict[str, str]) -> None:
    assert bound(template, path) == expected


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/v1/{name=papers/*}", "/v1/papers/7:sign"),
        ("/v1/{name=papers/*}:sign", "/v1/papers/7"),
        ("/v1/{name=papers/*}", "/v1/papers/"),
        ("/v1/{name=papers/*}", "/v1/papers/7/8"),
        ("/v1/papers", "/v1/paper"),
        ("/v1/x/{name=**}", "/v1"),
    ],
)
def test_another_path_is_not_taken(template: str, path: str) -> None:
    assert bound(template, path) is None


@pytest.mark.parametrize(
    "template",
    ["v1/x", "/v1/{a", "/v1/{a={b}}", "/v1/**/x", "/v1/{a=**}/x", "/v1/{a}/{a}", "/v1//x", "/v1/{1a}", "/v1/x:", ""],
)
def test_a_template_outside_of_the_grammar_is_refused(template: str) -> None:
    with pytest.raises(BadContract):
        parse(template)


def test_a_path_that_is_not_utf_8_is_no_path() -> None:
    assert split_path("/v1/%ff") is None


@given(st.text(min_size=1).filter(lambda t: not any(0xD800 <= ord(c) <= 0xDFFF for c in t)))
def test_whatever_a_client_encodes_comes_back(text: str) -> None:
    from urllib.parse import quote

    assert bound("/v1/{id}/x", f"/v1/{quote(text, safe='')}/x") == {"id": text}
