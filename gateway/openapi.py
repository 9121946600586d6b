"""OpenAPI 3.1 from the descriptor set: paths, parameters, comments, access, refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gateway import schemas
from gateway.bindings import Binding, Kind, Parameter, Routes, walk
from gateway.descriptors import Contract
from gateway.template import Template

_ERRORS = {
    "400": "请求有误或被规则拒绝 (Invalid, Refused)",
    "401": "未登录 (Unauthenticated)",
    "403": "无权进行此类操作 (Forbidden)",
    "404": "不存在或无权查看 (Missing)",
    "409": "已存在或已被他人修改 (Exists, Stale)",
    "429": "请求过多 (Busy)",
    "503": "暂时不可用 (Busy)",
}
_ACCESS = {
    "permission": "Needs the permission `{permission}`.",
    "member": "Open to every member of the active tenant.",
    "signed_in": "Open to every signed-in person.",
    "public": "Open to everybody.",
}


def document(contract: Contract, routes: Routes, public_url: str, version: str) -> dict[str, Any]:
    """The whole document."""
    book = schemas.Book(contract)
    paths: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    for binding in routes.bindings:
        path, names = openapi_path(binding.template)
        operation = _operation(contract, book, binding, names)
        operation["operationId"] = _unique(operation["operationId"], used)
        paths.setdefault(path, {})[binding.verb.lower()] = operation
    services = {b.method.descriptor.containing_service.full_name: b.method.service for b in routes.bindings}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Xiaoneng (效能)",
            "version": version,
            "description": "Generated from the protos. Field names are in lowerCamelCase; int64 are strings; unknown fields and "
            "parameters are refused with their path. Clients branch on `ErrorInfo.reason`.",
        },
        "servers": [{"url": public_url}],
        "tags": [
            {"name": name, "description": contract.comment(name) or name.rpartition(".")[2], "x-xiaoneng-service": service}
            for name, service in services.items()
        ],
        "security": [{"session": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {**book.schemas(), "Error": _ERROR_SCHEMA},
            "responses": {code: _error_response(text) for code, text in _ERRORS.items()},
            "parameters": {"IdempotencyKey": _IDEMPOTENCY_KEY, "Tenant": _TENANT},
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "xiaoneng",
                    "description": "Browser session; changes need the header x-xiaoneng-csrf as well.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


def openapi_path(template: Template) -> tuple[str, list[tuple[str, str]]]:
    """The path in OpenAPI's form, and for each of its parameters the pair (parameter, field that it is part of).

    `/v1/{name=documents/*}:sign` becomes `/v1/documents/{document}:sign`: a parameter never holds a slash.
    """
    owner = {}
    for bound in template.variables:
        for at in range(bound.start, len(template.segments) if bound.end < 0 else bound.end):
            owner[at] = bound
    parts: list[str] = []
    names: list[tuple[str, str]] = []
    for at, segment in enumerate(template.segments):
        if segment not in ("*", "**"):
            parts.append(segment)
            continue
        variable = owner.get(at)
        before = template.segments[at - 1] if at else ""
        whole = variable is not None and variable.pattern in (("*",), ("**",))
        name = variable.field.replace(".", "_") if whole and variable is not None else singular(before)
        taken = {n for n, _ in names}
        name = next(n for n in (name, *(f"{name}{i}" for i in range(2, 99))) if n not in taken)
        names.append((name, variable.field if variable is not None else ""))
        parts.append("{" + name + "}")
    verb = f":{template.verb}" if template.verb else ""
    return "/" + "/".join(parts) + verb, names


def singular(plural: str) -> str:
    """`documents` → `document`, `deliveries` → `delivery`; what does not look like a plural gets `Id`."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", plural)
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else f"{word}Id"


def _operation(contract: Contract, book: schemas.Book, binding: Binding, names: list[tuple[str, str]]) -> dict[str, Any]:
    method = binding.method
    summary, description = _split(contract.comment(method.name))
    access = _ACCESS[method.access.need].format(permission=method.access.permission)
    operation: dict[str, Any] = {
        "operationId": f"{method.descriptor.containing_service.name}_{method.descriptor.name}",
        "tags": [method.descriptor.containing_service.full_name],
        "summary": summary or method.descriptor.name,
        "description": "\n\n".join(t for t in (description, access) if t),
        "parameters": list(_parameters(contract, book, binding, names)),
        "responses": _responses(book, binding),
        "x-xiaoneng-access": method.access.permission or method.access.need,
        "x-xiaoneng-rpc": method.path,
    }
    if method.access.need == "public":
        operation["security"] = [{}]
    if binding.body:
        operation["requestBody"] = _request_body(book, binding)
    return operation


