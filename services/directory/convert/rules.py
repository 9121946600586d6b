"""Packs, registers and their entries, gaps and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.directory.commands import entry_sheet, packs, registers
from services.directory.convert.common import moment, named, stamp, tail, to_citation
from services.directory.domain.columns import SEPARATOR
from services.directory.domain.gaps import Gap
from services.directory.domain.registers import Entry, State
from services.kit.identity import Caller
from services.kit.policy import Problem
from services.kit.policy.model import Register
from services.kit.roster import Holder, Roster
from xiaoneng.directory.v1 import organisation_service_pb2, pack_service_pb2, register_service_pb2, role_service_pb2

_PER = {
    "unit": register_service_pb2.Register.HOLDER_UNIT,
    "tenant": register_service_pb2.Register.HOLDER_TENANT,
    "each": register_service_pb2.Register.HOLDER_EACH,
    "person": register_service_pb2.Register.HOLDER_PERSON,
    "entry": register_service_pb2.Register.HOLDER_ENTRY,
}
_STATES = {
    State.PROPOSED: register_service_pb2.Registration.STATE_PROPOSED,
    State.ACTIVE: register_service_pb2.Registration.STATE_ACTIVE,
    State.REJECTED: register_service_pb2.Registration.STATE_REJECTED,
    State.ENDED: register_service_pb2.Registration.STATE_ENDED,
}


def pack_version(name: str) -> tuple[str, int]:
    """Pack and version in `packs/{pack}/versions/{version}`."""
    _, pack, _, version = name.split("/")
    return pack, int(version)


def create_pack(request: pack_service_pb2.CreatePackRequest, caller: Caller, problems: Sequence[Problem]) -> packs.CreatePack:
    """The command of a request."""
    return packs.CreatePack(request.source, tuple(problems), caller=caller, request_id=request.request_id)


def activate_pack(request: pack_service_pb2.ActivatePackRequest, caller: Caller) -> packs.ActivatePack:
    """The command of a request."""
    since = moment(request, "active_from_time")
    together = tuple(pack_version(name) for name in request.together)
    return packs.ActivatePack(*pack_version(request.name), since, together, caller=caller, request_id=request.request_id)


def repeal_pack(request: pack_service_pb2.RepealPackRequest, caller: Caller) -> packs.RepealPack:
    """The command of a request."""
    end_at = moment(request, "end_time")
    return packs.RepealPack(*pack_version(request.name), end_at, caller=caller, request_id=request.request_id)


def to_pack(kept: packs.Kept, at: datetime, *, source: bool = True) -> pack_service_pb2.Pack:
    """A version as it travels."""
    state = pack_service_pb2.Pack.STATE_DRAFT
    if kept.active_from is not None:
        over = kept.active_until is not None and kept.active_until <= at
        state = pack_service_pb2.Pack.STATE_REPEALED if over else pack_service_pb2.Pack.STATE_ACTIVE
    return pack_service_pb2.Pack(
        name=f"packs/{kept.pack}/versions/{kept.version}", title=kept.title, document_number=kept.document_number,
        issuer=kept.issuer, supersedes=kept.supersedes, source=kept.source if source else "", state=state,
        active_from_time=stamp(kept.active_from), active_until_time=stamp(kept.active_until), create_time=stamp(kept.created_at),
    )  # fmt: skip


def to_problems(problems: Iterable[Problem]) -> pack_service_pb2.CheckPackResponse:
    """What is wrong with a pack, as it travels."""
    lines = [pack_service_pb2.PackProblem(line=p.line, what=p.what, mend=p.mend) for p in problems]
    return pack_service_pb2.CheckPackResponse(problems=lines)


def to_register(register: Register) -> register_service_pb2.Register:
    """A register as it travels."""
    fields = [
        register_service_pb2.RegisterField(
            name=f.name,
            display_name=f.label,
            type=f.type,
            required=f.required,
            values=f.values,
            expected=f.expected,
            derived=f.derived is not None,
        )
        for f in register.fields
    ]
    return register_service_pb2.Register(
        name=f"registers/{register.name}", display_name=register.label, fields=fields, per=_PER[register.per],
        each=register.each, least=register.least, most=register.most or 0, approved_by=register.approved_by,
        citation=to_citation(register.citation),
    )  # fmt: skip


def create_registration(request: register_service_pb2.CreateRegistrationRequest, caller: Caller) -> registers.CreateRegistration:
    """The command of a request."""
    said = request.registration
    holder = said.holder.removeprefix("units/")
    return registers.CreateRegistration(
        tail(said.register), holder, columns_of(said.fields), caller=caller, request_id=request.request_id
    )  # fmt: skip


def update_registration(request: register_service_pb2.UpdateRegistrationRequest, caller: Caller) -> registers.UpdateRegistration:
    """The command of a request."""
    said = request.registration
    return registers.UpdateRegistration(tail(said.name), columns_of(said.fields), caller=caller, request_id=request.request_id)


def import_registrations(request: register_service_pb2.ImportRegistrationsRequest, caller: Caller) -> entry_sheet.ImportRegistrations:
    """The command of a request."""
    return entry_sheet.ImportRegistrations(
        tail(request.register), request.workbook, request.dry_run, caller=caller, request_id=request.request_id
    )  # fmt: skip


def to_imported(done: entry_sheet.Imported) -> register_service_pb2.ImportRegistrationsResponse:
    """What an import did, as it travels."""
    errors = [
        organisation_service_pb2.RowError(sheet=e.sheet, row=e.row, column=e.column, reason=e.reason, text=e.text) for e in done.errors
    ]
    created = 0 if errors else done.created
    return register_service_pb2.ImportRegistrationsResponse(errors=errors, created=created, unchanged=done.unchanged)


def columns_of(fields: Iterable[register_service_pb2.RegistrationField]) -> tuple[tuple[str, str], ...]:
    """The columns of an entry: lists one element a line, names of persons and units as ids."""
    written = ((field.name, [*field.values] or [field.value]) for field in fields)
    return tuple(sorted((name, SEPARATOR.join(_id(value) for value in values)) for name, values in written))


def _id(value: str) -> str:
    collection, _, id_ = value.partition("/")
    return id_ if collection in ("persons", "units") and id_ else value


def approve_registration(request: register_service_pb2.ApproveRegistrationRequest, caller: Caller) -> registers.ApproveRegistration:
    """The command of a request."""
    return registers.ApproveRegistration(tail(request.name), request.reason, caller=caller, request_id=request.request_id)


def reject_registration(request: register_service_pb2.RejectRegistrationRequest, caller: Caller) -> registers.RejectRegistration:
    """The command of a request."""
    return registers.RejectRegistration(tail(request.name), request.reason, caller=caller, request_id=request.request_id)


def end_registration(request: register_service_pb2.EndRegistrationRequest, caller: Caller) -> registers.EndRegistration:
    """The command of a request."""
    end_at = moment(request, "end_time")
    return registers.EndRegistration(tail(request.name), request.reason, end_at, caller=caller, request_id=request.request_id)


def to_registration(entry: Entry) -> register_service_pb2.Registration:
    """An entry as it travels."""
    decisions = [
        register_service_pb2.RegistrationDecision(
            role=d.role, person=f"persons/{d.person}", approved=d.approved, decide_time=stamp(d.at), reason=d.reason
        )
        for d in entry.decisions
    ]
    fields = [_column(name, value) for name, value in sorted(entry.fields.items())]
    return register_service_pb2.Registration(
        name=f"registrations/{entry.id}", register=f"registers/{entry.register}", holder=to_holder_name(entry.holder, entry.unit),
        fields=fields, state=_STATES[entry.state], awaiting=entry.awaiting, decisions=decisions,
        valid_from_time=stamp(entry.valid_from), valid_until_time=stamp(entry.valid_until),
        create_time=stamp(entry.created_at), proposer=f"persons/{entry.proposer}",
    )  # fmt: skip


def _column(name: str, value: str) -> register_service_pb2.RegistrationField:
    lines = value.split(SEPARATOR)
    return register_service_pb2.RegistrationField(name=name, value=lines[0] if len(lines) == 1 else "", values=lines)


def to_holder_name(holder: str, unit: str) -> str:
    """To what an entry belongs, as it travels."""
    return named("units", unit) if unit and "/" not in holder else holder


def to_gap(gap: Gap, at: datetime) -> register_service_pb2.Gap:
    """A gap as it travels."""
    unit = gap.holder if gap.register.per == "unit" else ""
    return register_service_pb2.Gap(
        register=f"registers/{gap.register.name}", holder=to_holder_name(gap.holder, unit), display_name=gap.name,
        reason=gap.finding.reason, text=gap.finding.text, citation=to_citation(gap.finding.citation), count=gap.count,
        least=gap.register.least, since_time=stamp(gap.since), due_time=stamp(gap.due_at),
        overdue=gap.due_at is not None and at >= gap.due_at,
    )  # fmt: skip


def to_vocabulary(name: str, values: Mapping[str, str]) -> role_service_pb2.Vocabulary:
    """A vocabulary with its values."""
    terms = [role_service_pb2.VocabularyTerm(code=code, display_name=word) for code, word in values.items()]
    return role_service_pb2.Vocabulary(name=f"vocabularies/{name}", terms=terms)


def to_role_holder(holder: Holder, roster: Roster) -> role_service_pb2.RoleHolder:
    """A holder of a role as it travels."""
    return role_service_pb2.RoleHolder(
        person=f"persons/{holder.person}", display_name=roster.name_of(holder.person), unit=named("units", holder.unit),
        title=holder.title,
    )  # fmt: skip
