"""Which limit will fail first: what the steps of a route may still take, one after the other, against the limits of the matter.

It is reckoned when a route opens and whenever more of it becomes known (who signs, in which order). It warns; nothing is stopped by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from services.documents import convert
from services.documents.commands import effects, limits
from services.kit import work
from services.kit.procedure import graph
from services.kit.procedure.steps import Step
from services.kit.worktime import due
from xiaoneng.documents.v1 import events_pb2, types_pb2

if TYPE_CHECKING:
    from services.documents.commands.case import Case
    from services.kit.deadline import Deadline
    from services.kit.procedure.template import StepTemplate

WARNING = "各环节按规定时限依次办理，预计至{expected}，将超过《{title}》“{limit}”的时限{due}，请提前安排"


@dataclass(frozen=True)
class Forecast:
    """A limit of the matter that the steps ahead will not keep if each of them takes what it may."""

    deadline: Deadline
    due_at: datetime
    expected_at: datetime
    # The steps that take the time, in their order; a step stands there once for each of its parties.
    steps: tuple[str, ...]

    def text(self, case: Case) -> str:
        """What the proposer is told."""
        shown = [_local(at, case.zone) for at in (self.expected_at, self.due_at)]
        label = self.deadline.label or self.deadline.citation.article
        return WARNING.format(expected=shown[0], title=case.document.title, limit=label, due=shown[1])


def of(case: Case) -> list[Forecast]:
    """The limits of the matter that will not be kept, the one that fails first in front."""
    route = case.instance
    if route is None or route.state != "running":
        return []
    watched = [d for d in limits.of_matter(case) if d.due_at is not None]
    if not watched:
        return []
    expected, steps = _end(case)
    failing = [(d.due_at, d) for d in watched if d.due_at is not None and d.due_at < expected]
    return [Forecast(d, due_at, expected, steps) for due_at, d in sorted(failing, key=lambda pair: (pair[0], pair[1].id))]


def warn(case: Case) -> None:
    """Tells the proposer, once for each limit, that it will not be kept."""
    for found in of(case):
        rule = found.deadline.rule
        if rule in case.warned:
            continue
        case.warned.append(rule)
        document = case.document
        data = events_pb2.LimitForecasted(
            document=document.name,
            deadline=found.deadline.name,
            due_time=convert.stamp(found.due_at),
            expected_time=convert.stamp(found.expected_at),
            citation=convert.citation(found.deadline.citation),
        )
        effects.emit(case, "documents.limit.forecasted.v1", data, clause=found.deadline.citation.clause)
        person = document.proposal.proposer or document.initiator
        work.told(case.tx, document.name, [person], found.text(case), found.deadline.citation)


def view(case: Case, found: Forecast) -> types_pb2.LimitForecast:
    """As it is shown with the route."""
    return types_pb2.LimitForecast(
        deadline=found.deadline.name,
        label=found.deadline.label,
        due_time=convert.stamp(found.due_at),
        expected_time=convert.stamp(found.expected_at),
        steps=found.steps,
        citation=convert.citation(found.deadline.citation),
        text=found.text(case),
    )


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _end(case: Case) -> tuple[datetime, tuple[str, ...]]:
    """When the matter is done if every step takes what it may; and the steps on the longest way."""
    procedure = case.route.procedure
    done: dict[str, tuple[datetime, tuple[str, ...]]] = {}
    latest: list[tuple[datetime, tuple[str, ...]]] = []
    for name in graph.order(procedure):
        template = procedure.step(name)
        before = max((done[after] for after in template.after), default=(case.tx.now, ()), key=lambda entry: entry[0])
        ended = _through(case, template, *before)
        done[name] = ended if template.waits else before
        if template.waits:
            latest.append(ended)
    return max(latest, default=(case.tx.now, ()), key=lambda entry: entry[0])


def _through(case: Case, template: StepTemplate, begin: datetime, way: tuple[str, ...]) -> tuple[datetime, tuple[str, ...]]:
    """The end of one step with all its parties, and the way until there."""
    route, label = case.route, convert.label(case.rules, template)
    here = [step for step in route.steps if step.step == template.id and step.current]
    running = [step for step in here if step.active]
    if template.id in route.arrived:
        ends = [max(case.due.get(step.id, begin), begin) for step in running]
        end, way = max(ends, default=begin), (*way, *(label for _ in running[:1]))
        left = [step for step in route.preview(template.id, case.tx.now) if step.party not in {s.party for s in here}]
    else:
        end, left = begin, route.preview(template.id, case.tx.now, unnamed=True)
    if template.serial:
        for step in left:
            later = _after(case, step, end)
            end, way = later, (*way, label) if later > end else way
        return end, way
    later = max((_after(case, step, end) for step in left), default=end)
    return later, (*way, label) if later > end else way


def _after(case: Case, step: Step, begin: datetime) -> datetime:
    """When a step that opens at `begin` is due; a step without limit takes no time."""
    ends = []
    for limit in limits.of_step(case, step):
        if limit.due_at is not None:
            ends.append(max(limit.due_at, begin))
        elif limit.budget is not None:
            ends.append(due(begin, limit.budget, case.tx.roster.calendar(step.unit)).at)
    return min(ends, default=begin)
