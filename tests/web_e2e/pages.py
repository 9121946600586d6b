"""Every page in its main states: who looks at it, and where. A name in braces stands for what the fixture of that name made."""

from __future__ import annotations

import json
import re

from tests.web_e2e.desk import DIST

CLERK, HEAD, DIRECTOR, ADMIN = "clerk@ganzhou", "office-head@ganzhou", "director@ganzhou", "admin@ganzhou"

PAGES = {
    "todos": (CLERK, "/todos"),
    "delegated": (CLERK, "/todos?tab=given"),
    "messages": (CLERK, "/todos?tab=messages"),
    "delegations": (CLERK, "/delegations"),
    "lent": (CLERK, "/delegations?tab=given"),
    "numbers": (CLERK, "/numbers?series=赣市水利字"),
    "documents": (CLERK, "/documents"),
    "nothing-found": (CLERK, "/documents?text=没有这样的文件"),
    "register": (CLERK, "/documents/register"),
    "document": (CLERK, "/{document}"),
    "related-records": (CLERK, "/{document}?part=records"),
    "related-threads": (CLERK, "/{document}?part=threads"),
    "related-permits": (CLERK, "/{document}?part=permits"),
    "related-transmissions": (CLERK, "/{document}?part=transmissions"),
    "related-grants": (CLERK, "/{document}?part=grants"),
    "print": (CLERK, "/{document}/print"),
    "ledger": (CLERK, "/ledgers"),
    "ledger-outgoing": (CLERK, "/ledgers?view=outgoing"),
    "exports": (CLERK, "/ledgers?exports=open"),
    "search": (CLERK, "/search?text=工作要点"),
    "search-empty": (CLERK, "/search"),
    "search-nothing": (CLERK, "/search?text=没有这样的文件"),
    "drafts": (CLERK, "/drafts"),
    "draft": (CLERK, "/drafts/new"),
    "arrivals": (CLERK, "/arrivals"),
    "filing": (CLERK, "/filing"),
    "filed": (CLERK, "/filing?tab=filed"),
    "receipts": (CLERK, "/filing?tab=receipts"),
    "destructions": (CLERK, "/filing?tab=destructions"),
    "filing-refused": ("ye@ganzhou", "/filing"),
    "nowhere": (CLERK, "/documents/a"),
    "todos-full": (HEAD, "/todos"),
    "acting": (HEAD, "/{document}"),
    "deadline": (HEAD, "/{deadline}"),
    "registers": (HEAD, "/registers"),
    "moves": (HEAD, "/admin/packs/ganzhou-water-2019/1?tab=moves"),
    "deliveries": (HEAD, "/admin/deliveries"),
    "unreached": (HEAD, "/admin/deliveries?tab=unreached"),
    "ledger-supervised": (DIRECTOR, "/ledgers?view=supervised&sender=市人民政府"),
    "efficiency": (DIRECTOR, "/efficiency"),
    "efficiency-list": (DIRECTOR, "/efficiency?list=open"),
    "not-mine": ("ye@ganzhou", "/{document}"),
    "register-import": ("zhong@ganzhou", "/registers?register=information_liaison&import=open"),
    "refused": ("ye@ganzhou", "/admin/audit"),
    "register-hebei": ("clerk@hebei", "/documents/register"),
    "issue-list": ("clerk@hebei", "/issue-list"),
    "draft-hebei": ("dong@hebei", "/drafts/new"),
    "windows": ("yuan@yichun", "/service-matters"),
    "units": (ADMIN, "/admin/organisation"),
    "persons": (ADMIN, "/admin/organisation?tab=persons"),
    "posts": (ADMIN, "/admin/organisation?tab=posts"),
    "portfolios": (ADMIN, "/admin/organisation?tab=portfolios"),
    "delegations-of-all": (ADMIN, "/admin/organisation?tab=delegations"),
    "sheet": (ADMIN, "/admin/organisation?tab=sheet"),
    "calendar": (ADMIN, "/admin/calendar?year=2026"),
    "next-year": (ADMIN, "/admin/calendar?year=2027"),
    "packs": (ADMIN, "/admin/packs"),
    "pack": (ADMIN, "/admin/packs/ganzhou-water-2019/1"),
    "pack-alone": (ADMIN, "/admin/packs/platform-defaults/1?tab=differences"),
    "upkeep": (ADMIN, "/admin/upkeep"),
    "stuck": (ADMIN, "/admin/upkeep?tab=deadlines"),
    "audit": (ADMIN, "/admin/audit"),
}
# They lead to another page.
_LEADING = {"/", "/admin"}


def forgotten() -> list[str]:
    """Addresses of the app that no page of the table has."""
    tried = [path.replace("{document}", "documents/1").replace("{deadline}", "deadlines/1").partition("?")[0] for _, path in PAGES.values()]
    known: list[str] = json.loads((DIST / "paths.json").read_text(encoding="utf-8"))
    return [
        address
        for address in known
        if address not in _LEADING and not any(re.fullmatch(re.sub(r":\w+", "[^/]+", address), path) for path in tried)
    ]
