"""On the clock that passes: several watches, acts that hold the lock over the due moment, processes that die."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg2
import pytest

from services.kit import deadline
from services.kit.clock import SystemClock
from services.kit.deadline import CountFolder, Watch, model
from services.kit.loop import Runner
from tests.service.kit.deadline.conftest import Desk, a_limit, a_rung, soon

PATIENCE = 20.0


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Waits until `condition` gives something, and says what did not come."""
    end = soon(PATIENCE)
    pause = threading.Event()
    while not (found := condition()):
        assert SystemClock().now() < end, f"{what} did not come"
        pause.wait(0.01)
    return found


def start_many(desk: Desk, count: int, due_at: datetime) -> None:
    with desk.tx() as tx:
        for number in range(count):
            begin = deadline.Start(subject=f"things/{number}", rule=a_limit(), unit=f"unit-{number % 7}", due_at=due_at)
            deadline.start(tx, begin)


def test_several_watches_fire_each_rung_once(live: Desk) -> None:
    start_many(live, 300, soon(-1))
    watches = [Watch(live.ports, batch=20) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda watch: [watch.step(live.clock.now()) for _ in range(30)], watches))
    live.watch()
    subjects = [row.data["deadline"]["subject"] for row in live.events("breached")]
    assert (len(subjects), len(set(subjects))) == (300, 300)
    assert sum(count.breaches for count in live.do(deadline.counts)) == 300


@pytest.mark.parametrize("written", [False, True])
def test_an_act_that_holds_the_lock_over_the_due_moment_is_in_time(live: Desk, written: bool) -> None:
    due_at = soon(0.4)
    started = live.start(due_at=due_at)
    with live.tx() as tx:
        (ended,) = deadline.finish(tx, "things/1")
        if written:
            tx.flush()
        wait_for(lambda: live.clock.now() > due_at, "the due moment")
        # The watch comes while the act is not committed: it leaves the limit alone.
        Watch(live.ports).step(live.clock.now())
        assert live.fired() == []
    live.watch()
    assert (ended.outcome, live.get(started).outcome, live.fired()) == (model.ON_TIME, model.ON_TIME, [])


def test_an_act_that_waits_for_the_watch_is_late(live: Desk) -> None:
    due_at = soon(0.3)
    started = live.start(due_at=due_at)
    wait_for(lambda: live.clock.now() > due_at, "the due moment")
    watch, acting = Watch(live.ports), threading.Event()
    write = watch._write

    def slowly(*arguments: Any) -> None:
        acting.wait(PATIENCE)
        write(*arguments)

    watch._write = slowly  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as pool:
        watching = pool.submit(watch.step, live.clock.now())
        wait_for(lambda: waiting_locks(live, "deadlines"), "the watch's lock")
        finishing = pool.submit(live.do, deadline.finish, "things/1")
        wait_for(lambda: blocked(live), "the act that waits")
        acting.set()
        watching.result(PATIENCE)
        (ended,) = finishing.result(PATIENCE)
    found = live.get(started)
    assert (ended.outcome, found.outcome, found.breached_at) == (model.LATE, model.LATE, started.due_at)
    assert [kind for kind, _, _ in live.fired()] == ["breached"]


def waiting_locks(live: Desk, table: str) -> bool:
    found = f"FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = '{table}' AND l.mode = 'RowShareLock'"
    return bool(ask(live, f"SELECT count(*) {found}"))


def blocked(live: Desk) -> bool:
    return bool(ask(live, "SELECT count(*) FROM pg_locks WHERE NOT granted"))


def ask(live: Desk, question: str) -> Any:
    """Asks beside the pool."""
    url = live.ports.db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_acts_and_watches_at_the_due_moment_agree_on_every_limit(live: Desk) -> None:
    start_many(live, 120, soon(0.5))
    runner = Runner([Watch(live.ports, batch=10), Watch(live.ports, batch=10), CountFolder(live.ports)], live.clock)
    runner.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            for number in range(120):
                pool.submit(live.do, deadline.finish, f"things/{number}")
        wait_for(lambda: all(row.outcome for row in live.rows("deadlines")), "the end of every limit")
        late = sum(row.outcome == model.LATE for row in live.rows("deadlines"))
        wait_for(lambda: len(live.events("breached")) == late, "a breach for every late act")
    finally:
        runner.stop()
    for row in live.rows("deadlines"):
        assert (row.outcome == model.LATE) == (row.ended_at > row.due_at) == (row.breached_at is not None)
    counts = live.do(deadline.counts)
    assert (sum(c.open for c in counts), sum(c.overdue for c in counts), sum(c.breaches for c in counts)) == (0, 0, late)


