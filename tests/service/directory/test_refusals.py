"""What every method owes: the six refusals, and then that it works."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from services.directory.service import SPEC
from services.kit import ids
from services.kit.clock import DrivenClock
from services.kit.testing import refusals
from services.kit.testing.channel import TENANT, Client, Served, served
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import ports as made_ports
from tests.service.directory.packs import a_bare_pack, a_pack
from xiaoneng.directory.v1 import calendar_service_pb2

ISSUER = "https://id.example"
START = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)


@dataclass
class Scene:
    """A bureau with a regulation, shared by all tests here: each makes what it needs itself."""

    directory: Served
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def admin(self) -> Client:
        return self.directory.client("admin")

    def slug(self) -> str:
        return f"x{next(self.numbers)}"

    def unit(self) -> str:
        made = self.admin.CreateUnit(unit_id=self.slug(), unit={"display_name": "新科", "kind": "other"})
        return str(made.name)

    def person(self, unit: str = "") -> str:
        return str(self.admin.CreatePerson(person_id=self.slug(), person={"display_name": "新人", "unit": unit}).name)

    def post(self) -> str:
        about = {"person": self.person(), "unit": "units/water", "kind": "staff"}
        return str(self.admin.CreatePost(post=about).name)

    def portfolio(self) -> str:
        return str(self.admin.CreatePortfolio(portfolio={"person": self.person(), "field": "personnel"}).name)

    def delegation(self) -> dict[str, Any]:
        return {"delegator": self.person(), "delegate": self.person(), "valid_until_time": START + timedelta(days=9)}

    def delegated(self) -> str:
        return str(self.admin.CreateDelegation(delegation=self.delegation()).name)

    def pack(self) -> str:
        return str(self.admin.CreatePack(source=a_bare_pack(self.slug())).name)

    def active_pack(self) -> str:
        return str(self.admin.ActivatePack(name=self.pack()).name)

    def section_with_head(self) -> tuple[str, str]:
        """A new section and its head."""
        unit = self.admin.CreateUnit(unit_id=self.slug(), unit={"display_name": "新科", "kind": "section"}).name
        head = self.person(unit)
        self.admin.CreatePost(post={"person": head, "unit": unit, "kind": "unit_head"})
        return str(unit), head.removeprefix("persons/")

    def entry(self, unit: str, head: str) -> dict[str, Any]:
        return {"register": "registers/guides", "holder": unit, "fields": [{"name": "person", "value": head}]}

    def registration(self) -> str:
        unit, head = self.section_with_head()
        return str(self.directory.client(head).CreateRegistration(registration=self.entry(unit, head)).name)

    def interpretation(self) -> str:
        about = {"pack": "packs/trial", "clause": "trial/1.1", "text": "指在编人员"}
        return str(self.admin.CreateInterpretation(interpretation=about).name)

    def river(self) -> str:
        """An entry that counts at once and is everybody's to end; the river has one only."""
        for old in self.admin.ListRegistrations(register="registers/rivers", holder="east").registrations:
            self.admin.EndRegistration(name=old.name)
        entry = {"register": "registers/rivers", "holder": "east", "fields": [{"name": "person", "value": "wang"}]}
        return str(self.admin.CreateRegistration(registration=entry).name)


def _sheet(*rows: tuple[str, ...]) -> bytes:
    book = Workbook()
    (sheet,) = book.worksheets
    for row in rows:
        sheet.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


