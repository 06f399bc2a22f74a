"""Publications that are tried and taken back: how long they may keep others away, and what they leave out.

To say truly what a publication comes to, a preview runs it; so it needs the tables for itself. It asks for them in short
tries, that nobody stands behind it for longer than one of them; once it has them no statement takes long; and what is as
long as a large table (writing it anew, indexes, proofs of its links, formulas of all its records) is done in little or not
at all. What it was tried with is taken back by the caller, limits included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from engine.db import Session
from engine.errors import Conflict
from form_engine.storage.ddl import Phase, Step

#: Two seconds in all: readers who come while one try waits wait no longer than it does.
TRIES: Final = 6
TRY_MILLISECONDS: Final = 250
PAUSE_SECONDS: Final = 0.1
#: Any other lock: of the next publication, of tables that links point to.
LOCK_TIMEOUT: Final = "2s"
#: A statement while the tables are closed.
STATEMENT_TIMEOUT: Final = "2s"
#: A table beyond this size is large: some 50,000 records, written anew in about a second.
LARGE_BYTES: Final = 16 * 1024 * 1024

Part = TypeVar("Part")

_KEY: Final = "form_engine.rehearsal"
_LOCK_NOT_AVAILABLE: Final = "55P03"
_CODES: Final = {_LOCK_NOT_AVAILABLE: "preview_busy", "57014": "preview_too_long"}


@contextmanager
def begun(session: Session) -> Iterator[None]:
    """Let the publications of the block be rehearsals; whoever begins one takes the block back (a savepoint around it).

    Raises `Conflict`: `preview_busy` where others hold the tables, `preview_too_long` where a statement took too long.
    """
    emptied: set[str] = set()
    session.notes[_KEY] = emptied
    _set(session, "lock_timeout", LOCK_TIMEOUT)
    try:
        yield
    except sa.exc.DBAPIError as error:
        code = _CODES.get(_state(error))
        if code is None:
            raise
        raise Conflict(code) from error
    finally:
        session.notes.pop(_KEY, None)


def is_one(session: Session) -> bool:
    """Whether what is published now will be taken back."""
    return _KEY in session.notes


def take(session: Session, locks: Sequence[str]) -> None:
    """Run the statements that lock tables, all in one try; raises what the last of `TRIES` did."""
    _set(session, "statement_timeout", STATEMENT_TIMEOUT)
    if not locks:
        return
    for left in reversed(range(TRIES)):
        savepoint = session.connection.begin_nested()
        try:
            _set(session, "lock_timeout", f"{TRY_MILLISECONDS}ms")
            for lock in locks:
                session.connection.exec_driver_sql(lock)
        except sa.exc.OperationalError as error:
            savepoint.rollback()
            if left == 0 or _state(error) != _LOCK_NOT_AVAILABLE:
                raise
        else:
            savepoint.commit()
            _set(session, "lock_timeout", LOCK_TIMEOUT)
            return
        # Those who stood behind us have their turn.
        session.execute(sa.select(sa.func.pg_sleep(PAUSE_SECONDS)))


def abridged(session: Session, steps: Iterable[Step]) -> Iterator[str]:
    """Yield what a rehearsal runs for the steps; columns of large tables that change their type are made empty."""
    emptied: set[str] = session.notes[_KEY]
    steps = list(steps)
    large = set(_large(session, {step.table for step in steps if step.rehearsed is not None}))
    for step in steps:
        if step.rehearsed is None or step.table not in large:
            yield step.sql
        else:
            yield from step.rehearsed
            if step.rehearsed and step.phase is Phase.CONVERT:
                emptied.add(step.table)


def tried(session: Session, tables: Iterable[str], parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts of work on all rows of tables: all of them, in a rehearsal one, and none where values are missing."""
    if not is_one(session):
        yield from parts
        return
    emptied: set[str] = session.notes[_KEY]
    yield from islice(parts, 0 if emptied.intersection(tables) else 1)


def is_large(session: Session, tables: Iterable[str]) -> bool:
    """Whether one of the tables, by their quoted names, is too large for a rehearsal to read or write all of it."""
    return bool(_large(session, set(tables)))


def _large(session: Session, tables: set[str]) -> list[str]:
    if not tables:
        return []
    query = sa.text("SELECT t FROM unnest(CAST(:tables AS text[])) t WHERE pg_relation_size(to_regclass(t)) > :bytes")
    found: Sequence[Any] = session.execute(query, {"tables": sorted(tables), "bytes": LARGE_BYTES}).scalars().all()
    return list(found)


def _set(session: Session, name: str, value: str) -> None:
    session.execute(sa.select(sa.func.set_config(name, value, True)))


def _state(error: sa.exc.DBAPIError) -> str:
    return str(getattr(error.orig, "pgcode", None) or "")
