"""What the demo people do at their steps: one function per act, all of it through the gateway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.platform.client import Client, Gateway
from services.platform.demo.articles import Article
from services.platform.demo.people_at_work import ZONE, Habits
from services.platform.people import Organisation

OPEN = "STEP_STATE_OPEN"
FIRST_TO_GO = "flood-control"
"""The unit that gets urgent documents before they are signed."""
ISSUE_CHECK = "issue_check"
"""The record that the check before issue leaves."""
_TEXT = "text/plain; charset=utf-8"
# What a regulation wants recorded at a step before it is completed.
RECORDED_FIRST = {
    "field-check": {
        "kind": "field_check",
        "text": "经核，确有必要，措施可行，同意发文。",
        "fields": {
            "already_regulated": False,
            "already_distributed": False,
            "necessary": True,
            "new_measures": True,
            "workable_measures": True,
        },
    },
    "affairs": {
        "kind": "issue_review",
        "text": "经核查，没有适用的现行规定，同意以区政府办公室名义印发。",
        "fields": {"covered_by_law": False, "covered_by_document": False, "lowest_issuer": "district_government_office"},
    },
}


class NotInTheList(AssertionError):
    """A step waits for somebody whose to-do list does not show it."""


class Office:
    """One demo tenant at work. `now` is the driven clock's."""

    def __init__(self, gateway: Gateway, organisation: Organisation, habits: Habits, now: Callable[[], datetime]) -> None:
        self.organisation = organisation
        self.habits = habits
        self._gateway = gateway
        self._now = now
        self._subject_of = {person.person: person.subject for person in organisation.people}
        self._files: dict[tuple[str, Path], str] = {}
        self.documents: dict[str, Client] = {}
        """Every document that came in or was drafted, with whoever may see all of it."""
        self.matters: dict[str, Client] = {}
        """Every matter that was accepted at a window, with whom it lies."""
        self.when_issued: dict[str, Callable[[], None]] = {}
        """What is done with a document as soon as it is issued."""

    def client(self, person: str) -> Client:
        """Calls as a person, by the person's id on the installation."""
        return self._gateway.as_(self._subject_of[person])

    def by_handle(self, handle: str) -> Client:
        """Calls as a person, by the short name (`clerk`)."""
        return self._gateway.as_(self.organisation.person(handle).subject)

    def at_the_window(self, unit: str) -> Client:
        """Calls as one of the staff of a unit."""
        return self.by_handle(next(each.id for each in self.organisation.holding("staff", unit)))

    def items(self) -> list[dict[str, Any]]:
        """What the units have published that people can ask for."""
        found: list[dict[str, Any]] = self.by_handle("clerk").every(
            "/v1/registrations", "registrations", register="registers/service_items"
        )
        return found

    # -- how documents come about ---------------------------------------------------------------------------------------

    def register(self, article: Article, number: str, sender: str, **about: Any) -> str:
        """Registers an article as an official document, with the whole text attached; returns its name."""
        clerk = self.by_handle("clerk")
        body = {
            "title": article.title,
            "body": article.body,
            "sender": sender,
            "senderNumber": number,
            "attachments": [self.attach(clerk, article.source)],
            **about,
        }
        name = str(clerk.post("/v1/documents:register", body)["name"])
        self.documents[name] = clerk
        return name

    def draft(self, drafter: str, article: Article, kind: str, **about: Any) -> str:
        """Drafts and submits an outgoing document or a submission for approval; returns its name."""
        author = self.by_handle(drafter)
        attachments = [self.attach(author, article.source)]
        body = {"kind": f"DOCUMENT_KIND_{kind}", "title": article.title, "body": article.body, "attachments": attachments, **about}
        name = str(author.post("/v1/documents:draft", body)["name"])
        author.post(f"/v1/{name}:submitDraft")
        self.documents[name] = author
        return name

    def attach(self, client: Client, path: Path) -> str:
        """Uploads a text; returns the attachment's name. A document holds a file of its own, the bytes are stored once."""
        return str(client.upload("/v1/attachments:upload", path.name, path.read_bytes(), _TEXT)["name"])

    # -- what is done at a step -----------------------------------------------------------------------------------------

    def open_steps(self, document: str) -> list[dict[str, Any]]:
        """The steps of a document that somebody can act on now."""
        return open_steps(self.route(document))

    def read(self, document: str) -> dict[str, Any]:
        """A document, as somebody opens it who may see all of it."""
        return self.documents[document].get(f"/v1/{document}")

    def route(self, document: str) -> dict[str, Any]:
        """Its route."""
        return self.documents[document].get(f"/v1/{document}/route")

    def plans(self, document: str) -> list[tuple[dict[str, Any], Callable[[], datetime]]]:
        """The steps that somebody can act on now, each with what says when he will."""
        route = self.route(document)
        whole = first_due(route)
        return [(step, lambda step=step: self._plan(step, whole)) for step in open_steps(route)]  # type: ignore[misc]

    def _plan(self, step: dict[str, Any], whole: datetime | None) -> datetime:
        arrived, due = datetime.fromisoformat(step["arriveTime"]), first_due(step)
        if step["act"] == "read":
            return self.habits.reads_at(arrived)
        if step["act"] in ("handle", "execute", "reply"):
            return self.habits.handles_at(arrived, due or (whole if whole and whole > arrived else None))
        return self.habits.signs_at(arrived, due)

    def act(self, document: str, step: dict[str, Any]) -> None:
        """Does what the step asks, as the first of its persons, who finds it in the to-do list. Raises NotInTheList."""
        person = step["persons"][0]
        actor = self.client(person)
        waiting = {todo["item"] for todo in actor.every("/v1/todos", "todos", pageSize=200)}
        if step["name"] not in waiting:
            raise NotInTheList(f"{actor.subject}: {step['name']} ({step['label']})")
        if self.habits.chance(0.25):
            actor.post(f"/v1/{step['name']}:open")
        getattr(self, f"_{step['act']}")(document, step, actor)

    def _propose(self, document: str, step: dict[str, Any], actor: Client) -> None:
        about = actor.get(f"/v1/{document}")
        form = actor.get(f"/v1/{step['name']}/proposalForm")
        proposal = self.proposal(about, form)
        actor.post(f"/v1/{step['name']}:submitProposal", {"proposal": proposal})

    def proposal(self, about: dict[str, Any], form: dict[str, Any]) -> dict[str, Any]:
        """A proposed handling that says what the regulation wants."""
        units = [unit.id for unit in self.organisation.units if unit.kind in ("section", "department", "affiliated_unit")]
        chosen = [FIRST_TO_GO] if about.get("preForwarded") else self.habits.choose(units, 3 if about.get("comprehensive") else 1)
        leaders = [p for p in self.organisation.people if p.in_charge_of]
        lead_leader = next((p.person for p in leaders if chosen and chosen[0] in p.in_charge_of), "")
        readers = [p.person for p in self.organisation.people if p.post == "unit_head" and p.unit not in chosen]
        proposal: dict[str, Any] = {
            "handlingText": f"请按文件要求办理：{about['title'][:60]}。请各责任单位对照条款逐项落实，并按时反馈。",
            "readers": self.habits.choose(readers, 3),
        }
        if about.get("documentClass") in ("action", "approval"):
            proposal |= {"responsibleUnits": chosen, "leadUnit": chosen[0], "leadReason": "工作内容占比最大"}
        if about.get("comprehensive"):
            proposal["leadLeader"] = lead_leader
        if about.get("source") == "superior_assignment":
            proposal["completionDeadline"] = self._closing(days=9)
        if form.get("feedbackDeadline"):
            proposal["feedbackDeadline"] = form["feedbackDeadline"]
        if form.get("remark"):
            proposal["remark"] = form["remark"]
        return proposal

    def _closing(self, days: int) -> str:
        day = self.habits.office_time(self._now() + timedelta(days=days))
        return day.astimezone(ZONE).replace(hour=18, minute=0, second=0, microsecond=0).isoformat()

    def _complete(self, document: str, step: dict[str, Any], actor: Client) -> None:
        if step["step"] in RECORDED_FIRST:
            actor.post(f"/v1/{document}/records", RECORDED_FIRST[step["step"]])
        verdict = "VERDICT_PASS_ON" if "VERDICT_PASS_ON" in step.get("verdicts", []) and self.habits.chance(0.3) else "VERDICT_APPROVE"
        actor.post(f"/v1/{step['name']}:complete", {"verdict": verdict, "opinion": "同意，请按程序办理。"})

    _register = _check = _sign = _decide = _approve = _execute = _review = _complete

    def _handle(self, document: str, step: dict[str, Any], actor: Client) -> None:
        units = self.read(document).get("proposal", {}).get("responsibleUnits", [])
        actor.post(f"/v1/{step['name']}:start")
        others = [unit for unit in units if unit != step["unit"]]
        if step.get("lead") and others:
            actor.post(f"/v1/{step['name']}:dispatch", {"units": others, "text": "请各责任单位按分工办理，数据统一由牵头单位汇总。"})
        names = "、".join(self.organisation.unit_name(unit) for unit in others)
        body = {
            "resultText": "已按文件要求落实到位，相关工作已办结。",
            "measures": "一是学习文件；二是明确责任人；三是对照条款自查并整改。",
            "dispatchText": f"已调度{names}按分工落实。" if names else "本单位自行落实。",
            "completed": True,
        }
        actor.post(f"/v1/{step['name']}:submitFeedback", body)

    def _report(self, document: str, step: dict[str, Any], actor: Client) -> None:
        actor.post(f"/v1/{step['name']}:report", {"text": "紧急文件已先行办理，现将进展报告如下：人员已到位，正在处置。"})

    def _read(self, document: str, step: dict[str, Any], actor: Client) -> None:
        actor.post(f"/v1/{step['name']}:finishReading", {"opinion": "阅"})

    def _issue(self, document: str, step: dict[str, Any], actor: Client) -> None:
        self._checked(document, actor)
        actor.post(f"/v1/{document}:issue", {"series": self.organisation.series})
        if then := self.when_issued.pop(document, None):
            then()

    def _checked(self, document: str, actor: Client) -> None:
        """The check before issue, where the regulation wants one recorded: every point of it is found in order."""
        declared = actor.get("/v1/documents:declarations")
        check = next((kind for kind in declared.get("records", []) if kind["kind"] == ISSUE_CHECK), None)
        if check is None:
            return
        points = {field["name"]: True for field in check["fields"]}
        actor.post(f"/v1/{document}/records", {"kind": ISSUE_CHECK, "text": "经核，可以印发。", "fields": points})
        marks = {"document_level": "区政府文件", "secrecy_class": "none", "openness": "public"}
        actor.post(f"/v1/{document}:mark", {"fields": marks})

    def _reply(self, document: str, step: dict[str, Any], actor: Client) -> None:
        actor.post(f"/v1/{document}:reply", {"text": "经研究并报领导同意，原则同意所请，请按规定组织实施。"})


def open_steps(route: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a route that somebody can act on now."""
    return [step for step in route.get("steps", []) if step["state"] == OPEN and not step.get("blocked")]


def first_due(limited: dict[str, Any]) -> datetime | None:
    """When a step or a document is due, by the first of its limits that run."""
    dues = [limit["dueTime"] for limit in limited.get("deadlines", []) if "dueTime" in limit and "endTime" not in limit]
    return min(map(datetime.fromisoformat, dues), default=None)
