"""`when`: which facts make a rule apply."""

import pytest

from services.kit.policy.conditions import compile_condition

HOLDS = [
    ({}, {}),
    ({"medium": "paper"}, {"medium": "paper"}),
    ({"medium": ["paper", "fax"]}, {"medium": "fax"}),
    ({"units": "a"}, {"units": ["b", "a"]}),
    ({"units": {"min": 2}}, {"units": ["a", "b"]}),
    ({"units": {"max": 2}}, {"units": ["a", "b"]}),
    ({"units": {"max": 0}}, {"units": []}),
    ({"days": {"min": 3, "max": 5}}, {"days": 5}),
    ({"title": {"max": 4}}, {"title": "四 个 汉 字"}),
    ({"urgent": True}, {"urgent": True}),
    ({"urgent": {"not": True}}, {}),
    ({"urgent": {"not": True}}, {"urgent": False}),
    ({"due": {"absent": True}}, {}),
    ({"due": {"absent": True}}, {"due": ""}),
    ({"due": {"absent": True}}, {"due": []}),
    ({"due": {"present": True}}, {"due": "x"}),
    ({"a": {"present": True}, "b": {"absent": True}}, {"a": 1}),
    ({"any": [{"a": 1}, {"b": 2}]}, {"b": 2}),
    ({"none": [{"a": 1}, {"b": 2}]}, {"a": 2}),
    ({"none": {"a": 1}}, {}),
    ({"days": {"is": [1, 2], "not": 3}}, {"days": 2}),
]
FAILS = [
    ({"medium": "paper"}, {"medium": "fax"}),
    ({"medium": "paper"}, {}),
    ({"medium": ["paper", "fax"]}, {"medium": "mail"}),
    ({"units": "a"}, {"units": ["b"]}),
    ({"units": {"min": 2}}, {"units": ["a"]}),
    ({"units": {"min": 2}}, {}),
    ({"days": {"min": 3}}, {"days": 2}),
    ({"days": {"max": 3}}, {"days": 4}),
    ({"urgent": True}, {"urgent": 1}),
    ({"days": 1}, {"days": True}),
    ({"urgent": {"not": True}}, {"urgent": True}),
    ({"due": {"present": True}}, {"due": []}),
    ({"a": 1, "b": 2}, {"a": 1}),
    ({"any": [{"a": 1}, {"b": 2}]}, {"a": 2, "b": 1}),
    ({"none": [{"a": 1}, {"b": 2}]}, {"b": 2}),
]


@pytest.mark.parametrize(("written", "facts"), HOLDS)
def test_a_condition_holds(written, facts):
    assert compile_condition(written).holds(facts)


@pytest.mark.parametrize(("written", "facts"), FAILS)
def test_a_condition_does_not_hold(written, facts):
    assert not compile_condition(written).holds(facts)


@pytest.mark.parametrize(
    "written", ["text", {"a": None}, {"a": []}, {"a": {}}, {"a": {"more": 1}}, {"a": {"min": "2"}}, {"a": {"present": False}}, {"any": []}]
)
def test_what_is_no_condition_is_said(written):
    with pytest.raises(ValueError):
        compile_condition(written)