def test_a_running_watch_notices_within_a_second(live: Desk) -> None:
    runner = Runner([Watch(live.ports)], live.clock)
    runner.start()
    try:
        started = live.start(due_at=soon(1.2))
        wait_for(lambda: live.events("breached"), "the breach")
    finally:
        runner.stop()
    (row,) = live.rows("rungs")
    assert started.due_at is not None
    assert 0 <= (row.fired_at - started.due_at).total_seconds() < 0.5


class Died(Exception):
    """Stands for a process that is killed."""


@pytest.mark.parametrize("after", ["_claim", "_rungs", "_write"])
def test_a_watch_that_dies_before_its_commit_leaves_nothing_and_the_next_one_does_it(live: Desk, after: str) -> None:
    start_many(live, 5, soon(-1))
    watch = Watch(live.ports)
    whole = getattr(watch, after)

    def dies(*arguments: Any) -> None:
        whole(*arguments)
        raise Died

    setattr(watch, after, dies)
    with pytest.raises(Died):
        watch.step(live.clock.now())
    assert (live.rows("outbox"), live.rows("audit"), {row.state for row in live.rows("rungs")}) == ([], [], {model.PENDING})
    live.watch()
    live.watch()
    assert len(live.events("breached")) == 5
    assert sum(count.breaches for count in live.do(deadline.counts)) == 5


def test_a_connection_that_is_cut_in_the_middle_loses_and_doubles_nothing(live: Desk) -> None:
    start_many(live, 5, soon(-1))
    watch = Watch(live.ports)
    whole = watch._write

    def cut(tx: Any, *arguments: Any) -> None:
        whole(tx, *arguments)
        tx._raw().close()

    watch._write = cut  # type: ignore[method-assign]
    with pytest.raises(Exception, match=r"closed|BUSY|unavailable"):
        watch.step(live.clock.now())
    live.watch()
    assert len(live.events("breached")) == 5


def test_the_database_itself_refuses_a_limit_that_is_both_in_time_and_breached(live: Desk) -> None:
    started = live.start(due_at=soon(-1))
    live.watch()
    deadlines = live.ports.db.metadata.tables["deadlines"]
    values = {"state": "finished", "outcome": "on_time", "ended_at": started.started_at}
    with pytest.raises(psycopg2.errors.CheckViolation), live.tx() as tx:
        tx.update(deadlines, {"id": started.id}, values)


def test_the_database_itself_refuses_a_second_firing_of_a_rung(live: Desk) -> None:
    started = live.start(due_at=soon(-1))
    live.watch()
    rungs = live.ports.db.metadata.tables["rungs"]
    again = {"deadline": started.id, "generation": 1, "rung": 0, "at": started.due_at, "act": "breach", "clause": "reg/1.1"}
    with pytest.raises(psycopg2.errors.UniqueViolation), live.tx() as tx:
        tx.insert(rungs, again | {"state": "pending", "armed_at": started.started_at})


def test_two_watches_and_a_ladder_that_was_passed_keep_its_order(live: Desk) -> None:
    ladder = tuple(a_rung("escalate", {"minutes_after": minutes}) for minutes in (1, 2, 3))
    for number in range(20):
        live.start(f"things/{number}", a_limit(1, "minutes", ladder=ladder), started_at=soon(-3600))
    watches = [Watch(live.ports, batch=3) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda watch: [watch.step(live.clock.now()) for _ in range(20)], watches))
    live.watch()
    outbox = sorted(live.rows("outbox"), key=lambda row: (row.subject, row.subject_version))
    told = [row.data["step"].get("rung", 0) for row in outbox]
    assert told == [0, 1, 2, 3] * 20
