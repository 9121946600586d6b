"""Many entries of a register at once, from a spreadsheet: all of them, or nothing and every row that cannot be taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from services.directory import workbook
from services.directory.commands import gaps, registers
from services.directory.domain.columns import LISTS, PERSON, SEPARATOR
from services.directory.domain.importing import RowError
from services.directory.domain.registers import Entry
from services.directory.store import entries
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.errors import FieldViolation, Invalid, Refusal
from services.kit.policy.model import Register, RegisterField
from services.kit.roster import Roster
from services.kit.roster import copy as roster_copy

HOLDER = "登记对象"
_YES, _NO = "是", "否"


@dataclass(frozen=True)
class ImportRegistrations(Command):
    """`dry_run`: only say what would be done."""

    register: str
    workbook: bytes
    dry_run: bool = False


@dataclass
class Imported:
    """What an import did, or would do."""

    errors: list[RowError] = field(default_factory=list)
    created: int = 0
    unchanged: int = 0


@command(audit="directory.registration.import")
def import_registrations(tx: Tx, cmd: ImportRegistrations) -> Imported:
    """Takes entries in. Refuses: RegisterUnknown, WorkbookUnreadable. Errors of rows are the answer, not a refusal."""
    roster_copy.lock(tx)
    register, done = registers.register_named(tx, cmd.register), Imported()
    by_holder: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries(tx, register.name):
        if entry.open:
            by_holder[entry.holder].append(entry)
    made: list[Entry] = []
    for number, holder, values in _rows(tx.roster, register, cmd.workbook, done.errors):
        taken = _taken(tx, register, holder, values, by_holder[holder], number, done)
        if taken is not None:
            by_holder[holder].append(taken)
            made.append(taken)
    done.created = len(made)
    done.errors.sort(key=lambda error: error.row)
    if not done.errors and not cmd.dry_run:
        for one in made:
            registers.write(tx, register, one)
        gaps.settle(tx)
    details = {"dry_run": cmd.dry_run, "created": done.created, "errors": len(done.errors)}
    tx.audit("directory.registration.import", f"registers/{register.name}", details=details)
    return done


def _taken(
    tx: Tx, register: Register, holder: str, values: dict[str, str], others: list[Entry], number: int, done: Imported
) -> Entry | None:
    """The entry of a row; None for one that is there already or that is refused, with what is wrong with it."""
    try:
        return registers.checked(tx, register, holder, values, others)
    except registers.EntryExists:
        done.unchanged += 1
    except Invalid as wrong:
        done.errors += [_said(register, number, violation) for violation in wrong.violations]
    except Refusal as refused:
        done.errors.append(RowError(register.label, number, "", refused.code, refused.message))
    return None


def _said(register: Register, number: int, violation: FieldViolation) -> RowError:
    labels = {f"registration.fields.{column.name}": column.label for column in register.fields} | {"registration.holder": HOLDER}
    return RowError(register.label, number, labels.get(violation.field, ""), violation.reason, violation.description)


def _rows(roster: Roster, register: Register, data: bytes, errors: list[RowError]) -> list[tuple[int, str, dict[str, str]]]:
    """The rows of the first sheet: number, holder, columns."""
    written = [column for column in register.fields if column.derived is None]
    heads = [workbook.Column(HOLDER, register.per != "tenant", workbook.text)]
    heads += [workbook.Column(column.label, column.required, workbook.text) for column in written]
    found = []
    for number, values in workbook.first_sheet(data, register.label, heads, errors):
        columns = {c.name: _column(roster, c, values[c.label]) for c in written if values.get(c.label)}
        found.append((number, _holder(roster, register, values.get(HOLDER, "")), columns))
    return found


def _holder(roster: Roster, register: Register, said: str) -> str:
    if register.per == "unit":
        return _unit(roster, said)
    if register.per == "person":
        return f"{PERSON}{_person(roster, said)}"
    if register.per == "each":
        return next((value for value, label in register.labels.items() if label == said), said)
    return said


def _column(roster: Roster, column: RegisterField, said: str) -> str:
    parts = [part for part in said.split("、") if part] if column.type in LISTS else [said]
    match column.type:
        case "person" | "persons":
            parts = [_person(roster, part) for part in parts]
        case "unit" | "units":
            parts = [_unit(roster, part) for part in parts]
        case "bool":
            parts = [{_YES: "true", _NO: "false"}.get(part, part) for part in parts]
        case "date":
            parts = [part.split(" ")[0] for part in parts]
    return SEPARATOR.join(parts)


def _unit(roster: Roster, said: str) -> str:
    """The id of a unit that a sheet names by id, name or alias; what nobody is called stays as it is."""
    if roster.unit(said) is not None:
        return said
    found = [unit.id for unit in roster.units() if said in (unit.display_name, *unit.aliases)]
    return found[0] if len(found) == 1 else said


def _person(roster: Roster, said: str) -> str:
    """The id of a person that a sheet names by id, or by a name that nobody else has."""
    if roster.member(said) is not None:
        return said
    found = [member.person for member in roster.members() if member.display_name == said]
    return found[0] if len(found) == 1 else said
