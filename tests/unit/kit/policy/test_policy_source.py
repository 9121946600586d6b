"""Reading and writing packs."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.policy.source import BadPack, read, write


def test_words_that_yaml_1_1_takes_for_booleans_and_numbers_stay_words():
    read_data = read("on: x\nyes: no\ntime: 20:00\ndate: 2019-03-25\nn: 12\noctal: 010\nt: true\n").data
    assert read_data == {"on": "x", "yes": "no", "time": "20:00", "date": date(2019, 3, 25), "n": 12, "octal": "010", "t": True}


def test_every_part_knows_its_line():
    source = read("a: 1\nlist:\n  - x: 1\n    y: 2\n  - z: 3\n")
    assert [source.line(path) for path in [("a",), ("list", 0, "y"), ("list", 1, "z"), ("list", 1, "absent")]] == [1, 4, 5, 5]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\na: 2\n", 2, "a stands twice"),
        ("a: [1\n", 2, "this is not YAML"),
        ("a: &x 1\nb: *x\n", 1, "aliases"),
        ("a: 2019-02-30\n", 1, "2019-02-30 is no date"),
        ("? [1, 2]\n: x\n", 1, "a key must be a word"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text, line, what):
    with pytest.raises(BadPack) as bad:
        read(text)
    (problem,) = bad.value.problems
    assert problem.line == line
    assert problem.what.startswith(what)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.dates() | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back(data):
    assert read(write(data)).data == data
