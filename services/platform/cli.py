"""`xiaoneng`: the platform on the command line."""

from __future__ import annotations

import importlib
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="xiaoneng",
    help="效能: an office platform that runs the regulations of offices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)

SUBCOMMANDS = {
    "policy": "policy_cli",
    "events": "events_cli",
    "deadlines": "deadlines_cli",
    "subscribers": "subscribers_cli",
    "audit": "audit_cli",
    "migrations": "migrations_cli",
    "docs": "docs_cli",
    "installation": "installation_cli",
    "tenants": "tenants_cli",
}
Folder = Annotated[Path, typer.Option(envvar="XIAONENG_DATA", help="Folder of the data; kept between runs.")]
DATA = Path("var/embedded")
_DIRECT = ("up", "serve", "work", "migrate", "token", "sync", "smoke", "demo")


def _mount(word: str) -> None:
    """Adds the groups of commands: the one that is called, or all of them for help. Their imports take seconds."""
    for name in [word] if word in SUBCOMMANDS else [] if word in _DIRECT else SUBCOMMANDS:
        app.add_typer(importlib.import_module(f"services.platform.{SUBCOMMANDS[name]}").app, name=name)


@app.command()
def up(
    data: Folder = DATA,
    host: Annotated[str, typer.Option(help="Address to listen on; only loopback is safe.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the gateway; 0: the one of the first run (8000 if it was free).")] = 0,
    metrics_port: Annotated[int, typer.Option(help="Port of /metrics; 0 takes a free one.")] = 0,
    anywhere: Annotated[bool, typer.Option(help="Listen on other addresses than loopback. Unsafe: anybody signs in as anybody.")] = False,
    clock: Annotated[str, typer.Option(help="'system', or 'driven': time stands still until /v1/clock:advance moves it.")] = "system",
    start: Annotated[datetime | None, typer.Option(help="Where a driven clock begins the first time, in UTC.")] = None,
    tenant: Annotated[list[str] | None, typer.Option(help="Only this demo tenant, and those above it. May be given several times.")] = None,
) -> None:
    """Starts the whole platform in this process, with demo people on the first run. Ctrl-C stops it and loses nothing."""
    from gateway.main import NotStarted
    from services.platform import people as demo
    from services.platform import up as command
    from services.platform.embedded import AlreadyRuns, NotLoopback

    if clock not in ("system", "driven"):
        raise typer.BadParameter(clock, param_hint="--clock")
    try:
        demo.organisations(tenant or ())
    except ValueError as unknown:
        raise typer.BadParameter(str(unknown), param_hint="--tenant") from unknown
    try:
        options = command.options_for(data, host, port, anywhere, metrics_port, clock, start)
        raise typer.Exit(command.run(options, sys.stdout, tenant or ()))
    except NotLoopback as refused:
        typer.echo(f"拒绝在 {refused} 上启动：演示登录不需要密码，只允许本机访问；确实需要时加 --anywhere", err=True)
        raise typer.Exit(2) from refused
    except AlreadyRuns as refused:
        typer.echo(f"{refused} 已有一个平台在运行", err=True)
        raise typer.Exit(2) from refused
    except NotStarted as refused:
        typer.echo(f"无法启动：{refused}。端口可能已被占用，可用 --port 另选一个", err=True)
        raise typer.Exit(2) from refused


@app.command()
def serve(service: Annotated[str, typer.Argument(help="Service, or `gateway`.")]) -> None:
    """Runs the api process of a service until it is told to stop. Settings come from the environment."""
    from services.kit import log

    if service == "gateway":
        from gateway.main import main as gateway_main

        log.configure()
        gateway_main()
        return
    from services.kit.settings import Settings
    from services.platform import processes

    settings = Settings()  # type: ignore[call-arg]  # read from the environment
    log.configure(settings.log_level)
    raise typer.Exit(processes.serve(_known(service), settings))


@app.command()
def work(
    service: Annotated[str, typer.Argument(help="Service.")],
    only: Annotated[list[str] | None, typer.Option(help="Only this part: handlers, relay or watch. May be given several times.")] = None,
) -> None:
    """Runs the workers of a service until they are told to stop. Settings come from the environment."""
    from services.kit import log
    from services.kit.settings import Settings
    from services.platform import processes

    settings = Settings()  # type: ignore[call-arg]  # read from the environment
    log.configure(settings.log_level)
    raise typer.Exit(processes.work(_known(service), settings, tuple(only or ())))


