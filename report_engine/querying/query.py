"""A report as ONE statement: rows, subtotals and totals together, with the reader's row rights inside.

    WITH g AS (SELECT d0, …, sum(…), … FROM form LEFT JOIN … WHERE <rights> AND <filter> GROUP BY d0, …)
    (SELECT 0, d0, …, <measures> FROM g ORDER BY … LIMIT n + 1) UNION ALL (SELECT 1, NULL, …, <measures> FROM g)

The rows are read and grouped once (in parallel where the server likes); everything else is made of the groups. Where a
measure cannot be put together of groups (`measures`), every set of groups is made of the rows instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine.expressions import Kind
from report_engine.definition import Aggregate, Dimension, Earlier, Order, Report, Share
from report_engine.querying import conditions, gaps, groups, measures
from report_engine.querying.measures import Element, Formulas, Numbers
from report_engine.querying.source import Source

#: Groups that a report shows at the most, unless it says less; one more is read to tell that there are more.
GROUPS_MAX = 1000
GROUPS_MOST = 10_000
GROUPS_EXPORTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One set of groups: which dimensions it has, by place; the first is the finest, the last the whole."""

    number: int
    places: tuple[int, ...]


def limit(report: Report, asked: int | None = None, *, is_export: bool = False) -> int:
    """Return how many groups are shown at the most."""
    if is_export:
        return GROUPS_EXPORTED if report.limit is None or report.chart.columns != (0, 0) else report.limit
    return min(asked or report.limit or GROUPS_MAX, GROUPS_MOST)


def groupings(report: Report) -> tuple[Grouping, ...]:
    """Return the sets of groups that a report needs."""
    every = tuple(range(len(report.dimensions)))
    columns = tuple(place for place in every if report.dimensions[place].is_column)
    rows = tuple(place for place in every if place not in columns)
    sets = [every]
    if columns:
        sets += [rows, columns]
    if report.has_subtotals:
        sets += [rows[:count] for count in range(len(rows) - 1, 0, -1)]
    sets.append(())
    return tuple(Grouping(number=number, places=places) for number, places in enumerate(dict.fromkeys(sets)))


def filled_in(report: Report, one: Grouping) -> int | None:
    """Return the place of the dimension whose gaps are filled in a set of groups; of a pivot only along an edge."""
    place = next((place for place in one.places if report.dimensions[place].is_whole), None)
    sides = {report.dimensions[each].is_column for each in one.places}
    has_columns = any(dimension.is_column for dimension in report.dimensions)
    return place if not has_columns or len(sides) == 1 else None


