"""Unique fields: the database's refusal, told as violations at the fields.

Owns the reading of a broken unique index. The index decides, so two people who type the same number at the same time
cannot both succeed; a savepoint keeps the transaction usable long enough to find every spot of the batch. One record goes
without it, its index says it all; so do forms whose only unique fields are serial numbers, which no counter gives twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.db import Session
from engine.errors import InvalidInput, Violation
from form_engine.definition import Field, Form
from form_engine.record import Record
from form_engine.storage.tables import fitted
from form_engine.values import below

_UNIQUE_VIOLATION = "23505"

Written = Sequence[tuple[str, Record | None]]


@contextmanager
def violations(session: Session, form: Form, written: Written) -> Iterator[None]:
    """Run the block's statements; a value that is taken leaves as `InvalidInput` with code `value_taken`.

    written -- (pointer, record as it is to be) of each record that the block writes.
    """
    is_checked = len(written) > 1 and any(one.unique and not one.type.traits.is_generated for one in form.every_field())
    try:
        with session.connection.begin_nested() if is_checked else nullcontext():
            yield
    except IntegrityError as error:
        name = _index(error)
        if name is None:
            raise
        spots = list(_spots(session, form, name, written, may_ask=is_checked)) or [_unplaced(name, written)]
        raise InvalidInput(violations=spots) from error


def is_moved(form: Form, before: Record | None, after: Record | None) -> bool:
    """Whether an update gives the record any unique value that it has not had; a record that is new does."""
    if before is None or after is None:
        return True
    unique = [one.key for one in form.fields.values() if one.unique]
    unique += [table.key for table in form.tables if any(cell.unique for cell in table.fields)]
    return any(before.values.get(key) != after.values.get(key) for key in unique)


def _index(error: IntegrityError) -> str | None:
    """Return the name of the broken unique index, None for any other broken constraint."""
    if getattr(error.orig, "pgcode", None) != _UNIQUE_VIOLATION:
        return None
    diagnostics: Any = getattr(error.orig, "diag", None)
    return diagnostics.constraint_name if diagnostics else None


def _spots(session: Session, form: Form, index: str, written: Written, *, may_ask: bool) -> Iterator[Violation]:
    for one in form.fields.values():
        if one.column and fitted(f"uq_{form.key}_{one.column}_unique") == index:
            yield from _taken(session, form, one, written, may_ask=may_ask)
            return
    for table in form.tables:
        for cell in table.fields:
            if fitted(f"uq_{table.table_name}_{cell.column}_unique") == index:
                yield from _repeated(table.key, cell, written)
                return


def _unplaced(index: str, written: Written) -> Violation:
    """Return the violation where no single value can be named: values that change places between records."""
    params = {"field": index, "value": ""}
    return Violation(pointer=written[0][0] if written else "#", code="value_taken", params=params)


def _taken(session: Session, form: Form, one: Field, written: Written, *, may_ask: bool) -> Iterator[Violation]:
    """Yield a violation for each record whose value another one has, in the batch or in the table."""
    values = [record.values.get(one.key) for _, record in written if record is not None]
    count = Counter(value for value in values if value is not None)
    others: set[Any] = set()
    if may_ask and count:
        table, column = form.table, form.table.c[one.column]
        mine = [record.id for _, record in written if record is not None]
        query = sa.select(column).where(column.in_(list(count)), table.c.deleted_at.is_(None), table.c.id.not_in(mine))
        others = set(session.execute(query).scalars())
    seen: set[Any] = set()
    for pointer, record in written:
        value = record.values.get(one.key) if record is not None else None
        if value is not None and (value in others or value in seen or not may_ask):
            params = {"field": one.title, "value": one.type.show(value, one.options)}
            yield Violation(pointer=below(pointer, one.key), code="value_taken", params=params)
        seen.add(value)


def _repeated(table: str, cell: Field, written: Written) -> Iterator[Violation]:
    """Yield a violation for each row that repeats a value of a row above it."""
    for pointer, record in written:
        seen: set[Any] = set()
        for position, row in enumerate((record.values.get(table) or ()) if record is not None else ()):
            value = row.get(cell.key)
            if value is not None and value in seen:
                params = {"field": cell.title, "value": cell.type.show(value, cell.options)}
                yield Violation(pointer=below(pointer, table, position, cell.key), code="value_repeated", params=params)
            seen.add(value)
