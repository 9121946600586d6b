"""`xiaoneng docs`: the pages of the documentation that are read from the code."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Pages of the documentation that are read from the code.")


@app.command()
def errors() -> None:
    """Prints `docs/errors.md`: every refusal with its code, its text and when it is given."""
    from services.platform import refusal_names

    typer.echo(refusal_names.markdown(), nl=False)


@app.command()
def settings() -> None:
    """Prints `docs/settings.md`: every setting of every process."""
    from services.platform import setting_names

    typer.echo(setting_names.markdown(), nl=False)
