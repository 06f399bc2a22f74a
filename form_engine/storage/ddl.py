"""From one physical shape of a form to the next: ordered DDL. Pure; `publication` runs it in its transaction.

Nothing is dropped at once. A removed field's column, and a removed sub-table's table, get a name that no key can have
(`_3_note`: gone after version 3) and a comment that says what they were; a field that comes back with the same type
gets its values back. `trash` drops what has been gone for 60 days.

Steps of several forms are run phase by phase, foreign keys last, so that forms may point at each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from form_engine.storage.tables import UPKEEP, Shape, fitted, quoted

_HEAD_COLUMNS = (
    '"id" uuid PRIMARY KEY, "version" integer NOT NULL, "created_at" timestamptz NOT NULL, "created_by" uuid NOT NULL, '
    '"updated_at" timestamptz NOT NULL, "updated_by" uuid NOT NULL, "owner" uuid, "deleted_at" timestamptz, '
    '"deleted_by" uuid'
)
_ROW_COLUMNS = (
    '"id" uuid PRIMARY KEY, "record_id" uuid NOT NULL REFERENCES {owner} ON DELETE CASCADE, "position" integer NOT NULL'
)


class Phase(IntEnum):
    """The order in which the steps of all forms run."""

    SCHEMA = 0
    UNLINK = 1
    RENAME = 2
    TABLE = 3
    CHILD_TABLE = 4
    COLUMN = 5
    CONVERT = 6
    INDEX = 7
    LINK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One statement and when it runs.

    table     -- the table that is there already and whose rows it reads or writes, quoted; else "".
    rehearsed -- what a rehearsal runs instead where that table is large; None: the same.
    """

    phase: Phase
    sql: str
    table: str = ""
    rehearsed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trashed:
    """A column (or, with `column` empty, a table) that was removed and is still there.

    name    -- what it is called now; `table` and `column` what it was called.
    type    -- the column's type as SQL.
    version -- the last version of the form that had it.
    """

    name: str
    table: str
    column: str = ""
    type: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """When something is removed: in the change away from `version`, at an instant that the comment keeps."""

    version: int
    at: datetime


def schema_step(app: str) -> Step:
    """Return the step that makes an app's schema."""
    return Step(phase=Phase.SCHEMA, sql=f"CREATE SCHEMA IF NOT EXISTS {quoted(app)}")


def difference(
    app: str,
    before: Sequence[Shape],
    after: Sequence[Shape],
    *,
    removal: Removal,
    trash: Iterable[Trashed] = (),
    casts: Mapping[tuple[str, str], str] | None = None,
) -> list[Step]:
    """Return the steps from the tables `before` (none: a new form) to those `after`.

    trash -- what of this form can be restored, newest first.
    casts -- (table, column) -> SQL of the converted value, for every column whose type changes.
    """
    old = {shape.name: shape for shape in before}
    new = {shape.name: shape for shape in after}
    gone = {(item.table, item.column): item for item in reversed(list(trash))}
    steps: list[Step] = []
    for name, shape in old.items():
        if name not in new:
            steps += _remove_table(app, shape, removal)
    for name, shape in new.items():
        if name in old:
            steps += _change_table(app, old[name], shape, removal, gone, casts or {})
        else:
            steps += _create_table(app, shape)
    return steps


def _create_table(app: str, shape: Shape) -> list[Step]:
    system = _ROW_COLUMNS.format(owner=shape.owner) if shape.owner else _HEAD_COLUMNS
    columns = [system, *(f"{quoted(column)} {type_}" for column, type_ in shape.columns.items())]
    phase = Phase.CHILD_TABLE if shape.owner else Phase.TABLE
    sql = f"CREATE TABLE {quoted(app, shape.name)} ({', '.join(columns)}) WITH ({UPKEEP})"
    steps = [Step(phase=phase, sql=sql)]
    return steps + _linked(app, shape, Shape(name=shape.name, columns={}, indexes={}, foreign_keys={}))


def _change_table(
    app: str,
    old: Shape,
    new: Shape,
    removal: Removal,
    gone: Mapping[tuple[str, str], Trashed],
    casts: Mapping[tuple[str, str], str],
) -> list[Step]:
    table = quoted(app, new.name)
    changed = {column for column, type_ in new.columns.items() if old.columns.get(column, type_) != type_}
    steps = _unlinked(app, old, new, changed)
    for column, type_ in old.columns.items():
        if column not in new.columns:
            steps += _remove_column(app, new.name, column, type_, removal)
    for column, type_ in new.columns.items():
        if column in changed:
            cast = casts.get((new.name, column), f"NULL::{type_}")
            sql = f"ALTER TABLE {table} ALTER COLUMN {quoted(column)} TYPE {type_} USING {cast}"
            empty = (
                f"ALTER TABLE {table} DROP COLUMN {quoted(column)}",
                f"ALTER TABLE {table} ADD COLUMN {quoted(column)} {type_}",
            )
            steps.append(Step(phase=Phase.CONVERT, sql=sql, table=table, rehearsed=empty))
        elif column not in old.columns:
            steps += _add_column(app, new, column, gone.get((new.name, column)))
    return steps + _linked(app, new, old, changed)