class Query:
    """Builds the statement of one report; see the module."""

    def __init__(self, of: Source, sort: Sequence[Order] | None, most: int) -> None:
        self._of = of
        self._report: Report = of.report
        self._sort = self._report.sort if sort is None else tuple(sort)
        self._most = most
        self._formulas = Formulas(report=self._report, now=of.now, zone=of.zone)

    def statement(self) -> sa.Select[Any] | sa.CompoundSelect[Any]:
        """Return the statement: columns are the grouping's number, the dimensions, whether others, the measures."""
        sets = groupings(self._report)
        parts = [self._set(one) for one in sets]
        if len(parts) == 1:
            return parts[0]
        return sa.union_all(*(sa.select(part.subquery(f"s{number}")) for number, part in enumerate(parts)))

    # Sources.

    @cached_property
    def _source(self) -> sa.FromClause:
        """The rows or groups that every set is made of."""
        return self._of.source().cte("source")

    @cached_property
    def _mapped(self) -> sa.FromClause:
        """The source with `o`, whether a row's group of the top dimension is not among the largest; without a top, itself."""
        others = self.is_other(self._source, self._place(self._report.top.dimension)) if self._report.top else None
        return self._source if others is None else sa.select(*self._source.c, others.label("o")).cte("mapped")

    @cached_property
    def _tops(self) -> sa.FromClause:
        """The values of the top dimension that stay, as a table of one column."""
        top = self._report.top
        assert top is not None  # noqa: S101 - asked for with a top alone
        place = self._place(top.dimension)
        inner = groups.present(self._aggregated(self._source, [f"d{place}"])).subquery("ranked")
        numbers = self._formulas.plain(self._numbers(inner, None))
        value = inner.c[f"d{place}"]
        ranking = sa.select(value.label("d")).order_by(numbers[top.by].desc().nulls_last(), value.nulls_last())
        return ranking.limit(_number(top.count)).cte("top")

    def is_other(self, source: sa.FromClause, place: int) -> Element:
        """Return whether a value of the top dimension is not among those that stay."""
        return self.not_among(source.c[f"d{place}"])

    def not_among(self, value: Element) -> Element:
        """Return whether a value is none of those that stay, the empty one included."""
        tops = self._tops
        named = sa.func.array(sa.select(tops.c.d).where(tops.c.d.is_not(None)).scalar_subquery())
        array = sa.type_coerce(named, sa.ARRAY(value.type))
        has_empty = sa.select(sa.func.coalesce(sa.func.bool_or(tops.c.d.is_(None)), sa.false())).scalar_subquery()
        return sa.not_(sa.case((value.is_(None), has_empty), else_=value == sa.any_(array)))

    # Sets of groups.

    def _set(self, one: Grouping) -> sa.Select[Any]:
        report, top = self._report, self._report.top
        has_top = top is not None and self._place(top.dimension) in one.places
        inner = self._whole_groups(one, has_top=has_top).subquery("a")
        whole, sources = self._whole(inner, one)
        shown = self._shown(inner, one, whole)
        is_others = inner.c.o if "o" in inner.c else None
        dimensions: list[Element] = [
            inner.c[f"d{place}"] if place in one.places else _empty(dimension)
            for place, dimension in enumerate(report.dimensions)
        ]
        columns: list[Element] = [
            sa.literal_column(str(one.number)).label("grouping"),
            *(element.label(f"d{place}") for place, element in enumerate(dimensions)),
            (sa.false() if is_others is None else is_others).label("is_others"),
            *(element.label(f"m{place}") for place, element in enumerate(shown.values())),
        ]
        statement: sa.Select[Any] = sa.select(*columns).select_from(*sources)
        if one.places:
            statement = self._ordered(statement, one, dimensions, is_others, shown)
            statement = self._chosen(statement, one, shown).limit(_number(self._most + 1))
        return statement

    def _whole_groups(self, one: Grouping, *, has_top: bool) -> sa.Select[Any]:
        """Return the groups of a set, with those in which nothing was where the report fills gaps."""
        sparse, names = self._groups(one, has_top=has_top)
        place = filled_in(self._report, one)
        if place is None:
            return groups.present(sparse)
        return gaps.filled(self._of, sparse, place, names, max(self._most, GROUPS_MAX))

    def _groups(self, one: Grouping, *, has_top: bool) -> tuple[sa.Select[Any], list[str]]:
        """Return the groups of a set that have anything, and the columns that they are grouped by."""
        names = [f"d{place}" for place in one.places]
        top = self._report.top
        if not has_top or top is None:
            return self._aggregated(self._source, names), names
        source = self._mapped
        if not top.others:
            kept = sa.select(*(column for column in source.c if column.key != "o")).where(sa.not_(source.c.o))
            return self._aggregated(kept.subquery("kept"), names), names
        name = f"d{self._place(top.dimension)}"
        columns = [
            sa.case((sa.not_(source.c.o), column)).label(name) if column.key == name else column for column in source.c
        ]
        return self._aggregated(sa.select(*columns).subquery("gathered"), [*names, "o"]), [*names, "o"]

    def _shown(self, inner: sa.FromClause, one: Grouping, whole: Numbers) -> dict[str, Element]:
        before = {to: self._numbers(inner, to) for to in self._of.earlier}
        is_comparable = not self._of.is_open or self._of.shifted in one.places
        shown = self._formulas.all(self._numbers(inner, None), whole, before, is_comparable=is_comparable)
        for measure in self._report.aggregates:
            if measure.currency is not None and not self._has_currency(measure, one):
                shown[measure.key] = sa.cast(sa.null(), sa.Numeric())
        return shown

    def _has_currency(self, measure: Aggregate, one: Grouping) -> bool:
        return any(self._report.dimensions[place].path == measure.currency for place in one.places)

    def _whole(self, inner: sa.FromClause, one: Grouping) -> tuple[Numbers, list[sa.FromClause]]:
        """Return the aggregates of everything, where a share wants them, and what to select from."""
        if not any(isinstance(measure, Share) for measure in self._report.measures):
            return {}, [inner]
        if not one.places:
            return self._numbers(inner, None), [inner]
        return self._numbers(self._everything, None), [inner, self._everything]

    @cached_property
    def _everything(self) -> sa.FromClause:
        return self._aggregated(self._source, []).cte("whole")

    def _aggregated(self, source: sa.FromClause, names: Sequence[str]) -> sa.Select[Any]:
        """Return the aggregates of a set of groups: their keys by name, a column an aggregate and period."""
        is_finest = len(names) == len(self._report.dimensions) and source is self._source
        return groups.aggregated(self._of, source, names, is_finest=is_finest)

    def _numbers(self, inner: sa.FromClause, to: Earlier | None) -> dict[str, Element]:
        return {measure.key: inner.c[groups.name(place, to)] for place, measure in enumerate(self._report.aggregates)}

    # Order and choice.

    def _chosen(self, statement: sa.Select[Any], one: Grouping, shown: Numbers) -> sa.Select[Any]:
        having = self._report.having
        if having is None or len(one.places) < len(self._report.dimensions):
            return statement
        return statement.where(having.to_sql(measures.Keys(numbers=shown), now=self._of.now, zone=self._of.zone))

    def _ordered(
        self,
        statement: sa.Select[Any],
        one: Grouping,
        dimensions: Sequence[Element],
        others: Element | None,
        shown: Numbers,
    ) -> sa.Select[Any]:
        keys: list[Element] = [] if others is None else [others]
        is_columns = all(self._report.dimensions[place].is_column for place in one.places)
        for order in self._sort:
            if order.key in shown:
                if not is_columns:
                    keys.append(_directed(shown[order.key], order))
            elif (place := self._place(order.key)) in one.places:
                keys.append(_directed(dimensions[place], order))
        for place in one.places:
            keys += _natural(self._report.dimensions[place], dimensions[place])
        return statement.order_by(*keys)

    def _place(self, key: str) -> int:
        return next(place for place, one in enumerate(self._report.dimensions) if one.key == key)


def _empty(dimension: Dimension) -> Element:
    kind = Kind.DATE if dimension.bucket is not None else dimension.type.kind
    return sa.cast(sa.null(), conditions.sql_type(kind))


def _number(value: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(value), sa.Integer())


def _directed(element: Element, order: Order) -> sa.UnaryExpression[Any]:
    return (element.desc() if order.is_descending else element.asc()).nulls_last()


def _natural(dimension: Dimension, element: Element) -> list[Element]:
    """Return the order of a dimension that nobody asked to sort by: options in their own, everything else upward."""
    choices = dimension.field.options.get("options") if dimension.field is not None else None
    if choices and dimension.type.kind is Kind.TEXT:
        values = sa.cast(sa.literal([choice["value"] for choice in choices], sa.ARRAY(sa.Text())), sa.ARRAY(sa.Text()))
        return [sa.func.array_position(values, element).nulls_last(), element.nulls_last()]
    return [element.nulls_last()]