Valid = Callable[[Scene], dict[str, Any]]
DAY = {"year": 2025, "month": 10, "day": 13}
REQUESTS: dict[str, Valid] = {
    "GetTenant": lambda s: {"name": f"tenants/{TENANT}"},
    "ListTenants": lambda s: {},
    "CreateTenant": lambda s: {
        "tenant_id": s.slug(),
        "tenant": {"display_name": "某县"},
        "administrator": {"person_id": s.slug(), "display_name": "管理员"},
    },
    "UpdateTenant": lambda s: {"tenant": {"name": f"tenants/{TENANT}", "kind": "bureau"}, "update_mask": {"paths": ["kind"]}},
    "GetUnit": lambda s: {"name": "units/office"},
    "ListUnits": lambda s: {},
    "CreateUnit": lambda s: {"unit_id": s.slug(), "unit": {"display_name": "新科", "kind": "other"}},
    "UpdateUnit": lambda s: {"unit": {"name": s.unit(), "position": 3}, "update_mask": {"paths": ["position"]}},
    "CloseUnit": lambda s: {"name": s.unit()},
    "GetPerson": lambda s: {"name": "persons/chen"},
    "ListPersons": lambda s: {},
    "CreatePerson": lambda s: {"person_id": s.slug(), "person": {"display_name": "新人"}},
    "UpdatePerson": lambda s: {"person": {"name": s.person(), "rank": "county"}, "update_mask": {"paths": ["rank"]}},
    "EndMembership": lambda s: {"name": s.person()},
    "SetPermissions": lambda s: {"name": s.person(), "permissions": ["directory:unit:create"]},
    "BindSubject": lambda s: {"name": s.person(), "issuer": ISSUER, "sub": s.slug()},
    "UnbindSubject": lambda s: {"name": s.person(), "issuer": ISSUER, "sub": s.slug()},
    "GetPost": lambda s: {"name": s.post()},
    "ListPosts": lambda s: {},
    "CreatePost": lambda s: {"post": {"person": s.person(), "unit": "units/water", "kind": "staff"}},
    "EndPost": lambda s: {"name": s.post()},
    "TransferPost": lambda s: {"name": s.post(), "to": s.person()},
    "GetPortfolio": lambda s: {"name": s.portfolio()},
    "ListPortfolios": lambda s: {},
    "CreatePortfolio": lambda s: {"portfolio": {"person": s.person(), "field": "personnel"}},
    "EndPortfolio": lambda s: {"name": s.portfolio()},
    "GetDelegation": lambda s: {"name": s.delegated()},
    "ListDelegations": lambda s: {},
    "CreateDelegation": lambda s: {"delegation": s.delegation()},
    "RevokeDelegation": lambda s: {"name": s.delegated()},
    "ListDays": lambda s: {"first_date": DAY, "last_date": DAY},
    "SetDay": lambda s: {"day": {"day": DAY, "working": calendar_service_pb2.WORKING_RESTS}},
    "ClearDay": lambda s: {"day": DAY},
    "CheckPack": lambda s: {"source": a_pack()},
    "CreatePack": lambda s: {"source": a_bare_pack(s.slug())},
    "GetPack": lambda s: {"name": "packs/trial/versions/1"},
    "ListPacks": lambda s: {},
    "ActivatePack": lambda s: {"name": s.pack()},
    "RepealPack": lambda s: {"name": s.active_pack()},
    "ListRegisters": lambda s: {},
    "CreateInterpretation": lambda s: {"interpretation": {"pack": "packs/trial", "clause": "trial/1.1", "text": "指在编人员"}},
    "WithdrawInterpretation": lambda s: {"name": s.interpretation(), "reason": "另行解释"},
    "GetInterpretation": lambda s: {"name": s.interpretation()},
    "ListInterpretations": lambda s: {},
    "CreateRegistration": lambda s: {
        "registration": {"register": "registers/rivers", "holder": "west", "fields": [{"name": "person", "value": "wang"}]}
    },
    "ApproveRegistration": lambda s: {"name": s.registration()},
    "RejectRegistration": lambda s: {"name": s.registration(), "reason": "人选不合适"},
    "EndRegistration": lambda s: {"name": s.river()},
    "UpdateRegistration": lambda s: {
        "registration": {"name": s.river(), "register": "registers/rivers", "fields": [{"name": "person", "value": s.person()}]}
    },
    "ImportRegistrations": lambda s: {"register": "registers/rivers", "workbook": _sheet(("登记对象", "河长"), ("西河", "wang"))},
    "GetRegistration": lambda s: {"name": s.registration()},
    "ListRegistrations": lambda s: {},
    "ListGaps": lambda s: {},
    "ListRoles": lambda s: {},
    "ListVocabularies": lambda s: {},
    "GetPackOutline": lambda s: {"name": "packs/trial/versions/1"},
    "ComparePacks": lambda s: {"name": "packs/trial/versions/1", "base_version": 1},
    "ListAuditRecords": lambda s: {},
    "VerifyAudit": lambda s: {},
    "ListDeadLetters": lambda s: {},
    "ReplayDeadLetters": lambda s: {"events": ["01a202e5-ab67-7087-ba9d-62237edfded4"]},
    "ListHolders": lambda s: {"name": "roles/office_head"},
    "ResolveSubject": lambda s: {"issuer": ISSUER, "sub": "a-1"},
    "ListMemberships": lambda s: {},
    "GetMe": lambda s: {},
    "GetRoster": lambda s: {"tenant": TENANT},
    "ImportOrganisation": lambda s: {"workbook": s.admin.ExportOrganisation().data},
    "ExportOrganisation": lambda s: {},
}
# Who does it, where it is not the administrator.
CALLERS = {"ApproveRegistration": "zhou", "RejectRegistration": "zhou"}
METHODS = {method.name: method for method in refusals.methods(SPEC)}
INTERNAL = set(refusals.names(SPEC, "internal"))


