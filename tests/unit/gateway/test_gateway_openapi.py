"""The OpenAPI document: valid, complete, and in step with what the transcoder takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway import docs, schemas
from gateway.bindings import Routes, build
from gateway.descriptors import Contract
from gateway.openapi import document, openapi_path, singular
from gateway.template import parse
from tests.unit.gateway.contracts import ROOT
from tests.unit.gateway.toy import toy

TOY = document(toy(), build(toy()), "http://x", "1")


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/v1/papers", "/v1/papers"),
        ("/v1/{name=papers/*}:sign", "/v1/papers/{paper}:sign"),
        ("/v1/{name=papers/*/lines/*}", "/v1/papers/{paper}/lines/{line}"),
        ("/v1/{paper.name=papers/*}", "/v1/papers/{paper}"),
        ("/v1/{name=**}", "/v1/{name}"),
        ("/v1/{id}/x/{other_id}", "/v1/{id}/x/{other_id}"),
        ("/v1/{a=papers/*}/{b=papers/*}", "/v1/papers/{paper}/papers/{paper2}"),
    ],
)
def test_a_template_becomes_a_path_whose_parameters_hold_no_slash(template: str, path: str) -> None:
    assert openapi_path(parse(template))[0] == path


@pytest.mark.parametrize(("plural", "one"), [("papers", "paper"), ("deliveries", "delivery"), ("address", "addressId"), ("v1", "v1Id")])
def test_a_parameter_is_called_after_its_collection(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_every_route_is_an_operation_with_an_id_of_its_own() -> None:
    operations = [o for path in TOY["paths"].values() for o in path.values()]
    assert len(operations) == len(build(toy()).bindings)
    assert len({o["operationId"] for o in operations}) == len(operations)


def test_comments_access_and_refusals_are_in_the_document() -> None:
    sign = TOY["paths"]["/v1/papers/{paper}:sign"]["post"]
    assert sign["summary"] == "Signs a paper"
    assert "Refused with `NOT_YOURS`" in sign["description"]
    assert sign["x-xiaoneng-access"] == "toy:paper:sign"
    assert {"200", "400", "401", "403", "404", "409", "429", "503"} <= set(sign["responses"])
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in sign["parameters"]


def test_what_the_path_binds_is_not_in_the_body() -> None:
    body = TOY["paths"]["/v1/papers/{paper}:sign"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"opinion", "requestId"}
    assert body["additionalProperties"] is False
    assert body["properties"]["requestId"]["format"] == "uuid"


def test_query_parameters_go_down_into_messages() -> None:
    names = {p.get("name") for p in TOY["paths"]["/v1/papers"]["get"]["parameters"]}
    assert {"parent", "pageSize", "filter.colour", "filter.after", "colours", "readMask"} <= names


def test_a_schema_says_what_the_fields_demand() -> None:
    paper = TOY["components"]["schemas"]["toy.v1.Paper"]
    assert paper["required"] == ["displayTitle"]
    assert paper["properties"]["displayTitle"] == {"type": "string", "maxLength": 50, "minLength": 1}
    assert paper["properties"]["bigNumber"]["type"] == "string"
    assert paper["properties"]["etag"]["readOnly"] is True
    assert paper["properties"]["dueTime"] == {"type": "string", "format": "date-time"}
    assert paper["additionalProperties"] is False
    assert "additionalProperties" not in TOY["components"]["schemas"]["toy.v1.Stored"]
    assert "Red." in TOY["components"]["schemas"]["toy.v1.Colour"]["description"]


def test_every_schema_is_a_schema() -> None:
    for schema in TOY["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(TOY)
    for part in text.split('"$ref": "#/')[1:]:
        found: Any = TOY
        for step in part.partition('"')[0].split("/"):
            found = found[step]
        assert found


def test_a_part_of_a_name_has_the_pattern_of_that_part() -> None:
    from tests.unit.gateway.contracts import contract

    made = contract(
        'message A { string name = 1 [(buf.validate.field).string.pattern = "^papers/[0-9a-f]{8}/lines/[1-9]$"]; }'
        ' service S { rpc M(A) returns (A) { option (google.api.http) = {get: "/v1/{name=papers/*/lines/*}"}; } }'
    )
    parameters = document(made, build(made), "http://x", "1")["paths"]["/v1/papers/{paper}/lines/{line}"]["get"]["parameters"]
    assert [p["schema"]["pattern"] for p in parameters[:2]] == ["^[0-9a-f]{8}$", "^[1-9]$"]


def test_a_public_operation_asks_for_no_token() -> None:
    assert TOY["paths"]["/v1/shelf/{name}"]["get"]["security"] == [{}]


def test_an_empty_value_passes_where_the_rule_lets_it() -> None:
    from tests.unit.gateway.contracts import contract

    made = contract(
        "message A { string id = 1 [(buf.validate.field).string.uuid = true, (buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE]; }"
    )
    book = schemas.Book(made)
    schema = book.field(made.message("toy.v1.A").DESCRIPTOR.fields_by_name["id"])
    assert schema == {"type": "string", "anyOf": [{"const": ""}, {"format": "uuid"}]}


@pytest.fixture(scope="module")
def real() -> tuple[Contract, Routes]:
    contract = Contract.load(ROOT / "build" / "gen" / "xiaoneng.binpb")
    return contract, build(contract)


def test_the_real_contract_has_only_annotations_that_are_supported(real: tuple[Contract, Routes]) -> None:
    assert len(real[1].bindings) > 50


def test_the_real_document_is_sound(real: tuple[Contract, Routes]) -> None:
    made = document(*real, "http://x", "1")
    for schema in made["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    undocumented = [
        o["operationId"] for path in made["paths"].values() for o in path.values() if o["summary"] == o["operationId"].partition("_")[2]
    ]
    assert undocumented == []


def test_the_docs_page_names_every_operation_and_fetches_nothing(real: tuple[Contract, Routes]) -> None:
    made = document(*real, "http://x", "1")
    page = docs.render(made).decode()
    assert all(path in page for path in made["paths"])
    assert "<script" not in page
    assert 'src="http' not in page


def test_comments_of_protos_cannot_put_markup_into_the_page() -> None:
    evil = json.loads(json.dumps(TOY).replace("Signs a paper", "<img src=x onerror=alert(1)>"))
    assert "<img src=x" not in docs.render(evil).decode()


def test_the_gateway_knows_no_service_but_directory() -> None:
    used = set()
    for file in Path(ROOT / "gateway").rglob("*.py"):
        used |= set(re.findall(r"xiaoneng\.([a-z]+)\.v1", file.read_text(encoding="utf-8")))
    assert used == {"directory", "kit"}
