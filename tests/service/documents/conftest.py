"""A works council with an invented regulation: nothing of it is like the offices that the platform comes with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.documents.service import SPEC
from services.kit.clock import DrivenClock
from services.kit.deadline import Watch
from services.kit.loop import drain, drive
from services.kit.policy.load import load
from services.kit.service import Ports
from services.kit.testing import channel, service
from services.kit.testing.channel import TENANT, Client, Served
from services.kit.testing.office import Office
from services.kit.testing.postgres import PostgresServer
from xiaoneng.documents.v1 import types_pb2

PACK = """
schema: 1
pack: invented
version: 1
title: 某厂文书办法
issuer: 某厂
effective_from: 2000-01-01
clauses:
  - {id: invented/1.1, article: 第一条, quote: 来文先由车间答辩}
  - {id: invented/1.2, article: 第二条, quote: 三天之内}
  - {id: invented/1.3, article: 第三条, quote: 须写清楚}
  - {id: invented/1.4, article: 第四条, quote: 越级无效}
  - {id: invented/2.1, article: 第五条, quote: 出厂文书}
posts: {foreman: 工长, elder: 长老, scribe: 文书, hand: 工人}
unit_kinds: {shop: 车间, desk: 文书处}
fields:
  wall: {label: 围墙编号, type: int}
  finish: {label: 竣工日, type: date, on: [incoming]}
  colour: {label: 颜色, type: code, vocabulary: colour, on: [outgoing]}
  shop: {label: 来文车间, type: unit}
  helpers: {label: 协助车间, type: units}
records:
  survey: {label: 查勘, fields: {sound: {label: 是否牢固, type: bool}, seen_at: {label: 查勘时间, type: instant}}, by: [elder]}
  photo: {label: 照片, attachment: required, on: [incoming]}
vocabularies:
  colour: {red: 红, white: 白}
  document_class: {errand: 差事, news: 通报}
  document_type: {letter: 信, order: 令}
  document_source: {street: 街道}
  retention_class: {good: 永久, brief: 短期}
roles:
  scribe: {label: 文书, posts: [scribe], of: unit}
  foreman: {label: 工长, posts: [foreman], of: unit}
  elder: {label: 长老, posts: [elder]}
  elder_in_charge: {label: 分管长老, posts: [elder], of: portfolio, fallback: [elder]}
  reader: {label: 读者, person: readers}
  writer: {label: 执笔人, initiator: true}
grants:
  member: ["documents:document:draft", "documents:document:read", "documents:step:act",
           "documents:attachment:read", "documents:attachment:upload"]
  foreman: ["documents:access:grant", "documents:filing:destroy", "documents:filing:read"]
  elder: ["documents:access:grant", "documents:document:supervise", "documents:filing:destroy", "documents:filing:manage",
          "documents:filing:read",
          "documents:extension:decide", "documents:ledger:read"]
  scribe: ["documents:access:grant", "documents:document:register", "documents:document:classify", "documents:document:correct",
          "documents:document:void",
          "documents:document:issue", "documents:document:export", "documents:number:manage", "documents:ledger:read"]
texts:
  LEAPT: 不得越过{step}
  TOO_SOON: 尚须保管
  TWO_WALLS: 一信一墙，此信说了{matters}件
  BARE: 缺{missing}
  HOME: "{fields.shop}的来信已退回"
  UNCLEAR: 须写清楚
  DISTINCT: 不得自审
  NO_SURVEY: "未经查勘（{records.survey.count}次）不得答辩"
  SHAKY: "{fields.wall}号围墙不牢固"
