"""One file's bytes into what it holds: text, a JSON object, rows of a sheet. Strict, and within limits."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app_templates.packages.limits import MOST_COLUMNS, MOST_DEPTH
from app_templates.template import Row


class Unreadable(ValueError):
    """A file that is not what its name says; `code` and `params` make the sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def text_of(content: bytes) -> str:
    """Return a file's text; raises `Unreadable` unless it is UTF-8 that PostgreSQL can store."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("template_not_utf8", position=error.start) from error
    if "\x00" in text:
        raise Unreadable("template_not_utf8", position=text.index("\x00"))
    return text


def object_of(content: bytes) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises `Unreadable` for anything else: a key twice, `NaN`, a number without end, too deep, half a character.
    """
    text = text_of(content)
    try:
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_float)
    except RecursionError as error:
        raise Unreadable("template_too_deep", limit=MOST_DEPTH) from error
    except ValueError as error:
        raise Unreadable("template_not_json", reason=str(error)[:200]) from error
    if not isinstance(value, dict):
        raise Unreadable("template_not_object")
    _check(value, is_escaped="\\u" in text)
    return value


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError(f"{_twice(key for key, _ in pairs)!r} stands twice in one object")
    return result


def _twice(names: Iterable[str]) -> str | None:
    """Return a name that stands twice, None where none does."""
    return next((name for name, count in Counter(names).items() if count > 1), None)


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:40]} is too large a number")
    return value


def _check(value: object, *, is_escaped: bool) -> None:
    level: list[object] = [value]
    for _ in range(MOST_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, Mapping):
                below += [*item, *item.values()] if is_escaped else item.values()
            elif isinstance(item, list):
                below += item
            elif is_escaped and isinstance(item, str):
                _check_text(item)
        if not below:
            return
        level = below
    raise Unreadable("template_too_deep", limit=MOST_DEPTH)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unreadable("template_not_utf8", position=error.start) from error
    if "\x00" in text:
        raise Unreadable("template_not_utf8", position=text.index("\x00"))


def rows_of(content: bytes) -> list[Row]:
    """Return the records of a data file; raises `Unreadable`."""
    try:
        records = list(csv.reader(io.StringIO(text_of(content), newline=""), strict=True))
    except csv.Error as error:
        raise Unreadable("template_not_csv", reason=str(error)) from error
    if not records or records[0][:1] != ["key"]:
        raise Unreadable("template_csv_no_key")
    header, *lines = records
    if len(header) > MOST_COLUMNS:
        raise Unreadable("template_csv_wide", count=len(header), limit=MOST_COLUMNS)
    if twice := _twice(header):
        raise Unreadable("template_column_twice", name=twice)
    if any(len(line) != len(header) for line in lines):
        raise Unreadable(
            "template_csv_cells", line=next(at for at, line in enumerate(lines, 2) if len(line) != len(header))
        )
    if lines and not lines[0][0]:
        raise Unreadable("template_csv_no_row")
    return _grouped(header, lines)


def _grouped(header: Sequence[str], lines: Sequence[Sequence[str]]) -> list[Row]:
    """Return one row a record: a line without a key holds more sub-table rows of the record above it."""
    found: list[Row] = []
    tables: dict[str, list[Mapping[str, str]]] = {}
    names = {name.partition(".")[0] for name in header if "." in name}
    for number, line in enumerate(lines, 2):
        cells = dict(zip(header, line, strict=True))
        if key := cells.pop("key"):
            tables = {}
            values = {name: text for name, text in cells.items() if "." not in name and text}
            found.append(Row(key=key, line=number, values=values, tables=tables))
        for table in names:
            prefix = f"{table}."
            row = {name.removeprefix(prefix): text for name, text in cells.items() if name.startswith(prefix) and text}
            if row:
                tables.setdefault(table, []).append(row)
    return found
