"""Records in their tables: every statement that reads or writes them.

Owns the SQL. Whole batches move in one statement a table: `engine.rows` for new rows, `UPDATE … FROM (VALUES …)` for
others. The texts are built once per published form and kept with the catalogue; values go in through the driver. Leaves rights, rules and
meaning to others; callers pass conditions as SQL elements (`filters`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import definitions
from engine.db import Session
from engine.rows import Insertion, insertion, write
from form_engine.definition import Field, Form, Table
from form_engine.record import Record

#: Rows in one statement; the driver writes values into the text, so this bounds the text, not a parameter count.
CHUNK = 1000

_SYSTEM = ("id", "version", "created_at", "created_by", "updated_at", "updated_by", "owner", "deleted_at")
_CONSTANTS = (sa.True_, sa.False_)
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialect factory is not annotated

#: What a list of ids is compared with.
_IDS = sa.any_(sa.bindparam("ids", type_=postgresql.ARRAY(sa.Uuid())))

Row = dict[str, Any]
Lock = Literal["update", "delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowStatements:
    """How rows of one table (a form's own, or a sub-table's) are written; texts lack their VALUES."""

    fields: tuple[Field, ...]
    insertion: Insertion
    update: str
    update_row: str
    update_where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """One form's statements: its own table's and each sub-table's, by field key.

    select, select_rows -- whole records by `ids` for each lock, and the rows of each sub-table; built once, because building a
                           statement costs as much as running it.
    """

    head: RowStatements
    children: Mapping[str, RowStatements]
    select: Mapping[Lock | None, sa.Select[Any]]
    select_rows: Mapping[str, sa.Select[Any]]
    bury: str
    raise_: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record as it was read, with the truth of each condition asked about it."""

    record: Record
    flags: Mapping[str, bool]


