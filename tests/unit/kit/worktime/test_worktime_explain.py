"""A due moment tells its days in the words that people read."""

from datetime import date, datetime

from services.kit.worktime import Budget, Calendar, Override, Suspension, due, latest_before


def at(text):
    return datetime.fromisoformat(text + "+08:00")


def lines(result):
    return [(entry.date.isoformat()[5:], entry.weekday, entry.why) for entry in result.explanation.entries]


def test_working_days_across_a_long_holiday(national):
    result = due(at("2019-09-30T10:00"), Budget(5, "working_days"), national)
    told = lines(result)
    assert told[0] == ("09-30", "星期一", "起算当日，不计")
    assert told[1:8] == [(f"10-0{n}", "星期" + "二三四五六日一"[n - 1], "国庆节，不计") for n in range(1, 8)]
    assert told[8] == ("10-08", "星期二", "计第1日")
    assert told[12] == ("10-12", "星期六", "调休上班，计第5日")
    assert result.explanation.summary == (
        "2019年9月30日（星期一）10:00起算，5个工作日，2019年10月12日（星期六）18:00届满；10月1日至7日国庆节，不计；10月12日调休上班，计第5日"
    )


def test_weekends_closures_and_suspensions_are_named():
    calendar = Calendar(overrides=[Override(date(2019, 4, 15), False, "搬迁"), Override(date(2019, 4, 13), True)])
    pause = Suspension(at("2019-04-16T09:00"), at("2019-04-17T09:00"))
    told = lines(due(at("2019-04-12T10:00"), Budget(3, "working_days"), calendar, [pause]))
    assert [why for _, _, why in told] == [
        "起算当日，不计",
        "本单位安排上班，计第1日",
        "周末，不计",
        "本单位停办公（搬迁），不计",
        "中止计时，不计",
        "计第2日",
        "计第3日",
    ]


def test_hours_tell_what_each_day_gave(national):
    told = lines(due(at("2018-06-15T10:00"), Budget(48, "working_day_clock_hours"), national))
    assert [why for _, _, why in told] == ["计14小时", "周末，不计", "周末，不计", "端午节，不计", "计24小时", "计10小时"]


def test_calendar_days_tell_where_they_moved(national):
    told = lines(due(at("2019-09-29T10:00"), Budget(3, "calendar_days"), national))
    assert [why for _, _, why in told[:5]] == ["起算当日，不计", "计第1日", "计第2日", "国庆节，第3日届满，顺延", "国庆节，顺延"]
    assert told[-1] == ("10-08", "星期二", "期满日顺延至本日")


def test_a_presumed_day_says_so(national):
    result = due(at("2026-12-31T10:00"), Budget(1, "working_days"), national)
    assert [why for _, _, why in lines(result)] == [
        "起算当日，不计",
        "日历未公布，按元旦推定，不计",
        "日历未公布，按周末推定，不计",
        "日历未公布，按周末推定，不计",
        "日历未公布，按工作日推定，计第1日",
    ]
    assert result.explanation.summary.endswith("2027年节假日安排未公布，暂按星期和固定假日推定")


def test_a_lead_time_is_told_from_its_latest_day_to_the_event(national):
    result = latest_before(date(2018, 10, 12), Budget(5, "working_days_before"), national)
    told = lines(result)
    assert told[0] == ("09-30", "星期日", "调休上班，计前第5日")
    assert told[-1] == ("10-12", "星期五", "活动当日，不计")
    assert result.explanation.summary == (
        "2018年10月12日（星期五）之前提前5个工作日，不迟于2018年9月30日（星期日）18:00；9月30日调休上班，计前第5日；10月1日至7日国庆节，不计"
    )


def test_the_end_of_a_period_tells_which_days_followed(national):
    told = lines(due(at("2018-12-03T10:00"), Budget(None, "last_working_day_of_month"), national))
    assert told == [
        ("12-29", "星期六", "调休上班，期内最后一个工作日"),
        ("12-30", "星期日", "元旦，不计"),
        ("12-31", "星期一", "元旦，不计"),
    ]


def test_a_trigger_after_closing_is_told(national):
    told = lines(due(at("2019-04-08T18:30"), Budget(None, "same_working_day"), national))
    assert [why for _, _, why in told] == ["已过截止时刻，顺延", "计第1日"]
