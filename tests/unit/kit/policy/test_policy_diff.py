"""What two versions of a pack differ in, in words."""

from services.kit.policy.diff import diff
from tests.unit.kit.policy.office import BREACH, pack, rule

STEPS = [{"id": "a", "act": "sign", "role": "head"}, {"id": "b", "act": "sign", "role": "boss"}]


def limit(hours, **parts):
    return rule("limit", "limit", on="trips.step.arrived", budget={"value": hours, "unit": "clock_hours"}, **{"ladder": BREACH, **parts})


def words(old, new):
    return [str(change) for change in diff(old, new)]


def test_equal_packs_differ_in_nothing():
    assert diff(pack(limit(6)), pack(limit(6))) == []


def test_a_number_is_told_with_its_clause_and_where_it_is_asked():
    assert words(pack(limit(6)), pack(limit(8))) == [
        "changed limit limit (trips/1.1)\n    budget: 6小时 → 8小时\n    touches trips.step.arrived"
    ]


def test_a_budget_is_told_as_a_whole_and_what_does_not_change_it_by_its_keys():
    def days(**parts):
        return pack(rule("limit", "limit", on="trips.step.arrived", budget={"value": 3, "unit": "calendar_days", **parts}, ladder=BREACH))

    def told(old, new):
        return [change.words for change in diff(old, new)]

    assert told(days(), days(unit="working_days", time="12:00")) == [("budget: 3日 → 3个工作日（截至12:00）",)]
    assert told(days(), days(roll="none")) == [("budget: 3日 → 3日（遇休息日不顺延）",)]
    assert told(days(), days(roll="next_working_day")) == [("budget.roll: – → next_working_day",)]


def test_rules_that_come_and_go_are_told():
    check = rule("check", "check", require={"present": "title"})
    assert [(c.what, c.name) for c in diff(pack(limit(6)), pack(check))] == [("added", "check"), ("removed", "limit")]


def test_steps_are_told_by_their_names():
    old = pack(rule("procedure", "route", on="trips.trip.route", steps=STEPS))
    swapped = pack(rule("procedure", "route", on="trips.trip.route", steps=[STEPS[1], {**STEPS[0], "role": "clerk"}]))
    (change,) = diff(old, swapped)
    assert change.words == ("steps: a, b → b, a", "steps.a.role: head → clerk")


def test_a_rule_changes_with_the_ladder_that_it_names():
    old = pack(limit(6, ladder="tall"), ladders={"tall": BREACH})
    new = pack(limit(6, ladder="tall"), ladders={"tall": [*BREACH, {"at": "due", "do": "notify", "to": "boss"}]})
    assert [(c.part, c.name) for c in diff(old, new)] == [("limit", "limit"), ("ladders", "tall")]


def test_head_clauses_texts_and_roles_are_told():
    clause = {"id": "trips/1.1", "article": "第三条", "quote": "不得超过三天"}
    new = pack(title="新办法", texts={"NO": "不可以", "YES": "可以"}, clauses=[clause])
    found = {(c.part, c.what, c.name): c.words for c in diff(pack(), new)}
    assert found["head", "changed", "title"] == ("出差办法 → 新办法",)
    assert found["clause", "changed", "trips/1.1"] == ("article: 第一条 → 第三条",)
    assert found["texts", "changed", "NO"] == ("不行 → 不可以",)
    assert {("clause", "removed", "trips/2.1"), ("texts", "added", "YES"), ("texts", "removed", "TOO_LONG")} < set(found)
