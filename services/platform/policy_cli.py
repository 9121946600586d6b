"""`xiaoneng policy`: check packs, load them into a running platform, compare two versions, show how far the regulations are proved."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
import yaml

from services.kit import ids
from services.kit.policy import BadPack, Catalogue, Pack, Problem, load_file, validate
from services.kit.policy.diff import diff as differences
from services.kit.policy.precedence import Clash, clashes
from services.kit.policy.schema import document
from services.kit.policy.source import Path_, read_file

SERVICES = ("directory", "documents", "meetings", "supervision", "attendance", "notifications")
RELEASED = Path(__file__).resolve().parents[2] / "deploy" / "policies"
STATUSES = ("passing", "failing", "missing", "guidance")

app = typer.Typer(no_args_is_help=True, help="Policy packs: the regulations of the tenants as data.")

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="Packs, YAML.")]
Token = Annotated[str, typer.Option(envvar="XIAONENG_TOKEN", help="Bearer token, for example from `xiaoneng token`.")]
Address = Annotated[str, typer.Option(envvar="XIAONENG_ADDRESS", help="Address of the gateway.")]


def catalogue() -> Catalogue:
    """What all services of this release offer to packs."""
    found = []
    for name in SERVICES:
        if (Path(__file__).parent.parent / name / "facts.py").is_file():
            found.append(importlib.import_module(f"services.{name}.facts").CATALOGUE)
    return Catalogue(tuple(found))


@app.command()
def check(
    files: Files,
    text: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Text of the regulation: quotes are looked up in it.")
    ] = None,
) -> None:
    """Prints everything that is wrong with packs, each with file and line; exits with 1 if anything is."""
    known, problems = catalogue(), list[Problem]()
    regulation = text.read_text(encoding="utf-8") if text else None
    for file in files:
        problems += validate(file, known, regulation)
    packs = [] if problems else [load_file(file) for file in files]
    written = dict(zip((pack.id for pack in packs), files, strict=False))
    together = [_placed(clash, written[clash.pack]) for clash in clashes(packs)] if len(written) == len(files) else []
    for line in (*problems, *together):
        typer.echo(str(line), err=True)
    if problems or together:
        raise typer.Exit(1)
    for pack in packs:
        typer.echo(f"{pack.id} v{pack.version}: {len(pack.rules)} rules on {len(pack.clauses)} clauses, nothing is wrong")


def _placed(clash: Clash, file: Path) -> Problem:
    """What a pack may not do to another, at its line."""
    source = read_file(file)
    rules = [index for index, rule in enumerate(source.data["rules"]) if rule["id"] == clash.rule]
    declared = [(part, clash.rule.split(".")[1]) for part in ("fields", "records") if clash.rule.startswith(f"{part}.")]
    path: Path_ = ("rules", rules[0]) if rules else declared[0] if declared else ("tightens",)
    return source.problem(path, f"{clash.rule}: {clash.what}" if clash.rule else clash.what, clash.mend)


@app.command()
def load(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="One pack, or those that are issued together.")],
    token: Token,
    address: Address = "http://127.0.0.1:8000",
    activate: Annotated[bool, typer.Option(help="Also put it in force.")] = True,
    at: Annotated[str, typer.Option(help="Moment from which it is in force (RFC 3339). Default: now.")] = "",
) -> None:
    """Hands packs to the tenant of the token, and puts them in force, several of them in one act."""
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        kept = [_post(client, "/v1/packs", {"source": file.read_text(encoding="utf-8"), "requestId": ids.new()})["name"] for file in files]
        for name in kept:
            typer.echo(f"kept {name}")
        if activate:
            body = {"requestId": ids.new(), "together": kept[1:], **({"activeFromTime": at} if at else {})}
            active = _post(client, f"/v1/{kept[0]}:activate", body)
            typer.echo(f"in force from {active['activeFromTime']}")


@app.command()
def apply(
    names: Annotated[list[str], typer.Argument(help="File names of packs, in their order.")],
    tenant: Annotated[str, typer.Option(help="Tenant of the service account.")],
    folder: Annotated[Path, typer.Option(help="Where they are looked for first; then among those of this release.")] = RELEASED,
) -> None:
    """Puts packs in force as a service account; what is in force already is left as it is. Settings come from the environment."""
    from services.platform.account import AccountSettings, gateway_of
    from services.platform.client import Refused
    from services.platform.seeding import load_packs

    paths = [next((each / name for each in (folder, RELEASED) if (each / name).is_file()), None) for name in names]
    if missing := [name for name, path in zip(names, paths, strict=True) if path is None]:
        typer.echo(f"no pack {', '.join(missing)} in {folder} or {RELEASED}", err=True)
        raise typer.Exit(2)
    account = gateway_of(AccountSettings()).as_("account", tenant)
    try:
        load_packs(account, [path.read_text(encoding="utf-8") for path in paths if path is not None])
    except (Refused, httpx.HTTPError) as failed:
        typer.echo(f"{', '.join(names)}: {failed}", err=True)
        raise typer.Exit(1) from failed
    for name in names:
        typer.echo(f"{name} is in force in {tenant}")


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    if answer.is_error:
        try:
            error = answer.json()["error"]
        except (ValueError, KeyError):
            error = {"message": answer.text[:500]}
        typer.echo(error.get("message", ""), err=True)
        for detail in error.get("details", []):
            for violation in detail.get("fieldViolations", []):
                typer.echo(f"  {violation.get('description', '')}", err=True)
            if "locale" in detail:
                typer.echo(detail.get("message", ""), err=True)
        raise typer.Exit(1)
    reply: dict[str, Any] = answer.json()
    return reply


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    new: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Prints what changes from one version to another, and which operations and events answer otherwise."""
    before, after = _pack(old), _pack(new)
    changes = differences(before, after)
    for change in changes:
        typer.echo(str(change))
    rules = [change for change in changes if change.points]
    touched = sorted({point for change in rules for point in change.points})
    typer.echo(f"{len(changes)} changes, {len(rules)} of them in rules" + (f"; asked at {', '.join(touched)}" if touched else ""))


