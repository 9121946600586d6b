"""Lending the sight of documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import grpc

from services.documents import convert, queries
from services.documents.api.refused import on_record
from services.documents.commands import grants, permits
from services.documents.commands.names import document_id
from services.documents.domain.permits import CopyAct
from services.documents.store import visibility
from services.kit import pages
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import grant_service_pb2, grant_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports


class GrantService(grant_service_pb2_grpc.GrantServiceServicer):
    """Gives, revokes and lists grants."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def GrantAccess(self, request: Any, context: grpc.ServicerContext) -> grant_service_pb2.AccessGrant:
        who, to = caller(context), request.grantee
        values = {field.name: convert.value_of(request, field) for field in request.DESCRIPTOR.fields if field.name != "grantee"}
        cmd = grants.GrantAccess(caller=who, person=to.person, unit=to.unit, post=to.post, **values)
        with on_record(self._ports, who, lambda tx: permits.attempted(tx, request.document, CopyAct.FORWARD)):
            return run(self._ports, grants.grant_access, cmd, grant_of)

    def RevokeAccess(self, request: Any, context: grpc.ServicerContext) -> grant_service_pb2.AccessGrant:
        return run(self._ports, grants.revoke_access, convert.command(grants.RevokeAccess, request, caller(context)), grant_of)

    def ListAccessGrants(self, request: Any, context: grpc.ServicerContext) -> grant_service_pb2.ListAccessGrantsResponse:
        who = caller(context)
        document = document_id(request.document) if request.document else ""
        with self._ports.db.snapshot(who.tenant, who) as tx:
            if document:
                visibility.ensure(tx, document)
            scope = ("grants", who.tenant, who.person, request.scope, document)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            whose = grant_service_pb2.GrantScope.Name(request.scope).removeprefix("GRANT_SCOPE_").lower()
            shown, token = page.cut(queries.grants(tx, whose, document, page), key=lambda row: (row.id,))
        return grant_service_pb2.ListAccessGrantsResponse(grants=[grant_of(dict(row._mapping)) for row in shown], next_page_token=token)


def grant_of(row: Mapping[str, Any]) -> grant_service_pb2.AccessGrant:
    """A grant from its row."""
    kind, _, rest = row["grantee"].partition(":")
    unit, _, post = rest.partition("/")
    to = grant_service_pb2.Grantee(person=rest) if kind == "person" else grant_service_pb2.Grantee(unit=unit, post=post)
    return grant_service_pb2.AccessGrant(
        name=f"accessGrants/{row['id']}",
        grantee=to,
        document=f"documents/{row['document']}" if row["document"] else "",
        source_unit=row["unit"],
        listed_from=convert.moment(row["listed_from"]),
        listed_until=convert.moment(row["listed_until"]),
        end_time=convert.moment(row["valid_until"]),
        reason=row["reason"],
        granted_by=row["granted_by"],
        create_time=convert.moment(row["valid_from"]),
        revoke_time=convert.moment(row["revoked_at"]),
        revoked_by=row["revoked_by"],
        revoke_reason=row["revoke_reason"],
    )
