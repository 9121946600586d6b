"""One document's round through the gateway."""

from __future__ import annotations

from functools import partial

from services.kit.testing.waiting import until
from services.platform.demo.articles import articles, texts
from services.platform.demo.office import NotInTheList, Office


def one_round(office: Office) -> int:
    """One document from registration to its end, each step by its person; returns how many steps it took."""
    article = articles(texts()[0])[0]
    document = office.register(article, "市府办字〔2026〕1号", "市人民政府办公室", documentType="tongzhi")
    office.by_handle("clerk").post(f"/v1/{document}:classify", {"documentClass": "action"})
    done = 0
    while steps := office.open_steps(document):
        for step in steps:
            until(f"{step['label']} is in the list", partial(_acted, office, document, step), 180)
            done += 1
    return done


def _acted(office: Office, document: str, step: dict[str, object]) -> bool:
    try:
        office.act(document, step)
    except NotInTheList:
        return False
    return True
