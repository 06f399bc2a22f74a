"""Shapes of reports and dashboards."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.schemas.shape import Input, Output, Values


class ReportInput(Input):
    """What narrows a report: an expression over its form."""

    filter: Annotated[str | None, Field(max_length=4000)] = None


class ReportHead(Output):
    """Which report it is, and how it is drawn."""

    key: str
    title: str
    chart: str
    form: str


class ReportAnswer(Output):
    """A report's groups; `totals` are over all records, also where groups were cut."""

    report: ReportHead
    columns: list[Values]
    rows: list[Values]
    totals: dict[str, str | None]
    is_truncated: bool


class DashboardItem(Output):
    """One report on a dashboard and where it stands in the grid of 12 columns."""

    key: str
    report: str
    title: str
    chart: str
    x: int
    y: int
    w: int
    h: int


class Dashboard(Output):
    """A page of reports."""

    key: str
    title: str
    items: list[DashboardItem]
