"""Records and balances into a sheet: the list as the reader sees it, of any length.

Owns the walk: rows come through a cursor of the server, sub-tables and titles a few hundred records at a time, and go
straight into the file. The same rights as in the list and the action `export` besides; hidden fields are absent, masked
ones masked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, TooLarge, Violation, pointer
from engine.permissions import FormGrant
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
#: Records of a sheet that somebody waits for in one request; longer ones are jobs (`export_runs`).
MOST_AT_ONCE = 100_000
_SYSTEM_TITLES: Mapping[str, str] = {key: f"system_field_{key}" for key in SYSTEM_FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column: a system field, a field, or a cell of a sub-table's rows."""

    key: str
    title: str
    field: Field | None = None
    table: Table | None = None
    access: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is written: the columns of a list, and which of its records in which order.

    open_fields -- keys of the fields that are written unmasked, sub-tables among them.
    """

    form: Form
    columns: Sequence[_Column]
    keys: frozenset[str]
    open_fields: tuple[str, ...]
    where: Sequence[sa.ColumnElement[bool]]
    order: Sequence[sa.UnaryExpression[Any]]


def planned(session: Session, actor: Actor, name: str, query: Query) -> Plan:
    """Return what an export of this form or balance writes; the query's limit and cursor do not count.

    Raises what the list raises, and `NotAllowed` without the right to export.
    """
    form = sources.get(session, name)
    grant = require(session, actor, name)
    written = tuple(_columns(form, grant.fields, query.fields, actor.language))
    where = pages.conditions(session, actor, form, grant, query)
    if sources.is_balance(session, name):
        where.append(balances.is_something(session, name))
    else:
        where.append(filters.scope(session, actor, form, "export"))
    keys = {column.table.key if column.table else column.key for column in written} & form.fields.keys()
    return Plan(
        form=form,
        columns=written,
        keys=frozenset(keys),
        open_fields=tuple(sorted(key for key in keys if grant.fields.get(key) != "masked")),
        where=where,
        order=tuple(_order(form, grant, query.sort)),
    )


def require(session: Session, actor: Actor, name: str) -> FormGrant:
    """Return the actor's grant; raises `NotFound` and `NotAllowed` where they may not take these records along."""
    form = sources.get(session, name)
    grant = filters.require(session, actor, form, "view")
    if sources.is_balance(session, name):  # to see it is the only right there is
        return grant
    return filters.require(session, actor, form, "export")


def count(session: Session, plan: Plan, most: int | None = None) -> int:
    """Return how many records will be written; with `most`, at most one more than that. One statement."""
    rows = sa.select(sa.literal(1)).select_from(plan.form.table).where(*plan.where)
    if most is not None:
        rows = rows.limit(most + 1)
    return int(session.execute(sa.select(sa.func.count()).select_from(rows.subquery())).scalar_one())


def export(session: Session, actor: Actor, name: str, query: Query, kind: Format, path: Path) -> int:
    """Write the records of the query, or the rows of a balance, into a sheet at `path`, at once; return how many.

    Writes a line to the audit trail. Raises what `planned` raises, and `TooLarge` for more than a request may wait for.
    """
    plan = planned(session, actor, name, query)
    if count(session, plan, MOST_AT_ONCE) > MOST_AT_ONCE:
        resource = "balances" if sources.is_balance(session, name) else "records"
        address = f"POST /api/{resource}/{name.replace('.', '/')}/export"
        raise TooLarge("export_too_long", limit=MOST_AT_ONCE, address=address)
    written = write(session, actor, plan, kind, path)
    note(session, actor, name, query, kind, written)
    return written


def write(
    session: Session, actor: Actor, plan: Plan, kind: Format, path: Path, tell: Callable[[int], None] | None = None
) -> int:
    """Write a sheet at `path`; return how many records it holds.

    Rows of a sub-table stand on the record's line and on further lines below it.

    tell -- told after each part how many records are written; what it raises ends the work.
    """
    statement = sa.select(*store.columns(plan.form, plan.keys)).where(*plan.where).order_by(*plan.order)
    written = 0
    with sheets.written(path, kind) as writer:
        writer.row([column.title for column in plan.columns], is_header=True)
        rows = session.connection.execute(statement, execution_options={"yield_per": CHUNK})
        for part in rows.partitions():
            found = [store.record(plan.form, row, plan.keys) for row in part]
            _write(session, actor, plan.form, found, plan.columns, writer)
            written += len(found)
            if tell is not None:
                tell(written)
    return written


def note(session: Session, actor: Actor, name: str, query: Query, kind: Format, records: int) -> None:
    """Write to the audit trail that somebody took records along."""
    after = {"format": kind, "records": records, "filter": query.filter, "search": query.search}
    events.note(session, actor, name, "export", after={key: value for key, value in after.items() if value})


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
    open_keys = {column.field.key for column in wanted if column.field is not None and column.access != "masked"}
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
