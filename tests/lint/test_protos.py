"""The contract keeps the rules of the house; each rule sees a breach of it."""

import importlib
from pathlib import Path

import pytest
from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool

from tests.lint.rules import protos
from xiaoneng.kit.v1 import options_pb2

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = sorted(path.relative_to(ROOT / "protos") for path in (ROOT / "protos/xiaoneng").rglob("*.proto"))
PAGES = {"fields": ("page_size", "page_token"), "answer": ("next_page_token",)}


def descriptor(path):
    return importlib.import_module(".".join(path.with_suffix("").parts) + "_pb2").DESCRIPTOR


@pytest.mark.parametrize("path", CONTRACT, ids=str)
def test_the_contract_keeps_the_rules(path):
    assert list(protos.remarks(descriptor(path))) == []


def method(name="GetThing", verb="get", access=True, fields=("name",), answer=("name",)):
    """A method of a contract that exists in this test only."""
    file = descriptor_pb2.FileDescriptorProto(name="probe.proto", package="probe", syntax="proto3")
    file.dependency.extend(["google/api/annotations.proto", "xiaoneng/kit/v1/options.proto"])
    for message, names in (("Request", fields), ("Answer", answer)):
        made = file.message_type.add(name=message)
        for number, field in enumerate(names, 1):
            made.field.add(name=field, number=number, type="TYPE_STRING", label="LABEL_OPTIONAL")
    made = file.service.add(name="Things").method.add(name=name, input_type=".probe.Request", output_type=".probe.Answer")
    if access:
        made.options.Extensions[options_pb2.access].member = True
    if verb:
        setattr(made.options.Extensions[annotations_pb2.http], verb, "/v1/things")
    return built(file).services_by_name["Things"].methods[0]


def built(file):
    pool = descriptor_pool.DescriptorPool()
    for dependency in (descriptor_pb2.DESCRIPTOR, annotations_pb2.DESCRIPTOR, options_pb2.DESCRIPTOR):
        add(pool, dependency)
    return pool.Add(file) or pool.FindFileByName(file.name)


def add(pool, file):
    for dependency in file.dependencies:
        add(pool, dependency)
    copy = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(copy)
    pool.Add(copy)


@pytest.mark.parametrize(
    ("made", "what"),
    [
        ({"access": False}, "needs of its caller"),
        ({"verb": ""}, "no address in REST"),
        ({"verb": "post"}, "no request_id"),
        ({"name": "ListThings", "answer": ("next_page_token",)}, "page_size and page_token"),
        ({"name": "ListThings", "fields": ("page_size", "page_token")}, "next_page_token"),
    ],
)
def test_a_method_that_says_too_little_is_seen(made, what):
    assert [remark for remark in protos.about_method(method(**made)) if what in remark]


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"verb": "post", "fields": ("request_id",)},
        {"name": "ListThings", "fields": ("page_size", "page_token"), "answer": ("next_page_token",)},
    ],
)
def test_a_method_that_says_all_passes(made):
    assert list(protos.about_method(method(**made))) == []


def test_the_exceptions_exist():
    methods = {
        f"{service.full_name}.{method.name}"
        for path in CONTRACT
        for service in descriptor(path).services_by_name.values()
        for method in service.methods
    }
    assert set(protos.BOUNDED) | protos.READS_BY_POST <= methods


@pytest.mark.parametrize(
    ("name", "kind", "seen"),
    [("due", "Timestamp", True), ("due_time", "Timestamp", False), ("rest", "Struct", True), ("fields", "Struct", False)],
)
def test_a_field_that_is_misnamed_or_shapeless_is_seen(name, kind, seen):
    file = descriptor_pb2.FileDescriptorProto(name="probe.proto", package="probe", syntax="proto3")
    file.dependency.append(f"google/protobuf/{kind.lower()}.proto")
    kinds = file.message_type.add(name="Thing").field
    kinds.add(name=name, number=1, type="TYPE_MESSAGE", label="LABEL_OPTIONAL", type_name=f".google.protobuf.{kind}")
    pool = descriptor_pool.DescriptorPool()
    add(pool, importlib.import_module(f"google.protobuf.{kind.lower()}_pb2").DESCRIPTOR)
    pool.Add(file)
    assert bool(list(protos.about_message(pool.FindMessageTypeByName("probe.Thing")))) is seen
