"""A regulation that nobody issued: roles, permissions and two registers."""

from __future__ import annotations

HEAD = """\
schema: 1
pack: {pack}
version: {version}
title: 试行办法
issuer: 某市水利局
document_number: 试〔{version}〕1号
effective_from: 2025-01-01
supersedes: {supersedes}
"""

BODY = """\
posts: {unit_head: 科长, deputy_leader: 副局长}
unit_kinds: {leadership: 领导, office: 办公室, section: 科室}
vocabularies:
  river: {east: 东河, west: 西河}
roles:
  head: {label: 科长, posts: [unit_head], of: unit}
  office_head: {label: 办公室主任, posts: [unit_head], unit_kinds: [office]}
  leader: {label: 局领导, posts: [deputy_leader]}
grants:
  member: [directory:registration:create, directory:registration:end]
  office_head: [directory:registration:approve, directory:registration:reject]
  leader: [directory:registration:approve, directory:registration:reject]
texts:
  GUIDE_MISSING: "{holder}没有向导，应有{limit}名"
  TOO_MANY_GUIDES: "{holder}已有{count}名向导，不超过{limit}名"
  GUIDE_NOT_AGREED: 向导须经同意
  RIVER_WITHOUT_LEADER: "{holder}没有河长"
  NOT_FROM_OFFICE: 只能由办公室发布
clauses:
  - {id: trial/1.1, article: 第一条, quote: "每科一至二名向导"}
  - {id: trial/1.2, article: 第二条, quote: "经办公室、局领导同意"}
  - {id: trial/1.3, article: 第三条, quote: "缺员三日内补齐"}
  - {id: trial/2.1, article: 第四条, quote: "每河一名河长"}
  - {id: trial/3.1, article: 第五条, quote: "由办公室发布"}
rules:
  - id: guides
    kind: register
    label: 向导
    clause: trial/1.1
    name: guides
    per: unit
    unit_kinds: [section]
    fields:
      person: {label: 向导, type: person}
      since: {label: 起始日, type: date, required: false}
    min: 1
    max: 2
    over: TOO_MANY_GUIDES
    gap: GUIDE_MISSING
    gap_clause: trial/1.3
    gap_after: {value: 3, unit: working_days}
    maintained_by: [head]
    approved_by: [office_head, leader]
    approval_clause: trial/1.2
    not_approved: GUIDE_NOT_AGREED
  - id: rivers
    kind: register
    label: 河长
    clause: trial/2.1
    name: rivers
    per: each
    each: river
    fields: {person: {label: 河长, type: person}}
    min: 1
    max: 1
    gap: RIVER_WITHOUT_LEADER
  - id: publisher
    kind: check
    clause: trial/3.1
    on: [directory.pack.create, directory.pack.activate, directory.pack.repeal]
    when: {pack: trial, known_pack: true}
    require: {has: {caller_roles: office_head}}
    else: {effect: refuse, reason: NOT_FROM_OFFICE}
"""

BARE = """\
clauses:
  - {id: bare/1.1, article: 第一条, quote: "试行"}
rules: []
"""


def a_pack(pack: str = "trial", version: int = 1, supersedes: str = "[]", body: str = BODY) -> str:
    """The source of a pack."""
    return HEAD.format(pack=pack, version=version, supersedes=supersedes) + body


def a_bare_pack(pack: str, version: int = 1) -> str:
    """A pack without any rule."""
    return a_pack(pack, version, body=BARE)
