"""What directory offers to policy packs: facts, operations, events, jobs, permissions.

Which lists an office must keep, how many entries each holder has, who consents and what is a gap is the pack's (`register` rules).
The operations below are asked besides, so that a pack can say who may propose, publish or end something at all.
"""

from __future__ import annotations

from services.directory.permissions import PERMISSIONS
from services.kit.policy.catalogue import (
    BOOL,
    DATE,
    INSTANT,
    INT,
    PERSON,
    ROLE,
    TEXT,
    UNIT,
    EventKind,
    Fact,
    FactCatalogue,
    Job,
    Operation,
    enum,
    list_of,
)

CALLER = (
    Fact("caller", PERSON, "who asks for it"),
    Fact("caller_roles", list_of(ROLE), "roles of the packs that the caller holds now"),
    Fact("caller_unit_kinds", list_of(TEXT), "kinds of the units to which the caller belongs"),
)
PACK = (
    Fact("pack", TEXT, "name of the pack that is published, put in force or repealed"),
    Fact("pack_version", INT, "its version"),
    Fact("document_number", TEXT, "number of the document by which the regulation was issued"),
    Fact(
        "layer",
        enum("defaults", "regulation", "campaign", "instruction"),
        "layer of the pack",
    ),
    Fact("tightens", TEXT, "the pack that an instruction belongs to and may only tighten"),
    Fact("loosens", list_of(TEXT), "in what it is looser than that pack, or does what an instruction may not"),
    Fact("uncovered_days", INT, "days from its own first day on that no version of it covers when it is put in force at that moment"),
    Fact("known_pack", BOOL, "an earlier version of the same pack is or was in force"),
    Fact("effective_from", DATE, "day from which the regulation itself says that it is in force"),
    Fact("active_from", INSTANT, "moment from which it is to be in force here"),
    Fact(
        "missing_of_set", list_of(TEXT), "packs issued together with it that are neither in force at that moment nor put in force with it"
    ),
    Fact("superseded_in_force", list_of(TEXT), "documents that it supersedes and that are still in force at that moment"),
)
REGISTRATION = (
    Fact("register", TEXT, "name of the register, as the pack's `register` rule names it"),
    Fact("holder", TEXT, "to what the entry belongs: the unit's id, a value of the register's list, or empty for the tenant"),
    Fact("holder_unit", UNIT, "the unit to which it belongs; absent where it belongs to something else"),
    Fact("holder_unit_kind", TEXT, "kind of that unit"),
    Fact("unit_kind", TEXT, "the same: a pack that binds some kinds of unit only is not asked about others"),
    Fact("count", INT, "entries of this holder that count or wait for consent, this one included"),
    Fact("persons", list_of(PERSON), "persons whom the entry names"),
    Fact("persons_in_holder_unit", BOOL, "all of them belong to the unit to which the entry belongs"),
    Fact("caller_in_holder_unit", BOOL, "the caller belongs to the unit to which the entry belongs"),
    Fact("awaiting_role", ROLE, "role whose consent is asked for now"),
)
NOTE = (Fact("interpreted_clause", TEXT, "the clause that an interpretation is about; absent where it is about the whole"),)
PORTFOLIO = (
    Fact("field", TEXT, "field of work that a leader is put in charge of; absent where it is a unit"),
    Fact("field_registers", list_of(TEXT), "shared registers with an entry that is called like this field"),
    Fact("others_in_charge", list_of(PERSON), "leaders who are in charge of the same field in that period"),
)
GAP = (
    Fact("least", INT, "entries that the holder must have"),
    Fact("had_enough", BOOL, "the holder had enough before, so that a replacement is due"),
)

_CALLER = tuple(fact.name for fact in CALLER)
_PACK = tuple(fact.name for fact in PACK)
_REGISTRATION = tuple(fact.name for fact in REGISTRATION)
_ENTRY = tuple(name for name in _REGISTRATION if name != "awaiting_role")
_NOTE = tuple(fact.name for fact in NOTE)
_PORTFOLIO = tuple(fact.name for fact in PORTFOLIO)
_GAP = ("register", "holder", "holder_unit", "holder_unit_kind", "unit_kind", "count", "least", "had_enough")

CATALOGUE = FactCatalogue(
    service="directory",
    facts=(*CALLER, *PACK, *NOTE, *PORTFOLIO, *REGISTRATION, *GAP),
    operations=(
        Operation("directory.pack.create", "发布制度新版本", facts=(*_CALLER, *_PACK), fields=("source",)),
        Operation("directory.pack.activate", "启用制度", facts=(*_CALLER, *_PACK), fields=("name",)),
        Operation("directory.interpretation.create", "作出解释", facts=(*_CALLER, "pack", *_NOTE), fields=("interpretation",)),
        Operation("directory.portfolio.create", "确定分管领导", facts=(*_CALLER, *_PORTFOLIO), fields=("portfolio",)),
        Operation("directory.pack.repeal", "废止制度", facts=(*_CALLER, *_PACK), fields=("name",)),
        Operation("directory.registration.create", "推荐或登记", facts=(*_CALLER, *_ENTRY), fields=("registration",)),
        Operation("directory.registration.approve", "审核", facts=(*_CALLER, *_REGISTRATION), fields=("name",)),
        Operation("directory.registration.end", "免去或注销", facts=(*_CALLER, *_ENTRY), fields=("name",)),
    ),
    events=(
        EventKind("directory.registration.activated", "登记生效", facts=_ENTRY),
        EventKind("directory.registration.ended", "登记失效", facts=_ENTRY),
        EventKind("directory.gap.opened", "缺员出现", facts=_GAP),
        EventKind("directory.gap.closed", "缺员补齐", facts=_GAP),
    ),
    jobs=(Job("directory.report_gaps", "核查名册缺员", facts=("register",)),),
    permissions=PERMISSIONS,
)
