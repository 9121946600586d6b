"""From one office to another: what is delivered arrives there to be registered or refused; the sender sees the state and nothing more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.documents.commands import attach
from services.kit.db.command import run
from services.kit.identity import Caller
from services.kit.policy.source import write
from tests.scenario import packs
from tests.scenario.world import Office, described
from xiaoneng.documents.v1 import types_pb2
from xiaoneng.documents.v1.exchange_service_pb2 import TransmissionState

AT = "2019-04-15 09:00"
ACCEPT, REGISTER = "documents.arrival.accept", "documents.incoming.register"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@pytest.fixture
def sender(office: Any) -> Office:
    opened: Office = office("ganzhou", at=AT)
    return opened


@pytest.fixture
def receiver(office: Any, sender: Office) -> Office:
    opened: Office = office("ganzhou", at=AT)
    return opened


def issued(sender: Office, body: str = "现将有关情况函告如下。") -> Any:
    """An outgoing document with all its signatures and its number."""
    drafter, registrar = sender.as_("wu"), sender.as_("chen")
    document = drafter.do("CreateDraft", kind="DOCUMENT_KIND_OUTGOING", title="关于联合巡河的函", body=body)
    drafter.do("SubmitDraft", name=document.name)
    for person, act in (("luo", "review"), ("sun", "check"), ("li", "sign")):
        (step,) = [s.name for s in drafter.do("GetRoute", name=document.name).steps if s.act == act and s.name]
        sender.as_(person).do("CompleteStep", name=step, verdict="VERDICT_APPROVE")
    return registrar.do("IssueDocument", name=document.name, series="赣市水利字")


def transmitted(sender: Office, receiver: Office, **fields: Any) -> Any:
    document = issued(sender)
    sent = sender.as_("chen").do("TransmitDocument", name=document.name, receivers=[receiver.tenant], **fields)
    sender.world.settle()
    return sent.transmissions[0]


def arrivals(receiver: Office, state: str = "TRANSMISSION_STATE_ARRIVED") -> list[Any]:
    return list(receiver.as_("chen").do("ListArrivals", state=state).arrivals)


def state_of(sender: Office, transmission: Any) -> str:
    (found,) = [d for d in sender.as_("chen").do("ListTransmissions").transmissions if d.name == transmission.name]
    return str(TransmissionState.Name(found.state)).removeprefix("TRANSMISSION_STATE_")


def todos(office: Office, person: str) -> list[tuple[str, str]]:
    return [(todo.step, todo.title) for todo in office.as_(person).do("ListTodos").todos]


def test_what_is_sent_arrives_and_is_registered(sender: Office, receiver: Office) -> None:
    transmission = transmitted(sender, receiver, note="请于五月前反馈")
    assert state_of(sender, transmission) == "ARRIVED"
    (arrival,) = arrivals(receiver)
    assert (arrival.title, arrival.sender, arrival.sender_number) == ("关于联合巡河的函", "赣州市水利局", "赣市水利字〔2019〕1号")
    assert arrival.note == "请于五月前反馈"
    assert ("登记来件", "关于联合巡河的函") in todos(receiver, "chen")
    document = receiver.as_("chen").do("RegisterArrival", name=arrival.name)
    assert (document.state, document.sender, document.body) == (
        types_pb2.DOCUMENT_STATE_REGISTERED, "赣州市水利局", "现将有关情况函告如下。",
    )  # fmt: skip
    assert document.registration_number
    sender.world.settle()
    assert state_of(sender, transmission) == "REGISTERED"
    assert todos(receiver, "chen") == []


def test_the_sender_sees_the_state_and_nothing_more(sender: Office, receiver: Office) -> None:
    transmission = transmitted(sender, receiver)
    (arrival,) = arrivals(receiver)
    document = receiver.as_("chen").do("RegisterArrival", name=arrival.name)
    sender.world.settle()
    assert sender.as_("chen").refused("GetDocument", name=document.name).code == "NOT_FOUND"
    (seen,) = sender.as_("chen").do("ListTransmissions", document=transmission.document).transmissions
    assert seen.HasField("answer_time")
    assert (seen.reason, document.registration_number in str(seen)) == ("", False)


def test_a_refused_document_comes_back_with_the_reason_and_is_taken_note_of(sender: Office, receiver: Office) -> None:
    transmission = transmitted(sender, receiver)
    (arrival,) = arrivals(receiver)
    receiver.as_("chen").do("RefuseArrival", name=arrival.name, reason="不属于本单位职责")
    sender.world.settle()
    assert state_of(sender, transmission) == "REFUSED"
    (seen,) = sender.as_("chen").do("ListTransmissions", state="TRANSMISSION_STATE_REFUSED").transmissions
    assert (seen.reason, list(seen.findings)) == ("不属于本单位职责", [])
    assert todos(sender, "chen") == [("对方单位拒收", "关于联合巡河的函")]
    sender.as_("chen").do("AcknowledgeTransmission", name=transmission.name)
    sender.world.settle()
    assert todos(sender, "chen") == []
    assert sender.as_("chen").refused("AcknowledgeTransmission", name=transmission.name).reason == "NOTHING_TO_ACKNOWLEDGE"
    again = receiver.as_("chen").refused("RegisterArrival", name=arrival.name)
    assert (again.reason, "已拒收" in again.text) == ("ARRIVAL_ANSWERED", True)


def test_what_was_refused_may_be_delivered_again(sender: Office, receiver: Office) -> None:
    transmission = transmitted(sender, receiver)
    twice = sender.as_("chen").refused("TransmitDocument", name=transmission.document, receivers=[receiver.tenant])
    assert twice.reason == "TRANSMITTED_ALREADY"
    receiver.as_("chen").do("RefuseArrival", name=arrivals(receiver)[0].name, reason="缺少附件")
    sender.world.settle()
    sender.as_("chen").do("TransmitDocument", name=transmission.document, receivers=[receiver.tenant])
    sender.world.settle()
    assert len(arrivals(receiver)) == 1


def test_a_document_is_taken_back_before_it_is_registered(sender: Office, receiver: Office) -> None:
    transmission = transmitted(sender, receiver)
    withdrawn = sender.as_("chen").call("WithdrawTransmission", name=transmission.name, reason="文字有误")
    assert TransmissionState.Name(withdrawn.state) == "TRANSMISSION_STATE_WITHDRAWING"
    sender.world.settle()
    assert (state_of(sender, transmission), arrivals(receiver), todos(receiver, "chen")) == ("WITHDRAWN", [], [])
    assert sender.as_("chen").refused("WithdrawTransmission", name=transmission.name, reason="再次").reason == "TRANSMISSION_ANSWERED"


def test_whoever_is_first_wins_between_taking_back_and_registering(sender: Office, receiver: Office) -> None:
    transmission = transmitted(sender, receiver)
    (arrival,) = arrivals(receiver)
    sender.as_("chen").call("WithdrawTransmission", name=transmission.name, reason="文字有误")
    receiver.as_("chen").call("RegisterArrival", name=arrival.name)
    sender.world.settle()
    assert state_of(sender, transmission) == "REGISTERED"


def test_files_travel_and_can_be_looked_at_before_registration(sender: Office, receiver: Office) -> None:
    document = issued(sender)
    _hung(sender, document, "附件一.pdf")
    sender.as_("chen").do("TransmitDocument", name=document.name, receivers=[receiver.tenant])
    sender.world.settle()
    (arrival,) = arrivals(receiver)
    (file,) = receiver.as_("chen").do("GetArrival", name=arrival.name).attachments
    assert (file.file_name, file.size) == ("附件一.pdf", len(PDF))
    assert list(receiver.world.platform.ports["documents"].blobs.read(receiver.tenant, file.sha256)) == [PDF]
    registered = receiver.as_("chen").do("RegisterArrival", name=arrival.name)
    (held,) = receiver.as_("chen").do("ListAttachments", name=registered.name).attachments
    assert held.name == file.name


def _hung(sender: Office, document: Any, name: str) -> None:
    """A file on a document, entered as an upload enters it."""
    ports = sender.world.platform.ports["documents"]
    stored = ports.blobs.put(sender.tenant, [PDF], 1000)
    caller = Caller(sender.organisation.person("wu").person, sender.tenant, permissions=frozenset({attach.UPLOAD}))
    cmd = attach.AddAttachment(
        caller=caller, document=document.name, file_name=name, content_type="application/pdf", size=stored.size, sha256=stored.sha256
    )
    run(ports, attach.add_attachment, cmd, lambda _: types_pb2.Document())


def test_only_issued_documents_leave_the_house(sender: Office, receiver: Office) -> None:
    draft = sender.as_("wu").do("CreateDraft", kind="DOCUMENT_KIND_OUTGOING", title="关于联合巡河的函", body="正文")
    sender.as_("wu").do("SubmitDraft", name=draft.name)
    assert sender.as_("chen").refused("TransmitDocument", name=draft.name, receivers=[receiver.tenant]).reason == "NOT_ISSUED"


@pytest.mark.parametrize("whom", ["nobody", "itself"])
def test_only_other_offices_receive(sender: Office, whom: str) -> None:
    receivers = {"nobody": "no-such-office", "itself": sender.tenant}
    refused = sender.as_("chen").refused("TransmitDocument", name=issued(sender).name, receivers=[receivers[whom]])
    assert (refused.code, refused.reason, refused.fields) == ("INVALID_ARGUMENT", "UNKNOWN_RECEIVER", ("receivers",))


def test_the_address_book_says_where_an_office_stands(sender: Office, receiver: Office) -> None:
    found = {each.tenant: each for each in sender.as_("chen").do("ListReceivers").receivers}
    assert sender.tenant not in found
    assert (found[receiver.tenant].display_name, found[receiver.tenant].kind) == ("赣州市水利局", "municipal_bureau")


def exchange(on: str, reason: str, *more: dict[str, Any]) -> str:
    """A pack under which only city governments exchange documents with this office."""
    rule = {
        "id": "levels",
        "kind": "check",
        "clause": "exchange/1.1",
        "on": on,
        "require": {"one_of": {"other_kind": ["municipal_government"]}},
        "else": {"effect": "refuse", "reason": reason},
    }
    return write(
        {
            "schema": 1,
            "pack": "exchange",
            "version": 1,
            "title": "公文交换规定",
            "issuer": "某市",
            "effective_from": date(2019, 1, 1),
            "texts": {reason: "该单位未接入公文交换", "NOT_FULL": "材料不齐"},
            "clauses": [
                {"id": "exchange/1.1", "article": "第一条", "quote": "三级互联"},
                {"id": "exchange/1.2", "article": "第二条", "quote": "材料齐全"},
            ],
            "rules": [rule, *more],
        }
    )


def under(office: Any, pack: str) -> Office:
    """The office under one more pack."""
    data = described("ganzhou")
    own = {**data, "packs": [*data["packs"], "exchange"]}
    opened: Office = office.founded(own, AT, {**{name: packs.text(name) for name in data["packs"]}, "exchange": pack})
    return opened


def test_what_the_rules_of_the_receiver_refuse_goes_back_at_once_with_its_article(office: Any) -> None:
    sender, receiver = office("ganzhou", at=AT), under(office, exchange(ACCEPT, "NOT_CONNECTED"))
    transmitted(sender, receiver)
    (seen,) = sender.as_("chen").do("ListTransmissions").transmissions
    assert TransmissionState.Name(seen.state) == "TRANSMISSION_STATE_REFUSED"
    assert (seen.reason, seen.citation.clause, seen.citation.article) == ("该单位未接入公文交换", "exchange/1.1", "第一条")
    assert arrivals(receiver) == []


def full(on: str, effect: str, count: str) -> dict[str, Any]:
    """A rule of the same pack that wants at least one of something."""
    otherwise = {"effect": effect, "reason": "NOT_FULL"}
    return {"id": "full", "kind": "check", "clause": "exchange/1.2", "on": on, "require": {"count": count, "min": 1}, "else": otherwise}


def grounds(seen: Any) -> list[tuple[str, str, str, str, str]]:
    return [(each.reason, each.effect, each.text, each.citation.clause, each.citation.article) for each in seen.findings]


def test_the_sender_learns_every_ground_with_its_reason_code_and_its_article(office: Any) -> None:
    sender = office("ganzhou", at=AT)
    transmitted(sender, under(office, exchange(ACCEPT, "NOT_CONNECTED", full(ACCEPT, "refuse", "file_count"))))
    (seen,) = sender.as_("chen").do("ListTransmissions").transmissions
    assert grounds(seen) == [
        ("NOT_CONNECTED", "refuse", "该单位未接入公文交换", "exchange/1.1", "第一条"),
        ("NOT_FULL", "refuse", "材料不齐", "exchange/1.2", "第二条"),
    ]
    assert all(each.HasField("find_time") for each in seen.findings)


def test_what_the_registry_returns_by_its_rules_tells_the_sender_the_ground(office: Any) -> None:
    sender = office("ganzhou", at=AT)
    receiver = under(office, exchange("documents.transmission.send", "NOT_CONNECTED", full(REGISTER, "return", "matters")))
    transmission = transmitted(sender, receiver)
    returned = receiver.as_("chen").do("RegisterArrival", name=arrivals(receiver)[0].name)
    assert returned.state == types_pb2.DOCUMENT_STATE_RETURNED
    sender.world.settle()
    (seen,) = sender.as_("chen").do("ListTransmissions", document=transmission.document).transmissions
    assert (state_of(sender, transmission), seen.citation.clause) == ("REFUSED", "exchange/1.2")
    assert grounds(seen) == [("NOT_FULL", "return", "材料不齐", "exchange/1.2", "第二条")]


def test_what_the_rules_of_the_sender_refuse_does_not_leave(office: Any) -> None:
    sender, receiver = under(office, exchange("documents.transmission.send", "NOT_CONNECTED")), office("ganzhou", at=AT)
    refused = sender.as_("chen").refused("TransmitDocument", name=issued(sender).name, receivers=[receiver.tenant])
    assert (refused.reason, refused.clause) == ("NOT_CONNECTED", "exchange/1.1")
    assert sender.as_("chen").do("ListTransmissions").transmissions == []
