"""What narrows a report: its period, the reader's filters, the group that was clicked.

Values are bound by name (`f0`, `from_1`, `g0`), so that a statement is built once for all readers and all values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import expressions
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, Violation, pointer
from engine.expressions import BOOLEAN, ExpressionError, Kind, Type
from form_engine.querying import filters
from report_engine.definition import Choice, Path, Range, Report, Request
from report_engine.querying import dataset, periods
from report_engine.querying.dataset import Dataset, Member
from report_engine.querying.measures import Element

_SQL: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.NUMBER: sa.Numeric(),
    Kind.TEXT: sa.Text(),
    Kind.BOOLEAN: sa.Boolean(),
    Kind.DATE: sa.Date(),
    Kind.DATETIME: sa.DateTime(timezone=True),
    Kind.RECORD: sa.Uuid(),
}


def sql_type(kind: Kind) -> sa.types.TypeEngine[Any]:
    """Return the SQL type of values of a kind."""
    return _SQL[kind]


def within(value: Element, kind: Type, number: int) -> Element:
    """Return whether a date or an instant lies in the period `number`, bound as `from_…` and `end_…`."""
    type_ = sql_type(kind.kind)
    first = sa.bindparam(f"from_{number}", type_=type_)
    end = sa.bindparam(f"end_{number}", type_=type_)
    return sa.and_(value >= sa.cast(first, type_), value < sa.cast(end, type_))


def asked(session: Session, reader: Actor, data: Dataset, request: Request, now: datetime) -> list[Element]:
    """Return the reader's own conditions. Raises `InvalidInput` at `#/filter` for one that cannot be."""
    found = [_narrowed(data, one, place) for place, one in enumerate(request.filters)]
    if request.filter:
        try:
            compiled = expressions.compile(request.filter, dataset.names(data.form, data.rows_of), BOOLEAN)
            for path in compiled.paths:
                real = dataset.of_rows(path, data.rows_of)
                if path[0] != "user" and dataset.is_closed(session, reader, data.form, real):
                    raise filters.refused("#/filter", "field_not_filterable", field=".".join(path))
            found.append(compiled.to_sql(data, now=now, zone=session.time_zone))
        except ExpressionError as error:
            raise filters.refused("#/filter", error.code, **error.params) from error
    return found


def _narrowed(data: Dataset, one: Choice | Range, place: int) -> Element:
    found = dataset.member(data.form, one.path)
    if found is None:
        raise unknown(data.form.title, one.path, place)
    condition: Callable[[Element], Element] = lambda value: _one_of(value, found, one, place)  # noqa: E731
    if found.rows is not None and found.rows != data.rows_of:
        return data.has_row(one.path, condition)
    return condition(data.value(one.path))


def unknown(form: Any, path: Path, place: int) -> InvalidInput:
    """Return the refusal of a filter over a field that is not there."""
    params = {"field": ".".join(path), "form": form}
    return InvalidInput(
        violations=[Violation(pointer=pointer("filters", place, "field"), code="report_field_unknown", params=params)]
    )


def _one_of(value: Element, found: Member, one: Choice | Range, place: int) -> Element:
    type_ = sql_type(found.type.kind)
    if isinstance(one, Range):
        bounds: list[Element] = []
        if one.first is not None:
            bounds.append(value >= sa.cast(sa.bindparam(f"f{place}_from", type_=type_), type_))
        if one.last is not None:
            bounds.append(value < sa.cast(sa.bindparam(f"f{place}_end", type_=type_), type_))
        return sa.and_(sa.true(), *bounds)
    given = [each for each in one.values if each is not None]
    parts: list[Element] = []
    if given:
        array: sa.types.TypeEngine[Any] = sa.ARRAY(type_)
        parts.append(value == sa.any_(sa.cast(sa.bindparam(f"f{place}", type_=array), array)))
    if len(given) < len(one.values):
        parts.append(value.is_(None))
    return sa.or_(sa.false(), *parts)


