"""Suspending, resuming, extending, setting aside: what each does to the due moment, the ladder, the counts and the record."""

from datetime import timedelta

import pytest

from services.kit import deadline
from services.kit.deadline import DeadlineMissing, DeadlineNotRunning, DeadlineOver, DueNotLater, NothingToSetAside, model
from services.kit.worktime import Budget
from tests.service.kit.deadline.conftest import Desk, a_limit, a_rung, at

WARNED = a_limit(3, "working_days", ladder=(a_rung("warn", {"working_days_before": 1, "time": "09:00"}),))


def test_a_suspended_limit_is_not_due_and_nothing_fires(desk: Desk) -> None:
    started = desk.start()
    stopped = desk.do(deadline.suspend, started.id, "待补正", "reg/2.1")
    desk.until("2019-04-20T12:00")
    assert (stopped.state, stopped.due_at, desk.fired(), desk.counts()) == (model.SUSPENDED, None, [], (1, 0, 0, 0))


def test_a_resumed_limit_leaves_out_what_was_suspended(desk: Desk) -> None:
    started = desk.start(limit=WARNED)
    desk.until("2019-04-09T10:00")
    desk.do(deadline.suspend, started.id, "待补正")
    desk.until("2019-04-11T10:00")
    resumed = desk.do(deadline.resume, started.id)
    assert resumed.due_at == at("2019-04-15T18:00")
    desk.until("2019-04-30T12:00")
    assert desk.fired() == [("warned", 1, at("2019-04-12T09:00")), ("breached", 0, at("2019-04-15T18:00"))]


def test_a_rung_that_fired_before_the_suspension_does_not_fire_again(desk: Desk) -> None:
    started = desk.start(limit=WARNED)
    desk.until("2019-04-10T10:00")
    desk.do(deadline.suspend, started.id, "待补正")
    desk.until("2019-04-10T17:00")
    desk.do(deadline.resume, started.id)
    desk.until("2019-04-30T12:00")
    assert desk.fired() == [("warned", 1, at("2019-04-10T09:00")), ("breached", 0, at("2019-04-11T18:00"))]


def test_a_stated_end_moves_by_the_working_time_that_was_left(desk: Desk) -> None:
    started = desk.start(due_at=at("2019-04-10T18:00"))
    desk.until("2019-04-09T14:30")
    desk.do(deadline.suspend, started.id, "待补正")
    desk.until("2019-04-12T14:30")
    assert desk.do(deadline.resume, started.id).due_at == at("2019-04-15T18:00")


def test_work_done_while_suspended_is_in_time(desk: Desk) -> None:
    started = desk.start()
    desk.do(deadline.suspend, started.id, "待补正")
    desk.until("2019-04-20T12:00")
    desk.do(deadline.finish, "things/1")
    assert desk.get(started).outcome == model.ON_TIME


def test_suspending_and_resuming_are_in_the_history_the_audit_and_the_events(desk: Desk) -> None:
    started = desk.start()
    desk.do(deadline.suspend, started.id, "待补正", "reg/2.1")
    desk.until("2019-04-08T12:00")
    desk.do(deadline.resume, started.id)
    history = [(row.kind, row.person, row.reason, row.clause) for row in desk.do(deadline.changes, started.id)]
    assert history == [("suspended", "chen", "待补正", "reg/2.1"), ("resumed", "chen", "", "")]
    assert [row.data["change"] for row in desk.events("changed")] == ["DEADLINE_CHANGE_SUSPENDED", "DEADLINE_CHANGE_RESUMED"]
    assert sorted(row.act for row in desk.rows("audit")) == ["limits.deadline.resumed", "limits.deadline.suspended"]
    assert "待补正" not in str([row.data for row in desk.events("changed")])


def test_an_extension_replaces_the_due_moment_keeps_the_old_one_and_begins_the_ladder_anew(desk: Desk) -> None:
    started = desk.start(limit=WARNED)
    desk.until("2019-04-10T10:00")
    extended = desk.do(deadline.extend, started.id, Budget(5, "working_days"), "情况复杂", granted_by="wu", clause="reg/3.1")
    assert (extended.due_at, extended.generation) == (at("2019-04-15T18:00"), 2)
    desk.until("2019-04-30T12:00")
    assert desk.fired() == [
        ("warned", 1, at("2019-04-10T09:00")),
        ("warned", 1, at("2019-04-12T09:00")),
        ("breached", 0, at("2019-04-15T18:00")),
    ]
    (row,) = desk.do(deadline.changes, started.id)
    assert (row.due_before, row.due_after, row.details) == (at("2019-04-11T18:00"), at("2019-04-15T18:00"), {"granted_by": "wu"})
    assert desk.do(deadline.explain, started.id).earlier_due == (at("2019-04-11T18:00"),)


def test_an_extension_to_a_stated_end(desk: Desk) -> None:
    started = desk.start()
    assert desk.do(deadline.extend, started.id, at("2019-04-20T12:00"), "经批准").due_at == at("2019-04-20T12:00")


@pytest.mark.parametrize("to", [Budget(6, "clock_hours"), Budget(1, "clock_hours"), at("2019-04-08T16:00")])
def test_an_extension_that_is_none_is_refused(desk: Desk, to: object) -> None:
    started = desk.start()
    with pytest.raises(DueNotLater):
        desk.do(deadline.extend, started.id, to, "经批准")


