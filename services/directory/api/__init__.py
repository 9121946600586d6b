"""The servicers: proto in, command or query, proto out."""

from __future__ import annotations

from collections.abc import Sequence

from services.directory.api.audit import AuditService
from services.directory.api.interpretations import InterpretationService
from services.directory.api.organisation import (
    CalendarService,
    DelegationService,
    OrganisationService,
    PersonService,
    PortfolioService,
    PostService,
    TenantService,
    UnitService,
)
from services.directory.api.pack_view import PackViewService
from services.directory.api.rules import IdentityService, PackService, RegisterService, RoleService, RosterService
from services.directory.api.upkeep import UpkeepService
from services.kit.service import Ports, Servicer
from xiaoneng.directory.v1 import (
    audit_service_pb2_grpc,
    calendar_service_pb2_grpc,
    delegation_service_pb2_grpc,
    identity_service_pb2_grpc,
    interpretation_service_pb2_grpc,
    organisation_service_pb2_grpc,
    pack_service_pb2_grpc,
    pack_view_service_pb2_grpc,
    person_service_pb2_grpc,
    portfolio_service_pb2_grpc,
    post_service_pb2_grpc,
    register_service_pb2_grpc,
    role_service_pb2_grpc,
    roster_service_pb2_grpc,
    tenant_service_pb2_grpc,
    unit_service_pb2_grpc,
    upkeep_service_pb2_grpc,
)


def servicers(ports: Ports) -> Sequence[Servicer]:
    """All servicers of directory, with the functions that add them to a server."""
    return [
        (audit_service_pb2_grpc.add_AuditServiceServicer_to_server, AuditService(ports)),
        (upkeep_service_pb2_grpc.add_UpkeepServiceServicer_to_server, UpkeepService(ports)),
        (pack_view_service_pb2_grpc.add_PackViewServiceServicer_to_server, PackViewService(ports)),
        (calendar_service_pb2_grpc.add_CalendarServiceServicer_to_server, CalendarService(ports)),
        (delegation_service_pb2_grpc.add_DelegationServiceServicer_to_server, DelegationService(ports)),
        (identity_service_pb2_grpc.add_IdentityServiceServicer_to_server, IdentityService(ports)),
        (interpretation_service_pb2_grpc.add_InterpretationServiceServicer_to_server, InterpretationService(ports)),
        (organisation_service_pb2_grpc.add_OrganisationServiceServicer_to_server, OrganisationService(ports)),
        (pack_service_pb2_grpc.add_PackServiceServicer_to_server, PackService(ports)),
        (person_service_pb2_grpc.add_PersonServiceServicer_to_server, PersonService(ports)),
        (portfolio_service_pb2_grpc.add_PortfolioServiceServicer_to_server, PortfolioService(ports)),
        (post_service_pb2_grpc.add_PostServiceServicer_to_server, PostService(ports)),
        (register_service_pb2_grpc.add_RegisterServiceServicer_to_server, RegisterService(ports)),
        (role_service_pb2_grpc.add_RoleServiceServicer_to_server, RoleService(ports)),
        (roster_service_pb2_grpc.add_RosterServiceServicer_to_server, RosterService(ports)),
        (tenant_service_pb2_grpc.add_TenantServiceServicer_to_server, TenantService(ports)),
        (unit_service_pb2_grpc.add_UnitServiceServicer_to_server, UnitService(ports)),
    ]
