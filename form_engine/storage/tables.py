"""Which physical table a form has: pure, from fields to columns, indexes and foreign keys.

Owns names and shapes in the database; `ddl` computes how to get from one shape to another. A form `crm.sales_order`
is the table `sales_order` of schema `crm`; its sub-table `lines` is `sales_order__lines`. A form's key holds no double
underscore, so the two cannot meet; names PostgreSQL would cut off (63 bytes) end in a digest instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from form_engine.definition import Field, Form, ListIndex, Table

#: PostgreSQL rows must fit a page of 8 kB; 200 columns keep well below what that allows.
MOST_COLUMNS: Final = 200
#: A longer text does not fit an entry of a PostgreSQL index (2,704 bytes) in every script.
LONGEST_INDEXED: Final = 500
_NAME_BYTES: Final = 63
#: How often PostgreSQL tidies a table. Lists count by an index alone, which is five times dearer where pages were
#: written since the last VACUUM, and two new rows in a hundred touch half of all pages (they fill what is left on each);
#: by its own settings PostgreSQL waits until a fifth of the rows are new.
UPKEEP: Final = (
    "autovacuum_vacuum_insert_threshold = 500, autovacuum_vacuum_insert_scale_factor = 0.005,"
    " autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02"
)

_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]
_QUOTE: Final = _DIALECT.identifier_preparer.quote_identifier

#: Keys of the columns that every form's table has beside its fields.
SYSTEM_KEYS: Final = (
    "id",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "owner",
    "deleted_at",
    "deleted_by",
)
ROW_KEYS: Final = ("id", "record_id", "position")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A physical table, as text that can be compared.

    columns      -- name -> type, fields only (system columns never change).
    indexes      -- name -> statement that makes it.
    foreign_keys -- name -> (column, target table, quoted).
    owner        -- for a child table, the quoted name of the head's table; else "".
    """

    name: str
    columns: Mapping[str, str]
    indexes: Mapping[str, str]
    foreign_keys: Mapping[str, tuple[str, str]]
    owner: str = ""


def child_name(form_key: str, field_key: str) -> str:
    """Return the name of a sub-table's table."""
    return fitted(f"{form_key}__{field_key}")


def fitted(name: str) -> str:
    """Return a name that PostgreSQL takes whole; keys are ASCII, so characters are bytes."""
    if len(name) <= _NAME_BYTES:
        return name
    return f"{name[: _NAME_BYTES - 9]}_{blake2s(name.encode(), digest_size=4).hexdigest()}"


def quoted(*parts: str) -> str:
    """Return a name as SQL: `"crm"."sales_order"`."""
    return ".".join(_QUOTE(part) for part in parts)


def type_text(type_: TypeEngine[Any]) -> str:
    """Return a column type as SQL."""
    return str(type_.compile(dialect=_DIALECT))


def physical(app: str, key: str, fields: Mapping[str, Field]) -> tuple[sa.Table, dict[str, sa.Table]]:
    """Return the form's table and those of its sub-tables by field key, to make statements with."""
    metadata = sa.MetaData(schema=app)
    head = sa.Table(key, metadata, *_head_columns(), *_columns(fields.values()))
    children = {
        field.key: sa.Table(field.table_name, metadata, *_row_columns(), *_columns(field.fields))
        for field in fields.values()
        if isinstance(field, Table)
    }
    return head, children


def _head_columns() -> Iterable[sa.Column[Any]]:
    yield sa.Column("id", sa.Uuid, primary_key=True)
    yield sa.Column("version", sa.Integer, nullable=False)
    yield sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)
    yield sa.Column("created_by", sa.Uuid, nullable=False)
    yield sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False)
    yield sa.Column("updated_by", sa.Uuid, nullable=False)
    yield sa.Column("owner", sa.Uuid)
    yield sa.Column("deleted_at", sa.DateTime(timezone=True))
    yield sa.Column("deleted_by", sa.Uuid)


def _row_columns() -> Iterable[sa.Column[Any]]:
    yield sa.Column("id", sa.Uuid, primary_key=True)
    yield sa.Column("record_id", sa.Uuid, nullable=False)
    yield sa.Column("position", sa.Integer, nullable=False)


def _columns(fields: Iterable[Field]) -> Iterable[sa.Column[Any]]:
    for field in fields:
        type_ = field.type.column(field.options)
        if type_ is not None:
            yield sa.Column(field.column, type_)


def search_text(form: Form) -> sa.ColumnElement[str] | None:
    """Return the text that the search box looks through, None where a form has none; an index holds it.

    Use it as it is, `search_text(form).ilike(…)`: PostgreSQL takes the index for this very expression alone.
    """
    columns = _searched(form.fields.values())
    if not columns:
        return None
    blank = sa.literal_column("''", sa.Text)
    pieces = [sa.func.coalesce(form.table.c[column], blank, type_=sa.Text) for column in columns]
    text: sa.ColumnElement[str] = pieces[0]
    for piece in pieces[1:]:
        text = text.concat(sa.literal_column("' '", sa.Text)).concat(piece)
    return text


