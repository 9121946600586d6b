"""What has no scenario is listed, and the list is true."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.scenario import coverage

HERE = Path(__file__).parent


def claims() -> Iterator[str]:
    """Every clause that a scenario claims, read from the files: however the tests are chosen, all count."""
    for path in HERE.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "clause":
                yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def test_every_clause_has_a_scenario_or_stands_on_the_list() -> None:
    proved = {*claims(), *coverage.platform_properties()}
    open_ = [entry["id"] for entry in coverage.catalogue_entries() if entry["kind"] != "guidance" and entry["id"] not in proved]
    assert coverage.missing() == open_


def test_properties_of_the_platform_name_tests_that_are_there() -> None:
    known = {entry["id"] for entry in coverage.catalogue_entries()}
    for clause, test in coverage.platform_properties().items():
        file, _, name = test.partition("::")
        assert clause in known
        assert f"def {name}(" in (HERE.parents[1] / file).read_text(encoding="utf-8")


def test_only_changes_of_clauses_with_a_scenario_are_explained() -> None:
    """For these the run on changed packs says whether the explanation is still needed."""
    assert coverage.explained_clauses() <= set(claims())