def _add_column(app: str, shape: Shape, column: str, trashed: Trashed | None) -> list[Step]:
    table, type_ = quoted(app, shape.name), shape.columns[column]
    if trashed is None or trashed.type != type_:
        return [Step(phase=Phase.COLUMN, sql=f"ALTER TABLE {table} ADD COLUMN {quoted(column)} {type_}")]
    steps = [
        Step(phase=Phase.COLUMN, sql=f"ALTER TABLE {table} RENAME COLUMN {quoted(trashed.name)} TO {quoted(column)}"),
        Step(phase=Phase.COLUMN, sql=f"COMMENT ON COLUMN {table}.{quoted(column)} IS NULL"),
    ]
    for linked, target in shape.foreign_keys.values():
        if linked == column:
            # While the field was away nothing kept its targets from being dropped.
            lost = f"NOT EXISTS (SELECT 1 FROM {target} t WHERE t.id = {table}.{quoted(column)})"
            sql = f"UPDATE {table} SET {quoted(column)} = NULL WHERE {quoted(column)} IS NOT NULL AND {lost}"
            steps.append(Step(phase=Phase.CONVERT, sql=sql, table=table, rehearsed=()))
    return steps


def _remove_column(app: str, table: str, column: str, type_: str, removal: Removal) -> list[Step]:
    name = trash_name(column, removal.version)
    note = comment({"table": table, "column": column, "type": type_}, removal)
    where = quoted(app, table)
    return [
        Step(phase=Phase.RENAME, sql=f"ALTER TABLE {where} RENAME COLUMN {quoted(column)} TO {quoted(name)}"),
        Step(phase=Phase.RENAME, sql=f"COMMENT ON COLUMN {where}.{quoted(name)} IS {note}"),
    ]


def _remove_table(app: str, shape: Shape, removal: Removal) -> list[Step]:
    """Put a sub-table's table away. Its indexes go, for their names are the schema's; its key is renamed."""
    name = trash_name(shape.name, removal.version)
    note = comment({"table": shape.name}, removal)
    table, renamed = quoted(app, shape.name), quoted(app, name)
    key, renamed_key = quoted(app, fitted_key(shape.name)), quoted(fitted_key(name))
    empty = Shape(name=shape.name, columns={}, indexes={}, foreign_keys={})
    return [
        *_unlinked(app, shape, empty, set()),
        Step(phase=Phase.RENAME, sql=f"ALTER INDEX IF EXISTS {key} RENAME TO {renamed_key}"),
        Step(phase=Phase.RENAME, sql=f"ALTER TABLE {table} RENAME TO {quoted(name)}"),
        Step(phase=Phase.RENAME, sql=f"COMMENT ON TABLE {renamed} IS {note}"),
    ]


def restore_table(app: str, trashed: Trashed) -> list[Step]:
    """Return the steps that give a removed sub-table its name back; it then has the shape it was removed with."""
    key, renamed_key = quoted(app, fitted_key(trashed.name)), quoted(fitted_key(trashed.table))
    return [
        Step(phase=Phase.UNLINK, sql=f"ALTER TABLE {quoted(app, trashed.name)} RENAME TO {quoted(trashed.table)}"),
        Step(phase=Phase.UNLINK, sql=f"ALTER INDEX IF EXISTS {key} RENAME TO {renamed_key}"),
        Step(phase=Phase.UNLINK, sql=f"COMMENT ON TABLE {quoted(app, trashed.table)} IS NULL"),
    ]


def _unlinked(app: str, old: Shape, new: Shape, changed: set[str]) -> list[Step]:
    """Return the steps that drop indexes and foreign keys which are gone, or stand on a column that is converted."""
    table = quoted(app, old.name)
    dropped = [
        name for name, link in old.foreign_keys.items() if _is_dropped(link, new.foreign_keys.get(name), changed)
    ]
    steps = [Step(phase=Phase.UNLINK, sql=f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}") for name in dropped]
    for name, sql in old.indexes.items():
        if new.indexes.get(name) != sql or _mentions(sql, changed):
            steps.append(Step(phase=Phase.UNLINK, sql=f"DROP INDEX IF EXISTS {quoted(app, name)}"))
    return steps


def _linked(app: str, new: Shape, old: Shape, changed: Iterable[str] = ()) -> list[Step]:
    """Return the steps that make indexes and foreign keys which are new, or were dropped by `_unlinked`."""
    table, changed = quoted(app, new.name), set(changed)
    steps = []
    for name, sql in new.indexes.items():
        if old.indexes.get(name) != sql or _mentions(sql, changed):
            steps.append(Step(phase=Phase.INDEX, sql=sql, table=table, rehearsed=()))
    for name, (column, target) in new.foreign_keys.items():
        if _is_dropped((column, target), old.foreign_keys.get(name), changed):
            sql = (
                f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} FOREIGN KEY ({quoted(column)}) REFERENCES {target}"
            )
            steps.append(Step(phase=Phase.LINK, sql=sql, table=table, rehearsed=(f"{sql} NOT VALID",)))
    return steps


def _is_dropped(link: tuple[str, str], other: tuple[str, str] | None, changed: set[str]) -> bool:
    return link != other or link[0] in changed


def _mentions(sql: str, columns: Iterable[str]) -> bool:
    return any(quoted(column) in sql for column in columns)


def trash_name(name: str, version: int) -> str:
    """Return the name of a removed column or table; no key begins with an underscore."""
    return fitted(f"_{version}_{name}")


def fitted_key(table: str) -> str:
    """Return the name PostgreSQL gives the primary key of a table: it cuts the table's name, not the ending."""
    return f"{table[:58]}_pkey"


def comment(note: Mapping[str, str], removal: Removal) -> str:
    """Return a trash note as an SQL literal."""
    text = json.dumps({"removed_at": removal.at.isoformat(), "version": removal.version, **note})
    return "'" + text.replace("'", "''") + "'"
