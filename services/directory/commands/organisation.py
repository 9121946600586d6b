"""A whole organisation from a spreadsheet: all of it, or nothing and every row that cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass

from services.directory import workbook
from services.directory.commands.change import changing
from services.directory.commands.gaps import settle
from services.directory.commands.persons import bind, login_refusal, take_in
from services.directory.domain.importing import Plan, RowError, plan
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.tx import Tx
from services.kit.roster import Member


@dataclass(frozen=True)
class ImportOrganisation(Command):
    """`dry_run`: only say what would be done."""

    workbook: bytes
    dry_run: bool = False


@command(audit="directory.organisation.import")
def import_organisation(tx: Tx, cmd: ImportOrganisation) -> Plan:
    """Takes an organisation in. Refuses: WorkbookUnreadable, KindDiffers. Errors of rows are the answer, not a refusal."""
    read = workbook.read(cmd.workbook, tx.roster.calendar())
    with changing(tx) as change:
        made = plan(change.roster, read.lines, tx.now, ids.new)
        made.errors = [*read.errors, *made.errors]
        for login in read.logins:
            refusal = login_refusal(tx, login.person, login.issuer, login.sub)
            if refusal is not None:
                made.errors.append(RowError(workbook.PERSONS, login.row, "登录账号", refusal.code, refusal.message))
        done = not made.errors and not cmd.dry_run
        if done:
            take_in(tx, *(row for row in made.rows if isinstance(row, Member)))
            for login in read.logins:
                bind(tx, login.person, login.issuer, login.sub)
            change.put(*made.rows)
    if done:
        settle(tx)
    details = {"dry_run": cmd.dry_run, "created": made.created, "updated": made.updated, "errors": len(made.errors)}
    tx.audit("directory.organisation.import", f"tenants/{tx.tenant}", details=details)
    return made
