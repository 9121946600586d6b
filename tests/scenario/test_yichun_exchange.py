"""宜春市政府办公室：公文电子传输系统的省、市、县三级互联."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario import packs
from tests.scenario.world import Office, described
from xiaoneng.documents.v1 import types_pb2
from xiaoneng.documents.v1.exchange_service_pb2 import TransmissionState

AT = "2008-10-23 10:00"
ANSWERS = {"already_regulated": False, "already_distributed": False, "necessary": True, "new_measures": True, "workable_measures": True}


@pytest.fixture
def city(office: Any) -> Office:
    opened: Office = office("yichun", at=AT)
    return opened


def another(office: Any, kind: str) -> Office:
    """Another office, of this kind; people and regulation are the same."""
    data = described("yichun")
    named = {"id": kind.replace("_", "-"), "display_name": "某单位", "kind": kind}
    opened: Office = office.founded({**data, "tenant": named}, AT, {name: packs.text(name) for name in data["packs"]})
    return opened


def issued(sender: Office) -> Any:
    """A document with its signatures and its number."""
    drafter = sender.as_("yuan")
    document = drafter.do("CreateDraft", kind="DOCUMENT_KIND_OUTGOING", title="关于防汛的函", body="函告如下。", document_type="han")
    drafter.do("SubmitDraft", name=document.name)
    sender.as_("tu").do("AddRecord", name=document.name, kind="field_check", fields=ANSWERS)
    for person in ("tu", "he"):
        steps = sender.as_(person).do("GetRoute", name=document.name).steps
        (step,) = [step.name for step in steps if step.state == types_pb2.STEP_STATE_OPEN]
        sender.as_(person).do("CompleteStep", name=step, verdict="VERDICT_APPROVE", opinion="同意")
    return sender.as_("deng").do("IssueDocument", name=document.name, series="宜府办字")


def sent(sender: Office, receiver: Office) -> Any:
    """What the sender sees of a document that it has sent."""
    document = issued(sender)
    sender.as_("deng").do("TransmitDocument", name=document.name, receivers=[receiver.tenant])
    sender.world.settle()
    (seen,) = sender.as_("deng").do("ListTransmissions", document=document.name).transmissions
    return seen


@pytest.mark.clause("yichun/6.9")
def test_what_a_township_sends_is_refused_at_the_door(office: Any, city: Office) -> None:
    seen = sent(another(office, "township"), city)
    assert TransmissionState.Name(seen.state) == "TRANSMISSION_STATE_REFUSED"
    assert (seen.citation.clause, seen.citation.article) == ("yichun/6.9", "《实施意见》第6条")
    assert seen.reason == "公文电子传输系统实现省、市、县三级互联，该单位未接入"
    assert not city.as_("deng").do("ListArrivals").arrivals


@pytest.mark.clause("yichun/6.9")
@pytest.mark.parametrize("kind", ["county_government", "district_government", "municipal_government", "provincial_government"])
def test_what_a_connected_level_sends_arrives_with_a_receipt(office: Any, city: Office, kind: str) -> None:
    seen = sent(another(office, kind), city)
    assert (TransmissionState.Name(seen.state), seen.HasField("arrive_time")) == ("TRANSMISSION_STATE_ARRIVED", True)
    (arrival,) = city.as_("deng").do("ListArrivals").arrivals
    assert (arrival.title, arrival.sender) == ("关于防汛的函", "某单位")


@pytest.mark.clause("yichun/6.9")
def test_to_a_township_nothing_leaves_the_house(office: Any, city: Office) -> None:
    township, county = another(office, "township"), another(office, "county_government")
    document = issued(city)
    refused = city.as_("deng").refused("TransmitDocument", name=document.name, receivers=[township.tenant])
    assert (refused.reason, refused.clause) == ("LEVEL_NOT_CONNECTED", "yichun/6.9")
    city.as_("deng").do("TransmitDocument", name=document.name, receivers=[county.tenant])
    assert len(county.as_("deng").do("ListArrivals").arrivals) == 1