rules:
  - id: errand
    kind: procedure
    clause: invented/1.1
    on: documents.incoming.route
    when: {document_class: errand}
    refuse: {out_of_order: {reason: LEAPT, clause: invented/1.4}, not_distinct: {reason: DISTINCT}}
    steps:
      - {id: hear, act: review, role: elder, may: [send_back, take_back, transfer, add_signer], sets: [important]}
      - {id: plan, act: propose, role: scribe, of: registering_unit, may: [send_back, take_back, transfer]}
      - {id: work, act: handle, role: foreman, each: responsible_units, lead: lead_unit, may: [send_back, transfer], closes: true}
      - {id: news, act: read, role: reader, each: readers, party: person, after: [plan], waits: false}
  - id: outgoing
    kind: procedure
    clause: invented/2.1
    on: documents.outgoing.route
    steps:
      - {id: write, act: draft, role: writer, person: drafter, may: [take_back]}
      - {id: weigh, act: approve, role: elder, may: [send_back], returns_to: write, ends_on: [disapprove]}
      - {id: stamp, act: issue, role: scribe, of: initiating_unit, closes: true}
  - id: book
    kind: ledger
    clause: invented/1.1
    on: documents.incoming.classified
    when: {document_class: errand}
    name: errands
    closed_by: foreman
  - id: shelf
    kind: ledger
    clause: invented/1.1
    on: documents.document.filed
    when: {document_class: errand}
    name: brief
    closed_by: scribe
  - id: not-yet
    kind: cap
    clause: invented/1.2
    on: documents.filing.destroy
    when: {retention_class: [brief]}
    of: retention_years
    min: 2
    else: {effect: refuse, reason: TOO_SOON}
  - id: three-days
    kind: limit
    label: 三天内办理
    clause: invented/1.2
    on: documents.step.arrived
    budget: {value: 3, unit: working_days}
    ladder: [{at: due, do: breach}]
  - id: one-wall
    kind: check
    clause: invented/1.3
    on: documents.incoming.register
    when: {document_type: letter}
    require: {count: matters, max: 1}
    else: {effect: return, reason: TWO_WALLS, field: matters}
  - id: signed
    kind: check
    clause: invented/1.1
    on: documents.incoming.register
    when: {document_type: letter}
    require: {present: [fields.wall, fields.finish]}
    else: {effect: return, reason: BARE}
  - id: home
    kind: procedure
    clause: invented/1.4
    on: documents.return.route
    when: {document_type: letter}
    steps: [{id: consent, act: approve, role: elder, closes: true, ends_on: [disapprove]}]
  - id: told
    kind: notice
    clause: invented/1.4
    on: documents.document.returned
    when: {fields.shop: {present: true}}
    to: [foreman]
    of: fields.shop
    text: HOME
  - id: surveyed
    kind: check
    clause: invented/1.3
    on: documents.step.complete
    when: {step: hear, fields.wall: {min: 7}}
    require: {has: {records.survey: north}}
    else: {effect: refuse, reason: NO_SURVEY}
  - id: shaky
    kind: check
    clause: invented/1.3
    on: documents.record.add
    when: {record_kind: survey}
    require: {any: [{equals: {records.survey.sound: true}}, {present: records.survey.text}]}
    else: {effect: refuse, reason: SHAKY, field: text}
  - id: survey-in-time
    kind: limit
    clause: invented/1.2
    on: documents.record.added
    when: {record_kind: survey, records.survey.sound: false}
    budget: {value: 3, unit: working_days}
    until: {event: documents.record.added, when: {record_kind: survey, records.survey.sound: true}}
    ladder: [{at: due, do: breach}]
  - id: clear
    kind: check
    clause: invented/1.3
    on: documents.proposal.submit
    require: {count: handling_text, min: 4}
    else: {effect: refuse, reason: UNCLEAR, field: handling_text}
"""
START = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
"""Monday 2025-09-22 09:00 in Shanghai."""


@dataclass
class Works:
    """The service under the invented regulation, and the people who call it."""

    ports: Ports
    clock: DrivenClock
    served: Served
    loops: list[Any]

    def __getattr__(self, person: str) -> Client:
        return self.served.client(person)

    def pass_time(self, **span: float) -> None:
        drive(self.clock, self.loops, self.clock.now() + timedelta(**span))

    def settle(self) -> None:
        drain(self.loops, self.clock.now())

    def register(self, **fields: Any) -> types_pb2.Document:
        values = {"title": "关于修缮围墙的来信", "sender": "街道办", "document_class": "errand", **fields}
        done: types_pb2.Document = self.scribe.RegisterDocument(**values)
        return done

    def opened(self, document: Any) -> dict[str, types_pb2.Step]:
        """Open steps by name, parties behind a colon."""
        steps = self.eldest.GetRoute(name=document.name).steps
        found = [s for s in steps if s.state == types_pb2.STEP_STATE_OPEN]
        several = [s.step for s in found]
        return {f"{s.step}:{s.unit or s.persons[0]}" if several.count(s.step) > 1 else s.step: s for s in found}

    def heard(self, document: Any) -> None:
        self.eldest.CompleteStep(name=self.opened(document)["hear"].name, verdict="VERDICT_APPROVE")

    def planned(self, document: Any, **fields: Any) -> None:
        proposal = types_pb2.Proposal(**{"handling_text": "修好围墙", "responsible_units": ["north"], **fields})
        self.scribe.SubmitProposal(name=self.opened(document)["plan"].name, proposal=proposal)

    def at_work(self, **fields: Any) -> types_pb2.Document:
        """A document that lies with the shops."""
        document = self.register()
        self.heard(document)
        self.planned(document, **fields)
        return document

    def rows(self, name: str, **where: Any) -> list[Any]:
        table = self.ports.db.metadata.tables[name]
        with self.ports.db.tenant(TENANT) as tx:
            return list(tx.all(select(table).where(*(table.c[key] == value for key, value in where.items()))))

    def events(self, type_: str) -> list[dict[str, Any]]:
        outbox = self.ports.db.metadata.tables["outbox"]
        with self.ports.db.tenant(TENANT) as tx:
            return [row.data for row in tx.all(select(outbox).where(outbox.c.type == type_).order_by(outbox.c.seq))]


@pytest.fixture
def office() -> Office:
    made = Office(display_name="某厂").unit("desk", kind="desk")
    made.unit("north", kind="shop").unit("south", kind="shop").unit("yard", kind="shop")
    made.person("eldest", post="elder", unit="yard").person("scribe", unit="desk", post="scribe")
    made.person("north", unit="north", post="foreman").person("south", unit="south", post="foreman")
    made.person("hand", unit="north", post="hand").person("guest", unit="south", post="hand")
    made.in_charge("eldest", "north", "south", "desk").pack(PACK)
    for role, permissions in load(PACK).grants.items():
        made.grant(role, *permissions)
    return made


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock(START)


@pytest.fixture
def works(postgres: PostgresServer, clock: DrivenClock, office: Office) -> Iterator[Works]:
    with service.ports(postgres.url, SPEC, clock) as ports, channel.served(SPEC, ports) as served:
        office.install(ports)
        yield Works(ports, clock, served, [Watch(ports)])
