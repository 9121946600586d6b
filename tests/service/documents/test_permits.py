"""A request for a permit lies with those who may decide it, until somebody has."""

from typing import Any

from services.documents.handlers import follow_posts
from services.kit.identity import system
from services.kit.roster.copy import Applied
from services.kit.testing.channel import TENANT
from services.kit.testing.office import Office
from tests.service.documents.conftest import Works
from tests.service.documents.test_filing import filed


def asked(works: Works) -> Any:
    document = works.at_work()
    return works.north.RequestPermit(name=document.name, acts=["COPY_ACT_PRINT", "COPY_ACT_FORWARD"], reason="修缮时查对")


def on_lists(works: Works, item: str) -> list[str]:
    """With whom it waits, by what the to-do list was told."""
    told = [each for what in ("opened", "changed", "ended") for each in works.events(f"documents.work.{what}.v1")]
    states = [each for each in (one["item"] for one in told) if each["item"] == item]
    return states[-1].get("persons", []) if states and states[-1]["state"] == "WORK_STATE_OPEN" else []


def test_a_request_lies_with_those_who_may_decide_it(works: Works) -> None:
    permit = asked(works)
    (item,) = [one["item"] for one in works.events("documents.work.opened.v1") if one["item"]["item"] == permit.name]
    assert (item["persons"], item["step"], item["remark"]) == (["eldest"], "审批申请", "north申请打印、转借：修缮时查对")
    assert works.eldest.DecidePermit(name=permit.name, granted=True).decider == "eldest"
    assert on_lists(works, permit.name) == []


def test_who_asks_decides_nothing(works: Works) -> None:
    document = works.at_work()
    permit = works.eldest.RequestPermit(name=document.name, acts=["COPY_ACT_PRINT"], reason="存底")
    assert on_lists(works, permit.name) == []
    assert works.eldest.refused("DecidePermit", name=permit.name, granted=True).reason == "NOT_FOUND"


def test_it_follows_the_post_of_those_who_decide(works: Works, office: Office) -> None:
    permit = asked(works)
    office.post("hand", "yard", "elder").install(works.ports)
    with works.ports.db.tenant(TENANT, system("documents", TENANT)) as tx:
        follow_posts(tx, Applied(2, tuple(office.rows), ()))
    assert on_lists(works, permit.name) == ["eldest", "hand"]
    works.hand.DecidePermit(name=permit.name, granted=False, reason="不宜外传")
    assert on_lists(works, permit.name) == []


def test_nobody_is_asked_about_what_was_destroyed(works: Works) -> None:
    document = filed(works)
    permit = works.north.RequestPermit(name=document.name, acts=["COPY_ACT_PRINT"], reason="查对")
    works.pass_time(days=1200)
    destruction = works.eldest.ProposeDestruction(documents=[document.name], reason="期满")
    assert on_lists(works, permit.name) == ["eldest"]
    works.north.DecideDestruction(name=destruction.name, approved=True, reason="同意")
    assert on_lists(works, permit.name) == []
