"""What travels between the offices of the demo, and what comes in at all of them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.platform.demo.articles import articles, texts
from services.platform.demo.office import Office
from services.platform.demo.play import BEGIN, Play

ARRIVED = "TRANSMISSION_STATE_ARRIVED"
HANDLED = {"bureau": "action", "district": "action", "city": "action"}
"""The class of what comes from above, by script; elsewhere it is read."""
_READ = "reading"


def to_everybody(play: Play) -> None:
    """The same text comes in at every office on the second day: each takes the route of its own regulation."""
    article = articles(texts()[0])[0]
    for number, office in enumerate(play.offices.values(), 1):
        play.at(BEGIN + timedelta(days=1, minutes=30 * number), partial(_comes_in, play, office, article.title))


def _comes_in(play: Play, office: Office, title: str) -> None:
    article = next(each for each in articles(texts()[0]) if each.title == title)
    document = office.register(article, "上级字〔2019〕1号", "上级机关", documentType="tongzhi")
    play.stories.same_text[office.organisation.tenant] = document
    _classified(play, office, document)


def deliver(play: Play, office: Office, document: str) -> None:
    """Sends an issued document to every office below; each registers it in its time."""
    below = [each for each in play.offices.values() if each.organisation.parent == office.organisation.tenant]
    if not below:
        return
    receivers = [each.organisation.tenant for each in below]
    office.by_handle("clerk").post(f"/v1/{document}:transmit", {"receivers": receivers, "note": "请结合实际贯彻执行"})
    play.stories.delivered.append((office, document))
    play.settle()
    for each in below:
        play.at(each.habits.office_time(play.now() + timedelta(hours=2)), partial(_received, play, each))


def _received(play: Play, office: Office) -> None:
    clerk = office.by_handle("clerk")
    for arrival in clerk.every("/v1/arrivals", "arrivals", state=ARRIVED):
        document = str(clerk.post(f"/v1/{arrival['name']}:register")["name"])
        office.documents[document] = clerk
        _classified(play, office, document)


def _classified(play: Play, office: Office, document: str) -> None:
    chosen = HANDLED.get(office.organisation.work, _READ)
    office.by_handle("clerk").post(f"/v1/{document}:classify", {"documentClass": chosen})
    play.follow(office, document)
