"""The contract of a channel: payload and idempotency key in, answer out; and how sending fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.db import Database
from engine.errors import DomainError

_SHARED = "flow_engine.outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How this installation reaches the outside.

    smtp_url   -- `smtp://user:password@host:587` or `smtps://…`; None: no mail leaves.
    mail_from  -- address that mail comes from; None: the user of the mail server.
    http_allow -- `host:port` inside the own network that requests may reach all the same.
    """

    smtp_url: str | None = None
    mail_from: str | None = None
    http_allow: frozenset[str] = frozenset()


class SendingFailed(DomainError):
    """Nothing was sent, or nobody knows whether; `is_final` where another try would end alike.

    Its sentence is for administrators: it names hosts and quotes strangers (`failing`).
    """

    code = "sending_interrupted"

    def __init__(self, code: str | None = None, *, is_final: bool = False, **params: Any) -> None:
        super().__init__(code, **params)
        self.is_final = is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back.

    values  -- becomes the node's value, as JSON.
    refused -- why the other side would not do it, though it answered (HTTP 404); None: it did.
    """

    values: Mapping[str, Any]
    refused: SendingFailed | None = None


#: Sends a payload; the same key with every try. Raises `SendingFailed`.
Channel = Callable[[Outside, Mapping[str, Any], str], Answer]


def use_outside(database: Database, outside: Outside) -> None:
    """Say how effects of this database's flows leave; the composition root does."""
    database.shared[_SHARED] = outside


def outside_of(database: Database) -> Outside:
    """Return how effects leave; without a word about it, no mail does and no request reaches inside."""
    found: Outside = database.shared.get(_SHARED) or Outside()
    return found