def _pack(file: Path) -> Pack:
    try:
        return load_file(file)
    except BadPack as bad:
        typer.echo(str(bad), err=True)
        raise typer.Exit(1) from bad


@app.command()
def coverage(
    file: Annotated[Path, typer.Argument(help="Where the statuses of the clauses stand.")] = Path("var/coverage.json"),
    run: Annotated[bool, typer.Option(help="Run all scenarios first, also on changed packs; takes minutes.")] = False,
    show: Annotated[list[str] | None, typer.Option(help="List the clauses with this status.")] = None,
) -> None:
    """Prints per regulation how many clauses are proved; exits with 1 if one fails."""
    if run:
        _prove(file)
    if not file.is_file():
        typer.echo(f"{file} is not there: run `make coverage` first", err=True)
        raise typer.Exit(1)
    entries: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    typer.echo(f"{'regulation':<28}" + "".join(f"{status:>10}" for status in STATUSES) + f"{'total':>8}")
    for regulation in dict.fromkeys(entry["regulation"] for entry in entries):
        counts = Counter(entry["status"] for entry in entries if entry["regulation"] == regulation)
        typer.echo(f"{regulation:<28}" + "".join(f"{counts[status]:>10}" for status in STATUSES) + f"{counts.total():>8}")
    for status in show or ():
        typer.echo(f"\n{status}:")
        for entry in entries:
            if entry["status"] == status:
                typer.echo(f"  {entry['id']:<28} {entry['service']:<14} {entry['tier']}")
    if any(entry["status"] == "failing" for entry in entries):
        raise typer.Exit(1)


def _prove(file: Path) -> None:
    """Runs the scenarios, each also on every changed pack of its clauses, and the tests of what the platform itself keeps."""
    tests = Path("tests/scenario")
    properties = yaml.safe_load((tests / "platform.yaml").read_text(encoding="utf-8"))["properties"]
    wanted = [str(tests), *(entry["test"] for entry in properties if not entry["test"].startswith(f"{tests}/"))]
    file.unlink(missing_ok=True)
    options = ["-q", "--mutants", "--coverage-file", str(file.resolve()), "-n", str(os.cpu_count() or 1), "--dist", "loadscope"]
    subprocess.run([sys.executable, "-m", "pytest", *wanted, *options], check=False)


@app.command()
def schema() -> None:
    """Prints the JSON Schema of packs, for editors."""
    typer.echo(json.dumps(document(), ensure_ascii=False, indent=2))
