"""Every permission that a method of directory asks for, sorted. A contract test compares them with the protos."""

from __future__ import annotations

PERMISSIONS = (
    "directory:audit:read",
    "directory:binding:create",
    "directory:binding:delete",
    "directory:calendar:clear",
    "directory:calendar:set",
    "directory:delegation:manage",
    "directory:interpretation:create",
    "directory:organisation:export",
    "directory:organisation:import",
    "directory:pack:activate",
    "directory:pack:check",
    "directory:pack:create",
    "directory:pack:repeal",
    "directory:permission:set",
    "directory:person:create",
    "directory:person:end",
    "directory:person:update",
    "directory:portfolio:create",
    "directory:portfolio:end",
    "directory:post:create",
    "directory:post:end",
    "directory:post:transfer",
    "directory:registration:approve",
    "directory:registration:create",
    "directory:registration:end",
    "directory:registration:reject",
    "directory:tenant:update",
    "directory:unit:close",
    "directory:unit:create",
    "directory:unit:update",
    "directory:upkeep:read",
    "directory:upkeep:repair",
)

# Not who was told what: that names matters, and a warning that finds nobody goes to whoever may see it.
_OVERSIGHT = (":audit:read", ":upkeep:read", ":upkeep:repair")


def of_administrators(known: frozenset[str]) -> tuple[str, ...]:
    """What the first administrator may do: everything in directory; of all services see what they recorded, and what is stuck."""
    return tuple(sorted({*PERMISSIONS, *(each for each in known if each.endswith(_OVERSIGHT))}))
