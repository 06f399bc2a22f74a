"""One run as it stands: the instance and its tokens, frozen; every change is a new value.

A token is one visit of one node. Its status only moves forward: ready, perhaps waiting, then done, failed or cancelled,
for good; trying again is a new token (after SpiffWorkflow, whose task states only move forward for the same reason:
a late or doubled message can then do no harm). An instance never leaves `completed` or `cancelled`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class TokenStatus(StrEnum):
    """Where a token is in its life."""

    READY = "ready"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class InstanceStatus(StrEnum):
    """Where a run is in its life."""

    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


_FORWARD: Mapping[TokenStatus, frozenset[TokenStatus]] = {
    TokenStatus.READY: frozenset(set(TokenStatus) - {TokenStatus.READY}),
    TokenStatus.WAITING: frozenset({TokenStatus.DONE, TokenStatus.FAILED, TokenStatus.CANCELLED}),
    TokenStatus.DONE: frozenset(),
    #: Cancelling a run, or trying again, closes what had failed in it.
    TokenStatus.FAILED: frozenset({TokenStatus.CANCELLED}),
    TokenStatus.CANCELLED: frozenset(),
}

ENDED = frozenset({InstanceStatus.COMPLETED, InstanceStatus.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One visit of one node.

    number    -- its place among the instance's tokens, from 1.
    iteration -- the turn of each loop around the node, from the outside in, from 0.
    due_at    -- while it waits for a moment: which.
    """

    number: int
    node: str
    status: TokenStatus = TokenStatus.READY
    iteration: tuple[int, ...] = ()
    due_at: datetime | None = None

    def to(self, status: TokenStatus) -> Token:
        """Return the token one step on; raises `ValueError` for a step back."""
        if status not in _FORWARD[self.status]:
            raise ValueError(f"a token never goes from {self.status} to {status}")
        return replace(self, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop in progress: its items, fixed when it began, and the turn it is at."""

    items: tuple[object, ...]
    index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One run of one flow.

    tokens -- those that are still of interest: ready, waiting, failed.
    ended  -- those that ended in the event at hand; saved and forgotten.
    loops  -- loop node -> the loop in progress there.
    joins  -- join node -> how many branches have arrived.
    values -- node (or loop item's name) -> value, as later expressions see it.
    origins -- token that tries a visit again -> the first token of that visit.
    """

    status: InstanceStatus = InstanceStatus.RUNNING
    tokens: tuple[Token, ...] = ()
    ended: tuple[Token, ...] = ()
    loops: Mapping[str, Loop] = field(default_factory=dict)
    joins: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    last_number: int = 0
    origins: Mapping[int, int] = field(default_factory=dict)

    def token(self, number: int) -> Token | None:
        """Return the living token `number`, None where it has ended or never was."""
        return next((token for token in self.tokens if token.number == number), None)

    def visit(self, number: int) -> int:
        """Return what stays the same however often a visit of a node is tried: the number of its first token."""
        return self.origins.get(number, number)

    @property
    def ready(self) -> tuple[Token, ...]:
        """The tokens whose nodes are to run, oldest first."""
        return tuple(token for token in self.tokens if token.status is TokenStatus.READY)

    @property
    def has_ended(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in ENDED
