"""Refusals as `google.rpc.Status` and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2

from services.kit.errors import (
    Busy,
    Exists,
    Finding,
    Forbidden,
    Invalid,
    Missing,
    Refusal,
    Refused,
    RuleRefusal,
    Stale,
    Unauthenticated,
)

LOCALE = "zh-CN"
_MOST_FIELDS = 20
CODES: tuple[tuple[type[Refusal], int], ...] = (
    (Invalid, code_pb2.INVALID_ARGUMENT),
    (Unauthenticated, code_pb2.UNAUTHENTICATED),
    (Forbidden, code_pb2.PERMISSION_DENIED),
    (Missing, code_pb2.NOT_FOUND),
    (Refused, code_pb2.FAILED_PRECONDITION),
    (Exists, code_pb2.ALREADY_EXISTS),
    (Stale, code_pb2.ABORTED),
    (Busy, code_pb2.RESOURCE_EXHAUSTED),
)
_INTERNAL_TEXT = "系统内部错误，请稍后重试；如仍有问题，请将编号 {id} 告知管理员"
_UNSAFE_KEY = re.compile(r"[^a-zA-Z0-9_-]")


def domain_of(service: str) -> str:
    """The `domain` of a service's errors."""
    return f"{service}.xiaoneng.cn"


def code_of(refusal: Refusal) -> int:
    """The canonical code of a refusal's family. A dependency that is down is UNAVAILABLE, a limit RESOURCE_EXHAUSTED."""
    if isinstance(refusal, Busy) and "dependency" in refusal.details:
        return int(code_pb2.UNAVAILABLE)
    return int(next((code for family, code in CODES if isinstance(refusal, family)), code_pb2.FAILED_PRECONDITION))


def to_status(refusal: Refusal, service: str) -> status_pb2.Status:
    """A refusal on the wire: reason and everything dynamic for programs, Chinese text for people, fields where fields are wrong.

    Several findings of rules are one refusal: the first gives the reason, each is a violation of `PreconditionFailure`.
    """
    metadata = {_UNSAFE_KEY.sub("_", key)[:64]: value for key, value in refusal.metadata.items()}
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=refusal.code, domain=domain_of(service), metadata=metadata),
        error_details_pb2.LocalizedMessage(locale=LOCALE, message=refusal.message),
    ]
    if isinstance(refusal, Invalid):
        details.append(_bad_request((v.field, v.description, v.reason) for v in refusal.violations))
    if isinstance(refusal, RuleRefusal):
        details.append(_failures(refusal.findings))
        fields = [(f.field, f.text, f.reason) for f in refusal.findings if f.field]
        if fields:
            details.append(_bad_request(fields))
    return _status(code_of(refusal), _english(refusal), details)


def internal(error_id: str, service: str) -> status_pb2.Status:
    """What is said of a failure: its id and nothing else."""
    info = error_details_pb2.ErrorInfo(reason="INTERNAL", domain=domain_of(service), metadata={"id": error_id})
    text = error_details_pb2.LocalizedMessage(locale=LOCALE, message=_INTERNAL_TEXT.format(id=error_id))
    return _status(code_pb2.INTERNAL, f"internal error {error_id}", [info, text])


@dataclass(frozen=True)
class Answer:
    """A refusal as its receiver reads it."""

    code: str
    reason: str = ""
    domain: str = ""
    text: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()

    @property
    def clause(self) -> str:
        """The clause on which it rests; empty where no regulation is involved."""
        return self.metadata.get("clause", "")

    @property
    def article(self) -> str:
        """The article, in Chinese."""
        return self.metadata.get("article", "")


def read(error: grpc.RpcError) -> Answer:
    """Reads a refusal from a failed call."""
    code = error.code().name  # every RpcError of a call is a Call as well
    status = _attached(error)
    found: dict[str, Any] = {}
    for detail in status.details if status is not None else ():
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            info = _unpack(detail, error_details_pb2.ErrorInfo())
            found |= {"reason": info.reason, "domain": info.domain, "metadata": dict(info.metadata)}
        elif detail.Is(error_details_pb2.LocalizedMessage.DESCRIPTOR):
            found["text"] = _unpack(detail, error_details_pb2.LocalizedMessage()).message
        elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            bad = _unpack(detail, error_details_pb2.BadRequest())
            found["fields"] = tuple(violation.field for violation in bad.field_violations)
        elif detail.Is(error_details_pb2.PreconditionFailure.DESCRIPTOR):
            failures = _unpack(detail, error_details_pb2.PreconditionFailure())
            found["findings"] = tuple((violation.type, violation.subject) for violation in failures.violations)
    return Answer(code=code, **found)


def _attached(error: grpc.RpcError) -> status_pb2.Status | None:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return status_pb2.Status.FromString(value)
    return None


def _status(code: int, message: str, details: Iterable[Message]) -> status_pb2.Status:
    packed = []
    for detail in details:
        box = any_pb2.Any()
        box.Pack(detail)
        packed.append(box)
    return status_pb2.Status(code=code, message=message, details=packed)


def _bad_request(fields: Iterable[tuple[str, str, str]]) -> error_details_pb2.BadRequest:
    bad = error_details_pb2.BadRequest()
    for name, text, reason in list(fields)[:_MOST_FIELDS]:
        violation = bad.field_violations.add(field=name, description=text, reason=reason)
        violation.localized_message.locale = LOCALE
        violation.localized_message.message = text
    return bad


def _failures(findings: Iterable[Finding]) -> error_details_pb2.PreconditionFailure:
    failures = error_details_pb2.PreconditionFailure()
    for finding in findings:
        failures.violations.add(type=finding.reason, subject=finding.citation.clause, description=f"{finding.text}（{finding.citation}）")
    return failures


def _english(refusal: Refusal) -> str:
    """The first sentence of the class, which says in English what is wrong."""
    if isinstance(refusal, RuleRefusal):
        return f"refused by rule {refusal.findings[0].rule}"
    words = (type(refusal).__doc__ or refusal.code).strip().partition("\n")[0]
    return f"{refusal.code}: {words}"


def _unpack(box: any_pb2.Any, message: Any) -> Any:
    box.Unpack(message)
    return message
