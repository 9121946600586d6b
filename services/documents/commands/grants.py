"""Lending the sight of documents: to a person, a unit or a post, until an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.documents import store
from services.documents.commands import permits
from services.documents.commands.case import peek
from services.documents.commands.names import check_code, check_persons, check_units, document_id, own_id
from services.documents.domain.document import LABELS, State
from services.documents.domain.errors import GrantEnded, GrantEndInvalid, WrongState
from services.documents.domain.permits import CopyAct
from services.documents.store import reads, visibility
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import Invalid, Missing
from services.kit.identity import may

GRANT = "documents:access:grant"


@dataclass(frozen=True, kw_only=True)
class GrantAccess(Command):
    person: str = ""
    unit: str = ""
    post: str = ""
    document: str = ""
    source_unit: str = ""
    listed_from: datetime | None = None
    listed_until: datetime | None = None
    end_time: datetime | None = None
    reason: str = ""


@command(audit="documents.access.grant")
def grant_access(tx: Tx, cmd: GrantAccess) -> dict[str, Any]:
    """Lets somebody see what the caller sees by himself: it is lent, so a permit is used where the rules want one.

    Refuses: Missing, UnknownPerson, UnknownUnit, UnknownCode, GrantEndInvalid, what the rules refuse without a permit.
    """
    may(cmd.caller, GRANT)
    grantee = _grantee(tx, cmd)
    if bool(cmd.document) == bool(cmd.source_unit):
        raise Invalid.of("document", "请指定一份文件或者一个单位，二者择一")
    if cmd.document:
        _ensure_mine(tx, cmd)
    else:
        _ensure_in(tx, cmd.source_unit)
    if cmd.listed_from and cmd.listed_until and cmd.listed_until <= cmd.listed_from:
        raise Invalid.of("listed_until", "结束时间须晚于开始时间")
    if cmd.end_time is None or cmd.end_time <= tx.now:
        raise GrantEndInvalid()
    if cmd.document:
        permits.allow(peek(tx, document_id(cmd.document)), CopyAct.FORWARD)
    else:
        permits.allow_all(tx, CopyAct.FORWARD)
    row = {
        "id": ids.new(), "grantee": grantee, "document": document_id(cmd.document) if cmd.document else "", "unit": cmd.source_unit,
        "listed_from": cmd.listed_from, "listed_until": cmd.listed_until, "valid_from": tx.now, "valid_until": cmd.end_time,
        "reason": cmd.reason, "granted_by": cmd.caller.person, "revoked_by": "", "revoke_reason": "", "revoked_at": None,
    }  # fmt: skip
    tx.insert(store.grants, row)
    if cmd.document:
        tx.insert(store.access, {"holder": f"grant:{row['id']}", "document": row["document"]})
    details = {
        "grantee": grantee,
        "document": cmd.document,
        "unit": cmd.source_unit,
        "until": cmd.end_time.isoformat(),
        "reason": cmd.reason,
    }
    tx.audit("documents.access.grant", f"accessGrants/{row['id']}", details=details)
    return row


def _grantee(tx: Tx, cmd: GrantAccess) -> str:
    """The name under which it is granted: `person:…`, `unit:…`, `post:<unit>/<kind>`."""
    if bool(cmd.person) == bool(cmd.unit):
        raise Invalid.of("grantee", "请指定一名人员或者一个单位，二者择一")
    if cmd.person:
        if cmd.post:
            raise Invalid.of("grantee.post", "职务须与单位一并指定")
        check_persons(tx, [cmd.person], "grantee.person")
        return f"person:{cmd.person}"
    check_units(tx, [cmd.unit], "grantee.unit")
    if not cmd.post:
        return f"unit:{cmd.unit}"
    check_code(tx.rules().posts, cmd.post, "grantee.post")
    return f"post:{cmd.unit}/{cmd.post}"


def _ensure_mine(tx: Tx, cmd: GrantAccess) -> None:
    """The document is one that the caller sees without a grant, and no draft."""
    document = document_id(cmd.document)
    visibility.ensure(tx, document, by=visibility.own_keys(tx))
    if reads.locked_document(tx, document) is None:
        raise Missing()
    if reads.state_of(tx, document) == State.DRAFT:
        raise WrongState(state=LABELS[State.DRAFT])


def _ensure_in(tx: Tx, unit: str) -> None:
    """The unit is one of the caller's, or he supervises. Refuses UnknownUnit, Missing."""
    check_units(tx, [unit], "source_unit")
    caller = tx.caller
    assert caller is not None
    held = {post.unit for post in tx.roster.posts_of(caller.person, tx.now)}
    if unit not in held and visibility.SUPERVISE not in caller.permissions:
        raise Missing()


@dataclass(frozen=True, kw_only=True)
class RevokeAccess(Command):
    name: str
    reason: str


@command(audit="documents.access.revoke")
def revoke_access(tx: Tx, cmd: RevokeAccess) -> dict[str, Any]:
    """Ends a grant at once. Refuses: Missing for one that is not the caller's to end, GrantEnded."""
    may(cmd.caller, GRANT)
    row = reads.locked_grant(tx, own_id(cmd.name))
    if row is None or (row.granted_by != cmd.caller.person and visibility.SUPERVISE not in cmd.caller.permissions):
        raise Missing()
    if row.revoked_at is not None or row.valid_until <= tx.now:
        raise GrantEnded()
    changed = {"revoked_by": cmd.caller.person, "revoke_reason": cmd.reason, "revoked_at": tx.now}
    tx.update(store.grants, {"id": row.id}, changed)
    tx.delete(store.access, {"holder": f"grant:{row.id}"})
    tx.audit("documents.access.revoke", cmd.name, details={"reason": cmd.reason})
    return {**row._mapping, **changed}
