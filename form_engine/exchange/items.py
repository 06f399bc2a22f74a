"""Rows of a sheet as records on their way: a line, its values, the lines of its sub-tables, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from engine.errors import InvalidInput, Violation
from engine.texts import LocalizedText, message
from form_engine.exchange.cells import Raw, Reader, is_blank
from form_engine.exchange.columns import Column
from form_engine.exchange.sheets import Line
from form_engine.record import Action
from form_engine.values import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """What is wrong with one line; `path` names the column it is about, empty where it is about the whole line."""

    line: int
    path: str = ""
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def detail(self, language: str) -> str:
        """Return the sentence in `language`."""
        return message(self.code, self.params, language)


@dataclass(slots=True, kw_only=True)
class SubRow:
    """One row of a sub-table, from one line."""

    line: int
    values: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Item:
    """One record of the sheet.

    lines   -- every line that it takes, its own first.
    values  -- field -> JSON input; relations and people still as they were written until `lookups` has been.
    rows    -- sub-table -> its rows.
    key     -- what says which record is meant, as it was read.
    action, id -- what will be done, to which record.
    is_resolved -- `lookups` has been.
    reading -- what the values of a new record came to, where that was seen ahead.
    """

    lines: list[int]
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[SubRow]] = field(default_factory=dict)
    key: Any = None
    action: Action = "create"
    id: UUID | None = None
    errors: list[RowError] = field(default_factory=list)
    is_resolved: bool = False
    reading: Reading | None = None

    def sent(self) -> dict[str, Any]:
        """Return the values of the change."""
        if not self.rows:
            return self.values
        return self.values | {key: [row.values for row in rows] for key, rows in self.rows.items()}

    def refuse(self, code: str, *, path: str = "", line: int | None = None, **params: Any) -> None:
        """Note something wrong with this record."""
        self.errors.append(RowError(line=line or self.lines[0], path=path, code=code, params=params))

    def blame(self, violation: Violation, parts: Sequence[str]) -> None:
        """Note a violation; `parts` is its pointer below this record: `("lines", "0", "quantity")`."""
        line, path = self.lines[0], parts[0] if parts else ""
        rows = self.rows.get(path, [])
        if len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(rows):
            line, path = rows[int(parts[1])].line, ".".join((path, *parts[2:3]))
        self.errors.append(RowError(line=line, path=path, code=violation.code, params=violation.params))


def read(lines: Iterable[Line], columns: Sequence[Column], key: str | None) -> Iterator[Item]:
    """Yield the records of the lines behind the header.

    A line that has nothing but cells of sub-tables goes on with the record above it.
    key -- path of the column that says which record is meant.
    """
    head = [column for column in columns if column.place.table is None]
    below = [column for column in columns if column.place.table is not None]
    plan = [(column.index, column.read, column.path, column.is_input, column.path == key) for column in head]
    item: Item | None = None
    for number, cells in lines:
        if item is not None and below and all(is_blank(_cell(cells, column)) for column in head):
            item.lines.append(number)
        else:
            if item is not None:
                yield item
            item = Item(lines=[number])
            _read_head(item, cells, plan)
        if below:
            _read_rows(item, number, cells, below)
    if item is not None:
        yield item


def _cell(cells: Sequence[Raw], column: Column) -> Raw:
    return cells[column.index] if column.index < len(cells) else None


def _read_head(item: Item, cells: Sequence[Raw], plan: Sequence[tuple[int, Reader, str, bool, bool]]) -> None:
    width, values = len(cells), item.values
    for index, read_cell, path, is_input, is_key in plan:
        raw = cells[index] if index < width else None
        if is_blank(raw):
            continue
        try:
            value = read_cell(raw)
        except InvalidInput as error:
            item.refuse(error.code, path=path, **error.params)
            continue
        if is_key:
            item.key = value
        if is_input:
            values[path] = value


def _read_rows(item: Item, number: int, cells: Sequence[Raw], columns: Sequence[Column]) -> None:
    for column in columns:
        raw = _cell(cells, column)
        table, one = column.place.table, column.place.field
        if is_blank(raw) or table is None or one is None:
            continue
        rows = item.rows.setdefault(table.key, [])
        if not rows or rows[-1].line != number:
            rows.append(SubRow(line=number, values={}))
        try:
            rows[-1].values[one.key] = column.read(raw)
        except InvalidInput as error:
            item.refuse(error.code, path=column.place.path, line=number, **error.params)


def shown_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sentence's parameters as JSON."""
    return {key: _plain(value) for key, value in params.items()}


def _plain(value: LocalizedText | Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
