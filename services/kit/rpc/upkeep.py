"""What the UpkeepService of every service does; their contracts differ in addresses and permissions only."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import grpc

from services.kit import pages, upkeep
from services.kit.db.command import run
from services.kit.rpc.call import caller
from xiaoneng.kit.v1 import upkeep_view_pb2 as view

if TYPE_CHECKING:
    from sqlalchemy import Row

    from services.kit.db.command import UseCase
    from services.kit.service import Ports


class Upkeep:
    """Shows the events that the service could not handle, and lets them be handled again."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    @cached_property
    def _replay(self) -> UseCase[upkeep.ReplayDeadLetters, int]:
        return upkeep.replay(self._ports.service)

    def ListDeadLetters(self, request: Any, context: grpc.ServicerContext) -> view.ListDeadLettersResponse:
        who, db = caller(context), self._ports.db
        with db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("dead_letters", who.tenant, who.person), now=tx.now)
            shown, token = page.cut(upkeep.dead_letters(tx, page), key=lambda row: (row.event, row.consumer))
        return view.ListDeadLettersResponse(dead_letters=map(_letter, shown), next_page_token=token)

    def ReplayDeadLetters(self, request: Any, context: grpc.ServicerContext) -> view.ReplayDeadLettersResponse:
        cmd = upkeep.ReplayDeadLetters(caller=caller(context), request_id=request.request_id, events=tuple(request.events))
        return run(self._ports, self._replay, cmd, lambda count: view.ReplayDeadLettersResponse(replayed_count=count))


class LimitUpkeep(Upkeep):
    """Also the limits that the watch could not fire."""

    @cached_property
    def _retry(self) -> UseCase[upkeep.RetryStuck, int]:
        return upkeep.retry(self._ports.service)

    def ListStuckDeadlines(self, request: Any, context: grpc.ServicerContext) -> view.ListStuckDeadlinesResponse:
        who, db = caller(context), self._ports.db
        with db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("stuck", who.tenant, who.person), now=tx.now)
            shown, token = page.cut(upkeep.stuck(tx, page), key=lambda row: (row.since, row.deadline))
        return view.ListStuckDeadlinesResponse(stuck_deadlines=map(_limit, shown), next_page_token=token)

    def RetryStuckDeadlines(self, request: Any, context: grpc.ServicerContext) -> view.RetryStuckDeadlinesResponse:
        cmd = upkeep.RetryStuck(caller=caller(context), request_id=request.request_id, deadlines=tuple(request.deadlines))
        return run(self._ports, self._retry, cmd, lambda count: view.RetryStuckDeadlinesResponse(retried_count=count))


def _letter(row: Row[Any]) -> view.DeadLetter:
    found = view.DeadLetter(
        event=row.event, consumer=row.consumer, source=row.source, type=row.type, subject=row.subject, reason=row.reason
    )
    if row.died_at is not None:
        found.death_time.FromDatetime(row.died_at)
    if row.wanted_at is not None:
        found.replay_request_time.FromDatetime(row.wanted_at)
    return found


def _limit(row: Row[Any]) -> view.StuckDeadline:
    found = view.StuckDeadline(deadline=f"deadlines/{row.deadline}", reason=row.error, attempts=row.attempts)
    found.stuck_time.FromDatetime(row.since)
    found.next_attempt_time.FromDatetime(row.next_at)
    return found
