"""What a list of documents is narrowed to and sorted by: one value for lists, ledgers, saved views and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.documents.domain.document import Kind, Ledger


class View(StrEnum):
    """The ledgers."""

    ALL = ""
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    SUBMISSION = "submission"
    # What has to be closed (督办), of whatever kind.
    SUPERVISED = "supervised"


class Order(StrEnum):
    """Sort keys. Each has an index per holder, so that a page is read from where it begins."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NUMBER = "number"
    DUE = "due"
    CLOSED = "closed"


class Column(StrEnum):
    """What a ledger may show of a document."""

    NUMBER = "number"
    TITLE = "title"
    SENDER = "sender"
    SENDER_NUMBER = "sender_number"
    TYPE = "type"
    CLASS = "class"
    OPENED = "opened"
    STATE = "state"
    LEAD_UNIT = "lead_unit"
    UNITS = "units"
    INITIATING_UNIT = "initiating_unit"
    INITIATOR = "initiator"
    DUE = "due"
    CLOSED = "closed"
    OVERDUE = "overdue"
    MARGIN = "margin"
    BASIS = "basis"


ORDERS: Mapping[View, tuple[Order, ...]] = {
    View.ALL: (Order.NEWEST, Order.OLDEST, Order.NUMBER),
    View.INCOMING: (Order.NEWEST, Order.OLDEST, Order.NUMBER),
    View.OUTGOING: (Order.NEWEST, Order.OLDEST, Order.NUMBER),
    View.SUBMISSION: (Order.NEWEST, Order.OLDEST, Order.NUMBER),
    View.SUPERVISED: (Order.DUE, Order.CLOSED),
}
"""The orders of each view; the first one is that of a wish that names none."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see. Empty: not narrowed."""

    view: View = View.ALL
    order: Order | None = None
    kind: str = ""
    state: str = ""
    ledger: str = ""
    document_class: str = ""
    document_type: str = ""
    unit: str = ""
    person: str = ""
    sender: str = ""
    number: str = ""
    clause: str = ""
    text: str = ""
    listed_from: datetime | None = None
    listed_until: datetime | None = None
    overdue: bool = False
    # What is shown of each; empty: the columns of the view.
    columns: tuple[Column, ...] = ()

    @property
    def sorted_by(self) -> Order:
        """The order of the list."""
        return self.order or ORDERS[self.view][0]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of documents among which is looked."""
        if self.view in (View.ALL, View.SUPERVISED):
            return (self.kind,) if self.kind else tuple(Kind)
        return (str(self.view),) if self.kind in ("", self.view) else ()

    @property
    def ledgers(self) -> tuple[str, ...]:
        """Where entries of the ledger stand among which is looked; a moment that has passed is no longer overdue."""
        return (self.ledger,) if self.ledger else tuple(state for state in Ledger if state)

    @property
    def scope(self) -> tuple[Any, ...]:
        """What a page token holds for."""
        return tuple(str(value) for name, value in self.stored().items() if name != "columns")

    def stored(self) -> dict[str, Any]:
        """The wish as JSON."""
        stored = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()}
        return stored | {"columns": list(self.columns)}


def wish_of(stored: Mapping[str, Any]) -> Wish:
    """A wish from its JSON; fields of a later release are left out."""
    known = {field.name for field in fields(Wish)}
    values = {name: value for name, value in stored.items() if name in known}
    values["view"] = View(values.get("view", ""))
    values["order"] = Order(values["order"]) if values.get("order") else None
    values["columns"] = tuple(Column(name) for name in values.get("columns", ()))
    for name in ("listed_from", "listed_until"):
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    return Wish(**values)