def stored_fields(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Return the fields that have a column of their own (sub-tables have none)."""
    return tuple(field for field in fields if not isinstance(field, Table))


def statements(session: Session, form: Form) -> Statements:
    """Return the form's statements, built once per published version."""
    return definitions.catalog(session).compiled("form_engine.storage.store", form.name, lambda: _build(form))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def qualified(table: sa.Table) -> str:
    """Return the table's quoted name with its schema."""
    return f"{_quoted(str(table.schema))}.{_quoted(table.name)}"


def type_name(column: sa.Column[Any]) -> str:
    """Return the column's PostgreSQL type as DDL writes it: `numeric(18, 2)`."""
    return column.type.compile(dialect=_DIALECT)


def _build(form: Form) -> Statements:
    table = qualified(form.table)
    set_bin = "deleted_at = %s, deleted_by = %s, updated_at = %s, updated_by = %s, version = version + 1"
    return Statements(
        head=_head_statements(form),
        children={field.key: _child_statements(form, field) for field in form.tables},
        select=_selects(form),
        select_rows={field.key: _select_rows(form, field) for field in form.tables},
        bury=f"UPDATE {table} SET {set_bin} WHERE id = ANY(%s) AND deleted_at IS NULL RETURNING id, version",
        raise_=f"UPDATE {table} SET {set_bin} WHERE id = ANY(%s) AND deleted_at IS NOT NULL RETURNING id, version",
    )


def _head_statements(form: Form) -> RowStatements:
    fields = stored_fields(form.fields.values())
    fixed = ("id", "version", "created_at", "created_by", "updated_at", "updated_by", "owner")
    names = [*fixed, *(field.column for field in fields)]
    table = qualified(form.table)
    sets = ["version = t.version + 1", "updated_at = v.updated_at", "updated_by = v.updated_by"]
    sets += [f"{_quoted(field.column)} = v.{_quoted(field.column)}" for field in fields]
    source = ["id", "version", "updated_at", "updated_by", *(field.column for field in fields)]
    return RowStatements(
        fields=fields,
        insertion=insertion(form.table, names),
        update=f"UPDATE {table} AS t SET {', '.join(sets)} FROM (VALUES ",
        update_row=_row(form.table, source),
        update_where=f") AS v({', '.join(map(_quoted, source))})"
        " WHERE t.id = v.id AND t.version = v.version AND t.deleted_at IS NULL RETURNING t.id, t.version",
    )


def _selects(form: Form) -> dict[Lock | None, sa.Select[Any]]:
    query: sa.Select[Any] = sa.select(*columns(form)).where(form.table.c.id == _IDS).order_by(form.table.c.id)
    return {
        None: query,
        "update": query.with_for_update(of=form.table, key_share=True),
        "delete": query.with_for_update(of=form.table),
    }


def _select_rows(form: Form, field: Table) -> sa.Select[Any]:
    child = form.children[field.key]
    query: sa.Select[Any] = sa.select(
        child.c.record_id, child.c.id, *(child.c[cell.column] for cell in stored_fields(field.fields))
    )
    return query.where(child.c.record_id == _IDS).order_by(child.c.record_id, child.c.position)


def _child_statements(form: Form, field: Table) -> RowStatements:
    table = form.children[field.key]
    fields = stored_fields(field.fields)
    names = ["id", "record_id", "position", *(cell.column for cell in fields)]
    source = ["id", "position", *(cell.column for cell in fields)]
    sets = ", ".join(f"{_quoted(name)} = v.{_quoted(name)}" for name in source[1:])
    return RowStatements(
        fields=fields,
        insertion=insertion(table, names),
        update=f"UPDATE {qualified(table)} AS t SET {sets} FROM (VALUES ",
        update_row=_row(table, source),
        update_where=f") AS v({', '.join(map(_quoted, source))}) WHERE t.id = v.id",
    )


def _row(table: sa.Table, names: Sequence[str]) -> str:
    """Return the template of one row; the casts give NULLs and empty arrays their type."""
    return "(" + ", ".join(f"%s::{type_name(table.c[name])}" for name in names) + ")"


def run(session: Session, text: str, parameters: Sequence[Any]) -> sa.CursorResult[Any]:
    """Run a text with the driver's own placeholders."""
    return session.connection.exec_driver_sql(text, tuple(parameters))


def run_rows(session: Session, before: str, row: str, rows: Sequence[Sequence[Any]], after: str = "") -> list[Any]:
    """Run one statement over all `rows` (per `CHUNK`); return what it returned."""
    returned: list[Any] = []
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        text = before + ", ".join([row] * len(part)) + after
        result = run(session, text, [value for values in part for value in values])
        if result.returns_rows:
            returned.extend(result.fetchall())
    return returned


# --- reading ---------------------------------------------------------------------------------------------------------


def columns(form: Form, keys: Iterable[str] | None = None) -> list[sa.ColumnElement[Any]]:
    """Return the system columns, then those of the fields `keys` (None: all that have a column)."""
    wanted = None if keys is None else set(keys)
    fields = [field for field in stored_fields(form.fields.values()) if wanted is None or field.key in wanted]
    # A balance has no more than an id and the time of its last change; what it lacks reads as empty.
    system = [form.table.c[name] if name in form.table.c else sa.null().label(name) for name in _SYSTEM]
    return [*system, *(form.table.c[field.column] for field in fields)]


def record(form: Form, row: Sequence[Any], keys: Iterable[str] | None = None) -> Record:
    """Return the record of a row read with `columns(form, keys)`; its sub-tables are still missing."""
    wanted = None if keys is None else set(keys)
    fields = [field for field in stored_fields(form.fields.values()) if wanted is None or field.key in wanted]
    start = len(_SYSTEM)
    values = {field.key: row[start + index] for index, field in enumerate(fields)}
    system = dict(zip(_SYSTEM, row[:start], strict=True))
    return Record(form=form.name, values=values, **system)


def load(
    session: Session,
    form: Form,
    ids: Sequence[UUID],
    *,
    lock: Lock | None = None,
    flags: Mapping[str, sa.ColumnElement[bool]] | None = None,
    tables: Collection[str] | None = None,
) -> dict[UUID, Found]:
    """Return the records `ids` that exist, living or in the bin, with their sub-tables: one statement a table.

    lock -- `update` keeps other writers out; `delete` keeps those out, too, who are about to point at the record.
            Rows are locked in the order of their ids, so that two batches cannot wait for each other.
    tables -- the sub-tables that are needed; None: all.
    """
    if not ids:
        return {}
    given = flags or {}
    # Most people have whole forms: what is true or false for every row need not be asked of each.
    constant = {name: isinstance(flag, sa.True_) for name, flag in given.items() if isinstance(flag, _CONSTANTS)}
    asked = {name: flag for name, flag in given.items() if name not in constant}
    query = statements(session, form).select[lock]
    width = len(query.selected_columns)
    if asked:
        query = query.add_columns(*(sa.func.coalesce(flag, False).label(f"f_{name}") for name, flag in asked.items()))
    rows = session.execute(query, {"ids": list(set(ids))}).fetchall()
    found = {row[0]: (record(form, row), constant | dict(zip(asked, row[width:], strict=True))) for row in rows}
    keys = [field.key for field in form.tables if tables is None or field.key in tables]
    children = load_rows(session, form, list(found), keys)
    result = {}
    for key, (one, truth) in found.items():
        one.values.update({name: rows_of.get(key, []) for name, rows_of in children.items()})  # type: ignore[attr-defined]
        result[key] = Found(record=one, flags=truth)
    return result


def load_rows(
    session: Session, form: Form, ids: Sequence[UUID], keys: Sequence[str]
) -> dict[str, dict[UUID, list[Row]]]:
    """Return sub-table rows by field key and record, in their order: one statement a sub-table."""
    result: dict[str, dict[UUID, list[Row]]] = {key: {} for key in keys}
    if not ids:
        return result
    queries = statements(session, form).select_rows
    for key in keys:
        cells = stored_fields(form.sub_table(key).fields)
        for row in session.execute(queries[key], {"ids": list(ids)}):
            line: Row = {"id": row[1]}
            line.update((cell.key, row[2 + index]) for index, cell in enumerate(cells))
            result[key].setdefault(row[0], []).append(line)
    return result


def every_id(session: Session, form: Form, count: int) -> Iterator[Sequence[UUID]]:
    """Yield the ids of all records, living or in the bin, `count` at a time: one statement each."""
    key, last = form.table.c.id, UUID(int=0)
    while ids := session.execute(sa.select(key).where(key > last).order_by(key).limit(count)).scalars().all():
        yield ids
        last = ids[-1]


# --- writing ---------------------------------------------------------------------------------------------------------


def insert(session: Session, form: Form, records: Sequence[Record]) -> None:
    """Write new records and their sub-table rows: one statement a table."""
    plan = statements(session, form)
    keys = [field.key for field in plan.head.fields]
    rows = [
        (
            *(one.id, one.version, one.created_at, one.created_by, one.updated_at, one.updated_by, one.owner),
            *map(one.values.get, keys),
        )
        for one in records
    ]
    write(session, plan.head.insertion, rows)
    for key, child in plan.children.items():
        lines = [(one.id, position, line) for one in records for position, line in enumerate(one.values.get(key) or ())]
        _insert_lines(session, child, lines)


def _insert_lines(session: Session, plan: RowStatements, lines: Sequence[tuple[UUID, int, Row]]) -> None:
    rows = [
        (line["id"], record_id, position, *(line.get(cell.key) for cell in plan.fields))
        for record_id, position, line in lines
    ]
    write(session, plan.insertion, rows)


def update(session: Session, form: Form, changed: Sequence[tuple[Record, Record]]) -> set[UUID]:
    """Write (before, after) pairs; return the ids written: those whose version is still that of `before`."""
    plan = statements(session, form)
    rows = [
        (
            *(after.id, before.version, after.updated_at, after.updated_by),
            *(after.values.get(field.key) for field in plan.head.fields),
        )
        for before, after in changed
    ]
    head = plan.head
    written = {row[0] for row in run_rows(session, head.update, head.update_row, rows, head.update_where)}
    for key, child in plan.children.items():
        _update_lines(session, form.children[key], child, key, [pair for pair in changed if pair[1].id in written])
    return written


def _update_lines(
    session: Session, table: sa.Table, plan: RowStatements, key: str, changed: Sequence[tuple[Record, Record]]
) -> None:
    # Unique values may change places between rows; rows that are written anew meet only those that stay.
    is_written_anew = any(cell.unique for cell in plan.fields)
    gone: list[UUID] = []
    moved: list[tuple[Any, ...]] = []
    fresh: list[tuple[UUID, int, Row]] = []
    for before, after in changed:
        old = {line["id"]: (position, line) for position, line in enumerate(before.values.get(key) or ())}
        new = after.values.get(key) or ()
        gone.extend(old.keys() - {line["id"] for line in new})
        for position, line in enumerate(new):
            if line["id"] not in old:
                fresh.append((after.id, position, line))
            elif old[line["id"]] == (position, line):
                continue
            elif is_written_anew:
                gone.append(line["id"])
                fresh.append((after.id, position, line))
            else:
                moved.append((line["id"], position, *(line.get(cell.key) for cell in plan.fields)))
    if gone:
        run(session, f"DELETE FROM {qualified(table)} WHERE id = ANY(%s)", [sorted(gone)])
    run_rows(session, plan.update, plan.update_row, moved, plan.update_where)
    _insert_lines(session, plan, fresh)


def rewrite(
    session: Session, form: Form, changed: Sequence[tuple[Record, Record]], places: Iterable[tuple[str, ...]]
) -> None:
    """Write values at `places` ((field,) or (table, cell)) of (before, after) pairs, and nothing else.

    For computed values alone: version and time of change stay. One statement a table.
    """
    wanted = list(places)
    head = [form.fields[place[0]] for place in wanted if len(place) == 1]
    rows = [(new.id, *(new.values.get(one.key) for one in head)) for _, new in changed]
    _rewrite(session, form.table, head, rows)
    for table in form.tables:
        cells = [cell for cell in table.fields if (table.key, cell.key) in wanted]
        pairs = [
            pair
            for old, new in changed
            for pair in zip(old.values.get(table.key) or (), new.values.get(table.key) or (), strict=True)
        ]
        rows = [(new["id"], *(new.get(cell.key) for cell in cells)) for old, new in pairs if old != new]
        _rewrite(session, form.children[table.key], cells, rows)


def _rewrite(session: Session, table: sa.Table, fields: Sequence[Field], rows: Sequence[tuple[Any, ...]]) -> None:
    if not fields:
        return
    names = ["id", *(one.column for one in fields)]
    sets = ", ".join(f"{_quoted(name)} = v.{_quoted(name)}" for name in names[1:])
    where = f") AS v({', '.join(map(_quoted, names))}) WHERE t.id = v.id"
    run_rows(session, f"UPDATE {qualified(table)} AS t SET {sets} FROM (VALUES ", _row(table, names), rows, where)


def bury(session: Session, form: Form, ids: Sequence[UUID], *, at: datetime, by: UUID) -> set[UUID]:
    """Move living records to the recycle bin; return the ids that were living."""
    text = statements(session, form).bury
    return {row[0] for row in run(session, text, [at, by, at, by, sorted(ids)])}


def raise_(session: Session, form: Form, ids: Sequence[UUID], *, at: datetime, by: UUID) -> set[UUID]:
    """Take records out of the recycle bin; return the ids that were in it."""
    text = statements(session, form).raise_
    return {row[0] for row in run(session, text, [None, None, at, by, sorted(ids)])}
