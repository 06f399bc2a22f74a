"""Turns the rows of an app's data files into the input of the records service.

Owns how a cell is written: keys of rows for relations, user names for members, keys of departments, `today-30` for
dates, `a|b` for several options. Row keys become stable ids, so that rows may name rows of any file, earlier or later.
Everything else is the cell's text as a person would type it; the records service checks it like any other input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from app_templates.template import OWNER, Row
from engine.errors import InvalidDefinition, Violation
from form_engine.definition import Field, Form
from form_engine.record import Change

#: Namespace of the ids made from row keys.
_NAMESPACE = UUID("0b9f9c1e-5a52-5c0e-8e0a-3d6f2a1c7d10")
_DAY = re.compile(r"^today([+-]\d{1,4})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Ids that a data file may name: user names and keys of departments."""

    users: Mapping[str, UUID]
    departments: Mapping[str, UUID]


def record_id(form: str, key: str) -> UUID:
    """Return the id of the record that a data file of `form` calls `key`."""
    return uuid5(_NAMESPACE, f"{form}/{key}")


def changes(form: Form, rows: Iterable[Row], people: People, today: date, file: str) -> list[Change]:
    """Return one creation for each row.

    Raises `InvalidDefinition` naming every cell that cannot be read, as `erp/data/product.csv#/7/price`.
    """
    faults: list[Violation] = []
    reader = _Reader(people=people, today=today, faults=faults)
    made = [
        Change(
            action="create",
            id=record_id(form.name, row.key),
            values=_values(form, row, reader, f"{file}#/{row.line}"),
            pointer=f"{file}#/{row.line}",
        )
        for row in rows
    ]
    if faults:
        raise InvalidDefinition("template_unresolved", violations=faults)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    people: People
    today: date
    faults: list[Violation]

    def cell(self, field: Field, text: str, pointer: str) -> Any:
        """Return the JSON input for `text`, noting a fault where it cannot be read."""
        try:
            return self._read(field, text)
        except (KeyError, ValueError):
            self.faults.append(Violation(pointer=pointer, code="template_cell_invalid", params={"text": text}))
            return None

    def _read(self, field: Field, text: str) -> Any:
        target = field.type.traits.target(field.options)
        if target == "meta.user":
            return str(self.people.users[text])
        if target == "meta.department":
            return str(self.people.departments[text])
        if target is not None:
            return str(record_id(target, text))
        if field.type.traits.is_list:
            return text.split("|")
        if found := _DAY.match(text):
            return (self.today + timedelta(days=int(found[1] or 0))).isoformat()
        return _PLAIN.get(str(field.type.schema(field.options).get("type")), str)(text)


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text]


#: JSON types that are more than the cell's text; a decimal may be a string.
_PLAIN: Mapping[str, Callable[[str], Any]] = {"boolean": _boolean, "integer": int}


def _values(form: Form, row: Row, reader: _Reader, place: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        key: reader.cell(form.fields[key], text, f"{place}/{key}") for key, text in row.values.items() if key != OWNER
    }
    for key, lines in row.tables.items():
        table = form.sub_table(key)
        cells = {cell.key: cell for cell in table.fields}
        values[key] = [
            {name: reader.cell(cells[name], text, f"{place}/{key}/{index}/{name}") for name, text in line.items()}
            for index, line in enumerate(lines)
        ]
    return values
