"""Reckoning with days and months, in Python and as SQL side by side, by the rules of Excel's functions."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine.expressions import numbers, operations, sql
from engine.expressions.errors import ExpressionError
from engine.expressions.sql import Checked, Element
from engine.expressions.tree import Operation

_FIRST_YEAR, _LAST_YEAR = 1900, 9999
_MONTH = sa.literal_column("INTERVAL '1 month'", sa.Interval())
_DAY = sa.literal_column("INTERVAL '1 day'", sa.Interval())


def as_number(value: Element) -> Element:
    """Return an integer, or what `extract` gives, as numeric."""
    return sa.cast(value, sa.Numeric())


def _divided(value: Element, divisor: int) -> Element:
    """Return an integer (above -28 million) divided and rounded down; the server's `/` cuts towards zero."""
    shift = 4_000_000
    positive = value + sql.integer(divisor * shift)
    return sa.type_coerce(positive.op("/", precedence=8)(sql.integer(divisor)), sa.Integer()) - sql.integer(shift)


def _month_index_sql(day: Element) -> Element:
    return sa.cast(sa.extract("year", day) * 12 + sa.extract("month", day) - 1, sa.Integer())


def _months_later_sql(day: Element, months: Element) -> Checked:
    """Return the same day so many months later, the month's last one where it has no such day."""
    index = _month_index_sql(day) + months
    is_fine = index.between(sql.integer(12), sql.integer(_LAST_YEAR * 12 + 11))
    # PostgreSQL's addition of months keeps to the month's end by itself.
    moved = sa.cast(day, sa.DateTime()) + sa.case((is_fine, months)) * _MONTH
    return Checked(value=sa.cast(moved, sa.Date()), error=sa.not_(is_fine))


