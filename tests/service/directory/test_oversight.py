"""What overseers read: the audit with its verification, and packs as people read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import create_engine, text

from services.kit import audit
from services.kit.clock import DrivenClock
from services.kit.db.engine import driver_url
from services.kit.loop import drain
from services.kit.service import Ports
from services.kit.testing.channel import Client, Served
from services.kit.testing.postgres import PostgresServer
from tests.service.directory.packs import a_pack
from xiaoneng.directory.v1 import pack_view_service_pb2 as views
from xiaoneng.kit.v1 import audit_view_pb2


def seal(ports: Ports) -> None:
    drain([audit.Sealer(ports)], ports.clock.now())


def forge(ports: Ports, postgres: PostgresServer, statement: str) -> None:
    """What somebody with all rights on the database could do."""
    engine = create_engine(driver_url(postgres.url).set(database=ports.db.engine.url.database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def read_through(admin: Client, **wanted: Any) -> list[Any]:
    found: list[Any] = []
    token = ""
    while True:
        page = admin.ListAuditRecords(page_size=3, page_token=token, **wanted)
        found += page.records
        token = page.next_page_token
        if not token:
            return found


def test_the_audit_is_listed_newest_first_and_by_what_is_asked(staffed: Client) -> None:
    records = read_through(staffed)
    assert [each.id for each in records] == sorted((each.id for each in records), reverse=True)
    units = read_through(staffed, act="directory.unit.create")
    assert [(each.person, each.subject) for each in units] == [
        ("admin", f"units/{unit}") for unit in ("water", "planning", "office", "leaders")
    ]
    assert [each.act for each in read_through(staffed, subject="persons/chen")] == ["directory.person.create"]
    assert read_through(staffed, person="chen") == []


def test_a_record_says_what_belongs_to_it(staffed: Client) -> None:
    staffed.SetPermissions(name="persons/chen", permissions=["directory:unit:create"])
    (record,) = read_through(staffed, act="directory.permission.set")
    assert {each.name: each.value for each in record.details} == {"before": "[]", "after": '["directory:unit:create"]'}


def test_the_audit_is_listed_by_its_days(staffed: Client, driven_clock: DrivenClock) -> None:
    before = driven_clock.now()
    driven_clock.set(before + timedelta(days=1))
    staffed.CreateUnit(unit_id="soil", unit={"display_name": "水土保持科", "kind": "section"})
    later = read_through(staffed, start_time=before + timedelta(hours=1))
    assert [each.subject for each in later] == ["units/soil"]
    assert "units/soil" not in [each.subject for each in read_through(staffed, end_time=before + timedelta(hours=1))]


def test_who_does_not_oversee_reads_no_audit(staffed: Client, directory: Served) -> None:
    chen = directory.client("chen")
    assert chen.refused("ListAuditRecords").reason == "PERMISSION_MISSING"
    assert chen.refused("VerifyAudit").reason == "PERMISSION_MISSING"


def test_a_whole_chain_verifies_and_says_what_waits(staffed: Client, ports: Ports) -> None:
    seal(ports)
    staffed.CreateUnit(unit_id="soil", unit={"display_name": "水土保持科", "kind": "section"})
    found = staffed.VerifyAudit()
    assert (found.complete, found.unsealed_count, list(found.faults)) == (True, 1, [])
    assert found.verified_position == found.sealed_position == len(read_through(staffed)) - 1
    rest = staffed.VerifyAudit(after_position=found.sealed_position - 2)
    assert (rest.complete, rest.head, list(rest.faults)) == (True, found.head, [])


def test_forged_removed_and_cut_records_are_named(staffed: Client, ports: Ports, postgres: PostgresServer) -> None:
    seal(ports)
    whole = staffed.VerifyAudit().sealed_position
    forge(ports, postgres, "UPDATE audit SET person = 'nobody' WHERE position = 2")
    forge(ports, postgres, "DELETE FROM audit WHERE position = 4")
    forge(ports, postgres, f"DELETE FROM audit WHERE position = {whole}")
    faults = [(each.kind, each.position) for each in staffed.VerifyAudit().faults]
    assert faults == [
        (audit_view_pb2.AUDIT_FAULT_KIND_CHANGED, 2),
        (audit_view_pb2.AUDIT_FAULT_KIND_MISSING, 4),
        (audit_view_pb2.AUDIT_FAULT_KIND_CUT, whole),
    ]


def test_a_pack_is_read_clause_by_clause(staffed: Client) -> None:
    staffed.CreatePack(source=a_pack())
    found = staffed.GetPackOutline(name="packs/trial/versions/1")
    assert found.title
    rules = {rule.id: rule for rule in found.rules}
    for clause in found.clauses:
        assert clause.article
        assert all(clause.id in rules[rule].clauses for rule in clause.rules)
    assert {rule for clause in found.clauses for rule in clause.rules} == set(rules)
    assert all(f"id: {rule.id}" in rule.text for rule in found.rules)


def test_two_versions_are_compared(staffed: Client) -> None:
    first = a_pack()
    staffed.CreatePack(source=first)
    second = first.replace("version: 1", "version: 2").replace("title: ", "title: 新", 1)
    staffed.CreatePack(source=second)
    same = staffed.ComparePacks(name="packs/trial/versions/1", base_version=1)
    found = staffed.ComparePacks(name="packs/trial/versions/2", base_version=1).differences
    assert list(same.differences) == []
    assert [(each.part, each.id, each.change) for each in found] == [("head", "title", views.PackDifference.CHANGE_CHANGED)]
    assert "新" in found[0].words[0]


def test_a_version_that_is_not_there_is_missing(staffed: Client) -> None:
    staffed.CreatePack(source=a_pack())
    assert staffed.refused("GetPackOutline", name="packs/trial/versions/9").reason == "NOT_FOUND"
    assert staffed.refused("ComparePacks", name="packs/trial/versions/1", base_version=9).reason == "NOT_FOUND"
