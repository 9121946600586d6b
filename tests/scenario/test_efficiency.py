"""How well limits are kept: every number is the number of the list behind it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.world import Office

DAYS = {"first_day": {"year": 2019, "month": 4, "day": 1}, "last_day": {"year": 2019, "month": 4, "day": 30}}
MEASURES = ("met", "breached", "set_aside", "open", "overdue")


@pytest.fixture
def bureau(office: Any) -> Office:
    """Two documents whose proposals were due on Monday afternoon: one was done in time, one lies there."""
    opened: Office = office("ganzhou", at="2019-04-15 09:00")
    names = []
    for number in (1, 2):
        document = opened.as_("chen").do("RegisterDocument", title=f"关于做好防汛工作的通知{number}", sender="市政府办公室")
        opened.as_("chen").do("ClassifyDocument", name=document.name, document_class="action")
        names.append(document.name)
    opened.at("2019-04-15 12:00")
    proposal = {"handling_text": "请按要求落实", "responsible_units": ["a"]}
    opened.as_("zhu").do("SubmitProposal", name=step(opened, names[0], "propose"), proposal=proposal)
    return opened.at("2019-04-16 18:00")


def step(office: Office, document: str, act: str) -> str:
    steps = office.as_("chen").do("GetRoute", name=document).steps
    (found,) = [each.name for each in steps if each.act == act and each.name]
    return str(found)


def counted(office: Office, person: str = "sun", unit: str = "", **days: Any) -> Any:
    return office.as_(person).do("GetEfficiency", unit=unit, **(DAYS | days))


def listed(office: Office, measure: str, **fields: Any) -> list[Any]:
    fields = {"measure": f"MEASURE_{measure.upper()}", "page_size": 1, **DAYS} | fields
    found, token = [], ""
    while True:
        page = office.as_("sun").do("ListEfficiencyItems", page_token=token, **fields)
        found += page.items
        token = page.next_page_token
        if not token:
            assert page.total_size == len(found)
            return found


def test_every_number_is_that_of_its_list(bureau: Office) -> None:
    found = counted(bureau)
    assert found.counts.met > 0
    assert found.counts.breached > 0
    for measure in MEASURES:
        assert getattr(found.counts, measure) == len(listed(bureau, measure)), measure
        for rule in found.rules:
            assert getattr(rule.counts, measure) == len(listed(bureau, measure, rule=rule.rule)), (measure, rule.rule)
        for unit in found.units:
            assert getattr(unit.counts, measure) == len(listed(bureau, measure, unit=unit.unit)), (measure, unit.unit)


def test_a_proposal_in_three_of_six_hours_has_used_half_of_its_time(bureau: Office) -> None:
    (met,) = listed(bureau, "met")
    assert (met.title, met.deadline.citation.clause, round(met.used_share, 3)) == ("关于做好防汛工作的通知1", "ganzhou/3.1", 0.5)
    found = counted(bureau)
    assert (round(found.counts.used_share, 3), found.on_time_rate) == (0.5, 1 / (1 + found.counts.breached))


def test_what_was_breached_is_late_until_it_is_done_and_breached_for_good(bureau: Office) -> None:
    (document,) = {item.document for item in listed(bureau, "overdue") if "通知2" in item.title}
    overdue, breached = counted(bureau).counts.overdue, counted(bureau).counts.breached
    proposal = {"handling_text": "请按要求落实", "responsible_units": ["a"]}
    bureau.as_("zhu").do("SubmitProposal", name=step(bureau, document, "propose"), proposal=proposal)
    assert (counted(bureau).counts.overdue, counted(bureau).counts.breached) == (overdue - 1, breached)
    assert counted(bureau).counts.used_share > 1


def test_what_is_set_aside_counts_apart(bureau: Office) -> None:
    before = counted(bureau).counts
    late = listed(bureau, "breached")[0]
    bureau.as_("sun").do("SetAsideDeadline", deadline=late.deadline.name, reason="登记时间有误")
    after = counted(bureau).counts
    assert (after.breached, after.set_aside) == (before.breached - 1, before.set_aside + 1)


def test_weeks_add_up(bureau: Office) -> None:
    found = counted(bureau)
    assert [(week.monday.year, week.monday.month, week.monday.day) for week in found.weeks] == [(2019, 4, 15)]
    assert (sum(week.met for week in found.weeks), sum(week.breached for week in found.weeks)) == (found.counts.met, found.counts.breached)


def test_another_period_has_other_numbers(bureau: Office) -> None:
    march = {"first_day": {"year": 2019, "month": 3, "day": 1}, "last_day": {"year": 2019, "month": 3, "day": 31}}
    found = counted(bureau, **march)
    assert (found.counts.met, found.counts.breached, found.HasField("on_time_rate"), list(found.weeks)) == (0, 0, False, [])


def test_members_see_their_own_unit_and_no_other(bureau: Office) -> None:
    assert not counted(bureau, person="wu", unit="a").units
    for unit in ("b", ""):
        assert bureau.as_("wu").refused("GetEfficiency", unit=unit, **DAYS).code == "NOT_FOUND"


def test_a_period_runs_forward_and_is_at_most_two_years_long(bureau: Office) -> None:
    first, last = DAYS["first_day"], DAYS["last_day"]
    for days in ({"first_day": last, "last_day": first}, {"first_day": {**first, "year": 2016}, "last_day": last}):
        refused = bureau.as_("sun").refused("GetEfficiency", **days)
        assert (refused.code, refused.fields) == ("INVALID_ARGUMENT", ("last_day",))


def test_a_limit_is_explained_day_by_day_with_what_followed_from_it(bureau: Office) -> None:
    late = next(item for item in listed(bureau, "overdue") if item.deadline.citation.clause == "ganzhou/3.1")
    said = bureau.as_("sun").do("ExplainDeadline", deadline=late.deadline.name)
    assert [(day.day.day, day.counted, day.seconds) for day in said.days] == [(15, True, 6 * 3600)]
    assert said.days[-1].end_time == said.deadline.due_time
    assert said.summary.endswith("届满")
    reached = {rung.label: rung for rung in said.rungs if rung.HasField("reach_time")}
    assert reached["逾期"].time == said.deadline.due_time
    assert reached["逐级督促"].citation.clause.startswith("ganzhou/28")
    bureau.as_("sun").do("SetAsideDeadline", deadline=late.deadline.name, reason="登记时间有误")
    again = bureau.as_("sun").do("ExplainDeadline", deadline=late.deadline.name)
    assert [(change.label, change.reason) for change in again.changes] == [("逾期认定已撤销", "登记时间有误")]
