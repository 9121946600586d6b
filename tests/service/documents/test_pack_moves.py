"""Chosen running matters go on under a newer version of the regulation: seen first, then done by a named person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.kit.policy.load import load
from services.kit.testing.office import Office
from tests.service.documents.conftest import PACK, START, Works
from xiaoneng.documents.v1 import pack_move_service_pb2 as pb

PLAN = "{id: plan, act: propose, role: scribe,"
SECOND = (
    PACK.replace("version: 1\n", "version: 2\n", 1)
    .replace("{value: 3, unit: working_days}", "{value: 5, unit: working_days}")
    .replace(
        "{id: plan, act: propose, role: scribe,",
        "{id: weigh, act: review, role: eldest_hand}\n      - {id: plan, act: propose, role: scribe,",
    )
    .replace(
        "  reader: {label: 读者", "  eldest_hand: {label: 掌印, posts: [foreman], of: unit, fallback: [elder]}\n  reader: {label: 读者"
    )
    .replace('"documents:extension:decide"', '"documents:extension:decide", "documents:pack:move"')
)
THIRD = PACK.replace("version: 1\n", "version: 3\n", 1).replace("  - id: errand\n", "  - id: other-errand\n", 1)
MONTH = timedelta(days=30)


@pytest.fixture
def office(office: Office) -> Office:
    """The second version is in force from tomorrow on, the third in a month."""
    second = START + timedelta(hours=12)
    office.pack(PACK, active_until=second).pack(SECOND, second, START + MONTH).pack(THIRD, START + MONTH)
    for role, permissions in load(SECOND).grants.items():
        office.grant(role, *permissions)
    return office


@pytest.fixture
def running(works: Works) -> Any:
    """A letter that the elder has to hear, from the day before the second version."""
    document = works.register()
    works.pass_time(days=1)
    return document


def preview(works: Works, *documents: Any, version: int = 2) -> list[pb.PackMove]:
    return list(works.eldest.PreviewPackMove(names=[d.name for d in documents], pack="invented", version=version).moves)


def move(works: Works, *documents: Any, version: int = 2) -> list[pb.PackMove]:
    reason = "新办法施行后统一办理"
    return list(works.eldest.MovePack(names=[d.name for d in documents], pack="invented", version=version, reason=reason).moves)


def dues(found: pb.PackMove) -> dict[str, tuple[str, str]]:
    return {f"{limit.step} {limit.rule}": (limit.budget_before, limit.budget_after) for limit in found.limits}


def test_a_preview_shows_steps_and_limits_and_changes_nothing(works: Works, running: Any) -> None:
    before = (works.rows("documents"), works.rows("steps"), works.rows("deadlines"), works.rows("outbox"))
    (found,) = preview(works, running)
    assert (found.document, found.from_version, found.to_version, found.obstacle) == (running.name, 1, 2, "")
    assert [(step.step, step.difference, step.open) for step in found.steps] == [("weigh", pb.DIFFERENCE_ADDED, False)]
    assert dues(found)["hear three-days"] == ("3个工作日", "5个工作日")
    assert dues(found)["weigh three-days"] == ("", "5个工作日")
    (hear,) = [limit for limit in found.limits if limit.step == "hear"]
    assert hear.due_time.ToDatetime() - hear.previous_due_time.ToDatetime() == timedelta(days=3)  # Sunday 28 is worked
    assert [c.version for c in (hear.citation_before, hear.citation_after)] == [1, 2]
    assert (works.rows("documents"), works.rows("steps"), works.rows("deadlines"), works.rows("outbox")) == before
    assert hear.step_label == works.opened(running)["hear"].label != ""


def test_a_move_does_what_the_preview_showed(works: Works, running: Any) -> None:
    shown = preview(works, running)
    assert move(works, running) == shown
    (limit,) = [d for d in works.rows("deadlines") if d.state == "open"]
    assert (limit.budget["value"], limit.started_at, limit.pins, limit.citation["version"]) == (5, START, {"invented": 2}, 2)
    (row,) = works.rows("documents")
    assert row.pins == {"invented": 2}
    works.heard(running)
    assert list(works.opened(running)) == ["weigh"]


def test_it_is_the_act_of_a_named_person_and_told(works: Works, running: Any) -> None:
    move(works, running)
    (record,) = works.rows("audit", act="documents.document.move_pack")
    assert (record.person, record.subject, record.pack, record.version) == ("eldest", running.name, "invented", 2)
    assert (record.details["from"], record.details["reason"]) == (1, "新办法施行后统一办理")
    (told,) = works.events("documents.document.pack_moved.v1")
    assert told == {"document": running.name, "pack": "invented", "fromVersion": 1, "toVersion": 2}
    changed = works.events("documents.work.changed.v1")[-1]["item"]
    assert changed["dueTime"].startswith("2025-09-28")


def test_others_keep_the_version_under_which_they_began(works: Works, running: Any) -> None:
    other = works.register(title="关于井盖的来信", duplicate_confirmed=True)
    older = works.rows("documents", id=running.name.split("/")[1])
    assert (older[0].pins, works.rows("documents", id=other.name.split("/")[1])[0].pins) == ({"invented": 1}, {"invented": 2})
    assert [m.obstacle for m in preview(works, running, other)] == ["", "NOT_NEWER"]


def test_all_or_none(works: Works, running: Any) -> None:
    done = works.register(title="关于井盖的来信", duplicate_confirmed=True)
    refused = works.eldest.refused("MovePack", names=[running.name, done.name], pack="invented", version=2, reason="统一")
    assert (refused.reason, refused.metadata["obstacle"], refused.metadata["document"]) == ("PACK_MOVE_IMPOSSIBLE", "NOT_NEWER", done.name)
    assert works.rows("documents", id=running.name.split("/")[1])[0].pins == {"invented": 1}


def test_what_is_broken_stays_broken_and_keeps_its_article(works: Works, running: Any) -> None:
    works.pass_time(days=3)
    (limit,) = works.rows("deadlines")
    assert limit.breached_at == limit.due_at
    (found,) = move(works, running)
    assert "hear three-days" not in dues(found)
    (after,) = works.rows("deadlines")
    assert (after.breached_at, after.budget, after.pins) == (limit.breached_at, limit.budget, {"invented": 1})


def test_a_stricter_limit_that_has_passed_is_shown_as_overdue(works: Works, office: Office) -> None:
    strict = SECOND.replace("version: 2\n", "version: 4\n", 1).replace("{value: 5, unit: working_days}", "{value: 1, unit: clock_hours}")
    office.pack(PACK, active_until=START + timedelta(hours=1)).pack(strict, START + timedelta(hours=1)).install(works.ports)
    document = works.register()
    works.pass_time(hours=2)
    (found,) = preview(works, document, version=4)
    assert [limit.overdue for limit in found.limits if limit.step == "hear"] == [True]
    move(works, document, version=4)
    works.pass_time(minutes=1)
    (breached,) = [d for d in works.rows("deadlines") if d.breached_at]
    assert breached.breached_at == START + timedelta(hours=1)


def test_a_version_of_tomorrow_is_previewed_and_not_moved_to(works: Works) -> None:
    document = works.register()
    (found,) = preview(works, document)
    assert dues(found)["hear three-days"] == ("3个工作日", "5个工作日")
    refused = works.eldest.refused("MovePack", names=[document.name], pack="invented", version=2, reason="统一")
    assert (refused.reason, list(refused.fields)) == ("PACK_VERSION_UNKNOWN", ["version"])


DRAFT = SECOND.replace("version: 2\n", "version: 7\n", 1).replace("{value: 5, unit: working_days}", "{value: 4, unit: working_days}")


def tried(works: Works, *documents: Any, version: int = 7, source: str = DRAFT) -> list[pb.PackMove]:
    names = [document.name for document in documents]
    return list(works.eldest.PreviewPackMove(names=names, pack="invented", version=version, source=source).moves)


def test_a_text_that_is_not_in_force_is_previewed_and_nothing_of_it_stays(works: Works, running: Any) -> None:
    tables = ("documents", "steps", "deadlines", "outbox", "audit")
    before = [works.rows(table) for table in tables]
    (found,) = tried(works, running)
    assert (found.from_version, found.to_version, found.obstacle) == (1, 7, "")
    assert dues(found)["hear three-days"] == ("3个工作日", "4个工作日")
    assert [c.version for limit in found.limits if limit.step == "hear" for c in (limit.citation_before, limit.citation_after)] == [1, 7]
    assert [step.step for step in found.steps] == ["weigh"]
    assert [works.rows(table) for table in tables] == before
    for method, more in (("PreviewPackMove", {}), ("MovePack", {"reason": "统一"})):
        refused = works.eldest.refused(method, names=[running.name], pack="invented", version=7, **more)
        assert (method, refused.reason) == (method, "PACK_VERSION_UNKNOWN")
    # What is in force counts, whatever another text says of it.
    assert tried(works, running, version=2, source=DRAFT.replace("version: 7\n", "version: 2\n", 1)) == preview(works, running)
    other = works.register(title="关于井盖的来信", duplicate_confirmed=True)
    assert works.rows("documents", id=other.name.split("/")[1])[0].pins == {"invented": 2}


def test_a_version_that_says_the_same_changes_nothing(works: Works, running: Any) -> None:
    (found,) = tried(works, running, source=PACK.replace("version: 1\n", "version: 7\n", 1))
    assert (found.obstacle, list(found.steps), list(found.limits)) == ("", [], [])


def test_a_text_is_looked_at_as_at_its_publication(works: Works, running: Any) -> None:
    bad = DRAFT.replace("kind: limit", "kind: limits", 1)
    refused = works.eldest.refused("PreviewPackMove", names=[running.name], pack="invented", version=7, source=bad)
    assert (refused.code, refused.reason, set(refused.fields)) == ("INVALID_ARGUMENT", "PACK_INVALID", {"source"})


@pytest.mark.parametrize(("pack", "version", "fields"), [("another", 7, ["pack"]), ("invented", 8, ["version"])])
def test_the_text_is_of_the_version_that_is_named(works: Works, running: Any, pack: str, version: int, fields: list[str]) -> None:
    refused = works.eldest.refused("PreviewPackMove", names=[running.name], pack=pack, version=version, source=DRAFT)
    assert (refused.code, refused.reason, list(refused.fields)) == ("INVALID_ARGUMENT", "PACK_TEXT_OF_OTHER", fields)


def test_a_version_without_its_procedure_is_an_obstacle(works: Works, running: Any) -> None:
    assert [m.obstacle for m in preview(works, running, version=3)] == ["PROCEDURE_GONE"]
    works.pass_time(days=30)
    assert [m.obstacle for m in preview(works, running, version=3)] == ["PROCEDURE_GONE"]


@pytest.mark.parametrize("version", [1, 9])
def test_a_version_that_is_over_or_not_known_is_refused(works: Works, running: Any, version: int) -> None:
    refused = works.eldest.refused("PreviewPackMove", names=[running.name], pack="invented", version=version)
    assert (refused.code, refused.reason, list(refused.fields)) == ("INVALID_ARGUMENT", "PACK_VERSION_UNKNOWN", ["version"])


def test_what_is_over_cannot_be_moved(works: Works, running: Any) -> None:
    works.scribe.VoidDocument(name=running.name, reason="重复")
    assert [m.obstacle for m in preview(works, running)] == ["WRONG_STATE"]


def test_who_may_not_move_is_refused(works: Works, running: Any) -> None:
    refused = works.scribe.refused("MovePack", names=[running.name], pack="invented", version=2, reason="统一")
    assert refused.code == "PERMISSION_DENIED"
