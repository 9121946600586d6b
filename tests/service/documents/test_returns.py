"""退文: all grounds at once, by consent, and handed in again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.service.documents.conftest import Works
from xiaoneng.documents.v1 import types_pb2

WRONG: dict[str, Any] = {"document_type": "letter", "matters": ["北墙", "南墙"], "fields": {"shop": "north", "wall": 3}}
RIGHT: dict[str, Any] = {"document_type": "letter", "matters": ["北墙"], "fields": {"shop": "north", "wall": 3, "finish": "2025-10-01"}}


def decided(works: Works, document: Any, verdict: str = "VERDICT_APPROVE") -> None:
    works.eldest.CompleteStep(name=works.opened(document)["consent"].name, verdict=verdict, opinion="准")


def test_a_document_with_grounds_waits_for_the_registry_and_then_for_consent(works: Works) -> None:
    document = works.register(**WRONG)
    assert document.state == types_pb2.DOCUMENT_STATE_REGISTERED
    assert [(f.reason, f.text) for f in document.findings] == [("TWO_WALLS", "一信一墙，此信说了2件"), ("BARE", "缺竣工日")]
    assert works.scribe.refused("ClassifyDocument", name=document.name, document_class="errand").reason == "RETURN_PENDING"
    pending = works.scribe.ReturnDocument(name=document.name, reason="请改正")
    assert pending.state == types_pb2.DOCUMENT_STATE_RETURN_PENDING
    assert works.scribe.refused("ReturnDocument", name=document.name, reason="再退").reason == "RETURN_PENDING"
    decided(works, document)
    returned = works.scribe.GetDocument(name=document.name)
    assert returned.state == types_pb2.DOCUMENT_STATE_RETURNED
    assert returned.end_reason.count("《某厂文书办法》") == 2
    assert returned.end_reason.endswith("；请改正")
    (told,) = works.events("documents.notice.given.v1")
    assert (told["persons"], told["text"]) == (["north"], "north的来信已退回")


def test_without_consent_it_goes_its_way(works: Works) -> None:
    document = works.register(**WRONG)
    works.scribe.ReturnDocument(name=document.name, reason="请改正")
    decided(works, document, "VERDICT_DISAPPROVE")
    assert works.scribe.GetDocument(name=document.name).state == types_pb2.DOCUMENT_STATE_RUNNING
    assert list(works.opened(document)) == ["hear"]


def test_what_was_registered_wrongly_is_corrected_and_taken_in(works: Works) -> None:
    document = works.register(**(RIGHT | {"matters": ["北墙", "南墙"]}))
    works.scribe.CorrectDocument(
        name=document.name, document={"matters": ["北墙"]}, update_mask={"paths": ["matters"]}, reason="登记时多写一件"
    )
    assert list(works.opened(document)) == ["hear"]
    assert list(works.scribe.GetDocument(name=document.name).findings) == []


def test_a_document_on_its_way_is_returned_as_well(works: Works) -> None:
    document = works.register(**RIGHT)
    works.scribe.ReturnDocument(name=document.name, reason="来文要求撤回")
    assert list(works.opened(document)) == ["consent"]
    decided(works, document)
    assert works.scribe.GetDocument(name=document.name).end_reason == "来文要求撤回"


def test_without_a_route_of_consent_it_goes_back_at_once(works: Works) -> None:
    document = works.register(document_type="order")
    assert works.scribe.ReturnDocument(name=document.name, reason="误投").state == types_pb2.DOCUMENT_STATE_RETURNED
    draft = works.scribe.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title="令")
    assert works.scribe.refused("ReturnDocument", name=draft.name, reason="误投").reason == "WRONG_STATE"


def test_what_is_handed_in_again_names_the_first_and_what_was_lost(works: Works) -> None:
    document = works.register(**WRONG)
    assert works.scribe.refused("RegisterDocument", title="信", sender="街道办", resubmits=document.name).reason == "NOT_RETURNED"
    works.scribe.ReturnDocument(name=document.name, reason="请改正")
    decided(works, document)
    works.pass_time(days=2)
    again = works.register(**RIGHT, resubmits=document.name)
    assert (again.state, again.resubmits) == (types_pb2.DOCUMENT_STATE_RUNNING, document.name)
    lost = again.register_time.ToDatetime() - again.first_register_time.ToDatetime()
    assert lost == timedelta(days=2)


def test_somebody_who_prepares_a_decision_may_ask_for_an_opinion(works: Works) -> None:
    document = works.register(document_type="order")
    handling = works.eldest.RequestMaterial(name=works.opened(document)["hear"].name, units=["south"], text="征求意见")
    (asked,) = handling.materials
    assert [m.answer for m in works.south.SupplyMaterial(name=asked.name, text="无意见").materials] == ["无意见"]


def on_lists(works: Works) -> dict[str, list[str]]:
    """Whom material waits for, by the request."""
    opened, ended = ([each["item"] for each in works.events(f"documents.work.{what}.v1")] for what in ("opened", "ended"))
    over = {item["item"] for item in ended}
    return {item["item"]: [] if item["item"] in over else item["persons"] for item in opened if "/materials/" in item["item"]}


def test_material_waits_for_the_people_of_its_unit_until_one_of_them_supplies_it(works: Works) -> None:
    document = works.register(document_type="order")
    step = works.opened(document)["hear"].name
    (asked,) = works.eldest.RequestMaterial(name=step, units=["south"], text="征求意见").materials
    assert "south" in on_lists(works)[asked.name]
    works.south.SupplyMaterial(name=asked.name, text="无意见")
    assert on_lists(works) == {asked.name: []}


def test_nobody_is_asked_for_material_of_what_is_void(works: Works) -> None:
    document = works.register(document_type="order")
    (asked,) = works.eldest.RequestMaterial(name=works.opened(document)["hear"].name, units=["south"], text="征求意见").materials
    works.scribe.VoidDocument(name=document.name, reason="登记有误")
    assert on_lists(works) == {asked.name: []}
