"""Documents on their routes, under a regulation that nobody has."""

from __future__ import annotations

from datetime import timedelta

from services.kit.testing.office import Office
from tests.service.documents.conftest import START, Works
from xiaoneng.documents.v1 import types_pb2
from xiaoneng.kit.v1 import deadline_view_pb2, work_pb2


def test_a_document_takes_the_route_of_the_pack(works: Works) -> None:
    document = works.at_work(responsible_units=["north", "south"], lead_unit="north")
    works.south.SubmitFeedback(name=works.opened(document)["work:south"].name, result_text="南墙已修")
    assert works.eldest.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_RUNNING
    works.north.SubmitFeedback(name=works.opened(document)["work"].name, result_text="北墙已修")
    assert works.eldest.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED


def test_a_refusal_carries_the_reason_and_the_article_of_the_pack(works: Works) -> None:
    document = works.register()
    works.heard(document)
    proposal = types_pb2.Proposal(handling_text="修", responsible_units=["north"])
    refused = works.scribe.refused("SubmitProposal", name=works.opened(document)["plan"].name, proposal=proposal)
    assert (refused.code, refused.reason, refused.clause) == ("FAILED_PRECONDITION", "UNCLEAR", "invented/1.3")
    assert "第三条" in refused.text


def test_a_step_that_has_not_come_is_refused_with_the_words_of_the_pack(works: Works) -> None:
    document = works.register()
    refused = works.eldest.refused("CompleteNamedStep", name=document.name, step="work", party="north")
    assert (refused.reason, refused.clause) == ("LEAPT", "invented/1.4")


def test_a_step_without_an_owner_is_not_opened(works: Works) -> None:
    document = works.register()
    works.heard(document)
    proposal = types_pb2.Proposal(handling_text="修好围墙", responsible_units=["yard"])
    refused = works.scribe.refused("SubmitProposal", name=works.opened(document)["plan"].name, proposal=proposal)
    assert refused.reason == "NOBODY_HOLDS_ROLE"
    assert list(works.opened(document)) == ["plan"]


def test_units_and_persons_that_do_not_exist_are_refused(works: Works) -> None:
    document = works.register()
    works.heard(document)
    name = works.opened(document)["plan"].name
    unknown_unit = types_pb2.Proposal(handling_text="修好围墙", responsible_units=["moon"])
    assert works.scribe.refused("SubmitProposal", name=name, proposal=unknown_unit).reason == "UNKNOWN_UNIT"
    unknown_reader = types_pb2.Proposal(handling_text="修好围墙", responsible_units=["north"], readers=["nobody"])
    assert works.scribe.refused("SubmitProposal", name=name, proposal=unknown_reader).reason == "UNKNOWN_PERSON"


def test_a_step_belongs_to_whom_it_lies_with(works: Works) -> None:
    document = works.register()
    name = works.opened(document)["hear"].name
    assert works.scribe.refused("CompleteStep", name=name, verdict="VERDICT_APPROVE").code == "NOT_FOUND"
    assert works.guest.refused("GetDocument", name=document.name).code == "NOT_FOUND"


def test_a_delegate_acts_and_the_record_says_for_whom(works: Works, office: Office) -> None:
    document = works.register()
    office.delegate("eldest", "hand", START - timedelta(days=1), START + timedelta(days=1)).install(works.ports)
    name = works.opened(document)["hear"].name
    done = works.hand.CompleteStep(name=name, verdict="VERDICT_APPROVE", opinion="同意")
    assert (done.done_by, done.done_for, done.role) == ("hand", "eldest", "elder")


def test_a_delegation_that_is_over_gives_no_right(works: Works, office: Office) -> None:
    document = works.register()
    office.delegate("eldest", "hand", START - timedelta(days=9), START - timedelta(days=1)).install(works.ports)
    assert works.hand.refused("CompleteStep", name=works.opened(document)["hear"].name).code == "NOT_FOUND"


