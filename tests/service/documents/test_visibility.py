"""Nobody sees what is not his: random routes, grants and readers, against a model that knows nothing of SQL.

The model keeps for each document the names under which it was opened; a reader has names too. Every list, search, total, spreadsheet and
download must agree with it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import grpc
import pytest
from google.api import httpbody_pb2
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.documents.service import SPEC
from services.documents.store import lists
from services.kit.clock import DrivenClock
from services.kit.policy.load import load
from services.kit.rpc.status import read
from services.kit.testing import channel, service
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from tests.service.documents.conftest import PACK, START, Works
from tests.service.documents.test_grants import stamp
from xiaoneng.documents.v1 import attachment_service_pb2, listing_pb2

READERS = ("eldest", "scribe", "herald", "north", "south", "hand", "guest", "stranger")
# The posts of the office, by hand: unit and kind.
POSTS = {
    "eldest": ("yard", "elder"), "scribe": ("desk", "scribe"), "herald": ("yard", "scribe"),
    "north": ("north", "foreman"), "south": ("south", "foreman"),
    "hand": ("north", "hand"), "guest": ("south", "hand"), "stranger": ("", ""),
}  # fmt: skip
SUPERVISORS, ISSUERS = {"eldest"}, {"scribe", "herald"}
WORDS = ("围墙", "水塔", "烟囱")


@dataclass
class Paper:
    """A document as the model knows it."""

    name: str
    title: str
    kind: str
    listed: datetime
    file: str
    draft: bool = False
    opened: set[str] = field(default_factory=set)


@dataclass
class Lent:
    """A grant as the model knows it."""

    to: set[str]
    until: datetime
    paper: str = ""
    unit: str = ""
    before: datetime | None = None
    revoked: bool = False


@dataclass
class Model:
    """Who sees what."""

    papers: dict[str, Paper] = field(default_factory=dict)
    grants: list[Lent] = field(default_factory=list)

    def names(self, reader: str) -> set[str]:
        unit, post = POSTS[reader]
        return {f"person:{reader}"} | ({f"unit:{unit}", f"post:{unit}/{post}"} if unit else set())

    def by_himself(self, reader: str, paper: Paper) -> bool:
        if paper.draft:
            return f"person:{reader}" in paper.opened
        issues = reader in ISSUERS and paper.kind == "outgoing"
        return reader in SUPERVISORS or issues or bool(self.names(reader) & paper.opened)

    def sees(self, reader: str, paper: Paper, now: datetime) -> bool:
        return self.by_himself(reader, paper) or (not paper.draft and any(self._lent(grant, reader, paper, now) for grant in self.grants))

    def _lent(self, grant: Lent, reader: str, paper: Paper, now: datetime) -> bool:
        if grant.revoked or now >= grant.until or not grant.to & self.names(reader):
            return False
        of_unit = f"unit:{grant.unit}" in paper.opened and (grant.before is None or paper.listed < grant.before)
        return grant.paper == paper.name if grant.paper else of_unit

    def seen(self, reader: str, now: datetime) -> set[str]:
        return {paper.name for paper in self.papers.values() if self.sees(reader, paper, now)}


class Play:
    """Does what is drawn, in the service and in the model."""

    def __init__(self, works: Works, draw: st.DataObject) -> None:
        self.works, self.draw, self.model = works, draw, Model()

    def everything(self) -> None:
        """All that there is to do, in any order, and a grant of a period."""
        there_are = [self.come, self.draft, self.draft, self.work, self.lend, self.lend_unit, self.pass_an_end, self.wait]
        for act in self.draw.draw(st.permutations(there_are)):
            act()
        self.a_period()

    def anything(self, acts: int) -> None:
        """Some acts, and then the moment at which a grant ends."""
        there_are = [self.come, self.draft, self.work, self.lend, self.lend_unit, self.pass_an_end, self.wait]
        for _ in range(acts):
            self.draw.draw(st.sampled_from(there_are))()
        self.come()
        self.lend(self.model_paper())
        self.pass_an_end()

    def a_period(self) -> None:
        """What a unit has is granted as far as it came before this moment; then something comes at this moment, and perhaps later."""
        self.come()
        self.work("north", [])
        self.wait()
        now = self.works.clock.now()
        self._lend("north", Lent(set(), now, unit="north", before=now), source_unit="north", listed_until=stamp(now))
        for _ in range(self.draw.draw(st.integers(1, 2))):
            self.come()
            self.work("north", [])

    def model_paper(self) -> Paper:
        """The newest paper."""
        return list(self.model.papers.values())[-1]

    def come(self) -> None:
        word = self.draw.draw(st.sampled_from(WORDS))
        title = f"关于修缮{word}的来信"
        document = self.works.register(title=title)
        file = self._upload(self.works.scribe, document.name)
        # Registered by the desk; the route begins with the elder of the yard.
        self._keep(document.name, title, "incoming", file, {"person:scribe", "unit:desk", "person:eldest"})

    def draft(self) -> None:
        title = f"关于{self.draw.draw(st.sampled_from(WORDS))}的报告"
        document = self.works.hand.CreateDraft(kind="DOCUMENT_KIND_OUTGOING", title=title)
        file = self._upload(self.works.hand, document.name)
        paper = self._keep(document.name, title, "outgoing", file, {"person:hand"})
        paper.draft = not self.draw.draw(st.booleans())
        if not paper.draft:
            self.works.hand.SubmitDraft(name=document.name)
            paper.opened |= {"unit:north", "person:eldest"}

    def work(self, unit: str = "", readers: list[str] | None = None) -> None:
        """A paper that waits goes to a unit; the newest one where the unit is said."""
        waiting = [p for p in self.model.papers.values() if p.kind == "incoming" and "planned" not in p.opened]
        if not waiting:
            return
        paper = waiting[-1] if unit else self.draw.draw(st.sampled_from(waiting))
        unit = unit or self.draw.draw(st.sampled_from(["north", "south"]))
        readers = self.draw.draw(st.sampled_from([[], ["guest"], ["hand"]])) if readers is None else readers
        self.works.heard(paper)
        self.works.planned(paper, responsible_units=[unit], readers=readers)
        paper.opened |= {"planned", f"unit:{unit}", f"person:{unit}", *(f"person:{reader}" for reader in readers)}

    def lend(self, one: Paper | None = None) -> None:
        giver = "scribe" if one else self.draw.draw(st.sampled_from(["scribe", "north", "eldest"]))
        mine = [p for p in self.model.papers.values() if not p.draft and self.model.by_himself(giver, p)]
        if mine:
            paper = one or self.draw.draw(st.sampled_from(mine))
            self._lend(giver, Lent(set(), self.works.clock.now(), paper=paper.name), document=paper.name)

    def lend_unit(self) -> None:
        now = self.works.clock.now()
        before = self.draw.draw(st.sampled_from([None, now, now - timedelta(hours=5)]))
        period = {"listed_until": stamp(before)} if before else {}
        self._lend("north", Lent(set(), now, unit="north", before=before), source_unit="north", **period)

    def _lend(self, giver: str, grant: Lent, **fields: Any) -> None:
        grantees = [{"person": "guest"}, {"person": "stranger"}, {"unit": "south"}, {"unit": "south", "post": "hand"}]
        grantee = self.draw.draw(st.sampled_from(grantees))
        grant.until = self.works.clock.now() + timedelta(hours=self.draw.draw(st.integers(1, 30)))
        done = getattr(self.works, giver).GrantAccess(grantee=grantee, end_time=stamp(grant.until), reason="借阅", **fields)
        unit, post = grantee.get("unit", ""), grantee.get("post", "")
        grant.to = {f"person:{grantee['person']}"} if "person" in grantee else {f"post:{unit}/{post}" if post else f"unit:{unit}"}
        self.model.grants.append(grant)
        if self.draw.draw(st.integers(0, 4)) == 0:
            getattr(self.works, giver).RevokeAccess(name=done.name, reason="收回")
            grant.revoked = True

    def pass_an_end(self) -> None:
        """Time passes to the end of the next grant: what is over gives nothing."""
        ends = [grant.until for grant in self.model.grants if grant.until > self.works.clock.now()]
        if ends:
            self.works.clock.set(min(ends))

    def wait(self) -> None:
        self.works.clock.set(self.works.clock.now() + timedelta(hours=3))

    def _keep(self, name: str, title: str, kind: str, file: str, opened: set[str]) -> Paper:
        paper = Paper(name, title, kind, self.works.clock.now(), file, opened=opened)
        self.model.papers[name] = paper
        return paper

    def _upload(self, person: Any, document: str) -> str:
        body = httpbody_pb2.HttpBody(data=b"%PDF-1.7\n" + document.encode())
        request = attachment_service_pb2.UploadAttachmentRequest(file_name="a.pdf", document=document, body=body)
        return str(person.UploadAttachment(iter([request])).name)

    # ---- what everybody sees --------------------------------------------------------------------------------------

    def check(self) -> None:
        now = self.works.clock.now()
        for reader in READERS:
            seen, client = self.model.seen(reader, now), self.works.served.client(reader)
            assert self._listed(client) == (seen, len(seen)), reader
            assert self._ledgers(client) == seen, reader
            for word in WORDS:
                wanted = {name for name in seen if word in self.model.papers[name].title}
                hits = client.SearchDocuments(text=word, page_size=200)
                assert ({hit.document.name for hit in hits.hits}, hits.total) == (wanted, len(wanted)), (reader, word)
            assert self._exported(client) == sorted(self.model.papers[name].title for name in seen), reader
            for paper in self.model.papers.values():
                assert self._opens(client, paper) == ((paper.name in seen,) * 2), (reader, paper)

    def _listed(self, client: Any) -> tuple[set[str], int]:
        found, token, total = [], "", 0
        while True:
            page = client.ListDocuments(page_size=2, page_token=token)
            found += [document.name for document in page.documents]
            token, total = page.next_page_token, page.total
            if not token:
                break
        assert len(found) == len(set(found))
        return set(found), total

    def _ledgers(self, client: Any) -> set[str]:
        views = (listing_pb2.LEDGER_VIEW_INCOMING, listing_pb2.LEDGER_VIEW_OUTGOING, listing_pb2.LEDGER_VIEW_SUBMISSION)
        pages = [client.ListLedger(filter={"view": view}, page_size=200) for view in views]
        assert all(page.total == len(page.entries) for page in pages)
        return {entry.document for page in pages for entry in page.entries}

    def _exported(self, client: Any) -> list[str]:
        titles: list[str] = []
        for view in (listing_pb2.LEDGER_VIEW_INCOMING, listing_pb2.LEDGER_VIEW_OUTGOING):
            data = b"".join(piece.data for piece in client.ExportLedger(filter={"view": view}))
            rows = load_workbook(io.BytesIO(data))["台账"].iter_rows(min_row=2, values_only=True)
            titles += [str(row[1]) for row in rows]
        return sorted(titles)

    def _opens(self, client: Any, paper: Paper) -> tuple[bool, bool]:
        return _answers(client, "GetDocument", paper.name), _downloads(client, paper.file)


def _answers(client: Any, method: str, name: str) -> bool:
    try:
        client.call(method, name=name)
    except grpc.RpcError as refused:
        if read(refused).code != "NOT_FOUND":
            raise
        return False
    return True


def _downloads(client: Any, name: str) -> bool:
    try:
        return bool(b"".join(piece.data for piece in client.DownloadAttachment(name=name)))
    except grpc.RpcError as refused:
        if read(refused).code != "NOT_FOUND":
            raise
        return False


def an_office() -> Office:
    made = (
        Office(display_name="某厂")
        .unit("desk", kind="desk")
        .unit("yard", kind="shop")
        .unit("north", kind="shop")
        .unit("south", kind="shop")
    )
    for person, (unit, post) in POSTS.items():
        made.person(person, unit=unit, post=post)
    made.in_charge("eldest", "north", "south", "desk").pack(PACK)
    for role, permissions in load(PACK).grants.items():
        made.grant(role, *permissions)
    return made.grant("member", "documents:ledger:read", "documents:document:export")


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True)
@given(st.data())
def test_everybody_sees_what_is_his_and_nothing_else(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    clock = DrivenClock(START)
    with service.ports(postgres.url, SPEC, clock) as ports, channel.served(SPEC, ports) as served:
        an_office().install(ports)
        play = Play(Works(ports, clock, served, []), data)
        play.come()
        for act in (play.everything, lambda: play.anything(acts=4)):
            act()
            monkeypatch.setattr(lists, "FEW", data.draw(st.sampled_from([0, lists.FEW])))
            play.check()
