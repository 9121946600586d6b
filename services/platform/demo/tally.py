"""What happened, counted twice: from what people can open (routes, ledgers, inboxes), and from what /metrics says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, select

from services.platform.demo.office import Office
from services.platform.demo.play import BEGIN, END
from services.platform.embedded import Platform

BREACHES = "xiaoneng_deadline_breaches_total"
OPEN = "xiaoneng_deadlines_open"
OVERDUE = "xiaoneng_deadlines_overdue"
MESSAGES = "xiaoneng_messages_total"
PUBLISHED = "xiaoneng_events_published_total"
_WEEKS = {
    f"{name}.{part}": getattr(day, part) for name, day in (("firstDay", BEGIN), ("lastDay", END)) for part in ("year", "month", "day")
}
_ENDED = ("LATE", "MET", "CANCELLED", "SET_ASIDE", "FINISHED")


@dataclass
class Tenant:
    """The numbers of one tenant."""

    display_name: str
    documents: int = 0
    matters: int = 0
    closed: int = 0
    characters: int = 0
    attachments: int = 0
    steps: int = 0
    steps_done: int = 0
    on_time: int = 0
    late: int = 0
    running: int = 0
    overdue: int = 0
    breaches: Counter[str] = field(default_factory=Counter)
    articles: dict[str, str] = field(default_factory=dict)
    messages: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """For `var/demo.json`."""
        return {
            "display_name": self.display_name,
            "documents": self.documents,
            "service_matters": self.matters,
            "closed": self.closed,
            "characters": self.characters,
            "attachments": self.attachments,
            "steps": self.steps,
            "steps_done": self.steps_done,
            "on_time": self.on_time,
            "late": self.late,
            "deadlines_open": self.running,
            "deadlines_overdue": self.overdue,
            "breaches": [{"rule": rule, "article": self.articles[rule], "count": number} for rule, number in sorted(self.breaches.items())],
            "reminders_sent": self.messages["reminder"],
            "escalations_sent": self.messages["escalation"],
            "messages": dict(sorted(self.messages.items())),
        }


def from_the_ledger(office: Office) -> Tenant:
    """Counts what people see: every document with its route, every inbox."""
    tenant = Tenant(office.organisation.display_name)
    counted: set[str] = set()
    for document, viewer in office.documents.items():
        about, route = viewer.get(f"/v1/{document}"), viewer.get(f"/v1/{document}/route")
        tenant.documents += 1
        tenant.closed += about["state"] == "DOCUMENT_STATE_CLOSED"
        tenant.characters += len(about.get("body", ""))
        tenant.attachments += len(viewer.get(f"/v1/{document}/attachments").get("attachments", []))
        counted |= _count_route(tenant, route)
    for limit in _limits_of_matters(office):
        if limit["name"] not in counted:  # of a document that this viewer does not see
            _count_limit(tenant, limit)
    tenant.matters = len(office.matters)
    for person in office.organisation.people:
        for message in office.client(person.person).every("/v1/messages", "messages", pageSize=200):
            tenant.messages[message["kind"].removeprefix("MESSAGE_KIND_").lower()] += 1
    return tenant


def _limits_of_matters(office: Office) -> Iterable[dict[str, Any]]:
    """The limits of what people asked for at the windows, as the members of each unit find them."""
    viewers = {viewer.get(f"/v1/{matter}")["unit"]: viewer for matter, viewer in office.matters.items()}
    found: dict[str, dict[str, Any]] = {}
    for unit, viewer in viewers.items():
        for measure in ("MET", "BREACHED", "OPEN"):
            items = viewer.every("/v1/efficiency/items", "items", unit=unit, measure=f"MEASURE_{measure}", pageSize=200, **_WEEKS)
            found |= {item["deadline"]["name"]: item["deadline"] for item in items if not item.get("document")}
    return found.values()


def _count_route(tenant: Tenant, route: dict[str, Any]) -> set[str]:
    """Counts the steps and limits of a route; gives the names of the limits."""
    opened = [step for step in route.get("steps", []) if step.get("name")]
    tenant.steps += len(opened)
    tenant.steps_done += sum(step["state"] == "STEP_STATE_DONE" for step in opened)
    limits = {limit["name"]: limit for step in opened for limit in step.get("deadlines", [])}
    limits |= {limit["name"]: limit for limit in route.get("deadlines", [])}
    for limit in limits.values():
        _count_limit(tenant, limit)
    return set(limits)


def _count_limit(tenant: Tenant, limit: dict[str, Any]) -> None:
    rule, state = limit["rule"], limit["state"].rpartition("STATE_")[2]
    if state == "MET" or (state == "FINISHED" and not limit.get("breached")):
        tenant.on_time += 1
    elif limit.get("breached") and state != "SET_ASIDE":
        tenant.late += 1
    if state not in _ENDED:
        tenant.running += 1
        tenant.overdue += bool(limit.get("breached"))
    if limit.get("breached"):
        tenant.breaches[rule] += 1
        tenant.articles[rule] = f"《{limit['citation']['regulation']}》{limit['citation']['article']}"


class Metrics:
    """What a page of /metrics says."""

    def __init__(self, page: str) -> None:
        self._samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]

    def sum(self, name: str, **labels: str) -> int:
        """The sum over all series with these labels."""
        return int(sum(s.value for s in self._samples if s.name == name and labels.items() <= s.labels.items()))

    def by(self, label: str, name: str, **labels: str) -> dict[str, int]:
        """The sums per value of a label, without zeros."""
        values = {s.labels[label] for s in self._samples if s.name == name and labels.items() <= s.labels.items()}
        sums = {value: self.sum(name, **labels, **{label: value}) for value in values}
        return {value: number for value, number in sorted(sums.items()) if number}


def events_in_the_outbox(platform: Platform) -> dict[str, int]:
    """Events that each service has handed over, as its own table says."""
    found = {}
    for service, ports in platform.ports.items():
        outbox = ports.db.metadata.tables["outbox"]
        with ports.db.plumbing() as tx:
            found[service] = int(tx.scalar(select(func.count()).select_from(outbox).where(outbox.c.state == "sent")) or 0)
    return {service: number for service, number in sorted(found.items()) if number}


def read_metrics(url: str) -> Metrics:
    """What /metrics says now."""
    return Metrics(httpx.get(url, timeout=30, trust_env=False).text)


def differences(metrics: Metrics, tenants: dict[str, Tenant], outbox: dict[str, int]) -> list[str]:
    """Where /metrics says something else than the ledgers, the inboxes and the outbox."""
    pairs: list[tuple[str, Any, Any]] = [("events published", metrics.by("service", PUBLISHED), outbox)]
    for name, tenant in tenants.items():
        pairs += [
            (f"{name}: breaches by rule", metrics.by("rule", BREACHES, tenant=name), dict(sorted(tenant.breaches.items()))),
            (f"{name}: deadlines open", metrics.sum(OPEN, tenant=name), tenant.running),
            (f"{name}: deadlines overdue", metrics.sum(OVERDUE, tenant=name), tenant.overdue),
            (f"{name}: messages", metrics.by("kind", MESSAGES, tenant=name), dict(sorted(tenant.messages.items()))),
        ]
    return [f"{what}: /metrics says {said}, the ledger {counted}" for what, said, counted in pairs if said != counted]


def table(tenants: Iterable[Tenant]) -> str:
    """What stands on the screen."""
    lines: list[str] = []
    for tenant in tenants:
        lines += ["", f"{tenant.display_name}"]
        lines.append(f"  公文 {tenant.documents} 件（办结 {tenant.closed}），正文 {tenant.characters} 字，附件 {tenant.attachments} 个")
        lines.append(
            f"  环节 {tenant.steps} 个（完成 {tenant.steps_done}），按时 {tenant.on_time}，逾期 {tenant.late}，计时中 {tenant.running}"
        )
        if tenant.matters:
            lines.append(f"  窗口办事 {tenant.matters} 件")
        for rule, number in sorted(tenant.breaches.items()):
            lines.append(f"    逾期 {number:>3}  {rule}　{tenant.articles[rule]}")
        sent = tenant.messages
        others = sent["notice"] + sent["warning"]
        lines.append(f"  提醒 {sent['reminder']} 条，逾期告知 {sent['breach']} 条，逐级督促 {sent['escalation']} 条，其他 {others} 条")
    return "\n".join(lines)
