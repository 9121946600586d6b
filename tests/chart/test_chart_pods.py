"""What every pod keeps to, and that the processes understand what they are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.kit.identity import TokenSigner
from services.platform import processes
from tests.chart.rendered import SCENARIOS, Resource, environment, kinds, named, pods, rendered, secret_files
from tests.chart.told import settings_of, variables

SERVING = [
    (scenario, component)
    for scenario in SCENARIOS
    for component in pods(rendered(scenario))
    if component.endswith(("api", "worker", "gateway"))
]
EVERYTHING = [(scenario, component) for scenario in SCENARIOS for component in pods(rendered(scenario))]
MOUNT = "/run/secrets/xiaoneng"


def contents(key: str) -> str:
    """Something of the kind that a secret's key holds."""
    key_pair = TokenSigner.generate()
    known = {"signingKeys": key_pair.private_json(), "gatewayKeys": key_pair.public_json()}
    return known.get(key, f"postgresql://user:{'x' * 40}@host/{key}")


def mounted(pod: Resource, container: Resource, folder: Path) -> Path:
    """The container's secrets as files, as a kubelet would lay them."""
    folder.mkdir()
    for path, (_, key) in secret_files(pod, container).items():
        (folder / path).write_text(contents(key))
    return folder


@pytest.mark.parametrize(("scenario", "component"), EVERYTHING)
def test_no_pod_may_more_than_it_must(scenario: str, component: str) -> None:
    spec = pods(rendered(scenario))[component]["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    for container in spec["containers"]:
        context = container["securityContext"]
        assert (context["readOnlyRootFilesystem"], context["allowPrivilegeEscalation"]) == (True, False)
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]
        assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"]


@pytest.mark.parametrize(("scenario", "component"), SERVING)
def test_the_three_probes_ask_three_things(scenario: str, component: str) -> None:
    for container in pods(rendered(scenario))[component]["spec"]["containers"]:
        startup, liveness, readiness = (container[f"{name}Probe"] for name in ("startup", "liveness", "readiness"))
        assert startup["httpGet"]["path"] == "/startupz"
        assert liveness["httpGet"]["path"] == "/livez"
        assert readiness.get("httpGet", {"path": "/healthz"})["path"] == "/healthz"
        port = int(environment(container)["XIAONENG_METRICS_PORT"])
        assert {startup["httpGet"]["port"], liveness["httpGet"]["port"]} == {port}
        # A pod that is only slow is taken out long before it is killed.
        assert liveness["periodSeconds"] * liveness["failureThreshold"] >= 5 * readiness["periodSeconds"] * readiness["failureThreshold"]


def test_readiness_of_an_api_is_grpcs_own_unless_the_kubelet_lacks_the_certificate() -> None:
    def readiness(scenario: str) -> Any:
        return pods(rendered(scenario))["documents-api"]["spec"]["containers"][0]["readinessProbe"]

    assert readiness("default")["grpc"] == {"port": 50051}
    assert readiness("ha")["httpGet"] == {"path": "/healthz", "port": 9090}


@pytest.mark.parametrize(("scenario", "component"), SERVING)
def test_a_pod_ends_when_nobody_asks_it_any_more_and_has_time_to_finish(scenario: str, component: str) -> None:
    spec = pods(rendered(scenario))[component]["spec"]
    assert spec["terminationGracePeriodSeconds"] == 40
    for container in spec["containers"]:
        assert container["lifecycle"]["preStop"] == {"exec": {"command": ["sleep", "5"]}}
    assert 5 + processes.STOP_SECONDS < 40


@pytest.mark.parametrize(("scenario", "component"), EVERYTHING)
def test_a_process_knows_every_setting_that_it_is_given(scenario: str, component: str) -> None:
    pod = pods(rendered(scenario))[component]
    for container in pod["spec"]["containers"]:
        known = variables(settings_of(container["args"])) | {"XIAONENG_SECRETS_DIR", "SSL_CERT_FILE"}
        assert environment(container).keys() <= known
        files = {path.upper() for path in secret_files(pod, container)}
        assert {path for path in files if path.startswith("XIAONENG_")} <= known


