"""Half-filled forms: there again later, for their person alone."""

from typing import Any

from tests.service.notifications.conftest import Told

CONTENT = '{"title": "关于做好今冬明春水利建设工作的通知"}'


def test_a_form_is_there_again(told: Told) -> None:
    clerk = told.served.client("zhao")
    clerk.KeepForm(name="forms/register", content="{}")
    kept = clerk.KeepForm(name="forms/register", content=CONTENT)
    found = clerk.GetForm(name="forms/register")
    assert (found.content, found.keep_time) == (CONTENT, kept.keep_time)


def test_a_form_that_nobody_kept_is_empty(told: Told) -> None:
    found = told.served.client("zhao").GetForm(name="forms/draft")
    assert (found.name, found.content, found.HasField("keep_time")) == ("forms/draft", "", False)


def test_nobody_else_sees_it(told: Told) -> None:
    told.served.client("zhao").KeepForm(name="forms/register", content=CONTENT)
    assert told.served.client("director").GetForm(name="forms/register").content == ""


def test_a_form_is_discarded_once_it_was_sent(told: Told) -> None:
    clerk: Any = told.served.client("zhao")
    clerk.KeepForm(name="forms/register", content=CONTENT)
    clerk.DiscardForm(name="forms/register")
    clerk.DiscardForm(name="forms/register")
    assert clerk.GetForm(name="forms/register").content == ""
