"""A report as ONE statement, with the reader's row rights inside.

    SELECT d1, …, sum(m1), … FROM (SELECT <dimension> AS d1, <measured value> AS m1 FROM form WHERE <rights> AND <filter>)
    GROUP BY d1, … ORDER BY … LIMIT n + 1

Values are computed once a record in the inner query; relations are scalar subqueries there, so no join ever multiplies
a record, and an order's total is counted once whatever stands beside it. PostgreSQL pulls the inner query up.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Session
from engine.expressions import Kind
from form_engine.evaluating.columns import FormColumns
from form_engine.querying import filters
from report_engine.definition import Dimension, Measure, Report

Element = sa.ColumnElement[Any]

#: Groups that a report returns at the most; one more is read to tell that there are more.
GROUPS_MAX = 1000


def limit(report: Report) -> int:
    """Return how many groups the report shows at the most."""
    return min(report.limit or GROUPS_MAX, GROUPS_MAX)


def grouped(session: Session, actor: Actor, report: Report, condition: str | None = None) -> sa.Select[Any]:
    """Return the statement of the report's rows: dimensions, then measures, by position; one row too many.

    `condition` is the reader's own filter. Raises `InvalidInput` at `#/filter` where it cannot be.
    """
    base = _base(session, actor, report, condition)
    dimensions = [base.c[f"d_{each.key}"] for each in report.dimensions]
    measures = {each.key: _aggregate(each, base) for each in report.measures}
    statement = sa.select(*dimensions, *measures.values()).select_from(base).group_by(*dimensions)
    elements = {each.key: column for each, column in zip(report.dimensions, dimensions, strict=True)} | measures
    for order in report.sort:
        element = elements[order.key]
        statement = statement.order_by(element.desc().nulls_last() if order.is_descending else element.nulls_last())
    return statement.order_by(*(column.nulls_last() for column in dimensions)).limit(limit(report) + 1)


def totals(session: Session, actor: Actor, report: Report, condition: str | None = None) -> sa.Select[Any]:
    """Return the statement of the measures over all records, whatever the groups and their limit."""
    base = _base(session, actor, report, condition)
    return sa.select(*(_aggregate(each, base) for each in report.measures)).select_from(base)


def _base(session: Session, actor: Actor, report: Report, condition: str | None) -> sa.Subquery:
    form = report.form
    columns = FormColumns(session=session, form=form, actor=actor)
    where = [filters.scope(session, actor, form, "view")]
    if "deleted_at" in form.table.c:
        where.append(form.table.c.deleted_at.is_(None))
    if report.filter is not None:
        where.append(report.filter.to_sql(columns, now=session.now, zone=session.time_zone))
    if condition:
        where.append(filters.condition(session, actor, form, condition))
    values: list[sa.Label[Any]] = [
        _grouped_value(each, columns, session.time_zone).label(f"d_{each.key}") for each in report.dimensions
    ]
    values += [
        columns.column(each.path, each.type).label(f"m_{each.key}")
        for each in report.measures
        if each.path is not None and each.type is not None
    ]
    if not values:
        values = [sa.literal(1).label("one")]
    return sa.select(*values).select_from(form.table).where(*where).subquery("base")


def _grouped_value(dimension: Dimension, columns: FormColumns, zone: str) -> Element:
    element = columns.column(dimension.path, dimension.type)
    if dimension.bucket is None:
        return element
    if dimension.type.kind is Kind.DATETIME:
        element = sa.func.timezone(zone, element)
    else:
        # A date alone would be taken for an instant of the session's time zone, which costs a conversion a row.
        element = sa.cast(element, sa.DateTime())
    bucket: sa.ColumnClause[str] = sa.literal_column(f"'{dimension.bucket}'")
    return sa.cast(sa.func.date_trunc(bucket, element), sa.Date())


def _aggregate(measure: Measure, base: sa.Subquery) -> Element:
    if measure.path is None:
        return sa.func.count()
    value = base.c[f"m_{measure.key}"]
    functions: dict[str, Element] = {
        "count": sa.func.count(value),
        "count_distinct": sa.func.count(sa.distinct(value)),
        "sum": sa.func.sum(value),
        "average": sa.func.round(sa.func.avg(value), 6),
        "min": sa.func.min(value),
        "max": sa.func.max(value),
    }
    return functions[measure.function]
