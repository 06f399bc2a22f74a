"""New rows into tables, a batch at a time: a few by INSERT, many by COPY.

Owns the driver's side of it: texts made once a table, values written out. COPY takes a third of the time of an INSERT of
a thousand rows, on both sides of the connection, because nothing is parsed but the values; for a few rows its two round
trips cost more than they save. Errors are those of any other statement (`sqlalchemy.exc`). While PostgreSQL takes rows
by COPY, the thread that sent them need not wait for it: `meanwhile`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from io import StringIO
from itertools import repeat
from operator import is_
from types import NoneType
from typing import Any, Final
from uuid import UUID

import psycopg2
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from engine.db import Session

#: Fewer rows are inserted.
COPIED: Final = 5
#: So many characters are sent at a time: each piece takes Python's lock once.
_PIECE: Final = 1024 * 1024
_MEANWHILE: Final = "engine.rows.meanwhile"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialect factory is not annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """How rows of one table are written: the texts of both ways."""

    insert: str
    row: str
    copy: str


def insertion(table: sa.Table, names: Sequence[str]) -> Insertion:
    """Return how rows with values for the columns `names` are written; the others have their defaults."""
    quote = _DIALECT.identifier_preparer
    target = f"{quote.format_table(table)} ({', '.join(map(quote.quote, names))})"
    # The casts give NULLs and empty arrays their type.
    row = "(" + ", ".join(f"%s::{table.c[name].type.compile(dialect=_DIALECT)}" for name in names) + ")"
    insert = f"INSERT INTO {target} VALUES "  # noqa: S608 - quoted names of ours
    return Insertion(insert=insert, row=row, copy=f"COPY {target} FROM STDIN")


def write(session: Session, how: Insertion, rows: Sequence[Sequence[Any]]) -> None:
    """Write new rows: Python values in the order of the columns, mappings as JSON, lists as arrays."""
    if not rows:
        return
    if len(rows) >= COPIED:
        _copy(session, how.copy, rows)
        return
    text = how.insert + ", ".join([how.row] * len(rows))
    parameters = tuple(_json(value) if isinstance(value, dict) else value for values in rows for value in values)
    session.connection.exec_driver_sql(text, parameters)


@contextmanager
def meanwhile(session: Session, work: Callable[[], bool]) -> Iterator[None]:
    """Inside the block do some of `work` while PostgreSQL takes rows by COPY.

    Nothing else changes: a row is written when `write` returns, and what is wrong with it is raised there.
    work -- does a millisecond of what is to be done anyway; returns whether there is more. It must not touch the session,
            whose connection is at work; what it raises is raised once the rows are written.
    """
    with ThreadPoolExecutor(1, "copy") as waiting:

        def send(copy: Callable[[], None]) -> None:
            sent = waiting.submit(copy)
            try:
                while not sent.done() and work():
                    time.sleep(0)  # the other thread's turn, if it wants one
            finally:
                sent.exception()  # whatever happens, the connection is at rest afterwards
            sent.result()

        session.notes[_MEANWHILE] = send
        try:
            yield
        finally:
            del session.notes[_MEANWHILE]


def _copy(session: Session, text: str, rows: Sequence[Sequence[Any]]) -> None:
    written = copied(rows)
    send: Callable[[Callable[[], None]], None] = session.notes.get(_MEANWHILE, _at_once)
    try:
        with closing(session.connection.connection.cursor()) as cursor:
            send(partial(cursor.copy_expert, text, StringIO(written), _PIECE))
    except psycopg2.Error as error:
        failed = DBAPIError.instance(text, None, error, psycopg2.Error, dialect=session.connection.dialect)
        raise failed from error


# --- values in the text format of COPY (PostgreSQL, "COPY", File Formats) --------------------------------------------


#: Values of records hold no rings, so nobody need look for them.
_json: Final = json.JSONEncoder(check_circular=False).encode


def _at_once(copy: Callable[[], None]) -> None:
    copy()


def copied(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows of one width as COPY reads them: a line each.

    Written a column at a time: most hold values of one kind, and many the same value in every row.
    """
    columns = [_column(values) for values in zip(*rows, strict=True)]
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _column(values: Sequence[Any]) -> Sequence[str]:
    first = values[0]
    if values[-1] is first and all(map(is_, values, repeat(first))):
        return [_WRITERS[type(first)](first)] * len(values)
    kinds = set(map(type, values))
    if kinds != {str}:
        write = _WRITERS[kinds.pop()] if len(kinds) == 1 else _any
        return list(map(write, values))
    return list(map(_text, values)) if _SPECIAL("".join(values)) else values


def _any(value: Any) -> str:
    return _WRITERS[type(value)](value)


_SPECIAL = re.compile(r"[\\\t\n\r]").search
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL(value) else value


def _array(values: Sequence[Any]) -> str:
    items = ("NULL" if value is None else f'"{_in_array(str(value))}"' for value in values)
    return _text("{" + ",".join(items) + "}")


def _in_array(item: str) -> str:
    return item.replace("\\", "\\\\").replace('"', '\\"')


class _Writers(dict[type, Callable[[Any], str]]):
    """How values of each type are written; a type that is derived from one of these is written as that."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        found = next((write for known, write in _KNOWN.items() if issubclass(kind, known)), None)
        if found is None:
            raise TypeError(f"no column holds a {kind.__name__}")
        self[kind] = found
        return found


#: A boolean is an integer, too, and an instant is a day.
_KNOWN: Final[Mapping[type, Callable[[Any], str]]] = {
    NoneType: lambda _: "\\N",
    str: _text,
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    UUID: lambda value: f"{value.int:032x}",  # half the time of `str`
    datetime: datetime.isoformat,
    date: date.isoformat,
    list: _array,
    tuple: _array,
    dict: lambda value: _text(_json(value)),
}
_WRITERS: Final = _Writers(_KNOWN)
