"""`xiaoneng installation`: what is made once per installation: secrets, database roles, databases.

The folder of secrets has one folder per secret and one file per key, so that `kubectl create secret generic --from-file`, compose and an
administrator's editor read the same thing. What is there is never overwritten: to rotate a secret, delete its file and run it again.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
import yaml
from sqlalchemy import make_url

from services.kit.db.engine import Roles
from services.kit.db.migrate import create_database
from services.kit.identity import TokenSigner
from services.platform import processes

GATEWAY = "gateway"
USER = "xiaoneng"

app = typer.Typer(no_args_is_help=True, help="What an installation needs before its first start: secrets, database roles, databases.")

Folder = Annotated[Path, typer.Argument(file_okay=False, help="Folder of the secrets; nobody else should be able to enter it.")]
PREFIX = "Prefix of the names of the Kubernetes Secrets: the full name of the release."


def databases() -> tuple[str, ...]:
    """Everything that has a database of its own."""
    return (*processes.names(), GATEWAY)


@app.command("secrets")
def make(
    folder: Folder,
    postgres: Annotated[str, typer.Option(help="`host:port` of PostgreSQL, as the processes reach it.")] = "postgresql:5432",
    broker: Annotated[str, typer.Option(help="`host:port` of RabbitMQ, as the processes reach it.")] = "rabbitmq:5672",
    sslmode: Annotated[str, typer.Option(help="`sslmode` of the connections to PostgreSQL; empty: the driver's default.")] = "",
) -> None:
    """Makes the secrets that are missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for service in databases():
        _of_database(folder, service, postgres, sslmode)
    key = TokenSigner.generate()
    installation = folder / "installation"
    signing = _keep(installation / "signingKeys", key.private_json)
    _keep(installation / "gatewayKeys", lambda: _public(signing))
    _keep(installation / "auditKey", _password)
    _keep(folder / GATEWAY / "secret", _password)
    # The issuer gives it; a public client has none.
    _keep(folder / GATEWAY / "clientSecret", lambda: "")
    # Whoever runs the object store gives them; empty where attachments are in a folder.
    for name in ("accessKey", "secretKey"):
        _keep(folder / "attachments" / name, lambda: "")
    administrator = _keep(folder / "postgresql" / "password", _password)
    _keep(folder / "postgresql" / "url", lambda: f"postgresql://postgres:{administrator}@{postgres}/postgres")
    password = _keep(folder / "rabbitmq" / "password", _password)
    _keep(folder / "rabbitmq" / "url", lambda: f"amqp://{USER}:{quote(password, safe='')}@{broker}/")
    # As the RabbitMQ cluster operator wants it; elsewhere the file goes into the broker's folder `conf.d`.
    _keep(folder / "rabbitmq" / "default_user.conf", lambda: f"default_user = {USER}\ndefault_pass = {password}\n")
    _keep(folder / "rabbitmq" / "username", lambda: USER)
    typer.echo(f"{folder}: {sum(1 for path in folder.rglob('*') if path.is_file())} files")


@app.command("databases")
def create(
    folder: Folder,
    admin_url: Annotated[str, typer.Option(envvar="XIAONENG_ADMIN_URL", help="PostgreSQL as a superuser; empty: `postgresql/url`.")] = "",
) -> None:
    """Creates the roles and databases that are missing, and gives the logins the passwords of the folder."""
    admin_url = admin_url or _read(folder / "postgresql" / "url")
    for service in databases():
        app_url, owner_url = make_url(_read(folder / service / "url")), make_url(_read(folder / f"{service}-owner" / "migrationUrl"))
        create_database(admin_url, service, str(app_url.database), str(app_url.password), str(owner_url.password))
        typer.echo(f"{service}: roles {Roles(service).owner}, {Roles(service).app}, {Roles(service).plumbing}, {Roles(service).login}")


@app.command()
def manifests(folder: Folder, prefix: Annotated[str, typer.Option(help=PREFIX)] = "xiaoneng") -> None:
    """Prints the secrets as Kubernetes manifests: `| kubectl apply -n <namespace> -f -`."""
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        data = {path.name: base64.b64encode(path.read_bytes()).decode() for path in sorted(place.iterdir())}
        typer.echo("---")
        typer.echo(
            yaml.safe_dump(
                {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    # What CloudNativePG reads as the password of a role has this type; it tells the operator to look again.
                    "type": "kubernetes.io/basic-auth" if "username" in data else "Opaque",
                    "metadata": {"name": f"{prefix}-{place.name}", "labels": {"cnpg.io/reload": "true"}},
                    "data": data,
                },
                sort_keys=False,
            ).rstrip()
        )


def _of_database(folder: Path, service: str, postgres: str, sslmode: str) -> None:
    roles = Roles(service)
    options = f"?sslmode={sslmode}" if sslmode else ""
    for place, user, key in ((service, roles.login, "url"), (f"{service}-owner", roles.owner, "migrationUrl")):
        password = _keep(folder / place / "password", _password)
        _keep(folder / place / "username", lambda user=user: user)  # type: ignore[misc]
        url = f"postgresql://{user}:{password}@{postgres}/xn_{service}{options}"
        _keep(folder / place / key, lambda url=url: url)  # type: ignore[misc]


def _keep(path: Path, make: Callable[[], str]) -> str:
    """The secret in the file, made now where it is missing. The folder keeps others out; the file is what a container's user reads."""
    if path.is_file():
        return _read(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    value = make()
    path.write_text(value, encoding="utf-8")
    path.chmod(0o444)
    return value


def _read(path: Path) -> str:
    if not path.is_file():
        raise typer.BadParameter(f"{path} is missing: run `xiaoneng installation secrets` first", param_hint="FOLDER")
    return path.read_text(encoding="utf-8").strip()


def _password() -> str:
    return secrets.token_urlsafe(36)


def _public(signing: str) -> str:
    """The public keys of a private JWK or JWK set."""
    found = json.loads(signing)
    keys = [
        key
        for private in found.get("keys", [found])
        for key in json.loads(TokenSigner.from_json(json.dumps(private)).public_json())["keys"]
    ]
    return json.dumps({"keys": keys})
