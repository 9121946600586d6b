"""Service matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert
from services.documents.commands import matters
from services.documents.domain.matters import Matter
from services.documents.store import matters as kept
from services.kit import deadline, pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import service_matter_service_pb2 as pb
from xiaoneng.documents.v1 import service_matter_service_pb2_grpc
from xiaoneng.kit.v1 import citation_pb2

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

_DUTIES = {pb.ServiceMatter.DUTY_OWN: "own", pb.ServiceMatter.DUTY_OWN_ORGAN: "own_organ", pb.ServiceMatter.DUTY_OTHER_ORGAN: "other_organ"}
_DUTY = {word: number for number, word in _DUTIES.items()}


class ServiceMatterService(service_matter_service_pb2_grpc.ServiceMatterServiceServicer):
    """What people ask of the office."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def RecordContact(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        words = {name: getattr(request, name) for name in ("title", "visitor", "contact", "item", "colleague", "department_named")}
        cmd = matters.RecordContact(caller=caller(context), request_id=request.request_id, duty=_DUTIES[request.duty], **words)
        return run(self._ports, matters.record_contact, cmd, to_proto)

    def ConfirmHandOver(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.confirm_hand_over, matters.OfMatter, request, context)

    def GiveNotice(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        said = request.notice
        cmd = matters.GiveNotice(
            caller=caller(context), request_id=request.request_id, name=request.name, procedure=said.procedure, basis=said.basis,
            conditions=tuple(said.conditions), cautions=said.cautions,
        )  # fmt: skip
        return run(self._ports, matters.give_notice, cmd, to_proto)

    def DemandCondition(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.demand_condition, matters.DemandCondition, request, context)

    def AcceptMatter(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.accept_matter, matters.AcceptMatter, request, context)

    def PostponeMatter(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.postpone_matter, matters.PostponeMatter, request, context)

    def SupplyPapers(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.supply_papers, matters.SupplyPapers, request, context)

    def DecidePart(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.decide_part, matters.DecidePart, request, context)

    def CompleteMatter(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.complete_matter, matters.EndMatter, request, context)

    def RefuseMatter(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.refuse_matter, matters.EndMatter, request, context)

    def CloseContact(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.close_contact, matters.EndMatter, request, context)

    def ConfirmComplaint(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return self._run(matters.confirm_complaint, matters.ConfirmComplaint, request, context)

    def GetServiceMatter(self, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return _with_limits(tx, [matters.read(tx, request.name)])[0]

    def ListServiceMatters(self, request: Any, context: grpc.ServicerContext) -> pb.ListServiceMattersResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("matters", who.tenant, who.person, request.mine, request.show_ended)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            everything = matters.SUPERVISE in who.permissions
            rows = kept.listed(tx, page, everything=everything, mine=request.mine, show_ended=request.show_ended)
            shown, token = page.cut(rows, key=lambda matter: (matter.id,))
            return pb.ListServiceMattersResponse(matters=_with_limits(tx, shown), next_page_token=token)

    def _run(self, act: Any, kind: Any, request: Any, context: grpc.ServicerContext) -> pb.ServiceMatter:
        return run(self._ports, act, convert.command(kind, request, caller(context)), to_proto)


def _with_limits(tx: Tx, shown: Sequence[Matter]) -> list[pb.ServiceMatter]:
    limits = deadline.of_subjects(tx, [matter.name for matter in shown])
    return [to_proto(matter, limits[matter.name]) for matter in shown]


def to_proto(matter: Matter, limits: Iterable[deadline.Deadline] = ()) -> pb.ServiceMatter:
    """A matter as it travels."""
    found = pb.ServiceMatter(
        name=matter.name, title=matter.title, visitor=matter.visitor, contact=matter.contact,
        item=f"registrations/{matter.item}" if matter.item else "", duty=_DUTY[matter.duty], first_asked=matter.first_asked,
        handler=matter.handler, unit=matter.unit, handed_to=matter.handed_to, department_named=matter.department_named,
        state=f"STATE_{matter.state.upper()}", missing_papers=matter.missing_papers,
        parts=[_part(part) for part in matter.parts], reason=matter.reason, basis=matter.basis, result=matter.result,
        findings=[_finding(row) for row in matter.findings], create_time=convert.stamp(matter.created_at),
        deadlines=[deadline.view(limit) for limit in limits],
    )  # fmt: skip
    if matter.notice:
        told = {name: matter.notice[name] for name in ("procedure", "basis", "conditions", "cautions")}
        found.notice.CopyFrom(pb.Notice(**told, give_time=_stamp(matter.notice["given_at"])))
    for name, at in (("due_time", matter.due_at), ("accept_time", matter.accepted_at), ("end_time", matter.ended_at)):
        if at is not None:
            getattr(found, name).CopyFrom(convert.stamp(at))
    return found


def _part(row: dict[str, Any]) -> pb.Part:
    said = {name: row[name] for name in ("unit", "person", "approved", "opinion")}
    return pb.Part(**said, open_time=_stamp(row["opened_at"]), decide_time=_stamp(row["decided_at"]))


def _finding(row: dict[str, Any]) -> pb.ServiceFinding:
    said = {name: row[name] for name in ("reason", "text", "unit", "ground", "evidence")}
    return pb.ServiceFinding(**said, citation=citation_pb2.Citation(**row["citation"]), find_time=_stamp(row["found_at"]))


def _stamp(text: str) -> Any:
    return convert.stamp(datetime.fromisoformat(text)) if text else None
