"""Transmissions between offices and arrivals from them: rows and lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, select, tuple_

from services.documents.domain.attachments import Attachment
from services.documents.domain.exchange import Arrival, Transmission, TransmissionState
from services.documents.store import tables, visibility
from services.documents.store.rows import attachment_of
from services.kit.db.tx import Tx
from services.kit.pages import Page

_OVER = (TransmissionState.REFUSED, TransmissionState.WITHDRAWN)


def transmission_of(row: Row[Any]) -> Transmission:
    """A transmission as it was stored."""
    return Transmission(**{f.name: getattr(row, f.name) for f in fields(Transmission)} | {"state": TransmissionState(row.state)})


def arrival_of(row: Row[Any]) -> Arrival:
    """An arrival as it was stored."""
    return Arrival(**{f.name: getattr(row, f.name) for f in fields(Arrival)} | {"state": TransmissionState(row.state)})


def locked_transmission(tx: Tx, transmission: str) -> Transmission | None:
    """A transmission, locked."""
    found = tx.locked(select(tables.transmissions).where(tables.transmissions.c.id == transmission))
    return transmission_of(found[0]) if found else None


def locked_arrival(tx: Tx, arrival: str) -> Arrival | None:
    """An arrival, locked."""
    found = tx.locked(select(tables.arrivals).where(tables.arrivals.c.id == arrival))
    return arrival_of(found[0]) if found else None


def arrival(tx: Tx, arrival: str) -> Arrival | None:
    """An arrival, to be read."""
    row = tx.one(select(tables.arrivals).where(tables.arrivals.c.id == arrival))
    return arrival_of(row) if row is not None else None


def receivers_of(tx: Tx, document: str) -> Collection[str]:
    """The offices that have the document, or to which it is on its way."""
    table = tables.transmissions
    rows = tx.all(select(table.c.receiver).where(table.c.document == document, table.c.state.not_in(_OVER)))
    return {row.receiver for row in rows}


def sent(tx: Tx, document: str, state: str, page: Page) -> Sequence[Transmission]:
    """What was delivered, newest first, one row more than the page: of documents that the caller may see."""
    table, documents = tables.transmissions, tables.documents
    wanted = select(table).where(exists(select(documents.c.id).where(documents.c.id == table.c.document, visibility.visible(tx))))
    if document:
        wanted = wanted.where(table.c.document == document)
    if state:
        wanted = wanted.where(table.c.state == state)
    if page.after is not None:
        wanted = wanted.where(tuple_(table.c.sent_at, table.c.id) < tuple_(*page.after))
    rows = tx.all(wanted.order_by(table.c.sent_at.desc(), table.c.id.desc()).limit(page.size + 1))
    return [transmission_of(row) for row in rows]


def came(tx: Tx, state: str, page: Page) -> Sequence[Arrival]:
    """What other offices delivered, newest first, one row more than the page."""
    table = tables.arrivals
    wanted = select(table).where(table.c.state == state)
    if page.after is not None:
        wanted = wanted.where(tuple_(table.c.arrived_at, table.c.id) < tuple_(*page.after))
    rows = tx.all(wanted.order_by(table.c.arrived_at.desc(), table.c.id.desc()).limit(page.size + 1))
    return [arrival_of(row) for row in rows]


def files_of(tx: Tx, document: str) -> list[Attachment]:
    """The files that hang on a document (or on an arrival: it has the id of the document that it becomes)."""
    table = tables.attachments
    return [
        attachment_of(row) for row in tx.all(select(table).where(table.c.document == document).order_by(table.c.created_at, table.c.id))
    ]


def issued_at(tx: Tx, number: str) -> datetime:
    """When the document that carries this number got it."""
    found: datetime = tx.scalar(select(tables.numbers.c.changed_at).where(tables.numbers.c.number == number))
    return found