# --- values to bind --------------------------------------------------------------------------------------------------


def bound(session: Session, report: Report, request: Request) -> dict[str, Any]:
    """Return the values of a request's conditions by the names that they are bound by."""
    values: dict[str, Any] = {}
    for place, one in enumerate(request.filters):
        values |= _values(session, report, one, place)
    for number, days in enumerate(stretches(session, report, request)):
        values[f"from_{number}"] = days.first
        values[f"end_{number}"] = days.end
    period = report.period
    values |= _ends(session, report, request)
    if period is not None and period.type.kind is Kind.DATETIME:
        zone = session.time_zone
        for name, day in list(values.items()):
            if name.startswith(("from_", "end_")):
                values[name] = periods.midnight(day, zone)
    return values


def _ends(session: Session, report: Report, request: Request) -> dict[str, Any]:
    """Return the first and the last span of the period, for gaps that are filled; the future is not known yet."""
    period = report.period
    bucket = next((one.bucket for one in report.dimensions if one.is_whole), None)
    if period is None or bucket is None:
        return {}
    day = periods.today(session.now, session.time_zone)
    days = periods.stretch(request.period or period.span, day)
    last = max(days.first, min(days.last, day))
    return {"gap_first": periods.begin(days.first, bucket), "gap_last": periods.begin(last, bucket)}


def stretches(session: Session, report: Report, request: Request) -> list[periods.Stretch]:
    """Return the days of the present period and of those it is compared with, in the order of the phases."""
    if report.period is None:
        return []
    asked_period = request.period or report.period.span
    day = periods.today(session.now, session.time_zone)
    bucket = next((one.bucket for one in report.dimensions if one.bucket and one.path == report.period.path), None)
    kinds = dict.fromkeys(one.to for one in report.comparisons)
    past = [periods.earlier(asked_period, day, to, bucket) for to in kinds]
    return [periods.stretch(asked_period, day), *past]


def _values(session: Session, report: Report, one: Choice | Range, place: int) -> dict[str, Any]:
    found = dataset.member(report.form, one.path)
    if found is None:
        raise unknown(report.form.title, one.path, place)
    kind = found.type.kind
    if isinstance(one, Range):
        if kind not in {Kind.DATE, Kind.DATETIME}:
            raise _wrong(("filters", place, "field"), "report_bucket_not_date", field=".".join(one.path))
        ends = {"from": one.first, "end": None if one.last is None else periods.moved(one.last, "day", 1)}
        days = {f"f{place}_{name}": day for name, day in ends.items() if day is not None}
        if kind is Kind.DATE:
            return days
        return {name: periods.midnight(day, session.time_zone) for name, day in days.items()}
    given = [each for each in one.values if each is not None]
    try:
        return {f"f{place}": [stored(each, kind) for each in given]} if given else {}
    except ValueError as error:
        raise _wrong(("filters", place, "in"), "report_value_wrong", field=".".join(one.path)) from error


def _wrong(place: Sequence[str | int], code: str, **params: Any) -> InvalidInput:
    return InvalidInput(violations=[Violation(pointer=pointer(*place), code=code, params=params)])


def stored(value: Any, kind: Kind) -> Any:
    """Return a group's value as it is stored; raises `ValueError` for one that is none of this kind."""
    if value is None:
        return None
    if isinstance(value, bool) != (kind is Kind.BOOLEAN) or not isinstance(value, str | bool | int | Decimal):
        raise ValueError(kind)
    if kind is Kind.BOOLEAN:
        return value
    text = str(value)
    match kind:
        case Kind.NUMBER:
            return _decimal(text)
        case Kind.DATE:
            return date.fromisoformat(text)
        case Kind.DATETIME:
            at = datetime.fromisoformat(text)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        case Kind.RECORD:
            return UUID(text)
    if "\x00" in text:
        raise ValueError(kind)
    return text


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or abs(number.adjusted()) > 60:
        raise ValueError(text)
    return number
