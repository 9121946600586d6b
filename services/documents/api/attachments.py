"""Files of documents: in and out in pieces, never whole in memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import filetype
import grpc
from google.api import httpbody_pb2
from google.protobuf.any_pb2 import Any as Packed

from services.documents import convert, queries
from services.documents.api.refused import on_record
from services.documents.commands import attach, permits
from services.documents.commands.case import peek
from services.documents.domain.attachments import MEGABYTE, Limits, Scan, check_size, check_type, sniff
from services.documents.domain.errors import FileTooLarge, Infected
from services.documents.domain.permits import CopyAct
from services.documents.settings import DocumentsSettings
from services.kit.blobs import BlobTooLarge
from services.kit.db.command import run
from services.kit.errors import Invalid, Refusal
from services.kit.identity import may
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import attachment_service_pb2, attachment_service_pb2_grpc
from xiaoneng.kit.v1 import file_pb2

if TYPE_CHECKING:
    from services.kit.blobs import Stored
    from services.kit.identity import Caller
    from services.kit.service import Ports


class AttachmentService(attachment_service_pb2_grpc.AttachmentServiceServicer):
    """Keeps the files of documents."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        settings = DocumentsSettings()
        self._scan_state = Scan.UNSCANNED if settings.clamd else Scan.NO_SCANNER
        self._limits = Limits(settings.file_megabytes * MEGABYTE, settings.document_megabytes * MEGABYTE)

    def UploadAttachment(self, requests: Iterator[Any], context: grpc.ServicerContext) -> attachment_service_pb2.Attachment:
        who = caller(context)
        may(who, attach.UPLOAD)
        first = next(requests, None)
        if first is None:
            raise Invalid.of("body", "没有收到文件")
        pieces = (request.body.data for request in chain([first], requests))
        try:
            stored = self._ports.blobs.put(who.tenant, pieces, self._limits.file)
        except BlobTooLarge as large:
            raise FileTooLarge(megabytes=self._limits.file // MEGABYTE) from large
        try:
            return self._entered(who, first, stored)
        except Refusal:
            with self._ports.db.tenant(who.tenant, who) as tx:
                attach.give_up(tx, stored.sha256, stored.size)
            raise

    def _entered(self, who: Caller, first: Any, stored: Stored) -> attachment_service_pb2.Attachment:
        """The file whose bytes are there. Refuses what its type, its size or its document do not allow."""
        check_size(stored.size, 0, self._limits)
        kind = filetype.guess(stored.head)
        content_type = sniff(kind.mime if kind else "", stored.head, first.file_name)
        check_type(content_type)
        cmd = attach.AddAttachment(
            caller=who,
            request_id=first.request_id,
            document=first.document,
            file_name=first.file_name,
            content_type=content_type,
            size=stored.size,
            sha256=stored.sha256,
            limits=self._limits,
            scan_state=self._scan_state,
        )
        return run(self._ports, attach.add_attachment, cmd, convert.attachment)

    def ListAttachments(self, request: Any, context: grpc.ServicerContext) -> attachment_service_pb2.ListAttachmentsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            found = queries.attachments(tx, request.name)
        return attachment_service_pb2.ListAttachmentsResponse(attachments=[convert.attachment(a) for a in found])

    def DownloadAttachment(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        who = caller(context)
        refused = on_record(self._ports, who, lambda tx: permits.attempted_download(tx, request.name))
        with refused, self._ports.db.tenant(who.tenant, who) as tx:
            found = attach.opened(tx, request.name)
            if found.scan_state is Scan.INFECTED:
                raise Infected(file_name=found.file_name)
            if found.document:
                permits.allow(peek(tx, found.document), CopyAct.DOWNLOAD, again=request.range.offset > 0)
            tx.audit("documents.attachment.download", found.name, details={"document": found.document})
        offset, length = convert.byte_range(request.range, found.size)
        info = file_pb2.FileInfo(
            file_name=found.file_name,
            size=found.size,
            sha256=found.sha256,
            offset=offset,
            length=length,
            create_time=convert.moment(found.created_at),
        )
        packed = Packed()
        packed.Pack(info)
        pieces = self._ports.blobs.read(who.tenant, found.sha256, offset, length) if length else iter(())
        yield httpbody_pb2.HttpBody(content_type=found.content_type, data=next(pieces, b""), extensions=[packed])
        for piece in pieces:
            yield httpbody_pb2.HttpBody(data=piece)

    def RemoveAttachment(self, request: Any, context: grpc.ServicerContext) -> attachment_service_pb2.Attachment:
        cmd = convert.command(attach.RemoveAttachment, request, caller(context))
        return run(self._ports, attach.remove_attachment, cmd, convert.attachment)
