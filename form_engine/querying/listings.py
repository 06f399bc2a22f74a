"""Lists as the API gives them, written by PostgreSQL: one statement for rows, titles of everything they point to, count.

A page of twenty records with five relations would otherwise be six statements and some five hundred Python values that
live only to become text. The text is the same as `records.show` makes (a test holds the two together); where a list has
what PostgreSQL does not write (sub-tables, masked fields, titles with labels in two languages), there is no listing and
the caller shows records.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import definitions, prepared
from engine.actor import Actor
from engine.db import Session
from engine.permissions import FormGrant
from engine.prepared import Prepared
from form_engine.definition import Form
from form_engine.field_type import USERS
from form_engine.querying import cursors, filters, pages, record_titles
from form_engine.querying.cursors import Key
from form_engine.record import Query
from form_engine.values import target

#: Statements kept for one form; past it they are forgotten and made anew.
_MOST_KEPT: Final = 200
#: PostgreSQL takes 100 arguments a function: 50 members an object.
_MOST_MEMBERS: Final = 50
#: Limits of one list that are prepared: pages ask for one or two.
_MOST_LIMITS: Final = 4
_INSTANT: Final = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_PEOPLE: Final = ("created_by", "updated_by", "owner")
_HEAD: Final = ("id", "version", "created_at", "created_by", "updated_at", "updated_by", "owner", "deleted_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list: each record as JSON text; cursor and count as of `Page`."""

    items: tuple[str, ...]
    next_cursor: str | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How a list is read: its order, and the statements in turn, with the limit as parameter `rest`.

    Each row is the record's text, the values of the sort keys, the id, and the count where it was asked for.

    prepared -- by limit, the first statement with all its values written out, for PostgreSQL to plan once a connection;
                in its place, how often that limit was asked for (once), or that it cannot be written so (never).
    """

    order: tuple[Key, ...]
    selects: tuple[sa.Select[Any], ...]
    prepared: dict[int, Prepared | Literal["once", "never"]] = field(default_factory=dict)


class _UnwritableError(Exception):
    """The list holds what PostgreSQL does not write."""


def listing(session: Session, actor: Actor, form: Form, grant: FormGrant, query: Query) -> Listing | None:
    """Return the page, None where PostgreSQL does not write it.

    One statement, two where the first sort key is downward and the page reaches its empty values.
    Raises `InvalidInput` as `pages.page` does.
    """
    pages.refuse_limit(query)
    plan = _plan(session, actor, form, grant, query)
    if plan is None:
        return None
    rows = list(_first_rows(session, plan, query.limit + 1))
    for statement in plan.selects[1:]:
        if len(rows) <= query.limit:
            rows += session.execute(statement, {"rest": query.limit + 1 - len(rows)}).fetchall()
    cursor = None
    if len(rows) > query.limit:
        _, *values, last = rows[query.limit - 1][: len(plan.order) + 2]
        cursor = cursors.closed(plan.order, values, last)
    return Listing(
        items=tuple(row[0] for row in rows[: query.limit]),
        next_cursor=cursor,
        count=_count(session, actor, form, grant, query, rows),
    )


def _first_rows(session: Session, plan: _Plan, limit: int) -> Sequence[sa.Row[Any]]:
    """Return the rows of the first statement; from the second time on by one that the connection has planned."""
    known = plan.prepared
    ready = known.get(limit)
    if ready == "once":
        ready = known[limit] = _prepared(session, plan.selects[0], limit)
    if isinstance(ready, Prepared):
        return prepared.run(session, ready).fetchall()
    if len(known) < _MOST_LIMITS:
        known.setdefault(limit, "once")
    return session.execute(plan.selects[0], {"rest": limit}).fetchall()


def _prepared(session: Session, statement: sa.Select[Any], limit: int) -> Prepared | Literal["never"]:
    """Return the statement with its values in it: one plan for just these values, as good as one made each time."""
    dialect = session.connection.dialect
    try:
        compiled = statement.params(rest=limit).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    except sa.exc.CompileError:
        return "never"
    return Prepared(text=str(compiled))


def _count(
    session: Session, actor: Actor, form: Form, grant: FormGrant, query: Query, rows: Sequence[sa.Row[Any]]
) -> int | None:
    if query.count == "none":
        return None
    if rows:
        counted: int = rows[0][-1]
        return counted
    if query.cursor is None:
        return 0
    return pages.count_of(session, form, pages.conditions(session, actor, form, grant, query), query)


def _plan(session: Session, actor: Actor, form: Form, grant: FormGrant, query: Query) -> _Plan | None:
    """Return how the list is read, made once for the readers with the same roles where it means the same to them."""
    is_steady = query.cursor is None and not query.search and grant.scopes.get("view") is None
    if not is_steady:
        return _made(session, actor, form, grant, query)
    kept: dict[Hashable, _Plan | bool | None] = definitions.catalog(session).compiled(
        "form_engine.querying.listings", form.name, dict
    )
    fields = None if query.fields is None else tuple(query.fields)
    asked = (query.filter, query.sort, query.count, query.bin, fields, session.time_zone)
    rights = (actor.roles, actor.is_administrator, actor.is_platform, actor.token_scopes)
    key = (asked, rights, actor.language)
    plan = kept.get(key, False)
    if isinstance(plan, bool):
        made = _made(session, actor, form, grant, query)
        if not plan:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            # True: this one must be made anew each time.
            kept[key] = made if not query.filter or filters.is_steady(form, query.filter) else True
        return made
    return plan


def _made(session: Session, actor: Actor, form: Form, grant: FormGrant, query: Query) -> _Plan | None:
    keys = pages.wanted_fields(form, grant, query.fields)
    order = pages.sort_keys(form, grant, query.sort)
    where = pages.conditions(session, actor, form, grant, query)
    if any(grant.fields.get(key) == "masked" for key in keys) or "deleted_at" not in form.table.c:
        return None
    columns = {name: form.table.c[name] for name in _HEAD}
    columns |= {f"value_{key}": form.table.c[column] for key in keys if (column := form.fields[key].column)}
    columns |= {f"sort_{index}": one.column for index, one in enumerate(order)}
    statement = sa.select(*(column.label(name) for name, column in columns.items())).where(*where)
    behind = None if query.cursor is None else cursors.opened(query.cursor, order)
    counting = pages.counted(form, where, query)
    selects = []
    try:
        for inner in pages.in_turn(form, statement, order, behind):
            page = inner.limit(sa.bindparam("rest", type_=sa.Integer)).subquery("page")
            count = [] if counting is None else [counting.scalar_subquery()]
            sorts = [page.c[f"sort_{index}"] for index in range(len(order))]
            text = sa.cast(_record(session, actor, form, page.c, keys), sa.Text)
            selects.append(sa.select(text, *sorts, page.c.id, *count).order_by(*_again(order, page.c)))
    except _UnwritableError:
        return None
    return _Plan(order=order, selects=tuple(selects))


def _again(order: Sequence[Key], page: sa.ColumnCollection[str, Any]) -> list[sa.ColumnElement[Any]]:
    """Return the page's order for the statement around it: a statement within another promises none."""
    keys = [
        (page[f"sort_{index}"].desc() if one.is_descending else page[f"sort_{index}"].asc()).nulls_last()
        for index, one in enumerate(order)
    ]
    return [*keys, page.id.desc() if order and order[0].is_descending else page.id.asc()]


