"""赣州市水利局：收文办理."""

from __future__ import annotations

import pytest

from tests.scenario.documents.conftest import Scene, shown
from tests.scenario.documents.builders import a_proposal, registered, proposed, reviewed, signed


@pytest.mark.clause("ganzhou/1.1")
def test_nothing_is_routed_before_it_is_classified(bureau: Scene) -> None:
    bureau.at("2019-04-08 10:00")
    document = registered(bureau, document_class="")
    assert bureau.opened(document) == []
    refused = bureau.chen.refused("CompleteNamedStep", name=document.name, step="propose")
    assert (refused.reason, refused.clause) == ("NOT_CLASSIFIED", "ganzhou/1.1")
    bureau.zhou.ClassifyDocument(name=document.name, document_class="action")
    assert [step.step for step in bureau.opened(document)] == ["propose"]
