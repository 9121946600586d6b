"""Interpretations of packs."""

from __future__ import annotations

from typing import Any

from grpc import ServicerContext as Context

from services.directory import store
from services.directory.api.reading import Reading, page_for
from services.directory.commands import interpretations
from services.directory.convert.common import named, stamp, tail, to_citation
from services.directory.domain.interpretation import Interpretation
from services.directory.queries.interpretations import listed
from services.kit.db.command import run
from services.kit.db.tx import Tx
from services.kit.errors import Citation, Missing
from services.kit.policy.ruleset import UnknownClause
from services.kit.rpc import caller
from xiaoneng.directory.v1 import interpretation_service_pb2 as pb
from xiaoneng.directory.v1 import interpretation_service_pb2_grpc


class InterpretationService(Reading, interpretation_service_pb2_grpc.InterpretationServiceServicer):
    """How the regulations are to be understood."""

    def CreateInterpretation(self, request: Any, context: Context) -> pb.Interpretation:
        said = request.interpretation
        command = interpretations.CreateInterpretation(
            tail(said.pack), said.clause, said.text, caller=caller(context), request_id=request.request_id
        )
        return run(self._ports, interpretations.create_interpretation, command, to_proto)

    def WithdrawInterpretation(self, request: Any, context: Context) -> pb.Interpretation:
        command = interpretations.WithdrawInterpretation(
            tail(request.name), request.reason, caller=caller(context), request_id=request.request_id
        )
        return run(self._ports, interpretations.withdraw_interpretation, command, to_proto)

    def GetInterpretation(self, request: Any, context: Context) -> pb.Interpretation:
        with self._reading(context) as (tx, _):
            found = store.interpretation(tx, tail(request.name))
            if found is None:
                raise Missing()
            return to_proto(found, cited(tx, found))

    def ListInterpretations(self, request: Any, context: Context) -> pb.ListInterpretationsResponse:
        with self._reading(context) as (tx, who):
            page = page_for(tx, who, request)
            rows = listed(tx, page, tail(request.pack), request.clause, request.show_withdrawn)
            shown, token = page.cut(rows, key=lambda row: (row.id,))
            found = [to_proto(one, cited(tx, one)) for one in shown]
        return pb.ListInterpretationsResponse(interpretations=found, next_page_token=token)


def cited(tx: Tx, about: Interpretation) -> Citation | None:
    """The article that an interpretation is about; none once its pack is no longer in force."""
    try:
        return tx.rules().citation(about.clause)
    except UnknownClause:
        return None


def to_proto(about: Interpretation, citation: Citation | None = None) -> pb.Interpretation:
    """An interpretation as it travels."""
    return pb.Interpretation(
        name=f"interpretations/{about.id}", pack=f"packs/{about.pack}", clause=about.clause, text=about.text,
        person=f"persons/{about.person}", unit=named("units", about.unit), create_time=stamp(about.created_at),
        withdraw_time=stamp(about.withdrawn_at), withdraw_reason=about.withdraw_reason,
        citation=to_citation(citation) if citation is not None else None,
    )  # fmt: skip
