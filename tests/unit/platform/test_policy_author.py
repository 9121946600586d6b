"""A pack author's view: whatever is wrong with a pack is said with file and line, what it is, and how to mend it.

`author.yaml` is a small regulation that uses what the language has. Each entry of `author_broken.yaml` breaks it at one place; what
`xiaoneng policy check` then says stands there word by word, and nothing else is said.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from services.platform.policy_cli import app

PACK = Path(__file__).with_name("author.yaml")
Told = Callable[..., list[str]]

BROKEN: list[dict[str, Any]] = yaml.safe_load(PACK.with_name("author_broken.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """What the checker says of these packs, without the folder."""

    def check(*packs: str, **options: Path) -> list[str]:
        files = [tmp_path / ("author.yaml" if number == 0 else f"other{number}.yaml") for number in range(len(packs))]
        for file, text in zip(files, packs, strict=True):
            file.write_text(text, encoding="utf-8")
        given: list[Any] = [*files, *(part for name, value in options.items() for part in (f"--{name}", value))]
        done = CliRunner().invoke(app, ["check", *map(str, given)])
        assert (done.exit_code == 1) == bool(done.stderr)
        return [line.removeprefix(f"{tmp_path}/") for line in done.stderr.splitlines()]

    return check


def test_nothing_is_said_of_the_pack_as_it_is(told: Told) -> None:
    assert told(PACK.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("was", "now", "said"), [pytest.param(e["was"], e["now"], e["said"], id=e["broken"]) for e in BROKEN])
def test_what_is_wrong_is_said_where_it_stands_and_how_to_mend_it(told: Told, was: str, now: str, said: list[str]) -> None:
    text = PACK.read_text(encoding="utf-8")
    assert text.count(was) == 1
    assert told(text.replace(was, now)) == [f"author.yaml:{line}" for line in said]


def test_every_message_says_how_to_mend_it() -> None:
    assert len(BROKEN) >= 50
    for entry in BROKEN:
        for line in entry["said"]:
            number, _, rest = line.partition(": ")
            what, dash, mend = rest.partition(" – ")
            assert int(number) > 0
            assert (bool(what), dash, len(mend) > 3) == (True, " – ", True), line


def test_a_quote_that_does_not_stand_in_the_regulation_is_said(told: Told, tmp_path: Path) -> None:
    regulation = tmp_path / "regulation.txt"
    quotes = ["本规定适用于各科室", "发文须写明依据", "一文一事", "经科长审核、局领导签发", "聘请监督员"]
    regulation.write_text("。".join([*quotes, "五个工作日内审查"]), encoding="utf-8")
    assert told(PACK.read_text(encoding="utf-8"), text=regulation) == [
        "author.yaml:54: author/5.1: the quote does not stand in the text – copy the words exactly"
    ]


def test_what_a_pack_does_to_another_is_said_at_its_own_line(told: Told) -> None:
    text = PACK.read_text(encoding="utf-8")
    other = text.replace("pack: author-2026", "pack: author-2027").replace("set: [author-2026,", "set: [author-2027,")
    same_layer = other.replace("    of: matters\n", "    of: matters\n    replaces: [author-2026:one-matter]\n")
    assert told(text, same_layer) == [
        "other1.yaml:64: one-matter: a regulation may not replace a rule of a regulation – an instruction tightens, a campaign replaces"
    ]
    assert told(text, other) == []
    other_type = other.replace(
        "{passed: {label: 是否通过, type: bool}}", "{passed: {label: 是否通过, type: bool}, why: {label: 理由, type: text}}"
    )
    assert told(other_type, text.replace("type: bool}}", "type: bool}, why: {label: 理由, type: int}}")) == [
        "other1.yaml:19: records.review.why: author-2027 declares it with another type – call it otherwise"
    ]
