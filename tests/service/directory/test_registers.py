"""Registers as a whole: what a spreadsheet brings row by row, who owes what over the years."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from services.directory.loops import RegisterWatch
from services.kit.clock import DrivenClock
from services.kit.deadline import Watch
from services.kit.loop import drive
from services.kit.service import Ports
from services.kit.testing.channel import TENANT, Client, Served
from tests.service.directory.packs import BODY, a_pack

HEAD = ("登记对象", "向导", "起始日")
YEARLY = """\
  - id: reports
    kind: register
    label: 述职
    clause: trial/2.1
    name: reports
    per: each
    each: river
    fields: {year: {label: 年度, type: int}}
    period: {column: year, times: {every: year, on: last_working_day, at: "18:00"}}
    gap: RIVER_WITHOUT_LEADER
"""


@pytest.fixture
def ruled(staffed: Client) -> Client:
    """The bureau under the trial regulation, with one register more."""
    staffed.CreatePack(source=a_pack(body=BODY + YEARLY))
    staffed.ActivatePack(name="packs/trial/versions/1")
    return staffed


@pytest.fixture
def chen(directory: Served, ruled: Client) -> Client:
    """Head of the planning section, who keeps its guides."""
    return directory.client("chen")


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, data = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(data)
    return data.getvalue()


def taken_in(client: Client, *rows: tuple[Any, ...], register: str = "guides", **more: Any) -> Any:
    return client.ImportRegistrations(register=f"registers/{register}", workbook=sheet(*rows), **more)


def errors(answer: Any) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.reason) for error in answer.errors]


def entries(client: Client, register: str = "guides") -> list[tuple[str, str]]:
    listed = client.ListRegistrations(register=f"registers/{register}").registrations
    return sorted((entry.holder, entry.fields[0].value) for entry in listed)


def owing(client: Client, register: str) -> list[str]:
    return [gap.holder for gap in client.ListGaps(register=f"registers/{register}").gaps]


# ---- a spreadsheet ---------------------------------------------------------------------------------------------------


def test_every_row_that_cannot_be_taken_is_named_and_none_is_taken(chen: Client, ports: Ports) -> None:
    answer = taken_in(
        chen,
        HEAD,
        ("planning", "li", None),
        ("planning", "nobody", None),
        ("nowhere", "li", None),
        ("planning", None, None),
        ("planning", "sun", "明天"),
        ("water", "sun", None),
        (None, None, None),
        ("planning", "chen", "2025-10-08"),
        ("planning", "wang", None),
    )
    assert errors(answer) == [
        (3, "向导", "FIELD_INVALID"),
        (4, "", "UNIT_UNKNOWN"),
        (5, "向导", "FIELD_REQUIRED"),
        (6, "起始日", "FIELD_INVALID"),
        (7, "", "NOT_REGISTER_KEEPER"),
        (10, "", "TOO_MANY_GUIDES"),
    ]
    assert answer.errors[-1].text == "planning已有2名向导，不超过2名（《试行办法》第一条）"
    assert {error.sheet for error in answer.errors} == {"向导"}
    assert (answer.created, entries(chen)) == (0, [])


def test_a_trial_says_what_would_be_done_and_the_same_sheet_twice_does_it_once(chen: Client) -> None:
    rows = (HEAD, ("planning", "li", None), ("planning", "chen", datetime(2025, 10, 8)), ("planning", "li", None))
    trial = taken_in(chen, *rows, dry_run=True)
    assert (trial.created, trial.unchanged, errors(trial), entries(chen)) == (2, 1, [], [])
    done = taken_in(chen, *rows)
    assert (done.created, done.unchanged, errors(done)) == (2, 1, [])
    again = taken_in(chen, *rows)
    assert (again.created, again.unchanged, errors(again)) == (0, 3, [])
    assert entries(chen) == [("units/planning", "chen"), ("units/planning", "li")]


def test_what_is_taken_in_waits_for_consent_as_what_is_written_by_hand(directory: Served, chen: Client) -> None:
    taken_in(chen, HEAD, ("planning", "li", None))
    (entry,) = chen.ListRegistrations(register="registers/guides").registrations
    assert (entry.awaiting, "units/planning" in owing(chen, "guides")) == ("office_head", True)
    for who in ("zhou", "wang"):
        directory.client(who).ApproveRegistration(name=entry.name)
    assert owing(chen, "guides") == ["units/water"]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (("登记对象", "起始日"), [(1, "向导", "COLUMN_MISSING")]),
        (("向导",), [(1, "登记对象", "COLUMN_MISSING")]),
        ((*HEAD, "电话"), [(1, "电话", "COLUMN_UNKNOWN")]),
        ((), [(1, "登记对象", "COLUMN_MISSING"), (1, "向导", "COLUMN_MISSING")]),
    ],
)
def test_a_sheet_with_other_columns_is_not_taken(chen: Client, head: tuple[str, ...], found: list[Any]) -> None:
    answer = taken_in(chen, head, ("planning", "li", "2025-10-08", "1"))
    assert (errors(answer), entries(chen)) == (found, [])


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04broken"])
def test_what_is_no_spreadsheet_is_refused(chen: Client, data: bytes) -> None:
    refused = chen.refused("ImportRegistrations", register="registers/guides", workbook=data)
    assert refused.code == "INVALID_ARGUMENT"
    assert refused.fields == ("workbook",)


def test_a_register_that_is_none_is_refused(chen: Client) -> None:
    assert chen.refused("ImportRegistrations", register="registers/none", workbook=sheet(HEAD)).reason == "REGISTER_UNKNOWN"


# ---- gaps ------------------------------------------------------------------------------------------------------------


def to_the_end_of(year: int, ports: Ports, clock: DrivenClock) -> None:
    """The last working day of a year, 18:00 in Shanghai, when the reports of the year are owed."""
    drive(clock, [RegisterWatch(ports), Watch(ports)], datetime(year, 12, 31, 10, tzinfo=UTC))


def test_each_year_is_owed_by_itself_until_it_is_there(chen: Client, ports: Ports, driven_clock: DrivenClock) -> None:
    assert owing(chen, "reports") == []
    to_the_end_of(2025, ports, driven_clock)
    assert owing(chen, "reports") == ["east", "west"]
    taken_in(chen, ("登记对象", "年度"), ("东河", 2025), register="reports")
    assert owing(chen, "reports") == ["west"]
    to_the_end_of(2026, ports, driven_clock)
    assert owing(chen, "reports") == ["east", "west"]
    taken_in(chen, ("登记对象", "年度"), ("东河", 2026), ("西河", 2026), register="reports")
    assert owing(chen, "reports") == ["west"]
    taken_in(chen, ("登记对象", "年度"), ("西河", " ２０２５ "), register="reports")
    assert owing(chen, "reports") == []


def test_what_was_ended_counts_for_its_year_and_what_was_refused_for_none(
    directory: Served, chen: Client, ports: Ports, driven_clock: DrivenClock
) -> None:
    to_the_end_of(2025, ports, driven_clock)
    taken_in(chen, ("登记对象", "年度"), ("东河", 2025), ("西河", 2024), register="reports")
    ended = next(e for e in chen.ListRegistrations(register="registers/reports").registrations if e.holder == "east")
    chen.EndRegistration(name=ended.name)
    assert owing(chen, "reports") == ["west"]


def test_a_gap_opens_and_closes_with_the_unit_that_owes(ruled: Client, chen: Client) -> None:
    ruled.CreateUnit(unit_id="canal", unit={"display_name": "渠道科", "kind": "section"})
    (gap,) = [gap for gap in chen.ListGaps(register="registers/guides").gaps if gap.holder == "units/canal"]
    assert (gap.display_name, gap.text, gap.citation.clause) == ("渠道科", "渠道科没有向导，应有1名", "trial/1.3")
    ruled.CloseUnit(name="units/canal")
    assert "units/canal" not in owing(chen, "guides")


def test_a_gap_of_another_office_is_not_told(directory: Served, operator: Client, chen: Client) -> None:
    operator.CreateTenant(
        tenant_id="elsewhere",
        tenant={"display_name": "别处", "kind": "municipal_bureau"},
        administrator={"person_id": "admin", "display_name": "管理员", "issuer": "https://id.example", "sub": "a-1"},
    )
    assert (TENANT, directory.client("admin", "elsewhere").ListGaps().gaps) == ("office", [])
    assert owing(chen, "guides") == ["units/planning", "units/water"]