def test_sending_back_starts_a_new_clock(works: Works) -> None:
    document = works.register()
    works.heard(document)
    works.pass_time(days=1)
    works.scribe.SendBackStep(name=works.opened(document)["plan"].name, reason="未说明围墙位置")
    again = works.opened(document)["hear"]
    assert (again.generation, again.arrive_time.ToDatetime().replace(tzinfo=START.tzinfo)) == (2, START + timedelta(days=1))
    (limit,) = again.deadlines
    assert limit.state == deadline_view_pb2.DEADLINE_STATE_OPEN
    states = {d.state for s in works.eldest.GetRoute(name=document.name).steps for d in s.deadlines}
    assert states == {deadline_view_pb2.DEADLINE_STATE_OPEN, deadline_view_pb2.DEADLINE_STATE_MET}


def test_taking_back_works_until_the_next_one_has_looked(works: Works) -> None:
    document = works.register()
    step = works.opened(document)["hear"]
    works.heard(document)
    again = works.eldest.TakeBackStep(name=step.name)
    assert (again.step, again.generation, list(works.opened(document))) == ("hear", 2, ["hear"])
    assert [item.step.step for item in works.scribe.ListMySteps().items] == []
    works.heard(document)
    works.scribe.OpenStep(name=works.opened(document)["plan"].name)
    assert works.eldest.refused("TakeBackStep", name=again.name).reason == "OPENED_ALREADY"


def test_an_added_signer_comes_before_what_follows(works: Works) -> None:
    document = works.register()
    works.eldest.AddSigner(name=works.opened(document)["hear"].name, person="north", position="SIGNER_POSITION_BEFORE")
    (asked,) = works.opened(document).values()
    assert list(asked.persons) == ["north"]
    works.north.CompleteStep(name=asked.name, verdict="VERDICT_APPROVE", opinion="可行")
    works.heard(document)
    assert list(works.opened(document)) == ["plan"]


def test_a_transferred_step_keeps_its_clock(works: Works) -> None:
    document = works.at_work()
    before = works.opened(document)["work"]
    works.pass_time(days=1)
    works.north.TransferStep(name=before.name, unit="south", reason="南车间负责")
    after = works.opened(document)["work"]
    assert (list(after.persons), after.unit, after.deadlines[0].due_time) == (["south"], "south", before.deadlines[0].due_time)
    assert [item.document for item in works.north.ListMySteps().items] == []


def test_late_work_can_still_be_done_and_counts_as_late(works: Works) -> None:
    document = works.register()
    works.pass_time(days=5)
    breached = works.events("documents.deadline.breached.v1")
    assert [(e["deadline"]["rule"], e["step"]["time"]) for e in breached] == [("three-days", "2025-09-25T10:00:00Z")]
    works.heard(document)
    steps = {s.step: s for s in works.eldest.GetRoute(name=document.name).steps}
    (limit,) = steps["hear"].deadlines
    assert (limit.state, limit.breached) == (deadline_view_pb2.DEADLINE_STATE_LATE, True)


def test_nothing_passes_by_itself_because_time_ran_out(works: Works) -> None:
    document = works.register()
    works.pass_time(days=60)
    assert list(works.opened(document)) == ["hear"]


def test_readers_get_copies_that_hold_nothing_up(works: Works) -> None:
    document = works.at_work(readers=["guest", "south"])
    assert [item.queue for item in works.guest.ListMySteps().items] == [work_pb2.WORK_KIND_READING]
    works.north.SubmitFeedback(name=works.opened(document)["work"].name, result_text="已修")
    assert works.eldest.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_CLOSED
    (copy,) = works.guest.ListMySteps().items
    works.guest.FinishReading(name=copy.step.name)
    assert list(works.guest.ListMySteps().items) == []


