"""Many at once: numbers of the directory stay gapless, and nobody loses a change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc

from services.kit.roster.metrics import RosterCollector
from services.kit.rpc.status import read
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Client, Served

AT_ONCE = 6
EACH = 4


def test_changes_at_once_have_consecutive_numbers(directory: Served, admin: Client, ports: Ports) -> None:
    def create(worker: int) -> None:
        client = directory.client("admin")
        for n in range(EACH):
            client.CreateUnit(unit_id=f"u{worker}-{n}", unit={"display_name": "科", "kind": "section"})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(create, range(AT_ONCE)))
    outbox = ports.db.metadata.tables["outbox"]
    with ports.db.tenant(TENANT) as tx:
        rows = tx.all(outbox.select().where(outbox.c.type == "directory.roster.changed.v1"))
        numbers = sorted(int(row.data["number"]) for row in rows)
        versions = sorted(row.subject_version for row in rows)
        assert len(tx.roster.units()) == AT_ONCE * EACH
    assert numbers == versions == list(range(1, AT_ONCE * EACH + 2))


def test_of_two_who_take_one_id_at_once_one_gets_it(directory: Served, admin: Client) -> None:
    def create(_: int) -> str:
        try:
            return str(directory.client("admin").CreateUnit(unit_id="same", unit={"display_name": "科", "kind": "section"}).name)
        except grpc.RpcError as refused:
            return read(refused).reason

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(create, range(AT_ONCE)))
    assert answers == ["UNIT_EXISTS"] * (AT_ONCE - 1) + ["units/same"]


def test_the_number_of_each_tenant_is_shown(admin: Client, ports: Ports) -> None:
    admin.CreateUnit(unit_id="a", unit={"display_name": "科", "kind": "section"})
    shown = {(f.name, s.labels["tenant"]): s.value for f in RosterCollector([ports]).collect() for s in f.samples}
    assert shown == {("xiaoneng_roster_number", TENANT): 2, ("xiaoneng_roster_gap_age_seconds", TENANT): 0}
