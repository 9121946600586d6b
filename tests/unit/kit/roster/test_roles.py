"""Who a role is: posts, units, portfolios, the matter itself, fallbacks; and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.kit.policy.model import RoleDefinition
from services.kit.roster import Roster
from services.kit.testing.office import Office

NOW = datetime(2025, 9, 22, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)

HEAD = RoleDefinition("section_head", "科长", posts=("unit_head",), of="unit")
OFFICE_HEAD = RoleDefinition("office_head", "办公室主任", posts=("unit_head",), unit_kinds=("office",))
PRINCIPAL = RoleDefinition("principal_leader", "主要领导", posts=("principal_leader",))
IN_CHARGE = RoleDefinition("leader_in_charge", "分管领导", posts=("deputy_leader",), of="portfolio", fallback=(PRINCIPAL,))
CLERKS = RoleDefinition("office_clerk", "办公室人员", unit_kinds=("office",), members=True)
OWN_HEAD = RoleDefinition("own_head", "本科室负责人", posts=("unit_head",), of="initiator_unit")
DRAFTER = RoleDefinition("drafter", "拟稿人", initiator=True)
NAMED = RoleDefinition("reader", "传阅对象", person="readers")


def an_office() -> Office:
    office = Office().unit("leaders", "leadership").unit("office", "office").unit("planning").unit("team", parent="planning").unit("water")
    office.person("huang", "leaders", "principal_leader").person("li", "leaders", "deputy_leader").person("xie", "leaders", "deputy_leader")
    office.person("sun", "office", "unit_head").person("zhu", "office")
    office.person("chen", "planning", "unit_head").person("wu", "planning").person("he", "water", "unit_head")
    return office.in_charge("li", "planning").in_charge("xie", field="personnel")


def persons(roster: Roster, role: RoleDefinition, at: datetime = NOW, **about: object) -> list[str]:
    return [holder.person for holder in roster.holders(role, at, **about)]  # type: ignore[arg-type]


def test_a_post_is_held_in_the_unit_that_is_asked_about() -> None:
    roster = an_office().roster()
    assert persons(roster, HEAD, unit="planning") == ["chen"]
    assert persons(roster, HEAD, unit="team") == []
    assert persons(roster, HEAD) == []


def test_a_post_narrowed_to_a_kind_of_unit_is_held_anywhere_of_that_kind() -> None:
    assert persons(an_office().roster(), OFFICE_HEAD) == ["sun"]


def test_the_leader_in_charge_has_the_unit_or_one_above_it_in_the_portfolio() -> None:
    roster = an_office().roster()
    assert persons(roster, IN_CHARGE, unit="planning") == ["li"]
    assert persons(roster, IN_CHARGE, unit="team") == ["li"]


def test_the_leader_in_charge_of_a_field_is_found_where_nobody_has_the_unit() -> None:
    assert persons(an_office().roster(), IN_CHARGE, unit="water", facts={"field": "personnel"}) == ["xie"]


def test_the_first_fallback_with_a_holder_counts_where_nobody_is_found() -> None:
    assert persons(an_office().roster(), IN_CHARGE, unit="water") == ["huang"]


def test_a_role_that_serves_certain_units_leaves_the_others_to_its_fallback() -> None:
    mayor = RoleDefinition("mayor", "市长", posts=("principal_leader",))
    of_sections = RoleDefinition("principal", "主要领导", posts=("deputy_leader",), serves=("section",), fallback=(mayor,))
    roster = an_office().unit("works", "section").roster()
    assert persons(roster, of_sections, unit="works") == ["li", "xie"]
    assert persons(roster, of_sections, unit="office") == ["huang"]
    assert persons(roster, of_sections) == ["huang"]


def test_members_of_a_kind_of_unit_hold_a_role_whatever_their_post() -> None:
    assert persons(an_office().roster(), CLERKS) == ["sun", "zhu"]


def test_roles_of_the_matter_are_its_initiator_the_initiators_head_and_named_persons() -> None:
    roster = an_office().roster()
    assert persons(roster, DRAFTER, initiator="wu") == ["wu"]
    assert persons(roster, OWN_HEAD, initiator="wu") == ["chen"]
    assert persons(roster, NAMED, facts={"readers": ["he", "wu", "stranger"]}) == ["he", "wu"]
    assert persons(roster, NAMED, facts={"readers": "he"}) == ["he"]
    assert persons(roster, NAMED, facts={}) == []


def test_holders_come_in_the_order_of_their_position_and_once_each() -> None:
    office = an_office().post("xie", "leaders", "duty", position=1).post("li", "leaders", "duty", position=2)
    office.post("li", "office", "duty", position=3)
    assert persons(office.roster(), RoleDefinition("duty", "值班领导", posts=("duty",))) == ["xie", "li"]


@pytest.mark.parametrize(("at", "holds"), [(-1, []), (0, ["wu"]), (1, ["wu"]), (2, [])])
def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(at: int, holds: list[str]) -> None:
    office = an_office().post("wu", "team", "unit_head", valid_from=NOW, valid_until=NOW + 2 * DAY)
    assert persons(office.roster(), HEAD, NOW + at * DAY, unit="team") == holds


def test_who_no_longer_belongs_to_the_tenant_holds_nothing() -> None:
    office = Office().unit("planning").person("chen", "planning", "unit_head", valid_until=NOW)
    assert persons(office.roster(), HEAD, NOW - DAY, unit="planning") == ["chen"]
    assert persons(office.roster(), HEAD, NOW, unit="planning") == []


class Rules:
    """Stands for a tenant's rules."""

    roles = {role.name: role for role in (HEAD, OFFICE_HEAD, PRINCIPAL, IN_CHARGE, CLERKS, DRAFTER)}
    grants = {"section_head": ("documents:step:act",), "office_head": ("documents:document:register",)}


def test_roles_of_a_person_are_those_held_for_some_unit() -> None:
    roster = an_office().roster()
    assert roster.roles_of("sun", NOW, Rules()) == {"section_head", "office_head", "office_clerk"}
    assert roster.roles_of("li", NOW, Rules()) == {"leader_in_charge"}
    assert roster.roles_of("xie", NOW, Rules()) == {"leader_in_charge"}
    assert roster.roles_of("wu", NOW, Rules()) == frozenset()


def test_a_fallback_is_held_only_where_nobody_holds_the_role_itself() -> None:
    vacant = Office().unit("leaders", "leadership").person("huang", "leaders", "principal_leader")
    assert "leader_in_charge" in vacant.roster().roles_of("huang", NOW, Rules())
    assert "leader_in_charge" not in an_office().roster().roles_of("huang", NOW, Rules())


def test_permissions_follow_from_roles_grants_and_the_person() -> None:
    office = an_office().grant("member", "documents:document:read").grant("office_clerk", "documents:ledger:read")
    office.person("admin", permissions=["directory:unit:create"])
    roster = office.roster()
    assert roster.permissions_of("chen", NOW, Rules()) == {"documents:step:act", "documents:document:read"}
    assert roster.permissions_of("zhu", NOW, Rules()) == {"documents:ledger:read", "documents:document:read"}
    assert roster.permissions_of("admin", NOW, Rules()) == {"directory:unit:create", "documents:document:read"}
    assert roster.permissions_of("stranger", NOW, Rules()) == frozenset()
