"""What is known of the work under way: one `Trace` a request or job, found from anywhere below it.

Owns the one context variable of the code base, and the counting of statements. It is for people who look (the log, the
metrics): nothing that the platform does may depend on it. What is noted are ids and names, never values of records.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg2.extensions

_CURRENT: ContextVar[Trace | None] = ContextVar("dougong_trace", default=None)


class Trace:
    """One piece of work: its facts as they become known, and what it asked of the database.

    facts            -- `request`, `actor`, `job`, `task`, `instance`, `flow`, … -> id or name.
    statements       -- sent to the database so far; COMMIT and ROLLBACK do not count.
    database_seconds -- waited for their answers.
    route            -- template of the request's path, once it is known.
    """

    __slots__ = ("database_seconds", "facts", "route", "statements")

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts: dict[str, Any] = dict(facts)
        self.statements = 0
        self.database_seconds = 0.0
        self.route: str | None = None


def current() -> Trace | None:
    """Return the trace of the work under way; None outside any."""
    return _CURRENT.get()


def note(**facts: Any) -> None:
    """Note ids and names of the work under way; what is None is left out, outside any work nothing happens."""
    trace = _CURRENT.get()
    if trace is not None:
        trace.facts.update((name, value) for name, value in facts.items() if value is not None)


@contextmanager
def begun(**facts: Any) -> Iterator[Trace]:
    """Give a new trace, which is the current one inside."""
    trace = Trace(facts)
    token = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(token)


class CountingCursor(psycopg2.extensions.cursor):
    """A cursor of the driver that counts what it runs; half a microsecond a statement (measured)."""

    def execute(self, query: Any, vars: Any = None) -> None:
        """Run one statement."""
        trace = _CURRENT.get()
        if trace is None:
            super().execute(query, vars)
            return
        begun_at = time.perf_counter()
        try:
            super().execute(query, vars)
        finally:
            trace.statements += 1
            trace.database_seconds += time.perf_counter() - begun_at
