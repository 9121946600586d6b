"""Resource names and what they hold; checks that named persons, units and codes exist."""

from __future__ import annotations

from collections.abc import Iterable

from services.documents.domain.document import Proposal
from services.documents.domain.errors import UnknownCode, UnknownPerson, UnknownUnit
from services.kit.db.tx import Tx
from services.kit.errors import FieldViolation

LABELS = {"document_type": "文种", "document_class": "公文类别", "source": "来文渠道"}
"""What people call the fields that hold codes."""


def document_id(name: str) -> str:
    """`documents/{document}/…` -> the document's id."""
    return _part(name, 1)


def part_id(name: str) -> str:
    """`documents/{document}/steps/{step}` -> the id of the step (material, extension)."""
    return _part(name, 3)


def own_id(name: str) -> str:
    """`attachments/{attachment}`, `deadlines/{deadline}` -> the id."""
    return _part(name, 1)


def _part(name: str, place: int) -> str:
    """A part of a name; empty, which nothing is called, where the name is none."""
    parts = name.split("/")
    return parts[place] if len(parts) > place else ""


def check_units(tx: Tx, units: Iterable[str], field: str) -> None:
    """Refuses UnknownUnit."""
    known = {unit.id for unit in tx.roster.units(tx.now)}
    for unit in units:
        if unit and unit not in known:
            raise UnknownUnit([FieldViolation(field, f"没有这个单位：{unit}", UnknownUnit.reason)], unit=unit)


def check_persons(tx: Tx, persons: Iterable[str], field: str) -> None:
    """Refuses UnknownPerson."""
    for person in persons:
        if person and tx.roster.member(person, tx.now) is None:
            raise UnknownPerson([FieldViolation(field, f"没有这个人员：{person}", UnknownPerson.reason)], person=person)


def check_code(known: Iterable[str], value: str, field: str) -> None:
    """Refuses UnknownCode for a value that the tenant's vocabulary does not have."""
    if value and value not in set(known):
        label = LABELS.get(field, field)
        said = UnknownCode.text.format(label=label, value=value)
        raise UnknownCode([FieldViolation(field, said, UnknownCode.reason)], label=label, field=field, value=value)


def check_proposal(tx: Tx, proposal: Proposal) -> None:
    """Everybody whom a proposal names must exist."""
    check_units(tx, proposal.responsible_units, "proposal.responsible_units")
    check_units(tx, [proposal.lead_unit], "proposal.lead_unit")
    check_persons(tx, [proposal.lead_leader], "proposal.lead_leader")
    check_persons(tx, proposal.readers, "proposal.readers")


def unit_of(tx: Tx, person: str) -> str:
    """The unit to which a person belongs first; empty without one."""
    return next(iter(tx.roster.units_of(person, tx.now)), "")
