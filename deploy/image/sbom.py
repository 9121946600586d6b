"""Prints what is in the image as CycloneDX 1.5: Python packages with their hashes of the lock, and Debian's packages."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from subset import entries

DPKG = Path("/var/lib/dpkg/status")


def python_component(found: Distribution, locked: dict[str, str]) -> dict[str, Any]:
    """One installed distribution."""
    name = re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower()
    hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", locked.get(name, ""))
    component: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": found.version,
        "purl": f"pkg:pypi/{name}@{found.version}",
        "bom-ref": f"pkg:pypi/{name}@{found.version}",
    }
    license_ = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    if license_ and "\n" not in license_:
        component["licenses"] = [{"license": {"name": license_}}]
    if hashes:
        # The lock allows any of these files; which one was taken depends on the platform.
        component["properties"] = [{"name": "xiaoneng:lock:sha256", "value": value} for value in hashes]
    return component


def debian_components() -> list[dict[str, Any]]:
    """The packages of the base image, where it is Debian's."""
    if not DPKG.is_file():
        return []
    found = []
    for paragraph in DPKG.read_text(encoding="utf-8").split("\n\n"):
        fields = dict(re.findall(r"^(Package|Version|Architecture): (.+)$", paragraph, re.MULTILINE))
        if len(fields) == 3:
            purl = f"pkg:deb/debian/{fields['Package']}@{fields['Version']}?arch={fields['Architecture']}"
            found.append({"type": "library", "name": fields["Package"], "version": fields["Version"], "purl": purl, "bom-ref": purl})
    return found


def main(lock: str) -> None:
    """Prints the document, sorted, without a time: the same image has the same one."""
    locked = entries(Path(lock).read_text(encoding="utf-8"))
    packages = sorted((python_component(each, locked) for each in distributions()), key=lambda each: str(each["name"]))
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [*packages, *debian_components()]}
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
