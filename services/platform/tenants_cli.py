"""`xiaoneng tenants`: a tenant and its first administrator. Everything else that administrator does through the gateway.

Runs where the gateway's settings are, for instance `kubectl exec deploy/xiaoneng-gateway -- xiaoneng tenants list`: creating a tenant
is an act of the installation, so it needs the installation's signing key and no person's token.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import grpc
import typer

from gateway.settings import GatewaySettings
from gateway.token import read_signers
from services.kit.clock import SystemClock
from services.kit.rpc import tls
from services.kit.rpc.channel import connect, service_metadata
from xiaoneng.directory.v1 import tenant_service_pb2 as pb
from xiaoneng.directory.v1 import tenant_service_pb2_grpc

DIRECTORY = "directory"

app = typer.Typer(no_args_is_help=True, help="The tenants of this installation. Settings come from the environment of the gateway.")


@app.command()
def create(
    tenant: Annotated[str, typer.Argument(help="Id: a slug without dots; part of every event's routing key.")],
    name: Annotated[str, typer.Option(help="What the organ is called.")],
    administrator: Annotated[str, typer.Option(help="Id of the first administrator, a new person or an existing one.")],
    administrator_name: Annotated[str, typer.Option(help="What the administrator is called.")],
    subject: Annotated[str, typer.Option(help="The administrator's `sub` at the issuer.")],
    kind: Annotated[str, typer.Option(help="Kind of organ, for example `municipal_bureau`.")] = "",
    parent: Annotated[str, typer.Option(help="Id of the tenant that it is subordinate to.")] = "",
) -> None:
    """Makes a tenant with its first administrator, who signs in at the issuer of the gateway."""
    settings = GatewaySettings()  # type: ignore[call-arg]  # read from the environment
    request = pb.CreateTenantRequest(tenant_id=tenant)
    request.tenant.display_name, request.tenant.kind = name, kind
    request.tenant.parent = f"tenants/{parent}" if parent else ""
    request.administrator.person_id, request.administrator.display_name = administrator, administrator_name
    request.administrator.issuer, request.administrator.sub = settings.issuer, subject
    with asked(settings) as (stub, said):
        typer.echo(stub.CreateTenant(request, metadata=said).name)


@app.command("list")
def everyone() -> None:
    """Lists the tenants."""
    with asked(GatewaySettings()) as (stub, said):  # type: ignore[call-arg]  # read from the environment
        page = ""
        while True:
            answer = stub.ListTenants(pb.ListTenantsRequest(page_size=200, page_token=page), metadata=said)
            for each in answer.tenants:
                typer.echo(f"{each.name.removeprefix('tenants/'):<40} {each.kind:<24} {each.display_name}")
            page = answer.next_page_token
            if not page:
                return


@contextmanager
def asked(settings: GatewaySettings) -> Iterator[tuple[Any, Any]]:
    """The directory's tenants and what a call says of itself; what is refused is said in one line."""
    signer = read_signers(settings.signing_keys.get_secret_value())[0]
    files = tls.channel_files(settings.services_ca, settings.services_cert, settings.services_key)
    credentials = tls.channel_credentials(files) if files is not None else None
    try:
        with connect(settings.services[DIRECTORY], credentials) as channel:
            said = service_metadata(signer, "platform", SystemClock().now())
            yield tenant_service_pb2_grpc.TenantServiceStub(channel), said
    except grpc.RpcError as error:
        typer.echo(f"{error.code().name}: {error.details()}", err=True)
        raise typer.Exit(1) from error
