"""Records as expressions see them: mappings with prefetched members, over relations and sub-tables.

    {"id": UUID, "status": "draft", "total": Decimal, "customer": {"id": UUID, "level": "A"}, "lines": [{...}, ...]}

Owns the step from stored values to evaluation values and the set-based fetching of what paths reach: one statement per
relation of the tree, whatever the number of records. Rights do not narrow it: a formula or a rule has one truth, not
one per reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import models
from engine.actor import Actor
from engine.db import Session
from form_engine import forms
from form_engine.definition import Field, Form, Table
from form_engine.field_type import DEPARTMENTS, USERS
from form_engine.record import Record
from form_engine.storage import store
from form_engine.values import target

#: Name -> what is needed below it; `{"customer": {"level": {}}, "lines": {"product": {"price": {}}}}`.
Tree = Mapping[str, Any]
Evaluated = dict[str, Any]

_PEOPLE = ("owner", "created_by", "updated_by")
#: Stored values that are their own evaluation, whatever the field.
_AS_THEY_ARE = frozenset({str, Decimal, bool, date, datetime})


def value(one: Field, stored: Any) -> Any:
    """Return a stored value as an expression sees it: numbers are decimals, ids are records."""
    if type(stored) in _AS_THEY_ARE:
        return stored
    if stored is None:
        return [] if one.is_many else None
    if isinstance(one, Table):
        return [row(one, line) for line in stored]
    if one.is_many:
        return [{"id": item} for item in stored] if one.target else list(stored)
    if one.target is not None:
        return {"id": stored}
    if isinstance(stored, int) and not isinstance(stored, bool):
        return Decimal(stored)
    return stored


def row(table: Table, line: Mapping[str, Any]) -> Evaluated:
    """Return a sub-table row as an expression sees it."""
    return {"id": line["id"]} | {cell.key: value(cell, line.get(cell.key)) for cell in table.fields}


def evaluation(form: Form, record: Record) -> Evaluated:
    """Return the record as an expression sees it, without a statement: relations have their `id` alone."""
    values: Evaluated = {
        "id": record.id,
        "version": Decimal(record.version),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }
    for name in _PEOPLE:
        person = getattr(record, name)
        values[name] = None if person is None else {"id": person}
    stored = record.values
    for key, one in form.fields.items():
        held = stored.get(key)
        values[key] = held if type(held) in _AS_THEY_ARE else value(one, held)
    return values


def actor_values(actor: Actor) -> Evaluated:
    """Return the actor as the name `user` in expressions."""
    return {
        "id": actor.user_id,
        "username": actor.username,
        "name": actor.name,
        "department": None if actor.department is None else {"id": actor.department},
        "departments": [{"id": one} for one in sorted(actor.departments)],
        "roles": sorted(actor.roles),
    }


def load_values(
    session: Session, form: Form, ids: Sequence[UUID], tree: Tree, tables: Collection[str] | None = None
) -> dict[UUID, Evaluated]:
    """Return records by id as expressions see them, with what `tree` reaches; missing ids are left out.

    Deleted records are found, too: what still points at them must still compute.
    tables -- the sub-tables that are needed, others are empty; None: all.
    """
    found = store.load(session, form, ids, tables=tables)
    result = {key: evaluation(form, one.record) for key, one in found.items()}
    attach(session, form.fields.values(), list(result.values()), tree)
    return result


def attach(
    session: Session, fields: Iterable[Field], items: Sequence[Evaluated], tree: Tree, *, is_repeated: bool = False
) -> None:
    """Fetch into `items` (evaluation values of these fields) what `tree` reaches beyond them.

    is_repeated -- the same tree was attached to these items before: only what came in since then is fetched.
    """
    by_key = {one.key: one for one in fields}
    for key, below in tree.items():
        if not below:
            continue
        one = by_key.get(key)
        if isinstance(one, Table):
            lines = [line for item in items for line in item.get(key) or ()]
            attach(session, one.fields, lines, below, is_repeated=is_repeated)
            continue
        to = USERS if key in _PEOPLE else target(one) if one is not None else None
        if to is None:
            continue
        found = list(_references(key, items))
        _fill(session, to, [one for one in found if len(one) == 1] if is_repeated else found, below)


def _references(key: str, items: Sequence[Evaluated]) -> Iterator[Evaluated]:
    for item in items:
        held = item.get(key)
        if held:
            yield from held if isinstance(held, list) else [held]


def _fill(session: Session, to: str, references: Sequence[Evaluated], tree: Tree) -> None:
    wanted = {reference["id"] for reference in references}
    if not wanted:
        return
    found = members(session, to, sorted(wanted), tree)
    for reference in references:
        reference.update(found.get(reference["id"], {}))


def members(session: Session, to: str, ids: Sequence[UUID], tree: Tree) -> dict[UUID, Evaluated]:
    """Return the members `tree` names of the records `ids` of a form (or of users, departments)."""
    if to == USERS:
        return _users(session, ids, tree)
    if to == DEPARTMENTS:
        return _departments(session, ids)
    form = forms.get(session, to)
    keys = [key for key in tree if key in form.fields]
    query = sa.select(*store.columns(form, keys)).where(_is_any(form.table.c.id, ids))
    records = {found.id: found for found in (store.record(form, line, keys) for line in session.execute(query))}
    lists = [key for key in keys if isinstance(form.fields[key], Table)]
    for key, lines in store.load_rows(session, form, list(records), lists).items():
        for record_id, record in records.items():
            record.values[key] = lines.get(record_id, [])  # type: ignore[index]  # filled here, read-only for others
    result = {key: evaluation(form, record) for key, record in records.items()}
    attach(session, form.fields.values(), list(result.values()), tree)
    return result


def _users(session: Session, ids: Sequence[UUID], tree: Tree) -> dict[UUID, Evaluated]:
    user, role = models.user, models.user_role
    roles = sa.select(sa.func.array_agg(role.c.role)).where(role.c.user_id == user.c.id).scalar_subquery()
    query: sa.Select[Any] = sa.select(
        user.c.id, user.c.username, user.c.name, user.c.department_id, user.c.email, roles
    )
    result: dict[UUID, Evaluated] = {}
    for line in session.execute(query.where(_is_any(user.c.id, ids))):
        department = None if line[3] is None else {"id": line[3]}
        names = {"id": line[0], "username": line[1], "name": line[2], "department": department, "email": line[4]}
        result[line[0]] = names | {"roles": line[5] or [], "departments": [department] if department else []}
    if tree.get("department"):
        departments = [item["department"] for item in result.values() if item["department"]]
        _fill(session, DEPARTMENTS, departments, tree["department"])
    return result


def _departments(session: Session, ids: Sequence[UUID]) -> dict[UUID, Evaluated]:
    department = models.department
    query: sa.Select[Any] = sa.select(
        department.c.id, department.c.key, department.c.title, department.c.head_id, department.c.parent_id
    )
    return {
        line[0]: {
            "id": line[0],
            "key": line[1],
            "title": line[2],
            "head": None if line[3] is None else {"id": line[3]},
            "parent": None if line[4] is None else {"id": line[4]},
        }
        for line in session.execute(query.where(_is_any(department.c.id, ids)))
    }


def _is_any(column: sa.ColumnElement[Any], ids: Sequence[UUID]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.bindparam(None, list(ids), postgresql.ARRAY(sa.Uuid())))
