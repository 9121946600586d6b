"""The copy of the directory that every service keeps (in `directory` itself: the masters), and what it answers."""

from services.kit.roster.cache import RosterCache
from services.kit.roster.model import (
    CalendarDay,
    Delegation,
    Grant,
    Member,
    PackVersion,
    Portfolio,
    Post,
    Tenant,
    Unit,
    in_force,
)
from services.kit.roster.roles import Holder
from services.kit.roster.snapshot import Roster
from services.kit.roster.tables import install

__all__ = [
    "CalendarDay",
    "Delegation",
    "Grant",
    "Holder",
    "Member",
    "PackVersion",
    "Portfolio",
    "Post",
    "Roster",
    "RosterCache",
    "Tenant",
    "Unit",
    "in_force",
    "install",
]
