"""What notifications offers to policy packs: the daily reminder, and the sending of messages as a point at which quiet can be demanded."""

from __future__ import annotations

from services.kit.policy.catalogue import INT, Fact, FactCatalogue, Job, Operation, enum
from services.notifications.domain.delivery import MessageKind

OPERATION = "notifications.message.send"

SEND = "notifications.message.send"

CATALOGUE = FactCatalogue(
    service="notifications",
    facts=(
        Fact("count", INT, "open items of the person at the moment of sending, items to be read included"),
        Fact("message_kind", enum(*(kind.value for kind in MessageKind)), "why the message is sent"),
        Fact("local_hour", INT, "hour of the day in the tenant's zone, 0 to 23"),
        Fact("sent_this_hour", INT, "messages that the person got outside the inbox in this hour"),
    ),
    operations=(
        Operation(
            SEND,
            "消息发出平台（免打扰时段、频次）: any finding puts it off to the next full hour; the inbox has it at once",
            facts=("message_kind", "local_hour", "sent_this_hour"),
        ),
    ),
    jobs=(Job("notifications.remind_open_items", "提醒未办结事项", facts=("count",)),),
    permissions=(
        "notifications:audit:read",
        "notifications:channel:read",
        "notifications:channel:update",
        "notifications:delivery:list",
        "notifications:report:list",
        "notifications:upkeep:read",
        "notifications:upkeep:repair",
    ),
)
