"""What a release adds to the permissions of the administrators of tenants that were there before.

Nobody grants what he does not hold, so a permission that a release brings would reach nobody by itself. It is given once: a tenant that
takes it away, or that divides its administration among several persons, is not overruled by the next start or the next release.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

import structlog

from services.directory import store
from services.directory.commands.change import changing

if TYPE_CHECKING:
    from services.kit.db.tx import Tx

log = structlog.get_logger(__name__)
ADMINISTERS = "directory:permission:set"
"""Who may grant permissions is an administrator: what he gets he can give on."""


class Offer(Enum):
    """How an offer went: given, known before, or there was nobody to take it."""

    GIVEN = "given"
    KNOWN = "known"
    NOBODY = "nobody"


def offer(tx: Tx, permissions: frozenset[str]) -> Offer:
    """Gives the tenant's administrators those of the permissions that were never offered to them."""
    if permissions <= store.offered(tx):
        return Offer.KNOWN
    with changing(tx) as change:  # one worker at a time: what another one has given meanwhile is seen here
        fresh = permissions - store.offered(tx)
        # Persons who may grant permissions, by whatever they hold: a program that may is no administrator.
        administrators = change.roster.who_may(ADMINISTERS, tx.now, tx.rules(at=tx.now))
        if not fresh or not administrators:
            return Offer.NOBODY if fresh else Offer.KNOWN
        for member in administrators:
            added = sorted(fresh.difference(member.permissions))
            if added:
                change.put(replace(member, permissions=tuple(sorted({*member.permissions, *added}))))
                tx.audit("directory.permission.add", f"persons/{member.person}", details={"added": added})
        store.note_offered(tx, fresh)
    log.info("permissions_offered", tenant=tx.tenant, permissions=sorted(fresh), persons=[member.person for member in administrators])
    return Offer.GIVEN
