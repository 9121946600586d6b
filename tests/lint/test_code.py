"""The rules of the house, on our own code. That each rule sees a breach is shown in `test_rules.py`."""

import inspect
from functools import cache

import pytest

from tests.lint.rules import calls, imports, promises, regulation
from tests.lint.rules.source import Remark, Rule, Source, sources

ROOMS = (imports, calls, regulation, promises)


def rules(annotation: str) -> dict[str, Rule]:
    """The public functions of the rule modules whose first parameter is declared as this."""
    found = {}
    for room in ROOMS:
        for name, function in vars(room).items():
            if inspect.isfunction(function) and function.__module__ == room.__name__ and not name.startswith("_"):
                parameters = [parameter.annotation for parameter in inspect.signature(function).parameters.values()]
                if parameters == [annotation] and "Remark" in str(function.__annotations__["return"]):
                    found[name] = function
    return found


RULES = rules("Source")
RULES_OVER_ALL = rules("Iterable[Source]")


@cache
def code() -> list[Source]:
    return sources("services", "gateway")


def shown(remarks: list[Remark]) -> str:
    return "\n".join(map(str, remarks))


@pytest.mark.parametrize("rule", RULES)
def test_the_code_keeps(rule):
    remarks = [remark for source in code() for remark in RULES[rule](source)]
    assert not remarks, f"{RULES[rule].__doc__}\n{shown(remarks)}"


@pytest.mark.parametrize("rule", RULES_OVER_ALL)
def test_the_code_keeps_together(rule):
    remarks = list(RULES_OVER_ALL[rule](code()))
    assert not remarks, f"{RULES_OVER_ALL[rule].__doc__}\n{shown(remarks)}"


@pytest.mark.parametrize("rule", ["no_clause_in_the_code", "no_tenant_in_the_code"])
def test_the_web_app_keeps(rule):
    web = sources("gateway/web/src", suffixes=(".ts", ".tsx"))
    remarks = [remark for source in web for remark in RULES[rule](source)]
    assert not remarks, shown(remarks)


def test_patched_libraries_stay_in_the_tests_of_workers():
    remarks = [remark for source in sources("tests") for remark in imports.patched_libraries_stay_in_workers(source)]
    assert not remarks, shown(remarks)
