"""Shapes of exports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from web.schemas.shape import Input, Output, Values


class BalanceExportInput(Input):
    """What to write: the rows of a balance, as its list shows them."""

    format: Literal["xlsx", "csv"] = "xlsx"
    filter: Annotated[str | None, Field(max_length=4000)] = None
    search: Annotated[str | None, Field(max_length=200)] = None
    sort: Annotated[str | None, Field(max_length=400)] = None


class ExportInput(BalanceExportInput):
    """What to write: the list as it is shown; `fields` in their order, all without."""

    fields: Annotated[list[Annotated[str, Field(max_length=130)]] | None, Field(max_length=500)] = None
    bin: bool = False


class ExportError(Output):
    """Why there is no file."""

    code: str
    detail: str


class ExportRun(Output):
    """An export: how far it is, or how it ended. The file is had at `/file` until `kept_until`."""

    id: UUID
    source: str
    kind: Literal["form", "balance"]
    title: str
    format: Literal["xlsx", "csv"]
    query: Values
    status: Literal["queued", "running", "completed", "failed", "cancelled"]
    is_cancelled: bool
    rows_total: int | None
    rows_written: int
    file_name: str
    file_size: int | None
    has_file: bool
    error: ExportError | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    kept_until: datetime


class ExportRuns(Output):
    """One's last exports."""

    items: list[ExportRun]
