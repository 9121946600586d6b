"""What the scenarios of registers say: entries, gaps, newcomers, other posts."""

from __future__ import annotations

from typing import Any

from tests.scenario.world import Caller, Office


def entry(office: Office, register: str, holder: str = "", **columns: Any) -> dict[str, Any]:
    """An entry as it is proposed; lists are columns with several values, `from_` and the like lose their underscore."""
    fields = [
        {"name": name, "values": value} if isinstance(value, list) else {"name": name, "value": value} for name, value in columns.items()
    ]
    return {"register": f"registers/{register}", "holder": holder, "fields": fields}


def enter(office: Office, who: str, register: str, holder: str = "", **columns: Any) -> Any:
    """Somebody makes an entry."""
    return office.as_(who).do("CreateRegistration", registration=entry(office, register, holder, **columns))


def gaps(office: Office, register: str, who: str) -> dict[str, Any]:
    """Who stands in the gap report of a register, by holder."""
    return {gap.holder: gap for gap in office.as_(who).do("ListGaps", register=f"registers/{register}").gaps}


def reasons(office: Office, register: str, who: str) -> dict[str, tuple[str, str]]:
    """The same, with reason and clause."""
    return {holder: (gap.reason, gap.citation.clause) for holder, gap in gaps(office, register, who).items()}


def columns(registration: Any) -> dict[str, str]:
    """What stands in an entry."""
    return {field.name: field.value for field in registration.fields}


def permitted(office: Office, person: str, *permissions: str) -> Caller:
    """Somebody whom the administrator lets do something in person."""
    office.as_("admin").do("SetPermissions", name=office.person(person), permissions=permissions)
    return office.as_(person)


def newcomer(office: Office, name: str, unit: str, post: str) -> str:
    """Somebody who joins a unit with a post; the resource name."""
    admin = office.as_("admin")
    made = admin.do("CreatePerson", person={"display_name": name, "unit": office.unit(unit)})
    admin.do("CreatePost", post={"person": made.name, "unit": office.unit(unit), "kind": post})
    return str(made.name)