def test_an_open_step_follows_its_post(works: Works, office: Office) -> None:
    from services.documents.handlers import reassign_open_steps
    from services.kit.identity import system
    from services.kit.testing.channel import TENANT

    document = works.at_work()
    before = works.opened(document)["work"]
    office.post("hand", "north", "foreman", position=-1).install(works.ports)
    with works.ports.db.tenant(TENANT, system("documents", TENANT)) as tx:
        assert reassign_open_steps(tx) == 1
    after = works.opened(document)["work"]
    assert (sorted(after.persons), after.deadlines[0].due_time) == (["hand", "north"], before.deadlines[0].due_time)
    assert [item.document for item in works.hand.ListMySteps().items] == [document.name]


def test_a_disapproval_ends_what_the_route_says_it_ends(works: Works) -> None:
    draft = works.hand.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="致街道的信", document_type="letter")
    works.hand.SubmitDraft(name=draft.name)
    works.eldest.CompleteStep(name=works.opened(draft)["weigh"].name, verdict="VERDICT_DISAPPROVE", opinion="不发")
    ended = works.eldest.GetDocument(name=draft.name)
    assert (ended.state, ended.end_reason) == (types_pb2.DOCUMENT_STATE_ENDED, "不发")


def test_a_draft_that_came_back_is_changed_and_submitted_again(works: Works) -> None:
    draft = works.hand.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="致街道的信")
    works.hand.SubmitDraft(name=draft.name)
    changed = {"document": {"name": draft.name, "title": "改"}, "update_mask": {"paths": ["title"]}}
    assert works.hand.refused("UpdateDraft", **changed).reason == "NOT_A_DRAFT"
    works.eldest.SendBackStep(name=works.opened(draft)["weigh"].name, reason="请补充落款")
    works.hand.UpdateDraft(document={"name": draft.name, "title": "致街道办的信"}, update_mask={"paths": ["title"]})
    works.hand.SubmitDraft(name=draft.name)
    assert (list(works.opened(draft)), works.eldest.GetDocument(name=draft.name).title) == (["weigh"], "致街道办的信")


def test_the_same_request_twice_is_done_once(works: Works) -> None:
    request = {"title": "一封信", "sender": "街道办", "document_class": "errand", "request_id": "01a20000-0000-7000-8000-000000000001"}
    first, second = works.scribe.RegisterDocument(**request), works.scribe.RegisterDocument(**request)
    assert (first.name, first.registration_number) == (second.name, second.registration_number)
    refused = works.scribe.refused("RegisterDocument", **{**request, "title": "另一封信"})
    assert refused.reason == "REQUEST_ID_REUSED"


def test_every_act_leaves_its_record(works: Works) -> None:
    document = works.register()
    works.heard(document)
    acts = [row.act for row in works.rows("audit") if row.act.startswith("documents.")]
    assert (acts.count("documents.document.register"), acts.count("documents.step.complete")) == (1, 1)


def test_the_route_says_what_every_step_may_take_also_before_it_opens(works: Works) -> None:
    steps = works.eldest.GetRoute(name=works.register().name).steps
    said = [(s.step, [(limit.budget, limit.citation.clause) for limit in s.limits]) for s in steps]
    assert said == [(step, [("3个工作日", "invented/1.2")]) for step in ("hear", "plan", "work", "news")]


def test_what_a_step_does_not_offer_is_refused(works: Works) -> None:
    document = works.at_work()
    name = works.opened(document)["work"].name
    assert works.north.refused("AddSigner", name=name, person="south").reason == "NOT_ALLOWED_AT_THIS_STEP"
    works.north.SubmitFeedback(name=name, result_text="已修")
    assert works.north.refused("TransferStep", name=name, person="south", reason="忙").reason == "LEAPT"


def test_the_list_cites_the_article_of_the_limit_while_it_runs(works: Works) -> None:
    document = works.register()
    opened = works.events("documents.work.opened.v1")[-1]["item"]
    assert opened["citation"]["clause"] == "invented/1.2"
    (limit,) = works.opened(document)["hear"].deadlines
    assert (opened["deadline"], opened["limitLabel"]) == (limit.name, "三天内办理")
    works.heard(document)
    assert works.events("documents.work.ended.v1")[-1]["item"]["citation"]["clause"] == "invented/1.1"
