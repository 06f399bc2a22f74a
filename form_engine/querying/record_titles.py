"""Titles of records: the short text by which people know a record wherever something points at it.

Owns the query that makes them: one statement a form, whatever the number of records, with the paths of the form's
record title compiled to SQL. A title is shown even where the reader may not open the record itself: whoever may see an
order must be able to read whose order it is. It holds no more than the form's designer put into `record_title`, and
leaves out parts that are hidden from the reader or masked for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import definitions, models, permissions
from engine.actor import SYSTEM_USER_ID, Actor
from engine.db import Session
from engine.errors import NotFound
from engine.texts import LocalizedText, localized, message
from form_engine import forms
from form_engine.definition import Field, Form
from form_engine.evaluating.columns import FormColumns
from form_engine.field_type import DEPARTMENTS, FILES, USERS
from form_engine.record import Record
from form_engine.values import target

#: What `str.split` takes for space; PostgreSQL's own class depends on the server's locale.
_SPACES: Final = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a title: a constant text, or a column with the fields, (form, key), that its path goes through."""

    text: str = ""
    column: sa.ColumnElement[Any] | None = None
    fields: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, LocalizedText] | None = None


def titles(session: Session, actor: Actor, wanted: Mapping[str, Iterable[UUID]]) -> dict[tuple[str, UUID], str]:
    """Return the title of every id by (target, id): one statement a target. Ids that are not there are left out."""
    result: dict[tuple[str, UUID], str] = {}
    for to, ids in sorted(wanted.items()):
        distinct = sorted(set(ids))
        known = session.notes.get("engine.people", {}) if to == USERS else {}
        if known.keys() >= set(distinct):
            # The reader, most often the only person on the page: signing in has read their name.
            result.update(((to, key), known[key]) for key in distinct)
            continue
        if distinct:
            is_platform = to.startswith("meta.")
            found = (
                _platform_titles(session, actor, to, distinct)
                if is_platform
                else _form_titles(session, actor, to, distinct)
            )
            result.update(((to, key), text) for key, text in found.items())
    return result


def entitled(session: Session, actor: Actor, form: Form, records: Sequence[Record]) -> list[Record]:
    """Return the records with their titles: one statement, none where a title holds but the record's own values."""
    shown = open_parts(session, actor, form)
    keys = [_own_key(form, part) for part in shown if part.column is not None]
    if all(key is not None and key in one.values for one in records for key in keys):
        language, zone = actor.language, session.time_zone
        return [
            replace(one, title=_joined(shown, [one.values[key] for key in keys if key is not None], language, zone))
            for one in records
        ]
    found = titles(session, actor, {form.name: [one.id for one in records]})
    return [replace(one, title=found.get((form.name, one.id), "")) for one in records]


def _own_key(form: Form, part: Part) -> str | None:
    """Return the field whose stored value the part shows as it is, None where there is more to it."""
    is_plain = isinstance(part.column, sa.Column) and part.column.table is form.table and len(part.fields) == 1
    return part.fields[0][1] if is_plain else None


