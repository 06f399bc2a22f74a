"""Measures as SQL: what is added up first, how that is put together, what is calculated from it.

An aggregate has *parts* (a sum, a count) that can be added up again over groups: the rows are read and grouped once,
and totals, subtotals and earlier periods are made of the groups. A count of distinct values has no such parts, and a
number of the record beside rows of its sub-table must be taken once a record: those are made anew for each set of
groups, of what each group has `once`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.expressions import Columns, NotTranslatable, Type
from report_engine.definition import Aggregate, Calculation, Comparison, Earlier, Measure, Report, Share

Element = sa.ColumnElement[Any]
#: Part of an aggregate -> its SQL; a group's key of a measure -> its SQL.
Parts = dict[str, Element]
Numbers = Mapping[str, Element]

AVERAGE_PLACES = 6
FRACTION_PLACES = 6
_ZERO: Element = sa.literal_column("0")


def parts(one: Aggregate, value: Element | None, only: Element | None) -> Parts:
    """Return the parts of an aggregate over rows; `value` is None for the rows themselves."""
    count: Element = sa.func.count() if value is None else sa.func.count(value)
    found: Parts
    match one.function:
        case "count":
            found = {"n": count}
        case "count_distinct":
            found = {"n": sa.func.count(sa.distinct(sa.literal(1) if value is None else value))}
        case "sum":
            found = {"s": sa.func.sum(value)}
        case "average":
            found = {"s": sa.func.sum(value), "n": count}
        case "min":
            found = {"m": sa.func.min(value)}
        case _:
            found = {"m": sa.func.max(value)}
    return found if only is None else {name: _filtered(part, only) for name, part in found.items()}


def once(one: Aggregate, value: Element) -> Element:
    """Return the number over rows that hold what an aggregate takes once, each once."""
    if one.function in {"count", "count_distinct"}:
        return sa.type_coerce(sa.func.count(value), sa.Numeric())
    return finished(one, parts(one, value, None))


def merged(one: Aggregate, of: Mapping[str, Element], only: Element | None) -> Parts:
    """Return the parts of a larger group, put together of those of its groups."""
    functions: dict[str, Callable[[Element], Element]] = {"n": sa.func.sum, "s": sa.func.sum}
    functions["m"] = sa.func.min if one.function == "min" else sa.func.max
    found = {name: functions[name](part) for name, part in of.items()}
    return found if only is None else {name: _filtered(part, only) for name, part in found.items()}


def finished(one: Aggregate, of: Mapping[str, Element]) -> Element:
    """Return the number that the parts come to; nothing counted is 0, everything else of nothing is empty."""
    match one.function:
        case "count" | "count_distinct":
            return sa.func.coalesce(of["n"], _ZERO, type_=sa.Numeric())
        case "average":
            mean = sa.type_coerce(of["s"], sa.Numeric()) / sa.func.nullif(of["n"], _ZERO, type_=sa.Numeric())
            return sa.func.round(mean, AVERAGE_PLACES, type_=sa.Numeric())
        case "sum":
            return sa.type_coerce(of["s"], sa.Numeric())
    return of["m"]


def _filtered(part: Element, only: Element) -> Element:
    return sa.funcfilter(part, only) if isinstance(part, sa.sql.functions.FunctionElement) else part


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Measures of one group as the names of an expression: `total / orders`. Implements `Columns`."""

    numbers: Numbers

    def column(self, path: tuple[str, ...], type: Type) -> Element:  # noqa: ARG002 - the protocol's
        """Return the measure of that key."""
        return self.numbers[path[0]]

    def rows(self, path: tuple[str, ...], select: Callable[[Columns], Element]) -> Element:  # noqa: ARG002 - the protocol's
        """Refuse: a group has no rows."""
        raise NotTranslatable("expression_not_translatable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulas:
    """What turns the aggregates of a group into all its measures.

    now  -- stands for the instant of the run.
    zone -- by whose days it is.
    """

    report: Report
    now: datetime
    zone: str

    def all(
        self, aggregates: Numbers, whole: Numbers, before: Mapping[Earlier, Numbers], *, is_comparable: bool
    ) -> dict[str, Element]:
        """Return every measure of a group by its key, in the report's order.

        whole  -- the aggregates of everything, for shares.
        before -- the aggregates of the earlier periods.
        is_comparable -- whether the group has an earlier period at all; empty comparisons otherwise.
        """
        known = self.plain(aggregates)
        everything = self.plain(whole) if whole else {}
        past = {to: self.plain(numbers) for to, numbers in before.items()}
        for one in self.report.measures:
            if isinstance(one, Share):
                known[one.key] = _share(known[one.of], everything[one.of])
            elif isinstance(one, Comparison):
                measure = self.report.measure(one.of)
                known[one.key] = (
                    _change(one, measure, known[one.of], past[one.to][one.of])
                    if is_comparable
                    else sa.cast(sa.null(), sa.Numeric())
                )
        return {one.key: known[one.key] for one in self.report.measures}

    def plain(self, aggregates: Numbers) -> dict[str, Element]:
        """Return the aggregates and what is calculated from them."""
        known = dict(aggregates)
        for one in self.report.measures:
            if isinstance(one, Calculation):
                value = one.expression.to_sql(Keys(numbers=known), now=self.now, zone=self.zone)
                known[one.key] = sa.func.round(value, one.scale, type_=sa.Numeric())
        return known


def _share(part: Element, whole: Element) -> Element:
    return _fraction(part, whole)


def _change(one: Comparison, measure: Measure, now: Element, before: Element) -> Element:
    if one.change == "value":
        return before
    if isinstance(measure, Aggregate) and measure.function == "sum":
        # A group that had nothing, or has nothing now, has gone from 0 or to 0.
        known = sa.or_(now.is_not(None), before.is_not(None))
        now = sa.case((known, sa.func.coalesce(now, _ZERO, type_=sa.Numeric())))
        before = sa.case((known, sa.func.coalesce(before, _ZERO, type_=sa.Numeric())))
    difference = now - before
    return difference if one.change == "difference" else _fraction(difference, sa.func.abs(before, type_=sa.Numeric()))


def _fraction(part: Element, whole: Element) -> Element:
    """Return a fraction at six places, rounded once: the quotient shows as many places as its dividend does."""
    wide = sa.func.round(part, 30, type_=sa.Numeric())
    return sa.func.round(wide / sa.func.nullif(whole, _ZERO, type_=sa.Numeric()), FRACTION_PLACES, type_=sa.Numeric())
