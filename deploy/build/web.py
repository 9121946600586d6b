"""Builds the web app: `gateway/web` to `gateway/web/dist`, with the types of our own OpenAPI. `make setup` calls it.

Node comes from the path, else from its Python package in `.venv`. Packages are those of `package-lock.json`. Safe to run at any time:
it works under a lock, and when nothing changed it does nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "gateway" / "web"
BIN = Path(sys.executable).parent
MODULES = WEB / "node_modules"
DIST = WEB / "dist"
_OLDEST = (20, 19)
_SOURCES = ("src", "build", "index.html", "vite.config.ts", "tsconfig.json", "package.json", "package-lock.json")
_UNREACHABLE = """setup: the packages of the web app could not be fetched.
  npm asks {registry}
  Name a registry that this machine reaches with `npm config set registry <address>` or in npm_config_registry, and start again."""


def node_folder() -> Path:
    """The folder with `node` and `npm`: from the path where they are new enough, else those of the Python package."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
        if version >= _OLDEST:
            return Path(found).parent
    return BIN


def environment() -> dict[str, str]:
    """What node's programs see: the chosen node first on the path."""
    return {**os.environ, "PATH": os.pathsep.join([str(node_folder()), os.environ.get("PATH", os.defpath)])}


def run(*command: str, quiet: bool = False) -> int:
    """Runs one of node's programs in the folder of the web app."""
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=WEB, env=environment(), stdout=output, check=False).returncode


def tool(name: str) -> str:
    """A program of one of the locked packages."""
    return str(MODULES / ".bin" / name)


def fetch_packages() -> None:
    """The locked packages, once per lock."""
    if not changed(MODULES / ".stamp", (WEB / "package-lock.json").read_bytes()):
        return
    print("setup: packages of the web app (a minute the first time)", flush=True)
    if run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"):
        question = ("npm", "config", "get", "registry")
        said = subprocess.run(question, cwd=WEB, env=environment(), capture_output=True, text=True, check=False).stdout
        sys.exit(_UNREACHABLE.format(registry=said.strip() or "no registry"))
    done(MODULES / ".stamp", (WEB / "package-lock.json").read_bytes())


def write_types() -> None:
    """The contract as TypeScript: `src/api/schema.ts`."""
    contract = openapi()
    target = WEB / "openapi.json"
    types = WEB / "src" / "api" / "schema.ts"
    if types.exists() and target.exists() and target.read_bytes() == contract:
        return
    target.write_bytes(contract)
    if run("npm", "run", "--silent", "types", quiet=True):
        target.unlink()
        sys.exit("setup: failed: types of the web app")


def openapi() -> bytes:
    """The OpenAPI document of the contract, as the gateway serves it."""
    sys.path.insert(0, str(ROOT))
    from gateway import openapi as document
    from gateway.bindings import build as bind
    from gateway.descriptors import Contract

    contract = Contract.load(ROOT / "build" / "gen" / "xiaoneng.binpb")
    whole = document.document(contract, bind(contract), "/", "0")
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def sources() -> bytes:
    """Hash of everything that the built files depend on."""
    digest = hashlib.sha256((WEB / "openapi.json").read_bytes())
    for name in _SOURCES:
        for path in sorted([WEB / name, *(WEB / name).rglob("*")]):
            if path.is_file():
                digest.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.digest()


def changed(stamp: Path, inputs: bytes) -> bool:
    """Says whether the inputs are others than when the stamp was written."""
    return not stamp.is_file() or stamp.read_text() != hashlib.sha256(inputs).hexdigest()


def done(stamp: Path, inputs: bytes) -> None:
    stamp.write_text(hashlib.sha256(inputs).hexdigest())


def prepare() -> None:
    """Packages and types: what the tools of the web app need."""
    fetch_packages()
    write_types()


def build() -> None:
    """The whole: packages, types, `dist`."""
    prepare()
    wanted = sources()
    if not changed(DIST / ".stamp", wanted):
        return
    print("setup: web app", flush=True)
    if run("npm", "run", "--silent", "build", "--", "--logLevel", "warn"):
        sys.exit("setup: failed: web app")
    done(DIST / ".stamp", wanted)


def main() -> None:
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / ".web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build()


if __name__ == "__main__":
    main()
