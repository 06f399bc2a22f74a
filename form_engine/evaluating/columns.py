"""Where an expression's names stand in a statement over a form: its columns, its relations', its sub-tables', `user`.

Implements `engine.expressions.Columns`. A relation becomes a correlated scalar subquery, a sub-table's aggregate a
correlated aggregate; so one expression stays one condition, and no join multiplies rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import models
from engine.actor import Actor
from engine.db import Session
from engine.expressions import Columns, Kind, NotTranslatable, Type
from form_engine import forms
from form_engine.definition import Field, Form
from form_engine.field_type import DEPARTMENTS, USERS
from form_engine.record import SYSTEM_FIELDS
from form_engine.values import target

Element = sa.ColumnElement[Any]
PathNames = tuple[str, ...]
Within = Callable[[Form, sa.FromClause], sa.ColumnElement[bool]]

_PEOPLE = ("owner", "created_by", "updated_by")
_PLATFORM: dict[str, tuple[sa.Table, dict[str, str], dict[str, str]]] = {
    # target -> its table, member -> column, member -> the target that the column points to
    USERS: (
        models.user,
        {"id": "id", "username": "username", "name": "name", "email": "email", "department": "department_id"},
        {"department": DEPARTMENTS},
    ),
    DEPARTMENTS: (
        models.department,
        {"id": "id", "key": "key", "name": "title", "title": "title", "head": "head_id", "parent": "parent_id"},
        {"head": USERS, "parent": DEPARTMENTS},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumns:
    """The names of a form's records in a statement.

    table -- the form's table or an alias of it, as the statement names it; the form's own when None.
    actor -- who `user` is; without one, `user` has no SQL.
    within -- what a record of another form (in the statement: this table) must satisfy to be read over a relation;
              None lets every record be read, as definitions may.
    """

    session: Session
    form: Form
    table: sa.FromClause | None = None
    actor: Actor | None = None
    within: Within | None = None

    @property
    def source(self) -> sa.FromClause:
        """The table as the statement names it."""
        return self.form.table if self.table is None else self.table

    def column(self, path: PathNames, type: Type) -> Element:
        """Return the SQL of the value at `path`."""
        if path[0] == "user":
            return _typed(self._user(path[1:]), type)
        return _typed(self.of_form(self.form, self.source, path), type)

    def rows(self, path: PathNames, select: Callable[[Columns], Element]) -> Element:
        """Return the scalar subquery of `select(inner)` over the rows of the form's sub-table `path`."""
        key = path[0]
        if len(path) != 1 or key not in self.form.children:
            raise NotTranslatable("expression_not_translatable")
        child = self.form.children[key].alias()
        inner = _RowColumns(outer=self, key=key, child=child)
        query = sa.select(select(inner)).where(child.c.record_id == self.source.c.id)
        return query.correlate(self.source).scalar_subquery()

    def of_form(self, form: Form, table: sa.FromClause, path: PathNames) -> Element:
        """Return the SQL of the value at `path` of a record of `form`, which the statement calls `table`."""
        key = path[0]
        if key in _PEOPLE:
            column = table.c[key]
            return column if len(path) == 1 else _of_platform(USERS, column, path[1:], (table,))
        if key in SYSTEM_FIELDS and len(path) == 1:
            return table.c[key]
        one = form.fields.get(key)
        if one is None or not one.column:
            raise NotTranslatable("expression_not_translatable")
        return self.of_field(one, table, path[1:])

    def of_field(self, one: Field, table: sa.FromClause, rest: PathNames) -> Element:
        """Return the SQL of a field's value in `table`, or of what `rest` reaches over it."""
        column = table.c[one.column]
        if not rest:
            return column
        to = target(one)
        if to is None or one.type.traits.is_list:
            raise NotTranslatable("expression_not_translatable")
        if to.startswith("meta."):
            return _of_platform(to, column, rest, (table,))
        other = forms.get(self.session, to)
        there = other.table.alias()
        query = sa.select(self.of_form(other, there, rest)).where(there.c.id == column)
        if self.within is not None:
            query = query.where(self.within(other, there))
        return query.correlate(table).scalar_subquery()

    def _user(self, path: PathNames) -> Element:
        actor = self.actor
        if actor is None:
            raise NotTranslatable("expression_not_translatable")
        if not path or path == ("id",):
            return sa.cast(sa.literal(actor.user_id, sa.Uuid()), sa.Uuid())
        texts = {"username": actor.username, "name": actor.name}
        if len(path) == 1 and path[0] in texts:
            return sa.cast(sa.literal(texts[path[0]]), sa.Text())
        if path == ("roles",):
            kind: postgresql.ARRAY[Any] = postgresql.ARRAY(sa.Text())
            return sa.cast(sa.literal(sorted(actor.roles), kind), kind)
        if path == ("departments",):
            ids: postgresql.ARRAY[Any] = postgresql.ARRAY(sa.Uuid())
            return sa.cast(sa.literal(sorted(actor.departments), ids), ids)
        if path[0] == "department":
            own = sa.cast(sa.literal(actor.department, sa.Uuid()), sa.Uuid())
            return own if len(path) == 1 else _of_platform(DEPARTMENTS, own, path[1:], ())
        raise NotTranslatable("expression_not_translatable")


@dataclass(frozen=True, slots=True, kw_only=True)
class _RowColumns:
    """Names inside an aggregate over a sub-table: its cells by their path, everything else as outside."""

    outer: FormColumns
    key: str
    child: sa.FromClause

    def column(self, path: PathNames, type: Type) -> Element:
        if path[0] != self.key:
            return self.outer.column(path, type)
        if len(path) == 1:
            return self.child.c.id
        cell = self.outer.form.sub_table(self.key).cell(path[1])
        if cell is None:
            return _typed(self.child.c[path[1]], type)
        return _typed(self.outer.of_field(cell, self.child, path[2:]), type)

    def rows(self, path: PathNames, select: Callable[[Columns], Element]) -> Element:
        return self.outer.rows(path, select)


def _typed(element: Element, type: Type) -> Element:
    """Return the element; an id that an expression takes as text is text in SQL, too."""
    if type.kind is Kind.TEXT and isinstance(element.type, sa.Uuid):
        return sa.cast(element, sa.Text())
    return element


def _of_platform(to: str, column: Element, path: PathNames, outer: tuple[sa.FromClause, ...]) -> Element:
    if to not in _PLATFORM or path[0] not in _PLATFORM[to][1]:
        raise NotTranslatable("expression_not_translatable")
    table, names, links = _PLATFORM[to]
    there = table.alias()
    value: Element = there.c[names[path[0]]]
    if len(path) > 1:
        if path[0] not in links:
            raise NotTranslatable("expression_not_translatable")
        value = _of_platform(links[path[0]], value, path[1:], (there,))
    query = sa.select(value).where(there.c.id == column)
    return query.correlate(*outer).scalar_subquery() if outer else query.scalar_subquery()
