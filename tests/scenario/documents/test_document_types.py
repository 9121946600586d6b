"""十五种公文：标题、一文一事、报告不夹带请示."""

from __future__ import annotations

from typing import Any

from tests.scenario.documents.submitting import a_draft, district, not_submitted, submitted

WORDS = {
    "jueyi": "决议", "jueding": "决定", "mingling": "命令", "gongbao": "公报", "gonggao": "公告", "tonggao": "通告", "yijian": "意见",
    "tongzhi": "通知", "tongbao": "通报", "baogao": "报告", "qingshi": "请示", "pifu": "批复", "yian": "议案", "han": "函", "jiyao": "纪要",
}  # fmt: skip


def found(document: Any) -> list[tuple[str, str, str]]:
    return [(finding.reason, finding.effect, finding.citation.clause) for finding in document.findings]


def test_every_type_has_a_title_that_ends_with_its_word(office: Any) -> None:
    d = district(office, "2018-07-05 09:00")
    for code, word in WORDS.items():
        right = submitted(d, a_draft(d, document_type=code, title=f"关于便民市场的{word}"))
        assert found(right) == []
    wrong = submitted(d, a_draft(d, document_type="tongbao", title="关于便民市场的情况"))
    assert found(wrong) == [("TITLE_WITHOUT_TYPE", "finding", "platform/5.1")]
    assert wrong.findings[0].text == "标题由事由和文种组成，应以“通报”结尾"
    assert found(submitted(d, a_draft(d, document_type=""))) == [("TYPE_NOT_STATED", "finding", "platform/5.1")]
    refused = d.tao.refused("CreateDraft", kind="DOCUMENT_KIND_OUTGOING", title="关于便民市场的简报", document_type="jianbao")
    assert refused.reason == "UNKNOWN_CODE"


def test_a_request_has_one_matter_and_a_report_asks_for_nothing(office: Any) -> None:
    d = district(office, "2018-07-05 09:00")
    two = a_draft(d, document_type="qingshi", title="关于经费和编制的请示", matters=["经费", "编制"])
    assert not_submitted(d, two)[:2] == ("REQUEST_ON_SEVERAL_MATTERS", "platform/5.2")
    submitted(d, a_draft(d, document_type="qingshi", title="关于经费的请示", matters=["经费"]))
    report = submitted(d, a_draft(d, document_type="baogao", title="关于市场运行的报告", body="……妥否，请批示。"))
    assert found(report) == [("REPORT_WITH_A_REQUEST", "finding", "platform/5.3")]
