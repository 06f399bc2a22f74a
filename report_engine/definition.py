"""A report and a dashboard as the program sees them: compiled from one published version, immutable.

Owns the shapes. `reading` makes them out of documents and says what is wrong with these, `query` makes SQL of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.expressions import Expression, Type
from engine.texts import LocalizedText
from form_engine.definition import Field, Form
from report_engine.chart_type import ChartType

#: Names from a form to a value: `("stage",)`, over a relation `("customer", "region")`.
Path = tuple[str, ...]
Bucket = Literal["day", "week", "month", "quarter", "year"]
Function = Literal["count", "count_distinct", "sum", "average", "min", "max"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What the rows of a report are grouped by.

    path   -- `("stage",)`, or over relations `("customer", "region")`.
    field  -- the field at the end of the path; None for a system field.
    bucket -- the span that dates are gathered in.
    """

    key: str
    title: LocalizedText
    path: Path
    type: Type
    field: Field | None
    bucket: Bucket | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number for each group; `count` without a path counts records."""

    key: str
    title: LocalizedText
    function: Function
    path: Path | None = None
    type: Type | None = None
    field: Field | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One sort key: a dimension or a measure by its key."""

    key: str
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One published report.

    form   -- the form, or a balance, which reads like one.
    filter -- condition on the records; None for all.
    sort   -- empty: by the dimensions, options in their own order.
    limit  -- how many groups at the most; None for the platform's limit.
    """

    name: str
    title: LocalizedText
    version: int
    form: Form
    chart: ChartType
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    filter: Expression | None
    sort: tuple[Order, ...]
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One report on a dashboard; the grid has twelve columns, a row is 60 pixels high."""

    key: str
    report: str
    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One published page of reports."""

    name: str
    title: LocalizedText
    version: int
    items: tuple[Item, ...]
