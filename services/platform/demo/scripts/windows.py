"""What people ask for at the windows of an office: told at once, accepted with a date, done in time or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

from services.platform.client import Client
from services.platform.demo.office import Office
from services.platform.demo.play import BEGIN, Play

NOTICE = {"procedure": "受理、审查、决定", "conditions": ["申请书", "身份证明"], "cautions": "材料须加盖公章"}
_VISITORS = ("王先生", "李女士", "张先生", "刘女士", "陈先生")
_BASIS = "本单位公开的办事指南"
_EVERY = timedelta(days=3)


def windows(play: Play, office: Office, most: int) -> None:
    """Visitors over the weeks, each with an item that a unit has published."""
    moment = office.habits.office_time(BEGIN + timedelta(hours=26))
    for visitor, _ in zip(cycle(_VISITORS), range(most), strict=False):
        play.at(moment, partial(_asked, play, office, visitor))
        moment = office.habits.office_time(moment + _EVERY)


def _asked(play: Play, office: Office, visitor: str) -> None:
    items = {item["name"]: item for item in office.items()}
    item = items[office.habits.choose(sorted(items), 1)[0]]
    handler = office.at_the_window(item["holder"].removeprefix("units/"))
    columns = {field["name"]: field.get("value", "") for field in item["fields"]}
    contact = {"title": columns["item"], "visitor": visitor, "item": item["name"], "duty": "DUTY_OWN"}
    matter = str(handler.post("/v1/serviceMatters", contact)["name"])
    handler.post(f"/v1/{matter}:giveNotice", {"notice": {**NOTICE, "basis": columns.get("basis", _BASIS)}})
    accepted = handler.post(f"/v1/{matter}:accept")
    office.matters[matter] = handler
    due = datetime.fromisoformat(accepted["dueTime"])
    handler.post(f"/v1/{matter}:postpone", {"reason": "需要现场核查", "dueTime": due.isoformat()})
    for part in accepted.get("parts", []):
        decide = partial(_decided, office, matter, part["unit"])
        play.at(office.habits.signs_at(play.now()), decide)
    play.at(office.habits.handles_at(play.now(), due), partial(_done, play, office, matter, handler))


def _decided(office: Office, matter: str, unit: str) -> None:
    office.at_the_window(unit).post(f"/v1/{matter}:decidePart", {"unit": unit, "approved": True, "opinion": "同意"})


def _done(play: Play, office: Office, matter: str, handler: Client) -> None:
    parts: list[dict[str, Any]] = handler.get(f"/v1/{matter}").get("parts", [])
    if any("decideTime" not in part for part in parts):
        play.at(office.habits.office_time(play.now() + timedelta(hours=4)), partial(_done, play, office, matter, handler))
        return
    handler.post(f"/v1/{matter}:complete", {"result": "已办结，请领取批准文件。"})
