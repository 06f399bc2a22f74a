"""A form as dimensions and measures: what a path leads to, whether the reader may go there, where it stands in SQL.

Owns the joins. A relation is a LEFT JOIN on the primary key of the other form, which never multiplies a record; a
record of it outside the reader's row scope reads as empty. The rows of one sub-table may stand beside the record;
`query` sees to it that a number of the record is still counted once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import True_

from engine import permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import NotFound
from engine.expressions import Columns, Kind, NotTranslatable, RecordType, Scope, Type, record_of
from form_engine import forms
from form_engine.definition import Field, Form, Table
from form_engine.evaluating.columns import FormColumns
from form_engine.querying import filters
from form_engine.values import target
from report_engine.definition import Path

Element = sa.ColumnElement[Any]
#: What a condition calls the row of the sub-table that the report is over.
ROW = "item"
_CLOSED = frozenset({"hidden", "masked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What a path leads to; `rows` is the sub-table that it goes through, None for a value of the record."""

    type: Type
    field: Field | None
    rows: str | None


def member(form: Form, path: Path) -> Member | None:
    """Return what a path leads to, None where it leads nowhere."""
    table = form.fields.get(path[0])
    record: RecordType = form.record_type
    if isinstance(table, Table):
        kind = record.member(path[0])
        if kind is None or kind.item is None or kind.item.record is None:
            return None
        if len(path) == 1:
            return Member(type=kind, field=table, rows=table.key)
        found = _value(kind.item.record, {cell.key: cell for cell in table.fields}, path[1:])
        return None if found is None else Member(type=found[0], field=found[1], rows=table.key)
    found = _value(record, form.fields, path)
    return None if found is None else Member(type=found[0], field=found[1], rows=None)


def _value(record: RecordType, fields: Any, path: Path) -> tuple[Type, Field | None] | None:
    kind = record.member(path[0])
    if kind is None or kind.kind is Kind.LIST:
        return None
    if len(path) == 1:
        return kind, fields.get(path[0])
    if kind.record is None:
        return None
    return _value(kind.record, getattr(kind.record, "fields", {}), path[1:])


def titled(session: Session, form: Form, path: Path) -> Member | None:
    """Return what a path leads to, its field with the texts of every language: those of record types have but one."""
    found = member(form, path)
    return None if found is None else replace(found, field=_field_at(session, form, path) or found.field)


def _field_at(session: Session, form: Form, path: Path) -> Field | None:
    one = form.fields.get(path[0])
    rest = path[1:]
    if isinstance(one, Table) and rest:
        one, rest = one.cell(rest[0]), rest[1:]
    if not rest or one is None:
        return one
    to = target(one)
    return None if to is None or to.startswith("meta.") else _field_at(session, forms.get(session, to), rest)


def names(form: Form, rows: str | None) -> Scope:
    """Return the names of conditions of a report: the form's, and `item` where it is over rows of a sub-table."""
    scope = filters.names(form)
    kind = form.record_type.member(rows) if rows is not None else None
    if kind is None or kind.item is None or kind.item.record is None:
        return scope
    return Scope({**scope.names, ROW: record_of(kind.item.record)})


def is_closed(session: Session, actor: Actor, form: Form, path: Path) -> bool:
    """Whether the reader may not go along a path: a form they may not view, a field hidden from them or masked."""
    granted = permissions.grant(session, actor, form.name)
    if not granted.may("view") or granted.fields.get(path[0]) in _CLOSED:
        return True
    one = form.fields.get(path[0])
    rest = path[1:]
    if isinstance(one, Table) and rest:
        one, rest = one.cell(rest[0]), rest[1:]
    to = target(one) if one is not None else None
    if not rest or to is None or to.startswith("meta."):
        return False
    try:
        return is_closed(session, actor, forms.get(session, to), rest)
    except NotFound:
        return True


def steps(session: Session, form: Form, path: Path) -> Iterator[tuple[str, str]]:
    """Yield (form, field) for each step of a path, as far as forms go: what it stands on."""
    one = form.fields.get(path[0])
    yield form.name, path[0]
    rest = path[1:]
    if isinstance(one, Table) and rest:
        one, rest = one.cell(rest[0]), rest[1:]
    to = target(one) if one is not None else None
    if rest and to is not None and not to.startswith("meta."):
        try:
            yield from steps(session, forms.get(session, to), rest)
        except NotFound:
            return


def of_rows(path: Path, rows: str | None) -> Path:
    """Return the path of an expression as one from the form: `item.product` is `lines.product`."""
    return (rows, *path[1:]) if path[0] == ROW and rows is not None else path


