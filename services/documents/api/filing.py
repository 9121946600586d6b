"""Filing what is closed, handing it to the archive, destroying what need not be kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import grpc
from google.type.date_pb2 import Date

from services.documents import archive, convert, export, queries
from services.documents.api.refused import on_record
from services.documents.commands import filing, permits
from services.documents.commands.case import peek, peek_many
from services.documents.domain.permits import CopyAct
from services.documents.store import filing as filed_rows
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import filing_service_pb2, filing_service_pb2_grpc

if TYPE_CHECKING:
    from services.documents.commands.case import Case
    from services.kit.db.tx import Tx
    from services.kit.service import Ports

_STATE = {
    "proposed": filing_service_pb2.DESTRUCTION_STATE_PROPOSED,
    "done": filing_service_pb2.DESTRUCTION_STATE_DONE,
    "rejected": filing_service_pb2.DESTRUCTION_STATE_REJECTED,
}


class FilingService(filing_service_pb2_grpc.FilingServiceServicer):
    """Files, packs, keeps receipts, destroys by list."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def FileDocuments(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.FileDocumentsResponse:
        return run(self._ports, filing.file_documents, convert.command(filing.FileDocuments, request, caller(context)), filed_of)

    def ListUnfiledDocuments(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.ListUnfiledDocumentsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("unfiled", who.tenant, who.person, request.year), now=tx.now)
            shown, token = page.cut(filed_rows.unfiled(tx, request.year, page), key=lambda row: (row.closed_at, row.id))
            cases = peek_many(tx, {row.id for row in shown})
            found = [
                filing_service_pb2.UnfiledDocument(
                    document=queries.document_line(tx, row), retention_class=filing.default_class(cases[row.id])
                )
                for row in shown
            ]
            total = filed_rows.count_unfiled(tx, request.year)
        return filing_service_pb2.ListUnfiledDocumentsResponse(documents=found, next_page_token=token, total=total)

    def ListFiledDocuments(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.ListFiledDocumentsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            scope = ("filed", who.tenant, who.person, request.year, request.retention_class)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            rows = filed_rows.filed(tx, request.year, request.retention_class, page)
            shown, token = page.cut(rows, key=lambda row: (row.file_number, row.id))
            found = [queries.document_line(tx, row) for row in shown]
            classes = [
                filing_service_pb2.FiledClass(retention_class=row.retention, document_count=row.documents)
                for row in filed_rows.classes(tx, request.year)
            ]
        return filing_service_pb2.ListFiledDocumentsResponse(documents=found, next_page_token=token, classes=classes)

    def DownloadFilingPackage(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        who, wanted = caller(context), (request.year, request.retention_class)
        with tempfile.TemporaryFile() as file:
            held: list[str] = []
            with self._ports.db.snapshot(who.tenant, who) as tx:
                cases = _noting(queries.filed_cases(tx, *wanted), held)
                size, sha256 = archive.write(file, tx, cases, self._ports.blobs)
            refused = on_record(self._ports, who, lambda tx: _attempted(tx, held))
            with refused, self._ports.db.tenant(who.tenant, who) as tx:
                for document in held:
                    permits.allow(peek(tx, document), CopyAct.DOWNLOAD)
                details = {"year": request.year, "retention_class": request.retention_class, "sha256": sha256}
                tx.audit("documents.filing.package", details=details)
            name = f"归档文件-{request.year}.zip"
            yield from convert.download(export.pieces(file), archive.CONTENT_TYPE, name, size, sha256)

    def RecordArchiveReceipt(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.ArchiveReceipt:
        return run(self._ports, filing.record_receipt, convert.command(filing.RecordReceipt, request, caller(context)), receipt_of)

    def ListArchiveReceipts(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.ListArchiveReceiptsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("receipts", who.tenant, who.person), now=tx.now)
            shown, token = page.cut(filed_rows.receipts(tx, page), key=lambda row: (row.id,))
        found = [receipt_of(dict(row._mapping)) for row in shown]
        return filing_service_pb2.ListArchiveReceiptsResponse(receipts=found, next_page_token=token)

    def ProposeDestruction(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.Destruction:
        cmd = convert.command(filing.ProposeDestruction, request, caller(context))
        return run(self._ports, filing.propose_destruction, cmd, destruction_of)

    def DecideDestruction(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.Destruction:
        cmd = convert.command(filing.DecideDestruction, request, caller(context))
        return run(self._ports, filing.decide_destruction, cmd, destruction_of)

    def ListDestructions(self, request: Any, context: grpc.ServicerContext) -> filing_service_pb2.ListDestructionsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("destructions", who.tenant, who.person), now=tx.now)
            shown, token = page.cut(filed_rows.destructions(tx, page), key=lambda row: (row.id,))
            found = [destruction_of(filing.as_seen(tx, dict(row._mapping))) for row in shown]
        return filing_service_pb2.ListDestructionsResponse(destructions=found, next_page_token=token)


def _noting(cases: Iterable[Case], held: list[str]) -> Iterator[Case]:
    """The same documents; which of them are downloaded with a permit only is noted."""
    for case in cases:
        if permits.wants_permit(case, CopyAct.DOWNLOAD):
            held.append(case.document.id)
        yield case


def _attempted(tx: Tx, held: Iterable[str]) -> None:
    for document in held:
        permits.attempted(tx, f"documents/{document}", CopyAct.DOWNLOAD)


def filed_of(cases: Sequence[Case]) -> filing_service_pb2.FileDocumentsResponse:
    """The reply of filing."""
    return filing_service_pb2.FileDocumentsResponse(documents=[queries.document_view(case) for case in cases])


def receipt_of(row: Mapping[str, Any]) -> filing_service_pb2.ArchiveReceipt:
    """A receipt from its row."""
    day = row["received_on"]
    return filing_service_pb2.ArchiveReceipt(
        name=f"archiveReceipts/{row['id']}",
        year=row["year"],
        receipt_number=row["receipt_number"],
        receive_date=Date(year=day.year, month=day.month, day=day.day),
        package_sha256=row["package_sha256"],
        document_count=row["document_count"],
        recorded_by=row["person"],
        record_time=convert.moment(row["recorded_at"]),
    )


def destruction_of(row: Mapping[str, Any]) -> filing_service_pb2.Destruction:
    """A list from its row."""
    lines = [filing_service_pb2.DestroyedDocument(**{**entry, "document": f"documents/{entry['document']}"}) for entry in row["entries"]]
    return filing_service_pb2.Destruction(
        name=f"destructions/{row['id']}",
        state=_STATE[row["state"]],
        documents=lines,
        reason=row["reason"],
        proposer=row["proposer"],
        propose_time=convert.moment(row["proposed_at"]),
        decider=row["decider"],
        decide_time=convert.moment(row["decided_at"]),
        decision=row["decision"],
    )
