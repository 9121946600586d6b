"""Refusals on the wire: code, reason, text, fields, articles."""

from __future__ import annotations

import grpc
import pytest
from google.rpc import status_pb2

from services.kit import errors
from services.kit.errors import Citation, FieldViolation, Finding, RuleRefusal
from services.kit.rpc import status

ARTICLE = Citation("rule/3.1", "第三条", "审签时限6小时", "某办法", "some-pack", 4)


class NotAReader(errors.Missing):
    """The caller is not among the readers."""

    reason = "NOT_A_READER"
    text = "{reader}不在本次传阅范围内"


class Failed(grpc.RpcError):  # type: ignore[misc]
    """A failed call as a client sees it."""

    def __init__(self, sent: status_pb2.Status) -> None:
        self._sent = sent

    def code(self) -> grpc.StatusCode:
        return next(code for code in grpc.StatusCode if code.value[0] == self._sent.code)

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        return (("grpc-status-details-bin", self._sent.SerializeToString()),)


def answered(refusal: errors.Refusal) -> status.Answer:
    return status.read(Failed(status.to_status(refusal, "documents")))


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (errors.Invalid(), "INVALID_ARGUMENT"),
        (errors.Unauthenticated(), "UNAUTHENTICATED"),
        (errors.Forbidden(), "PERMISSION_DENIED"),
        (errors.Missing(), "NOT_FOUND"),
        (errors.Refused(), "FAILED_PRECONDITION"),
        (errors.Exists(), "ALREADY_EXISTS"),
        (errors.Stale(), "ABORTED"),
        (errors.Busy(), "RESOURCE_EXHAUSTED"),
        (errors.Busy(dependency="database"), "UNAVAILABLE"),
    ],
)
def test_each_family_has_its_code(refusal: errors.Refusal, code: str) -> None:
    assert answered(refusal).code == code


def test_a_refusal_carries_reason_domain_metadata_and_chinese_text() -> None:
    answer = answered(NotAReader(reader="张三"))
    assert (answer.reason, answer.domain, answer.metadata) == ("NOT_A_READER", "documents.xiaoneng.cn", {"reader": "张三"})
    assert answer.text == "张三不在本次传阅范围内"


def test_the_message_for_programs_is_english() -> None:
    sent = status.to_status(NotAReader(reader="张三"), "documents")
    assert sent.message == "NOT_A_READER: The caller is not among the readers."


def test_wrong_fields_are_named_at_most_twenty_of_them() -> None:
    wrong = [FieldViolation(f"readers[{n}]", "无效") for n in range(30)]
    assert answered(errors.Invalid(wrong)).fields == tuple(f"readers[{n}]" for n in range(20))


def test_a_refusal_by_rule_carries_clause_article_pack_and_version() -> None:
    finding = Finding("sign-step", "refuse", "TOO_LATE", "已逾期", ARTICLE, field="name", details={"limit": "6"})
    answer = answered(RuleRefusal([finding]))
    assert (answer.code, answer.reason, answer.clause, answer.article) == ("FAILED_PRECONDITION", "TOO_LATE", "rule/3.1", "第三条")
    assert {"rule": "sign-step", "pack": "some-pack", "version": "4", "limit": "6"}.items() <= answer.metadata.items()
    assert (answer.text, answer.fields) == ("已逾期（《某办法》第三条）", ("name",))


def test_several_findings_are_one_refusal_with_an_entry_each() -> None:
    findings = [Finding(f"r{n}", "refuse", f"REASON_{n}", "不符", ARTICLE) for n in (1, 2)]
    answer = answered(RuleRefusal(findings))
    assert (answer.reason, answer.findings) == ("REASON_1", (("REASON_1", "rule/3.1"), ("REASON_2", "rule/3.1")))


def test_a_failure_tells_its_id_and_nothing_else() -> None:
    answer = status.read(Failed(status.internal("0192-x", "documents")))
    assert (answer.code, answer.reason, answer.metadata) == ("INTERNAL", "INTERNAL", {"id": "0192-x"})
