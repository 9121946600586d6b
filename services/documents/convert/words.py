"""The words of domain and packs for the numbers of the contract."""

from __future__ import annotations

from typing import Any

from services.documents.domain.exchange import TransmissionState
from xiaoneng.documents.v1 import (
    attachment_service_pb2,
    efficiency_service_pb2,
    exchange_service_pb2,
    handling_service_pb2,
    issue_list_service_pb2,
    ledger_service_pb2,
    listing_pb2,
    number_service_pb2,
    permit_service_pb2,
    record_service_pb2,
    types_pb2,
)
from xiaoneng.kit.v1 import work_pb2


def _enum(enum: Any, prefix: str) -> dict[str, Any]:
    """Values by the word that domain and packs use: `URGENCY_SPECIALLY_URGENT` is `specially_urgent`."""
    return {name.removeprefix(prefix).lower(): number for name, number in enum.items() if not name.endswith("_UNSPECIFIED")}


KIND = _enum(types_pb2.DocumentKind, "DOCUMENT_KIND_")
STATE = _enum(types_pb2.DocumentState, "DOCUMENT_STATE_")
LEDGER = _enum(types_pb2.LedgerState, "LEDGER_STATE_")
MEDIUM = _enum(types_pb2.Medium, "MEDIUM_")
VERDICT = _enum(types_pb2.Verdict, "VERDICT_")
STEP_STATE = _enum(types_pb2.StepState, "STEP_STATE_")
URGENCY = _enum(work_pb2.Urgency, "URGENCY_")
EXPORT = _enum(ledger_service_pb2.LedgerExportState, "LEDGER_EXPORT_STATE_")
EXTENSION = _enum(handling_service_pb2.ExtensionState, "EXTENSION_STATE_")
NUMBER = _enum(number_service_pb2.NumberState, "NUMBER_STATE_")
QUEUE = _enum(work_pb2.WorkKind, "WORK_KIND_")
ATTACHMENT_NEED = _enum(record_service_pb2.AttachmentNeed, "ATTACHMENT_NEED_")
VIEW = _enum(listing_pb2.LedgerView, "LEDGER_VIEW_")
ORDER = _enum(listing_pb2.LedgerOrder, "LEDGER_ORDER_")
COLUMN = _enum(listing_pb2.LedgerColumn, "LEDGER_COLUMN_")
ISSUE_ORIGIN = _enum(issue_list_service_pb2.IssueOrigin, "ISSUE_ORIGIN_")
ISSUE_STATE = _enum(issue_list_service_pb2.IssueState, "ISSUE_STATE_")
SCAN = _enum(attachment_service_pb2.ScanState, "SCAN_STATE_")
TRANSMISSION = _enum(exchange_service_pb2.TransmissionState, "TRANSMISSION_STATE_")
MEASURE = _enum(efficiency_service_pb2.Measure, "MEASURE_")
RELATION = _enum(exchange_service_pb2.Relation, "RELATION_")
TRANSMISSION_WORD = {number: TransmissionState(word) for word, number in TRANSMISSION.items()}
COPY_ACT = _enum(permit_service_pb2.CopyAct, "COPY_ACT_")
PERMIT = _enum(permit_service_pb2.PermitState, "PERMIT_STATE_")
WORD_OF = {
    enum.DESCRIPTOR.full_name: {number: word for word, number in values.items()}
    for enum, values in (
        (types_pb2.DocumentKind, KIND),
        (types_pb2.DocumentState, STATE),
        (types_pb2.Medium, MEDIUM),
        (types_pb2.Verdict, VERDICT),
        (types_pb2.LedgerState, LEDGER),
        (permit_service_pb2.CopyAct, COPY_ACT),
        (issue_list_service_pb2.IssueState, ISSUE_STATE),
        (work_pb2.Urgency, URGENCY),
        (work_pb2.WorkKind, QUEUE),
        (listing_pb2.LedgerView, VIEW),
        (listing_pb2.LedgerOrder, ORDER),
        (listing_pb2.LedgerColumn, COLUMN),
    )
}