@pytest.mark.parametrize(("moment", "refused"), [("2019-04-08T16:00:00", False), ("2019-04-08T16:00:01", True)])
def test_a_limit_is_extended_or_suspended_until_its_due_moment_and_not_after(desk: Desk, moment: str, refused: bool) -> None:
    one, other = desk.start(), desk.start("things/2")
    desk.clock.set(at(moment))
    acts = [(deadline.extend, one.id, Budget(9, "clock_hours"), "经批准"), (deadline.suspend, other.id, "待补正")]
    outcomes = []
    for act, *arguments in acts:
        try:
            desk.do(act, *arguments)
            outcomes.append("done")
        except DeadlineOver as over:
            outcomes.append(over.code)
    assert outcomes == (["DEADLINE_OVER"] * 2 if refused else ["done"] * 2)


def test_acts_on_what_is_not_running_are_refused(desk: Desk) -> None:
    started = desk.start()
    with pytest.raises(DeadlineNotRunning):
        desk.do(deadline.resume, started.id)
    desk.do(deadline.finish, "things/1")
    for act in (deadline.suspend, deadline.resume):
        with pytest.raises(DeadlineNotRunning):
            desk.do(act, started.id, "再来")
    with pytest.raises(DeadlineNotRunning):
        desk.do(deadline.extend, started.id, Budget(9, "clock_hours"), "经批准")


def test_a_limit_of_another_tenant_is_not_there(desk: Desk) -> None:
    started = desk.start()
    with pytest.raises(DeadlineMissing):
        Desk(desk.ports, "hill").get(started)


def test_a_breach_that_rested_on_a_mistake_is_set_aside_and_stays_visible(desk: Desk) -> None:
    ladder = (a_rung("escalate", {"working_days_after": 1, "time": "09:00"}, "section_chief"),)
    started = desk.start(limit=a_limit(ladder=ladder))
    desk.until("2019-04-08T17:00")
    done = desk.do(deadline.set_aside, started.id, "登记有误")
    assert (done.breached_at, done.set_aside_by, done.set_aside_reason) == (at("2019-04-08T16:00"), "chen", "登记有误")
    assert desk.counts() == (1, 0, 1, 1)
    desk.until("2019-04-30T12:00")
    assert [kind for kind, _, _ in desk.fired()] == ["breached"]
    desk.do(deadline.finish, "things/1")
    assert desk.counts() == (0, 0, 1, 1)


def test_a_limit_in_other_hands_runs_on_and_the_counts_follow(desk: Desk) -> None:
    started = desk.start()
    desk.do(deadline.reassign, "things/1", "rivers", "section_chief", "wu")
    found = desk.get(started)
    assert (found.unit, found.person, found.due_at) == ("rivers", "wu", started.due_at)
    assert (desk.counts("planning"), desk.counts("rivers")) == ((0, 0, 0, 0), (1, 0, 0, 0))
    desk.until("2019-04-08T17:00")
    desk.do(deadline.reassign, "things/1", "planning", "section_chief")
    assert (desk.counts("planning"), desk.counts("rivers")) == ((1, 1, 0, 0), (0, 0, 1, 0))
    assert desk.events("breached")[0].unit == "rivers"


def test_only_a_breach_is_set_aside_and_only_once(desk: Desk) -> None:
    started = desk.start()
    with pytest.raises(NothingToSetAside):
        desk.do(deadline.set_aside, started.id, "登记有误")
    desk.until("2019-04-08T17:00")
    desk.do(deadline.set_aside, started.id, "登记有误")
    with pytest.raises(NothingToSetAside):
        desk.do(deadline.set_aside, started.id, "登记有误")


def test_the_account_of_a_limit_tells_everything(desk: Desk) -> None:
    started = desk.start(limit=WARNED)
    desk.until("2019-04-10T10:00")
    account = desk.do(deadline.explain, started.name)
    assert account.summary == "2019年4月8日（星期一）10:00起算，3个工作日，2019年4月11日（星期四）18:00届满"
    assert [entry.why for entry in account.entries] == ["起算当日，不计", "计第1日", "计第2日", "计第3日"]
    assert [(reached.step.do, reached.fired_at is not None) for reached in account.ladder] == [("warn", True), ("breach", False)]
    assert account.left is not None
    assert account.left.words == "还有1个工作日5小时"


def test_the_account_of_a_suspended_limit_and_of_a_stated_end(desk: Desk) -> None:
    stated, started = desk.start("things/2", due_at=at("2019-04-10T18:00")), desk.start(limit=WARNED)
    assert desk.do(deadline.explain, stated.id).summary == "限定于2019年4月10日（星期三）18:00前完成"
    desk.do(deadline.suspend, started.id, "待补正")
    account = desk.do(deadline.explain, started.id)
    assert account.summary.startswith("自2019年4月8日（星期一）10:00起中止计时；如即恢复计时：")
    assert account.left is None


def test_the_view_tells_how_far_ahead_or_late(desk: Desk) -> None:
    started, late = desk.start(), desk.start("things/2", a_limit(1))
    desk.until("2019-04-08T12:00")
    desk.do(deadline.finish, "things/1")
    desk.do(deadline.finish, "things/2")
    assert deadline.view(desk.get(started)).margin_seconds == timedelta(hours=4).total_seconds()
    found = deadline.view(desk.get(late))
    assert (found.margin_seconds, found.breached, found.state) == (-3600, True, deadline.view(desk.get(late)).state)
    assert deadline.view(desk.get(late)).DESCRIPTOR.fields_by_name["state"].enum_type.values_by_number[found.state].name.endswith("LATE")


def test_the_limits_of_a_matter_and_of_a_list_come_in_one_question(desk: Desk) -> None:
    desk.start("things/1/steps/1", parent="things/1")
    desk.start("things/1/steps/2", parent="things/1")
    desk.start("things/2", parent="")
    assert len(desk.do(deadline.of_parent, "things/1")) == 2
    found = desk.do(deadline.of_subjects, ["things/1/steps/2", "things/2", "things/3"])
    assert {subject: len(limits) for subject, limits in found.items()} == {"things/1/steps/2": 1, "things/2": 1, "things/3": 0}
