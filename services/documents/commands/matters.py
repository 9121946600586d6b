"""Service matters at the windows: contacts, notices, requests, parts of departments, complaints."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services.documents.commands.names import check_persons, check_units, unit_of
from services.documents.domain.errors import ItemUnknown
from services.documents.domain.matters import Matter, MatterState
from services.documents.facts import SERVICE_FACTS
from services.documents.store import matters as kept
from services.kit import ids, work
from services.kit.db.command import Command, command
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.deadline import Start, acts
from services.kit.deadline import store as deadlines
from services.kit.errors import Finding, Missing
from services.kit.identity import may
from services.kit.policy.ruleset import RuleSet
from services.kit.roster.model import RosterEntry
from services.kit.worktime import Budget, Unit, due
from xiaoneng.documents.v1 import service_matter_service_pb2 as pb
from xiaoneng.kit.v1 import citation_pb2, work_pb2

HANDLE, SUPERVISE = "documents:service:handle", "documents:document:supervise"
ITEMS = "service_items"
# Columns of the register of items that the service reads; everything else in it is the pack's own.
TIME_LIMIT, LIMIT_SOURCE, PUBLISHED, DEPARTMENTS, FLOW = "time_limit", "limit_source", "published", "departments", "flow"
SERIAL = "serial"


@dataclass(frozen=True, kw_only=True)
class RecordContact(Command):
    title: str
    duty: str
    visitor: str = ""
    contact: str = ""
    item: str = ""
    colleague: str = ""
    department_named: str = ""


@command(audit="documents.service.open")
def record_contact(tx: Tx, cmd: RecordContact) -> Matter:
    """Records that somebody asks. Refuses: ItemUnknown, UnknownPerson, what the rules refuse."""
    may(cmd.caller, HANDLE)
    check_persons(tx, [cmd.colleague], "colleague")
    me = cmd.caller.person
    item = _item(tx, cmd.item)
    matter = Matter(
        id=ids.new(), title=cmd.title, visitor=cmd.visitor, contact=cmd.contact, item=item.id if item else "", duty=cmd.duty,
        first_asked=me, handler=me, unit=item.unit if item else unit_of(tx, me), created_at=tx.now,
        department_named=cmd.department_named, pins=dict(tx.rules().pins),
    )  # fmt: skip
    if cmd.colleague and cmd.colleague != me:
        matter.hand_over(cmd.colleague)
    _ask(tx, matter, "open", colleague=cmd.colleague or None)
    _involve(matter, f"person:{me}", f"unit:{matter.unit}", f"person:{cmd.colleague}" if cmd.colleague else "")
    kept.insert(tx, matter)
    if matter.handed_to:
        work.opened(tx, _handing(matter))
    _start(tx, matter, "opened")
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class OfMatter(Command):
    name: str


@command(audit="documents.service.confirm")
def confirm_hand_over(tx: Tx, cmd: OfMatter) -> Matter:
    """The colleague confirms. Refuses: Missing, NotHandedOver."""
    matter = _mine(tx, cmd.name)
    item = _handing(matter)
    matter.confirm(cmd.caller.person, unit_of(tx, cmd.caller.person))
    work.ended(tx, item, done=True, by=cmd.caller.person)
    _involve(matter, f"unit:{matter.unit}")
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class GiveNotice(OfMatter):
    procedure: str = ""
    basis: str = ""
    conditions: tuple[str, ...] = ()
    cautions: str = ""


@command(audit="documents.service.notify")
def give_notice(tx: Tx, cmd: GiveNotice) -> Matter:
    """Tells once what there is to know. Refuses: Missing, NoticeGiven, MatterOver, what the rules refuse."""
    matter = _mine(tx, cmd.name)
    said: dict[str, Any] = {"procedure": cmd.procedure, "basis": cmd.basis, "conditions": list(cmd.conditions), "cautions": cmd.cautions}
    matter.tell({**said, "given_at": tx.now.isoformat()})
    _ask(tx, matter, "notify")
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class DemandCondition(OfMatter):
    condition: str


@command(audit="documents.service.demand")
def demand_condition(tx: Tx, cmd: DemandCondition) -> Matter:
    """Demands a condition. Refuses: Missing, MatterOver, what the rules refuse; what they find is kept and made known."""
    matter = _mine(tx, cmd.name)
    matter.ensure_running()
    _ask(tx, matter, "demand", condition=cmd.condition, condition_told=cmd.condition in matter.notice.get("conditions", ()))
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class AcceptMatter(OfMatter):
    missing_papers: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@command(audit="documents.service.accept")
def accept_matter(tx: Tx, cmd: AcceptMatter) -> Matter:
    """Accepts a request: clocks start, departments get their parts. Refuses: Missing, MatterOver, what the rules refuse."""
    matter = _mine(tx, cmd.name)
    item = _item(tx, matter.item)
    departments = (item.listed(DEPARTMENTS) if item else ()) or cmd.departments
    check_units(tx, departments, "departments")
    matter.accept(cmd.missing_papers, departments, item is not None and item.columns.get(FLOW) == SERIAL, tx.now)
    _ask(tx, matter, "accept")
    _involve(matter, *(f"unit:{unit}" for unit in departments))
    _start(tx, matter, "accepted")
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class PostponeMatter(OfMatter):
    reason: str = ""
    due_time: datetime | None = None


@command(audit="documents.service.postpone")
def postpone_matter(tx: Tx, cmd: PostponeMatter) -> Matter:
    """Says why not at once, and until when. Refuses: Missing, MatterOver, what the rules refuse."""
    matter = _mine(tx, cmd.name)
    matter.ensure_running(MatterState.ACCEPTED, MatterState.ACCEPTED_INCOMPLETE)
    matter.reason = cmd.reason
    _ask(tx, matter, "postpone", postponed_due=cmd.due_time)
    _happened(tx, matter, "documents.service.postponed")
    _start(tx, matter, "postponed", postponed_due=cmd.due_time)
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class SupplyPapers(OfMatter):
    papers: tuple[str, ...]


@command(audit="documents.service.supply")
def supply_papers(tx: Tx, cmd: SupplyPapers) -> Matter:
    """Takes in papers. Refuses: Missing, MatterOver."""
    matter = _mine(tx, cmd.name)
    matter.supply(cmd.papers)
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class DecidePart(OfMatter):
    unit: str = ""
    approved: bool = False
    opinion: str = ""


@command(audit="documents.service.decide")
def decide_part(tx: Tx, cmd: DecidePart) -> Matter:
    """A department of the caller decides. Refuses: Missing, MatterOver, PartNotOpen, what the rules refuse."""
    matter = _seen(tx, cmd.name, lock=True)
    unit = cmd.unit or unit_of(tx, cmd.caller.person)
    if unit not in tx.roster.units_of(cmd.caller.person, tx.now):
        raise Missing()
    _ask(tx, matter, "decide", unit=unit, opinion=cmd.opinion, approved=cmd.approved)
    matter.decide(unit, cmd.caller.person, cmd.approved, cmd.opinion, tx.now)
    return _saved(tx, matter)


@dataclass(frozen=True, kw_only=True)
class EndMatter(OfMatter):
    result: str = ""
    reason: str = ""
    basis: str = ""


@command(audit="documents.service.complete")
def complete_matter(tx: Tx, cmd: EndMatter) -> Matter:
    """Done, late as well. Refuses: Missing, MatterOver, PartsOpen, what the rules refuse."""
    matter = _mine(tx, cmd.name)
    _ask(tx, matter, "complete", result=cmd.result)
    matter.complete(cmd.result, tx.now)
    return _over(tx, matter)


@command(audit="documents.service.refuse")
def refuse_matter(tx: Tx, cmd: EndMatter) -> Matter:
    """Refused. Refuses: Missing, MatterOver, what the rules refuse."""
    matter = _mine(tx, cmd.name)
    matter.ensure_running()
    matter.reason, matter.basis = cmd.reason, cmd.basis
    _ask(tx, matter, "refuse")
    matter.end(MatterState.REFUSED, tx.now)
    return _over(tx, matter)


@command(audit="documents.service.close")
def close_contact(tx: Tx, cmd: EndMatter) -> Matter:
    """No request came of it. Refuses: Missing, MatterOver, what the rules refuse."""
    matter = _mine(tx, cmd.name)
    matter.ensure_running(MatterState.OPEN)
    matter.result = cmd.result
    _ask(tx, matter, "close")
    matter.end(MatterState.CLOSED, tx.now)
    return _over(tx, matter)


@dataclass(frozen=True, kw_only=True)
class ConfirmComplaint(OfMatter):
    text: str


@command(audit="documents.service.complaint")
def confirm_complaint(tx: Tx, cmd: ConfirmComplaint) -> Matter:
    """A complaint is confirmed: what it is a ground for is kept with its evidence and made known. Refuses: Missing."""
    may(cmd.caller, SUPERVISE)
    matter = _locked(tx, cmd.name)
    facts = facts_of(tx, matter, _rules(tx, matter), complaint=cmd.text)
    for ground in _rules(tx, matter).grounds("documents.service.complaint_confirmed", facts):
        evidence = [matter.name, *kept.overdue_of(tx, matter.unit, tx.now)]
        _find(tx, matter, ground.ground, ground.text or cmd.text, ground.citation, ground=True, evidence=list(dict.fromkeys(evidence)))
    return _saved(tx, matter)


def read(tx: Tx, name: str) -> Matter:
    """A matter that the caller may see. Refuses: Missing."""
    return _seen(tx, name)


# ---- what is said of a matter ---------------------------------------------------------------------------------------------


def facts_of(tx: Tx, matter: Matter, rules: RuleSet, **known: Any) -> dict[str, Any]:
    """All that rules can say of a matter now, with what an act adds."""
    item, unit = _item(tx, matter.item), tx.roster.unit(known.get("unit") or matter.unit)
    columns = dict(item.columns) if item else {}
    days = columns.get(TIME_LIMIT, "")
    counted = (
        due(tx.now, Budget(int(days), Unit.WORKING_DAYS), tx.roster.calendar(matter.unit)).at if days.isdecimal() and int(days) else None
    )
    found: dict[str, Any] = {
        "duty": matter.duty,
        "first_asked": matter.first_asked,
        "handler": matter.handler,
        "unit": matter.unit,
        "unit_kind": unit.kind if unit else None,
        "department_named": matter.department_named or None,
        "notice_parts": matter.told,
        "item": columns.get("item") or None,
        "item_due": counted,
        "limit_source": columns.get(LIMIT_SOURCE) or None,
        "limit_published": columns.get(PUBLISHED) == "true",
        "departments": [part["unit"] for part in matter.parts],
        "missing_papers": list(matter.missing_papers),
        "reason": matter.reason or None,
        "basis": matter.basis or None,
        "refused": matter.state == MatterState.REFUSED,
        "overdue": kept.overdue(tx, matter),
        "overdue_in_unit": len(kept.overdue_of(tx, matter.unit, tx.now)),
    }
    return {**dict.fromkeys(SERVICE_FACTS), **found, **known}


def _ask(tx: Tx, matter: Matter, act: str, **known: Any) -> None:
    rules = _rules(tx, matter)
    facts = facts_of(tx, matter, rules, **known)
    for finding in rules.enforce(f"documents.service.{act}", facts, tx.roster.calendar()):
        _found(tx, matter, finding)


def _found(tx: Tx, matter: Matter, finding: Finding) -> None:
    _find(tx, matter, finding.reason, finding.text, finding.citation, ground=False, evidence=[matter.name])


def _find(tx: Tx, matter: Matter, reason: str, text: str, citation: Any, *, ground: bool, evidence: list[str]) -> None:
    """What was found stays with the matter and is made known."""
    row = {"reason": reason, "text": text, "citation": asdict(citation), "found_at": tx.now.isoformat(), "unit": matter.unit,
           "ground": ground, "evidence": evidence}  # fmt: skip
    matter.findings = [*matter.findings, row]
    said = pb.ServiceFinding(
        reason=reason, text=text, citation=citation_pb2.Citation(**asdict(citation)), unit=matter.unit, ground=ground, evidence=evidence
    )
    said.find_time.FromDatetime(tx.now)
    data = pb.ServiceMatterFound(matter=matter.name, finding=said, handler=matter.handler)
    tx.emit(Event(type="documents.service.found.v1", subject=matter.name, data=data, unit=matter.unit, clause=citation.clause))


def _rules(tx: Tx, matter: Matter) -> RuleSet:
    return tx.rules(pins=matter.pins)


def _item(tx: Tx, name: str) -> RosterEntry | None:
    """The item of the register. Refuses: ItemUnknown."""
    if not name:
        return None
    found = tx.roster.entry(ITEMS, name.removeprefix("registrations/"))
    if found is None:
        raise ItemUnknown()
    return found


# ---- clocks, lists, rows --------------------------------------------------------------------------------------------------


def _start(tx: Tx, matter: Matter, event: str, **known: Any) -> None:
    """Starts the limits of an event."""
    rules = _rules(tx, matter)
    for limit in rules.limits(f"documents.service.{event}", facts_of(tx, matter, rules, **known)):
        begin = Start(
            subject=matter.name, rule=limit, unit=matter.unit, person=matter.handler, started_at=tx.now,
            initiator=matter.first_asked, pins=matter.pins,
        )  # fmt: skip
        acts.start(tx, begin)


def _happened(tx: Tx, matter: Matter, event: str) -> None:
    """Ends the limits that last until an event."""
    rules = _rules(tx, matter)
    tx.flush()
    for running in deadlines.of_subject(tx, matter.name, running=True):
        rule = rules.rule(running.citation.pack, running.rule)
        if rule is not None and getattr(rule, "until", "") == event:
            acts.finish(tx, matter.name, rule=running.rule)


def _over(tx: Tx, matter: Matter) -> Matter:
    tx.flush()
    acts.finish(tx, matter.name)
    return _saved(tx, matter)


def _saved(tx: Tx, matter: Matter) -> Matter:
    tx.flush()
    dues = [d.due_at for d in deadlines.of_subject(tx, matter.name, running=True) if d.due_at]
    matter.due_at = min(dues, default=None)
    kept.update(tx, matter)
    data = pb.ServiceMatterChanged(
        matter=matter.name, state=f"STATE_{matter.state.upper()}", unit=matter.unit, first_asked=matter.first_asked, handler=matter.handler
    )  # fmt: skip
    tx.emit(Event(type="documents.service.changed.v1", subject=matter.name, data=data, unit=matter.unit))
    return matter


def _handing(matter: Matter) -> work_pb2.WorkItem:
    return work_pb2.WorkItem(
        item=f"{matter.name}/handOver", subject=matter.name, kind=work_pb2.WORK_KIND_ACTION, title=matter.title, step="接收转交",
        unit=matter.unit, persons=[matter.handed_to],
    )  # fmt: skip


def _involve(matter: Matter, *holders: str) -> None:
    matter.involved = list(dict.fromkeys([*matter.involved, *filter(None, holders)]))


def _locked(tx: Tx, name: str) -> Matter:
    matter = kept.locked(tx, name.removeprefix("serviceMatters/"))
    if matter is None:
        raise Missing()
    return matter


def _seen(tx: Tx, name: str, *, lock: bool = False) -> Matter:
    matter = _locked(tx, name) if lock else kept.one(tx, name.removeprefix("serviceMatters/"))
    assert tx.caller is not None
    if matter is None or not (SUPERVISE in tx.caller.permissions or set(kept.holders(tx)) & set(matter.involved)):
        raise Missing()
    return matter


def _mine(tx: Tx, name: str) -> Matter:
    """The matter, locked, when the caller has it, is to have it, or belongs to the unit that answers for it. Refuses: Missing."""
    may(tx.caller, HANDLE)  # type: ignore[arg-type]
    matter = _seen(tx, name, lock=True)
    assert tx.caller is not None
    person = tx.caller.person
    if person not in (matter.handler, matter.handed_to, matter.first_asked) and matter.unit not in tx.roster.units_of(person, tx.now):
        raise Missing()
    return matter