@pytest.mark.parametrize(("scenario", "component"), EVERYTHING)
def test_a_process_starts_with_the_settings_of_the_chart(
    scenario: str, component: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pod = pods(rendered(scenario))[component]
    for container in pod["spec"]["containers"]:
        folder = mounted(pod, container, tmp_path / container["name"])
        with monkeypatch.context() as patched:
            for name, value in environment(container).items():
                patched.setenv(name, value.replace(MOUNT, str(folder)))
            for cls in settings_of(container["args"]):
                made = cls()
                for name, value in made:
                    if value and str(value).startswith(str(folder)):
                        assert Path(str(value)).is_file(), name


@pytest.mark.parametrize(("scenario", "component"), EVERYTHING)
def test_no_secret_stands_in_the_environment(scenario: str, component: str) -> None:
    for container in pods(rendered(scenario))[component]["spec"]["containers"]:
        assert all(set(each) == {"name", "value"} for each in container["env"])
        secret = {"XIAONENG_DATABASE_URL", "XIAONENG_AMQP_URL", "XIAONENG_AUDIT_KEY", "XIAONENG_SECRET", "XIAONENG_CLIENT_SECRET"}
        assert not secret & environment(container).keys()


def test_a_process_has_the_login_and_migrations_have_the_owner() -> None:
    found = pods(rendered("default"))
    for component in ("documents-api", "documents-worker"):
        pod = found[component]
        for container in pod["spec"]["containers"]:
            assert ("xiaoneng-documents", "url") in secret_files(pod, container).values()
            assert not any(name.endswith("-owner") for name, _ in secret_files(pod, container).values())
    for container in found["migrate"]["spec"]["containers"]:
        assert list(secret_files(found["migrate"], container).values()) == [(f"xiaoneng-{container['name']}-owner", "migrationUrl")]


def test_every_service_that_exists_is_deployed_and_migrated_and_no_other() -> None:
    found = pods(rendered("default"))
    services = set(processes.names())
    assert {name.removesuffix("-api") for name in found if name.endswith("-api")} == services
    assert {name.removesuffix("-worker") for name in found if name.endswith("-worker")} == services
    assert {each["name"] for each in found["migrate"]["spec"]["containers"]} == services | {"gateway"}


def test_a_service_that_is_left_out_is_nowhere() -> None:
    assert "notifications" not in yaml.safe_dump_all(rendered("external"))


def test_a_worker_runs_every_part_in_some_container() -> None:
    containers = pods(rendered("default"))["documents-worker"]["spec"]["containers"]
    parts = [container["args"][index + 1] for container in containers for index, word in enumerate(container["args"]) if word == "--only"]
    assert sorted(parts) == sorted(part for group in processes.GROUPS for part in group)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_migrations_run_before_the_pods_wherever_there_is_a_database_already(scenario: str) -> None:
    upgraded = rendered(scenario, "--is-upgrade")
    (job,) = [each for each in kinds(upgraded, "Job") if "migrate" in each["metadata"]["name"]]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    (first,) = [each for each in kinds(rendered(scenario), "Job") if "migrate" in each["metadata"]["name"]]
    assert ("helm.sh/hook" in first["metadata"].get("annotations", {})) is (scenario != "ha")


def test_autoscaling_leaves_the_number_of_pods_alone() -> None:
    found = rendered("ha")
    assert all("replicas" not in each["spec"] for each in kinds(found, "Deployment"))
    assert named(found, "HorizontalPodAutoscaler", "xiaoneng-documents-api")["spec"]["maxReplicas"] == 12
    assert named(found, "HorizontalPodAutoscaler", "xiaoneng-directory-api")["spec"]["maxReplicas"] == 9


def test_one_pod_has_no_disruption_budget() -> None:
    assert kinds(rendered("minimal"), "PodDisruptionBudget") == []
    assert len(kinds(rendered("default"), "PodDisruptionBudget")) == 7


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_grpc_services_have_no_address_of_their_own(scenario: str) -> None:
    for each in kinds(rendered(scenario), "Service"):
        if any(port["name"] == "grpc" for port in each["spec"]["ports"]):
            assert each["spec"]["clusterIP"] == "None"


def test_selectors_are_the_three_labels_that_never_change() -> None:
    for each in kinds(rendered("ha"), "Deployment"):
        keys = {f"app.kubernetes.io/{name}" for name in ("name", "instance", "component")}
        assert each["spec"]["selector"]["matchLabels"].keys() == keys
        assert each["spec"]["selector"]["matchLabels"].items() <= each["spec"]["template"]["metadata"]["labels"].items()


def test_attachments_are_on_a_volume_or_in_a_bucket() -> None:
    for scenario, bucket in (("default", False), ("ha", True)):
        found = rendered(scenario)
        assert bool(kinds(found, "PersistentVolumeClaim")) is not bucket
        for component in ("documents-api", "documents-worker"):
            pod = pods(found)[component]
            for container in pod["spec"]["containers"]:
                assert ("XIAONENG_BLOB_BUCKET" in environment(container)) is bucket
                assert ("XIAONENG_BLOB_DIR" in environment(container)) is not bucket
                assert (("office-s3", "secretKey") in secret_files(pod, container).values()) is bucket
    assert "XIAONENG_BLOB_BUCKET" not in environment(pods(rendered("ha"))["directory-api"]["spec"]["containers"][0])


@pytest.mark.parametrize(("scenario", "component"), SERVING)
def test_traces_leave_every_process_where_a_collector_is_named(scenario: str, component: str) -> None:
    told = [environment(each).get("XIAONENG_OTLP_ENDPOINT", "") for each in pods(rendered(scenario))[component]["spec"]["containers"]]
    assert set(told) == ({"http://collector.monitoring:4318"} if scenario == "ha" else {""})
