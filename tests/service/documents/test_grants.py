"""Grants: who sees what was lent, until when, and who may lend."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from tests.service.documents.conftest import START, Works


def stamp(at: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(at)
    return made


def lent(works: Works, who: Any = None, **fields: Any) -> Any:
    values = {"end_time": stamp(START + timedelta(days=2)), "reason": "协同", **fields}
    return (who or works.scribe).GrantAccess(**values)


def titles(person: Any) -> list[str]:
    return [document.title for document in person.ListDocuments().documents]


@pytest.mark.parametrize("grantee", [{"person": "guest"}, {"unit": "south"}, {"unit": "south", "post": "hand"}])
def test_a_lent_document_is_seen_until_the_end(works: Works, grantee: dict[str, str]) -> None:
    document = works.register()
    assert titles(works.guest) == []
    lent(works, grantee=grantee, document=document.name)
    assert (titles(works.guest), works.guest.GetDocument(name=document.name).title) == ([document.title], document.title)
    works.pass_time(days=2)
    assert (titles(works.guest), works.guest.refused("GetDocument", name=document.name).code) == ([], "NOT_FOUND")


def test_another_post_of_the_unit_does_not_see_it(works: Works) -> None:
    document = works.register()
    lent(works, grantee={"unit": "south", "post": "foreman"}, document=document.name)
    assert (titles(works.guest), titles(works.south)) == ([], [document.title])


def test_a_revoked_grant_shows_nothing(works: Works) -> None:
    document = works.register()
    grant = lent(works, grantee={"person": "guest"}, document=document.name)
    ended = works.scribe.RevokeAccess(name=grant.name, reason="已办结")
    assert (titles(works.guest), ended.revoked_by) == ([], "scribe")
    assert works.scribe.refused("RevokeAccess", name=grant.name, reason="再次").reason == "GRANT_ENDED"


def test_what_the_route_shows_stays_when_a_grant_is_revoked(works: Works) -> None:
    document = works.at_work()
    grant = lent(works, grantee={"person": "north"}, document=document.name)
    works.scribe.RevokeAccess(name=grant.name, reason="重复")
    assert titles(works.north) == [document.title]


def test_a_units_documents_of_a_period_are_seen(works: Works) -> None:
    early = works.at_work(handling_text="修好围墙")
    works.pass_time(days=1)
    works.at_work()
    lent(works, works.north, grantee={"person": "guest"}, source_unit="north", listed_until=stamp(START + timedelta(hours=12)))
    assert [document.name for document in works.guest.ListDocuments().documents] == [early.name]


def test_what_was_lent_is_not_lent_on(works: Works) -> None:
    document = works.register()
    lent(works, grantee={"person": "south"}, document=document.name)
    refused = works.south.refused(
        "GrantAccess", grantee={"person": "guest"}, document=document.name, end_time=stamp(START + timedelta(days=1)), reason="转借"
    )
    assert refused.code == "NOT_FOUND"


def test_the_documents_of_another_unit_are_not_lent(works: Works) -> None:
    wanted = {"grantee": {"person": "guest"}, "source_unit": "south", "end_time": stamp(START + timedelta(days=1)), "reason": "借阅"}
    assert works.north.refused("GrantAccess", **wanted).code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"end_time": stamp(START)}, "GRANT_END_INVALID"),
        ({"grantee": {"person": "nobody"}}, "UNKNOWN_PERSON"),
        ({"grantee": {"unit": "nowhere"}}, "UNKNOWN_UNIT"),
        ({"grantee": {"unit": "south", "post": "king"}}, "UNKNOWN_CODE"),
    ],
)
def test_a_grant_that_says_nothing_sensible_is_refused(works: Works, changed: dict[str, Any], reason: str) -> None:
    wanted = {
        "grantee": {"person": "guest"}, "document": works.register().name, "end_time": stamp(START + timedelta(days=1)), "reason": "借阅",
    }  # fmt: skip
    assert works.scribe.refused("GrantAccess", **(wanted | changed)).reason == reason


def test_grants_are_listed_for_giver_receiver_and_supervisor_and_audited(works: Works) -> None:
    document = works.register()
    grant = lent(works, grantee={"person": "guest"}, document=document.name)
    asked = [(works.scribe, 1), (works.guest, 2), (works.eldest, 3), (works.north, 1), (works.north, 2), (works.north, 3)]
    found = [[g.name for g in person.ListAccessGrants(scope=scope).grants] for person, scope in asked]
    assert found == [[grant.name]] * 3 + [[]] * 3
    assert [row.subject for row in works.rows("audit", act="documents.access.grant")] == [grant.name]