def _parameters(contract: Contract, book: schemas.Book, binding: Binding, names: list[tuple[str, str]]) -> Iterable[dict[str, Any]]:
    message = binding.method.descriptor.input_type
    variables = {v.field: v for v in binding.template.variables}
    seen: dict[str, int] = {}
    for name, field in names:
        leaf = (walk(message, field) or (None,))[-1]
        comment = contract.comment(leaf.full_name) if leaf is not None else ""
        schema: dict[str, Any] = {"type": "string", "minLength": 1}
        if field in variables and variables[field].multiple:
            comment = f"Part of `{field}` = `{'/'.join(variables[field].pattern)}`. {comment}".strip()
            wild = [at for at, part in enumerate(variables[field].pattern) if part == "*"]
            at = seen.get(field, 0)
            seen[field] = at + 1
            if leaf is not None and at < len(wild):
                schema.update(_part_pattern(book, leaf, variables[field].pattern, wild[at]))
        elif leaf is not None:
            schema = {"minLength": 1, **book.field(leaf)} if leaf.message_type is None else schema
        yield {"name": name, "in": "path", "required": True, "schema": schema, "description": comment}
    for parameter in dict.fromkeys(binding.query.values()):
        yield _query_parameter(contract, book, parameter)
    if binding.has_request_id and binding.verb != "GET":
        yield {"$ref": "#/components/parameters/IdempotencyKey"}
    if binding.method.access.need in ("permission", "member"):
        yield {"$ref": "#/components/parameters/Tenant"}
    if binding.range_field:
        yield {"name": "Range", "in": "header", "schema": {"type": "string"}, "description": "One part: `bytes=0-1023`."}


def _part_pattern(book: schemas.Book, leaf: Any, template: tuple[str, ...], at: int) -> dict[str, Any]:
    """The pattern of one segment, where the pattern of the whole name can be cut at its slashes."""
    pattern = book.field(leaf).get("pattern", "")
    parts = pattern.removeprefix("^").removesuffix("$").split("/")
    whole = pattern.startswith("^") and pattern.endswith("$") and len(parts) == len(template)
    if not whole or any(p != t for p, t in zip(parts, template, strict=True) if t != "*"):
        return {}
    return {"pattern": f"^{parts[at]}$"}


def _query_parameter(contract: Contract, book: schemas.Book, parameter: Parameter) -> dict[str, Any]:
    leaf = parameter.leaf
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "schema": book.field(leaf, query=True),
        "description": contract.comment(leaf.full_name),
    }
    if leaf.is_repeated:
        found.update(style="form", explode=True)
    if len(parameter.fields) == 1 and book.is_required(leaf):
        found["required"] = True
    return found


def _request_body(book: schemas.Book, binding: Binding) -> dict[str, Any]:
    input_type = binding.method.descriptor.input_type
    if binding.kind is Kind.UPLOAD:
        return {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    bound = {v.field for v in binding.template.variables}
    if binding.body == "*":
        schema = book.without(input_type, {name for name in bound if "." not in name})
    else:
        schema = book.field(input_type.fields_by_name[binding.body])
        book.taken(input_type.fields_by_name[binding.body].message_type)
    return {"required": bool(schema.get("required")) or "$ref" in schema, "content": {"application/json": {"schema": schema}}}


def _responses(book: schemas.Book, binding: Binding) -> dict[str, Any]:
    if binding.kind is Kind.DOWNLOAD:
        good = {"description": "The file.", "content": {"*/*": {"schema": {}}}}
        answers: dict[str, Any] = {"200": good, "304": {"description": "Unchanged."}}
        if binding.range_field:
            answers.update({"206": good, "416": {"description": "The part lies outside of the file."}})
    else:
        schema = book.message(binding.method.descriptor.output_type)
        answers = {"200": {"description": "Done.", "content": {"application/json": {"schema": schema}}}}
    codes = set(_ERRORS)
    if binding.method.access.need == "public":
        codes -= {"403"}
    answers.update({code: {"$ref": f"#/components/responses/{code}"} for code in sorted(codes)})
    if binding.body:
        answers["413"] = answers["415"] = {"$ref": "#/components/responses/400"}
    return answers


def _split(comment: str) -> tuple[str, str]:
    """First sentence and the rest."""
    flat = re.sub(r"(?<!\n)\n(?!\n)", " ", comment)
    found = re.match(r"(.+?[.。])(?:\s+(.*))?$", flat, flags=re.DOTALL)
    if found is None:
        return flat.strip(), ""
    return found.group(1).rstrip("."), (found.group(2) or "").strip()


def _unique(name: str, used: set[str]) -> str:
    found = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 99))) if n not in used)
    used.add(found)
    return found


def _error_response(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "format": "uuid"},
    "description": "The request's `requestId`: sent again, it brings the first answer again and does nothing twice.",
}
_TENANT = {
    "name": "x-xiaoneng-tenant",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"},
    "description": "Tenant in which the caller acts; without it the session's active one.",
}
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "status", "message", "details"],
            "properties": {
                "code": {"type": "integer", "description": "HTTP status."},
                "status": {"type": "string", "description": "Name of the gRPC code."},
                "message": {"type": "string", "description": "For developers, in English."},
                "details": {
                    "type": "array",
                    "description": "`ErrorInfo` (reason, domain, metadata with rule, clause, article), `LocalizedMessage` (zh-CN), "
                    "`BadRequest` (fieldViolations).",
                    "items": {
                        "type": "object",
                        "required": ["@type"],
                        "properties": {"@type": {"type": "string"}},
                        "additionalProperties": True,
                    },
                },
            },
        }
    },
}
