"""The to-do list over all services, as services tell it."""

from __future__ import annotations

from datetime import timedelta

from services.kit.bus.dispatch import Result
from services.kit.testing.office import Office
from tests.service.notifications.conftest import START, Told, a_deadline, an_item
from xiaoneng.kit.v1 import deadline_pb2, work_pb2


def test_an_opened_item_is_in_the_list_of_its_person_with_due_moment_and_article(told: Told) -> None:
    item = an_item(due=START + timedelta(hours=6))
    item.citation.clause, item.citation.article, item.citation.regulation = "invented/1.1", "第一条", "某局提醒办法"
    assert told.open(item).result is Result.DONE
    (todo,) = told.served.client("wu").ListTodos().todos
    assert (todo.item, todo.title, todo.step, todo.number) == (item.item, "关于防汛检查的通知", "审签", "收2025-001")
    assert (todo.citation.article, todo.due_time.ToDatetime(), todo.overdue) == (
        "第一条",
        (START + timedelta(hours=6)).replace(tzinfo=None),
        False,
    )
    assert (todo.remaining_seconds, todo.remaining_text) == (int(3.5 * 3600), "还有3个工作小时30分钟")  # 08:30-12:00, closed until 14:30


def test_an_item_says_by_which_limit_it_is_due(told: Told) -> None:
    told.open(an_item("limited", due=START + timedelta(hours=6), deadline="deadlines/7", limit_label="科长审签"))
    told.open(an_item("free"))
    limited, free = told.served.client("wu").ListTodos().todos
    assert (limited.deadline, limited.limit_label) == ("deadlines/7", "科长审签")
    assert (free.deadline, free.limit_label) == ("", "")


def test_an_item_that_was_done_is_in_nobodys_list(told: Told) -> None:
    item = an_item("s1", "wu", "zhao")
    told.open(item)
    assert (told.todos("wu"), told.todos("zhao")) == ([item.item], [item.item])
    told.done(item, by="zhao")
    assert (told.todos("wu"), told.todos("zhao")) == ([], [])


def test_an_event_that_comes_twice_changes_nothing(told: Told) -> None:
    item = an_item()
    assert told.open(item, id="0192a000-0000-7000-8000-000000000001", version=1).result is Result.DONE
    assert told.open(item, id="0192a000-0000-7000-8000-000000000001", version=1).result is Result.REPEATED
    assert told.todos("wu") == [item.item]


def test_an_item_that_is_told_to_be_done_before_it_is_told_to_be_open_stays_done(told: Told) -> None:
    item = an_item()
    told.done(item, by="wu", version=2)
    told.open(an_item(), version=1)
    assert told.todos("wu") == []


def test_an_item_that_is_given_to_another_person_changes_lists(told: Told) -> None:
    told.open(an_item())
    told.tell("documents.work.changed.v1", "documents/d1/steps/s1", work_pb2.WorkChanged(item=an_item("s1", "zhao")))
    assert (told.todos("wu"), told.todos("zhao")) == ([], ["documents/d1/steps/s1"])


def test_a_list_begins_with_what_is_due_first_and_goes_on_page_by_page(told: Told) -> None:
    for step, hours in (("late", 9), ("soon", 1), ("never", None), ("later", 5)):
        told.open(an_item(step, due=START + timedelta(hours=hours) if hours else None))
    wu = told.served.client("wu")
    first = wu.ListTodos(page_size=3)
    second = wu.ListTodos(page_size=3, page_token=first.next_page_token)
    assert [todo.item.rpartition("/")[2] for todo in [*first.todos, *second.todos]] == ["soon", "later", "late", "never"]
    assert second.next_page_token == ""


def test_a_page_token_of_another_filter_is_refused(told: Told) -> None:
    for step in ("a", "b"):
        told.open(an_item(step))
    wu = told.served.client("wu")
    token = wu.ListTodos(page_size=1).next_page_token
    assert wu.refused("ListTodos", page_size=1, page_token=token, overdue_only=True).reason == "PAGE_TOKEN_INVALID"


def test_items_to_be_handled_and_to_be_read_are_counted_apart(told: Told) -> None:
    told.open(an_item("a", due=START - timedelta(minutes=1)))
    told.open(an_item("b", kind=work_pb2.WORK_KIND_READING))
    counts = told.served.client("wu").CountTodos()
    assert (counts.total, counts.actions, counts.readings, counts.overdue) == (2, 1, 1, 1)
    reading = told.served.client("wu").ListTodos(kind=work_pb2.WORK_KIND_READING).todos
    assert [todo.item for todo in reading] == ["documents/d1/steps/b"]


def test_a_delegate_sees_the_items_of_the_one_who_delegated_while_that_holds(told: Told, office: Office) -> None:
    Office(office.tenant).delegate("wu", "zhao", START - timedelta(days=1), START + timedelta(days=1), "documents").install(told.ports)
    told.open(an_item("a"))
    told.open(an_item("b", delegable=False))
    (todo,) = told.served.client("zhao").ListTodos().todos
    assert (todo.item, todo.person, todo.delegated) == ("documents/d1/steps/a", "wu", True)
    assert told.served.client("zhao").CountTodos().delegated == 1
    told.clock.set(START + timedelta(days=1))
    assert told.todos("zhao") == []


def test_an_extended_limit_moves_its_item(told: Told) -> None:
    told.open(an_item(due=START))
    limit, later = a_deadline(), START + timedelta(days=2)
    limit.due_time.FromDatetime(later)
    change = deadline_pb2.DeadlineChanged(deadline=limit, change=deadline_pb2.DEADLINE_CHANGE_EXTENDED)
    change.previous_due_time.FromDatetime(START)
    told.tell("documents.deadline.changed.v1", limit.name, change)
    (todo,) = told.served.client("wu").ListTodos().todos
    assert todo.due_time.ToDatetime() == later.replace(tzinfo=None)


def test_a_limit_that_is_not_the_items_own_moves_nothing(told: Told) -> None:
    told.open(an_item(due=START + timedelta(hours=1)))
    limit = a_deadline()
    change = deadline_pb2.DeadlineChanged(deadline=limit, change=deadline_pb2.DEADLINE_CHANGE_EXTENDED)
    change.previous_due_time.FromDatetime(START)
    told.tell("documents.deadline.changed.v1", limit.name, change)
    (todo,) = told.served.client("wu").ListTodos().todos
    assert todo.due_time.ToDatetime() == (START + timedelta(hours=1)).replace(tzinfo=None)


def test_a_list_needs_a_member_of_the_tenant(told: Told) -> None:
    assert told.served.anonymous().refused("ListTodos").reason == "UNAUTHENTICATED"
    assert told.served.client("stranger").refused("ListTodos").reason == "NOT_A_MEMBER"
    assert told.served.client("wu", "elsewhere").refused("ListTodos").reason == "NOT_A_MEMBER"
