"""What messages say where the pack has no words of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.kit.worktime import moment
from services.notifications.domain.delivery import MessageKind

_TEXTS = {
    MessageKind.WARNING: "{matter}将于{due}到期，请及时办理{article}",
    MessageKind.BREACH: "{matter}已于{due}逾期，请尽快办理{article}",
    MessageKind.ESCALATION: "{unit}承办的{matter}已于{due}逾期，至今未办结，请督促办理{article}",
}
_REMINDER = "您有{count}件待办事项，请及时处理"


@dataclass(frozen=True)
class Matter:
    """What a message speaks of, as far as it is known: the to-do item may not have arrived yet, a title may not be allowed."""

    title: str = ""
    number: str = ""
    step: str = ""
    unit: str = ""
    article: str = ""
    due: datetime | None = None

    @property
    def named(self) -> str:
        """The matter as people speak of it."""
        name = f"《{self.title}》" if self.title else f"编号{self.number}的事项" if self.number else "一件事项"
        return f"{name}的“{self.step}”环节" if self.step else name

    @property
    def fields(self) -> dict[str, str]:
        """What a text can name. `due` is in the local time of the tenant."""
        due = moment(self.due.replace(second=0)) if self.due else ""
        return {
            "matter": self.named,
            "title": self.title,
            "number": self.number,
            "step": self.step,
            "unit": self.unit,
            "due": due,
            "article": f"（{self.article}）" if self.article else "",
        }


def ladder_text(kind: MessageKind, matter: Matter, own: str = "") -> str:
    """The message of a rung: the pack's own text where it has one. A name that nobody knows stays empty."""
    return (own or _TEXTS[kind]).format_map(_Known(matter.fields))


def reminder_text(template: str, count: int) -> str:
    """The reminder of all open items; the words are the pack's, the platform's where it has none."""
    return (template or _REMINDER).format(count=count)


class _Known(dict[str, str]):
    """Fields of a text; what is not known reads as nothing, so that a message is never lost for a word."""

    def __missing__(self, name: str) -> str:
        return ""
