"""What every answer is made of: moments, citations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.errors import Citation
from xiaoneng.kit.v1 import citation_pb2

if TYPE_CHECKING:
    from services.kit.policy.ruleset import RuleSet


def moment(at: datetime | None) -> Timestamp | None:
    """An instant; None stays None, which leaves the field unset."""
    return stamp(at) if at is not None else None


def stamp(at: datetime) -> Timestamp:
    """An instant."""
    found = Timestamp()
    found.FromDatetime(at)
    return found


def struct(found: Mapping[str, Any]) -> Struct:
    """What packs want stated."""
    made = Struct()
    made.update(dict(found))
    return made


def citation(found: Citation) -> citation_pb2.Citation:
    """Where a demand comes from."""
    return citation_pb2.Citation(
        clause=found.clause,
        article=found.article,
        quote=found.quote,
        regulation=found.regulation,
        pack=found.pack,
        version=found.version,
    )


def cited(rules: RuleSet, clause: str) -> citation_pb2.Citation | None:
    """The citation of a clause; None without one."""
    return citation(rules.citation(clause)) if clause else None
