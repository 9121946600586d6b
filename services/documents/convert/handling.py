"""What is done with a document on its way: handling, permits, deliberation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from services.documents.convert.common import cited, moment
from services.documents.convert.words import COPY_ACT, EXTENSION, PERMIT
from services.documents.domain.handling import Dispatch, Extension, Feedback, Material, Report
from services.documents.domain.permits import Permit
from services.documents.domain.threads import Thread
from xiaoneng.documents.v1 import handling_service_pb2, permit_service_pb2, thread_service_pb2
from xiaoneng.kit.v1 import deadline_view_pb2

if TYPE_CHECKING:
    from services.documents.commands.threads import Talk
    from services.kit.policy.ruleset import RuleSet


def dispatch(found: Dispatch) -> handling_service_pb2.Dispatch:
    return handling_service_pb2.Dispatch(
        unit=found.unit, units=found.units, text=found.text, person=found.person, record_time=moment(found.recorded_at)
    )


def material(found: Material, view: deadline_view_pb2.DeadlineView | None) -> handling_service_pb2.MaterialRequest:
    return handling_service_pb2.MaterialRequest(
        name=found.name,
        requesting_unit=found.requesting_unit,
        unit=found.unit,
        text=found.text,
        deadline=view,
        request_time=moment(found.requested_at),
        supply_time=moment(found.supplied_at),
        answer=found.answer,
        requester=found.requester,
        supplier=found.supplier,
    )


def report(found: Report) -> handling_service_pb2.Report:
    return handling_service_pb2.Report(unit=found.unit, text=found.text, person=found.person, report_time=moment(found.reported_at))


def feedback(found: Feedback) -> handling_service_pb2.Feedback:
    return handling_service_pb2.Feedback(
        unit=found.unit,
        lead=found.lead,
        result_text=found.result_text,
        measures=found.measures,
        dispatch_text=found.dispatch_text,
        evidence=found.evidence,
        completed=found.completed,
        person=found.person,
        submit_time=moment(found.submitted_at),
        margin_hours=found.margin_seconds / 3600,
    )


def extension(found: Extension, rules: RuleSet) -> handling_service_pb2.Extension:
    return handling_service_pb2.Extension(
        name=found.name,
        step=f"documents/{found.document}/steps/{found.step}",
        unit=found.unit,
        old_due_time=moment(found.old_due_at),
        new_due_time=moment(found.new_due_at),
        reason=found.reason,
        state=EXTENSION[found.state],
        requester=found.requester,
        request_time=moment(found.requested_at),
        decider=found.decider,
        decide_time=moment(found.decided_at),
        decision=found.decision,
        consenting_unit=found.consenting_unit,
        citation=cited(rules, found.clause),
    )


def permit(found: Permit, rules: RuleSet, actions: Iterable[str]) -> permit_service_pb2.Permit:
    return permit_service_pb2.Permit(
        name=found.name,
        person=found.person,
        acts=[COPY_ACT[act] for act in found.acts],
        reason=found.reason,
        create_time=moment(found.asked_at),
        state=PERMIT[found.state],
        decided_by=[rules.roles[role].label for role in found.roles if role in rules.roles],
        decider=found.decider,
        decision=found.decision,
        decide_time=moment(found.decided_at),
        expire_time=moment(found.expires_at),
        uses_left=found.uses_left,
        citation=cited(rules, found.clause),
        allowed_actions=actions,
    )


def talk(done: Talk) -> thread_service_pb2.Thread:
    """A thread with what was said."""
    found = thread(done.thread)
    found.opinions.extend(
        thread_service_pb2.Opinion(person=said.person, text=said.text, create_time=moment(said.given_at)) for said in done.opinions
    )
    return found


def thread(found: Thread) -> thread_service_pb2.Thread:
    """A thread, without what was said."""
    return thread_service_pb2.Thread(
        name=found.name,
        subject=found.subject,
        document=f"documents/{found.document}" if found.document else "",
        opener=found.opener,
        persons=found.persons,
        create_time=moment(found.opened_at),
    )
