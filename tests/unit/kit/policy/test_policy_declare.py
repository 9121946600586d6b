"""What packs declare themselves: how it is checked, how values are judged, which facts come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.kit.policy import declare, validate
from services.kit.policy.load import load_data
from services.kit.policy.precedence import clashes
from services.kit.policy.source import write
from tests.unit.kit.policy.office import BREACH, CATALOGUE, data, pack, rule

FIELDS = {"gift": {"label": "礼品", "type": "bool"}, "kind": {"label": "种类", "type": "code", "vocabulary": "sort", "on": ["abroad"]}}
RECORDS = {"advice": {"label": "意见", "by": ["head"], "fields": {"agrees": {"label": "同意", "type": "bool"}}}}
AT = datetime(2020, 1, 1, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Note:
    """A record as a service keeps it."""

    unit: str
    fields: dict[str, Any] = field(default_factory=dict)
    kind: str = "advice"
    persons: tuple[str, ...] = ()
    text: str = ""
    recorded_at: datetime = AT


def found(made: dict[str, Any]) -> list[str]:
    return [f"{problem.line}: {problem.what}" for problem in validate(write(made), CATALOGUE)]


def nobody(entry: declare.DeclaredField, value: str) -> str:
    return "不存在" if value == "nowhere" else ""


def test_rules_may_speak_of_what_is_declared() -> None:
    rules = (
        rule("check", require={"equals": {"fields.gift": True}}, when={"fields.kind": "visit", "records.advice.agrees.units": {"min": 1}}),
        rule("cap", "cap", of="records.advice", min=1),
        rule("limit", "limit", on="trips.step.arrived", budget={"from": "records.advice.recorded_at"}, ladder=BREACH,
             until={"event": "trips.trip.done", "when": {"records.advice.agrees": True}}),
    )  # fmt: skip
    assert found(data(*rules, fields=FIELDS, records=RECORDS)) == []


@pytest.mark.parametrize(
    ("part", "written", "words"),
    [
        ("fields", {"gift": {"label": "礼品", "type": "gold"}}, "type: 'gold' is not known"),
        ("fields", {"gift": {"label": "礼品", "type": "code"}}, "a code has a `vocabulary`"),
        ("fields", {"gift": {"label": "礼品", "type": "int", "vocabulary": "sort"}}, "a int has no `vocabulary`"),
        ("fields", {"gift": {"label": "礼品", "type": "codes", "vocabulary": "sorts"}}, "vocabulary sorts is not known"),
        ("fields", {"gift": {"label": "礼品", "type": "int", "on": ["moon"]}}, "kind of matter moon is not known"),
        ("records", {"advice": {"label": "意见", "by": ["chief"]}}, "role chief is not known"),
        ("records", {"advice": {"label": "意见", "attachment": "always"}}, "attachment: 'always' is not known"),
        ("records", {"advice": {"label": "意见", "fields": {"text": {"label": "文", "type": "text"}}}}, "every record has text of its own"),
    ],
)
def test_what_is_wrong_with_a_declaration_is_said_with_its_line(part: str, written: dict[str, Any], words: str) -> None:
    made = data(rule("check", require={"present": "title"}), **{part: written})
    line = next(number for number, text in enumerate(write(made).splitlines(), start=1) if next(iter(written)) in text)
    (told,) = found(made)
    assert words in told
    assert int(told.partition(":")[0]) >= line


def test_what_is_not_declared_is_no_fact() -> None:
    (told,) = found(data(rule("check", require={"present": "fields.gitf"}), fields=FIELDS))
    assert "declared fact fields.gitf is not known" in told
    (told,) = found(data(rule("cap", of="records.advice.agrees", max=1), records=RECORDS))
    assert "records.advice.agrees is a bool" in told


def test_two_packs_may_not_mean_two_things_by_one_name() -> None:
    other = {"gift": {"label": "礼品", "type": "text"}}
    one = pack(rule("check", require={"present": "title"}), fields=FIELDS)
    two = load_data({**data(rule("check", require={"present": "title"}), fields=other), "pack": "other-2020"})
    assert [clash.rule for clash in clashes([one, two])] == ["fields.gift"]


@pytest.mark.parametrize(
    ("word", "given", "kept", "fact"),
    [
        ("bool", True, True, True),
        ("int", 3.0, 3, 3),
        ("text", "文", "文", "文"),
        ("date", "2018-09-10", "2018-09-10", date(2018, 9, 10)),
        ("instant", "2018-09-10T09:00:00+08:00", "2018-09-10T01:00:00+00:00", datetime(2018, 9, 10, 1, tzinfo=UTC)),
        ("units", ["north", "south", "north"], ["north", "south"], ["north", "south"]),
    ],
)
def test_a_value_is_kept_as_plain_data_and_becomes_a_fact(word: str, given: Any, kept: Any, fact: Any) -> None:
    declared = {"it": declare.field_of("it", {"label": "此项", "type": word})}
    assert declare.values(declared, {"it": given}, nobody) == {"it": kept}
    assert declare.facts_of_fields(declared, {"it": kept}) == {"fields.it": fact}


@pytest.mark.parametrize(
    ("word", "given", "words"),
    [
        ("bool", "yes", "此项应为是或否"),
        ("int", True, "此项应为整数"),
        ("text", "  ", "此项应为文字，不超过20000字"),
        ("date", "10/9", "此项应为日期，如2018-09-10"),
        ("instant", "2018-09-10T09:00:00", "此项应为带时区的时刻"),
        ("texts", "文", "此项应为列表，至多500项"),
        ("unit", "nowhere", "此项不存在"),
        ("persons", ["one", "nowhere"], "此项不存在"),
    ],
)
def test_another_value_is_refused_in_words(word: str, given: Any, words: str) -> None:
    declared = {"it": declare.field_of("it", {"label": "此项", "type": word})}
    with pytest.raises(declare.BadValue, match=words) as refused:
        declare.values(declared, {"it": given}, nobody)
    assert refused.value.path == "fields.it"


def test_facts_of_records_are_those_of_the_newest_and_of_the_newest_of_each_unit() -> None:
    kinds = {"advice": declare.record_of("advice", RECORDS["advice"])}
    notes = [
        Note("north", {"agrees": True}),
        Note("south", {"agrees": True}),
        Note("north", {"agrees": False}, text="不妥", persons=("li",)),
    ]
    facts = declare.facts_of_records(kinds, notes)
    assert facts == {
        "records.advice": ["north", "south"],
        "records.advice.count": 3,
        "records.advice.persons": ["li"],
        "records.advice.text": "不妥",
        "records.advice.recorded_at": AT,
        "records.advice.agrees": False,
        "records.advice.agrees.units": ["south"],
    }
    assert set(facts) == {fact.name for fact in declare.facts_declared({}, kinds)}
    assert declare.facts_of_records(kinds, [])["records.advice.agrees"] is None
