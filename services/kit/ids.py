"""Ids of rows and events, and the shape of a tenant's name."""

from __future__ import annotations

import re
import uuid

import uuid_utils

TENANT = re.compile(r"^[a-z][a-z0-9-]{0,62}$")
"""What a tenant's name looks like: it is part of SQL settings, routing keys and paths."""

_SHAPE = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def new() -> str:
    """Returns a new UUIDv7 (RFC 9562) in lower case: unique, and later ones sort after earlier ones."""
    return str(uuid_utils.uuid7())


def named(name: str) -> str:
    """Returns the id that belongs to a name (UUIDv5): the same one each time, for requests that are repeated on purpose."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def is_id(text: str) -> bool:
    """Says whether `text` has the shape of an id."""
    return bool(_SHAPE.match(text))
