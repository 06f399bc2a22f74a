"""What a job runs: a named function with its patience."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.db import Database, Session

#: JSON; ids as text.
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A kind of job.

    run           -- called in a unit of work of its own; the job is done exactly when that is committed, so what it
                     does to the database happens once. May be called again after a failure.
    outside       -- called before `run`, in no transaction: what calls other machines. It keeps its own account of what
                     it did, for it may be called again; such tasks have threads of their own, so that a slow peer
                     keeps nobody else waiting.
    attempts      -- after so many failures the job is dead: it stays, visible, until somebody revives it.
    every_seconds -- the task runs by itself, this long after it last ended; for one worker of all at a time.

    Example: `Task(name="flows.continue", run=continue_token)`, queued by
    `jobs.enqueue(session, "flows.continue", {"token": str(token.id)})`.
    """

    name: str
    run: Callable[[Session, Payload], None]
    outside: Callable[[Database, Payload], None] | None = None
    attempts: int = 8
    every_seconds: float | None = None
