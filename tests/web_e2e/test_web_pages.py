"""What holds on every page, at both sizes: nobody is kept out, nothing is cut off, nothing is English."""

from __future__ import annotations

import pytest

from services.platform.client import Gateway
from tests.web_e2e.conftest import Sit
from tests.web_e2e.desk import SIZES

# Address with who looks at it; `{document}` stands for a document on its route.
PAGES = {
    "todos": ("clerk@ganzhou", "/todos"),
    "todos-full": ("office-head@ganzhou", "/todos"),
    "delegated": ("clerk@ganzhou", "/todos?tab=given"),
    "delegations": ("clerk@ganzhou", "/delegations"),
    "lent": ("clerk@ganzhou", "/delegations?tab=given"),
    "numbers": ("clerk@ganzhou", "/numbers?series=赣市水利字"),
    "lending": ("clerk@ganzhou", "/{document}?part=grants"),
    "documents": ("clerk@ganzhou", "/documents"),
    "ledger": ("clerk@ganzhou", "/ledgers"),
    "ledger-supervised": ("director@ganzhou", "/ledgers?view=supervised&sender=市人民政府"),
    "ledger-outgoing": ("clerk@ganzhou", "/ledgers?view=outgoing"),
    "exports": ("clerk@ganzhou", "/ledgers?exports=open"),
    "messages": ("clerk@ganzhou", "/todos?tab=messages"),
    "search": ("clerk@ganzhou", "/search?text=工作要点"),
    "search-empty": ("clerk@ganzhou", "/search"),
    "search-nothing": ("clerk@ganzhou", "/search?text=没有这样的文件"),
    "nothing-found": ("clerk@ganzhou", "/documents?text=没有这样的文件"),
    "register": ("clerk@ganzhou", "/documents/register"),
    "register-hebei": ("clerk@hebei", "/documents/register"),
    "document": ("clerk@ganzhou", "/{document}"),
    "acting": ("office-head@ganzhou", "/{document}"),
    "print": ("clerk@ganzhou", "/{document}/print"),
    "not-mine": ("ye@ganzhou", "/{document}"),
    "drafts": ("clerk@ganzhou", "/drafts"),
    "draft": ("clerk@ganzhou", "/drafts/new"),
    "draft-hebei": ("dong@hebei", "/drafts/new"),
    "arrivals": ("clerk@ganzhou", "/arrivals"),
    "efficiency": ("director@ganzhou", "/efficiency"),
    "efficiency-list": ("director@ganzhou", "/efficiency?list=open"),
    "deadline": ("office-head@ganzhou", "/{deadline}"),
    "nowhere": ("clerk@ganzhou", "/documents/a/b/c"),
}


@pytest.fixture(scope="module")
def document(gateway: Gateway) -> str:
    """A document that waits for the head of the office."""
    clerk = gateway.as_("clerk@ganzhou")
    name = str(
        clerk.post(
            "/v1/documents:register",
            {"title": "关于印发年度工作要点的通知", "sender": "市人民政府", "documentType": "tongzhi", "source": "superior_document",
             "documentClass": "action", "urgency": "URGENCY_URGENT", "body": "各科室：\n现将年度工作要点印发给你们。" * 20},
        )["name"]
    )  # fmt: skip
    step = clerk.get(f"/v1/{name}/route")["steps"][0]["name"]
    proposal = {
        "handlingText": "请水资源科牵头落实",
        "responsibleUnits": ["water-resources", "construction"],
        "leadUnit": "water-resources",
    }
    clerk.post(f"/v1/{step}:submitProposal", {"proposal": proposal})
    return name


@pytest.fixture(scope="module")
def deadline(gateway: Gateway, document: str) -> str:
    """The limit under which the head of the office acts on it."""
    steps = gateway.as_("clerk@ganzhou").get(f"/v1/{document}/route")["steps"]
    return next(str(limit["name"]) for step in steps for limit in step.get("deadlines", []) if limit["state"] == "DEADLINE_STATE_OPEN")


@pytest.mark.parametrize("name", [name for name in PAGES if name != "nowhere"])
def test_a_page_is_for_everybody(sit: Sit, document: str, deadline: str, name: str) -> None:
    subject, path = PAGES[name]
    desk = sit(subject)
    for size in SIZES:
        desk.resize(size)
        desk.open(path.format(document=document, deadline=deadline))
        desk.picture(f"{name}-{size}")
        assert (size, desk.grave(), desk.too_wide(), desk.english()) == (size, [], 0, [])


def test_signing_in_is_for_everybody(sit: Sit) -> None:
    desk = sit("")
    for size in SIZES:
        desk.resize(size)
        desk.open("/")
        assert (size, desk.grave(), desk.too_wide(), desk.english()) == (size, [], 0, [])
        desk.page.get_by_role("link", name="登录").click()
        assert (size, desk.grave(), desk.too_wide()) == (size, [], 0)


def test_an_address_that_no_page_has_is_no_page(sit: Sit) -> None:
    desk = sit("clerk@ganzhou")
    answer = desk.page.goto(f"{desk.url}{PAGES['nowhere'][1]}")
    assert answer is not None
    assert answer.status == 404
