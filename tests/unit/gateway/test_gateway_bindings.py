"""What an annotation may ask for; everything else stops the start."""

import pytest

from gateway.bindings import Kind, build
from gateway.descriptors import BadContract
from tests.unit.gateway.contracts import contract
from tests.unit.gateway.toy import toy

PLAIN = "message A { string name = 1; repeated Line lines = 2; } message Line { string text = 1; }"
DEEP = "message A { string name = 1; A inner = 2; }"
MAP = "message A { map<string, string> m = 1; }"
BODY = "message A { string name = 1; google.api.HttpBody file = 2; }"


@pytest.mark.parametrize(
    ("messages", "method", "said"),
    [
        (PLAIN, 'rpc M(A) returns (A) { option (google.api.http) = {get: "/v1/x"}; }', "query parameter"),
        (DEEP, 'rpc M(A) returns (A) { option (google.api.http) = {get: "/v1/x"}; }', "contains itself"),
        (MAP, 'rpc M(A) returns (A) { option (google.api.http) = {get: "/v1/x"}; }', "query parameter"),
        (PLAIN, 'rpc M(A) returns (A) { option (google.api.http) = {get: "/v1/x" body: "*"}; }', "body"),
        (PLAIN, 'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "zz"}; }', "zz"),
        (PLAIN, 'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/{zz}" body: "*"}; }', "zz"),
        (PLAIN, 'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/{lines}" body: "*"}; }', "repeated"),
        (
            PLAIN,
            'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/{name}" body: "name"}; }',
            "is the body",
        ),
        (
            PLAIN,
            'rpc M(A) returns (A) { option (google.api.http) = {custom: {kind: "HEAD" path: "/v1/x"} body: "*"}; }',
            "custom",
        ),
        (
            PLAIN,
            'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "*" response_body: "name"}; }',
            "response_body",
        ),
        (PLAIN, 'rpc M(A) returns (stream A) { option (google.api.http) = {post: "/v1/x" body: "*"}; }', "stream"),
        (PLAIN, 'rpc M(stream A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "*"}; }', "HttpBody"),
        (
            BODY,
            'rpc M(stream A) returns (stream A) { option (google.api.http) = {post: "/v1/x" body: "file"}; }',
            "both ways",
        ),
        (BODY, 'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "file"}; }', "client stream"),
        (
            PLAIN,
            'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "*"};'
            " option (xiaoneng.kit.v1.access) = {internal: true}; }",
            "internal",
        ),
        (
            PLAIN,
            'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "*"}; }'
            'rpc N(A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "*"}; }',
            "same path",
        ),
        (
            PLAIN,
            'rpc M(A) returns (A) { option (google.api.http) = {post: "/v1/x" body: "*" additional_bindings'
            ' {post: "/v1/y" body: "*" additional_bindings {post: "/v1/z" body: "*"}}}; }',
            "nested",
        ),
    ],
)
def test_an_annotation_that_is_not_supported_stops_the_start(messages: str, method: str, said: str) -> None:
    with pytest.raises(BadContract, match=said):
        build(contract(f"{messages} service S {{ {method} }}"))


def test_every_shape_of_the_list_becomes_a_route() -> None:
    routes = build(toy())
    found = {(b.verb, b.template.text): b.kind for b in routes.bindings}
    assert found == {
        ("GET", "/v1/papers"): Kind.UNARY,
        ("GET", "/v1/{parent=shelves/*}/papers"): Kind.UNARY,
        ("GET", "/v1/{name=papers/*}"): Kind.UNARY,
        ("POST", "/v1/papers"): Kind.UNARY,
        ("PATCH", "/v1/{paper.name=papers/*}"): Kind.UNARY,
        ("POST", "/v1/{name=papers/*}:sign"): Kind.UNARY,
        ("GET", "/v1/shelf/{name=**}"): Kind.UNARY,
        ("GET", "/v1/{name=papers/*}:download"): Kind.DOWNLOAD,
        ("POST", "/v1/{parent=papers/*}/files:upload"): Kind.UPLOAD,
    }


def test_services_that_are_not_offered_have_no_routes() -> None:
    assert build(toy(), offered=lambda service: service != "toy").bindings == ()


def test_a_literal_goes_before_a_wildcard() -> None:
    routes = build(
        contract(
            "message A { string name = 1; } service S {"
            'rpc M(A) returns (A) { option (google.api.http) = {get: "/v1/x/{name}"}; }'
            'rpc N(A) returns (A) { option (google.api.http) = {get: "/v1/x/special"}; } }'
        )
    )
    found = routes.match("GET", "/v1/x/special")
    assert found is not None
    assert found.binding.method.name == "toy.v1.S.N"


def test_the_methods_of_a_path_are_known() -> None:
    assert build(toy()).allowed("/v1/papers") == ["GET", "POST"]
    assert build(toy()).allowed("/v1/nothing") == []
