"""A regulation invented from a seed is run by the platform as a pack and nothing else: over gRPC, on a driven clock."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any

import pytest
from chinese_calendar import is_workday

from services.kit.policy.source import write
from tests.scenario.invented import Invention, Signature, invent
from tests.scenario.world import Office
from xiaoneng.documents.v1 import types_pb2
from xiaoneng.notifications.v1 import message_service_pb2

START = "2019-04-08 10:00"


@pytest.fixture(params=[7, 19, 2019])
def invention(request: pytest.FixtureRequest) -> Invention:
    return invent(request.param)


@pytest.fixture
def bureau(office: Any, invention: Invention) -> Office:
    opened: Office = office.founded(invention.organisation, START, {invention.pack["pack"]: write(invention.pack)})
    return opened


def opened(bureau: Office, document: Any) -> list[types_pb2.Step]:
    steps = bureau.as_("desk").do("GetRoute", name=document.name).steps
    return [step for step in steps if step.state == types_pb2.STEP_STATE_OPEN]


def registered(bureau: Office, invention: Invention, important: bool) -> Any:
    fields = {"title": "关于此事的通知", "sender": "某局", "document_class": invention.document_class, "important": important}
    return bureau.as_("desk").do("RegisterDocument", **fields)


def propose(bureau: Office, document: Any, units: list[str]) -> dict[str, Any]:
    (start,) = opened(bureau, document)
    return {"name": start.name, "proposal": {"handling_text": "请承办", "responsible_units": units, "lead_unit": units[0]}}


def check_signature(bureau: Office, step: types_pb2.Step, expected: Signature) -> None:
    """The step lies with the invented person, for the invented time, under the invented clause."""
    (deadline,) = step.deadlines
    due = step.arrive_time.ToDatetime(UTC) + timedelta(hours=expected.hours)
    assert list(step.persons) == [bureau.person(expected.person).removeprefix("persons/")]
    assert (step.step, step.citation.clause) == (expected.id, expected.clause)
    assert (deadline.due_time.ToDatetime(UTC), deadline.citation.clause) == (due, expected.clause)


@pytest.mark.parametrize("important", [False, True])
def test_a_document_takes_the_invented_route_in_the_invented_time(bureau: Office, invention: Invention, important: bool) -> None:
    document = registered(bureau, invention, important)
    bureau.as_("desk").do("SubmitProposal", **propose(bureau, document, ["one"]))
    taken = ["a-start"]
    for expected in invention.signatures:
        if expected.important_only and not important:
            continue
        (step,) = opened(bureau, document)
        check_signature(bureau, step, expected)
        bureau.as_(expected.person).do("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
        taken.append(step.step)
    (work,) = opened(bureau, document)
    refused = bureau.as_("w-one").refused("SubmitFeedback", name=work.name, result_text="已办", completed=True)
    assert (refused.reason, refused.clause) == (invention.no_measures, invention.clause("measures"))
    bureau.as_("w-one").do("SubmitFeedback", name=work.name, result_text="已办", measures="已落实", completed=True)
    assert ([*taken, work.step], opened(bureau, document)) == (invention.path(important), [])
    assert bureau.as_("desk").do("GetDocument", name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


def test_the_invented_bound_is_kept_and_cited(bureau: Office, invention: Invention) -> None:
    document = registered(bureau, invention, important=False)
    units = ["one", "two", "three", "four"]
    refused = bureau.as_("desk").refused("SubmitProposal", **propose(bureau, document, units[: invention.most_units + 1]))
    assert (refused.reason, refused.clause) == (invention.too_many, invention.clause("units"))
    bureau.as_("desk").do("SubmitProposal", **propose(bureau, document, units[: invention.most_units]))


def test_a_signature_is_late_from_the_invented_moment_on(bureau: Office, invention: Invention) -> None:
    document = registered(bureau, invention, important=False)
    bureau.as_("desk").do("SubmitProposal", **propose(bureau, document, ["one"]))
    (step,) = opened(bureau, document)
    due = step.arrive_time.ToDatetime(UTC) + timedelta(hours=invention.signatures[0].hours)
    bureau.world.platform.advance_to(due - timedelta(seconds=1))
    assert not opened(bureau, document)[0].deadlines[0].breached
    bureau.world.platform.advance_to(due)
    assert opened(bureau, document)[0].deadlines[0].breached


def test_who_is_late_is_told_on_by_the_invented_chain(bureau: Office, invention: Invention) -> None:
    document = registered(bureau, invention, important=False)
    bureau.as_("desk").do("SubmitProposal", **propose(bureau, document, ["one"]))
    for expected in (s for s in invention.signatures if not s.important_only):
        (step,) = opened(bureau, document)
        bureau.as_(expected.person).do("CompleteStep", name=step.name, verdict="VERDICT_APPROVE", opinion="同意")
    day = working_day(date(2019, 4, 8), invention.handling_days)
    for role in invention.told:
        day = working_day(day, 1)
        bureau.at(f"{day} 10:29")
        assert told(bureau, f"p-{role}") == []
        bureau.at(f"{day} 10:30")
        assert told(bureau, f"p-{role}") == [invention.clause("chain")]


def working_day(day: date, count: int) -> date:
    """The n-th working day after a day, by the published calendar."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def told(bureau: Office, person: str) -> list[str]:
    """The clauses under which a person was told that somebody is late."""
    messages = bureau.as_(person).do("ListMessages").messages
    return [message.citation.clause for message in messages if message.kind == message_service_pb2.MESSAGE_KIND_ESCALATION]
