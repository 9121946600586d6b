"""Units, persons, posts, portfolios, delegations and days: what is done, what is refused, what the copies hear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.kit.bus.catalogue import catalogue
from services.kit.clock import DrivenClock
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Client, Served
from xiaoneng.directory.v1 import calendar_service_pb2

REQUEST = "0192f0c0-0000-7000-8000-000000000001"


def events(ports: Ports, type_: str) -> list[Any]:
    outbox = ports.db.metadata.tables["outbox"]
    with ports.db.tenant(TENANT) as tx:
        return list(tx.all(outbox.select().where(outbox.c.type == type_).order_by(outbox.c.seq)))


def numbers(ports: Ports) -> list[int]:
    return [int(row.data["number"]) for row in events(ports, "directory.roster.changed.v1")]


def acts(ports: Ports, act: str) -> list[Any]:
    audit = ports.db.metadata.tables["audit"]
    with ports.db.tenant(TENANT) as tx:
        return list(tx.all(audit.select().where(audit.c.act == act).order_by(audit.c.id)))


# -- tenants -----------------------------------------------------------------------------------------------------------


def test_a_tenant_comes_with_its_administrator_who_signs_in(directory: Served, admin: Client) -> None:
    me = admin.GetMe()
    assert (me.tenant_display_name, me.display_name) == ("某市水利局", "管理员")
    found = directory.internal().ResolveSubject(issuer="https://id.example", sub="a-1")
    assert (found.person, [m.tenant for m in found.memberships]) == ("admin", [TENANT])


def test_a_tenants_id_is_taken_once(operator: Client, admin: Client) -> None:
    about = {"display_name": "另一单位"}
    refused = operator.refused("CreateTenant", tenant_id=TENANT, tenant=about, administrator={"person_id": "x", "display_name": "x"})
    assert (refused.code, refused.reason) == ("ALREADY_EXISTS", "TENANT_EXISTS")


def test_public_is_no_tenants_id(operator: Client, admin: Client) -> None:
    who = {"person_id": "x", "display_name": "x"}
    refused = operator.refused("CreateTenant", tenant_id="public", tenant={"display_name": "x"}, administrator=who)
    assert (refused.code, refused.fields) == ("INVALID_ARGUMENT", ("tenant_id",))


def test_the_parent_of_a_tenant_exists(operator: Client, admin: Client) -> None:
    who = {"person_id": "x", "display_name": "x"}
    refused = operator.refused("CreateTenant", tenant_id="sub", tenant={"display_name": "x", "parent": "tenants/none"}, administrator=who)
    assert refused.reason == "PARENT_UNKNOWN"
    made = operator.CreateTenant(tenant_id="sub", tenant={"display_name": "x", "parent": f"tenants/{TENANT}"}, administrator=who)
    assert made.parent == f"tenants/{TENANT}"


def test_persons_of_an_office_do_not_create_tenants(admin: Client) -> None:
    who = {"person_id": "x", "display_name": "x"}
    assert admin.refused("CreateTenant", tenant_id="sub", tenant={"display_name": "x"}, administrator=who).reason == "SERVICES_ONLY"


def test_office_hours_that_cannot_be_read_are_refused(admin: Client) -> None:
    wrong = {"name": f"tenants/{TENANT}", "office_hours": "8:30 bis 12"}
    assert admin.refused("UpdateTenant", tenant=wrong, update_mask={"paths": ["office_hours"]}).reason == "TIME_UNKNOWN"
    right = {"name": f"tenants/{TENANT}", "office_hours": "09:00-12:00,13:00-17:00"}
    assert admin.UpdateTenant(tenant=right, update_mask={"paths": ["office_hours"]}).office_hours == "09:00-12:00,13:00-17:00"


# -- units -------------------------------------------------------------------------------------------------------------


def test_every_change_has_the_next_number_and_carries_whole_rows(admin: Client, ports: Ports) -> None:
    admin.CreateUnit(unit_id="a", unit={"display_name": "甲科", "kind": "section"})
    admin.UpdateUnit(unit={"name": "units/a", "position": 7}, update_mask={"paths": ["position"]})
    assert numbers(ports) == [1, 2, 3]
    row = events(ports, "directory.roster.changed.v1")[-1].data["rows"]["units"][0]
    assert (row["id"], row["displayName"], row["kind"], row["position"]) == ("a", "甲科", "section", 7)


def test_a_repeated_request_makes_one_unit(admin: Client, ports: Ports) -> None:
    first = admin.CreateUnit(unit={"display_name": "甲科", "kind": "section"}, request_id=REQUEST)
    again = admin.CreateUnit(unit={"display_name": "甲科", "kind": "section"}, request_id=REQUEST)
    assert (first.name, numbers(ports)) == (again.name, [1, 2])
    other = admin.refused("CreateUnit", unit={"display_name": "乙科", "kind": "section"}, request_id=REQUEST)
    assert other.reason == "REQUEST_ID_REUSED"


def test_what_an_update_does_not_say_stays(staffed: Client) -> None:
    before = staffed.GetUnit(name="units/water")
    after = staffed.UpdateUnit(unit={"name": before.name, "position": 7})
    assert (after.display_name, after.kind, after.parent, after.position) == (before.display_name, before.kind, before.parent, 7)
    assert staffed.UpdateUnit(unit={"name": before.name}, update_mask={"paths": ["position"]}).position == 0


def test_a_unit_that_somebody_has_changed_meanwhile_is_stale(staffed: Client) -> None:
    read = staffed.GetUnit(name="units/water")
    staffed.UpdateUnit(unit={"name": read.name, "display_name": "水资源科"}, update_mask={"paths": ["display_name"]})
    late = {"name": read.name, "display_name": "水利科", "etag": read.etag}
    assert staffed.refused("UpdateUnit", unit=late, update_mask={"paths": ["display_name"]}).code == "ABORTED"


def test_a_unit_cannot_stand_above_itself(staffed: Client) -> None:
    staffed.UpdateUnit(unit={"name": "units/water", "parent": "units/planning"}, update_mask={"paths": ["parent"]})
    wrong = {"name": "units/planning", "parent": "units/water"}
    assert staffed.refused("UpdateUnit", unit=wrong, update_mask={"paths": ["parent"]}).reason == "UNIT_CYCLE"
    own = {"name": "units/water", "parent": "units/water"}
    assert staffed.refused("UpdateUnit", unit=own, update_mask={"paths": ["parent"]}).reason == "UNIT_CYCLE"


def test_a_field_that_cannot_be_changed_is_refused(staffed: Client) -> None:
    refused = staffed.refused("UpdateUnit", unit={"name": "units/water"}, update_mask={"paths": ["valid_until_time"]})
    assert (refused.code, refused.fields) == ("INVALID_ARGUMENT", ("update_mask",))


def test_a_unit_is_closed_when_nobody_needs_it(staffed: Client) -> None:
    assert staffed.refused("CloseUnit", name="units/water").reason == "UNIT_IN_USE"
    staffed.UpdatePerson(person={"name": "persons/sun", "unit": "units/planning"}, update_mask={"paths": ["unit"]})
    assert staffed.CloseUnit(name="units/water").HasField("valid_until_time")
    assert staffed.refused("CloseUnit", name="units/water").reason == "ENDED_ALREADY"
    assert "units/water" not in {unit.name for unit in staffed.ListUnits().units}
    assert "units/water" in {unit.name for unit in staffed.ListUnits(show_closed=True).units}


def test_pages_of_a_list_follow_each_other_and_keep_their_filter(staffed: Client) -> None:
    found, token = [], ""
    for _ in range(4):
        page = staffed.ListUnits(page_size=1, page_token=token)
        found += [unit.name for unit in page.units]
        token = page.next_page_token
    assert (found, token) == (["units/leaders", "units/office", "units/planning", "units/water"], "")
    first = staffed.ListUnits(page_size=1)
    other = staffed.refused("ListUnits", page_size=1, page_token=first.next_page_token, kind="section")
    assert other.reason == "PAGE_TOKEN_INVALID"


# -- persons -----------------------------------------------------------------------------------------------------------


def test_how_to_reach_a_person_is_for_administrators_and_the_person(directory: Served, staffed: Client) -> None:
    staffed.UpdatePerson(person={"name": "persons/li", "email": "li@example.cn"}, update_mask={"paths": ["email"]})
    assert staffed.GetPerson(name="persons/li").email == "li@example.cn"
    assert directory.client("li").GetPerson(name="persons/li").email == "li@example.cn"
    assert directory.client("chen").GetPerson(name="persons/li").email == ""


def test_a_person_joins_a_second_tenant_and_is_bound_by_the_first_only(directory: Served, operator: Client, staffed: Client) -> None:
    who = {"person_id": "boss", "display_name": "局长"}
    operator.CreateTenant(tenant_id="other", tenant={"display_name": "另一单位"}, administrator=who)
    boss = directory.client("boss", "other")
    boss.CreatePerson(person_id="li", person={"display_name": "李"})
    assert [m.tenant for m in directory.client("li").ListMemberships().memberships] == ["other", TENANT]
    refused = boss.refused("BindSubject", name="persons/li", issuer="https://id.example", sub="evil")
    assert refused.reason == "BELONGS_ELSEWHERE"
    staffed.BindSubject(name="persons/li", issuer="https://id.example", sub="li-1")
    assert directory.internal().ResolveSubject(issuer="https://id.example", sub="li-1").person == "li"


def test_a_subject_belongs_to_one_person(directory: Served, staffed: Client) -> None:
    bound = {"issuer": "https://id.example", "sub": "a-1"}
    assert staffed.refused("BindSubject", name="persons/li", **bound).reason == "SUBJECT_TAKEN"
    staffed.UnbindSubject(name="persons/admin", **bound)
    assert directory.internal().refused("ResolveSubject", **bound).reason == "SUBJECT_UNKNOWN"
    staffed.BindSubject(name="persons/li", **bound)
    assert directory.internal().ResolveSubject(**bound).person == "li"


def test_a_persons_end_ends_everything_held(directory: Served, staffed: Client, ports: Ports) -> None:
    staffed.EndMembership(name="persons/chen")
    assert staffed.ListPosts(person="persons/chen").posts == []
    assert directory.client("chen").refused("GetMe").reason == "NOT_A_MEMBER"
    (ended,) = events(ports, "directory.post.ended.v1")
    assert (ended.data["person"], ended.data["unit"], ended.data["kind"]) == ("chen", "planning", "unit_head")


def test_an_end_known_ahead_counts_when_it_comes(directory: Served, staffed: Client, driven_clock: DrivenClock) -> None:
    end = driven_clock.now() + timedelta(days=3)
    staffed.EndMembership(name="persons/chen", end_time=end)
    assert directory.client("chen").GetMe().person == "chen"
    driven_clock.set(end)
    assert directory.client("chen").refused("GetMe").reason == "NOT_A_MEMBER"


def test_nobody_grants_what_is_unknown_or_not_held(directory: Served, staffed: Client) -> None:
    def refused(permission: str) -> str:
        return staffed.refused("SetPermissions", name="persons/li", permissions=[permission]).reason

    assert refused("documents:nothing:do") == "PERMISSION_UNKNOWN"
    assert refused("documents:document:register") == "PERMISSION_NOT_HELD"
    staffed.SetPermissions(name="persons/li", permissions=["directory:unit:create"])
    made = directory.client("li").CreateUnit(unit_id="b", unit={"display_name": "乙科", "kind": "section"})
    assert made.name == "units/b"


# -- posts, portfolios, delegations ------------------------------------------------------------------------------------


def test_a_post_is_handed_over_at_one_moment(staffed: Client, ports: Ports, driven_clock: DrivenClock) -> None:
    (post,) = staffed.ListPosts(unit="units/planning").posts
    at = driven_clock.now() + timedelta(days=1)
    after = staffed.TransferPost(name=post.name, to="persons/li", end_time=at)
    assert (after.person, after.kind, after.valid_from_time.ToDatetime(UTC)) == ("persons/li", "unit_head", at)
    assert staffed.GetPost(name=post.name).valid_until_time.ToDatetime(UTC) == at
    assert events(ports, "directory.post.ended.v1")[0].data["successor"] == "li"


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"person": "persons/nobody"}, "PERSON_UNKNOWN"),
        ({"unit": "units/nowhere"}, "UNIT_UNKNOWN"),
        ({"kind": "unit_head"}, "POST_OVERLAPS"),
    ],
)
def test_a_post_that_cannot_be_held_is_refused(staffed: Client, about: dict[str, str], reason: str) -> None:
    post = {"person": "persons/chen", "unit": "units/planning", "kind": "staff"} | about
    assert staffed.refused("CreatePost", post=post).reason == reason


def test_an_end_before_the_beginning_is_refused(staffed: Client, driven_clock: DrivenClock) -> None:
    now = driven_clock.now()
    post = {"person": "persons/chen", "unit": "units/planning", "kind": "staff", "valid_from_time": now, "valid_until_time": now}
    assert staffed.refused("CreatePost", post=post).reason == "PERIOD_EMPTY"


def test_a_portfolio_is_a_unit_or_a_field(staffed: Client) -> None:
    assert staffed.refused("CreatePortfolio", portfolio={"person": "persons/wang"}).code == "INVALID_ARGUMENT"
    again = {"person": "persons/wang", "unit": "units/planning"}
    assert staffed.refused("CreatePortfolio", portfolio=again).reason == "PORTFOLIO_OVERLAPS"
    field = staffed.CreatePortfolio(portfolio={"person": "persons/wang", "field": "personnel"})
    staffed.EndPortfolio(name=field.name)
    assert staffed.refused("EndPortfolio", name=field.name).reason == "ENDED_ALREADY"


def until(clock: DrivenClock, days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def test_a_person_delegates_for_a_time_and_takes_it_back(
    directory: Served, staffed: Client, driven_clock: DrivenClock, ports: Ports
) -> None:
    chen, li = directory.client("chen"), directory.client("li")
    given = chen.CreateDelegation(delegation={"delegate": "persons/li", "valid_until_time": until(driven_clock, 2)})
    assert [acting.person for acting in li.GetMe().acting_for] == ["chen"]
    driven_clock.set(until(driven_clock, 1))
    assert li.refused("RevokeDelegation", name=given.name).reason == "NOT_YOUR_DELEGATION"
    chen.RevokeDelegation(name=given.name)
    assert li.GetMe().acting_for == []
    assert len(events(ports, "directory.delegation.granted.v1")) == len(events(ports, "directory.delegation.revoked.v1")) == 1


def test_a_delegation_makes_neither_cycle_nor_chain(directory: Served, staffed: Client, driven_clock: DrivenClock) -> None:
    def give(person: str, to: str, *kinds: str) -> Any:
        said = {"delegate": f"persons/{to}", "kinds": kinds, "valid_until_time": until(driven_clock, 2)}
        return directory.client(person), said

    def refused(person: str, to: str, *kinds: str) -> str:
        client, said = give(person, to, *kinds)
        return client.refused("CreateDelegation", delegation=said).reason

    client, said = give("chen", "li", "documents")
    client.CreateDelegation(delegation=said)
    assert refused("li", "chen", "documents.step") == "DELEGATION_CYCLE"
    assert refused("li", "sun") == "DELEGATION_CHAIN"
    assert refused("sun", "chen") == "DELEGATION_CHAIN"
    assert refused("sun", "sun") == "DELEGATION_CYCLE"
    client, said = give("li", "sun", "meetings")
    assert client.CreateDelegation(delegation=said).delegate == "persons/sun"


def test_others_do_not_see_a_delegation(directory: Served, staffed: Client, driven_clock: DrivenClock) -> None:
    said = {"delegate": "persons/li", "valid_until_time": until(driven_clock, 2)}
    given = directory.client("chen").CreateDelegation(delegation=said)
    assert directory.client("li").GetDelegation(name=given.name).delegator == "persons/chen"
    assert directory.client("sun").refused("GetDelegation", name=given.name).reason == "NOT_FOUND"
    assert directory.client("sun").ListDelegations().delegations == []
    assert len(staffed.ListDelegations().delegations) == 1


# -- days --------------------------------------------------------------------------------------------------------------


def test_an_arranged_day_takes_the_place_of_the_countrys(staffed: Client) -> None:
    day = {"year": 2025, "month": 10, "day": 8}
    span = {"first_date": day, "last_date": day}
    works, rests = calendar_service_pb2.WORKING_WORKS, calendar_service_pb2.WORKING_RESTS
    assert staffed.ListDays(**span).days[0].working == rests
    staffed.SetDay(day={"day": day, "working": works, "reason": "防汛值守", "unit": "units/water"})
    assert staffed.ListDays(**span).days[0].working == rests
    (found,) = staffed.ListDays(**span, unit="units/water").days
    assert (found.working, found.reason, found.local) == (works, "防汛值守", True)
    assert staffed.ClearDay(day=day, unit="units/water").working == rests
    assert staffed.ListDays(**span, unit="units/water").days[0].working == rests


def test_a_day_that_does_not_exist_is_refused(staffed: Client) -> None:
    day = {"year": 2025, "month": 2, "day": 30}
    works = calendar_service_pb2.WORKING_WORKS
    assert staffed.refused("SetDay", day={"day": day, "working": works}).reason == "DAY_INVALID"


# -- properties of all ---------------------------------------------------------------------------------------------------


def test_every_act_is_in_the_audit(staffed: Client, ports: Ports) -> None:
    assert [row.subject for row in acts(ports, "directory.unit.create")] == [
        "units/leaders",
        "units/office",
        "units/planning",
        "units/water",
    ]
    assert {row.person for row in acts(ports, "directory.post.create")} == {"admin"}


def test_every_event_of_directory_is_in_the_catalogue(staffed: Client, ports: Ports) -> None:
    outbox = ports.db.metadata.tables["outbox"]
    with ports.db.tenant(TENANT) as tx:
        types = {row.type for row in tx.all(outbox.select())}
    assert types
    assert all(type_ in catalogue() for type_ in types)


def test_two_tenants_see_nothing_of_each_other(directory: Served, operator: Client, staffed: Client) -> None:
    who = {"person_id": "boss", "display_name": "局长"}
    operator.CreateTenant(tenant_id="other", tenant={"display_name": "另一单位"}, administrator=who)
    boss = directory.client("boss", "other")
    assert boss.ListUnits().units == []
    assert [person.name for person in boss.ListPersons().persons] == ["persons/boss"]
    assert boss.refused("GetUnit", name="units/office").reason == "NOT_FOUND"
    assert boss.refused("GetTenant", name=f"tenants/{TENANT}").reason == "NOT_FOUND"
