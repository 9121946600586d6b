"""Nobody sees what is not his: random routes, grants and readers, against a model that knows nothing of SQL.

The model (`sight`) keeps for each document the names under which it was opened; a reader has names too. Every list, search, total,
spreadsheet, package and download (`looks`) must agree with it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from google.api import httpbody_pb2
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.documents.service import SPEC
from services.documents.store import lists
from services.documents.store.visibility import SUPERVISE
from services.kit.clock import DrivenClock
from services.kit.policy.load import load
from services.kit.testing import channel, service
from services.kit.testing.channel import TENANT
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from tests.service.documents.conftest import PACK, START, Works
from tests.service.documents.looks import ASKED, SENDER, TOLD, YEAR, Looks, answers
from tests.service.documents.sight import DEPUTIES, POSTS, WORDS, Lent, Model, Paper, at_hour
from tests.service.documents.test_grants import stamp
from xiaoneng.documents.v1 import attachment_service_pb2

ELSEWHERE = "elsewhere"


class Play:
    """Does what is drawn, in the service and in the model."""

    def __init__(self, works: Works, draw: st.DataObject) -> None:
        self.works, self.draw, self.model = works, draw, Model()

    @property
    def acts(self) -> list[Any]:
        return [self.come, self.draft, self.work, self.lend, self.lend_unit, self.pass_an_end, self.wait]

    def everything(self) -> None:
        """All that there is to do, in any order, and a grant of a period."""
        for act in self.draw.draw(st.permutations([*self.acts, self.draft])):
            act()
        self.a_period()

    def anything(self, acts: int) -> None:
        """A day later: something filed and something delivered, some acts, and then grants, one of which ends in this moment."""
        self.works.clock.set(max(self.works.clock.now(), at_hour(24)))
        self.file()
        self.deliver()
        for _ in range(acts):
            self.draw.draw(st.sampled_from(self.acts))()
        self.ends()

    def ends(self) -> None:
        """A paper is lent to a post, and to a person until this moment; another one was, and a unit's were, and are no longer."""
        self.come()
        self._lend_one(self.newest(), {"unit": "south", "post": "foreman"}, hours=30)
        self._lend_one(self.newest(), {"person": "stranger"}, hours=3)
        self.come()
        self._lend_one(self.newest(), {"person": "guest"}, hours=30, revoked=True)
        grant = Lent(set(), self.works.clock.now() + timedelta(hours=200), unit="north", revoked=True)
        self._given("north", grant, {"unit": "south", "post": "foreman"}, source_unit="north")
        self.wait()

    def a_period(self) -> None:
        """What a unit has is granted as far as it came before this moment; then something comes at this moment, and perhaps later."""
        self.come()
        self.work("north", [])
        self.wait()
        now = self.works.clock.now()
        grant = Lent(set(), now + timedelta(hours=200), unit="north", before=now)
        self._given("north", grant, {"unit": "south", "post": "foreman"}, source_unit="north", listed_until=stamp(now))
        for _ in range(self.draw.draw(st.integers(1, 2))):
            self.come()
            self.work("north", [])

    def newest(self) -> Paper:
        return list(self.model.papers.values())[-1]

    def come(self) -> None:
        number = f"街〔2025〕{len(self.model.papers) + 1}号"
        title = f"关于修缮{self.draw.draw(st.sampled_from(WORDS))}的第{len(self.model.papers) + 1}封来信"
        document = self.works.register(title=title, sender=SENDER, sender_number=number)
        # Registered by the desk; the route begins with the elder of the yard.
        paper = self._keep(document.name, title, "incoming", self.works.scribe, {"person:scribe", "unit:desk", "person:eldest"})
        paper.number, paper.waits = number, {"eldest"}

    def draft(self) -> None:
        title = f"关于{self.draw.draw(st.sampled_from(WORDS))}的第{len(self.model.papers) + 1}份报告"
        document = self.works.hand.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title=title)
        paper = self._keep(document.name, title, "outgoing", self.works.hand, {"person:hand"})
        paper.draft = not self.draw.draw(st.booleans())
        if not paper.draft:
            self.works.hand.SubmitDraft(name=document.name)
            paper.opened |= {"unit:north", "person:eldest"}
            paper.waits = {"eldest"}

    def deliver(self) -> None:
        """What the desk writes itself is weighed, issued and delivered to another office."""
        title = f"关于{self.draw.draw(st.sampled_from(WORDS))}的第{len(self.model.papers) + 1}份公函"
        document = self.works.scribe.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title=title)
        paper = self._keep(document.name, title, "outgoing", self.works.scribe, {"person:scribe", "unit:desk", "person:eldest"})
        self.works.scribe.SubmitDraft(name=document.name)
        self.works.eldest.CompleteStep(name=self.works.opened(paper)["weigh"].name, verdict="VERDICT_APPROVE")
        self.works.scribe.IssueDocument(name=document.name, series="厂字")
        paper.closed = True
        (paper.sent,) = [one.name for one in self.works.scribe.TransmitDocument(name=document.name, receivers=[ELSEWHERE]).transmissions]

    def work(self, unit: str = "", readers: list[str] | None = None) -> None:
        """A paper that waits goes to a unit; the newest one where the unit is said."""
        waiting = [p for p in self.model.papers.values() if p.kind == "incoming" and not p.planned]
        if not waiting:
            return
        paper = waiting[-1] if unit else self.draw.draw(st.sampled_from(waiting))
        unit = unit or self.draw.draw(st.sampled_from(["north", "south"]))
        readers = self.draw.draw(st.sampled_from([[], ["guest"], ["hand"]])) if readers is None else readers
        self.works.heard(paper)
        self.works.planned(paper, responsible_units=[unit], readers=readers)
        paper.planned, paper.waits = True, {unit, *readers}
        paper.opened |= {f"unit:{unit}", f"person:{unit}", *(f"person:{reader}" for reader in readers)}

    def file(self) -> None:
        """Two things are done in the north, and one of them is filed."""
        for _ in range(2):
            self.come()
            paper = self.newest()
            self.work("north", [])
            self.works.north.SubmitFeedback(name=self.works.opened(paper)["work"].name, result_text="已修好", completed=True)
            paper.closed, paper.waits = True, set()
        (filed,) = self.works.eldest.FileDocuments(year=YEAR, documents=[paper.name]).documents
        paper.filed = filed.file_number

    def lend(self) -> None:
        giver, now = self.draw.draw(st.sampled_from(["scribe", "north", "eldest"])), self.works.clock.now()
        mine = [p for p in self.model.papers.values() if not p.draft and not p.filed and self.model.by_himself(giver, p, now)]
        if mine:
            paper = self.draw.draw(st.sampled_from(mine))
            self._lend(giver, Lent(set(), now, paper=paper.name), document=paper.name)

    def _lend_one(self, paper: Paper, grantee: dict[str, str], hours: int, *, revoked: bool = False) -> None:
        grant = Lent(set(), self.works.clock.now() + timedelta(hours=hours), paper=paper.name, revoked=revoked)
        self._given("scribe", grant, grantee, document=paper.name)

    def lend_unit(self) -> None:
        now = self.works.clock.now()
        before = self.draw.draw(st.sampled_from([None, now, now - timedelta(hours=5)]))
        period = {"listed_until": stamp(before)} if before else {}
        self._lend("north", Lent(set(), now, unit="north", before=before), source_unit="north", **period)

    def _lend(self, giver: str, grant: Lent, **fields: Any) -> None:
        grantees = [{"person": "guest"}, {"person": "stranger"}, {"unit": "south"}, {"unit": "south", "post": "hand"}]
        grantee = self.draw.draw(st.sampled_from(grantees))
        grant.until = self.works.clock.now() + timedelta(hours=self.draw.draw(st.integers(1, 30)))
        grant.revoked = self.draw.draw(st.integers(0, 4)) == 0
        self._given(giver, grant, grantee, **fields)

    def _given(self, giver: str, grant: Lent, grantee: dict[str, str], **fields: Any) -> None:
        done = getattr(self.works, giver).GrantAccess(grantee=grantee, end_time=stamp(grant.until), reason="借阅", **fields)
        unit, post = grantee.get("unit", ""), grantee.get("post", "")
        grant.to = {f"person:{grantee['person']}"} if "person" in grantee else {f"post:{unit}/{post}" if post else f"unit:{unit}"}
        self.model.grants.append(grant)
        if grant.revoked:
            getattr(self.works, giver).RevokeAccess(name=done.name, reason="收回")

    def pass_an_end(self) -> None:
        """Time passes to the end of the next grant: what is over gives nothing."""
        ends = [grant.until for grant in self.model.grants if grant.until > self.works.clock.now()]
        if ends:
            self.works.clock.set(min(ends))

    def wait(self) -> None:
        self.works.clock.set(self.works.clock.now() + timedelta(hours=3))

    def _keep(self, name: str, title: str, kind: str, person: Any, opened: set[str]) -> Paper:
        body = httpbody_pb2.HttpBody(data=f"{TOLD}：{title}".encode())
        request = attachment_service_pb2.UploadAttachmentRequest(file_name="说明.txt", document=name, body=body)
        file = str(person.UploadAttachment(iter([request])).name)
        self.model.papers[name] = Paper(name, title, kind, self.works.clock.now(), file=file, opened=opened)
        return self.model.papers[name]


