"""Who may call what: nobody without signing in, nobody of another tenant, nobody whose posts do not include it."""

from __future__ import annotations

import re
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import status_pb2

from services.kit import ids
from services.kit.testing.builders import BUILDERS
from services.kit.testing.builders.desk import INSTALLATION
from tests.contract.rpc.conftest import Offices, holder_of
from tests.contract.rpc.contract import Method, methods
from tests.contract.rpc.office import OfficeDesk, Said, refusal, request_of
from tests.contract.rpc.test_rpc_commands import built

ALL = methods()
INSIDE = [method for method in ALL if method.need in ("permission", "member")]
REFUSED = "refused:"
# Requests that name only what every tenant has: a role, a unit, a register and the regulation itself, a month, a form of the web app.
NOTHING_OF_ITS_OWN = {
    "directory.InterpretationService.CreateInterpretation",
    "directory.RegisterService.ImportRegistrations",
    "directory.RoleService.ListHolders",
    "notifications.FormService.DiscardForm",
    "notifications.FormService.GetForm",
    "notifications.FormService.KeepForm",
    "notifications.ReportService.GetReminderReport",
}
# What is to be so is so already.
DONE_ANYHOW = {"directory.CalendarService.ClearDay"}
_NAME = re.compile(r"^[a-zA-Z]+(/[\w-]+)+$")
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])")


def of_name(method: Method) -> str:
    return method.name


@pytest.mark.parametrize("method", [method for method in ALL if method.need != "public"], ids=of_name)
def test_who_is_not_signed_in_is_refused(home: OfficeDesk, method: Method) -> None:
    refused = home.line.refused(method, method.request(), ())
    assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "UNAUTHENTICATED")


@pytest.mark.parametrize("method", [method for method in ALL if method.need != "public"], ids=of_name)
def test_a_token_that_does_not_hold_is_refused(home: OfficeDesk, method: Method) -> None:
    (_, token), *others = home.said("admin")
    head, claims, signature = token.split(".")
    forged = [("authorization", f"{head}.{claims}.{signature[::-1]}"), *others]
    refused = home.line.refused(method, method.request(), forged)
    assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")


@pytest.mark.parametrize("method", [method for method in ALL if method.need == "internal"], ids=of_name)
def test_what_is_for_services_is_refused_to_persons(home: OfficeDesk, method: Method) -> None:
    refused = home.line.refused(method, method.request(), home.said("admin"))
    assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "SERVICES_ONLY")


@pytest.mark.parametrize("method", INSIDE, ids=of_name)
def test_without_a_tenant_it_is_said_that_one_is_missing(home: OfficeDesk, method: Method) -> None:
    refused = home.line.refused(method, method.request(), home.line.said(home.person("admin"), ""))
    assert (refused.code, refused.answer.fields) == ("INVALID_ARGUMENT", ("x-xiaoneng-tenant",))


@pytest.mark.parametrize("method", INSIDE, ids=of_name)
def test_a_member_of_another_tenant_is_refused(offices: Offices, method: Method) -> None:
    for part in ("admin", "registry_head"):
        stranger = offices.line.said(offices.next_door.person(part), offices.home.tenant)
        refused = offices.line.refused(method, method.request(), stranger)
        assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "NOT_A_MEMBER")


@pytest.mark.parametrize("method", [method for method in ALL if method.need == "permission"], ids=of_name)
def test_whose_posts_do_not_include_it_is_refused(offices: Offices, method: Method) -> None:
    refused = offices.line.refused(method, method.request(), offices.bare.said("registry_head"))
    assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "PERMISSION_MISSING")
    assert refused.answer.metadata["permission"] == method.access.permission


@pytest.mark.parametrize("method", [method for method in ALL if method.need == "permission"], ids=of_name)
def test_whoever_holds_what_the_contract_names_needs_nothing_else(offices: Offices, method: Method) -> None:
    """Of the caller's permissions nobody asks for another one than the contract says."""
    act = built(offices.home, method)
    alone = offices.probe.said_of(holder_of(method.access.permission))
    answer = outcome(offices, method, request_of(method, act), alone, act.pieces)
    assert "PERMISSION_MISSING" not in answer


@pytest.mark.parametrize("method", [method for method in INSIDE if method.name in BUILDERS and method.refers], ids=of_name)
def test_what_belongs_to_another_tenant_is_as_if_it_were_not_there(offices: Offices, method: Method) -> None:
    """Whoever names what is another tenant's gets the answer that he would get for what exists nowhere."""
    act = built(offices.home, method)
    request = request_of(method, act)
    nowhere = elsewhere(request, offices.home.tenant)
    assert (body(nowhere) == body(request)) == (method.name in NOTHING_OF_ITS_OWN)
    same = offices.next_door.said(act.who)
    theirs = outcome(offices, method, request, same, act.pieces)
    assert theirs == outcome(offices, method, nowhere, same, act.pieces)
    assert method.name in NOTHING_OF_ITS_OWN or REFUSED in theirs or method.name in DONE_ANYHOW


def body(request: Any) -> dict[str, Any]:
    """What a request says, without its id."""
    return {field.name: value for field, value in request.ListFields() if field.name != "request_id"}


def outcome(offices: Offices, method: Method, request: Any, said: Said, pieces: tuple[bytes, ...]) -> str:
    """What a call answers, without the names that its asker said himself."""
    try:
        done = offices.line.call(method, request, said, pieces)
    except grpc.RpcError as error:
        status = status_pb2.Status.FromString(refusal(method, error).body)
        answer = f"{REFUSED} {json_format.MessageToJson(status)}"
    else:
        answer = str(done)
    return _UUID.sub("…", answer.replace(offices.home.tenant, "t-…"))


def elsewhere(request: Any, tenant: str) -> Any:
    """The same request for what exists nowhere: other ids in everything that is a name."""
    said = json_format.MessageToDict(request, preserving_proto_field_name=True)
    if "request_id" in said:
        said["request_id"] = ids.new()
    return json_format.ParseDict(_renamed(said, tenant), type(request)())


def _renamed(value: Any, tenant: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(inner, tenant) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, tenant) for inner in value]
    if isinstance(value, str) and (_NAME.match(value) or value.startswith(tenant)):
        return _UUID.sub(lambda found: _fresh(found[0]), value.replace(tenant, f"t-{ids.new()}"))
    return value


def _fresh(like: str) -> str:
    return ids.new() if "-" in like else ids.new().replace("-", "")


def test_the_installation_is_no_member_of_a_tenant(home: OfficeDesk) -> None:
    for method in INSIDE[:5]:
        refused = home.line.refused(method, method.request(), [*home.said(INSTALLATION), ("x-xiaoneng-tenant", home.tenant)])
        assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "NOT_A_MEMBER")
