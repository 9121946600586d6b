"""沂源县：工作酝酿——谁可以同谁酝酿，意见只限参加人员知悉."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.documents.scene import scene
from tests.scenario.documents.yiyuan import audited


@pytest.mark.clause("yiyuan/4.3", "yiyuan/6.2")
def test_a_principal_leader_may_deliberate_with_anybody_at_any_time(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-06-17 09:00"))
    refused = county.jiao.refused("OpenThread", subject="中小学布局调整", persons=["ren"], text="拟撤并三所学校")
    assert (refused.reason, refused.clause) == ("LEVEL_SKIPPED", "yiyuan/4.3")
    thread = county.ren.OpenThread(subject="中小学布局调整", persons=["jiao"], text="请提出意见")
    county.at("2004-06-17 10:00")
    answered = county.jiao.AddOpinion(name=thread.name, text="建议分两年撤并")
    assert [(said.person, said.text) for said in answered.opinions] == [("ren", "请提出意见"), ("jiao", "建议分两年撤并")]
    assert [o.person for o in county.ren.GetThread(name=thread.name).opinions] == ["ren", "jiao"]
    assert county.jiao.OpenThread(subject="中小学布局调整", persons=["tang", "wen"]).opener == "jiao"


@pytest.mark.clause("yiyuan/17.1")
def test_opinions_are_seen_by_the_persons_of_the_thread_alone(office: Any) -> None:
    county = scene(office("yiyuan", at="2004-09-24 09:00"))
    thread = county.ren.OpenThread(subject="文化体制改革", persons=["tang", "wen"], text="先酝酿，不外传")
    assert county.wen.GetThread(name=thread.name).persons == ["ren", "tang", "wen"]
    county.at("2004-09-27 09:00")
    for somebody in ("du", "meng", "sang"):
        refused = getattr(county, somebody).refused("GetThread", name=thread.name)
        assert (refused.reason, refused.clause) == ("NOT_VISIBLE", "yiyuan/17.1")
        assert list(getattr(county, somebody).ListThreads().threads) == []
    assert county.du.refused("AddOpinion", name=thread.name, text="我也有意见").reason == "NOT_VISIBLE"
    assert audited(county, "documents.thread.read_refused") == [(who, thread.name) for who in ("du", "meng", "sang", "du")]
    assert audited(county, "documents.thread.read") == [("wen", thread.name)]
    assert [t.name for t in county.tang.ListThreads().threads] == [thread.name]
