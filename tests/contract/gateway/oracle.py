"""Debian's `protoc-gen-swagger`, as somebody else's reading of the same annotations."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from services.kit.testing import debian


def program() -> Path:
    """The plugin: on the path, or unpacked from the distribution's package, once for all runs."""
    return debian.program("protoc-gen-swagger", "golang-grpc-gateway")


def paths(files: FileDescriptorSet) -> dict[tuple[str, str], set[str]]:
    """For every operation (verb, template) the parameters that are not in the body, by their proto names."""
    request = plugin_pb2.CodeGeneratorRequest(parameter="logtostderr=true")
    for file in files.file:
        copied = request.proto_file.add()
        copied.CopyFrom(file)
        for method in (m for service in copied.service for m in service.method):
            method.client_streaming = False  # it knows no uploads to a path with parameters
        copied.options.go_package = copied.options.go_package or f"x/{file.package.replace('.', '/')}"
        if file.service and not file.package.startswith("google."):
            request.file_to_generate.append(file.name)
    ran = subprocess.run([program()], input=request.SerializeToString(), capture_output=True, check=True)
    answer = plugin_pb2.CodeGeneratorResponse.FromString(ran.stdout)
    assert not answer.error, answer.error
    found = {}
    for made in answer.file:
        document: dict[str, Any] = json.loads(made.content)
        for path, operations in document["paths"].items():
            for verb, operation in operations.items():
                parameters = {p["name"] for p in operation.get("parameters", ()) if p["in"] != "body"}
                found[verb.upper(), path] = parameters
    return found
