"""The few pages that the gateway writes itself: Chinese, without scripts, everything escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

from gateway.directory import Membership

STATIC = Path(__file__).parent / "static"
STATIC_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}

_FRAME = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/static/mark.svg">
<link rel="stylesheet" href="/static/xiaoneng.css">
</head>
<body>
<header class="bar"><a class="brand" href="/"><img src="/static/mark.svg" alt="" width="28" height="28">效能</a>{aside}</header>
<main>
{content}
</main>
</body>
</html>
"""


def page(title: str, content: str, status: int = 200, aside: str = "") -> HTMLResponse:
    """A page in the common frame; `content` and `aside` are HTML already."""
    html = _FRAME.format(title=escape(title), content=content, aside=aside)
    return HTMLResponse(html, status, {"cache-control": "no-store"})


def message(title: str, paragraphs: Sequence[str], status: int = 200) -> HTMLResponse:
    """A page that says something and offers the way back."""
    said = "\n".join(f"<p>{escape(p)}</p>" for p in paragraphs)
    content = f'<section class="card narrow"><h1>{escape(title)}</h1>{said}<p><a href="/">返回首页</a></p></section>'
    return page(f"{title} · 效能", content, status)


def unknown_person(contact: str, subject: str, display_name: str) -> HTMLResponse:
    """What somebody sees whom nobody has bound to a person yet."""
    named = f"（{display_name}）" if display_name else ""
    return message(
        "尚未开通",
        [
            f"您的账号{named}已通过身份验证，但还没有与本系统中的人员对应，因此暂时无法使用。",
            f"请联系{contact}，并告知您的账号标识：{subject}",
        ],
        403,
    )


def start_signed_out() -> HTMLResponse:
    content = """<section class="hero">
<h1>办文、办会、督查，件件有时限，事事有依据</h1>
<p class="lead">效能是机关协同办公平台：公文按本单位制度流转，每一步都标明时限和条款，逾期即时可见。</p>
<p><a class="button primary" href="/auth/sign-in">登录</a> <a class="button" href="/docs">接口文档</a></p>
</section>"""
    return page("效能", content)


def start_signed_in(name: str, tenant: str, memberships: Sequence[Membership], csrf: str, work: str) -> HTMLResponse:
    """Who am I, where do I act, how do I get out."""
    mark = f'<input type="hidden" name="csrf" value="{escape(csrf)}">'
    choices = "\n".join(
        f'<li><form method="post" action="/auth/tenant">{mark}<input type="hidden" name="tenant" value="{escape(m.tenant)}">'
        f'<button class="choice{" active" if m.tenant == tenant else ""}"{" disabled" if m.tenant == tenant else ""}>'
        f"{escape(m.display_name or m.tenant)}{'（当前）' if m.tenant == tenant else ''}</button></form></li>"
        for m in memberships
    )
    content = f"""<section class="card">
<h1>{escape(name)}，您好</h1>
<p class="muted">{escape(work)}</p>
<h2>所在单位</h2>
<ul class="choices">
{choices or '<li class="muted">您尚未加入任何单位，请联系管理员。</li>'}
</ul>
<p><a class="button" href="/docs">接口文档</a> <a class="button" href="/openapi.json">OpenAPI</a></p>
</section>"""
    aside = f'<form method="post" action="/auth/sign-out">{mark}<button class="button">退出登录</button></form>'
    return page("效能", content, aside=aside)
