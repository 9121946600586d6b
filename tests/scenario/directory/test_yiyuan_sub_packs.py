"""沂源县：分管领导为分管口制定的具体运行机制，只能细化、从严（第二十六条）."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.kit.policy.source import write
from tests.scenario.directory.registry import permitted
from tests.scenario.documents.scene import dues
from tests.scenario.documents.yiyuan import a_report, county_of, done
from tests.scenario.world import Office

ANSWERED: dict[str, Any] = {
    "id": "answered",
    "kind": "limit",
    "clause": "education/1.1",
    "on": "documents.step.arrived",
    "when": {"procedure": "report-route", "act": "approve", "important": {"not": True}},
    "ladder": [{"at": "due", "do": "breach"}],
    "tightens": "answered-in-time",
}


def education(days: int, version: int = 1, **rule: Any) -> str:
    """Mr Tang's mechanism for education: how soon he answers."""
    asked = {**ANSWERED, "budget": {"value": days, "unit": "working_days"}, **rule}
    pack = {
        "schema": 1,
        "pack": "yiyuan-education",
        "version": version,
        "title": "教育口工作运行机制",
        "issuer": "沂源县分管教育副县长",
        "effective_from": date(2004, 11, 1),
        "layer": "instruction",
        "tightens": "yiyuan-procedures",
        "clauses": [{"id": "education/1.1", "article": "第一条", "quote": "对教育口的请示汇报从快答复"}],
        "rules": [{key: value for key, value in asked.items() if value is not None}],
    }
    return write(pack)


def put_in_force(county: Office, source: str) -> None:
    tang = county.as_("tang")
    tang.do("ActivatePack", name=tang.do("CreatePack", source=source).name)


@pytest.mark.clause("yiyuan/26.1")
def test_the_mechanism_of_a_leader_may_tighten_and_not_loosen(office: Any) -> None:
    county = county_of(office, "2004-11-01 10:00")
    tang = county.office.as_("tang")
    refused = tang.refused("CreatePack", source=education(10))
    assert (refused.reason, refused.clause) == ("SUB_PACK_LOOSENS", "yiyuan/26.1")
    looser = tang.refused("CreatePack", source=education(5, on="documents.step.completed"))
    assert (looser.reason, looser.clause) == ("SUB_PACK_LOOSENS", "yiyuan/26.1")
    put_in_force(county.office, education(3))
    report = a_report(county, "jiao")
    done(county, report, "read", "meng")
    assert dues(county.step(report, "opinion")) == [("2004-11-04 18:00", "education/1.1")]


@pytest.mark.clause("yiyuan/26.1")
def test_what_became_looser_since_it_was_written_is_not_put_in_force(office: Any) -> None:
    county = county_of(office, "2004-11-01 10:00")
    tang = county.office.as_("tang")
    kept = tang.do("CreatePack", source=education(4)).name
    source = county.office.packs["yiyuan-procedures"]
    sooner = source.replace("version: 1\n", "version: 2\n", 1).replace("{value: 5, unit: working_days}", "{value: 3, unit: working_days}")
    meng = county.office.as_("meng")
    meng.do("ActivatePack", name=meng.do("CreatePack", source=sooner).name)
    refused = tang.refused("ActivatePack", name=kept)
    assert (refused.reason, refused.clause) == ("SUB_PACK_LOOSENS", "yiyuan/26.1")


@pytest.mark.clause("yiyuan/26.1")
def test_a_mechanism_may_add_for_its_own_field(office: Any) -> None:
    county = county_of(office, "2004-11-01 10:00")
    narrower = {**ANSWERED["when"], "initiating_unit": "education"}
    put_in_force(county.office, education(2, tightens=None, when=narrower))
    own: list[tuple[str, str]] = []
    other: list[tuple[str, str]] = []
    for by, limits in (("jiao", own), ("nie", other)):
        report = a_report(county, by)
        done(county, report, "read", "meng")
        limits += dues(county.step(report, "opinion"))
    assert own == [("2004-11-03 18:00", "education/1.1"), ("2004-11-08 18:00", "yiyuan/4.7")]
    assert other == [("2004-11-08 18:00", "yiyuan/4.7")]


@pytest.mark.clause("yiyuan/26.1")
def test_only_leaders_make_mechanisms_for_their_fields(office: Any) -> None:
    county = county_of(office, "2004-11-01 10:00")
    meng = permitted(county.office, "meng", "directory:pack:create", "directory:pack:activate", "directory:pack:repeal")
    refused = meng.refused("CreatePack", source=education(3))
    assert (refused.reason, refused.clause) == ("NOT_IN_CHARGE", "yiyuan/26.1")
    kept = county.office.as_("tang").do("CreatePack", source=education(3)).name
    refused = meng.refused("ActivatePack", name=kept)
    assert (refused.reason, refused.clause) == ("NOT_IN_CHARGE", "yiyuan/26.1")
    county.office.as_("tang").do("ActivatePack", name=kept)
    refused = meng.refused("RepealPack", name=kept)
    assert (refused.reason, refused.clause) == ("NOT_IN_CHARGE", "yiyuan/26.1")
    county.office.as_("tang").do("RepealPack", name=kept)
    report = a_report(county, "jiao")
    done(county, report, "read", "meng")
    assert dues(county.step(report, "opinion")) == [("2004-11-08 18:00", "yiyuan/4.7")]
