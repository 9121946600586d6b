"""Compiles small protos for the tests of the gateway."""

from __future__ import annotations

import tempfile
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from gateway.descriptors import Contract

ROOT = Path(__file__).resolve().parents[3]
HEAD = """
syntax = "proto3";
package toy.v1;
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/api/field_behavior.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
import "buf/validate/validate.proto";
import "xiaoneng/kit/v1/options.proto";
import "xiaoneng/kit/v1/file.proto";
"""


def descriptor_set(body: str) -> FileDescriptorSet:
    """The descriptor set of a proto file that consists of the common imports and `body`."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "toy.proto").write_text(HEAD + body, encoding="utf-8")
        out = place / "toy.binpb"
        well_known = Path(protoc.__file__).parent / "_proto"
        arguments = ["protoc", f"-I{place}", f"-I{ROOT / 'protos'}", f"-I{ROOT / 'protos' / 'third_party'}"]
        arguments += [f"-I{well_known}", "--include_imports", "--include_source_info", f"-o{out}", "toy.proto"]
        assert protoc.main(arguments) == 0
        return FileDescriptorSet.FromString(out.read_bytes())


def contract(body: str) -> Contract:
    return Contract(descriptor_set(body))
