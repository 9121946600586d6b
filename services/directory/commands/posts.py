"""Posts and portfolios: who holds what, who is in charge of what, from when until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.directory.commands.change import changing
from services.directory.commands.facts import of_caller
from services.directory.commands.gaps import settle
from services.directory.domain import organisation
from services.kit import ids
from services.kit.db.command import Command, command
from services.kit.db.event import Event
from services.kit.db.tx import Tx
from services.kit.errors import Missing
from services.kit.roster import Portfolio, Post, Roster
from xiaoneng.directory.v1 import events_pb2


@dataclass(frozen=True)
class CreatePost(Command):
    """Without a beginning: from now on."""

    post: Post


@dataclass(frozen=True)
class EndPost(Command):
    """Without a moment: now."""

    post_id: str
    end_at: datetime | None = None


@dataclass(frozen=True)
class TransferPost(Command):
    """Hands the post to another person. Without a moment: now."""

    post_id: str
    to: str
    end_at: datetime | None = None


@dataclass(frozen=True)
class CreatePortfolio(Command):
    """Without a beginning: from now on."""

    portfolio: Portfolio


@dataclass(frozen=True)
class EndPortfolio(Command):
    """Without a moment: now."""

    portfolio_id: str
    end_at: datetime | None = None


@command(audit="directory.post.create")
def create_post(tx: Tx, cmd: CreatePost) -> Post:
    """Appoints a person. Refuses: PeriodEmpty, PersonUnknown, UnitUnknown, PostOverlaps."""
    post = replace(cmd.post, id=ids.new(), valid_from=cmd.post.valid_from or tx.now)
    with changing(tx) as change:
        organisation.check_post(change.roster, post, tx.now)
        change.put(post)
    settle(tx)
    return post


@command(audit="directory.post.end")
def end_post(tx: Tx, cmd: EndPost) -> Post:
    """Ends a holding. Refuses: Missing, EndedAlready, PeriodEmpty."""
    with changing(tx) as change:
        post = organisation.ended(_post(change.roster, cmd.post_id), cmd.end_at or tx.now)
        change.put(post)
    tell_ended(tx, post)
    settle(tx)
    return post


@command(audit="directory.post.transfer")
def transfer_post(tx: Tx, cmd: TransferPost) -> Post:
    """Ends a holding and begins the next one at the same moment. Refuses: Missing, EndedAlready, PersonUnknown, PostOverlaps."""
    with changing(tx) as change:
        at = cmd.end_at or tx.now
        before = _post(change.roster, cmd.post_id)
        done = organisation.ended(before, at)
        post = replace(before, id=ids.new(), person=cmd.to, valid_from=at)
        organisation.check_post(change.roster, post, at)
        change.put(done, post)
    tell_ended(tx, done, successor=post.person)
    settle(tx)
    return post


@command(audit="directory.portfolio.create")
def create_portfolio(tx: Tx, cmd: CreatePortfolio) -> Portfolio:
    """Puts a leader in charge. Refuses: PeriodEmpty, PersonUnknown, UnitUnknown, PortfolioOverlaps, and by rule."""
    portfolio = replace(cmd.portfolio, id=ids.new(), valid_from=cmd.portfolio.valid_from or tx.now)
    with changing(tx) as change:
        organisation.check_portfolio(change.roster, portfolio, tx.now)
        tx.rules().enforce("directory.portfolio.create", of_caller(tx) | _portfolio_facts(change.roster, portfolio))
        change.put(portfolio)
    return portfolio


@command(audit="directory.portfolio.end")
def end_portfolio(tx: Tx, cmd: EndPortfolio) -> Portfolio:
    """Ends that a leader is in charge. Refuses: Missing, EndedAlready, PeriodEmpty."""
    with changing(tx) as change:
        before = next((p for p in change.roster.portfolios if p.id == cmd.portfolio_id), None)
        if before is None:
            raise Missing()
        portfolio = organisation.ended(before, cmd.end_at or tx.now)
        change.put(portfolio)
    return portfolio


def _portfolio_facts(roster: Roster, portfolio: Portfolio) -> dict[str, Any]:
    """What rules can say of a leader who is put in charge."""
    others = [p for p in roster.portfolios if p.field and p.field == portfolio.field and p.person != portfolio.person]
    return {
        "field": portfolio.field or None,
        "field_registers": roster.registers_naming(portfolio.field) if portfolio.field else [],
        "others_in_charge": sorted({p.person for p in others if organisation.overlap(p, portfolio)}),
    }


def tell_ended(tx: Tx, post: Post, successor: str = "") -> None:
    """Tells others that a post is no longer held, so that open steps follow it."""
    data = events_pb2.PostEnded(person=post.person, unit=post.unit, kind=post.kind, successor=successor)
    assert post.valid_until is not None
    data.end_time.FromDatetime(post.valid_until)
    tx.emit(Event(type="directory.post.ended.v1", subject=f"posts/{post.id}", data=data, unit=post.unit))


def _post(roster: Roster, post_id: str) -> Post:
    found = next((post for post in roster.posts if post.id == post_id), None)
    if found is None:
        raise Missing()
    return found
