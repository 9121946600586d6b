"""`xiaoneng events`: dead letters, replay, repair after a restore, and the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from services.kit import metrics
from services.kit.bus import asyncapi
from services.kit.bus.catalogue import catalogue as event_types
from services.kit.bus.deadletters import Choice, DeadLetter, DeadLetters, InlineDeadLetters, RabbitDeadLetters
from services.kit.outbox import republish as make_pending
from services.platform import processes, reach

app = typer.Typer(no_args_is_help=True, help="Events: dead letters, replay, repair, catalogue.")

Broker = Annotated[
    str, typer.Option(envvar="XIAONENG_AMQP_URL", help="RabbitMQ; empty: that of the folder of secrets, or the embedded platform.")
]
Data = Annotated[Path, typer.Option(envvar="XIAONENG_DATA", help="Folder of the embedded platform.")]
Consumer = Annotated[str, typer.Option(help="Only what this service could not handle.")]
Type = Annotated[str, typer.Option(help="Only events of this type, without `cn.xiaoneng.`.")]
Tenant = Annotated[str, typer.Option(help="Only events of this tenant.")]
Ids = Annotated[list[str] | None, typer.Argument(help="Ids of events; none: all that the options choose.")]
FOLDER = Path("var/embedded")


@contextmanager
def dead_letters(broker: str, data: Path) -> Iterator[DeadLetters]:
    """The dead letters, on the broker or in the databases of the embedded platform."""
    broker = broker or reach.broker()
    if broker:
        yield RabbitDeadLetters(broker, processes.consumptions())
        return
    try:
        with reach.embedded(data) as ports:
            yield InlineDeadLetters(list(ports.values()))
    except reach.NoPlatform as none:
        typer.echo(f"{none}: no embedded platform, and no broker is named (--broker)", err=True)
        raise typer.Exit(2) from none


@app.command()
def dead(
    consumer: Consumer = "",
    type_: Annotated[str, typer.Option("--type", help="Only events of this type.")] = "",
    tenant: Tenant = "",
    broker: Broker = "",
    data: Data = FOLDER,
    trace: Annotated[bool, typer.Option(help="Show where each of them failed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line, with body and trace.")] = False,
) -> None:
    """Lists the events that a handler could not take. Looking changes nothing. Exits with 1 when there are any."""
    with dead_letters(broker, data) as letters:
        found = [letter for letter in letters.all() if chosen([], consumer, type_, tenant)(letter)]
    for letter in found:
        typer.echo(json.dumps(asdict(letter), ensure_ascii=False) if as_json else line(letter))
        if trace and not as_json:
            typer.echo(letter.trace)
    if not as_json:
        typer.echo(f"{len(found)} dead letters", err=True)
    raise typer.Exit(1 if found else 0)


@app.command()
def replay(
    events: Ids = None,
    consumer: Consumer = "",
    type_: Annotated[str, typer.Option("--type", help="Only events of this type.")] = "",
    tenant: Tenant = "",
    broker: Broker = "",
    data: Data = FOLDER,
) -> None:
    """Brings dead letters back to the handlers that have not run for them."""
    with dead_letters(broker, data) as letters:
        typer.echo(f"{letters.replay(chosen(events or [], consumer, type_, tenant))} brought back")


@app.command()
def drop(
    events: Annotated[list[str], typer.Argument(help="Ids of the events.")],
    consumer: Consumer = "",
    broker: Broker = "",
    data: Data = FOLDER,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Removes dead letters for good: what they would have done will not happen."""
    if not yes:
        typer.confirm(f"Drop {len(events)} events for good?", abort=True)
    with dead_letters(broker, data) as letters:
        typer.echo(f"{letters.drop(chosen(events, consumer, '', ''))} dropped")


@app.command()
def republish(
    service: Annotated[str, typer.Argument(help="Service whose events are sent again.")],
    since: Annotated[datetime, typer.Option(help="Events that happened from this instant on, UTC unless it names its zone.")],
    until: Annotated[datetime | None, typer.Option(help="Events before this instant.")] = None,
    tenant: Tenant = "",
    data: Data = FOLDER,
) -> None:
    """Sends events again that the outbox still holds, after a restore; who has handled one already is not disturbed."""
    if service not in processes.names():
        raise typer.BadParameter(service, param_hint="service")
    with reach.one(service, data) as ports, ports.db.plumbing() as tx:
        count = make_pending(tx, ports.db.metadata.tables["outbox"], _utc(since), tenant, _utc(until) if until else None)
    typer.echo(f"{count} events of {service} will be sent again")


@app.command()
def catalogue(
    internal: Annotated[bool, typer.Option(help="With the events that stay inside the installation.")] = False,
    as_asyncapi: Annotated[bool, typer.Option("--asyncapi", help="AsyncAPI 3.0, JSON.")] = False,
) -> None:
    """Lists the event types of this release, who may read them and who handles them."""
    if as_asyncapi:
        typer.echo(json.dumps(asyncapi.document(event_types(), version("xiaoneng"), internal=internal), ensure_ascii=False, indent=1))
        return
    readers = {each.service: {entry.type for entry in each.types} for each in processes.consumptions()}
    for entry in event_types():
        if internal or entry.visibility != "internal":
            handled = ", ".join(service for service, types in sorted(readers.items()) if entry.type in types)
            typer.echo(f"{entry.type:<52} {entry.visibility:<9} {handled}")


@app.command("metrics")
def metrics_page() -> None:
    """Prints `docs/metrics.md` from what the rooms of the platform register."""
    from services.platform.metric_names import described

    typer.echo(metrics.markdown(described()), nl=False)


def chosen(events: list[str], consumer: str, type_: str, tenant: str) -> Choice:
    """Makes the choice that the options describe."""
    wanted = set(events)

    def choice(letter: DeadLetter) -> bool:
        return (
            (not wanted or letter.event in wanted)
            and (not consumer or letter.consumer == consumer)
            and (not type_ or letter.type == type_)
            and (not tenant or letter.tenant == tenant)
        )

    return choice


def line(letter: DeadLetter) -> str:
    """One dead letter in one line, without its data."""
    where = f"{letter.source}→{letter.consumer}"
    what = f"{letter.event or '-':<37} {where:<26} {letter.type or '-':<44} {letter.tenant or '-':<16}"
    return f"{letter.died_at[:19]:<20} {what} {letter.reason}"


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
