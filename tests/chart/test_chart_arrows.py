"""The network policies are the arrows of the design: each pod reaches what its settings name, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.chart.rendered import NAMESPACE, ROOT, Resource, environment, kinds, pods, rendered, secret_files

WITH_POLICIES = ("default", "ha", "external")
PORTS = {"default": 5432, "ha": 5432, "external": 6432}
DNS = ("dns", 53)


def component_of(peer: Resource) -> str:
    """Which component a peer is; empty where it is none of ours."""
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    return str(labels.get("app.kubernetes.io/component", ""))


def allowed(policy: Resource) -> set[tuple[str, int]]:
    """Where a policy lets its pods go: component (empty: outside) and port."""
    found = set()
    for rule in policy["spec"].get("egress", []):
        for port in rule["ports"]:
            peers = rule.get("to", [{}])
            found |= {DNS if port["port"] == 53 else (component_of(peer), port["port"]) for peer in peers}
    return found


def let_in(policy: Resource) -> set[tuple[str, int]]:
    """Whom a policy lets in: component (empty: outside) and port."""
    rules = policy["spec"].get("ingress", [])
    return {(component_of(peer), port["port"]) for rule in rules for port in rule["ports"] for peer in rule.get("from", [{}])}


def reached(scenario: str, component: str, pod: Resource) -> set[tuple[str, int]]:
    """Where a pod's settings lead it."""
    found = {DNS}
    for container in pod["spec"]["containers"]:
        told, files = environment(container), secret_files(pod, container)
        if "xiaoneng_database_url" in files:
            found.add(("", PORTS[scenario]))
        if "xiaoneng_migration_url" in files:
            found.add(("", 5432))
        if "XIAONENG_BLOB_BUCKET" in told:
            found.add(("", urlsplit(told["XIAONENG_BLOB_ENDPOINT"]).port or 443))
        if "xiaoneng_amqp_url" in files:
            found.add(("", 5672))
        for service, address in json.loads(told.get("XIAONENG_SERVICES", "{}")).items():
            assert address == f"dns:///xiaoneng-{service}.{NAMESPACE}.svc:50051"
            found.add((f"{service}-api", 50051))
        if "XIAONENG_ISSUER_URL" in told:
            found.add(("", 443))
        if "XIAONENG_ADDRESS" in told:
            found.add(("gateway", urlsplit(told["XIAONENG_ADDRESS"]).port or 0))
        if told.get("XIAONENG_OTLP_ENDPOINT") and container["args"][0] in ("serve", "work"):
            found.add(("", 4318))
    if component == "notifications-worker":  # mail servers and chat robots, which tenants set
        found |= {("", 443), ("", 465), ("", 587)}
    return found


def policies(scenario: str) -> dict[str, Resource]:
    """The policies by the component that they select; empty for all."""
    return {
        each["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component", ""): each
        for each in kinds(rendered(scenario), "NetworkPolicy")
    }


@pytest.mark.parametrize("scenario", WITH_POLICIES)
def test_each_pod_reaches_what_its_settings_name_and_nothing_else(scenario: str) -> None:
    for component, pod in pods(rendered(scenario)).items():
        assert allowed(policies(scenario)[component]) == reached(scenario, component, pod), component


@pytest.mark.parametrize("scenario", WITH_POLICIES)
def test_what_one_side_may_send_the_other_lets_in(scenario: str) -> None:
    known = policies(scenario)
    for component, policy in known.items():
        for other, port in allowed(policy) - {DNS}:
            assert not other or (component, port) in let_in(known[other]), (component, other)


@pytest.mark.parametrize("scenario", WITH_POLICIES)
def test_only_the_gateway_is_let_in_to_a_service(scenario: str) -> None:
    for component, policy in policies(scenario).items():
        if component.endswith("-api"):
            assert {who for who, port in let_in(policy) if port == 50051} == {"gateway"}
        if component.endswith("-worker"):
            assert {port for _, port in let_in(policy)} == {9090, 9091}


@pytest.mark.parametrize("scenario", WITH_POLICIES)
def test_everything_else_is_denied(scenario: str) -> None:
    deny = policies(scenario)[""]["spec"]
    assert sorted(deny["policyTypes"]) == ["Egress", "Ingress"]
    assert not deny.keys() & {"ingress", "egress"}
    for template in pods(rendered(scenario)).values():
        assert deny["podSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()


def test_no_service_asks_another_by_grpc() -> None:
    """The chart has no arrow from a service to a service because the code has none."""
    opens = re.compile(r"rpc\.channel import|rpc import channel|insecure_channel|secure_channel")
    users = {
        str(path.relative_to(ROOT))
        for folder in ("services", "gateway")
        for path in Path(ROOT / folder).rglob("*.py")
        if opens.search(path.read_text(encoding="utf-8"))
    }
    outside = {path for path in users if not path.startswith(("services/platform/", "services/kit/testing/", "gateway/"))}
    assert outside <= {"services/kit/rpc/channel.py", "services/kit/rpc/tls.py", "services/kit/roster/sync.py"}


def test_an_api_process_needs_no_broker() -> None:
    code = (ROOT / "services" / "platform" / "processes.py").read_text(encoding="utf-8")
    serve = code[code.index("def serve(") : code.index("def work(")]
    assert "amqp" not in serve