@app.command()
def migrate(
    service: Annotated[str, typer.Argument(help="Service, or `gateway`.")],
    url: Annotated[
        str, typer.Option(help="PostgreSQL of the service, as the owner of its tables. Default: XIAONENG_MIGRATION_URL, or its file.")
    ] = "",
) -> None:
    """Brings the tables of a service to this release."""
    from services.kit.db import migrate as migrations
    from services.kit.settings import MigrationSettings
    from services.platform import processes

    url = url or MigrationSettings().migration_url.get_secret_value()
    if not url:
        raise typer.BadParameter("XIAONENG_MIGRATION_URL is missing", param_hint="--url")

    if service == "gateway":
        from gateway.session import METADATA, MIGRATIONS

        migrations.migrate(service, METADATA, MIGRATIONS, url)
    else:
        described = processes.spec(_known(service))
        migrations.migrate(described.name, described.metadata, described.migrations, url)
    typer.echo(f"{service}: the tables are those of this release")


@app.command()
def token(
    person: Annotated[str, typer.Argument(help="Somebody of the demo: `clerk@<tenant>`.")],
    url: Annotated[str, typer.Option(envvar="XIAONENG_ADDRESS", help="Address of the gateway; empty: that of the data folder.")] = "",
    data: Folder = DATA,
) -> None:
    """Prints a token of a demo person, for curl. Loopback and embedded issuer only."""
    from gateway.issuer.client import NoToken, token_of
    from services.platform.memory import Memory

    address = url or Memory(data / "memory.json").known("address") or "http://127.0.0.1:8000"
    try:
        typer.echo(token_of(address, person))
    except NoToken as none:
        typer.echo(str(none), err=True)
        raise typer.Exit(1) from none


@app.command()
def sync(
    service: Annotated[str, typer.Argument(help="Service whose copy of the directory is to be filled.")],
    directory: Annotated[str, typer.Option(envvar="XIAONENG_DIRECTORY", help="gRPC address of directory.")],
    signing_key: Annotated[str, typer.Option(envvar="XIAONENG_SIGNING_KEY", help="Private JWK of the installation, or its file.")],
) -> None:
    """Fills a service's copy of the directory anew: for a new service, an empty copy, or after a gap."""
    from services.kit import clockwork, log
    from services.kit.clock import SystemClock
    from services.kit.identity import TokenSigner
    from services.kit.roster.sync import sync as fill
    from services.kit.rpc.channel import connect, service_metadata
    from services.kit.service import build
    from services.kit.settings import Settings
    from services.platform import processes

    settings = Settings()  # type: ignore[call-arg]  # read from the environment
    log.configure(settings.log_level)
    described = processes.spec(_known(service))
    ports = build(described, settings, clockwork.clock(settings), url=settings.database_url.get_secret_value())
    key = signing_key if signing_key.lstrip().startswith("{") else Path(signing_key).read_text(encoding="utf-8")
    with connect(directory) as channel:
        said = service_metadata(TokenSigner.from_json(key), service, SystemClock().now())
        for tenant, number in fill(ports, channel, said).items():
            typer.echo(f"{tenant}: {number}")


@app.command()
def smoke(
    tenant: Annotated[str, typer.Option(help="Tenant in which the account is the registrar; without one only the gateway is asked.")] = "",
) -> None:
    """Tells whether an installation works: everybody answers, and one document goes its round. Settings come from the environment."""
    from services.platform import smoke as command
    from services.platform.account import AccountSettings

    raise typer.Exit(command.run(AccountSettings(), tenant, sys.stdout))


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="Folder of the demo's data; made anew at each run.")] = Path("var/demo"),
    report: Annotated[Path, typer.Option(help="Where the numbers go.")] = Path("var/demo.json"),
    seed: Annotated[int, typer.Option(help="Who is late follows from it.")] = 20190923,
    most: Annotated[int, typer.Option(help="At most so many documents per office; 0: as many as make about a minute.")] = 0,
) -> None:
    """Runs the main job on the regulation texts over some weeks, on a driven clock; ends by itself in about a minute."""
    from services.platform import demo as command

    raise typer.Exit(command.run(data, report, seed, sys.stdout, most))


def _known(service: str) -> str:
    from services.platform import processes

    if service not in processes.names():
        typer.echo(f"no service {service!r}; there are: gateway, {', '.join(processes.names())}", err=True)
        raise typer.Exit(2)
    return service


def main() -> None:
    """Entry point of the command `xiaoneng`."""
    _mount(sys.argv[1] if len(sys.argv) > 1 else "")
    app()


if __name__ == "__main__":
    main()
