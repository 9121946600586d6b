"""Next year's calendar comes while the platform runs."""

from pathlib import Path

import pytest

from services.kit.worktime.files import CalendarFileWrong, CalendarFolder

YEAR = """
year: {year}
source: https://example.org/{year}
holidays:
  - {{name: 元旦, from: {year}-01-01, to: {year}-01-03}}
  - {{name: 春节, from: {year}-02-06, to: {year}-02-12}}
  - {{name: 清明节, from: {year}-04-05, to: {year}-04-05}}
  - {{name: 劳动节, from: {year}-05-01, to: {year}-05-05}}
  - {{name: 端午节, from: {year}-06-09, to: {year}-06-09}}
  - {{name: 中秋节, from: {year}-09-15, to: {year}-09-15}}
  - {{name: 国庆节, from: {year}-10-01, to: {year}-10-07}}
working: []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lay(tmp_path, 2027)
    return tmp_path


def lay(folder: Path, year: int) -> None:
    """Lays a calendar beside the others, as a kubelet or an administrator would: whole or not at all."""
    beside = folder / f"{year}.new"
    beside.write_text(YEAR.format(year=year), encoding="utf-8")
    beside.replace(folder / f"{year}.yaml")


def years(calendars: CalendarFolder) -> list[int]:
    return [each.year for each in calendars.years()]


def test_a_year_that_is_laid_beside_the_others_is_known_without_a_restart(folder: Path) -> None:
    calendars = CalendarFolder(folder, look_seconds=0)
    assert years(calendars) == [2027]
    lay(folder, 2028)
    assert years(calendars) == [2027, 2028]


def test_nothing_is_read_again_while_nothing_changes(folder: Path) -> None:
    calendars = CalendarFolder(folder, look_seconds=0)
    assert calendars.years() is calendars.years()


def test_a_slip_of_the_hand_keeps_what_was_known(folder: Path) -> None:
    calendars = CalendarFolder(folder, look_seconds=0)
    (folder / "2028.yaml").write_text("year: 2029", encoding="utf-8")
    assert years(calendars) == [2027]
    lay(folder, 2028)
    assert years(calendars) == [2027, 2028]


def test_a_process_does_not_start_with_a_bad_calendar(folder: Path) -> None:
    (folder / "2028.yaml").write_text("year: 2029", encoding="utf-8")
    with pytest.raises(CalendarFileWrong):
        CalendarFolder(folder)


def test_the_disk_is_not_asked_all_the_time(folder: Path) -> None:
    calendars = CalendarFolder(folder, look_seconds=3600)
    lay(folder, 2028)
    assert years(calendars) == [2027]
