"""What the demo tells beside its numbers: one text on the routes of all offices, a return for several grounds, deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.platform.demo.office import Office


@dataclass
class Stories:
    """What happened to which documents; told at the end, from what their offices can open then."""

    same_text: dict[str, str] = field(default_factory=dict)
    """The document that came in everywhere, by tenant."""
    returned: list[tuple[Office, str, str]] = field(default_factory=list)
    """What was returned and how it came again."""
    delivered: list[tuple[Office, str]] = field(default_factory=list)
    """What an office sent to those below it."""

    def tell(self, offices: dict[str, Office]) -> dict[str, Any]:
        """For `var/demo.json`."""
        return {
            "same_text": [_route(offices[tenant], document) for tenant, document in sorted(self.same_text.items())],
            "returned": [_return(*each) for each in self.returned],
            "delivered": [line for office, document in self.delivered for line in _deliveries(office, document)],
        }


def _route(office: Office, document: str) -> dict[str, Any]:
    about, route = office.read(document), office.route(document)
    steps: dict[str, dict[str, Any]] = {}
    for step in route.get("steps", []):
        limits = [limit["label"] + " " + limit["citation"]["article"] for limit in step.get("deadlines", [])]
        known = steps.setdefault(step["label"], {"step": step["label"], "role": step.get("roleLabel", ""), "articles": []})
        articles = [step["citation"]["article"], *limits] if "citation" in step else limits
        known["articles"] += [article for article in articles if article not in known["articles"]]
    regulation = route.get("citation", {}).get("regulation", "")
    name = office.organisation.display_name
    return {
        "office": name,
        "title": about["title"],
        "regulation": regulation,
        "route": route.get("label", ""),
        "steps": list(steps.values()),
    }


def _return(office: Office, first: str, again: str) -> dict[str, Any]:
    back, accepted = office.read(first), office.read(again)
    grounds = [{"text": found["text"], "article": cited(found)} for found in back.get("findings", []) if found.get("effect") == "return"]
    return {
        "office": office.organisation.display_name,
        "title": back["title"],
        "state": back["state"].removeprefix("DOCUMENT_STATE_").lower(),
        "grounds": grounds,
        "accepted_as": accepted["registrationNumber"],
        "accepted_state": accepted["state"].removeprefix("DOCUMENT_STATE_").lower(),
    }


def _deliveries(office: Office, document: str) -> Iterable[dict[str, Any]]:
    sent = office.by_handle("clerk").get("/v1/transmissions", document=document).get("transmissions", [])
    title = office.read(document)["title"]
    for each in sent:
        yield {
            "from": office.organisation.display_name,
            "to": each["receiverDisplayName"],
            "title": title,
            "state": each["state"].removeprefix("TRANSMISSION_STATE_").lower(),
            "answered": each.get("answerTime", ""),
        }


def cited(found: dict[str, Any]) -> str:
    """A citation as a reader knows it."""
    return f"《{found['citation']['regulation']}》{found['citation']['article']}"


def page(told: dict[str, Any]) -> str:
    """What stands on the screen."""
    lines: list[str] = []
    if told["same_text"]:
        lines += ["", f"同一份来文《{told['same_text'][0]['title']}》在各单位的流程"]
    for route in told["same_text"]:
        lines.append(f"  {route['office']}　《{route['regulation']}》　{route['route']}")
        lines += [f"    {step['step']}　{'；'.join(step['articles'])}" for step in route["steps"]]
    for each in told["returned"]:
        lines += ["", f"退文　{each['office']}《{each['title']}》，理由 {len(each['grounds'])} 条"]
        lines += [f"    {ground['text']}　{ground['article']}" for ground in each["grounds"]]
        lines.append(f"    改正后重报，已收文登记 {each['accepted_as']}")
    if told["delivered"]:
        lines += ["", "公文交换"]
    lines += [f"  {each['from']} → {each['to']}《{each['title']}》　{STATES[each['state']]}" for each in told["delivered"]]
    return "\n".join(lines)


STATES = {
    "sent": "已发出",
    "arrived": "已送达，待登记",
    "registered": "对方已登记",
    "refused": "对方退回",
    "withdrawing": "正在撤回",
    "withdrawn": "已撤回",
}
"""What the sender reads of a delivery."""
