"""What the clients know: what they sent, what they were answered. The database must agree with it afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["unknown", "draft", "submitted", "approved", "rejected"]


@dataclass(slots=True, kw_only=True)
class Order:
    """An order as its client knows it.

    lines        -- product -> quantity.
    status       -- what was acknowledged last; `unknown` until its creation was.
    is_abandoned -- a request about it was not acknowledged and not repeated: that one step may have happened or not.
    """

    number: str
    lines: Mapping[str, int]
    id: str | None = None
    status: Status = "unknown"
    is_abandoned: bool = False


@dataclass(slots=True, kw_only=True)
class Move:
    """A stock move as its client knows it."""

    number: str
    product: str
    quantity: int
    id: str | None = None


@dataclass(slots=True)
class Ledger:
    """Everything that all clients know; written by several threads.

    answers  -- how often which status came; 0 stands for no answer.
    replayed -- answers that were given a second time.
    faults   -- answers that nobody may get, in words.
    """

    orders: list[Order] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    replayed: int = 0
    refused: int = 0
    double_clicks: int = 0
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def approved(self) -> int:
        """Return how many approvals were acknowledged."""
        with self.lock:
            return sum(order.status == "approved" for order in self.orders)
