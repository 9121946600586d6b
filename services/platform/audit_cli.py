"""`xiaoneng audit verify`: reads the audit and reckons its chain anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.kit import audit
from services.kit.db.tenant import audited_tenants
from services.kit.service import Ports

app = typer.Typer(help="The audit: who did what, when, under which article.", no_args_is_help=True)
_WORDS = {
    "changed": "内容被改动",
    "missing": "记录缺失",
    "reordered": "顺序被改动",
    "cut": "末尾被截断",
}


@app.callback()
def _group() -> None:
    """Keeps `verify` a command of its own."""


@app.command()
def verify(
    service: Annotated[str, typer.Argument(help="Service; without one every service of the data folder.")] = "",
    tenant: Annotated[str, typer.Option(help="Only this tenant.")] = "",
    anchor: Annotated[str, typer.Option(help="`<position>:<head>` as it was published or logged; needs service and tenant.")] = "",
    data: Annotated[Path, typer.Option(envvar="XIAONENG_DATA", help="Folder of the embedded platform.")] = Path("var/embedded"),
) -> None:
    """Verifies the audit. Ends with 1 when a record was changed, removed, put elsewhere or cut off; what is not sealed yet is only told."""
    from services.platform import reach

    if anchor and not (service and tenant):
        raise typer.BadParameter("an anchor is one service's and one tenant's", param_hint="--anchor")
    if service:
        with reach.one(service, data) as ports:
            sound = _verify(ports, tenant, _anchor(anchor))
    else:
        with reach.embedded(data) as every:
            verdicts = [_verify(ports, tenant, None) for ports in every.values()]
            sound = all(verdicts)
    raise typer.Exit(0 if sound else 1)


def _verify(ports: Ports, tenant: str, anchor: tuple[int, str] | None) -> bool:
    sound = True
    for name in [tenant] if tenant else audited_tenants(ports.db):
        verdict = audit.verify(ports.db, name, anchor)
        sound = sound and verdict.sound
        state = "完好" if verdict.sound else "有问题"
        typer.echo(f"{ports.service} {name}：{state}，已封存{verdict.sealed}条，待封存{verdict.unsealed}条，链首{verdict.head[:16]}")
        for fault in verdict.faults:
            typer.echo(f"  第{fault.position}条 {_WORDS[fault.kind]} {fault.record}")
    return sound


def _anchor(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    position, _, head = text.partition(":")
    if not position.isdecimal() or not head:
        raise typer.BadParameter(text, param_hint="--anchor")
    return int(position), head


if __name__ == "__main__":
    app()
