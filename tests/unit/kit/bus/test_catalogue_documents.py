"""The published catalogue: valid AsyncAPI, with the comments of the protos, and complete."""

from services.kit.bus import asyncapi
from services.kit.bus.catalogue import Visibility, catalogue


def test_it_lists_what_outside_systems_may_read_and_nothing_else() -> None:
    shown = asyncapi.document(catalogue(), "1")
    assert set(shown["channels"]) == {entry.type for entry in catalogue() if entry.visibility is not Visibility.INTERNAL}
    everything = asyncapi.document(catalogue(), "1", internal=True)
    assert set(everything["channels"]) == {entry.type for entry in catalogue()}


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi.document(catalogue(), "1", internal=True)
    for reference in references(document):
        at = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in at, reference
            at = at[step]


def test_every_message_has_the_comment_of_its_proto() -> None:
    document = asyncapi.document(catalogue(), "1", internal=True)
    assert [name for name, message in document["components"]["messages"].items() if not message["description"]] == []


def test_instants_are_strings_and_long_numbers_too() -> None:
    schemas = asyncapi.document(catalogue(), "1", internal=True)["components"]["schemas"]
    sealed = schemas["xiaoneng.kit.v1.AuditSealed"]["properties"]
    assert sealed["sealTime"]["format"] == "date-time"
    assert sealed["position"]["type"] == "string"


def references(node: object) -> list[str]:
    """All `$ref` below a node."""
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in references(value)]
    if isinstance(node, list):
        return [found for value in node for found in references(value)]
    return []
