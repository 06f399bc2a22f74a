"""The records behind a number: what was counted or added up in one group, as a page of records.

The same statement that made the number says which rows were in it, so the records are exactly those. Beside them an
expression that opens the form's own list on the same records, where the language can say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine import definitions
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, Violation, pointer
from engine.expressions import Kind
from engine.texts import localized
from form_engine import balances, records
from form_engine.definition import Form
from form_engine.querying import filters, pages, record_titles
from form_engine.record import Page, Query
from report_engine import run
from report_engine.definition import Aggregate, Cell, Choice, Comparison, Dimension, Range, Report, Request, Share
from report_engine.querying import conditions, dataset, limits, periods, plan, query
from report_engine.querying.measures import Element
from report_engine.querying.query import Query as ReportQuery
from report_engine.querying.source import Source

Json = dict[str, Any]
_MOST_COLUMNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The records behind a number.

    columns -- `{"key", "title"}` of the fields that the items hold.
    items   -- records as the API gives them.
    filter  -- expression for the same records in the form's list; None where the language cannot say it.
    """

    form: Form
    is_balance: bool
    columns: list[Json]
    items: list[Json]
    count: int
    next_cursor: str | None
    filter: str | None


def behind(
    session: Session, actor: Actor, report: Report, request: Request, cell: Cell, *, limit: int, cursor: str | None
) -> Behind:
    """Return a page of the records behind a number of the report, newest first, and how many there are.

    Raises what a run raises, and `InvalidInput` at `#/group` or `#/measure` for a group that cannot be.
    """
    run.require_readable(session, actor, report)
    run.require_known(session, actor, report, request)
    values = plan.parameters(session, actor) | conditions.bound(session, report, request) | _group(report, cell)
    ids = _ids(session, actor, report, request, cell, values)
    form = report.form
    grant = filters.require(session, actor, form, "view")
    keys = _columns(form, grant.fields)
    wanted = Query(limit=limit, cursor=cursor, fields=keys, count="exact")
    with limits.kept(session):
        page, _ = pages.page(session, actor, form, grant, wanted, form.table.c.id.in_(ids))
        is_balance = definitions.catalog(session).find("balances", form.name) is not None
        items = _shown(session, actor, form, page, keys, is_balance=is_balance)
    return Behind(
        form=form,
        is_balance=is_balance,
        columns=[{"key": key, "title": localized(form.fields[key].title, actor.language)} for key in keys],
        items=items,
        count=page.count or 0,
        next_cursor=page.next_cursor,
        filter=_expression(session, report, request, cell),
    )


def _ids(
    session: Session, actor: Actor, report: Report, request: Request, cell: Cell, values: Mapping[str, Any]
) -> sa.Select[Any]:
    """Return the ids of the records in a group, as a subquery with its values bound."""
    of = Source(session, actor, report, request, session.now)
    tops = ReportQuery(Source(session, actor, report, request, session.now), request.sort, query.GROUPS_MAX)
    where = [*of.where(), *_in_group(of, tops, cell)]
    found = sa.select(of.dataset.head).select_from(of.dataset.source()).where(*where)
    return found.params(**{name: value for name, value in values.items() if value is not None})


def _in_group(of: Source, tops: ReportQuery, cell: Cell) -> Iterator[Element]:
    report = of.report
    elements = dict(zip((one.key for one in report.dimensions), of.dimensions(is_raw=False), strict=True))
    for place, one in enumerate(report.dimensions):
        if one.key in cell.others:
            yield tops.not_among(elements[one.key])
        elif one.key in cell.group:
            yield _equals(elements[one.key], one, place, is_empty=cell.group[one.key] is None)
    phase = 0
    if cell.measure is not None:
        measure = report.measure(cell.measure)
        if isinstance(measure, Comparison) and measure.change == "value" and report.period is not None:
            phase = of.earlier.index(measure.to) + 1
        aggregate = report.measure(measure.of) if isinstance(measure, Share | Comparison) else measure
        if isinstance(aggregate, Aggregate):
            only = of.only(aggregate)
            if only is not None:
                yield only
    if report.period is not None:
        yield conditions.within(of.dataset.value(report.period.path), report.period.type, phase)


def _equals(element: Element, one: Dimension, place: int, *, is_empty: bool) -> Element:
    if is_empty:
        return element.is_(None)
    type_ = conditions.sql_type(_kind(one))
    return element == sa.cast(sa.bindparam(f"g{place}", type_=type_), type_)


def _kind(one: Dimension) -> Kind:
    return Kind.DATE if one.bucket is not None else one.type.kind


