"""Shapes of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from web.schemas.shape import Output, Values


class ImportFault(Output):
    """What is wrong with one line of the sheet; line 0 is the whole file."""

    line: int
    field: str
    title: str
    code: str
    detail: str


class SheetFile(Output):
    """The sheet that was sent; its id stands for it in the next call."""

    id: UUID
    name: str
    size: int


class ImportColumn(Output):
    """A column of the sheet and the field it goes to, null for none."""

    index: int
    header: str
    field: str | None
    title: str | None
    sample: str


class ImportField(Output):
    """A field that a column may go to."""

    path: str
    title: str
    is_required: bool
    is_input: bool
    is_key: bool


class ImportRow(Output):
    """A record of the sheet, its first line's cells, and what would become of it."""

    line: int
    lines: int
    action: Literal["create", "update"]
    cells: list[str]
    errors: list[ImportFault]


class ImportPreview(Output):
    """What an import would do; nothing has been written."""

    file: SheetFile
    columns: list[ImportColumn]
    fields: list[ImportField]
    rows: list[ImportRow]
    tried: int
    failed: int
    rows_total: int | None


class ImportRun(Output):
    """An import: how far it is, or how it ended."""

    id: UUID
    form: str
    file_id: UUID
    file_name: str
    options: Values
    status: Literal["queued", "running", "completed", "failed", "cancelled"]
    is_cancelled: bool
    rows_total: int | None
    rows_read: int
    created: int
    updated: int
    failed: int
    errors: list[ImportFault]
    has_error_file: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ImportRuns(Output):
    """One's last imports into a form."""

    items: list[ImportRun]
