"""Several packs in one office: an instruction only tightens, a campaign prevails while it lasts, a matter keeps its version."""

from __future__ import annotations

from datetime import date
from typing import Any

import grpc
import pytest

from services.kit.policy.source import write
from services.kit.rpc import status
from tests.scenario.invented import Invention, invent
from tests.scenario.world import Office
from xiaoneng.documents.v1 import types_pb2

START = "2019-04-08 10:00"


@pytest.fixture
def invention() -> Invention:
    return next(made for made in map(invent, range(100)) if made.most_units > 1)


@pytest.fixture
def bureau(office: Any, invention: Invention) -> Office:
    opened: Office = office.founded(invention.organisation, START, {invention.pack["pack"]: write(invention.pack)})
    return opened


def another(invention: Invention, most: int, **head: Any) -> str:
    """A pack with another bound for the units of a proposal."""
    rule = {
        "id": "fewer",
        "kind": "cap",
        "clause": "other/1.1",
        "on": "documents.proposal.submit",
        "of": "responsible_units",
        "max": most,
        "else": {"effect": "refuse", "reason": "FEWER"},
    }
    rule.update(head.pop("rule"))
    about = {
        "schema": 1,
        "pack": "other",
        "version": 1,
        "title": "另行要求",
        "issuer": "某局",
        "effective_from": date(2019, 1, 1),
        "texts": {"FEWER": "不得超过{limit}个"},
        "clauses": [{"id": "other/1.1", "article": "第一条", "quote": "从严"}],
    }
    return write({**about, **head, "rules": [rule]})


def instruction(invention: Invention, most: int) -> str:
    return another(invention, most, layer="instruction", tightens=invention.pack["pack"], rule={"tightens": "few"})


def campaign(invention: Invention, most: int, **head: Any) -> str:
    key = f"{invention.pack['pack']}:few"
    return another(invention, most, layer="campaign", effective_to=date(2019, 4, 30), rule={"replaces": [key]}, **head)


def in_force(bureau: Office, source: str) -> None:
    kept = bureau.as_("admin").do("CreatePack", source=source)
    bureau.as_("admin").do("ActivatePack", name=kept.name)


def first(bureau: Office, document: Any) -> Any:
    """The step that lies open."""
    (step,) = [s for s in bureau.as_("desk").do("GetRoute", name=document.name).steps if s.state == types_pb2.STEP_STATE_OPEN]
    return step


def refusal(bureau: Office, invention: Invention, units: int) -> str:
    """With what a proposal for so many units is refused; empty when it is not."""
    desk = bureau.as_("desk")
    fields = {"sender": "某局", "document_class": invention.document_class}
    document = desk.do("RegisterDocument", title=f"关于{units}处的通知", duplicate_confirmed=True, **fields)
    step = first(bureau, document)
    named = ["one", "two", "three", "four"][:units]
    try:
        desk.call("SubmitProposal", name=step.name, proposal={"handling_text": "请承办", "responsible_units": named, "lead_unit": "one"})
    except grpc.RpcError as error:
        return status.read(error).reason
    return ""


def test_an_instruction_that_loosens_is_not_put_in_force(bureau: Office, invention: Invention) -> None:
    kept = bureau.as_("admin").do("CreatePack", source=instruction(invention, invention.most_units + 1))
    refused = bureau.as_("admin").refused("ActivatePack", name=kept.name)
    assert (refused.reason, refused.fields) == ("PACK_INVALID", ("name",))


def test_an_instruction_that_tightens_stands_in_the_place_of_the_rule(bureau: Office, invention: Invention) -> None:
    assert refusal(bureau, invention, invention.most_units) == ""
    in_force(bureau, instruction(invention, invention.most_units - 1))
    assert refusal(bureau, invention, invention.most_units) == "FEWER"


def test_a_campaign_prevails_until_its_last_day(bureau: Office, invention: Invention) -> None:
    over = invention.most_units + 1
    assert refusal(bureau, invention, over) == invention.too_many
    in_force(bureau, campaign(invention, over))
    bureau.at("2019-04-30 18:00")
    assert refusal(bureau, invention, over) == ""
    bureau.at("2019-05-01 09:00")
    assert refusal(bureau, invention, over) == invention.too_many


def test_a_matter_keeps_the_version_under_which_it_began(bureau: Office, invention: Invention) -> None:
    desk, most = bureau.as_("desk"), invention.most_units
    about = {"title": "关于此事的通知", "sender": "某局", "document_class": invention.document_class}
    document = desk.do("RegisterDocument", **about)
    bureau.at("2019-04-09 09:00")
    newer = {**invention.pack, "version": 2, "rules": [{**r, "max": most - 1} if r["id"] == "few" else r for r in invention.pack["rules"]]}
    in_force(bureau, write(newer))
    step = first(bureau, document)
    units = ["one", "two", "three"][:most]
    desk.do("SubmitProposal", name=step.name, proposal={"handling_text": "请承办", "responsible_units": units, "lead_unit": "one"})
    assert refusal(bureau, invention, most) == invention.too_many