@dataclass(slots=True, kw_only=True)
class Dataset:
    """The tables of one statement; implements `engine.expressions.Columns`.

    rows       -- sub-table whose rows stand beside each record.
    keeps_all  -- whether a record without rows stays.
    """

    session: Session
    actor: Actor
    form: Form
    rows_of: str | None
    keeps_all: bool
    _joins: dict[Path, tuple[Form, sa.FromClause, Element]] = field(default_factory=dict)
    _child: sa.FromClause | None = None
    _is_joined: bool = False

    def __post_init__(self) -> None:
        if self.rows_of is not None:
            self._child = self.form.children[self.rows_of]

    @property
    def head(self) -> Element:
        """The id of the record."""
        return self.form.table.c.id

    @property
    def row(self) -> Element:
        """The id of the sub-table's row."""
        if self._child is None:
            raise NotTranslatable("expression_not_translatable")
        return self._child.c.id

    def source(self) -> sa.FromClause:
        """Return the tables, joined; to be called when every column has been asked for.

        A table that comes later would stand beside these without a condition, so it raises `RuntimeError`.
        """
        self._is_joined = True
        joined: sa.FromClause = self.form.table
        if self._child is not None:
            joined = joined.join(self._child, self._child.c.record_id == self.head, isouter=self.keeps_all)
        for _, there, on in self._joins.values():
            joined = joined.join(there, on, isouter=True)
        return joined

    def column(self, path: Path, type: Type) -> Element:
        """Return the SQL of the value at `path`: of the record, over its relations, of the row (`item.…`), of `user`."""
        if path[0] == "user":
            return self._form_columns().column(path, type)
        found = self.value(of_rows(path, self.rows_of))
        if type.kind is Kind.TEXT and isinstance(found.type, sa.Uuid):
            return sa.cast(found, sa.Text())
        return found

    def rows(self, path: Path, select: Callable[[Columns], Element]) -> Element:
        """Return the aggregate over a sub-table's rows as a scalar subquery."""
        return self._form_columns().rows(path, select)

    def value(self, path: Path) -> Element:
        """Return the SQL at a path from the form, ids as they are stored."""
        if path[0] == self.rows_of and self._child is not None:
            if len(path) == 1:
                return self.row
            cell = self.form.sub_table(path[0]).cell(path[1])
            if cell is None:
                return self._child.c[path[1]]
            return self._of_field(cell, self._child, path[:2], path[2:])
        return self._of_form(self.form, self.form.table, (), path)

    def _form_columns(self) -> FormColumns:
        return FormColumns(session=self.session, form=self.form, actor=self.actor, within=self._scope)

    def _scope(self, other: Form, table: sa.FromClause) -> sa.ColumnElement[bool]:
        """Return which records of another form the reader may see; joined or not, the rest read as empty."""
        return filters.scope(self.session, self.actor, other, "view", table)

    def _of_form(self, form: Form, table: sa.FromClause, prefix: Path, path: Path) -> Element:
        one = form.fields.get(path[0])
        if one is None or not one.column:
            return self._form_columns().of_form(form, table, path)
        return self._of_field(one, table, (*prefix, path[0]), path[1:])

    def _of_field(self, one: Field, table: sa.FromClause, prefix: Path, rest: Path) -> Element:
        column = table.c[one.column]
        if not rest:
            return column
        to = target(one)
        if to is None or to.startswith("meta.") or one.type.traits.is_list:
            return self._form_columns().of_field(one, table, rest)
        other, there = self._joined(to, column, prefix)
        return self._of_form(other, there, prefix, rest)

    def _joined(self, to: str, column: Element, prefix: Path) -> tuple[Form, sa.FromClause]:
        if prefix not in self._joins:
            if self._is_joined:
                raise RuntimeError(f"{prefix} is asked for when the tables are joined already")
            other = forms.get(self.session, to)
            there: sa.FromClause = other.table.alias("_".join(("j", *prefix))[:60])
            on = there.c.id == column
            scope = self._scope(other, there)
            if not isinstance(scope, True_):
                on = sa.and_(on, scope)
            self._joins[prefix] = (other, there, on)
        other, there, _ = self._joins[prefix]
        return other, there

    def has_row(self, path: Path, condition: Callable[[Element], Element]) -> Element:
        """Return the condition that a record has a row in the sub-table `path[0]` whose value satisfies `condition`."""
        child = self.form.children[path[0]].alias()
        cell = self.form.sub_table(path[0]).cell(path[1])
        columns = self._form_columns()
        value = child.c[path[1]] if cell is None else columns.of_field(cell, child, path[2:])
        found: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(child)
        return found.where(child.c.record_id == self.head, condition(value)).exists()


def conditions(session: Session, actor: Actor, form: Form) -> Sequence[Element]:
    """Return which records of the form there are for the reader: their row scope, without the recycle bin."""
    found: list[Element] = []
    scope = filters.scope(session, actor, form, "view")
    if not isinstance(scope, True_):
        found.append(scope)
    if "deleted_at" in form.table.c:
        found.append(form.table.c.deleted_at.is_(None))
    return found


def is_row_list(found: Member) -> bool:
    """Whether a path ends at a sub-table itself, which has no value of its own."""
    return found.type.kind is Kind.LIST
