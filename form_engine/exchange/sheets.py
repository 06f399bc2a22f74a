"""Sheets as files: rows out of CSV and XLSX, rows into them, one at a time.

Owns the formats. A file of any size is read and written in constant memory (but for the shared texts of an XLSX).
The libraries of spreadsheets are imported where they are used: a server that starts need not wait for them.
"""

from __future__ import annotations

import codecs
import csv
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, cast

from engine.errors import InvalidInput, TooLarge, Violation
from form_engine.exchange.cells import Raw, harmless

Format = Literal["csv", "xlsx"]
#: A line of the file, counted from 1 as spreadsheets do, and its cells.
Line = tuple[int, list[Raw]]

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: A zip that says it unpacks to more than this is a bomb.
_MOST_UNPACKED = 4 * 1024**3
_MOST_RATIO = 200
_MOST_COLUMNS = 1000
_LONGEST_CELL = 32_767
#: Most characters of a row of a CSV: a file without line ends must not be one row in memory.
_LONGEST_ROW = 4_000_000
#: Lines of a worksheet, the header's among them (ECMA-376 part 1, section 18.3.1.73; every program's limit).
MOST_LINES = 1_048_576
#: A double of a spreadsheet keeps this many digits; longer numbers are written as text, exactly.
_EXACT_DIGITS = 15
_PROBE = 64 * 1024


def refused(code: str, **params: Any) -> InvalidInput:
    """Return the refusal of a file."""
    return InvalidInput(violations=[Violation(pointer="#/file", code=code, params=params)])


def too_long() -> TooLarge:
    """Return the refusal to write more lines than a worksheet has."""
    return TooLarge("sheet_too_long", limit=MOST_LINES)


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The lines of a sheet that are not empty, the header first; `total` is about how many there are, None: unknown."""

    lines: Iterator[Line]
    total: int | None


@contextmanager
def opened(path: Path) -> Iterator[Sheet]:
    """Give a sheet to read.

    Raises `InvalidInput` at `#/file` for what is neither CSV nor XLSX, also while the lines are read.
    """
    if format_of(path) == "xlsx":
        with _workbook(path) as sheet:
            yield sheet
    else:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="", errors="strict") as stream:
            yield Sheet(lines=_csv_lines(stream, _delimiter(path, encoding)), total=_line_ends(path))


def format_of(path: Path) -> Format:
    """Return the file's format by its first bytes."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused("sheet_is_old_excel")
    return "xlsx" if head.startswith(b"PK\x03\x04") else "csv"


def _encoding(path: Path) -> str:
    """Return UTF-8 or UTF-16 where the file is that, else what Chinese editions of Excel write."""
    with path.open("rb") as stream:
        head = stream.read(4)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := stream.read(1024 * 1024):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="", errors="replace") as stream:
        header = stream.read(_PROBE).partition("\n")[0]
    return max(",;\t", key=header.count)


def _line_ends(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1024 * 1024), b""))


