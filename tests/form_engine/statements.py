"""Counting statements, for tests of what a call costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from engine.db import Session


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Give the list of statements that run inside the block; savepoints are not among them."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(session.connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(session.connection, "before_cursor_execute", note)
