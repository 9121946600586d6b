"""The chart is what Kubernetes takes, and a value that nobody knows is refused."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from tests.chart.rendered import CHART, SCENARIOS, Resource, helm, rendered, workshop

ABOUT = yaml.safe_load((CHART / "Chart.yaml").read_text())
OLDEST = ABOUT["kubeVersion"].removeprefix(">=").removesuffix(".0-0")
VERSIONS = (OLDEST, kubernetes_validate.latest_version())
CUSTOM = {path.stem: yaml.safe_load(path.read_text()) for path in (Path(__file__).parent / "crds").glob("*.yaml")}
VALUES = (CHART / "values.yaml").read_text(encoding="utf-8")


def group(resource: Resource) -> str:
    """The API group; empty for the core."""
    return resource["apiVersion"].rpartition("/")[0]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_helm_has_nothing_to_say(scenario: str) -> None:
    done = helm("lint", "--strict", CHART, "-f", CHART / "ci" / f"{scenario}-values.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_kubernetes_takes_what_is_rendered(scenario: str, version: str) -> None:
    own = [
        each
        for each in rendered(scenario, "--kube-version", f"{version}.0" if version.count(".") == 1 else version)
        if group(each) not in CUSTOM
    ]
    assert len(own) > 10
    for resource in own:
        kubernetes_validate.validate(resource, version, strict=True)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_operators_take_what_is_rendered(scenario: str) -> None:
    for resource in rendered(scenario):
        if group(resource) in CUSTOM:
            jsonschema.Draft202012Validator(CUSTOM[group(resource)][resource["kind"]]).validate(resource["spec"])


def test_the_scenarios_use_every_operator() -> None:
    used = {(group(each), each["kind"]) for scenario in SCENARIOS for each in rendered(scenario) if group(each) in CUSTOM}
    assert used == {(name, kind) for name, known in CUSTOM.items() for kind in known}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_name_stands_twice(scenario: str) -> None:
    names = Counter((each["apiVersion"], each["kind"], each["metadata"]["name"]) for each in rendered(scenario))
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize(
    "typo",
    [
        "gateway.replica=3",
        "services.document.enabled=false",
        "services.documents.api.pool=3",
        "networkPolicy.enable=false",
        "imagePullSecret=x",
    ],
)
def test_a_typo_is_refused(typo: str) -> None:
    done = helm("template", "xiaoneng", CHART, "-f", CHART / "ci" / "default-values.yaml", "--set", typo)
    assert done.returncode != 0
    assert "not allowed" in done.stderr


@pytest.mark.parametrize("missing", ["publicUrl", "oidc.issuerUrl"])
def test_what_must_be_said_is_asked_for(missing: str) -> None:
    done = helm("template", "xiaoneng", CHART, "-f", CHART / "ci" / "default-values.yaml", "--set", f"{missing}=")
    assert done.returncode != 0
    assert missing in done.stderr


def test_a_secret_among_the_settings_is_refused() -> None:
    done = helm("template", "xiaoneng", CHART, "-f", CHART / "ci" / "default-values.yaml", "--set", "api.env.XIAONENG_DATABASE_URL=x")
    assert done.returncode != 0


def test_every_value_has_a_comment() -> None:
    documented = {each.path for each in workshop().values(VALUES)}
    assert workshop().leaves(yaml.safe_load(VALUES), documented) - documented == set()


def test_every_value_stands_in_the_schema_and_no_object_is_open() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())

    def resolved(node: dict[str, Any]) -> dict[str, Any]:
        return schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node

    def check(node: dict[str, Any], tree: dict[str, Any], path: str) -> None:
        node = resolved(node)
        if "properties" not in node:
            return
        assert node["additionalProperties"] is False, path
        for key, value in tree.items():
            assert key in node["properties"], f"{path}{key}"
            if isinstance(value, dict):
                check(node["properties"][key], value, f"{path}{key}.")

    check(schema, yaml.safe_load(VALUES), "")


def test_the_readme_is_generated_from_the_values() -> None:
    assert (CHART / "README.md").read_text(encoding="utf-8") == workshop().readme(VALUES), "run `make chart`"


def test_every_scenario_says_in_its_first_line_which() -> None:
    assert sorted(path.name for path in (CHART / "ci").iterdir()) == sorted(f"{name}-values.yaml" for name in SCENARIOS)
    assert all((CHART / "ci" / f"{name}-values.yaml").read_text().startswith("# ") for name in SCENARIOS)