class _Lines:
    """The lines of a text; `room` is how many characters the row that is being read may still take."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.room = _LONGEST_ROW

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(_LONGEST_ROW):
            self.room -= len(line)
            if self.room <= 0:
                raise csv.Error("row too long")
            yield line


def _csv_lines(stream: Any, delimiter: str) -> Iterator[Line]:
    lines = _Lines(stream)
    rows = csv.reader(lines, delimiter=delimiter)
    number = 0
    try:
        for row in rows:
            number += 1
            lines.room = _LONGEST_ROW
            written = "".join(row)
            if written and not written.isspace():
                yield number, cast("list[Raw]", row if len(row) <= _MOST_COLUMNS else row[:_MOST_COLUMNS])
    except csv.Error as error:
        raise refused("sheet_line_unreadable", line=number + 1) from error
    except UnicodeDecodeError as error:
        raise refused("sheet_not_text") from error


@contextmanager
def _workbook(path: Path) -> Iterator[Sheet]:
    # A stream: of a path openpyxl wants the name to end in `.xlsx`, which those of stored files do not.
    with path.open("rb") as stream, _read_workbook(path, stream) as sheet:
        yield sheet


@contextmanager
def _read_workbook(path: Path, stream: BinaryIO) -> Iterator[Sheet]:
    try:
        _refuse_bomb(path)
        import openpyxl  # noqa: PLC0415 - see the module
        from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415

        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, TypeError) as error:
        raise refused("sheet_not_readable") from error
    with closing(book):
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise refused("sheet_empty")
        total = sheet.max_row
        if isinstance(sheet, ReadOnlyWorksheet):
            sheet.reset_dimensions()  # some programs write a wrong extent
        yield Sheet(lines=_sheet_lines(sheet), total=total)


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(path.stat().st_size, 1024 * 1024):
        raise refused("sheet_too_large")


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS), start=1):
            if any(cell is not None and cell != "" for cell in row):
                yield number, list(row)
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, TypeError) as error:
        raise refused("sheet_not_readable") from error


# --- writing ---------------------------------------------------------------------------------------------------------


class Writer(Protocol):
    """Takes a sheet row by row."""

    def row(self, cells: Sequence[Raw], *, is_header: bool = False) -> None:
        """Write the next row."""


@contextmanager
def written(path: Path, kind: Format) -> Iterator[Writer]:
    """Give the writer of a new sheet at `path`, whole when the block ends.

    Raises `TooLarge` at the first line that an XLSX has no room for.
    """
    if kind == "csv":
        # Excel takes a CSV for UTF-8 only when it begins with the byte order mark.
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            yield _CsvWriter(stream)
    else:
        import xlsxwriter  # noqa: PLC0415 - see the module

        # XlsxWriter: keeps one row in memory and is twice as fast as openpyxl's write-only mode.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        # Its own temporary files stand beside the sheet, where whoever chose the place looks after them.
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            book = xlsxwriter.Workbook(path, {**options, "tmpdir": folder})
            book.use_zip64()  # of no consequence below 2 GB
            try:
                with closing(book):
                    yield _XlsxWriter(book)
            except xlsxwriter.exceptions.FileCreateError as error:
                for sheet in book.worksheets():
                    sheet.row_data_fh.close()
                # What the operating system said of it: a full disk, mostly.
                raise (error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error))) from error


class _CsvWriter:
    def __init__(self, stream: Any) -> None:
        self._rows = csv.writer(stream)

    def row(self, cells: Sequence[Raw], *, is_header: bool = False) -> None:  # noqa: ARG002 - the protocol's
        self._rows.writerow([_csv_cell(cell) for cell in cells])


def _csv_cell(cell: Raw) -> str:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else str(cell)


class _XlsxWriter:
    def __init__(self, book: Any) -> None:
        self._book = book
        self._header = book.add_format({"bold": True, "bg_color": "#F2F3F5", "bottom": 1, "text_wrap": True})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._numbers: dict[int, Any] = {}
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._row = 0

    def row(self, cells: Sequence[Raw], *, is_header: bool = False) -> None:
        if self._row >= MOST_LINES:
            raise too_long()
        if is_header:
            self._sheet.set_column(0, max(len(cells) - 1, 0), 16)
        for column, cell in enumerate(cells):
            self._cell(column, cell, is_header=is_header)
        self._row += 1

    def _cell(self, column: int, cell: Raw, *, is_header: bool) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._row, column, cell)
        elif isinstance(cell, (int, float, Decimal)) and _is_exact(cell):
            self._sheet.write_number(self._row, column, cell, self._number(cell))
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(self._row, column, cell, self._moment)
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._row, column, cell, self._date)
        else:
            shown = format(cell, "f") if isinstance(cell, Decimal) else str(cell)
            self._sheet.write_string(self._row, column, shown[:_LONGEST_CELL], self._header if is_header else None)

    def _number(self, cell: float | Decimal) -> Any:
        places = max(-int(cell.as_tuple().exponent), 0) if isinstance(cell, Decimal) else 0
        if not places:
            return None
        if places not in self._numbers:
            self._numbers[places] = self._book.add_format({"num_format": "0." + "0" * places})
        return self._numbers[places]


def _is_exact(cell: float | Decimal) -> bool:
    return isinstance(cell, float) or len(str(cell).strip("-0").replace(".", "")) <= _EXACT_DIGITS
