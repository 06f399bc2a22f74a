"""How long a report may take, and on which connections: a pool of its own, so that reports never starve writes.

The composition root makes the pool, whose connections carry the time limit and the memory for sorting and grouping, and
says so here. On any other connection (a test, a command) the limit is set for the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Final

import sqlalchemy as sa

from engine.db import Database, Session
from engine.errors import InvalidInput, Unavailable, Violation

_KEY: Final = "report_engine.querying.limits"
#: SQLSTATE of a statement that ran into its time limit.
_QUERY_CANCELED: Final = "57014"
#: Readers that may wait for a connection of the pool; more are told to come back.
WAITING: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reports may take.

    seconds -- a statement that needs longer is stopped.
    engine  -- the pool whose connections have the limit already; None: none has.
    """

    seconds: int = 20
    engine: sa.Engine | None = None


def settings(*, seconds: int, memory_mb: int) -> Mapping[str, str]:
    """Return the server settings of the connections of the pool.

    No just-in-time compilation: it takes longer than most reports do. Parallel plans are the server's choice.
    """
    return {"statement_timeout": f"{seconds}s", "work_mem": f"{memory_mb}MB", "jit": "off"}


def use(database: Database, limits: Limits) -> None:
    """Let reports on this database have these limits."""
    database.shared[_KEY] = limits


def of(session: Session) -> Limits:
    """Return the limits of reports in this session."""
    found: Limits | None = session.shared.get(_KEY)
    return found or Limits()


@contextmanager
def kept(session: Session) -> Iterator[None]:
    """Hold the time limit while the block runs its statements; raises `InvalidInput` where it was reached."""
    limits = of(session)
    is_set = limits.engine is not None and session.connection.engine is limits.engine
    if not is_set:
        session.execute(sa.text(f"SET LOCAL statement_timeout = '{limits.seconds}s'"))
    try:
        yield
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "pgcode", None) == _QUERY_CANCELED:
            spot = Violation(pointer="#", code="report_too_slow", params={"seconds": limits.seconds})
            raise InvalidInput(violations=[spot]) from error
        raise
    if not is_set:
        session.execute(sa.text("SET LOCAL statement_timeout = DEFAULT"))


class Gate:
    """Lets so many readers in at once, those who wait for a connection included; others are told to come back."""

    def __init__(self, size: int) -> None:
        self._places = BoundedSemaphore(size + WAITING)

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Hold a place; raises `Unavailable` where there is none."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("reports_busy")
        try:
            yield
        finally:
            self._places.release()
