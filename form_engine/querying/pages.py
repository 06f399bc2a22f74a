"""Lists: filter, search, sort and keyset paging over a form (or a balance, which reads like one).

Owns the page's statement. A page continues behind the last row of the one before, by the values of its
sort keys and its id, so it costs the same at the first and at the thousandth page and skips nothing when rows are added
in between. Empty values come last in both directions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Session
from engine.permissions import FormGrant
from form_engine.definition import Form
from form_engine.querying import cursors, filters
from form_engine.querying.cursors import Key
from form_engine.querying.filters import refused
from form_engine.record import COUNT_CAP, LIMIT_MAX, SYSTEM_FIELDS, Page, Query, Record
from form_engine.storage import store

#: Sort keys of one query beside the id.
SORT_MAX = 5


def page(
    session: Session,
    actor: Actor,
    form: Form,
    grant: FormGrant,
    query: Query,
    only: sa.ColumnElement[bool] | None = None,
) -> tuple[Page, tuple[str, ...]]:
    """Return the page and the keys of the fields that were read.

    only -- a further condition of the caller's.
    One statement for the rows, one for each sub-table that was asked for, one for the count.
    Raises `InvalidInput` at `#/filter`, `#/search`, `#/sort`, `#/limit`, `#/cursor`, `#/fields`.
    """
    refuse_limit(query)
    keys = wanted_fields(form, grant, query.fields)
    order = sort_keys(form, grant, query.sort)
    where = conditions(session, actor, form, grant, query) + ([] if only is None else [only])
    columns = store.columns(form, keys)
    statement = sa.select(*columns, *(key.column for key in order)).where(*where)
    behind = None if query.cursor is None else cursors.opened(query.cursor, order)
    rows: list[sa.Row[Any]] = []
    for ordered in in_turn(form, statement, order, behind):
        rows += session.execute(ordered.limit(query.limit + 1 - len(rows))).fetchall()
        if len(rows) > query.limit:
            break
    records = [store.record(form, row, keys) for row in rows[: query.limit]]
    _add_rows(session, form, records, keys)
    cursor = None
    if len(rows) > query.limit:
        last = rows[query.limit - 1]
        cursor = cursors.closed(order, last[len(columns) :], last[0])
    return Page(items=tuple(records), next_cursor=cursor, count=count_of(session, form, where, query)), keys


def refuse_limit(query: Query) -> None:
    """Raise `InvalidInput` at `#/limit` for no page, or one that is too long."""
    if not 1 <= query.limit <= LIMIT_MAX:
        raise refused("#/limit", "limit_range", limit=LIMIT_MAX)


def conditions(
    session: Session, actor: Actor, form: Form, grant: FormGrant, query: Query
) -> list[sa.ColumnElement[bool]]:
    """Return what a row must satisfy to be in the list: rights, living or in the bin, filter, search."""
    where = [filters.scope(session, actor, form, "view")]
    if "deleted_at" in form.table.c:
        deleted = form.table.c.deleted_at
        where.append(deleted.is_not(None) if query.bin else deleted.is_(None))
    if query.filter:
        where.append(filters.condition(session, actor, form, query.filter))
    if query.search and query.search.strip():
        where.append(filters.search(session, actor, form, query.search, grant.fields))
    return where


def wanted_fields(form: Form, grant: FormGrant, asked: Sequence[str] | None) -> tuple[str, ...]:
    """Return the keys to read: those asked for, without what is hidden from the actor."""
    if asked is None:
        return tuple(key for key in form.fields if grant.fields.get(key) != "hidden")
    for index, key in enumerate(asked):
        if key not in form.fields or grant.fields.get(key) == "hidden":
            raise refused(f"#/fields/{index}", "unknown_field", field=key)
    return tuple(dict.fromkeys(asked))


def sort_keys(form: Form, grant: FormGrant, text: str | None) -> tuple[Key, ...]:
    """Return the sort keys of `-order_date,number`; without a text, newest first."""
    if not text:
        return (
            (Key(name="created_at", column=form.table.c.created_at, is_descending=True),)
            if "created_at" in form.table.c
            else ()
        )
    names = [part.strip() for part in text.split(",")]
    if len(names) > SORT_MAX:
        raise refused("#/sort", "maxItems", limit=SORT_MAX)
    return tuple(_key(form, grant, name) for name in names)


def _key(form: Form, grant: FormGrant, text: str) -> Key:
    name = text.removeprefix("-")
    one = form.fields.get(name)
    if one is None:
        if name not in SYSTEM_FIELDS or name not in form.table.c:
            raise refused("#/sort", "unknown_field", field=name)
        return Key(name=name, column=form.table.c[name], is_descending=text.startswith("-"))
    access = grant.fields.get(name)
    if access == "hidden":
        raise refused("#/sort", "unknown_field", field=name)
    if access == "masked" or not one.column or one.type.traits.is_list:
        raise refused("#/sort", "field_not_sortable", field=one.title)
    return Key(name=name, column=form.table.c[one.column], is_descending=text.startswith("-"))


def in_turn(
    form: Form, statement: sa.Select[Any], order: Sequence[Key], behind: list[Any] | None
) -> Iterator[sa.Select[Any]]:
    """Yield the statements of a page, each to be asked for what the ones before left of the limit.

    One, or two where the first key is downward and may be empty. No index serves "downward, empty ones last", so those
    that are not empty are read first, by the index, and the empty ones only when the page is not full: the costs of a
    page do not grow with the table.
    """
    if behind is not None:
        statement = statement.where(_behind(form, order, behind))
    orderings = [_ordering(key) for key in order]
    last = _last(form, order)
    first = order[0] if order else None
    if first is None or not first.is_descending or not first.column.nullable:
        yield statement.order_by(*orderings, last)
        return
    column = first.column
    if behind is None or behind[0] is not None:
        filled = statement.where(column.is_not(None))
        if behind is not None:
            # Said by `_behind` too, but in a way that gives an index no place to start at.
            filled = filled.where(column <= sa.literal(behind[0], column.type))
        yield filled.order_by(column.desc(), *orderings[1:], last)
    yield statement.where(column.is_(None)).order_by(*orderings[1:], last)


def _ordering(key: Key) -> sa.UnaryExpression[Any]:
    ordering = key.column.desc() if key.is_descending else key.column.asc()
    # Without the clause an index that is read backwards serves the order; a column that is never empty needs none.
    return ordering.nulls_last() if key.column.nullable else ordering


def _last(form: Form, order: Sequence[Key]) -> sa.UnaryExpression[Any]:
    """Return the order among equals: by id, in the direction of the first key, so that newest first means it."""
    is_descending = bool(order) and order[0].is_descending
    return form.table.c.id.desc() if is_descending else form.table.c.id.asc()


def _behind(form: Form, order: Sequence[Key], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Return the condition of the rows behind a row with these sort values and this id (the last value).

    (a, b, id) > (x, y, z) written out, because each key has its own direction and empty values come last:
    a > x or (a = x and (b > y or (b = y and id > z))); the id goes in the direction of the first key.
    """
    last = form.table.c.id
    is_descending = bool(order) and order[0].is_descending
    condition: sa.ColumnElement[bool] = last < values[-1] if is_descending else last > values[-1]
    for key, value in reversed(list(zip(order, values[:-1], strict=True))):
        column = key.column
        if value is None:
            condition = sa.and_(column.is_(None), condition)
            continue
        bound = sa.literal(value, column.type)
        beyond = column < bound if key.is_descending else column > bound
        empty = [column.is_(None)] if column.nullable else []
        condition = sa.or_(beyond, *empty, sa.and_(column == bound, condition))
    return condition


def _add_rows(session: Session, form: Form, records: Sequence[Record], keys: Sequence[str]) -> None:
    tables = [key for key in keys if key in form.children]
    if not tables:
        return
    for key, lines in store.load_rows(session, form, [one.id for one in records], tables).items():
        for one in records:
            cast("dict[str, Any]", one.values)[key] = lines.get(one.id, [])


def count_of(session: Session, form: Form, where: Sequence[sa.ColumnElement[bool]], query: Query) -> int | None:
    """Return how many there are, as far as it was asked. One statement, none where it was not asked."""
    counting = counted(form, where, query)
    if counting is None:
        return None
    count: int = session.execute(counting).scalar_one()
    return count


def counted(form: Form, where: Sequence[sa.ColumnElement[bool]], query: Query) -> sa.Select[Any] | None:
    """Return the statement that counts, None where it was not asked."""
    if query.count == "none":
        return None
    rows = sa.select(sa.literal(1)).select_from(form.table).where(*where)
    if query.count == "capped":
        rows = rows.limit(COUNT_CAP + 1)
    return sa.select(sa.func.count()).select_from(rows.subquery())
