"""What expressions see of a form: its record type, and the scopes of formulas, rules, defaults and filters.

Record types are lazy: a relation's type is looked up when a path goes through it, so forms may point at each other and
at themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from engine.expressions import DATETIME, MEMBER, NUMBER, TEXT, USER, Scope, Type, list_of, record_of
from form_engine.definition import Field, Table
from form_engine.field_type import Resolve

#: The system fields of every record, as expressions see them.
SYSTEM_TYPES: Final[Mapping[str, Type]] = {
    "id": TEXT,
    "version": NUMBER,
    "created_at": DATETIME,
    "created_by": record_of(MEMBER),
    "updated_at": DATETIME,
    "updated_by": record_of(MEMBER),
    "owner": record_of(MEMBER),
}
#: System fields that lists may show and sort by.
LISTED_SYSTEM_FIELDS: Final = ("created_at", "created_by", "updated_at", "updated_by", "owner")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FormRecord:
    """A record of a form: its fields and the system fields."""

    name: str
    fields: Mapping[str, Field]
    resolve: Resolve

    def member(self, key: str) -> Type | None:
        """Return the type of the field `key`, None where there is none."""
        if key in SYSTEM_TYPES:
            return SYSTEM_TYPES[key]
        field = self.fields.get(key)
        if isinstance(field, Table):
            return list_of(record_of(self.row(field)))
        return field.type.type(field.options, self.resolve) if field else None

    def members(self) -> Iterable[str]:
        """Return every key."""
        return (*self.fields, *SYSTEM_TYPES)

    def row(self, table: Table) -> RowRecord:
        """Return the record type of a sub-table's rows."""
        cells = {cell.key: cell for cell in table.fields}
        return RowRecord(name=f"{self.name}.{table.key}", fields=cells, resolve=self.resolve)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowRecord:
    """A row of a sub-table."""

    name: str
    fields: Mapping[str, Field]
    resolve: Resolve

    def member(self, key: str) -> Type | None:
        """Return the type of the cell `key`, None where there is none."""
        if key == "id":
            return TEXT
        field = self.fields.get(key)
        return field.type.type(field.options, self.resolve) if field else None

    def members(self) -> Iterable[str]:
        """Return every key."""
        return (*self.fields, "id")


def _names(record: FormRecord | RowRecord) -> dict[str, Type]:
    return {key: type_ for key in record.members() if (type_ := record.member(key)) is not None}


def formula_scope(record: FormRecord, table: Table | None = None) -> Scope:
    """Return what a formula sees: the head's fields; in a sub-table's cell the row's fields stand before them."""
    names = _names(record)
    if table is not None:
        names |= {key: type_ for key, type_ in _names(record.row(table)).items() if key != "id"}
    return Scope(names)


def default_scope(record: FormRecord, table: Table | None = None) -> Scope:
    """Return what a default sees: the fields beside it and `user`."""
    return Scope({**formula_scope(record, table).names, "user": USER})


def filter_scope(record: FormRecord) -> Scope:
    """Return what a view's filter, a row right and an action see: the record's fields and `user`."""
    return Scope({**_names(record), "user": USER})


def rule_scope(record: FormRecord, table: Table | None = None) -> Scope:
    """Return what a rule sees: the record's fields, `old` (the record before), `user`, and `item` (the row)."""
    names = {**_names(record), "user": USER, "old": record_of(record)}
    if table is not None:
        names["item"] = record_of(record.row(table))
    return Scope(names)
