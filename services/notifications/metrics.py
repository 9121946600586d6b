"""What notifications counts."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

MESSAGES = Counter("xiaoneng_messages_total", "Messages put into inboxes.", ["tenant", "kind"])
WINDOWS_MISSED = Counter("xiaoneng_reminder_windows_missed_total", "Reminder windows that passed while nothing ran.", ["tenant"])
WITHOUT_HOLDER = Counter("xiaoneng_escalations_without_holder_total", "Rungs whose role nobody held.", ["tenant"])
DELIVERIES = Counter("xiaoneng_message_deliveries_total", "Attempts to bring a message by a channel.", ["channel", "outcome"])
REMINDER_TO_ACTION = Histogram(
    "xiaoneng_reminder_to_action_seconds",
    "From the first reminder of an item to its handling.",
    ["tenant"],
    buckets=(600, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800),
)
