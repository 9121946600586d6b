"""The steps of a route and who acts on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, explained, queries
from services.documents.commands import act, correct, move
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import step_service_pb2, step_service_pb2_grpc, types_pb2

if TYPE_CHECKING:
    from services.kit.service import Ports


class StepService(step_service_pb2_grpc.StepServiceServicer):
    """Lets people act on steps."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def OpenStep(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(act.open_step, act.OpenStep, request, context)

    def SubmitProposal(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(act.submit_proposal, act.SubmitProposal, request, context)

    def CompleteStep(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(act.complete_step, act.CompleteStep, request, context)

    def CompleteNamedStep(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(act.complete_named_step, act.CompleteNamedStep, request, context)

    def SendBackStep(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(move.send_back_step, move.SendBackStep, request, context)

    def TakeBackStep(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(move.take_back_step, move.TakeBackStep, request, context)

    def AddSigner(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(move.add_signer, move.AddSigner, request, context)

    def TransferStep(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(move.transfer_step, move.TransferStep, request, context)

    def FinishReading(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        return self._run(act.finish_reading, act.FinishReading, request, context)

    def AddReaders(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Route:
        cmd = convert.command(act.AddReaders, request, caller(context))
        return run(self._ports, act.add_readers, cmd, queries.changed_route)

    def SaveProposal(self, request: Any, context: grpc.ServicerContext) -> step_service_pb2.ProposalForm:
        cmd = convert.command(act.SaveProposal, request, caller(context))
        return run(self._ports, act.save_proposal, cmd, queries.kept_proposal)

    def GetProposalForm(self, request: Any, context: grpc.ServicerContext) -> step_service_pb2.ProposalForm:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return queries.proposal_form(tx, request.name)

    def GetStep(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Step:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return queries.get_step(tx, request.name)

    def ListReadings(self, request: Any, context: grpc.ServicerContext) -> step_service_pb2.ListReadingsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return step_service_pb2.ListReadingsResponse(readings=queries.readings(queries.open_case(tx, request.name)))

    def ListMySteps(self, request: Any, context: grpc.ServicerContext) -> step_service_pb2.ListMyStepsResponse:
        who, queue = caller(context), convert.word(request, "queue")
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("steps", who.tenant, who.person, queue)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            shown, token = page.cut(queries.my_steps(tx, queue, page), key=lambda row: (row.sort_at, row.step))
            return step_service_pb2.ListMyStepsResponse(items=queries.step_items(tx, shown), next_page_token=token)

    def ExplainDeadline(self, request: Any, context: grpc.ServicerContext) -> step_service_pb2.DeadlineExplanation:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            return explained.explain(tx, request.deadline)

    def SetAsideDeadline(self, request: Any, context: grpc.ServicerContext) -> step_service_pb2.DeadlineExplanation:
        cmd = convert.command(correct.SetAsideDeadline, request, caller(context))
        return run(self._ports, correct.set_aside_deadline, cmd, convert.set_aside)

    def _run(self, use_case: Any, kind: Any, request: Any, context: grpc.ServicerContext) -> Any:
        return run(self._ports, use_case, convert.command(kind, request, caller(context)), queries.acted)
