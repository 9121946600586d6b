"""How well the limits of documents are kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import grpc
from google.type.date_pb2 import Date

from services.documents import convert
from services.documents.store import reads
from services.documents.store.visibility import SUPERVISE
from services.kit import deadline, pages
from services.kit.deadline import efficiency
from services.kit.deadline.efficiency import Measure, Period
from services.kit.deadline.store import deadline_of
from services.kit.errors import Invalid, Missing
from services.kit.identity import Caller
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import efficiency_service_pb2 as wire
from xiaoneng.documents.v1 import efficiency_service_pb2_grpc
from xiaoneng.kit.v1 import citation_pb2

if TYPE_CHECKING:
    from sqlalchemy import Row

    from services.kit.db.tx import Tx
    from services.kit.service import Ports

LONGEST = timedelta(days=732)
_MEASURE = {number: Measure(word) for word, number in convert.MEASURE.items()}


class EfficiencyService(efficiency_service_pb2_grpc.EfficiencyServiceServicer):
    """Counts limits, and lists what it has counted."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def GetEfficiency(self, request: Any, context: grpc.ServicerContext) -> wire.Efficiency:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            _ensure_seen(tx, who, request.unit)
            found = efficiency.efficiency(tx, request.unit, _period(tx, request))
        shown = wire.Efficiency(
            counts=_counts(found.counts),
            rules=[
                wire.RuleEfficiency(
                    rule=each.rule,
                    label=each.label,
                    citation=citation_pb2.Citation(**asdict(each.citation)),
                    counts=_counts(each.counts),
                )
                for each in found.rules
            ],
            units=[wire.UnitEfficiency(unit=unit, counts=_counts(counts)) for unit, counts in found.units],
            weeks=[wire.WeekEfficiency(monday=_day(monday), met=met, breached=breached) for monday, met, breached in found.weeks],
        )
        if found.counts.on_time_rate is not None:
            shown.on_time_rate = found.counts.on_time_rate
        return shown

    def ListEfficiencyItems(self, request: Any, context: grpc.ServicerContext) -> wire.ListEfficiencyItemsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            _ensure_seen(tx, who, request.unit)
            period = _period(tx, request)
            filters = (request.unit, period.first.isoformat(), period.last.isoformat(), request.measure, request.rule)
            page = pages.read(request.page_size, request.page_token, scope=("efficiency", who.tenant, who.person, *filters), now=tx.now)
            behind = efficiency.behind(tx, _MEASURE[request.measure], request.unit, request.rule, period)
            total = efficiency.number(tx, behind)
            shown, token = page.cut(efficiency.page_of(tx, behind, page), key=lambda row: (row.due_at or row.started_at, row.id))
            titles = reads.titles_of(tx, {_document(row) for row in shown} - {""})
        items = [_item(row, titles) for row in shown]
        return wire.ListEfficiencyItemsResponse(items=items, next_page_token=token, total_size=total)


def _ensure_seen(tx: Tx, who: Caller, unit: str) -> None:
    """Those who supervise see all units, everybody else his own. Refuses Missing."""
    if SUPERVISE not in who.permissions and (not unit or unit not in tx.roster.units_of(who.person, tx.now)):
        raise Missing()


def _period(tx: Tx, request: Any) -> Period:
    first, last = (_date(request, name) for name in ("first_day", "last_day"))
    if not first <= last <= first + LONGEST:
        raise Invalid.of("last_day", "统计期间须从早到晚，且不超过两年")
    return Period(first, last, tx.roster.tenant.time_zone)


def _date(request: Any, name: str) -> date:
    found = convert.value_of(request, request.DESCRIPTOR.fields_by_name[name])
    assert isinstance(found, date)
    return found


def _document(row: Row[Any]) -> str:
    """The document of a limit, whose subject is the document or a step of it; empty for a limit of something else."""
    parts = str(row.subject).split("/")
    return parts[1] if parts[0] == "documents" else ""


def _item(row: Row[Any], documents: dict[str, Row[Any]]) -> wire.EfficiencyItem:
    found, about = deadline_of(row), documents.get(_document(row))
    shown = wire.EfficiencyItem(
        deadline=deadline.view(found),
        document=f"documents/{_document(row)}" if about is not None else "",
        title=about.title if about is not None else "",
        number=(about.document_number or about.registration_number) if about is not None else "",
        unit=found.unit,
    )
    if found.used is not None:
        shown.used_share = found.used
    return shown


def _counts(found: efficiency.Counts) -> wire.EfficiencyCounts:
    shown = wire.EfficiencyCounts(met=found.met, breached=found.breached, set_aside=found.set_aside, open=found.open, overdue=found.overdue)
    if found.used is not None:
        shown.used_share = found.used
    return shown


def _day(day: date) -> Date:
    return Date(year=day.year, month=day.month, day=day.day)
