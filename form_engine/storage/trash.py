"""What was removed from forms and can still come back: columns and sub-tables under trash names.

Owns reading their notes (comments in the database, written by `ddl`) and dropping them after 60 days.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from engine.db import Session
from form_engine.storage.ddl import Trashed
from form_engine.storage.tables import quoted

KEPT_DAYS: Final = 60

_NOTES: Final = sa.text(
    """
    SELECT n.nspname AS app, c.relname AS table_name, a.attname AS column_name, d.description AS note
    FROM pg_catalog.pg_description d
    JOIN pg_catalog.pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_catalog.pg_class'::regclass AND c.relkind = 'r'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE d.description LIKE '{"removed_at":%' AND left(coalesce(a.attname, c.relname)::text, 1) = '_'
    """
)


class _Note(NamedTuple):
    app: str
    table: str
    column: str | None
    removed_at: datetime
    was: dict[str, Any]


def find(session: Session, app: str, tables: set[str]) -> list[Trashed]:
    """Return what can be restored of these tables (by the names they had), newest first. One statement."""
    notes = [note for note in _notes(session) if note.app == app and note.was["table"] in tables]
    notes.sort(key=lambda note: note.removed_at, reverse=True)
    return [
        Trashed(
            name=note.column or note.table,
            table=note.was["table"],
            column=note.was.get("column", ""),
            type=note.was.get("type", ""),
            version=note.was["version"],
        )
        for note in notes
    ]


def drop_expired(session: Session) -> int:
    """Drop what was removed more than 60 days ago; return how many columns and tables that were."""
    oldest = session.now - timedelta(days=KEPT_DAYS)
    expired = [note for note in _notes(session) if note.removed_at < oldest]
    for note in expired:
        table = quoted(note.app, note.table)
        drop = (
            f"DROP TABLE {table}" if note.column is None else f"ALTER TABLE {table} DROP COLUMN {quoted(note.column)}"
        )
        session.connection.exec_driver_sql(drop)
    return len(expired)


def _notes(session: Session) -> Iterator[_Note]:
    for row in session.execute(_NOTES):
        was = json.loads(row.note)
        yield _Note(row.app, row.table_name, row.column_name, datetime.fromisoformat(was["removed_at"]), was)
