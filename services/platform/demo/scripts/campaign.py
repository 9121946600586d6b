"""A city under a campaign for better service: its windows, and what comes in to be read."""

from __future__ import annotations

from functools import partial

from services.platform.demo.articles import Article
from services.platform.demo.office import Office
from services.platform.demo.play import Play, arrivals
from services.platform.demo.scripts.windows import windows


def campaign(play: Play, office: Office, most: int) -> None:
    """Visitors, and a few documents for everybody."""
    windows(play, office, most)
    for index, (moment, article) in enumerate(arrivals(office, most // 3), 2):
        play.at(moment, partial(_to_read, play, office, article, f"上级字〔2019〕{index}号"))


def _to_read(play: Play, office: Office, article: Article, number: str) -> None:
    play.follow(office, office.register(article, number, "上级机关", documentType="tongzhi", documentClass="reading"))