@pytest.fixture(scope="module")
def scene(postgres: PostgresServer) -> Iterator[Scene]:
    with made_ports(postgres.url, SPEC, DrivenClock(START)) as ports, served(SPEC, ports) as directory:
        who = {"person_id": "admin", "display_name": "管理员", "issuer": ISSUER, "sub": "a-1"}
        directory.internal("cli").CreateTenant(tenant_id=TENANT, tenant={"display_name": "某局"}, administrator=who)
        admin = directory.client("admin")
        for unit, kind in (("leaders", "leadership"), ("office", "office"), ("planning", "section"), ("water", "section")):
            admin.CreateUnit(unit_id=unit, unit={"display_name": unit, "kind": kind})
        for person, unit, post in (("wang", "leaders", "deputy_leader"), ("zhou", "office", "unit_head"), ("chen", "planning", "staff")):
            admin.CreatePerson(person_id=person, person={"display_name": person, "unit": f"units/{unit}"})
            admin.CreatePost(post={"person": f"persons/{person}", "unit": f"units/{unit}", "kind": post})
        admin.CreatePack(source=a_pack())
        admin.ActivatePack(name="packs/trial/versions/1")
        yield Scene(directory)


def caller(scene: Scene, method: str) -> Client:
    if method in INTERNAL:
        return scene.directory.internal()
    return scene.directory.client(CALLERS.get(method, "admin"))


def test_there_is_a_valid_request_for_every_method() -> None:
    assert sorted(REQUESTS) == sorted(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_let_in_without_a_token(scene: Scene, method: str) -> None:
    assert scene.directory.anonymous().refused(method).code == "UNAUTHENTICATED"


@pytest.mark.parametrize("method", refusals.names(SPEC, "member", "permission"))
def test_members_of_other_tenants_are_refused(scene: Scene, method: str) -> None:
    for tenant in ("other", "no-such-tenant"):
        assert scene.directory.client("admin", tenant).refused(method).reason == "NOT_A_MEMBER"


@pytest.mark.parametrize("method", refusals.names(SPEC, "permission"))
def test_members_without_the_permission_are_refused(scene: Scene, method: str) -> None:
    granted = {"CreateRegistration", "EndRegistration", "ImportRegistrations", "UpdateRegistration"}  # to every member, by the regulation
    refused = scene.directory.client("chen").refused(method)
    assert refused.code == ("INVALID_ARGUMENT" if method in granted else "PERMISSION_DENIED")


@pytest.mark.parametrize("method", sorted(INTERNAL))
def test_persons_do_not_call_what_is_for_services(scene: Scene, method: str) -> None:
    assert scene.admin.refused(method).reason == "SERVICES_ONLY"


@pytest.mark.parametrize("method", [name for name, m in METHODS.items() if refusals.malformed(m) is not None])
def test_a_malformed_request_is_refused_with_its_field(scene: Scene, method: str) -> None:
    wrong = refusals.malformed(METHODS[method]) or {}
    refused = caller(scene, method).refused(method, **wrong)
    assert refused.code == "INVALID_ARGUMENT"
    assert set(wrong) & {name.split(".")[0] for name in refused.fields}


@pytest.mark.parametrize("method", refusals.with_request_id(SPEC))
def test_a_repeated_request_is_done_once(scene: Scene, method: str) -> None:
    request, who = REQUESTS[method](scene), caller(scene, method)
    request["request_id"] = ids.new()
    first = who.call(method, **request)
    assert who.call(method, **request) == first


@pytest.mark.parametrize("method", refusals.with_etag(SPEC))
def test_what_somebody_has_changed_meanwhile_is_refused(scene: Scene, method: str) -> None:
    request = refusals.stale(METHODS[method], REQUESTS[method](scene))
    assert caller(scene, method).refused(method, **request).code == "ABORTED"


@pytest.mark.parametrize("method", sorted(set(METHODS) - set(refusals.with_request_id(SPEC))))
def test_a_valid_request_is_answered(scene: Scene, method: str) -> None:
    answer = caller(scene, method).call(method, **REQUESTS[method](scene))
    assert answer.DESCRIPTOR is METHODS[method].output_type
