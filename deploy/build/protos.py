"""Generates Python from the contract: `protos/` to `build/gen`, and all descriptors to `build/gen/xiaoneng.binpb`.

Safe to run at any time and by several people at once: it works in a folder of its own, under a lock, and moves only files
that changed; when nothing changed it does nothing. `google.api`, `google.rpc` and `google.type` come from
googleapis-common-protos and are not generated a second time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import tempfile
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROTOS = ROOT / "protos"
THIRD_PARTY = PROTOS / "third_party"
TARGET = ROOT / "build" / "gen"
STAMP = TARGET / ".stamp"
DESCRIPTORS = "xiaoneng.binpb"


def sources() -> list[Path]:
    """The protos that are generated, sorted by path."""
    return sorted([*(PROTOS / "xiaoneng").rglob("*.proto"), *(THIRD_PARTY / "buf").rglob("*.proto")])


def fingerprint(protos: list[Path]) -> str:
    """Hash of all that the generated files depend on: the protos, this file, and the compiler."""
    digest = hashlib.sha256(version("grpcio-tools").encode())
    for path in [*protos, Path(__file__)]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def generate(protos: list[Path], folder: Path) -> None:
    """Runs protoc into `folder`; ends the process with protoc's own message when a proto is wrong."""
    from grpc_tools import protoc

    status = protoc.main(
        [
            "protoc",
            f"--proto_path={THIRD_PARTY}",
            f"--proto_path={PROTOS}",
            f"--proto_path={files('grpc_tools') / '_proto'}",
            f"--python_out={folder}",
            f"--pyi_out={folder}",
            f"--grpc_python_out={folder}",
            f"--descriptor_set_out={folder / DESCRIPTORS}",
            "--include_imports",
            "--include_source_info",
            *(str(path) for path in protos),
        ]
    )
    if status:
        sys.exit(status)
    for package in {parent for path in folder.rglob("*.py") for parent in path.relative_to(folder).parents}:
        if package.parts:
            (folder / package / "__init__.py").touch()


def install(folder: Path) -> None:
    """Moves what differs to the target and removes what is no longer generated."""
    fresh = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    for name in sorted(fresh):
        old = TARGET / name
        if not old.is_file() or old.read_bytes() != (folder / name).read_bytes():
            old.parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / name, old)
    for path in TARGET.rglob("*"):
        generated = path.suffix in {".py", ".pyi"} and path.is_file()
        if generated and path.relative_to(TARGET) not in fresh:
            path.unlink()


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with (TARGET.parent / ".gen.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        protos = sources()
        wanted = fingerprint(protos)
        if STAMP.is_file() and STAMP.read_text() == wanted:
            return
        with tempfile.TemporaryDirectory(dir=TARGET.parent) as temporary:
            generate(protos, Path(temporary))
            install(Path(temporary))
        STAMP.write_text(wanted)
        print(f"protos: {len(protos)} files generated")


if __name__ == "__main__":
    main()
