"""Paths and parameters as another implementation reads them from the same protos."""

from collections.abc import Callable

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from gateway.bindings import Binding, Kind, build
from gateway.descriptors import Contract
from tests.contract.gateway import oracle
from tests.unit.gateway.contracts import ROOT
from tests.unit.gateway.toy import files as toy_files


def real_files() -> FileDescriptorSet:
    return FileDescriptorSet.FromString((ROOT / "build" / "gen" / "xiaoneng.binpb").read_bytes())


def ours(binding: Binding) -> set[str]:
    bound = {v.field for v in binding.template.variables}
    return bound | {p.proto_name for p in binding.query.values()}


@pytest.mark.parametrize("files", [toy_files, real_files])
def test_the_oracle_finds_the_same_paths(files: Callable[[], FileDescriptorSet]) -> None:
    found = files()
    routes = build(Contract(found))
    assert {(b.verb, b.template.text) for b in routes.bindings} == set(oracle.paths(found))


@pytest.mark.parametrize("files", [toy_files, real_files])
def test_the_oracle_finds_the_same_parameters(files: Callable[[], FileDescriptorSet]) -> None:
    found = files()
    theirs = oracle.paths(found)
    differing = {
        (b.verb, b.template.text): ours(b) ^ _comparable(b, theirs[b.verb, b.template.text])
        for b in build(Contract(found)).bindings
        if not _beyond_the_oracle(b)
    }
    assert {key: names for key, names in differing.items() if names} == {}


def _comparable(binding: Binding, parameters: set[str]) -> set[str]:
    """The oracle does not know that a range comes from its header, nor that a mask is one string in JSON."""
    return {
        p.removesuffix("mask.paths") + "mask" * p.endswith("mask.paths")
        for p in parameters
        if not binding.range_field or not p.startswith(f"{binding.range_field}.")
    }


def _beyond_the_oracle(binding: Binding) -> bool:
    """The oracle takes no query parameters beside a body, which `google.api.http` allows since; and knows no uploads."""
    return binding.kind is Kind.UPLOAD or binding.body not in ("", "*")
