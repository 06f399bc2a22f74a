"""What happens to stored values when a field's type changes: which rows convert, and the SQL that converts them.

A conversion loses nothing: where a single value would not survive it, publication is refused and names how many rows
that are. Removing the field and adding it anew is the way to give the values up (they stay restorable).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from engine.db import Session
from form_engine.definition import Field, Table
from form_engine.storage.tables import child_name, quoted, type_text

#: What PostgreSQL 15 can tell about a text before it is cast (`pg_input_is_valid` came with 16).
_DATE: Final = (
    "^(?!0000)[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))$"
)
_BOOLEAN: Final = "('true', 'false', 'yes', 'no', '是', '否')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """How one column becomes another: the converted value, and the condition under which nothing is lost."""

    value: str
    fits: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A field whose stored type changes.

    rows        -- how many rows have a value.
    convertible -- how many of those keep it.
    cast        -- SQL of the converted value.
    """

    field: Field
    before: Field
    table: str
    rows: int
    convertible: int
    cast: str

    @property
    def lost(self) -> int:
        """How many rows would lose their value."""
        return self.rows - self.convertible


def conversion_report(
    session: Session, app: str, key: str, before: Mapping[str, Field], after: Mapping[str, Field]
) -> list[Conversion]:
    """Return every field of a form that changes its type, with what its rows would come to. One scan for each."""
    report = []
    for table, old, new in _changed(key, before, after):
        cast = find_cast(old, new, session.time_zone)
        condition = cast.fits if cast else "false"
        column = quoted(old.column)
        row = session.connection.exec_driver_sql(
            f"SELECT count({column}), count({column}) FILTER (WHERE {condition}) FROM {quoted(app, table)}"  # noqa: S608
        ).one()
        type_ = type_text(_column(new))
        value = cast.value if cast else f"NULL::{type_}"
        report.append(Conversion(field=new, before=old, table=table, rows=row[0], convertible=row[1], cast=value))
    return report


def _changed(key: str, before: Mapping[str, Field], after: Mapping[str, Field]) -> Iterator[tuple[str, Field, Field]]:
    """Yield (table, old, new) for fields that stay and are kept differently."""
    for name, new in after.items():
        old = before.get(name)
        if isinstance(old, Table) and isinstance(new, Table):
            cells = {cell.key: cell for cell in old.fields}
            for cell in new.fields:
                if cell.key in cells and _differs(cells[cell.key], cell):
                    yield child_name(key, name), cells[cell.key], cell
        elif old is not None and not isinstance(old, Table) and not isinstance(new, Table) and _differs(old, new):
            yield key, old, new


def _differs(old: Field, new: Field) -> bool:
    if type_text(_column(old)) != type_text(_column(new)):
        return True
    return _target(old) != _target(new) or (new.type.name == "select" and old.type.name != "select")


def _target(field: Field) -> str | None:
    return field.type.traits.target(field.options)


def _column(field: Field) -> TypeEngine[Any]:
    type_ = field.type.column(field.options)
    if type_ is None:
        raise TypeError(f"{field.key} has no column")
    return type_


def find_cast(old: Field, new: Field, time_zone: str) -> Cast | None:
    """Return how `old` becomes `new`, days being those of `time_zone`; None where no value survives."""
    if _target(old) != _target(new):
        return None
    source, target = _column(old), _column(new)
    name = quoted(old.column)
    for source_type, target_type, make in _CASTS:
        if isinstance(source, source_type) and isinstance(target, target_type):
            return make(name, new)
    zone = "'" + time_zone.replace("'", "''") + "'"
    if isinstance(source, sa.Date) and isinstance(target, sa.DateTime):
        return Cast(value=f"{name}::timestamp AT TIME ZONE {zone}")
    if isinstance(source, sa.DateTime) and isinstance(target, sa.Date):
        local = f"({name} AT TIME ZONE {zone})"
        return Cast(value=f"{local}::date", fits=f"{local}::time = '00:00'")
    return None


def _to_number(name: str, new: Field) -> Cast:
    places = _places(new)
    digits = _digits(new)
    fits = f"trunc({name}, {places}) = {name} AND abs({name}) < 1e{digits - places}"
    return Cast(value=f"{name}::{type_text(_column(new))}", fits=fits)


def _integer_to_number(name: str, new: Field) -> Cast:
    fits = f"abs({name}::numeric) < 1e{_digits(new) - _places(new)}"
    return Cast(value=f"{name}::{type_text(_column(new))}", fits=fits)


