"""Attempts that the regulation wants known: the act is refused and leaves nothing, so its record is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.documents.domain.errors import CopyNotAllowed
from services.kit.errors import Missing, RuleRefusal

if TYPE_CHECKING:
    from services.kit.db.tx import Tx
    from services.kit.identity import Caller
    from services.kit.service import Ports


@contextmanager
def on_record(ports: Ports, who: Caller, record: Callable[[Tx], None]) -> Iterator[None]:
    """Lets a refusal pass, and keeps it."""
    try:
        yield
    except (RuleRefusal, Missing, CopyNotAllowed):
        with ports.db.tenant(who.tenant, who) as tx:
            record(tx)
        raise
