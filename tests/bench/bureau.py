"""The bureau of the benches: one of each role that the route of an incoming document needs."""

from __future__ import annotations

from services.kit.policy.load import load
from services.kit.testing.office import Office
from tests.scenario import packs


def a_bureau(tenant: str, pack: str = "ganzhou-water-2019") -> Office:
    """An office with the pack in force and what it grants."""
    office = Office(tenant, "市水利局")
    office.unit("leadership", kind="leadership").unit("office", kind="office").unit("river", kind="section")
    office.person("huang", unit="leadership", post="principal_leader").person("li", unit="leadership", post="deputy_leader")
    office.person("sun", unit="office", post="unit_head").person("chen", unit="office", post="staff")
    office.person("zhou", unit="office", post="registrar").person("ma", unit="river", post="unit_head").in_charge("li", "river")
    source = packs.text(pack)
    office.pack(source)
    for role, permissions in load(source).grants.items():
        office.grant(role, *permissions)
    return office
