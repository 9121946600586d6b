"""The page of the interfaces: every operation of the OpenAPI document, readable without anything from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from gateway.pages import page

_VERBS = ("get", "post", "put", "patch", "delete")


def render(document: Mapping[str, Any]) -> bytes:
    """The page as HTML; made once, at start."""
    by_tag: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for verb in _VERBS:
            if verb in operations:
                operation = operations[verb]
                by_tag[operation["tags"][0]].append(_operation(document, path, verb, operation))
    sections = "\n".join(
        f'<h2 id="{escape(tag["name"])}">{escape(tag["name"])}</h2>\n<p class="muted">{_text(tag["description"])}</p>\n'
        + "\n".join(by_tag[tag["name"]])
        for tag in document["tags"]
    )
    contents = "\n".join(f'<li><a href="#{escape(tag["name"])}">{escape(tag["name"])}</a></li>' for tag in document["tags"])
    content = f"""<h1>接口文档</h1>
<p>机器可读的版本：<a href="/openapi.json">/openapi.json</a>（OpenAPI 3.1）。命令行调用请带上 <code>Authorization: Bearer …</code>；
浏览器会话中的修改请求还须带上 <code>x-xiaoneng-csrf</code>，其值见 <a href="/auth/session">/auth/session</a>。
修改请求可带 <code>Idempotency-Key</code>：同一标识重复发送只办理一次。</p>
<ul>{contents}</ul>
{sections}"""
    return bytes(page("接口文档 · 效能", content).body)


def _operation(document: Mapping[str, Any], path: str, verb: str, operation: Mapping[str, Any]) -> str:
    rows = "".join(_row(_resolved(document, p)) for p in operation["parameters"])
    table = f"<table><tr><th>参数</th><th>位置</th><th>类型</th><th>说明</th></tr>{rows}</table>" if rows else ""
    taken = operation.get("requestBody", {}).get("content", {})
    body = "".join(_fields(document, "请求体", kind, found["schema"]) for kind, found in taken.items())
    given = operation["responses"]["200"].get("content", {})
    answer = "".join(_fields(document, "返回", kind, found["schema"]) for kind, found in given.items())
    return f"""<details class="operation"><summary><span class="verb {verb}">{verb.upper()}</span><code>{escape(path)}</code>
<span class="muted">{_text(operation["summary"])}</span></summary><div>
<p>{_text(operation["description"])}</p>{table}{body}{answer}</div></details>"""


def _row(parameter: Mapping[str, Any]) -> str:
    required = "，必填" if parameter.get("required") else ""
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{escape(parameter['in'])}{required}</td>"
        f"<td>{escape(_kind(parameter['schema']))}</td><td>{_text(parameter.get('description', ''))}</td></tr>"
    )


def _fields(document: Mapping[str, Any], title: str, content_type: str, schema: Mapping[str, Any]) -> str:
    resolved = _resolved(document, schema)
    required = set(resolved.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{'（必填）' if name in required else ''}</td><td>{escape(_kind(field))}</td>"
        f"<td>{_text(field.get('description', ''))}</td></tr>"
        for name, field in resolved.get("properties", {}).items()
    )
    table = f"<table><tr><th>字段</th><th>类型</th><th>说明</th></tr>{rows}</table>" if rows else ""
    return f"<p><strong>{title}</strong> <code>{escape(content_type)}</code> {escape(_kind(schema))}</p>{table}"


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found  # type: ignore[no-any-return]


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].rpartition(".")[2]
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])} 列表"
    return " ".join(str(schema[k]) for k in ("type", "format") if k in schema)


def _text(comment: str) -> str:
    """A comment of a proto: paragraphs, and what stands in backquotes as code."""
    safe = escape(comment.strip()).replace("\n\n", "<br>")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
