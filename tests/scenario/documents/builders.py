"""Documents on their way, with what a test does not care about filled in."""

from __future__ import annotations

from typing import Any

from tests.scenario.documents.scene import Scene
from xiaoneng.documents.v1 import types_pb2


def registered(bureau: Scene, **fields: Any) -> types_pb2.Document:
    """An incoming document, classified as one to be handled unless the test says otherwise."""
    values = {"title": "关于做好防汛工作的通知", "sender": "市人民政府", "document_type": "tongzhi", "document_class": "action", **fields}
    done: types_pb2.Document = bureau.zhou.RegisterDocument(**values)
    return done


def a_proposal(**fields: Any) -> types_pb2.Proposal:
    """A proposed handling by the river section."""
    return types_pb2.Proposal(**{"handling_text": "请河长科牵头落实", "responsible_units": ["river"], **fields})


def proposed(bureau: Scene, document: Any, by: str = "chen", **fields: Any) -> None:
    step = bureau.step(document, "propose")
    getattr(bureau, by).SubmitProposal(name=step.name, proposal=a_proposal(**fields))


def reviewed(bureau: Scene, document: Any, **fields: Any) -> None:
    bureau.sun.CompleteStep(name=bureau.step(document, "review").name, verdict="VERDICT_APPROVE", opinion="同意", **fields)


def signed(bureau: Scene, document: Any, by: str = "li", **fields: Any) -> None:
    name = bureau.step(document, "sign").name
    getattr(bureau, by).CompleteStep(name=name, verdict="VERDICT_APPROVE", **{"opinion": "同意拟办意见", **fields})


def decided(bureau: Scene, document: Any, **fields: Any) -> None:
    bureau.huang.CompleteStep(name=bureau.step(document, "decide").name, verdict="VERDICT_APPROVE", opinion="同意", **fields)


def forwarded(bureau: Scene, document: Any, **proposal: Any) -> None:
    """Takes a document through the signatures to the responsible units."""
    proposed(bureau, document, **proposal)
    reviewed(bureau, document)
    signed(bureau, document)
    decided(bureau, document)
