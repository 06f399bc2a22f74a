"""What waits for a person: open tasks and unread notifications, for the numbers in the page's frame."""

from __future__ import annotations

from flow_engine import notifications, tasks
from web.dependencies import Call


def counts(call: Call) -> dict[str, int]:
    """Return the numbers that stand beside inbox and bell."""
    return {
        "open_tasks": tasks.counts(call.session, call.actor)["open"],
        "unread_notifications": notifications.count_unread(call.session, call.actor),
    }
