"""The page on which the demo people are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from starlette.responses import HTMLResponse

from gateway.issuer.people import DemoPerson
from gateway.pages import message, page

_KEPT = ("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method")


def choose(people: Sequence[DemoPerson], action: str, asked: Mapping[str, str]) -> HTMLResponse:
    """All people by organ, each a button."""
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in _KEPT if name in asked)
    organs = []
    for organ, members in groupby(people, key=lambda p: p.organ):
        choices = "\n".join(
            f'<li><button class="choice" name="subject" value="{escape(p.subject)}"><strong>{escape(p.display_name)}</strong>'
            f"<span>{escape(p.post)}　{escape(p.subject)}</span></button></li>"
            for p in members
        )
        organs.append(f'<h2>{escape(organ)}</h2>\n<ul class="choices">{choices}</ul>')
    nobody = '<p class="muted">还没有演示人员。</p>'
    content = f"""<section class="card">
<h1>选择演示人员</h1>
<p class="warn">演示环境：选择一位人员即可登录，不需要密码。正式环境请接入统一身份认证。</p>
<form method="post" action="{escape(action)}">{hidden}
{"".join(organs) or nobody}
</form>
</section>"""
    return page("登录 · 效能", content)


def refused(text: str, status: int) -> HTMLResponse:
    return message("无法登录", [text], status)
