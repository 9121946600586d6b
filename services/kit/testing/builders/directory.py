"""Requests to directory."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from services.kit import ids
from services.kit.testing.builders.desk import INSTALLATION, Act, Builder, Desk, instant

_PACK = """\
schema: 1
pack: {pack}
version: 1
title: 试行办法
issuer: 办公室
document_number: 试〔2019〕1号
effective_from: 2019-01-01
layer: regulation
posts: {{unit_head: 负责人}}
roles:
  unit_head: {{label: 负责人, posts: [unit_head], of: unit}}
clauses:
  - {{id: {pack}/1.1, article: 第一条, quote: 由负责人办理}}
rules: []
"""


def _slug(prefix: str = "x") -> str:
    return f"{prefix}{ids.new().replace('-', '')}"


def _unit(desk: Desk) -> Any:
    return desk.do("admin", "CreateUnit", unit_id=_slug(), unit={"display_name": "新科室", "kind": "section"})


def _person(desk: Desk) -> Any:
    return desk.do("admin", "CreatePerson", person_id=_slug(), person={"display_name": "新同志"})


def _post(desk: Desk) -> Any:
    person = _person(desk)
    post = {"person": person.name, "unit": f"units/{desk.unit('section')}", "kind": "staff", "title": "科员"}
    return desk.do("admin", "CreatePost", post=post)


def _portfolio(desk: Desk) -> Any:
    return desk.do("admin", "CreatePortfolio", portfolio={"person": _person(desk).name, "field": "archives"})


def _delegated(desk: Desk) -> dict[str, Any]:
    """Somebody who is new to the tenant may act: nobody may for two, nor for somebody who may for another."""
    return {"delegate": _person(desk).name, "kinds": ["documents.step"], "valid_until_time": instant(desk.now + timedelta(days=9))}


def _delegation(desk: Desk) -> Any:
    return desk.do("section_head", "CreateDelegation", delegation=_delegated(desk))


def a_pack() -> str:
    """The first version of a regulation that nobody has yet and that demands nothing."""
    return _PACK.format(pack=_slug("p"))


def _pack(desk: Desk) -> Any:
    return desk.do("admin", "CreatePack", source=a_pack())


def _registered(desk: Desk) -> dict[str, Any]:
    """Somebody new for a unit that is new: its register is empty."""
    unit = _unit(desk)
    person = desk.do("admin", "CreatePerson", person_id=_slug(), person={"display_name": "新联络员", "unit": unit.name})
    desk.do("admin", "CreatePost", post={"person": person.name, "unit": unit.name, "kind": "staff"})
    fields = [{"name": "person", "value": person.name.removeprefix("persons/")}]
    return {"register": f"registers/{desk.cast.register}", "holder": unit.name, "fields": fields}


def _registration(desk: Desk) -> Any:
    return desk.do("registry_head", "CreateRegistration", registration=_registered(desk))


def _workbook(title: str, *rows: tuple[str, ...]) -> str:
    book = Workbook()
    (sheet,) = book.worksheets
    sheet.title = title
    for row in rows:
        sheet.append(row)
    written = BytesIO()
    book.save(written)
    return base64.b64encode(written.getvalue()).decode()


# -- what changes something ----------------------------------------------------------------------------------------------


def create_tenant(desk: Desk) -> Act:
    tenant, person = _slug("t"), _slug()
    about = {"display_name": "新单位", "kind": "municipal_bureau"}
    return Act(INSTALLATION, {"tenant_id": tenant, "tenant": about, "administrator": {"person_id": person, "display_name": "管理员"}})


def update_tenant(desk: Desk) -> Act:
    kept = desk.do("admin", "GetTenant", name=f"tenants/{desk.tenant}")
    said = {"name": kept.name, "display_name": f"新名称{_slug()}", "etag": kept.etag}  # another one each time: it is always a change
    return Act("admin", {"tenant": said, "update_mask": "displayName"})


def create_unit(desk: Desk) -> Act:
    return Act("admin", {"unit_id": _slug(), "unit": {"display_name": "新科室", "kind": "section", "parent": _unit(desk).name}})


def update_unit(desk: Desk) -> Act:
    unit = _unit(desk)
    return Act("admin", {"unit": {"name": unit.name, "display_name": "新名称", "etag": unit.etag}, "update_mask": "displayName"})


def close_unit(desk: Desk) -> Act:
    return Act("admin", {"name": _unit(desk).name})


def create_person(desk: Desk) -> Act:
    return Act("admin", {"person_id": _slug(), "person": {"display_name": "新同志", "unit": _unit(desk).name}})


def update_person(desk: Desk) -> Act:
    person = _person(desk)
    return Act("admin", {"person": {"name": person.name, "display_name": "新姓名", "etag": person.etag}, "update_mask": "displayName"})


def end_membership(desk: Desk) -> Act:
    return Act("admin", {"name": _person(desk).name})


def set_permissions(desk: Desk) -> Act:
    return Act("admin", {"name": _person(desk).name, "permissions": ["directory:unit:create"]})


def bind_subject(desk: Desk) -> Act:
    return Act("admin", {"name": _person(desk).name, "issuer": "https://issuer.example", "sub": _slug()})


def unbind_subject(desk: Desk) -> Act:
    bound = {"name": _person(desk).name, "issuer": "https://issuer.example", "sub": _slug()}
    desk.do("admin", "BindSubject", **bound)
    return Act("admin", bound)


def create_post(desk: Desk) -> Act:
    post = {"person": _person(desk).name, "unit": _unit(desk).name, "kind": "staff", "title": "科员"}
    return Act("admin", {"post": post})


def end_post(desk: Desk) -> Act:
    return Act("admin", {"name": _post(desk).name})


def transfer_post(desk: Desk) -> Act:
    return Act("admin", {"name": _post(desk).name, "to": _person(desk).name})


def create_portfolio(desk: Desk) -> Act:
    return Act("admin", {"portfolio": {"person": _person(desk).name, "unit": _unit(desk).name}})


def end_portfolio(desk: Desk) -> Act:
    return Act("admin", {"name": _portfolio(desk).name})


def create_delegation(desk: Desk) -> Act:
    return Act("section_head", {"delegation": _delegated(desk)})


def revoke_delegation(desk: Desk) -> Act:
    return Act("section_head", {"name": _delegation(desk).name})


def set_day(desk: Desk) -> Act:
    day = desk.now + timedelta(days=200)
    arranged = {"day": {"year": day.year, "month": day.month, "day": day.day}, "working": "WORKING_RESTS", "reason": "本单位安排"}
    return Act("admin", {"day": arranged | {"unit": _unit(desk).name}})


def clear_day(desk: Desk) -> Act:
    arranged = set_day(desk).request["day"]
    desk.do("admin", "SetDay", day=arranged)
    return Act("admin", {"day": arranged["day"], "unit": arranged["unit"]})


def import_organisation(desk: Desk) -> Act:
    return Act("admin", {"workbook": _workbook("科室", ("代码", "名称", "类别"), (_slug(), "导入的科室", "section"))})


def create_pack(desk: Desk) -> Act:
    return Act("admin", {"source": a_pack()})


def activate_pack(desk: Desk) -> Act:
    """From a year on in which nobody works here any more: the rules of the office stay as they are."""
    return Act("admin", {"name": _pack(desk).name, "active_from_time": instant(desk.now + timedelta(days=20_000))})


def repeal_pack(desk: Desk) -> Act:
    act = activate_pack(desk)
    desk.do("admin", "ActivatePack", **act.request)
    return Act("admin", {"name": act.request["name"], "end_time": instant(desk.now + timedelta(days=20_001))})


def create_registration(desk: Desk) -> Act:
    return Act("registry_head", {"registration": _registered(desk)})


def approve_registration(desk: Desk) -> Act:
    return Act("registry_head", {"name": _registration(desk).name, "reason": "同意"})


def reject_registration(desk: Desk) -> Act:
    return Act("registry_head", {"name": _registration(desk).name, "reason": "另行推荐"})


def update_registration(desk: Desk) -> Act:
    fields = [{"name": desk.cast.plain_column, "value": _slug()}]
    entry = {"register": f"registers/{desk.cast.plain_register}", "holder": _unit(desk).name, "fields": fields}
    made = desk.do("registry_head", "CreateRegistration", registration=entry)
    changed = {"name": made.name, "register": entry["register"], "fields": [{**fields[0], "value": _slug()}]}
    return Act("registry_head", {"registration": changed})


def import_registrations(desk: Desk) -> Act:
    """The column is called what the register calls it."""
    name = f"registers/{desk.cast.plain_register}"
    (register,) = [r for r in desk.do("admin", "ListRegisters").registers if r.name == name]
    sheet = _workbook("名册", ("登记对象", register.fields[0].display_name), (_unit(desk).name.removeprefix("units/"), _slug()))
    return Act("registry_head", {"register": name, "workbook": sheet})


def end_registration(desk: Desk) -> Act:
    return Act("registry_head", {"name": _registration(desk).name, "reason": "工作调整"})


# -- what only reads -----------------------------------------------------------------------------------------------------


def _of_name(part: str, make: Any) -> Builder:
    return lambda desk: Act(part, {"name": make(desk).name})


def list_tenants(desk: Desk) -> Act:
    return Act(INSTALLATION)


def get_tenant(desk: Desk) -> Act:
    return Act("section_staff", {"name": f"tenants/{desk.tenant}"})


def list_days(desk: Desk) -> Act:
    day = {"year": desk.now.year, "month": 5, "day": 1}
    return Act("section_staff", {"first_date": day, "last_date": day | {"day": 9}, "unit": _unit(desk).name})


def list_holders(desk: Desk) -> Act:
    return Act("section_staff", {"name": "roles/registrar", "unit": f"units/{desk.unit('section')}"})


def export_organisation(desk: Desk) -> Act:
    return Act("admin")


def compare_packs(desk: Desk) -> Act:
    first = a_pack()
    pack = desk.do("admin", "CreatePack", source=first)
    second = desk.do("admin", "CreatePack", source=first.replace("version: 1", "version: 2"))
    return Act("section_staff", {"name": second.name, "base_version": int(pack.name.rsplit("/", 1)[1])})


def overseen(desk: Desk) -> Act:
    return Act("admin")


def replay_dead_letters(desk: Desk) -> Act:
    return Act("admin", {"events": [ids.new()]})


def retry_stuck_deadlines(desk: Desk) -> Act:
    return Act("admin", {"deadlines": [ids.new()]})


def check_pack(desk: Desk) -> Act:
    return Act("admin", {"source": a_pack()})


def resolve_subject(desk: Desk) -> Act:
    bound = bind_subject(desk).request
    desk.do("admin", "BindSubject", **bound)
    return Act(INSTALLATION, {"issuer": bound["issuer"], "sub": bound["sub"]})


def get_roster(desk: Desk) -> Act:
    return Act(INSTALLATION, {"tenant": desk.tenant})


def _interpretation(desk: Desk) -> Any:
    pack = desk.do("admin", "ListPacks", active_only=True).packs[0].name.split("/")[1]
    about = {"pack": f"packs/{pack}", "text": "所称“及时”，以本单位公布的时限为准"}
    return desk.do("admin", "CreateInterpretation", interpretation=about)


def create_interpretation(desk: Desk) -> Act:
    made = _interpretation(desk)
    return Act("admin", {"interpretation": {"pack": made.pack, "text": made.text}})


def withdraw_interpretation(desk: Desk) -> Act:
    return Act("admin", {"name": _interpretation(desk).name, "reason": "另行解释"})


_AUDITED = ("directory", "documents", "notifications")

BUILDERS: dict[str, Builder] = {
    **{f"{service}.AuditService.{method}": overseen for service in _AUDITED for method in ("ListAuditRecords", "VerifyAudit")},
    **{f"{service}.UpkeepService.ListDeadLetters": overseen for service in _AUDITED},
    **{f"{service}.UpkeepService.ReplayDeadLetters": replay_dead_letters for service in _AUDITED},
    "documents.UpkeepService.ListStuckDeadlines": overseen,
    "documents.UpkeepService.RetryStuckDeadlines": retry_stuck_deadlines,
    "directory.CalendarService.ClearDay": clear_day,
    "directory.CalendarService.ListDays": list_days,
    "directory.CalendarService.SetDay": set_day,
    "directory.DelegationService.CreateDelegation": create_delegation,
    "directory.DelegationService.GetDelegation": _of_name("section_head", _delegation),
    "directory.DelegationService.RevokeDelegation": revoke_delegation,
    "directory.IdentityService.ResolveSubject": resolve_subject,
    "directory.InterpretationService.CreateInterpretation": create_interpretation,
    "directory.InterpretationService.GetInterpretation": _of_name("section_staff", _interpretation),
    "directory.InterpretationService.WithdrawInterpretation": withdraw_interpretation,
    "directory.OrganisationService.ExportOrganisation": export_organisation,
    "directory.OrganisationService.ImportOrganisation": import_organisation,
    "directory.PackService.ActivatePack": activate_pack,
    "directory.PackService.CheckPack": check_pack,
    "directory.PackService.CreatePack": create_pack,
    "directory.PackService.GetPack": _of_name("section_staff", _pack),
    "directory.PackService.RepealPack": repeal_pack,
    "directory.PackViewService.ComparePacks": compare_packs,
    "directory.PackViewService.GetPackOutline": _of_name("section_staff", _pack),
    "directory.PersonService.BindSubject": bind_subject,
    "directory.PersonService.CreatePerson": create_person,
    "directory.PersonService.EndMembership": end_membership,
    "directory.PersonService.GetPerson": _of_name("section_staff", _person),
    "directory.PersonService.SetPermissions": set_permissions,
    "directory.PersonService.UnbindSubject": unbind_subject,
    "directory.PersonService.UpdatePerson": update_person,
    "directory.PortfolioService.CreatePortfolio": create_portfolio,
    "directory.PortfolioService.EndPortfolio": end_portfolio,
    "directory.PortfolioService.GetPortfolio": _of_name("section_staff", _portfolio),
    "directory.PostService.CreatePost": create_post,
    "directory.PostService.EndPost": end_post,
    "directory.PostService.GetPost": _of_name("section_staff", _post),
    "directory.PostService.TransferPost": transfer_post,
    "directory.RegisterService.ApproveRegistration": approve_registration,
    "directory.RegisterService.CreateRegistration": create_registration,
    "directory.RegisterService.EndRegistration": end_registration,
    "directory.RegisterService.GetRegistration": _of_name("section_staff", _registration),
    "directory.RegisterService.ImportRegistrations": import_registrations,
    "directory.RegisterService.RejectRegistration": reject_registration,
    "directory.RegisterService.UpdateRegistration": update_registration,
    "directory.RoleService.ListHolders": list_holders,
    "directory.RosterService.GetRoster": get_roster,
    "directory.TenantService.CreateTenant": create_tenant,
    "directory.TenantService.GetTenant": get_tenant,
    "directory.TenantService.ListTenants": list_tenants,
    "directory.TenantService.UpdateTenant": update_tenant,
    "directory.UnitService.CloseUnit": close_unit,
    "directory.UnitService.CreateUnit": create_unit,
    "directory.UnitService.GetUnit": _of_name("section_staff", _unit),
    "directory.UnitService.UpdateUnit": update_unit,
}
