"""Which days count: the library, published files, an office's own arrangements, and years that nobody knows."""

from datetime import UTC, date, datetime, timedelta

import pytest
import yaml

from services.kit.worktime import Calendar, CalendarFileWrong, Kind, Known, OfficeHours, Override, Unknown, parse_year
from services.kit.worktime.files import load_years

# An invented arrangement of the year that the library does not know, with New Year arranged across the year's end.
INVENTED = """
year: 2027
source: 关于2027年部分节假日安排的通知（虚构）
holidays:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
  - {name: 春节, from: 2027-02-05, to: 2027-02-12}
  - {name: 清明节, from: 2027-04-03, to: 2027-04-05}
  - {name: 劳动节, from: 2027-05-01, to: 2027-05-05}
  - {name: 端午节, from: 2027-06-09, to: 2027-06-09}
  - {name: 中秋节, from: 2027-09-15, to: 2027-09-15}
  - {name: 国庆节, from: 2027-10-01, to: 2027-10-07}
working:
  - {date: 2026-12-27, name: 元旦}
  - {date: 2027-02-14, name: 春节}
"""


@pytest.fixture
def arrangement():
    return yaml.safe_load(INVENTED)


def test_a_make_up_workday_is_a_working_day_and_says_for_what(national):
    day = national.day(date(2019, 10, 12))
    assert (day.working, day.known, day.kind, day.name) == (True, True, Kind.MAKE_UP, "国庆节")


