"""Shapes of reports and dashboards."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from web.schemas.shape import Input, Output, Values


class ReportInput(Input):
    """What narrows a report."""

    filters: Values = Field(default_factory=dict)


class ReportAnswer(Output):
    """A report's rows."""

    title: str
    chart: Values
    columns: list[Values]
    rows: list[list[Any]]
    totals: list[Any] | None


class DashboardItem(Output):
    """One report on a dashboard and where it stands in the grid of 12 columns."""

    key: str
    report: str
    title: str
    x: int
    y: int
    w: int
    h: int


class Dashboard(Output):
    """A page of reports."""

    app: str
    key: str
    title: str
    items: list[DashboardItem]
