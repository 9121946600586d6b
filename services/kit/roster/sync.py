"""Fills a service's copy of the directory over gRPC: for a new service, an empty copy, or by a person after a gap.

Not for workers: they never call gRPC. A gap is mended by events (`kit.roster.heal`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import grpc

from services.kit.roster import copy
from services.kit.roster.model import Row
from services.kit.roster.rows import from_proto
from xiaoneng.directory.v1 import roster_service_pb2, roster_service_pb2_grpc, tenant_service_pb2, tenant_service_pb2_grpc

if TYPE_CHECKING:
    from services.kit.service import Ports

Fetch = Callable[[str, str], roster_service_pb2.GetRosterResponse]
_TIMEOUT_SECONDS = 30.0
_TRIES = 5


class DirectoryRestless(RuntimeError):
    """The directory changed during every attempt to read it."""


def sync(ports: Ports, channel: grpc.Channel, metadata: tuple[tuple[str, str], ...] = ()) -> dict[str, int]:
    """Fills the copies of all tenants; returns the number that each has reached. `metadata` carries the service's token."""
    rosters: Any = roster_service_pb2_grpc.RosterServiceStub(channel)  # type: ignore[no-untyped-call]

    def fetch(tenant: str, page_token: str) -> roster_service_pb2.GetRosterResponse:
        request = roster_service_pb2.GetRosterRequest(tenant=tenant, page_token=page_token)
        page: roster_service_pb2.GetRosterResponse = rosters.GetRoster(request, timeout=_TIMEOUT_SECONDS, metadata=metadata)
        return page

    return {tenant: sync_tenant(ports, tenant, fetch) for tenant in _tenants(channel, metadata)}


def sync_tenant(ports: Ports, tenant: str, fetch: Fetch) -> int:
    """Replaces the copy of one tenant by what the directory holds, unless the copy is as far already. Returns its number."""
    number, rows = _read(tenant, fetch)
    with ports.db.tenant(tenant) as tx:
        reached = copy.lock(tx)
        if number <= reached:
            return reached
        copy.replace(tx, rows, number)
        copy.drain(tx, number)
    return number


def _read(tenant: str, fetch: Fetch) -> tuple[int, list[Row]]:
    for _ in range(_TRIES):
        first = page = fetch(tenant, "")
        rows = list(from_proto(tenant, page.rows))
        while page.next_page_token and page.number == first.number:
            page = fetch(tenant, page.next_page_token)
            rows.extend(from_proto(tenant, page.rows))
        if page.number == first.number:
            return first.number, rows
    raise DirectoryRestless(tenant)


def _tenants(channel: grpc.Channel, metadata: tuple[tuple[str, str], ...]) -> Iterator[str]:
    stub: Any = tenant_service_pb2_grpc.TenantServiceStub(channel)  # type: ignore[no-untyped-call]
    token = ""
    while True:
        request = tenant_service_pb2.ListTenantsRequest(page_size=200, page_token=token)
        page = stub.ListTenants(request, timeout=_TIMEOUT_SECONDS, metadata=metadata)
        yield from (tenant.name.removeprefix("tenants/") for tenant in page.tenants)
        token = page.next_page_token
        if not token:
            return