def test_every_name_of_a_holiday_is_chinese(national):
    days = [national.day(date(2004, 1, 1) + timedelta(days=n)) for n in range(365 * 22)]
    names = {day.name for day in days if day.name}
    assert {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"} < names
    assert not any(char.isascii() and char.isalpha() for name in names for char in name)


def test_a_year_has_as_many_working_days_as_the_notice_gives_it(national):
    working = [n for n in range(365) if national.day(date(2025, 1, 1) + timedelta(days=n)).working]
    assert len(working) == 248
    assert national.is_working_day(date(2025, 1, 26)) == Known(True)


def test_a_day_of_an_unpublished_year_is_unknown(national):
    assert national.is_working_day(date(2027, 3, 1)) == Unknown(True)
    assert national.is_working_day(date(2027, 5, 1)) == Unknown(False)
    assert not national.knows(2027)


def test_a_published_file_makes_the_year_known(arrangement):
    calendar = Calendar(published=[parse_year(arrangement, "2027.yaml")])
    assert calendar.is_working_day(date(2027, 2, 8)) == Known(False)
    assert calendar.is_working_day(date(2027, 2, 14)) == Known(True)
    assert calendar.is_working_day(date(2027, 3, 1)) == Known(True)
    assert calendar.day(date(2027, 2, 8)).name == "春节"


def test_the_last_known_year_is_counted_on_without_a_gap(arrangement):
    known = Calendar().known_until
    assert not Calendar().knows(known + 1)
    following = parse_year(yaml.safe_load(INVENTED.replace("2027-02-14", "2027-02-20")), "2027.yaml")
    assert Calendar(published=[following]).known_until == max(known, 2027)


def test_a_published_file_may_arrange_the_december_before(arrangement):
    calendar = Calendar(published=[parse_year(arrangement, "2027.yaml")])
    assert calendar.day(date(2026, 12, 27)).kind is Kind.MAKE_UP
    assert calendar.is_working_day(date(2026, 12, 26)) == Known(False)


def test_a_published_file_overrules_the_library_for_its_year(arrangement):
    text = INVENTED.replace("2026-12-27", "2025-12-27").replace("2027", "2026").replace("2026-02-14", "2026-02-15")
    calendar = Calendar(published=[parse_year(yaml.safe_load(text), "2026.yaml")])
    assert Calendar().day(date(2026, 2, 20)).kind is Kind.HOLIDAY
    assert calendar.day(date(2026, 2, 20)).kind is Kind.WORKDAY


def test_an_offices_own_day_is_known_even_in_an_unpublished_year():
    calendar = Calendar(overrides=[Override(date(2027, 3, 1), False, "整体搬迁")])
    assert calendar.is_working_day(date(2027, 3, 1)) == Known(False)
    assert calendar.day(date(2027, 3, 1)).name == "整体搬迁"


def test_a_units_arrangement_goes_before_its_tenants():
    tenant = Calendar(overrides=[Override(date(2019, 4, 9), False)])
    unit = tenant.with_overrides([Override(date(2019, 4, 9), True, "值守")])
    assert unit.day(date(2019, 4, 9)).kind is Kind.EXTRA
    assert not tenant.day(date(2019, 4, 9)).working


def test_the_version_changes_with_everything_that_changes_an_answer(arrangement):
    closure = Override(date(2019, 4, 9), False)
    calendars = [
        Calendar(),
        Calendar(published=[parse_year(arrangement, "2027.yaml")]),
        Calendar(overrides=[closure]),
        Calendar(overrides=[Override(date(2019, 4, 9), True)]),
        Calendar(hours=OfficeHours.parse(["09:00-17:00"])),
        Calendar(zone="UTC"),
    ]
    assert len({calendar.version for calendar in calendars}) == len(calendars)


def test_equal_calendars_are_one_key():
    one, two = Calendar(overrides=[Override(date(2019, 4, 9), False)]), Calendar(overrides=[Override(date(2019, 4, 9), False)])
    assert {one: 1}[two] == 1


def test_an_instant_is_shown_in_the_offices_zone(national):
    assert national.local(datetime(2019, 9, 30, 16, tzinfo=UTC)).date() == date(2019, 10, 1)
    assert national.moment(date(2019, 9, 30), timedelta(hours=24)) == datetime(2019, 9, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize("spans", [[], ["12:00-08:30"], ["08:30-12:00", "11:00-18:00"], ["08:30"], ["8:30-12:00"], ["08:30-24:30"]])
def test_office_hours_that_are_no_spans_of_a_day_are_refused(spans):
    with pytest.raises(ValueError, match=r"."):
        OfficeHours.parse(spans)


def broken(arrangement, **changes):
    return {**arrangement, **changes}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"year": "2027"}, "year must be a number"),
        ({"source": " "}, "source must name"),
        ({"comment": "x"}, "unknown key"),
        ({"holidays": None}, "holidays must be a list"),
        ({"holidays": [{"name": "元旦", "from": date(2027, 1, 1)}]}, "wants exactly"),
        ({"holidays": [{"name": "元旦", "from": date(2027, 1, 3), "to": date(2027, 1, 1)}]}, "no span"),
        ({"holidays": [{"name": "元旦", "from": "1月1日", "to": date(2027, 1, 1)}]}, "dates"),
        ({"holidays": [{"name": "元旦", "from": date(2028, 1, 1), "to": date(2028, 1, 1)}]}, "neither in 2027"),
        ({"working": [{"date": date(2027, 2, 15), "name": "春节"}]}, "no Saturday or Sunday"),
        ({"working": [{"date": date(2027, 2, 6), "name": "春节"}]}, "a day off as well"),
        ({"working": [{"date": date(2027, 2, 14), "name": "春节"}] * 2}, "stands twice"),
        ({"holidays": [{"name": "元旦", "from": date(2027, 1, 1), "to": date(2027, 1, 3)}]}, "holidays missing by name"),
    ],
)
def test_a_published_file_with_a_mistake_is_refused_with_what_is_wrong(arrangement, changes, problem):
    with pytest.raises(CalendarFileWrong, match=problem):
        parse_year(broken(arrangement, **changes), "2027.yaml")


def test_files_are_read_from_a_folder(tmp_path):
    (tmp_path / "2027.yaml").write_text(INVENTED, encoding="utf-8")
    (tmp_path / "README.md").write_text("not a calendar")
    assert [year.year for year in load_years(tmp_path)] == [2027]


@pytest.mark.parametrize(("name", "text"), [("2028.yaml", INVENTED), ("2027.yaml", "year: [2027"), ("2027.yaml", "- 2027")])
def test_a_file_that_is_no_arrangement_of_its_year_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CalendarFileWrong):
        load_years(tmp_path)