def _platform_titles(session: Session, actor: Actor, to: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    columns = {
        USERS: (models.user.c.id, models.user.c.name),
        DEPARTMENTS: (models.department.c.id, models.department.c.title),
        FILES: (models.file.c.id, models.file.c.name),
    }
    key, text = columns[to]
    found = {row[0]: row[1] for row in session.execute(sa.select(key, text).where(_is_any(key, ids)))}
    if to == USERS and SYSTEM_USER_ID in ids:
        found[SYSTEM_USER_ID] = message("system_user", {}, actor.language)
    return found


def _form_titles(session: Session, actor: Actor, name: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    try:
        form = forms.get(session, name)
    except NotFound:
        return {}
    shown = open_parts(session, actor, form)
    # Built once for each choice of parts: building a statement costs as much as running it.
    query: sa.Select[Any] = definitions.catalog(session).compiled(
        "form_engine.querying.record_titles.select",
        f"{name} {_which(session, form, shown)}",
        lambda: _query(form, shown),
    )
    rows = session.execute(query, {"ids": list(ids)})
    return {row[0]: _joined(shown, row[1:], actor.language, session.time_zone) for row in rows}


def _which(session: Session, form: Form, shown: Sequence[Part]) -> str:
    return "".join("1" if any(part is one for one in shown) else "0" for part in parts(session, form))


def _query(form: Form, shown: Sequence[Part]) -> sa.Select[Any]:
    columns = [part.column for part in shown if part.column is not None]
    ids = sa.any_(sa.bindparam("ids", type_=postgresql.ARRAY(sa.Uuid())))
    return sa.select(form.table.c.id, *columns).where(form.table.c.id == ids)


def as_sql(session: Session, actor: Actor, to: str, key: sa.ColumnElement[Any]) -> sa.ColumnElement[str] | None:
    """Return the title of what `key`, a column of the statement around, points to: the same text as of `titles`.

    None where PostgreSQL cannot write it: a part that is no text, or one with labels in two languages.
    """
    if to == USERS:
        name = _of(models.user, models.user.c.name, key)
        return sa.case((key == SYSTEM_USER_ID, message("system_user", {}, actor.language)), else_=name)
    if to == DEPARTMENTS:
        return _of(models.department, models.department.c.title, key)
    if to == FILES:
        return _of(models.file, models.file.c.name, key)
    try:
        form = forms.get(session, to)
    except NotFound:
        return sa.literal("")
    text = _written(open_parts(session, actor, form))
    return None if text is None else _of(form.table, text, key)


def own_as_sql(
    session: Session, actor: Actor, form: Form, columns: Mapping[str, sa.ColumnElement[Any]]
) -> sa.ColumnElement[str] | None:
    """Return the title of a record whose values stand in `columns`, by field key.

    None where it holds more than those, or what PostgreSQL cannot write.
    """
    shown = []
    for part in open_parts(session, actor, form):
        key = None if part.column is None else _own_key(form, part)
        if part.column is not None and (key is None or key not in columns):
            return None
        shown.append(part if key is None else replace(part, column=columns[key]))
    return _written(shown)


def _written(shown: Sequence[Part]) -> sa.ColumnElement[str] | None:
    if any(part.labels or (part.column is not None and not isinstance(part.column.type, sa.String)) for part in shown):
        return None
    texts = [sa.literal(part.text) if part.column is None else sa.func.coalesce(part.column, "") for part in shown]
    if not texts:
        return sa.literal("")
    return sa.func.btrim(sa.func.regexp_replace(sa.func.concat(*texts), f"[{_SPACES}]+", " ", "g"))


def _of(table: sa.Table, text: sa.ColumnElement[Any], key: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    around = [one for one in (getattr(key, "table", None),) if one is not None]
    query = sa.select(text).where(table.c.id == key).correlate(*around)
    return sa.func.coalesce(query.scalar_subquery(), "")


def open_parts(session: Session, actor: Actor, form: Form) -> list[Part]:
    """Return the parts of a title without those whose way meets a field hidden from the actor, or masked for them."""
    closed = {"hidden", "masked"}
    return [
        part
        for part in parts(session, form)
        if all(permissions.grant(session, actor, name).fields.get(key) not in closed for name, key in part.fields)
    ]


def searched(session: Session, actor: Actor, to: str) -> tuple[sa.ColumnElement[Any], list[sa.ColumnElement[Any]]]:
    """Return the ids of what a field points to, and the texts of their titles that the actor may read.

    People and departments are known by their names; files are not searched.
    """
    if to == USERS:
        return models.user.c.id, [models.user.c.name]
    if to == DEPARTMENTS:
        return models.department.c.id, [models.department.c.title]
    if to.startswith("meta."):
        return models.file.c.id, []
    form = forms.get(session, to)
    columns = [part.column for part in open_parts(session, actor, form) if part.column is not None]
    return form.table.c.id, [column for column in columns if isinstance(column.type, sa.String)]


def _joined(shown: Sequence[Part], values: Sequence[Any], language: str, zone: str) -> str:
    found = iter(values)
    texts = [part.text if part.column is None else _text(part, next(found), language, zone) for part in shown]
    return " ".join("".join(texts).split())


def _text(part: Part, value: Any, language: str, zone: str) -> str:
    if value is None:
        return ""
    if part.labels and value in part.labels:
        return localized(part.labels[value], language)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    return str(value)


def parts(session: Session, form: Form) -> tuple[Part, ...]:
    """Return the form's title, compiled once per published version."""
    return definitions.catalog(session).compiled(
        "form_engine.querying.record_titles", form.name, lambda: _parts(session, form)
    )


def _parts(session: Session, form: Form) -> tuple[Part, ...]:
    columns = FormColumns(session=session, form=form)
    result: list[Part] = []
    for part in form.title_parts:
        if isinstance(part, str):
            result.append(Part(text=part))
            continue
        path = part.paths[0] if part.paths else ()
        column = part.to_sql(columns, now=session.now, zone=session.time_zone)
        way = list(_way(session, form, path))
        last = way[-1][1] if len(way) == len(path) and way else None
        fields = tuple((name, one.key) for name, one in way)
        result.append(Part(column=column, fields=fields, labels=_labels(last) if last else None))
    return tuple(result)


def _way(session: Session, form: Form, path: Sequence[str]) -> Iterator[tuple[str, Field]]:
    """Yield (form, field) along a path over relations; it ends where a system field or a person's member begins."""
    one = form.fields.get(path[0]) if path else None
    if one is None:
        return
    yield form.name, one
    to = target(one)
    if len(path) > 1 and to is not None and not to.startswith("meta."):
        yield from _way(session, forms.get(session, to), path[1:])


def _labels(one: Field) -> Mapping[str, LocalizedText] | None:
    choices = one.options.get("options")
    return {choice["value"]: choice.get("title", choice["value"]) for choice in choices} if choices else None


def _is_any(column: sa.ColumnElement[Any], ids: Sequence[UUID]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.bindparam(None, list(ids), postgresql.ARRAY(sa.Uuid())))