def an_office(tenant: str) -> Office:
    made = Office(tenant, display_name="某厂").unit("desk", kind="desk")
    for unit in ("yard", "north", "south"):
        made.unit(unit, kind="shop")
    for person, posts in POSTS.items():
        made.person(person, unit=posts[0][0] if posts else "", permissions=[SUPERVISE] if person == "overseer" else [])
        for unit, kind, since, until in posts:
            made.post(person, unit, kind, valid_from=at_hour(since), valid_until=at_hour(until) if until else None)
    for one, to, kind, since, until in DEPUTIES:
        made.delegate(one, to, at_hour(since), at_hour(until), kind)
    made.in_charge("eldest", "north", "south", "desk").pack(PACK)
    for role, permissions in load(PACK).grants.items():
        made.grant(role, *permissions)
    return made.grant("member", *(f"documents:{act}" for act in ("ledger:read", "document:export", "filing:manage", "access:grant")))


def elsewhere(works: Works) -> str:
    """The same persons have a paper in another office."""
    scribe = works.served.client("scribe", ELSEWHERE)
    return str(scribe.RegisterDocument(title=f"关于{WORDS[0]}的来信", sender=SENDER, document_class="errand").name)


def alone(works: Works, model: Model, own: str) -> None:
    """In the other office nothing is seen but its own paper."""
    eldest, papers = works.served.client("eldest", ELSEWHERE), list(model.papers.values())
    assert [document.name for document in eldest.ListDocuments().documents] == [own]
    assert [hit.document.name for hit in eldest.SearchDocuments(text=WORDS[0]).hits] == [own]
    assert [item.document for item in eldest.ListMySteps().items] == [own]
    assert [answers(question, eldest, papers[n % len(papers)]) for n, question in enumerate(ASKED)] == [False] * len(ASKED)


@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True)
@given(st.data())
def test_everybody_sees_what_is_his_and_nothing_else(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    clock, bounds = DrivenClock(START), {name: getattr(lists, name) for name in ("FEW", "LOOK", "EXACT")}
    with service.ports(postgres.url, SPEC, clock) as ports, channel.served(SPEC, ports) as served:
        for tenant in (TENANT, ELSEWHERE):
            an_office(tenant).install(ports)
        play = Play(Works(ports, clock, served, []), data)
        looks = Looks(play.works, play.model)
        own = elsewhere(play.works)
        play.come()
        for act in (play.everything, lambda: play.anything(acts=4)):
            act()
            for name, bound in bounds.items():
                monkeypatch.setattr(lists, name, data.draw(st.sampled_from([2 * (name == "EXACT"), bound])))
            looks.check()
        alone(play.works, play.model, own)
