"""Records and balances into a sheet: the list as the reader sees it, of any length.

Owns the walk: rows come through a cursor of the server, sub-tables and titles a few hundred records at a time, and go
straight into the file. The same rights as in the list and the action `export` besides; hidden fields are absent, masked
ones masked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, Violation, pointer
from engine.texts import localized, message
from form_engine import balances, forms, sources
from form_engine.definition import Field, Form, Table
from form_engine.exchange import cells, columns, sheets
from form_engine.exchange.cells import Raw
from form_engine.exchange.sheets import Format, Writer
from form_engine.field_type import USERS
from form_engine.querying import filters, pages, record_titles
from form_engine.record import SYSTEM_FIELDS, Query, Record
from form_engine.storage import store
from form_engine.values import Titles, ids_in

#: Records whose sub-tables and titles are fetched together.
CHUNK = 500
_SYSTEM_TITLES: Mapping[str, str] = {key: f"system_field_{key}" for key in SYSTEM_FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column: a system field, a field, or a cell of a sub-table's rows."""

    key: str
    title: str
    field: Field | None = None
    table: Table | None = None
    access: str | None = None


def export(session: Session, actor: Actor, form_name: str, query: Query, kind: Format, path: Path) -> int:
    """Write the records of the query, or the rows of a balance, into a sheet at `path`; return how many.

    The query's limit and cursor do not count.

    Rows of a sub-table stand on the record's line and on further lines below it. Writes a line to the audit trail.
    Raises what the list raises, and `NotAllowed` without the right to export.
    """
    form = sources.get(session, form_name)
    grant = filters.require(session, actor, form, "view")
    wanted = list(_columns(form, grant.fields, query.fields, actor.language))
    where = pages.conditions(session, actor, form, grant, query)
    if sources.is_balance(session, form_name):  # to see it is the only right there is
        where.append(balances.is_something(session, form_name))
    else:
        filters.require(session, actor, form, "export")
        where.append(filters.scope(session, actor, form, "export"))
    keys = {column.table.key if column.table else column.key for column in wanted} & form.fields.keys()
    statement = sa.select(*store.columns(form, keys)).where(*where).order_by(*_order(form, grant, query.sort))
    count = 0
    with sheets.written(path, kind) as writer:
        writer.row([column.title for column in wanted], is_header=True)
        rows = session.connection.execute(statement, execution_options={"yield_per": CHUNK})
        for part in rows.partitions():
            found = [store.record(form, row, keys) for row in part]
            _write(session, actor, form, found, wanted, writer)
            count += len(found)
    after = {"format": kind, "records": count, "filter": query.filter, "search": query.search}
    events.note(session, actor, form_name, "export", after={key: value for key, value in after.items() if value})
    return count


def template(session: Session, actor: Actor, form_name: str, kind: Format, path: Path) -> None:
    """Write an empty sheet with the headers that an import knows; those that must be filled end with a star."""
    form = forms.get(session, form_name)
    grant = filters.require(session, actor, form, "import")
    with sheets.written(path, kind) as writer:
        offered = [place for place in columns.places(form, grant.fields) if place.is_input]
        titles = [
            f"{place.title(actor.language)}*"
            if place.field is not None and place.field.required and place.field.default is None
            else place.title(actor.language)
            for place in offered
        ]
        writer.row(titles, is_header=True)


def _order(form: Form, grant: Any, sort: str | None) -> Iterator[sa.UnaryExpression[Any]]:
    """Yield the order of the list, with the id among equals as there."""
    order = pages.sort_keys(form, grant, sort)
    for key in order:
        yield (key.column.desc() if key.is_descending else key.column.asc()).nulls_last()
    yield form.table.c.id.desc() if order and order[0].is_descending else form.table.c.id.asc()


def _columns(form: Form, access: Mapping[str, str], asked: Sequence[str] | None, language: str) -> Iterator[_Column]:
    for index, key in enumerate(form.fields if asked is None else dict.fromkeys(asked)):
        one = form.fields.get(key)
        if key in SYSTEM_FIELDS:
            yield _Column(key=key, title=message(_SYSTEM_TITLES[key], {}, language))
        elif one is None or access.get(key) == "hidden":
            if asked is not None:
                spot = Violation(pointer=pointer("fields", index), code="unknown_field", params={"field": key})
                raise InvalidInput(violations=[spot])
        elif isinstance(one, Table):
            if access.get(key) != "masked":
                title = localized(one.title, language)
                for cell in one.fields:
                    name = f"{title}.{localized(cell.title, language)}"
                    yield _Column(key=cell.key, title=name, field=cell, table=one)
        else:
            yield _Column(key=key, title=localized(one.title, language), field=one, access=access.get(key))


def _write(
    session: Session, actor: Actor, form: Form, found: Sequence[Record], wanted: Sequence[_Column], writer: Writer
) -> None:
    tables = list(dict.fromkeys(column.table.key for column in wanted if column.table))
    lines = store.load_rows(session, form, [one.id for one in found], tables) if tables else {}
    for one in found:
        cast("dict[str, Any]", one.values).update((key, lines[key].get(one.id, [])) for key in tables)
    titles = _titles(session, actor, form, found, wanted)
    for one in found:
        height = max([1, *(len(one.values[key]) for key in tables)])
        for index in range(height):
            writer.row([_cell(one, column, index, titles, actor.language, session.time_zone) for column in wanted])


def _titles(session: Session, actor: Actor, form: Form, found: Sequence[Record], wanted: Sequence[_Column]) -> Titles:
    open_keys = {column.field.key for column in wanted if column.field is not None and column.access is None}
    needed: dict[str, set[UUID]] = defaultdict(set)
    for one in found:
        for field, to, key, _ in ids_in(form.fields.values(), one.values):
            if field.key in open_keys:
                needed[to].add(key)
        needed[USERS].update(key for key in (one.created_by, one.updated_by, one.owner) if key is not None)
    return record_titles.titles(session, actor, needed)


def _cell(one: Record, column: _Column, index: int, titles: Titles, language: str, zone: str) -> Raw:
    if column.field is None:
        return _system(one, column.key, titles, zone) if index == 0 else None
    if column.table is None:
        if index > 0:
            return None
        return cells.written(column.field, one.values[column.key], titles, column.access, language, zone)
    rows = one.values[column.table.key]
    if index >= len(rows):
        return None
    return cells.written(column.field, rows[index].get(column.key), titles, None, language, zone)


def _system(one: Record, key: str, titles: Titles, zone: str) -> Raw:
    value = getattr(one, key)
    if isinstance(value, UUID):
        return str(value) if key == "id" else titles.get((USERS, value), "")
    return cells.local(value, zone) if key.endswith("_at") and value is not None else value
