"""Doing something for the sake of knowing what it comes to, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.db import Session


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Roll back what the block does, whatever happens, and let the session remember nothing of it."""
    now, view = session.now, session.catalog
    notes, after_commit = dict(session.notes), list(session.after_commit)
    savepoint = session.connection.begin_nested()
    try:
        yield
    finally:
        if savepoint.is_active:
            savepoint.rollback()
        session.now, session.catalog = now, view
        session.notes.clear()
        session.notes.update(notes)
        session.after_commit[:] = after_commit
