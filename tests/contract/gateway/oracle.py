"""Debian's `protoc-gen-swagger`, as somebody else's reading of the same annotations."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from services.kit.testing.rabbit_install import _private_apt

_VAR = Path(__file__).resolve().parents[3] / "var" / "grpc-gateway"
_PACKAGE = "golang-grpc-gateway"


def program() -> Path:
    """The plugin: on the path, or unpacked from the distribution's package, once for all runs."""
    on_path = shutil.which("protoc-gen-swagger")
    if on_path:
        return Path(on_path)
    found = _VAR / "root" / "usr" / "bin" / "protoc-gen-swagger"
    _VAR.mkdir(parents=True, exist_ok=True)
    with (_VAR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            apt = [*_private_apt(_VAR), "-qq"]
            subprocess.run(["apt-get", *apt, "update"], check=True)
            subprocess.run(["apt-get", *apt, "download", _PACKAGE], check=True, cwd=_VAR)
            for package in _VAR.glob("*.deb"):
                subprocess.run(["dpkg", "-x", package, _VAR / "root"], check=True)
    return found


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
