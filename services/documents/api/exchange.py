"""Transmissions to other offices and arrivals from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import json_format
from google.type.date_pb2 import Date

from services.documents import convert, queries
from services.documents.commands import arrive, transmit
from services.documents.commands.names import document_id, own_id
from services.documents.domain.exchange import Arrival, Office, Transmission, TransmissionState, relation
from services.documents.store import exchange, visibility
from services.kit import pages
from services.kit.db.command import run
from services.kit.errors import Missing
from services.kit.rpc.call import caller
from xiaoneng.documents.v1 import exchange_service_pb2 as wire
from xiaoneng.documents.v1 import exchange_service_pb2_grpc, types_pb2
from xiaoneng.kit.v1 import citation_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.documents.domain.attachments import Attachment
    from services.kit.service import Ports

_ORDER = ("superior", "subordinate", "sibling", "other")


class ExchangeService(exchange_service_pb2_grpc.ExchangeServiceServicer):
    """Delivers documents to other offices and takes in what they transmit."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def ListReceivers(self, request: Any, context: grpc.ServicerContext) -> wire.ListReceiversResponse:
        who = caller(context)
        with self._ports.db.tenant(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("receivers", who.tenant, who.person), now=tx.now)
            offices = transmit.address_book(tx)
        mine = offices.pop(who.tenant)
        found = sorted((_ORDER.index(relation(mine, office)), office.tenant) for office in offices.values())
        later = [place for place in found if page.after is None or place > page.after]
        shown, token = page.cut(later, key=lambda place: place)
        return wire.ListReceiversResponse(
            receivers=[_receiver(offices[tenant], _ORDER[place]) for place, tenant in shown], next_page_token=token
        )

    def TransmitDocument(self, request: Any, context: grpc.ServicerContext) -> wire.TransmitDocumentResponse:
        cmd = convert.command(transmit.TransmitDocument, request, caller(context))
        return run(self._ports, transmit.transmit_document, cmd, _all_shown)

    def WithdrawTransmission(self, request: Any, context: grpc.ServicerContext) -> wire.Transmission:
        return run(
            self._ports, transmit.withdraw_transmission, convert.command(transmit.WithdrawTransmission, request, caller(context)), _shown
        )

    def AcknowledgeTransmission(self, request: Any, context: grpc.ServicerContext) -> wire.Transmission:
        cmd = convert.command(transmit.AcknowledgeTransmission, request, caller(context))
        return run(self._ports, transmit.acknowledge_transmission, cmd, _shown)

    def ListTransmissions(self, request: Any, context: grpc.ServicerContext) -> wire.ListTransmissionsResponse:
        who = caller(context)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            if request.document:
                visibility.ensure(tx, document_id(request.document))
            scope = ("transmissions", who.tenant, who.person, request.document, request.state)
            page = pages.read(request.page_size, request.page_token, scope=scope, now=tx.now)
            state = convert.TRANSMISSION_WORD.get(request.state, "")
            found = exchange.sent(tx, document_id(request.document), state, page)
        shown, token = page.cut(found, key=lambda each: (each.sent_at, each.id))
        return wire.ListTransmissionsResponse(transmissions=[_shown(each) for each in shown], next_page_token=token)

    def ListArrivals(self, request: Any, context: grpc.ServicerContext) -> wire.ListArrivalsResponse:
        who = caller(context)
        state = convert.TRANSMISSION_WORD.get(request.state, TransmissionState.ARRIVED)
        with self._ports.db.snapshot(who.tenant, who) as tx:
            page = pages.read(request.page_size, request.page_token, scope=("arrivals", who.tenant, who.person, state), now=tx.now)
            found = exchange.came(tx, state, page)
        shown, token = page.cut(found, key=lambda each: (each.arrived_at, each.id))
        return wire.ListArrivalsResponse(arrivals=[_arrival(each) for each in shown], next_page_token=token)

    def GetArrival(self, request: Any, context: grpc.ServicerContext) -> wire.Arrival:
        who = caller(context)
        with self._ports.db.tenant(who.tenant, who) as tx:
            found = exchange.arrival(tx, own_id(request.name))
            if found is None:
                raise Missing()
            tx.audit("documents.arrival.read", found.name)
            return _arrival(found, exchange.files_of(tx, found.id), whole=True)

    def RegisterArrival(self, request: Any, context: grpc.ServicerContext) -> types_pb2.Document:
        cmd = convert.command(arrive.RegisterArrival, request, caller(context))
        return run(self._ports, arrive.register_arrival, cmd, queries.document_view)

    def RefuseArrival(self, request: Any, context: grpc.ServicerContext) -> wire.Arrival:
        return run(self._ports, arrive.refuse_arrival, convert.command(arrive.RefuseArrival, request, caller(context)), _arrival)


def _receiver(office: Office, stands: str) -> wire.Receiver:
    return wire.Receiver(tenant=office.tenant, display_name=office.display_name, kind=office.kind, relation=convert.RELATION[stands])


def _all_shown(made: Sequence[Transmission]) -> wire.TransmitDocumentResponse:
    return wire.TransmitDocumentResponse(transmissions=[_shown(each) for each in made])


def _shown(found: Transmission) -> wire.Transmission:
    shown = wire.Transmission(
        name=found.name,
        document=f"documents/{found.document}",
        receiver=found.receiver,
        receiver_display_name=found.receiver_name,
        state=convert.TRANSMISSION[found.state],
        sender=found.sender,
        send_time=convert.stamp(found.sent_at),
        arrive_time=convert.moment(found.arrived_at),
        answer_time=convert.moment(found.answered_at),
        reason=found.reason,
        acknowledge_time=convert.moment(found.acknowledged_at),
    )
    if found.citation is not None:
        shown.citation.CopyFrom(json_format.ParseDict(found.citation, citation_pb2.Citation()))
    shown.findings.extend(json_format.ParseDict(each, types_pb2.RuleFinding()) for each in found.findings or ())
    return shown


def _arrival(found: Arrival, files: Sequence[Attachment] = (), *, whole: bool = False) -> wire.Arrival:
    day = found.sender_date
    return wire.Arrival(
        name=found.name,
        sending_tenant=found.sending_tenant,
        sender=found.sender,
        sender_number=found.sender_number,
        sender_date=Date(year=day.year, month=day.month, day=day.day) if day else None,
        title=found.title,
        body=found.body if whole else "",
        document_type=found.document_type,
        urgency=convert.URGENCY[found.urgency],
        note=found.note,
        attachments=[convert.attachment(file) for file in files],
        state=convert.TRANSMISSION[found.state],
        arrive_time=convert.stamp(found.arrived_at),
        answerer=found.answerer,
        answer_time=convert.moment(found.answered_at),
        reason=found.reason,
        document=f"documents/{found.id}" if found.state is TransmissionState.REGISTERED else "",
    )
