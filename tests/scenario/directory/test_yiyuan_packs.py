"""沂源县：谁发布和解释本工作运行程序，发布日期，分管口的具体机制."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenario.directory.registry import permitted
from tests.scenario.world import Office, local

Opens = Callable[..., Office]
PACK = "yiyuan-procedures"


def version(county: Office, number: int, since: str = "2004-01-01") -> str:
    text = county.packs[PACK].replace("version: 1\n", f"version: {number}\n", 1)
    return text.replace("effective_from: 2004-01-01", f"effective_from: {since}", 1)


@pytest.mark.clause("yiyuan/27.1")
def test_only_the_two_county_offices_publish_versions(office: Opens) -> None:
    county = office("yiyuan", at="2004-06-01 09:00")
    source = version(county, 2)
    wen = permitted(county, "wen", "directory:pack:create", "directory:pack:activate", "directory:pack:repeal")
    refused = wen.refused("CreatePack", source=source)
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "yiyuan/27.1")
    made = county.as_("kong").do("CreatePack", source=source)
    refused = wen.refused("ActivatePack", name=made.name)
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "yiyuan/27.1")
    county.as_("meng").do("ActivatePack", name=made.name)
    refused = wen.refused("RepealPack", name=made.name)
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "yiyuan/27.1")


@pytest.mark.clause("yiyuan/27.1")
def test_only_the_two_county_offices_interpret(office: Opens) -> None:
    county = office("yiyuan", at="2004-06-01 09:00")
    note = {"pack": f"packs/{PACK}", "clause": "yiyuan/12.1", "text": "兼职督查工作人员可由办公室人员兼任"}
    wen = permitted(county, "wen", "directory:interpretation:create")
    refused = wen.refused("CreateInterpretation", interpretation=note)
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "yiyuan/27.1")
    made = county.as_("kong").do("CreateInterpretation", interpretation=note)
    refused = wen.refused("WithdrawInterpretation", name=made.name, reason="不妥")
    assert (refused.reason, refused.clause) == ("NOT_PACK_OWNER", "yiyuan/27.1")
    found = county.as_("sang").do("ListInterpretations", clause="yiyuan/12.1").interpretations
    assert [(one.text, one.citation.article, one.unit) for one in found] == [(note["text"], "第十二条", "units/party-office")]
    county.as_("meng").do("WithdrawInterpretation", name=made.name, reason="另行解释")
    assert not county.as_("sang").do("ListInterpretations", clause="yiyuan/12.1").interpretations


@pytest.mark.clause("yiyuan/28.1")
def test_a_version_without_a_date_of_publication_cannot_be_activated(office: Opens) -> None:
    county = office("yiyuan", at="2004-01-05 09:00")
    kong = county.as_("kong")
    undated = kong.do("CreatePack", source=version(county, 2, "null"))
    refused = kong.refused("ActivatePack", name=undated.name)
    assert (refused.reason, refused.clause) == ("EFFECTIVE_DATE_MISSING", "yiyuan/28.1")
    dated = kong.do("CreatePack", source=version(county, 3, "2004-01-05"))
    assert local(kong.do("ActivatePack", name=dated.name).active_from_time) == "2004-01-05 09:00"
