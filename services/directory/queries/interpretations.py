"""Lists of interpretations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from services.directory import store
from services.directory.domain.interpretation import Interpretation
from services.kit.db.tx import Tx
from services.kit.pages import Page


def listed(tx: Tx, page: Page, pack: str, clause: str, show_withdrawn: bool) -> Sequence[Interpretation]:
    """Interpretations in the order in which they were published, one more than the page has."""
    table = store.interpretations
    statement = select(table).order_by(table.c.id).limit(page.size + 1)
    if pack:
        statement = statement.where(table.c.pack == pack)
    if clause:
        statement = statement.where(table.c.clause == clause)
    if not show_withdrawn:
        statement = statement.where(table.c.withdrawn_at.is_(None))
    if page.after:
        statement = statement.where(table.c.id > page.after[0])
    return [store.interpretation_of(row) for row in tx.all(statement)]
