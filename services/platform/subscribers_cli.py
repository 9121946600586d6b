"""`xiaoneng subscribers`: the broker users of other systems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from services.kit.bus import subscribers
from services.kit.bus.catalogue import Visibility, catalogue
from services.kit.ids import TENANT
from services.platform import reach

app = typer.Typer(no_args_is_help=True, help="Other systems that read events from the broker.")

Broker = Annotated[
    str,
    typer.Option(
        envvar="XIAONENG_AMQP_URL", help="RabbitMQ; its virtual host is the one that is kept. Empty: that of the folder of secrets."
    ),
]
Api = Annotated[
    str,
    typer.Option(
        envvar="XIAONENG_BROKER_API",
        help="Management API: http://administrator:password@host:15672; empty: that of the secrets, or rabbitmqctl.",
    ),
]
Command = Annotated[str, typer.Option(envvar="XIAONENG_RABBITMQCTL", help="The command that stands beside the broker.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the other system: a slug.")],
    tenant: Annotated[str, typer.Option(help="Tenant whose events it may read.")],
    service: Annotated[list[str] | None, typer.Option(help="Only events of this service; may be given several times.")] = None,
    queue_mib: Annotated[int, typer.Option(min=1, help="Above this size a subscriber's queue loses its oldest messages.")] = 512,
    broker: Broker = "",
    api: Api = "",
    rabbitmqctl: Command = "rabbitmqctl",
) -> None:
    """Makes a user for another system and prints its password, once; repeated, it brings the permissions up to date."""
    if not TENANT.match(tenant):
        raise typer.BadParameter(tenant, param_hint="--tenant")
    offered = sorted({entry.service for entry in catalogue() if entry.visibility is not Visibility.INTERNAL})
    unknown = sorted(set(service or ()) - set(offered))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are: {', '.join(offered)}", param_hint="--service")
    wanted = subscribers.Subscriber(name, tenant, subscribers.exchanges_of(service or offered))
    with told(broker, api, rabbitmqctl) as control:
        password = subscribers.add(control, wanted, most_bytes=queue_mib * 1024 * 1024)
    typer.echo(f"user      {wanted.user}")
    if password:
        typer.echo(f"password  {password}")
    typer.echo(f"queues    {wanted.queue_prefix}…")
    typer.echo(f"keys      {tenant}.…, public.…")
    typer.echo(f"exchanges {', '.join(wanted.exchanges)}")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Name of the other system.")],
    broker: Broker = "",
    api: Api = "",
    rabbitmqctl: Command = "rabbitmqctl",
) -> None:
    """Removes the user of another system. Its queues stay until they are deleted at the broker."""
    with told(broker, api, rabbitmqctl) as control:
        if not subscribers.remove(control, name):
            typer.echo(f"there is no subscriber {name}", err=True)
            raise typer.Exit(1)
    typer.echo(f"{name} is removed")


@app.command("list")
def everyone(broker: Broker = "", api: Api = "", rabbitmqctl: Command = "rabbitmqctl") -> None:
    """Lists the other systems, their tenants and the exchanges that they may read."""
    with told(broker, api, rabbitmqctl) as control:
        for each in subscribers.everyone(control):
            typer.echo(f"{each.name:<32} {each.tenant:<24} {', '.join(each.exchanges)}")


@contextmanager
def told(broker: str, api: str, rabbitmqctl: str) -> Iterator[subscribers.Control]:
    """The control of the broker; what it or the name refuses is said in one line."""
    vhost = unquote(urlsplit(broker or reach.broker()).path.removeprefix("/")) or "/"
    api = api or reach.broker_api()
    try:
        yield subscribers.Management(api, vhost) if api else subscribers.Rabbitmqctl([rabbitmqctl], vhost)
    except (subscribers.ControlFailed, subscribers.BadName, OSError) as failed:
        typer.echo(f"{type(failed).__name__}: {failed}", err=True)
        raise typer.Exit(1) from failed
