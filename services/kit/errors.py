"""Refusals: what a command answers when it does not do what was asked.

Seven families (`docs/kit.md`) map to gRPC and HTTP codes in `kit.rpc`. A refusal of the platform's own has its reason code and its
Chinese text in the class; a refusal that a regulation makes takes both, and its citation, from the policy pack (`RuleRefusal`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as of_dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Citation:
    """The article on which a demand rests."""

    clause: str
    article: str
    quote: str
    regulation: str
    pack: str
    version: int

    def __str__(self) -> str:
        return f"《{self.regulation}》{self.article}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about a request: the demand that is not met, with its article.

    `effect` is `refuse` (nothing is done), `return` (sent back to its sender with reasons) or `finding` (recorded, not stopped).
    """

    rule: str
    effect: str
    reason: str
    text: str
    citation: Citation
    field: str = ""
    hard: bool = True
    details: dict[str, str] = of_dataclass(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field of a request that is not as it must be; `field` is its path in the request message."""

    field: str
    description: str
    reason: str = "INVALID_FIELD"
    citation: Citation | None = None


class Refusal(Exception):
    """Base of all refusals. Not raised itself: raise one of the families or a class made from them."""

    reason: ClassVar[str] = ""
    text: ClassVar[str] = ""

    def __init__(self, **details: object) -> None:
        self.details = {key: str(value) for key, value in details.items()}
        super().__init__(self.reason)

    @property
    def code(self) -> str:
        """Stable reason code, UPPER_SNAKE."""
        return self.reason

    @property
    def message(self) -> str:
        """What the user reads, in Chinese."""
        return self.text.format(**self.details)

    @property
    def metadata(self) -> dict[str, str]:
        """Everything dynamic in the message, for clients that build their own."""
        return dict(self.details)

    @property
    def citations(self) -> Sequence[Citation]:
        """The articles that it rests on; empty where no regulation is involved."""
        return ()

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Invalid(Refusal):
    """The request is malformed."""

    reason = "INVALID_REQUEST"
    text = "请求有误：{summary}"

    def __init__(self, violations: Iterable[FieldViolation] = (), **details: object) -> None:
        self.violations = tuple(violations)[:20]
        details.setdefault("summary", "；".join(v.description for v in self.violations) or "请检查所填内容")
        super().__init__(**details)

    @classmethod
    def of(cls, field_: str, description: str, reason: str = "INVALID_FIELD") -> Invalid:
        """One field is wrong."""
        return cls([FieldViolation(field_, description, reason)])


class Forbidden(Refusal):
    """This kind of act is not for the caller."""

    reason = "FORBIDDEN"
    text = "您没有进行此项操作的权限"


class Missing(Refusal):
    """Not there, or not to be seen by the caller: the answer is the same."""

    reason = "NOT_FOUND"
    text = "没有找到，或者您无权查看"


class Refused(Refusal):
    """A rule or the state forbids it now."""

    reason = "REFUSED"
    text = "当前状态不允许此项操作"


class Exists(Refusal):
    """The id or the number is taken."""

    reason = "ALREADY_EXISTS"
    text = "已经存在"


class Stale(Refusal):
    """Somebody else has changed it meanwhile: read again, decide again."""

    reason = "STALE"
    text = "内容已被他人修改，请刷新后重试"


class Busy(Refusal):
    """A limit is reached or a dependency is down: try again later."""

    reason = "BUSY"
    text = "系统繁忙，请稍后重试"


class Unauthenticated(Refusal):
    """Nobody is signed in, or the token does not hold."""

    reason = "UNAUTHENTICATED"
    text = "请先登录"


class RuleRefusal(Refused):
    """One or several demands of the regulation are not met. Reason, text and articles are the pack's."""

    reason = "RULE_REFUSED"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        if not self.findings:
            raise ValueError("a refusal by rule needs at least one finding")
        first = self.findings[0]
        super().__init__(
            **{
                **first.details,
                "rule": first.rule,
                "clause": first.citation.clause,
                "article": first.citation.article,
                "pack": first.citation.pack,
                "version": first.citation.version,
            }
        )
        if first.field:
            self.details["field"] = first.field

    @property
    def code(self) -> str:
        return self.findings[0].reason

    @property
    def message(self) -> str:
        return "；".join(f"{f.text}（{f.citation}）" for f in self.findings)

    @property
    def citations(self) -> Sequence[Citation]:
        return tuple(f.citation for f in self.findings)