def _record(
    session: Session, actor: Actor, form: Form, page: sa.ColumnCollection[str, Any], keys: Sequence[str]
) -> sa.ColumnElement[Any]:
    members: dict[str, Any] = {}
    for name in _HEAD:
        members[name] = _pointing(session, actor, USERS, page[name]) if name in _PEOPLE else _plain(page[name])
        if name == "version":
            members["title"] = _own_title(session, actor, form, page, keys)
    values = {key: _value(session, actor, form, page, key) for key in keys}
    return _object(members | {"values": _object(values)})


def _value(
    session: Session, actor: Actor, form: Form, page: sa.ColumnCollection[str, Any], key: str
) -> sa.ColumnElement[Any]:
    one = form.fields[key]
    if not one.column:
        raise _UnwritableError
    column, to = page[f"value_{key}"], target(one)
    if to is None:
        return _plain(column)
    if one.type.traits.is_list:
        raise _UnwritableError
    return _pointing(session, actor, to, column)


def _pointing(session: Session, actor: Actor, to: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    shown = _object({"id": column, "title": _title(session, actor, to, column)})
    return sa.case((column.is_not(None), shown), else_=None)


def _own_title(
    session: Session, actor: Actor, form: Form, page: sa.ColumnCollection[str, Any], keys: Sequence[str]
) -> sa.ColumnElement[str]:
    """Return the record's own title, from what the page holds already where that is all there is to it."""
    columns = {key: page[f"value_{key}"] for key in keys if form.fields[key].column}
    own = record_titles.own_as_sql(session, actor, form, columns)
    return _title(session, actor, form.name, page.id) if own is None else own


def _title(session: Session, actor: Actor, to: str, key: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    title = record_titles.as_sql(session, actor, to, key)
    if title is None:
        raise _UnwritableError
    return title


def _plain(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return a column as the API shows it: exact numbers and instants as text, the rest as JSON has it."""
    kind = column.type
    if isinstance(kind, sa.DateTime):
        # As Python writes it: without a fraction where there is none.
        return sa.func.replace(sa.func.to_char(sa.func.timezone("UTC", column), _INSTANT), ".000000", "")
    if isinstance(kind, sa.Numeric):
        return sa.cast(column, sa.Text)
    if isinstance(kind, sa.Text | sa.Integer | sa.Boolean | sa.Date | sa.Uuid | postgresql.ARRAY | sa.ARRAY):
        return column
    raise _UnwritableError


def _object(members: Mapping[str, sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    if len(members) > _MOST_MEMBERS:
        raise _UnwritableError
    named = [part for name, value in members.items() for part in (sa.literal(name, sa.Text), value)]
    return sa.func.json_build_object(*named, type_=postgresql.JSON())
