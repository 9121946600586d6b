"""Which packs count for a tenant at a moment, and for a matter that keeps its own."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from services.kit.clock import DrivenClock
from services.kit.policy import BadPack, load
from services.kit.policy.cache import PackCache, PinnedPackMissing
from services.kit.policy.source import write
from tests.unit.kit.policy.office import data, rule

START = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    pack: str
    version: int
    source: str
    active_from: datetime = START
    active_until: datetime | None = None


def version(number, active_from=START, active_until=None):
    check = rule("check", "check", require={"present": "title"})
    return Version("trips-2020", number, write(data(check, version=number)), active_from, active_until)


@dataclass
class Asked:
    versions: list
    at: datetime = START
    above: list = field(default_factory=list)
    roster: SimpleNamespace = field(init=False)
    ports: SimpleNamespace = field(init=False)

    def __post_init__(self):
        tenant = SimpleNamespace(id="child", parent="parent" if self.above else "", time_zone="Asia/Shanghai")
        parent = SimpleNamespace(tenant=SimpleNamespace(id="parent", parent="child"), packs=self.above)
        self.roster = SimpleNamespace(packs=self.versions, tenant=tenant)
        rosters = SimpleNamespace(recent=lambda db, name: {"parent": parent}[name])
        self.ports = SimpleNamespace(clock=DrivenClock(self.at), rosters=rosters, db=None)


def test_the_version_in_force_at_the_moment_counts():
    change = START + timedelta(days=10)
    asked = Asked([version(1, active_until=change), version(2, active_from=change)])
    cache = PackCache()
    at = [cache.rules(asked, at=moment).pins for moment in (START, change - timedelta(seconds=1), change)]
    assert at == [{"trips-2020": 1}, {"trips-2020": 1}, {"trips-2020": 2}]
    assert cache.rules(asked).pins == {"trips-2020": 1}


def test_before_anything_is_in_force_there_are_no_rules():
    assert PackCache().rules(Asked([version(1)]), at=START - timedelta(seconds=1)).check("trips.trip.submit", {}) == []


def test_a_matter_keeps_its_version_after_it_ended():
    asked = Asked([version(1, active_until=START), version(2)])
    assert PackCache().rules(asked, pins={"trips-2020": 1}).pins == {"trips-2020": 1}


def test_a_pinned_version_that_is_not_there_is_said():
    with pytest.raises(PinnedPackMissing, match="trips-2020 v3"):
        PackCache().rules(Asked([version(1)]), pins={"trips-2020": 3})


def test_the_same_versions_are_compiled_once():
    cache = PackCache()
    assert cache.rules(Asked([version(1)])) is cache.rules(Asked([version(1)]))


def test_a_version_with_other_words_is_another_one():
    cache = PackCache()
    other = Version("trips-2020", 1, write(data(title="新办法")))
    assert cache.rules(Asked([version(1)])).packs[0].head.title != cache.rules(Asked([other])).packs[0].head.title


def test_a_pack_that_cannot_be_compiled_is_not_passed_over():
    with pytest.raises(BadPack):
        PackCache().rules(Asked([Version("trips-2020", 1, "schema: 9\n")]))


def campaign(**head):
    check = {**rule("check", "storm", require={"present": "days"}), "clause": "storm/1.1"}
    clauses = [{"id": "storm/1.1", "article": "第一条", "quote": "从严"}]
    about = {"pack": "storm", "layer": "campaign", "effective_to": date(2020, 3, 31), "clauses": clauses, **head}
    return Version("storm", 1, write(data(check, **about)))


def test_a_campaign_ends_on_its_last_day_in_the_zone_of_the_tenant():
    asked = Asked([version(1), campaign()])
    last = datetime(2020, 3, 31, 15, 59, 59, tzinfo=UTC)
    rules = [PackCache().rules(asked, at=moment) for moment in (last, last + timedelta(seconds=1))]
    assert [set(each.pins) for each in rules] == [{"trips-2020", "storm"}, {"trips-2020"}]


def test_a_matter_keeps_a_campaign_that_is_over():
    asked = Asked([version(1), campaign()], at=datetime(2021, 1, 1, tzinfo=UTC))
    assert PackCache().rules(asked, pins={"storm": 1, "trips-2020": 1}).pins == {"storm": 1, "trips-2020": 1}


def test_a_campaign_of_the_tenant_above_binds_those_below():
    above = [campaign(binds_children=True), version(2)]
    rules = PackCache().rules(Asked([version(1)], above=above))
    assert rules.pins == {"storm": 1, "trips-2020": 1}
    assert [f.rule for f in rules.check("trips.trip.submit", {})] == ["storm", "check"]


def test_what_does_not_bind_those_below_stays_above():
    assert PackCache().rules(Asked([version(1)], above=[campaign()])).pins == {"trips-2020": 1}


def test_a_version_that_is_tried_counts_by_its_number_only_and_only_there():
    asked, kept = Asked([version(1)]), PackCache()
    trial = kept.trying(load(version(2).source))
    assert trial.rules(asked, pins={"trips-2020": 2}).pins == {"trips-2020": 2}
    assert trial.rules(asked).pins == trial.rules(asked, at=START + timedelta(days=9999)).pins == {"trips-2020": 1}
    assert trial.rules(asked, pins={"trips-2020": 1}) is kept.rules(asked, pins={"trips-2020": 1})
    with pytest.raises(PinnedPackMissing, match="trips-2020 v2"):
        kept.rules(asked, pins={"trips-2020": 2})
