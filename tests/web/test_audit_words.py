"""What the audit says is read in Chinese: the page knows a word for every act that a service records."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "gateway" / "web" / "src" / "components" / "admin" / "audit-words.ts"
_ACT = re.compile(r'\baudit(?:=|\(\s*)"(?:directory|documents|notifications)\.([a-z_.]+)"')


def test_every_act_of_the_audit_has_its_words() -> None:
    known = set(re.findall(r'(\w+): "', WORDS.read_text(encoding="utf-8")))
    acts = {act for path in (ROOT / "services").rglob("*.py") for act in _ACT.findall(path.read_text(encoding="utf-8"))}
    assert len(acts) > 50
    assert {act: part for act in acts for part in act.split(".") if part not in known} == {}