def _text_to_number(name: str, new: Field) -> Cast:
    places = _places(new)
    fraction = rf"(\.[0-9]{{1,{places}}}0*)?" if places else r"(\.0*)?"
    fits = f"trim({name}) ~ '^-?[0-9]{{1,{_digits(new) - places}}}{fraction}$'"
    return Cast(value=f"trim({name})::numeric::{type_text(_column(new))}", fits=fits)


def _places(field: Field) -> int:
    column = _column(field)
    return (column.scale or 0) if isinstance(column, sa.Numeric) else 0


def _digits(field: Field) -> int:
    column = _column(field)
    # Whole numbers of 15 digits are all within what a browser keeps exactly.
    return (column.precision or 0) if isinstance(column, sa.Numeric) else 15


def _text_to_date(name: str, _new: Field) -> Cast:
    year = f"left({name}, 4)::integer"
    leap = (
        f"CASE WHEN {name} ~ '^[0-9]{{4}}-02-29$' THEN {year} > 0 AND mod({year}, 4) = 0 "
        f"AND (mod({year}, 100) <> 0 OR mod({year}, 400) = 0) ELSE false END"
    )
    return Cast(value=f"{name}::date", fits=f"({name} ~ '{_DATE}' OR {leap})")


def _text_to_boolean(name: str, _new: Field) -> Cast:
    return Cast(value=f"lower(trim({name})) IN ('true', 'yes', '是')", fits=f"lower(trim({name})) IN {_BOOLEAN}")


def _text_to_text(name: str, new: Field) -> Cast:
    if new.type.name != "select":
        return Cast(value=name)
    return Cast(value=name, fits=f"{name} IN ({_choices(new)})")


def _text_to_list(name: str, new: Field) -> Cast:
    fits = "true" if new.options.get("open") else f"{name} IN ({_choices(new)})"
    return Cast(value=f"ARRAY[{name}]", fits=fits)


def _choices(field: Field) -> str:
    values = [choice["value"].replace("'", "''") for choice in field.options.get("options", ())]
    return ", ".join(f"'{value}'" for value in values) or "NULL"


def _list_to_text(name: str, _new: Field) -> Cast:
    return Cast(value=f"array_to_string({name}, ', ')")


def _instant_to_text(name: str, _new: Field) -> Cast:
    return Cast(value=f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")


def _plain_text(name: str, _new: Field) -> Cast:
    return Cast(value=f"{name}::text")


_Make = Callable[[str, Field], Cast]
#: From column type, to column type, how. The first that matches counts; ids match none.
_CASTS: Final[tuple[tuple[type[TypeEngine[Any]], type[TypeEngine[Any]], _Make], ...]] = (
    (sa.BigInteger, sa.Numeric, _integer_to_number),
    (sa.Numeric, sa.Numeric, _to_number),
    (sa.Numeric, sa.BigInteger, _to_number),
    (sa.Text, sa.Numeric, _text_to_number),
    (sa.Text, sa.BigInteger, _text_to_number),
    (sa.Text, sa.Date, _text_to_date),
    (sa.Text, sa.Boolean, _text_to_boolean),
    (sa.Text, sa.Text, _text_to_text),
    (sa.Text, postgresql.ARRAY, _text_to_list),
    (postgresql.ARRAY, sa.Text, _list_to_text),
    (sa.DateTime, sa.Text, _instant_to_text),
    (sa.BigInteger, sa.Text, _plain_text),
    (sa.Numeric, sa.Text, _plain_text),
    (sa.Boolean, sa.Text, _plain_text),
    (sa.Date, sa.Text, _plain_text),
)


def find_duplicates(
    session: Session, app: str, key: str, before: Mapping[str, Field], after: Mapping[str, Field]
) -> list[Field]:
    """Return the fields that become unique although values stand twice in their rows. One scan for each."""
    found = []
    for name, new in after.items():
        old = before.get(name)
        if old is None:
            continue
        if isinstance(old, Table) and isinstance(new, Table):
            for cell in new.fields:
                was = old.cell(cell.key)
                if was and cell.unique and not was.unique and _is_twice(session, app, child_name(key, name), cell):
                    found.append(cell)
        elif new.unique and not old.unique and new.column and old.column and _is_twice(session, app, key, new):
            found.append(new)
    return found


def _is_twice(session: Session, app: str, table: str, field: Field) -> bool:
    column = quoted(field.column)
    is_row = "__" in table
    group = f"record_id, {column}" if is_row else column
    alive = "" if is_row else " AND deleted_at IS NULL"
    query = f"SELECT 1 FROM {quoted(app, table)} WHERE {column} IS NOT NULL{alive} GROUP BY {group} HAVING count(*) > 1 LIMIT 1"  # noqa: S608 - quoted names only
    return session.connection.exec_driver_sql(query).first() is not None
