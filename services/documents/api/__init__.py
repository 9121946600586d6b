"""The servicers: proto in, command or query, proto out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.documents.api.attachments import AttachmentService
from services.documents.api.audit import AuditService
from services.documents.api.documents import DocumentService
from services.documents.api.efficiency import EfficiencyService
from services.documents.api.exchange import ExchangeService
from services.documents.api.filing import FilingService
from services.documents.api.grants import GrantService
from services.documents.api.handling import HandlingService
from services.documents.api.issue_list import IssueListService
from services.documents.api.ledgers import LedgerService
from services.documents.api.matters import ServiceMatterService
from services.documents.api.numbers import NumberService
from services.documents.api.pack_moves import PackMoveService
from services.documents.api.permits import PermitService
from services.documents.api.records import RecordService
from services.documents.api.search import SearchService
from services.documents.api.steps import StepService
from services.documents.api.threads import ThreadService
from services.documents.api.upkeep import UpkeepService
from xiaoneng.documents.v1 import (
    attachment_service_pb2_grpc,
    audit_service_pb2_grpc,
    document_service_pb2_grpc,
    efficiency_service_pb2_grpc,
    exchange_service_pb2_grpc,
    filing_service_pb2_grpc,
    grant_service_pb2_grpc,
    handling_service_pb2_grpc,
    issue_list_service_pb2_grpc,
    ledger_service_pb2_grpc,
    number_service_pb2_grpc,
    pack_move_service_pb2_grpc,
    permit_service_pb2_grpc,
    record_service_pb2_grpc,
    search_service_pb2_grpc,
    service_matter_service_pb2_grpc,
    step_service_pb2_grpc,
    thread_service_pb2_grpc,
    upkeep_service_pb2_grpc,
)

if TYPE_CHECKING:
    from services.kit.service import Ports, Servicer


def servicers(ports: Ports) -> Sequence[Servicer]:
    """What the api process serves."""
    return [
        (audit_service_pb2_grpc.add_AuditServiceServicer_to_server, AuditService(ports)),
        (upkeep_service_pb2_grpc.add_UpkeepServiceServicer_to_server, UpkeepService(ports)),
        (document_service_pb2_grpc.add_DocumentServiceServicer_to_server, DocumentService(ports)),
        (step_service_pb2_grpc.add_StepServiceServicer_to_server, StepService(ports)),
        (handling_service_pb2_grpc.add_HandlingServiceServicer_to_server, HandlingService(ports)),
        (issue_list_service_pb2_grpc.add_IssueListServiceServicer_to_server, IssueListService(ports)),
        (number_service_pb2_grpc.add_NumberServiceServicer_to_server, NumberService(ports)),
        (pack_move_service_pb2_grpc.add_PackMoveServiceServicer_to_server, PackMoveService(ports)),
        (record_service_pb2_grpc.add_RecordServiceServicer_to_server, RecordService(ports)),
        (filing_service_pb2_grpc.add_FilingServiceServicer_to_server, FilingService(ports)),
        (grant_service_pb2_grpc.add_GrantServiceServicer_to_server, GrantService(ports)),
        (search_service_pb2_grpc.add_SearchServiceServicer_to_server, SearchService(ports)),
        (ledger_service_pb2_grpc.add_LedgerServiceServicer_to_server, LedgerService(ports)),
        (attachment_service_pb2_grpc.add_AttachmentServiceServicer_to_server, AttachmentService(ports)),
        (efficiency_service_pb2_grpc.add_EfficiencyServiceServicer_to_server, EfficiencyService(ports)),
        (exchange_service_pb2_grpc.add_ExchangeServiceServicer_to_server, ExchangeService(ports)),
        (thread_service_pb2_grpc.add_ThreadServiceServicer_to_server, ThreadService(ports)),
        (service_matter_service_pb2_grpc.add_ServiceMatterServiceServicer_to_server, ServiceMatterService(ports)),
        (permit_service_pb2_grpc.add_PermitServiceServicer_to_server, PermitService(ports)),
    ]
