"""The watch on a driven clock: what fires, when, in which order, and what does not."""

from datetime import UTC, timedelta

from services.kit import deadline
from services.kit.deadline import model
from services.kit.loop import drain
from tests.service.kit.deadline.conftest import Desk, a_limit, a_rung, an_office, at

LADDER = (
    a_rung("warn", {"clock_hours_before": 1}),
    a_rung("escalate", {"working_days_after": 1, "time": "09:00"}, "section_chief"),
    a_rung("escalate", {"working_days_after": 2, "time": "09:00"}, "leader_in_charge"),
)


def test_a_limit_is_breached_at_its_due_moment_and_not_before(desk: Desk) -> None:
    desk.start()
    desk.until("2019-04-08T15:59:59")
    assert desk.fired() == []
    desk.until("2019-04-08T16:00:00")
    assert desk.fired() == [("breached", 0, at("2019-04-08T16:00"))]


def test_a_ladder_fires_every_rung_once_at_its_moment(desk: Desk) -> None:
    desk.start(limit=a_limit(ladder=LADDER))
    desk.until("2019-04-30T12:00")
    assert desk.fired() == [
        ("warned", 1, at("2019-04-08T15:00")),
        ("breached", 0, at("2019-04-08T16:00")),
        ("escalated", 2, at("2019-04-09T09:00")),
        ("escalated", 3, at("2019-04-10T09:00")),
    ]


def test_what_is_done_at_the_due_moment_is_in_time(desk: Desk) -> None:
    started = desk.start()
    desk.clock.set(at("2019-04-08T16:00"))
    (ended,) = desk.do(deadline.finish, "things/1")
    desk.watch()
    assert (ended.outcome, desk.get(started).outcome, desk.fired()) == (model.ON_TIME, model.ON_TIME, [])


def test_what_is_done_a_moment_later_is_late_and_breached_even_if_the_watch_comes_last(desk: Desk) -> None:
    started = desk.start(limit=a_limit(ladder=LADDER))
    desk.clock.set(at("2019-04-08T16:00:01"))
    (ended,) = desk.do(deadline.finish, "things/1")
    assert (ended.outcome, desk.counts()) == (model.LATE, (0, 0, 0, 0))
    desk.until("2019-04-30T12:00")
    assert [kind for kind, _, _ in desk.fired()] == ["warned", "breached"]
    assert desk.get(started).breached_at == at("2019-04-08T16:00")
    assert desk.counts() == (0, 0, 1, 0)


def test_late_work_does_not_take_the_breach_back(desk: Desk) -> None:
    started = desk.start()
    desk.until("2019-04-08T17:00")
    assert desk.counts() == (1, 1, 1, 0)
    desk.do(deadline.finish, "things/1")
    found = desk.get(started)
    assert (found.state, found.outcome, found.breached_at) == (model.FINISHED, model.LATE, at("2019-04-08T16:00"))
    assert desk.counts() == (0, 0, 1, 0)
    assert [row.data["deadline"]["name"] for row in desk.events("finished")] == [started.name]


def test_work_in_time_stops_the_ladder_and_emits_nothing(desk: Desk) -> None:
    desk.start(limit=a_limit(ladder=LADDER))
    desk.do(deadline.finish, "things/1")
    desk.until("2019-04-30T12:00")
    assert (desk.rows("outbox"), desk.rows("rungs"), desk.counts()) == ([], [], (0, 0, 0, 0))


def test_late_work_stops_the_rest_of_the_ladder(desk: Desk) -> None:
    desk.start(limit=a_limit(ladder=LADDER))
    desk.until("2019-04-09T10:00")
    desk.do(deadline.finish, "things/1")
    desk.until("2019-04-30T12:00")
    assert [rung for _, rung, _ in desk.fired()] == [1, 0, 2]


def test_a_downtime_that_passed_several_rungs_fires_them_in_order_with_their_true_moments(desk: Desk) -> None:
    desk.start(limit=a_limit(ladder=LADDER))
    desk.start("things/2", a_limit(2))
    desk.clock.set(at("2019-04-09T20:00"))
    desk.watch()
    assert desk.fired() == [
        ("warned", 1, at("2019-04-08T15:00")),
        ("breached", 0, at("2019-04-08T16:00")),
        ("escalated", 2, at("2019-04-09T09:00")),
        ("breached", 0, at("2019-04-08T12:00")),
    ]
    (breach, _) = sorted(desk.events("breached"), key=lambda row: row.time, reverse=True)
    assert breach.data["step"]["detectTime"] == "2019-04-09T12:00:00Z"
    desk.until("2019-04-10T09:00")
    assert desk.fired()[-1] == ("escalated", 3, at("2019-04-10T09:00"))


def test_the_events_of_a_limit_have_versions_without_gaps(desk: Desk) -> None:
    started = desk.start(limit=a_limit(ladder=LADDER))
    desk.clock.set(at("2019-04-20T20:00"))
    desk.watch()
    versions = [(row.subject, row.subject_version) for row in sorted(desk.rows("outbox"), key=lambda row: row.seq)]
    assert versions == [(started.name, number) for number in (1, 2, 3, 4)]


