"""A report and a dashboard as the program sees them: compiled from one published version, immutable.

Owns the shapes. `reading` makes them out of documents, `faults` says what is wrong with these, `query` makes SQL of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from engine.expressions import Expression, Type
from engine.texts import LocalizedText
from form_engine.definition import Field, Form
from report_engine.chart_type import ChartType

#: Names from a form to a value: `("stage",)`, over a relation `("customer", "region")`, in rows `("lines", "amount")`.
Path = tuple[str, ...]
Bucket = Literal["day", "week", "month", "quarter", "year"]
Function = Literal["count", "count_distinct", "sum", "average", "min", "max"]
Format = Literal["number", "percent"]
Earlier = Literal["previous_period", "previous_year"]
Change = Literal["value", "difference", "percent"]
#: What a number means to its reader, which drawings say by their colours.
Tone = Literal["neutral", "accent", "positive", "warning", "negative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What the rows of a report are grouped by.

    path      -- `("stage",)`, over relations `("customer", "region")`, in a sub-table `("lines", "product")`.
    field     -- the field at the end of the path; None for a system field.
    bucket    -- the span that dates are gathered in.
    is_column -- of a pivot: stands above the columns, not before the rows.
    is_whole  -- spans in which nothing was are groups, too.
    """

    key: str
    title: LocalizedText
    path: Path
    type: Type
    field: Field | None
    bucket: Bucket | None = None
    is_column: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """A number made of the records of a group; `count` without a path counts records.

    filter   -- only the records (rows, where the report is over rows) that satisfy it.
    currency -- path to the field that holds each record's currency; it is one of the dimensions.
    """

    key: str
    title: LocalizedText
    function: Function
    path: Path | None = None
    type: Type | None = None
    field: Field | None = None
    filter: Expression | None = None
    currency: Path | None = None
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """A number made of other measures of the same group, `total / orders`; empty where it cannot be computed."""

    key: str
    title: LocalizedText
    expression: Expression
    scale: int
    format: Format
    unit: str | None = None
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a measure of the group is of that measure over everything: a fraction."""

    key: str
    title: LocalizedText
    of: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A measure as it was in an earlier period, or how much it is more than then, or by which fraction."""

    key: str
    title: LocalizedText
    of: str
    to: Earlier
    change: Change
    tone: Tone | None = None


Measure = Aggregate | Calculation | Share | Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Calendar spans up to the present one: `count` months that end `offset` months ago.

    to_date -- the present span ends today, and so do the earlier ones as far into theirs.
    """

    span: Bucket
    count: int = 1
    offset: int = 0
    to_date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From a day to a day, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which records count by their date; what comparisons go back from."""

    path: Path
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The groups of one dimension that are largest by a measure; the rest is one group of others, or left out."""

    dimension: str
    by: str
    count: int
    others: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One sort key: a dimension or a measure by its key."""

    key: str
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One published report.

    form    -- the form, or a balance, which reads like one.
    rows    -- the sub-table whose rows are counted and added up; None: the records themselves.
    options -- of the drawing.
    filter  -- condition on the records (rows: `item`); None for all.
    having  -- condition on the groups, over measures.
    has_totals -- whether what all records come to is shown.
    sort    -- empty: by the dimensions, options in their own order.
    limit   -- how many groups at the most; None for the platform's limit.
    """

    name: str
    title: LocalizedText
    version: int
    form: Form
    rows: str | None
    chart: ChartType
    options: Mapping[str, Any]
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    filter: Expression | None
    having: Expression | None
    period: Period | None
    top: Top | None
    has_subtotals: bool
    has_totals: bool
    sort: tuple[Order, ...]
    limit: int | None

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The measures that are made of records."""
        return tuple(one for one in self.measures if isinstance(one, Aggregate))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The measures that look back."""
        return tuple(one for one in self.measures if isinstance(one, Comparison))

    def measure(self, key: str) -> Measure:
        """Return the measure `key`; raises `KeyError` where there is none."""
        found = next((one for one in self.measures if one.key == key), None)
        if found is None:
            raise KeyError(key)
        return found


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
class SharedFilter:
    """A filter above a dashboard: for each item the path of its form that it narrows."""

    key: str
    title: LocalizedText
    type: Literal["choice", "period"]
    apply: Mapping[str, Path]
    default: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One published page of reports."""

    name: str
    title: LocalizedText
    version: int
    items: tuple[Item, ...]
    filters: tuple[SharedFilter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A reader's condition on one field: one of `values` (stored values as text or boolean, None the empty one)."""

    path: Path
    values: tuple[str | bool | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A reader's condition on one date: from a day to a day, both inclusive, either may be open."""

    path: Path
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a reader asks beside the report itself.

    filter -- an expression over the form.
    period -- in place of the report's own span.
    sort   -- in place of the report's own.
    """

    filter: str | None = None
    filters: tuple[Choice | Range, ...] = ()
    period: Span | Days | None = None
    sort: tuple[Order, ...] | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number of a report: whose group, and which measure.

    group  -- dimension -> value as shown; dimensions left out stand for all their groups.
    others -- dimensions of which the group of others is meant.
    """

    group: Mapping[str, Any] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    measure: str | None = None