def _group(report: Report, cell: Cell) -> dict[str, Any]:
    """Return the values of the group by the names that they are bound by; raises `InvalidInput` for strange ones."""
    known = {one.key: (place, one) for place, one in enumerate(report.dimensions)}
    spots = [
        Violation(pointer=pointer(part, key), code="report_sort_unknown", params={"key": key})
        for part, keys in (("group", cell.group), ("others", cell.others))
        for key in keys
        if key not in known
    ]
    if cell.measure is not None and cell.measure not in {one.key for one in report.measures}:
        spots.append(Violation(pointer="#/measure", code="report_measure_unknown", params={"key": cell.measure}))
    top = None if report.top is None else report.top.dimension
    spots += [
        Violation(pointer="#/others", code="report_measure_unknown", params={"key": key})
        for key in cell.others
        if key in known and key != top
    ]
    values: dict[str, Any] = {}
    for key, value in cell.group.items():
        if key not in known:
            continue
        place, one = known[key]
        try:
            values[f"g{place}"] = conditions.stored(value, _kind(one))
        except ValueError:
            params = {"field": ".".join(one.path)}
            spots.append(Violation(pointer=pointer("group", key), code="report_value_wrong", params=params))
    if spots:
        raise InvalidInput(violations=spots)
    return values


# --- shown -----------------------------------------------------------------------------------------------------------


def _columns(form: Form, access: Mapping[str, str]) -> list[str]:
    """Return the fields to show: those of the form's first view, else its first fields."""
    wanted = form.views[0].columns if form.views else tuple(form.fields)
    keys = [key for key in wanted if key in form.fields and access.get(key) != "hidden" and form.fields[key].column]
    return keys[:_MOST_COLUMNS]


def _shown(session: Session, actor: Actor, form: Form, page: Page, keys: list[str], *, is_balance: bool) -> list[Json]:
    if is_balance:
        return balances.show(session, actor, form.name, page.items)
    items = record_titles.entitled(session, actor, form, page.items)
    return records.show(session, actor, form.name, items, fields=keys)


# --- as an expression ------------------------------------------------------------------------------------------------


def _expression(session: Session, report: Report, request: Request, cell: Cell) -> str | None:
    """Return the condition on the form's records that means the same, None where the language cannot say it."""
    if report.rows is not None or cell.others:
        return None
    measure = report.measure(cell.measure) if cell.measure is not None else None
    aggregate = report.measure(measure.of) if isinstance(measure, Share | Comparison) else measure
    if isinstance(measure, Comparison) and measure.change == "value":
        return None
    texts = [report.filter.text if report.filter is not None else None, request.filter]
    if isinstance(aggregate, Aggregate) and aggregate.filter is not None:
        texts.append(aggregate.filter.text)
    parts = [f"({text})" if " or " in text or " if " in text else text for text in texts if text]
    days = conditions.stretches(session, report, request)
    if days and report.period is not None:
        parts += _between(".".join(report.period.path), days[0].first, days[0].last, report.period.type.kind)
    for one in request.filters:
        found = _filtered(report, one)
        if found is None:
            return None
        parts += found
    for dimension in report.dimensions:
        if dimension.key in cell.group:
            parts += _is(dimension, cell.group[dimension.key])
    return " and ".join(parts)


def _filtered(report: Report, one: Choice | Range) -> list[str] | None:
    name = ".".join(one.path)
    kind = _kind_at(report.form, one.path)
    if kind is None:
        return None
    if isinstance(one, Range):
        return _between(name, one.first, one.last, kind)
    choices = [_literal(value, kind) for value in one.values if value is not None]
    options = [f"{name} in [{', '.join(choices)}]"] if choices else []
    if None in one.values:
        options.append(f"{name} == None")
    return [f"({' or '.join(options)})" if len(options) > 1 else options[0]] if options else ["False"]


def _kind_at(form: Form, path: tuple[str, ...]) -> Kind | None:
    found = dataset.member(form, path)
    return None if found is None or found.rows is not None else found.type.kind


def _is(one: Dimension, value: Any) -> list[str]:
    name = ".".join(one.path)
    if value is None:
        return [f"{name} == None"]
    if one.bucket is not None:
        first = date.fromisoformat(str(value))
        last = periods.moved(periods.end_of(first, one.bucket), "day", -1)
        return _between(name, first, last, one.type.kind)
    return [f"{name} == {_literal(value, one.type.kind)}"]


def _between(name: str, first: date | None, last: date | None, kind: Kind) -> list[str]:
    found = [] if first is None else [f"{name} >= {_day(first)}"]
    if last is not None:
        # A day compares with an instant as its midnight.
        after = periods.moved(last, "day", 1)
        found.append(f"{name} < {_day(after)}" if kind is Kind.DATETIME else f"{name} <= {_day(last)}")
    return found


def _day(day: date) -> str:
    return f"DATE({day.year}, {day.month}, {day.day})"


def _literal(value: Any, kind: Kind) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if kind is Kind.NUMBER:
        return format(Decimal(str(value)), "f")
    if kind is Kind.DATE:
        return _day(date.fromisoformat(str(value)))
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"