def make_date(year: Decimal, month: Decimal, day: Decimal) -> date:
    """DATE: months and days run over into the next or former year and month; years 1900 to 9999 as in Excel."""
    index = numbers.whole(year) * 12 + numbers.whole(month) - 1
    if not _FIRST_YEAR <= index // 12 <= _LAST_YEAR:
        raise ExpressionError("expression_date_range")
    return operations.shift_days(date(index // 12, index % 12 + 1, 1), numbers.whole(day) - 1)


def make_date_sql(year: Element, month: Element, day: Element) -> Checked:
    """DATE as SQL."""
    index = sql.as_integer(year) * sql.integer(12) + sql.as_integer(month) - sql.integer(1)
    is_fine = index.between(sql.integer(_FIRST_YEAR * 12), sql.integer(_LAST_YEAR * 12 + 11))
    distance = sa.case((is_fine, index - sql.integer(12))) * _MONTH
    first = sa.cast(sa.literal_column("TIMESTAMP '0001-01-01'", sa.DateTime()) + distance, sa.Date())
    shifted = operations.from_ordinal_sql(operations.ordinal_sql(first) + sql.as_integer(day) - sql.integer(1))
    return Checked(value=shifted.value, error=sql.either(sa.not_(is_fine), shifted.error))


def _shift_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= _LAST_YEAR:
        raise ExpressionError("expression_date_range")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def edate(day: date, months: Decimal) -> date:
    """EDATE: the same day so many months later, the month's last where it has no such day."""
    return _shift_months(day, numbers.whole(months))


def edate_sql(day: Element, months: Element) -> Checked:
    """EDATE as SQL."""
    return _months_later_sql(day, sql.as_integer(months))


def eomonth(day: date, months: Decimal) -> date:
    """EOMONTH: the last day of the month so many months later."""
    moved = _shift_months(day.replace(day=1), numbers.whole(months))
    return moved.replace(day=monthrange(moved.year, moved.month)[1])


def eomonth_sql(day: Element, months: Element) -> Checked:
    """EOMONTH as SQL."""
    moved = _months_later_sql(day, sql.as_integer(months))
    first = sql.call("date_trunc", sql.text("month"), sa.cast(moved.value, sa.DateTime()), gives=sa.DateTime())
    return Checked(value=sa.cast(first + _MONTH - _DAY, sa.Date()), error=moved.error)


def _whole_months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _whole_months_sql(start: Element, end: Element) -> Element:
    """Return the whole months between, or NULL where the start is after the end."""
    short = sa.case((sa.extract("day", end) < sa.extract("day", start), sql.integer(1)), else_=sql.integer(0))
    return sa.case((start <= end, _month_index_sql(end) - _month_index_sql(start) - short))


def _days_after_sql(start: Element, months: Element, end: Element) -> Element:
    moved = sa.cast(sa.cast(start, sa.DateTime()) + months * _MONTH, sa.Date())
    return operations.days_between_sql(end, moved)


def datedif(start: date, end: date, unit: str) -> Decimal:
    """DATEDIF: whole units between; MD counts from the start's day in the last whole month, so it is never negative."""
    if start > end:
        raise ExpressionError("expression_date_order")
    months = _whole_months(start, end)
    match unit:
        case "Y":
            return Decimal(months // 12)
        case "M":
            return Decimal(months)
        case "YM":
            return Decimal(months % 12)
        case "MD":
            return Decimal((end - _shift_months(start, months)).days)
        case "YD":
            return Decimal((end - _shift_months(start, months // 12 * 12)).days)
    return Decimal((end - start).days)


def datedif_by(unit: str) -> Operation:
    """Return DATEDIF for one of its units."""

    def build(start: Element, end: Element) -> Checked:
        months = _whole_months_sql(start, end)
        match unit:
            case "Y":
                value = as_number(_divided(months, 12))
            case "M":
                value = as_number(months)
            case "YM":
                value = sql.num("mod", as_number(months), sql.number(12))
            case "MD":
                value = _days_after_sql(start, months, end)
            case "YD":
                value = _days_after_sql(start, _divided(months, 12) * sql.integer(12), end)
            case _:
                value = operations.days_between_sql(end, start)
        return Checked(value=value, error=start > end)

    return Operation(name="DATEDIF", python=lambda start, end: datedif(start, end, unit), sql=build)


def weekday_by(kind: str) -> Operation:
    """Return WEEKDAY for one of its types: the day that counts as first, and the number it has."""
    first, base = {"1": (7, 1), "2": (1, 1), "3": (1, 0)}.get(kind, (int(kind) - 10, 1))

    def python(day: date) -> Decimal:
        return Decimal((day.isoweekday() - first) % 7 + base)

    def build(day: Element) -> Element:
        shifted = as_number(sa.extract("isodow", day)) + sql.number(7 - first)
        return sql.num("mod", shifted, sql.number(7)) + sql.number(base)

    return Operation(name="WEEKDAY", python=python, sql=build)


def _workdays_until(ordinal: int) -> int:
    """Return how many Mondays to Fridays there are up to the day with this number (1 is a Monday)."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _workdays_until_sql(ordinal: Element) -> Element:
    weeks = _divided(ordinal, 7)
    rest = ordinal - weeks * sql.integer(7)
    return weeks * sql.integer(5) + sql.call("least", rest, sql.integer(5), gives=sa.Integer())


def networkdays(start: date, end: date) -> Decimal:
    """NETWORKDAYS: Mondays to Fridays with both ends; negative when the end comes first."""
    first, last = start.toordinal(), end.toordinal()
    if first <= last:
        return Decimal(_workdays_until(last) - _workdays_until(first - 1))
    return Decimal(_workdays_until(last - 1) - _workdays_until(first))


def networkdays_sql(start: Element, end: Element) -> Element:
    """NETWORKDAYS as SQL."""
    first, last = operations.ordinal_sql(start), operations.ordinal_sql(end)
    one = sql.integer(1)
    forward = _workdays_until_sql(last) - _workdays_until_sql(first - one)
    backward = _workdays_until_sql(last - one) - _workdays_until_sql(first)
    return as_number(sa.case((first <= last, forward), (first > last, backward)))


def workday(start: date, days: Decimal) -> date:
    """WORKDAY: the working day so many on; 0 gives the start even on a weekend."""
    count, ordinal = numbers.whole(days), start.toordinal()
    if count == 0:
        return start
    target = _workdays_until(ordinal) + count if count > 0 else _workdays_until(ordinal - 1) + count + 1
    # The n-th working day ever is day n plus the two days of each weekend before it.
    return operations.shift_days(start, target + (target - 1) // 5 * 2 - ordinal)


def workday_sql(start: Element, days: Element) -> Checked:
    """WORKDAY as SQL."""
    count, ordinal = sql.as_integer(days), operations.ordinal_sql(start)
    one, zero = sql.integer(1), sql.integer(0)
    target = sa.case(
        (count > zero, _workdays_until_sql(ordinal) + count),
        (count < zero, _workdays_until_sql(ordinal - one) + count + one),
    )
    reached = target + _divided(target - one, 5) * sql.integer(2)
    return operations.from_ordinal_sql(sa.case((count == zero, ordinal), else_=reached))
