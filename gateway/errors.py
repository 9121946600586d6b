"""What a caller gets when something is refused: one JSON shape for our own refusals and for those of the services."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
import structlog
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2

from gateway.descriptors import Contract
from services.kit import ids

DOMAIN = "gateway.xiaoneng.cn"
MAX_VIOLATIONS = 20
_STATUS_TRAILER = "grpc-status-details-bin"
_TYPE = "type.googleapis.com/google.rpc."

log = structlog.get_logger("gateway.errors")

# The families of the house style; what is not here has escaped and is not explained to the caller.
HTTP_OF_CODE: Mapping[grpc.StatusCode, int] = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}
_CODES = {code.value[0]: code for code in grpc.StatusCode}

# What a caller reads where the service sent no words of its own.
_TEXTS = {
    grpc.StatusCode.UNAVAILABLE: "服务暂时不可用，请稍后再试",
    grpc.StatusCode.DEADLINE_EXCEEDED: "处理超时，请稍后查看结果",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "系统繁忙，请稍后再试",
    grpc.StatusCode.UNAUTHENTICATED: "请先登录",
    grpc.StatusCode.UNIMPLEMENTED: "该功能尚未启用",
}
_REASONS = {
    grpc.StatusCode.UNAVAILABLE: "SERVICE_UNAVAILABLE",
    grpc.StatusCode.DEADLINE_EXCEEDED: "TOO_SLOW",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "TOO_MUCH",
    grpc.StatusCode.UNAUTHENTICATED: "SIGN_IN_NEEDED",
    grpc.StatusCode.UNIMPLEMENTED: "NOT_AVAILABLE",
}


@dataclass(frozen=True)
class Violation:
    """A field of the request that is wrong. `field` is its path as the caller wrote it."""

    field: str
    description: str
    reason: str = "INVALID_VALUE"


@dataclass
class HTTPError(Exception):
    """A refusal on its way to the caller."""

    http_status: int
    code: str
    reason: str
    message: str
    text: str
    violations: Sequence[Violation] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    details: Sequence[Mapping[str, Any]] | None = None

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"

    def body(self) -> dict[str, Any]:
        details = self._own_details() if self.details is None else list(self.details)
        return {"error": {"code": self.http_status, "status": self.code, "message": self.message, "details": details}}

    def _own_details(self) -> list[Mapping[str, Any]]:
        details: list[Mapping[str, Any]] = [
            {
                "@type": _TYPE + "ErrorInfo",
                "reason": self.reason,
                "domain": DOMAIN,
                "metadata": dict(self.metadata),
            },
            {"@type": _TYPE + "LocalizedMessage", "locale": "zh-CN", "message": self.text},
        ]
        if self.violations:
            listed = [{"field": v.field, "description": v.description, "reason": v.reason} for v in self.violations[:MAX_VIOLATIONS]]
            details.append({"@type": _TYPE + "BadRequest", "fieldViolations": listed})
        return details

    def encoded(self) -> bytes:
        return json.dumps(self.body(), ensure_ascii=False, separators=(",", ":")).encode()


def invalid(violations: Sequence[Violation]) -> HTTPError:
    """The request is malformed; each wrong field is named with its path."""
    first = violations[0]
    return HTTPError(
        400,
        "INVALID_ARGUMENT",
        "REQUEST_MALFORMED",
        f"{first.field or 'request'}: {first.reason}",
        f"请求有误：{first.field + ' ' if first.field else ''}{first.description}",
        violations,
    )


def sign_in_needed() -> HTTPError:
    return HTTPError(
        401,
        "UNAUTHENTICATED",
        "SIGN_IN_NEEDED",
        "sign in first",
        "请先登录",
        headers={"www-authenticate": 'Bearer realm="xiaoneng"'},
    )


def bad_token() -> HTTPError:
    return HTTPError(
        401,
        "UNAUTHENTICATED",
        "TOKEN_REFUSED",
        "the token is not valid here",
        "登录凭证无效或已过期，请重新登录",
        headers={"www-authenticate": 'Bearer realm="xiaoneng", error="invalid_token"'},
    )


def forbidden(reason: str, message: str, text: str) -> HTTPError:
    return HTTPError(403, "PERMISSION_DENIED", reason, message, text)


def missing() -> HTTPError:
    return HTTPError(404, "NOT_FOUND", "NO_SUCH_PATH", "no such path", "没有这个地址")


def wrong_method(allowed: Sequence[str]) -> HTTPError:
    return HTTPError(
        405,
        "UNIMPLEMENTED",
        "WRONG_METHOD",
        "this path does not take that method",
        "该地址不支持这种请求方法",
        headers={"allow": ", ".join(sorted(allowed))},
    )


def wrong_content_type(wanted: str) -> HTTPError:
    return HTTPError(
        415,
        "INVALID_ARGUMENT",
        "WRONG_CONTENT_TYPE",
        f"the body must be {wanted}",
        f"请求体须为 {wanted}",
    )


def too_large(limit: int) -> HTTPError:
    return HTTPError(
        413,
        "RESOURCE_EXHAUSTED",
        "BODY_TOO_LARGE",
        f"the body is larger than {limit} bytes",
        "提交的内容过大",
        metadata={"limit_bytes": str(limit)},
    )


def too_many(retry_after_seconds: int) -> HTTPError:
    return HTTPError(
        429,
        "RESOURCE_EXHAUSTED",
        "TOO_MANY_REQUESTS",
        "too many requests",
        "请求过于频繁，请稍后再试",
        headers={"retry-after": str(max(1, retry_after_seconds))},
    )


def unavailable(reason: str, message: str, text: str) -> HTTPError:
    return HTTPError(503, "UNAVAILABLE", reason, message, text, headers={"retry-after": "1"})


def escaped(cause: BaseException | str, error_id: str = "") -> HTTPError:
    """Nobody meant this to happen. The caller gets an id (the service's, where it made one), the log everything."""
    error_id = error_id or ids.new()
    if isinstance(cause, BaseException):
        log.error("request_failed", error_id=error_id, exc_info=cause)
    else:
        log.error("request_failed", error_id=error_id, cause=cause)
    return HTTPError(
        500,
        "INTERNAL",
        "INTERNAL",
        f"internal error {error_id}",
        f"系统内部错误，编号 {error_id}，请告知管理员",
        metadata={"id": error_id},
    )


def from_rpc(failed: Any, contract: Contract) -> HTTPError:
    """What a service refused, as HTTP. Codes outside of the families are not explained to the caller."""
    code: grpc.StatusCode = failed.code()
    http_status = HTTP_OF_CODE.get(code)
    status = _rich_status(failed)
    if http_status is None:
        return escaped(f"{code.name}: {failed.details()}", _error_id(status))
    headers = {"retry-after": "1"} if http_status in (429, 503) else {}
    if status is None or not status.details:
        return HTTPError(
            http_status,
            code.name,
            _REASONS.get(code, code.name),
            (failed.details() or code.name) if http_status < 500 else code.name.lower().replace("_", " "),
            _TEXTS.get(code, "请求未被接受"),
            headers=headers,
        )
    details = [_detail(packed, contract) for packed in status.details]
    info = next((d for d in details if d["@type"].endswith(".ErrorInfo")), {})
    return HTTPError(
        http_status,
        code.name,
        info.get("reason", code.name),
        status.message,
        "",
        headers=headers,
        details=details,
    )


def _rich_status(failed: Any) -> status_pb2.Status | None:
    for key, value in failed.trailing_metadata() or ():
        if key == _STATUS_TRAILER:
            status = status_pb2.Status.FromString(value)
            return status if _CODES.get(status.code) is failed.code() else None
    return None


def _error_id(status: status_pb2.Status | None) -> str:
    info = error_details_pb2.ErrorInfo()
    for packed in status.details if status is not None else ():
        if packed.Unpack(info) and ids.is_id(info.metadata.get("id", "")):
            return str(info.metadata["id"])
    return ""


_DETAILS = {
    message.DESCRIPTOR.full_name: message
    for message in (
        error_details_pb2.ErrorInfo,
        error_details_pb2.LocalizedMessage,
        error_details_pb2.BadRequest,
        error_details_pb2.PreconditionFailure,
        error_details_pb2.QuotaFailure,
        error_details_pb2.RetryInfo,
        error_details_pb2.ResourceInfo,
        error_details_pb2.RequestInfo,
        error_details_pb2.Help,
    )
}


def _detail(packed: Any, contract: Contract) -> dict[str, Any]:
    """A detail as JSON. DebugInfo and types that the contract does not know stay inside: only their name goes out."""
    name = packed.type_url.rpartition("/")[2]
    kind = _DETAILS.get(name)
    if kind is None and name.startswith("xiaoneng.") and contract.knows(name):
        kind = contract.message(name)
    if kind is None:
        return {"@type": packed.type_url}
    content = json_format.MessageToDict(kind.FromString(packed.value), descriptor_pool=contract.pool)
    return {"@type": packed.type_url, **content}
