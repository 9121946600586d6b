"""What every method and message of the contract must say of itself; `buf lint` sees to names and comments."""

from __future__ import annotations

from collections.abc import Iterator

from google.api import annotations_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, FileDescriptor, MethodDescriptor

from xiaoneng.kit.v1 import options_pb2

# Lists that cannot grow: what they list belongs to one thing and is read whole.
BOUNDED = {
    "xiaoneng.directory.v1.CalendarService.ListDays": "the days of one year",
    "xiaoneng.directory.v1.IdentityService.ListMemberships": "the tenants of one person",
    "xiaoneng.directory.v1.RegisterService.ListRegisters": "the registers that the packs of one tenant name",
    "xiaoneng.directory.v1.RegisterService.ListGaps": "the gaps in the registers of one tenant",
    "xiaoneng.directory.v1.RoleService.ListRoles": "the roles that the packs of one tenant name",
    "xiaoneng.directory.v1.RoleService.ListVocabularies": "the vocabularies that the packs of one tenant name",
    "xiaoneng.directory.v1.RoleService.ListHolders": "the holders of one role",
    "xiaoneng.documents.v1.AttachmentService.ListAttachments": "the attachments of one document, whose number is limited",
    "xiaoneng.documents.v1.RecordService.ListDeclarations": "what the packs of one tenant declare",
    "xiaoneng.documents.v1.StepService.ListReadings": "the readers of one document",
}
# Reads that carry too much for an address.
READS_BY_POST = {"xiaoneng.directory.v1.PackService.CheckPack", "xiaoneng.documents.v1.PackMoveService.PreviewPackMove"}
# How an instant may be called: when something is, begins, ends or must be done.
_INSTANTS = ("_time", "_times", "_from", "_until", "_deadline", "_limit")


def remarks(file: FileDescriptor) -> Iterator[str]:
    """What is wrong in one file."""
    for service in file.services_by_name.values():
        for method in service.methods:
            yield from about_method(method)
    for message in file.message_types_by_name.values():
        yield from about_message(message)


def about_method(method: MethodDescriptor) -> Iterator[str]:
    """Access, REST, request id and pages of one method."""
    options = method.GetOptions()
    if options.Extensions[options_pb2.access].WhichOneof("need") is None:
        yield f"{method.full_name}: says not what it needs of its caller"
    rule = options.Extensions[annotations_pb2.http]
    fields = method.input_type.fields_by_name
    internal = options.Extensions[options_pb2.access].internal
    if not rule.WhichOneof("pattern") and not internal:
        yield f"{method.full_name}: has no address in REST"
    if is_change(method) and "request_id" not in fields:
        yield f"{method.full_name}: changes something and has no request_id"
    if method.full_name in BOUNDED:
        return
    if method.name.startswith("List") and not {"page_size", "page_token"} <= set(fields):
        yield f"{method.full_name}: a list has page_size and page_token"
    if method.name.startswith("List") and "next_page_token" not in method.output_type.fields_by_name:
        yield f"{method.full_name}: a list answers with next_page_token"


def is_change(method: MethodDescriptor) -> bool:
    """Whether a method changes something, by its address in REST; a stream carries its request id in its first message."""
    rule = method.GetOptions().Extensions[annotations_pb2.http]
    reads = rule.WhichOneof("pattern") in {None, "get"} or method.full_name in READS_BY_POST
    return not reads and not method.client_streaming


def about_message(message: Descriptor) -> Iterator[str]:
    """Fields and event options of one message, and of those inside it."""
    if message.GetOptions().map_entry:
        return
    for field in message.fields:
        yield from about_field(field)
    event = message.GetOptions().Extensions[options_pb2.event]
    if event.type and event.visibility == options_pb2.VISIBILITY_UNSPECIFIED:
        yield f"{message.full_name}: an event says who may read it"
    for inner in message.nested_types:
        yield from about_message(inner)


def about_field(field: FieldDescriptor) -> Iterator[str]:
    """Names of instants and days, and no escape into free structures."""
    kind = field.message_type.full_name if field.message_type else ""
    if kind == "google.protobuf.Timestamp" and not field.name.endswith(_INSTANTS) and field.name != "time":
        yield f"{field.full_name}: an instant is called …_time"
    # `fields` holds what packs declare, which is told to clients by `ListDeclarations`.
    if kind in {"google.protobuf.Struct", "google.protobuf.Value"} and field.name != "fields":
        yield f"{field.full_name}: a Struct says nothing to a client"
    if isinstance(field.enum_type, EnumDescriptor) and not field.enum_type.values[0].name.endswith("_UNSPECIFIED"):
        yield f"{field.full_name}: the first value of its enum is …_UNSPECIFIED"
