"""What a job runs: a named function with its patience."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.db import Database, Session

#: JSON; ids as text.
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A kind of job.

    run            -- called in a unit of work of its own; the job is done exactly when that is committed, so what it
                      does to the database happens once. May be called again after a failure.
    together       -- does the jobs of several payloads in one unit of work, to the same effect as `run` for each in turn;
                      returns how many of the first it did: it asks before each but the first whether it may go on. Called
                      for jobs that have not failed yet; whatever it raises undoes all of them, and each is run by itself.
    carefully      -- called in its place, in a new unit of work, after `run` failed: the slower way, which can keep a
                      part of its work and say what is wrong with the rest.
    outside        -- called before `run`, in no transaction: what calls other machines. It keeps its own account of
                      what it did, for it may be called again; such tasks have threads of their own, so that a slow
                      peer keeps nobody else waiting.
    is_quick       -- whether it takes milliseconds. Such tasks have threads of their own, too, which take several jobs
                      at a time: they never wait behind an import.
    attempts       -- after so many failures the job is dead: it stays, visible, until somebody retries or drops it.
    given_up       -- called with the error, in the transaction that declares the job dead: for whoever keeps books.
    every_seconds  -- the task runs by itself, this long after it last ended; for one worker of all at a time.
    clock_set_back -- called once after the machine's clock was set back, by how much: what waits for a moment that was
                      reckoned from "now" is to be pulled in. Moments that somebody named stay what they are.

    Example: `Task(name="flows.continue", run=continue_token)`, queued by
    `jobs.enqueue(session, "flows.continue", {"token": str(token.id)})`.
    """

    name: str
    run: Callable[[Session, Payload], None]
    together: Callable[[Session, Sequence[Payload], Callable[[], bool]], int] | None = None
    carefully: Callable[[Session, Payload], None] | None = None
    outside: Callable[[Database, Payload], None] | None = None
    is_quick: bool = False
    attempts: int = 8
    given_up: Callable[[Session, Payload, str], None] | None = None
    every_seconds: float | None = None
    clock_set_back: Callable[[Session, timedelta], None] | None = None

    @property
    def pool(self) -> str:
        """Which threads run it."""
        if self.outside is not None:
            return "outside"
        return "quick" if self.is_quick else "long"
