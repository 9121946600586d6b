"""Values of what packs declare: judged against the rules in force and against the people, units and codes of the office. One place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.documents.commands.case import Case
from services.documents.domain.errors import FieldInvalid
from services.kit.errors import FieldViolation
from services.kit.policy.declare import BadValue, DeclaredField, values


def state(case: Case, given: Mapping[str, Any] | None) -> None:
    """States what a clerk says of a document; null takes a value away, what is not named stays. Refuses FieldInvalid."""
    if not given:
        return
    kind = str(case.document.kind)
    declared = {name: entry for name, entry in case.rules.fields.items() if not entry.on or kind in entry.on}
    case.document.fields = case.document.state_fields(checked(case, declared, given))


def checked(case: Case, declared: Mapping[str, DeclaredField], given: Mapping[str, Any]) -> dict[str, Any]:
    """Given values as they are kept. Refuses FieldInvalid with the path of the first that is wrong."""

    def named(entry: DeclaredField, value: str) -> str:
        """What speaks against a code, a unit or a person."""
        if entry.vocabulary:
            return "" if value in case.rules.vocabulary(entry.vocabulary) else f"不在代码表中：{value}"
        roster, at = case.tx.roster, case.tx.now
        if entry.word in ("unit", "units"):
            return "" if roster.unit(value) is not None else f"：没有这个单位：{value}"
        return "" if roster.member(value, at) is not None else f"：没有这个人员：{value}"

    try:
        return values(declared, given, named)
    except BadValue as wrong:
        raise FieldInvalid([FieldViolation(wrong.path, str(wrong), FieldInvalid.reason)], words=str(wrong)) from wrong
