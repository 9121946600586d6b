"""Packs, roles and registers: kept, put in force, proposed, consented to, missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.directory.loops import RegisterWatch
from services.kit.clock import DrivenClock
from services.kit.deadline import Watch
from services.kit.loop import drive
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Client, Served
from tests.service.directory.packs import BODY, a_bare_pack, a_pack
from xiaoneng.directory.v1 import pack_service_pb2, register_service_pb2

ACTIVE, PROPOSED = register_service_pb2.Registration.STATE_ACTIVE, register_service_pb2.Registration.STATE_PROPOSED


@pytest.fixture
def ruled(staffed: Client) -> Client:
    """The bureau under the trial regulation."""
    staffed.CreatePack(source=a_pack())
    staffed.ActivatePack(name="packs/trial/versions/1")
    return staffed


def guide(unit: str, person: str) -> dict[str, Any]:
    return {"register": "registers/guides", "holder": f"units/{unit}", "fields": [{"name": "person", "value": person}]}


def appointed(directory: Served, unit: str, head: str, person: str) -> Any:
    proposed = directory.client(head).CreateRegistration(registration=guide(unit, person))
    for who in ("zhou", "wang"):
        directory.client(who).ApproveRegistration(name=proposed.name)
    return directory.client(who).GetRegistration(name=proposed.name)


def outbox(ports: Ports, type_: str) -> list[Any]:
    table = ports.db.metadata.tables["outbox"]
    with ports.db.tenant(TENANT) as tx:
        return list(tx.all(table.select().where(table.c.type == type_).order_by(table.c.seq)))


# -- packs -------------------------------------------------------------------------------------------------------------


def test_a_pack_with_faults_is_refused_with_every_line(staffed: Client) -> None:
    source = a_pack(
        body=BODY.replace("posts: [unit_head], of: unit", "posts: [nobody], of: unit").replace("min: 1\n    max: 2", "min: 3\n    max: 2")
    )
    problems = staffed.CheckPack(source=source).problems
    assert [(problem.what, problem.mend) for problem in problems] == [
        ("post nobody is not known", "known are deputy_leader, unit_head"),
        ("`max` is smaller than `min`", "at least `min`, at most `max` entries belong to each"),
    ]
    lines = source.splitlines()
    assert ["posts: [nobody]" in lines[problems[0].line - 1], lines[problems[1].line - 1].strip()] == [True, "max: 2"]
    refused = staffed.refused("CreatePack", source=source)
    assert (refused.code, refused.reason, len(refused.fields)) == ("INVALID_ARGUMENT", "PACK_INVALID", len(problems))


def test_what_is_no_pack_at_all_is_refused(staffed: Client) -> None:
    for source in ("nonsense", "[1, 2]", "a: [", "schema: 99"):
        assert staffed.refused("CreatePack", source=source).reason == "PACK_INVALID"


def test_a_version_is_kept_once_with_its_content(staffed: Client) -> None:
    staffed.CreatePack(source=a_pack())
    assert staffed.CreatePack(source=a_pack()).state == pack_service_pb2.Pack.STATE_DRAFT
    assert staffed.refused("CreatePack", source=a_pack(body=BODY + "# later\n")).reason == "VERSION_EXISTS"
    assert staffed.GetPack(name="packs/trial/versions/1").source == a_pack()


def test_a_new_version_takes_the_place_of_the_one_before_at_its_moment(directory: Served, ruled: Client, driven_clock: DrivenClock) -> None:
    ruled.SetPermissions(name="persons/zhou", permissions=["directory:pack:create", "directory:pack:activate"])
    zhou, later = directory.client("zhou"), driven_clock.now() + timedelta(days=7)
    zhou.CreatePack(source=a_pack(version=2, body=BODY.replace("max: 2", "max: 3")))
    zhou.ActivatePack(name="packs/trial/versions/2", active_from_time=later)
    old = zhou.GetPack(name="packs/trial/versions/1")
    assert (old.state, old.active_until_time.ToDatetime(UTC)) == (pack_service_pb2.Pack.STATE_ACTIVE, later)
    assert [register.most for register in zhou.ListRegisters().registers if register.name == "registers/guides"] == [2]
    driven_clock.set(later)
    assert [register.most for register in zhou.ListRegisters().registers if register.name == "registers/guides"] == [3]
    assert [pack.name for pack in zhou.ListPacks(active_only=True).packs] == ["packs/trial/versions/2"]
    assert zhou.refused("ActivatePack", name="packs/trial/versions/2").reason == "ACTIVE_ALREADY"


def test_who_publishes_a_new_version_is_the_regulations_to_say(ruled: Client) -> None:
    refused = ruled.refused("CreatePack", source=a_pack(version=2))
    assert (refused.reason, refused.clause, refused.article) == ("NOT_FROM_OFFICE", "trial/3.1", "第五条")
    assert refused.text == "只能由办公室发布（《试行办法》第五条）"


def test_a_repealed_pack_no_longer_counts(staffed: Client, ports: Ports) -> None:
    staffed.CreatePack(source=a_bare_pack("bare"))
    staffed.ActivatePack(name="packs/bare/versions/1")
    assert staffed.RepealPack(name="packs/bare/versions/1").state == pack_service_pb2.Pack.STATE_REPEALED
    assert staffed.refused("RepealPack", name="packs/bare/versions/1").reason == "NOT_ACTIVE"
    assert [row.data["pack"] for row in outbox(ports, "directory.pack.repealed.v1")] == ["bare"]
    assert staffed.ActivatePack(name="packs/bare/versions/1").state == pack_service_pb2.Pack.STATE_ACTIVE


def test_a_version_that_is_replaced_at_the_moment_of_its_beginning_is_still_known(directory: Served, ruled: Client, ports: Ports) -> None:
    ruled.SetPermissions(name="persons/zhou", permissions=["directory:pack:create", "directory:pack:activate"])
    zhou = directory.client("zhou")
    for version in (2, 3):
        zhou.CreatePack(source=a_pack(version=version, body=BODY.replace("max: 2", "max: 3")))
        zhou.ActivatePack(name=f"packs/trial/versions/{version}")
    with ports.db.tenant(TENANT) as tx:
        assert tx.rules(pins={"trial": 2}).pins == {"trial": 2}
        assert tx.rules().pins["trial"] == 3


def test_a_pack_travels_to_the_copies_with_its_source(ruled: Client, ports: Ports) -> None:
    rows = outbox(ports, "directory.roster.changed.v1")[-1].data["rows"]["packs"]
    assert [(row["pack"], row["version"], row["source"]) for row in rows] == [("trial", 1, a_pack())]


# -- vocabularies ------------------------------------------------------------------------------------------------------


def test_the_vocabularies_of_the_packs_are_listed_with_their_words(ruled: Client) -> None:
    found = {each.name: {term.code: term.display_name for term in each.terms} for each in ruled.ListVocabularies().vocabularies}
    assert found["vocabularies/river"] == {"east": "东河", "west": "西河"}
    assert list(found) == sorted(found)
    assert {"vocabularies/post", "vocabularies/unit_kind"} <= set(found)


# -- roles -------------------------------------------------------------------------------------------------------------


def test_holders_of_a_role_are_named_for_a_unit_and_a_moment(ruled: Client, driven_clock: DrivenClock) -> None:
    (holder,) = ruled.ListHolders(name="roles/head", unit="units/planning").holders
    assert (holder.person, holder.unit, holder.title) == ("persons/chen", "units/planning", "unit_head")
    before = driven_clock.now() - timedelta(days=1)
    assert ruled.refused("ListHolders", name="roles/head", unit="units/planning", at_time=before).reason in ("ROLE_UNKNOWN", "UNIT_UNKNOWN")
    assert ruled.refused("ListHolders", name="roles/nobody").reason == "ROLE_UNKNOWN"
    assert ruled.refused("ListHolders", name="roles/head", unit="units/none").reason == "UNIT_UNKNOWN"


def test_permissions_follow_from_the_posts_under_the_packs_in_force(directory: Served, ruled: Client) -> None:
    me = directory.client("zhou").GetMe()
    assert set(me.roles) == {"head", "office_head"}
    assert set(me.permissions) == {
        "directory:registration:create", "directory:registration:end", "directory:registration:approve", "directory:registration:reject",
    }  # fmt: skip
    assert list(me.regulated) == ["directory.pack"]
    (post,) = ruled.ListPosts(person="persons/zhou").posts
    ruled.EndPost(name=post.name)
    assert set(directory.client("zhou").GetMe().permissions) == {"directory:registration:create", "directory:registration:end"}


# -- registers ---------------------------------------------------------------------------------------------------------


def test_an_entry_counts_after_the_last_consent(directory: Served, ruled: Client, ports: Ports) -> None:
    proposed = directory.client("chen").CreateRegistration(registration=guide("planning", "li"))
    assert (proposed.state, proposed.awaiting) == (PROPOSED, "office_head")
    early = directory.client("wang").refused("ApproveRegistration", name=proposed.name)
    assert (early.reason, early.clause) == ("GUIDE_NOT_AGREED", "trial/1.2")
    directory.client("zhou").ApproveRegistration(name=proposed.name)
    done = directory.client("wang").ApproveRegistration(name=proposed.name, reason="同意")
    assert (done.state, done.awaiting, [d.role for d in done.decisions]) == (ACTIVE, "", ["office_head", "leader"])
    assert directory.client("wang").refused("ApproveRegistration", name=proposed.name).reason == "NOT_PROPOSED"
    assert [row.clause for row in outbox(ports, "directory.registration.activated.v1")] == ["trial/1.1"]


def test_a_refused_entry_does_not_count(directory: Served, ruled: Client) -> None:
    proposed = directory.client("chen").CreateRegistration(registration=guide("planning", "li"))
    done = directory.client("zhou").RejectRegistration(name=proposed.name, reason="人选不合适")
    assert (done.state, done.decisions[0].reason) == (register_service_pb2.Registration.STATE_REJECTED, "人选不合适")
    assert [gap.holder for gap in ruled.ListGaps(register="registers/guides").gaps] == ["units/planning", "units/water"]


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ([], "person"),
        ([{"name": "person", "value": "nobody"}], "person"),
        ([{"name": "person", "value": "li"}, {"name": "colour", "value": "red"}], "colour"),
        ([{"name": "person", "value": "li"}, {"name": "since", "value": "2025-02-30"}], "since"),
    ],
)
def test_columns_are_checked(directory: Served, ruled: Client, fields: list[dict[str, str]], column: str) -> None:
    refused = directory.client("chen").refused("CreateRegistration", registration={**guide("planning", "li"), "fields": fields})
    assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "FIELD_INVALID")
    assert refused.fields == (f"registration.fields.{column}",)


def test_a_register_or_holder_that_is_none_is_refused(directory: Served, ruled: Client) -> None:
    def refused(**about: Any) -> str:
        return directory.client("chen").refused("CreateRegistration", registration=guide("planning", "li") | about).reason

    assert refused(register="registers/none") == "REGISTER_UNKNOWN"
    assert refused(holder="units/none") == "UNIT_UNKNOWN"
    assert refused(register="registers/rivers", holder="north") == "FIELD_INVALID"


def test_only_the_keeper_of_a_register_proposes(directory: Served, ruled: Client) -> None:
    refused = directory.client("chen").refused("CreateRegistration", registration=guide("water", "sun"))
    assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "NOT_REGISTER_KEEPER")


def test_the_same_entry_and_one_too_many_are_refused(directory: Served, ruled: Client) -> None:
    chen = directory.client("chen")
    chen.CreateRegistration(registration=guide("planning", "li"))
    assert chen.refused("CreateRegistration", registration=guide("planning", "li")).reason == "REGISTRATION_EXISTS"
    chen.CreateRegistration(registration=guide("planning", "chen"))
    refused = chen.refused("CreateRegistration", registration=guide("planning", "sun"))
    assert (refused.reason, refused.clause) == ("TOO_MANY_GUIDES", "trial/1.1")
    assert "planning已有2名向导，不超过2名" in refused.text
    full = {"register": "registers/rivers", "holder": "east", "fields": [{"name": "person", "value": "wang"}]}
    chen.CreateRegistration(registration=full)
    other = {**full, "fields": [{"name": "person", "value": "li"}]}
    assert chen.refused("CreateRegistration", registration=other).reason == "REGISTER_FULL"


def drive_to(ports: Ports, clock: DrivenClock, at: datetime) -> None:
    drive(clock, [RegisterWatch(ports), Watch(ports)], at)


def test_a_gap_opens_when_the_last_one_leaves_and_is_due_after_the_limit(
    directory: Served, ruled: Client, ports: Ports, driven_clock: DrivenClock
) -> None:
    appointed(directory, "planning", "chen", "li")
    ruled.EndMembership(name="persons/li", end_time=datetime(2025, 9, 23, 2, tzinfo=UTC))
    drive_to(ports, driven_clock, datetime(2025, 9, 26, 9, 59, tzinfo=UTC))
    gap = next(g for g in ruled.ListGaps().gaps if g.holder == "units/planning")
    assert gap.since_time.ToDatetime(UTC) == datetime(2025, 9, 23, 2, tzinfo=UTC)
    assert gap.due_time.ToDatetime(UTC) == datetime(2025, 9, 26, 10, tzinfo=UTC)
    assert (gap.overdue, gap.citation.clause, gap.text) == (False, "trial/1.3", "planning没有向导，应有1名")
    drive_to(ports, driven_clock, datetime(2025, 9, 26, 10, tzinfo=UTC))
    (breach,) = outbox(ports, "directory.deadline.breached.v1")
    assert (breach.unit, breach.clause) == ("planning", "trial/1.3")
    appointed(directory, "planning", "chen", "chen")
    assert "units/planning" not in {g.holder for g in ruled.ListGaps().gaps}


def test_an_entry_ends_with_the_person_and_the_end_is_told(directory: Served, ruled: Client, ports: Ports) -> None:
    entry = appointed(directory, "planning", "chen", "li")
    ruled.UpdatePerson(person={"name": "persons/li", "unit": "units/water"}, update_mask={"paths": ["unit"]})
    assert directory.client("chen").GetRegistration(name=entry.name).state == register_service_pb2.Registration.STATE_ENDED
    assert [row.subject for row in outbox(ports, "directory.registration.ended.v1")] == [entry.name]


def test_gaps_are_told_once_when_they_open(ruled: Client, ports: Ports) -> None:
    told = [(row.data["register"], row.data["holder"]) for row in outbox(ports, "directory.gap.found.v1")]
    assert sorted(told) == [("guides", "planning"), ("guides", "water"), ("rivers", "east"), ("rivers", "west")]
    ruled.CreateUnit(unit_id="new", unit={"display_name": "新科", "kind": "office"})
    assert len(outbox(ports, "directory.gap.found.v1")) == 4


def test_gaps_go_with_the_regulation_that_demands_the_register(directory: Served, ruled: Client) -> None:
    ruled.SetPermissions(name="persons/zhou", permissions=["directory:pack:repeal"])
    directory.client("zhou").RepealPack(name="packs/trial/versions/1")
    assert ruled.ListGaps().gaps == []
    assert ruled.ListRegisters().registers == []
