"""What a report is made of: rows of its dataset, or groups of these that can be put together to larger ones.

Owns which records count (rights, filters, period), what stands in a row, and the earlier periods beside the present one.
A source has the columns `d0 …` (dimensions), and for each aggregate, by its place, either its parts `p0_s …` (groups)
or its value `v0`, condition `w0` (rows, with `h`, the record); with comparisons `phase` says which period a row is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Session
from engine.expressions import Kind
from report_engine.definition import Aggregate, Dimension, Earlier, Report, Request
from report_engine.querying import conditions, dataset, measures, periods
from report_engine.querying.dataset import Dataset
from report_engine.querying.measures import Element, Parts

#: Kinds of dimensions of which there are so few values that days may stand beside them before they are gathered.
_FEW = (Kind.BOOLEAN,)
_PHASE = "phase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A period of which the records count: the present one, or an earlier one."""

    number: int
    to: Earlier | None

    @property
    def flag(self) -> str:
        """The column that says whether a row lies in it."""
        return f"i{self.number}"


class Source:
    """The rows or groups of one report for one request; `reader` stands for whoever runs it."""

    def __init__(self, session: Session, reader: Actor, report: Report, request: Request, now: datetime) -> None:
        self.report = report
        self.request = request
        self.now = now
        self.zone = session.time_zone
        self._session = session
        self._reader = reader
        self.dataset = Dataset(
            session=session,
            actor=reader,
            form=report.form,
            rows_of=report.rows,
            keeps_all=not all(_is_of_rows(report, one) for one in report.aggregates),
        )

    # What kind of source it is.

    @cached_property
    def earlier(self) -> tuple[Earlier, ...]:
        """The earlier periods that comparisons look back to."""
        return tuple(dict.fromkeys(one.to for one in self.report.comparisons))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The present period and the earlier ones."""
        return tuple(Phase(number=number, to=to) for number, to in enumerate((None, *self.earlier)))

    @property
    def is_open(self) -> bool:
        """Whether earlier periods are told by the groups alone, all records counting."""
        return bool(self.earlier) and self.report.period is None

    @cached_property
    def shifted(self) -> int | None:
        """The place of the dimension whose groups are compared with the groups before them."""
        period = self.report.period
        for place, one in enumerate(self.report.dimensions):
            if one.bucket is not None and (period is None or period.path == one.path):
                return place
        return None

    def is_bounded(self, place: int) -> bool:
        """Whether a dimension gathers the date of the report's period."""
        period = self.report.period
        return period is not None and period.path == self.report.dimensions[place].path

    @cached_property
    def is_grouped(self) -> bool:
        """Whether groups can be made once and put together; distinct values are keys of them, too.

        Records as keys would leave as many groups as there are rows: where these stand beside, rows stay rows.
        """
        return all(self._is_keyed(one) or not self._needs_record(one) for one in self.report.aggregates)

    @staticmethod
    def _is_keyed(one: Aggregate) -> bool:
        return one.function == "count_distinct"

    @cached_property
    def has_days(self) -> bool:
        """Whether dates are grouped by day first: gathering some hundred days costs less than gathering every row."""
        others = [one for one in self.report.dimensions if not _is_plain_date(one)]
        few = [one.type.kind in _FEW or (one.field is not None and one.field.options.get("options")) for one in others]
        dates = len(self.report.dimensions) - len(others)
        is_keyed = any(self._is_keyed(one) for one in self.report.aggregates)
        return self.is_grouped and not is_keyed and dates == 1 and all(few)

    @property
    def is_unique(self) -> bool:
        """Whether a source of groups has each finest group once."""
        is_keyed = any(self._is_keyed(one) for one in self.report.aggregates)
        return self.is_grouped and not is_keyed and not self.earlier and not self.has_days

    def _needs_record(self, one: Aggregate) -> bool:
        """Whether a number of the record stands beside rows of its sub-table, and must be taken once a record."""
        return self.report.rows is not None and not _is_of_rows(self.report, one) and one.function not in {"min", "max"}

    # The source.

    def source(self) -> sa.Select[Any]:
        """Return the rows or groups, one for each period that they count for."""
        inner = self._groups() if self.is_grouped else self._rows(self.dimensions(is_raw=False))
        if not self.earlier:
            return self._gathered(inner)
        table = inner.cte("g")
        parts = [self._of_phase(table, phase) for phase in self.phases]
        union = sa.union_all(*parts).subquery("phases")
        return sa.select(*union.c)

    def _gathered(self, inner: sa.Select[Any]) -> sa.Select[Any]:
        if not self.has_days:
            return inner
        table = inner.subquery("days")
        return sa.select(*(self._bucketed(column) for column in table.c))

    def _bucketed(self, column: Element) -> Element:
        key = str(column.key)
        one = self.report.dimensions[int(key[1:])] if self.has_days and key[0] == "d" else None
        if one is None or not _is_plain_date(one) or one.bucket is None:
            return column
        return bucket(column, one, self.zone).label(key)

    def _of_phase(self, table: sa.FromClause, phase: Phase) -> sa.Select[Any]:
        columns: list[Element] = [sa.literal_column(str(phase.number), sa.Integer()).label(_PHASE)]
        for column in table.c:
            if column.key[0] == "i":
                continue
            element = self._bucketed(column)
            if phase.to is not None and self.shifted is not None and column.key == f"d{self.shifted}":
                one = self.report.dimensions[self.shifted].bucket
                assert one is not None  # noqa: S101 - a shifted dimension is a bucketed one
                later = sa.literal_column(f"interval '{periods.shift(phase.to, one)}'", sa.Interval())
                element = sa.cast(element + later, sa.Date()).label(column.key)
            columns.append(element)
        statement = sa.select(*columns)
        return statement if self.is_open else statement.where(table.c[phase.flag])

    def dimensions(self, *, is_raw: bool) -> list[Element]:
        """Return the dimensions; `is_raw` leaves days ungathered where they are gathered later."""
        found: list[Element] = []
        for one in self.report.dimensions:
            value = self.dataset.value(one.path)
            is_later = is_raw and self.has_days and _is_plain_date(one)
            found.append(value if one.bucket is None or is_later else bucket(value, one, self.zone))
        return found

    def flags(self) -> list[Element]:
        """Return, for each period, whether a record lies in it; nothing without comparisons in a range."""
        period = self.report.period
        if period is None or not self.earlier:
            return []
        value = self.dataset.value(period.path)
        return [conditions.within(value, period.type, phase.number).label(phase.flag) for phase in self.phases]

    def where(self) -> list[Element]:
        """Return which records and rows count."""
        found = list(dataset.conditions(self._session, self._reader, self.report.form))
        if self.report.filter is not None:
            found.append(self.report.filter.to_sql(self.dataset, now=self.now, zone=self.zone))
        found += conditions.asked(self._session, self._reader, self.dataset, self.request, self.now)
        period = self.report.period
        if period is not None:
            value = self.dataset.value(period.path)
            found.append(sa.or_(*(conditions.within(value, period.type, phase.number) for phase in self.phases)))
        return found

    def value(self, one: Aggregate) -> Element | None:
        """Return what an aggregate is of; None for the records themselves."""
        return None if one.path is None else self.dataset.value(one.path)

    def only(self, one: Aggregate) -> Element | None:
        """Return an aggregate's own condition."""
        return None if one.filter is None else one.filter.to_sql(self.dataset, now=self.now, zone=self.zone)

    def _groups(self) -> sa.Select[Any]:
        keys = [*self.dimensions(is_raw=True), *self.flags()]
        labels: list[Element] = [
            element.label(f"d{place}") for place, element in enumerate(keys[: len(self.report.dimensions)])
        ]
        labels += keys[len(self.report.dimensions) :]
        columns: list[Element] = []
        for place, one in enumerate(self.report.aggregates):
            value, only = self.value(one), self.only(one)
            if self._is_keyed(one):
                counted = self.dataset.head if value is None else value
                labels.append((counted if only is None else sa.case((only, counted))).label(f"k{place}"))
                continue
            found = measures.parts(one, value, only)
            columns += [part.label(f"p{place}_{name}") for name, part in found.items()]
        where = self.where()
        statement = sa.select(*labels, *columns).select_from(self.dataset.source()).where(*where)
        grouped = [label.element if isinstance(label, sa.Label) else label for label in labels]
        return statement.group_by(*grouped) if grouped else statement

    def _rows(self, dimensions: Sequence[Element]) -> sa.Select[Any]:
        columns: list[Element] = [element.label(f"d{place}") for place, element in enumerate(dimensions)]
        columns += self.flags()
        columns.append(self.dataset.head.label("h"))
        for place, one in enumerate(self.report.aggregates):
            value, only = self.value(one), self.only(one)
            if value is not None:
                columns.append(value.label(f"v{place}"))
            if only is not None:
                columns.append(only.label(f"w{place}"))
        where = self.where()
        return sa.select(*columns).select_from(self.dataset.source()).where(*where)

    # Numbers of the source.

    def is_once(self, one: Aggregate) -> bool:
        """Whether an aggregate takes each record, or each value, once in a group: it is no sum over the rows."""
        return self._is_keyed(one) or self._needs_record(one)

    def taken(self, rows: sa.FromClause, place: int, to: Earlier | None) -> tuple[Element, ...]:
        """Return what an aggregate takes once in a group: a record, its number beside it, or a value, which comes last.

        Empty where a row does not count for the aggregate.
        """
        one = self.report.aggregates[place]
        if self.is_grouped:
            found: tuple[Element, ...] = (rows.c[f"k{place}"],)
        elif one.path is None:
            found = (rows.c.h,)
        elif one.function == "count_distinct":
            found = (rows.c[f"v{place}"],)
        else:
            found = (rows.c.h, rows.c[f"v{place}"])
        only = self._counting(rows, place, to)
        return found if only is None else tuple(sa.case((only, element)) for element in found)

    def number(self, rows: sa.FromClause, place: int, to: Earlier | None) -> Element:
        """Return an aggregate over the rows of a group, in the present period or an earlier one."""
        one, only = self.report.aggregates[place], self._counting(rows, place, to)
        if self.is_grouped:
            return measures.finished(one, measures.merged(one, self.parts(rows, place), only))
        return measures.finished(one, measures.parts(one, None if one.path is None else rows.c[f"v{place}"], only))

    def _counting(self, rows: sa.FromClause, place: int, to: Earlier | None) -> Element | None:
        """Return whether a row counts for an aggregate in a period, None where each does."""
        found = [rows.c[_PHASE] == phase.number for phase in self.phases if self.earlier and phase.to == to]
        if f"w{place}" in rows.c:
            found.append(rows.c[f"w{place}"])
        return sa.and_(*found) if found else None

    def parts(self, rows: sa.FromClause, place: int) -> Parts:
        """Return the parts of an aggregate in a source of groups."""
        prefix = f"p{place}_"
        return {column.key.removeprefix(prefix): column for column in rows.c if column.key.startswith(prefix)}

    @staticmethod
    def has_present(rows: sa.FromClause) -> Element:
        """Return whether a group has anything in the present period."""
        return sa.func.bool_or(rows.c[_PHASE] == 0)


def _is_of_rows(report: Report, one: Aggregate) -> bool:
    return report.rows is not None and one.path is not None and one.path[0] == report.rows


def _is_plain_date(one: Dimension) -> bool:
    return one.type.kind is Kind.DATE


def bucket(element: Element, one: Dimension, zone: str) -> Element:
    """Return the first day of the span that holds a date or an instant."""
    if one.type.kind is Kind.DATETIME:
        element = sa.func.timezone(sa.literal_column(quoted(zone)), element, type_=sa.DateTime())
    elif one.bucket == "day":
        return element
    else:
        # A date alone would be taken for an instant of the session's time zone, which costs a conversion a row.
        element = sa.cast(element, sa.DateTime())
    gathered = sa.func.date_trunc(sa.literal_column(quoted(str(one.bucket))), element, type_=sa.DateTime())
    return sa.cast(gathered, sa.Date())


def quoted(text: str) -> str:
    """Return a text of ours as an SQL literal; a bound one would keep GROUP BY from knowing its column again."""
    return "'" + text.replace("'", "''") + "'"
