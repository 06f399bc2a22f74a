"""Shapes of reports and dashboards."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from web.schemas.shape import Input, Output, Values

RunInput = Annotated[
    dict[str, Any],
    Field(description="What narrows a report: `filter`, `filters`, `period`, `sort`, `limit`; see the reference."),
]


class RecordsInput(Input):
    """Which number of a report: the request that it was made with, its group, its measure."""

    run: RunInput = Field(default_factory=dict)
    group: dict[str, str | bool | None] = Field(default_factory=dict, max_length=6)
    others: list[Annotated[str, Field(max_length=60)]] = Field(default_factory=list, max_length=6)
    measure: Annotated[str | None, Field(max_length=60)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=2000)] = None


class ReportHead(Output):
    """Which report it is, and how it is drawn."""

    key: str
    title: str
    chart: str
    options: Values
    form: str
    form_title: str
    subtotals: bool


class ReportPeriod(Output):
    """From a day to a day, both inclusive."""

    field: str | None
    from_: Annotated[str, Field(alias="from")]
    to: str


class Pivot(Output):
    """A pivot as a matrix: `cells[row][column]` holds measures, or null where there are no records."""

    rows: list[list[Values]]
    columns: list[list[Values]]
    cells: list[list[Values | None]]
    row_totals: list[Values]
    column_totals: list[Values]


class ReportAnswer(Output):
    """A report's groups; `totals` are over all records, also where groups were cut."""

    report: ReportHead
    columns: list[Values]
    rows: list[Values]
    subtotals: list[Values]
    totals: dict[str, str | None]
    pivot: Pivot | None
    period: ReportPeriod | None
    earlier: dict[str, ReportPeriod] | None
    is_cut: bool
    has_totals: bool
    limit: int


class RecordsAnswer(Output):
    """The records behind a number; `filter` opens the form's own list on them, null where no expression says the same."""

    form: str
    form_title: str
    kind: Literal["form", "balance"]
    columns: list[Values]
    items: list[Values]
    count: int
    next_cursor: str | None
    filter: str | None


class DashboardFilter(Output):
    """A filter shared by items: `options` of a select field, else the `form` to pick from; a period has days."""

    key: str
    title: str
    type: Literal["choice", "period"]
    options: list[Values] | None = None
    form: str | None = None
    value_type: str | None = None
    default: Values | None = None
    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None


class DashboardItem(Output):
    """One report on a dashboard and where it stands in the grid of 12 columns.

    `fields`: shared filter -> path of this item's form that it narrows. `links`: dimension -> shared filter that a click
    on one of its groups sets.
    """

    key: str
    report: str
    title: str
    chart: str
    options: Values
    form: str
    x: int
    y: int
    w: int
    h: int
    fields: dict[str, str]
    has_period: bool
    links: dict[str, str]


class Dashboard(Output):
    """A page of reports with their shared filters."""

    key: str
    title: str
    filters: list[DashboardFilter]
    items: list[DashboardItem]