def test_a_reminder_that_would_come_before_the_start_is_left_out(desk: Desk) -> None:
    desk.start(limit=a_limit(ladder=(a_rung("warn", {"working_days_before": 2}),)))
    assert [row.act for row in desk.rows("rungs")] == ["breach"]


def test_a_breach_names_its_article_its_unit_and_whom_to_tell(desk: Desk) -> None:
    ladder = (a_rung("breach", "due", "office_head"),)
    desk.start(limit=a_limit(ladder=ladder), parent="things", initiator="wu", pins={"reg": 3})
    desk.until("2019-04-08T16:00")
    (row,) = desk.events("breached")
    assert (row.unit, row.clause, row.time, row.visibility) == ("planning", "reg/9.1", at("2019-04-08T16:00").astimezone(UTC), "tenant")
    told = row.data
    assert (told["step"]["to"], told["deadline"]["citation"]["clause"], told["deadline"]["parent"]) == (
        ["office_head"],
        "reg/1.1",
        "things",
    )
    assert (told["deadline"]["pins"], told["deadline"]["initiator"]) == ([{"pack": "reg", "version": 3}], "wu")
    assert told["deadline"]["state"] == "DEADLINE_STATE_OVERDUE"


def test_every_rung_is_in_the_audit(desk: Desk) -> None:
    started = desk.start(limit=a_limit(ladder=LADDER))
    desk.until("2019-04-30T12:00")
    acts = [(row.act, row.subject, row.clause) for row in sorted(desk.rows("audit"), key=lambda row: row.id)]
    assert acts == [
        ("limits.deadline.warn", started.name, "reg/9.1"),
        ("limits.deadline.breach", started.name, "reg/1.1"),
        ("limits.deadline.escalate", started.name, "reg/9.1"),
        ("limits.deadline.escalate", started.name, "reg/9.1"),
    ]


def test_a_stated_limit_that_is_over_when_it_starts_is_breached_at_once(desk: Desk) -> None:
    desk.start(due_at=at("2019-04-01T18:00"))
    desk.watch()
    assert desk.fired() == [("breached", 0, at("2019-04-01T18:00"))]


def test_the_limits_of_several_tenants_fire_in_their_own(desk: Desk) -> None:
    other = Desk(desk.ports, "hill")
    an_office(desk.ports, "hill")
    desk.start()
    other.start("things/9")
    desk.until("2019-04-08T18:00")
    assert [len(mine.fired()) for mine in (desk, other)] == [1, 1]
    assert other.events("breached")[0].data["deadline"]["subject"] == "things/9"


def test_a_subject_may_have_limits_of_several_rules_and_ends_them_together_or_one_by_one(desk: Desk) -> None:
    desk.start()
    desk.start(limit=a_limit(3, "working_days", rule="handle"))
    assert [ended.rule for ended in desk.do(deadline.finish, "things/1", "handle")] == ["handle"]
    assert [ended.rule for ended in desk.do(deadline.finish, "things/1")] == ["sign-step"]


def test_a_subject_that_comes_again_is_another_entry_with_a_ladder_of_its_own(desk: Desk) -> None:
    desk.start()
    desk.until("2019-04-08T17:00")
    desk.do(deadline.cancel, "things/1", "退回")
    desk.start(entry=2)
    desk.until("2019-04-09T00:00")
    assert [moment for _, _, moment in desk.fired()] == [at("2019-04-08T16:00"), at("2019-04-08T23:00")]
    assert desk.counts() == (1, 1, 2, 0)


def test_a_cancelled_limit_is_neither_in_time_nor_late(desk: Desk) -> None:
    started = desk.start()
    desk.do(deadline.cancel, "things/1", "撤回")
    desk.until("2019-04-30T12:00")
    found = desk.get(started)
    assert (found.state, found.outcome, desk.fired(), desk.counts()) == (model.CANCELLED, None, [], (0, 0, 0, 0))


def test_an_idle_watch_names_the_next_moment_and_rests(desk: Desk) -> None:
    watch = deadline.Watch(desk.ports)
    assert watch.step(desk.clock.now()) is None
    desk.start()
    assert watch.step(desk.clock.now()) == at("2019-04-08T16:00")
    assert drain([watch], desk.clock.now()) == at("2019-04-08T16:00")


def test_a_thousand_limits_due_at_one_instant_are_breached_once_each(desk: Desk) -> None:
    with desk.tx() as tx:
        for number in range(1000):
            deadline.start(tx, deadline.Start(subject=f"things/{number}", rule=a_limit(), unit=("planning", "rivers")[number % 2]))
    desk.clock.set(at("2019-04-08T16:00") + timedelta(seconds=1))
    desk.watch()
    subjects = {row.data["deadline"]["subject"] for row in desk.events("breached")}
    assert (len(subjects), len(desk.events("breached"))) == (1000, 1000)
    assert (desk.counts("planning"), desk.counts("rivers")) == ((500, 500, 500, 0), (500, 500, 500, 0))