def _searched(fields: Iterable[Field]) -> list[str]:
    return [field.column for field in fields if field.type.traits.is_searched and field.column]


def shapes(
    app: str,
    key: str,
    fields: Mapping[str, Field],
    view_columns: Iterable[str] = (),
    lists: Iterable[ListIndex] = (),
) -> list[Shape]:
    """Return the form's tables, the head's first.

    view_columns -- fields by which views filter and sort: they get an index.
    lists        -- lists that get an index of their own; it stands in for one of its first column alone.
    """
    head_name = quoted(app, key)
    lists = tuple(lists)
    wanted = set(view_columns).difference(one.first for one in lists)
    heads = _Indexes(app, key)
    heads.add("created", "(created_at, id) WHERE deleted_at IS NULL")
    heads.add("owner", "(owner)")
    for field in fields.values():
        if field.unique:
            heads.add(f"{field.column}_unique", f"({quoted(field.column)}) WHERE deleted_at IS NULL", is_unique=True)
        elif field.column and (_points(field) or (field.key in wanted and _fits_an_index(field))):
            heads.add(field.column, _index_body(field))
    for one in lists:
        body = _list_body(one, fields)
        heads.add(f"list_{blake2s(body.encode(), digest_size=4).hexdigest()}", body)
    if searched := _searched(fields.values()):
        expression = _search_sql(searched)
        digest = blake2s(expression.encode(), digest_size=4).hexdigest()
        heads.add(f"search_{digest}", f"USING gin (({expression}) gin_trgm_ops) WHERE deleted_at IS NULL")
    result = [_shape(key, fields.values(), heads)]
    for table in (field for field in fields.values() if isinstance(field, Table)):
        rows = _Indexes(app, table.table_name)
        rows.add("record", '(record_id, "position")')
        for field in table.fields:
            if field.unique:
                rows.add(f"{field.column}_unique", f"(record_id, {quoted(field.column)})", is_unique=True)
            elif _points(field):
                rows.add(field.column, _index_body(field))
        result.append(_shape(table.table_name, table.fields, rows, owner=head_name))
    return result


def _shape(name: str, fields: Iterable[Field], indexes: _Indexes, owner: str = "") -> Shape:
    fields = list(fields)
    columns = {
        field.column: type_text(type_) for field in fields if (type_ := field.type.column(field.options)) is not None
    }
    links = {
        fitted(f"fk_{name}_{field.column}"): (field.column, quoted(*target.split(".")))
        for field in fields
        if (target := form_target(field)) and not field.type.traits.is_list
    }
    return Shape(name=name, columns=columns, indexes=indexes.statements, foreign_keys=links, owner=owner)


def form_target(field: Field) -> str | None:
    """Return the full name of the form a field points to; None for members, departments, files and plain values."""
    target = field.type.traits.target(field.options)
    return None if target is None or target.startswith("meta.") else target


def _points(field: Field) -> bool:
    return field.type.traits.target(field.options) is not None


def _fits_an_index(field: Field) -> bool:
    return int(field.options.get("maxLength", 0)) <= LONGEST_INDEXED


def _index_body(field: Field) -> str:
    return f"USING gin ({quoted(field.column)})" if field.type.traits.is_list else f"({quoted(field.column)})"


def _list_body(one: ListIndex, fields: Mapping[str, Field]) -> str:
    """Return the columns of a list's index, each in the direction and with the place of empty values that lists use.

    As in `querying.pages`: empty ones last; a first key downward is read where it is not empty; ids follow the first.
    """
    columns = [quoted(_column(key, fields)) for key in one.equal]
    for index, key in enumerate(one.order):
        column, is_downward = quoted(_column(key.removeprefix("-"), fields)), key.startswith("-")
        has_empty = index > 0 and key.removeprefix("-") in fields
        columns.append(f"{column} DESC{' NULLS LAST' if has_empty else ''}" if is_downward else column)
    columns.append(f"{quoted('id')} DESC" if one.order[0].startswith("-") else quoted("id"))
    return f"({', '.join(columns)}) WHERE deleted_at IS NULL"


def _column(key: str, fields: Mapping[str, Field]) -> str:
    return fields[key].column if key in fields else key


def _search_sql(columns: Iterable[str]) -> str:
    return " || ' ' || ".join(f"coalesce({quoted(column)}, '')" for column in columns)


class _Indexes:
    """The indexes of one table while they are collected."""

    def __init__(self, app: str, table: str) -> None:
        self._app = app
        self._table = table
        self.statements: dict[str, str] = {}

    def add(self, suffix: str, body: str, *, is_unique: bool = False) -> None:
        """Add an index; its name says the table and what it is for."""
        name = fitted(f"{'uq' if is_unique else 'ix'}_{self._table}_{suffix}")
        kind = "UNIQUE INDEX" if is_unique else "INDEX"
        self.statements[name] = f"CREATE {kind} {quoted(name)} ON {quoted(self._app, self._table)} {body}"
