"""What decisions of several people come to: pure, (mode, tasks) -> the way on, or who is asked next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

Decision = Literal["approve", "reject", "return"]
DECISIONS: Final[tuple[Decision, ...]] = ("approve", "reject", "return")

#: What a decision makes of its task.
STATUS_OF: Final = {"approve": "approved", "reject": "rejected", "return": "returned"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One person's task of an approval."""

    id: UUID
    status: str
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`port` is the way on, None while it is open; `opens` is the task whose turn it is now."""

    port: Decision | None = None
    opens: UUID | None = None


def outcome(mode: str, tasks: Sequence[Asked]) -> Outcome:
    """Return what the tasks, with every decision so far, come to.

    Any one rejection or return decides in every mode: an approval is what nobody stood against. An approval decides
    alone with `any`; with `all` and `sequence` when everybody has approved.
    """
    statuses = {task.status for task in tasks}
    if "rejected" in statuses:
        return Outcome(port="reject")
    if "returned" in statuses:
        return Outcome(port="return")
    if mode == "any":
        return Outcome(port="approve") if "approved" in statuses else Outcome()
    left = sorted((task for task in tasks if task.status in ("open", "pending")), key=lambda task: task.position)
    if not left:
        return Outcome(port="approve")
    is_next = mode == "sequence" and left[0].status == "pending"
    return Outcome(opens=left[0].id if is_next else None)
