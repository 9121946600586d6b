"""The chart as Helm renders it."""

from __future__ import annotations

import importlib.util
import subprocess
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "xiaoneng"
SCENARIOS = ("default", "minimal", "ha", "external")
NAMESPACE = "office"
Resource = dict[str, Any]


@cache
def workshop() -> ModuleType:
    """`deploy/build/chart.py`, which is no package."""
    spec = importlib.util.spec_from_file_location("chart", ROOT / "deploy" / "build" / "chart.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["chart"] = module
    spec.loader.exec_module(module)
    return module


def helm(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs Helm without a cluster."""
    command = [str(workshop().tool("helm")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@cache
def rendered(scenario: str, *options: str) -> tuple[Resource, ...]:
    """The resources of a `ci/` file, as at the first install unless `options` say otherwise."""
    values = CHART / "ci" / f"{scenario}-values.yaml"
    done = helm("template", "xiaoneng", CHART, "-n", NAMESPACE, "-f", values, *options)
    assert done.returncode == 0, done.stderr
    return tuple(each for each in yaml.safe_load_all(done.stdout) if each)


def kinds(resources: tuple[Resource, ...], kind: str) -> list[Resource]:
    """Those of one kind."""
    return [each for each in resources if each["kind"] == kind]


def named(resources: tuple[Resource, ...], kind: str, name: str) -> Resource:
    """The one of this kind and name."""
    return next(each for each in kinds(resources, kind) if each["metadata"]["name"] == name)


def pods(resources: tuple[Resource, ...]) -> dict[str, Resource]:
    """What pods are made from, by component: spec and labels."""
    found = {}
    for each in resources:
        if each["kind"] in ("Deployment", "Job"):
            template = each["spec"]["template"]
        elif each["kind"] == "Pod":
            template = each
        else:
            continue
        found[template["metadata"]["labels"]["app.kubernetes.io/component"]] = template
    return found


def environment(container: Resource) -> dict[str, str]:
    """What a container is told."""
    return {each["name"]: each["value"] for each in container["env"]}


def secret_files(pod: Resource, container: Resource) -> dict[str, tuple[str, str]]:
    """The files of a container's secrets: name of the secret and key, by file name."""
    mounted = {each["name"] for each in container["volumeMounts"] if each["mountPath"] == "/run/secrets/xiaoneng"}
    found = {}
    for volume in pod["spec"]["volumes"]:
        if volume["name"] in mounted:
            sources = [each["secret"] for each in volume["projected"]["sources"]] if "projected" in volume else [volume["secret"]]
            for source in sources:
                name = source.get("name") or source["secretName"]
                found.update({item["path"]: (name, item["key"]) for item in source["items"]})
    return found
