"""`xiaoneng deadlines`: limits that the watch cannot fire."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.kit.deadline import stuck as room
from services.platform import processes, reach

app = typer.Typer(no_args_is_help=True, help="Limits: those that the watch has set apart.")

Service = Annotated[str, typer.Argument(help="Service whose limits they are.")]
Data = Annotated[Path, typer.Option(envvar="XIAONENG_DATA", help="Folder of the embedded platform.")]
FOLDER = Path("var/embedded")


@app.command()
def stuck(
    service: Service = "documents",
    data: Data = FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Lists the limits that could not be fired, with what failed. They are tried again by themselves. Exits with 1 when there are any."""
    _known(service)
    with reach.one(service, data) as ports:
        found = room.listed(ports)
    for one in found:
        plain = f"{one.since.isoformat()[:19]:<20} {one.tenant:<16} {one.deadline:<37} {one.attempts:>3} {one.error}"
        typer.echo(json.dumps(asdict(one), ensure_ascii=False, default=str) if as_json else plain)
    if not as_json:
        typer.echo(f"{len(found)} limits are stuck", err=True)
    raise typer.Exit(1 if found else 0)


@app.command()
def retry(
    deadlines: Annotated[list[str] | None, typer.Argument(help="Ids of limits; none: all that are stuck.")] = None,
    service: Annotated[str, typer.Option(help="Service whose limits they are.")] = "documents",
    data: Data = FOLDER,
) -> None:
    """Lets the watch try stuck limits again at once."""
    _known(service)
    with reach.one(service, data) as ports:
        typer.echo(f"{room.retry(ports, deadlines or [])} will be tried again")


def _known(service: str) -> None:
    if service not in processes.names() or "stuck_deadlines" not in processes.spec(service).metadata.tables:
        raise typer.BadParameter(f"{service} has no limits", param_hint="service")
