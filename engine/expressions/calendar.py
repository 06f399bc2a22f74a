"""Reckoning with days and months, in Python and as SQL side by side, by the rules of Excel's functions."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine.expressions import numbers, operations, sql
from engine.expressions.errors import ExpressionError
from engine.expressions.sql import Checked, Element

_FIRST_YEAR, _LAST_YEAR = 1900, 9999


def as_number(value: Element) -> Element:
    return sa.cast(value, sa.Numeric())


def _month_index_sql(day: Element) -> Element:
    return sa.cast(sa.extract("year", day) * 12 + sa.extract("month", day) - 1, sa.Integer())


def make_date(year: Decimal, month: Decimal, day: Decimal) -> date:
    index = numbers.whole(year) * 12 + numbers.whole(month) - 1
    first = index // 12
    if not _FIRST_YEAR <= first <= _LAST_YEAR or abs(numbers.whole(year)) > _LAST_YEAR:
        raise ExpressionError("expression_date_range")
    return operations.shift_days(date(first, index % 12 + 1, 1), numbers.whole(day) - 1)


def _first_of_sql(index: Element) -> Element:
    """Return the first day of a month counted from the year 0; the index is known to be in range."""
    year = sa.cast(sql.num("floor", as_number(index) / sql.number(12)), sa.Integer())
    month = index - year * sql.integer(12) + sql.integer(1)
    return sql.call("make_date", year, month, sql.integer(1), type=sa.Date())


def make_date_sql(year: Element, month: Element, day: Element) -> Checked:
    years = sql.as_integer(year)
    index = years * sql.integer(12) + sql.as_integer(month) - sql.integer(1)
    is_fine = sa.and_(
        index.between(sql.integer(_FIRST_YEAR * 12), sql.integer(_LAST_YEAR * 12 + 11)),
        years.between(sql.integer(-_LAST_YEAR), sql.integer(_LAST_YEAR)),
    )
    first = _first_of_sql(sa.case((is_fine, index)))
    shifted = operations.from_ordinal_sql(operations.ordinal_sql(first) + sql.as_integer(day) - sql.integer(1))
    return Checked(value=shifted.value, error=sql.either(sa.not_(is_fine), shifted.error))


def _shift_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= _LAST_YEAR:
        raise ExpressionError("expression_date_range")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def edate(day: date, months: Decimal) -> date:
    return _shift_months(day, numbers.whole(months))


def _months_later_sql(day: Element, months: Element) -> Checked:
    """Return the first day of the month so many later."""
    index = _month_index_sql(day) + months
    is_fine = index.between(sql.integer(12), sql.integer(_LAST_YEAR * 12 + 11))
    return Checked(value=_first_of_sql(sa.case((is_fine, index))), error=sa.not_(is_fine))


def _last_of_sql(first: Element) -> Element:
    # 31 days on is always in the next month; the day before that month begins is the last of this one.
    following = sql.call("date_trunc", sql.text("month"), sa.cast(first, sa.DateTime()) + _days(31), type=sa.DateTime())
    return sa.cast(following - _days(1), sa.Date())


def _days(count: int) -> Element:
    return sa.literal_column(f"INTERVAL '{count} days'")


def edate_sql(day: Element, months: Element) -> Checked:
    first = _months_later_sql(day, sql.as_integer(months))
    last = sa.extract("day", _last_of_sql(first.value))
    number = sql.call("least", sa.extract("day", day), last, type=sa.Numeric())
    value = sa.type_coerce(first.value.op("+")(sa.cast(number, sa.Integer()) - sql.integer(1)), sa.Date())
    return Checked(value=value, error=first.error)


def eomonth(day: date, months: Decimal) -> date:
    moved = _shift_months(day.replace(day=1), numbers.whole(months))
    return moved.replace(day=monthrange(moved.year, moved.month)[1])


def eomonth_sql(day: Element, months: Element) -> Checked:
    first = _months_later_sql(day, sql.as_integer(months))
    return Checked(value=_last_of_sql(first.value), error=first.error)


def _whole_months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def datedif(start: date, end: date, unit: str) -> Decimal:
    if start > end:
        raise ExpressionError("expression_date_order")
    months = _whole_months(start, end)
    match unit.upper():
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


def datedif_sql(start: Element, end: Element, unit: Element) -> Checked:
    earlier = sa.cast(sa.case((sa.extract("day", end) < sa.extract("day", start), 1), else_=0), sa.Integer())
    is_fine = start <= end
    months = sa.case((is_fine, _month_index_sql(end) - _month_index_sql(start) - earlier))
    years = sa.type_coerce(months.op("/")(sql.integer(12)), sa.Integer())

    def rest(moved_by: Element) -> Element:
        return operations.days_between_sql(end, edate_sql(start, as_number(moved_by)).value)

    value = sa.case(
        (unit == "Y", as_number(years)),
        (unit == "M", as_number(months)),
        (unit == "YM", as_number(months - years * sql.integer(12))),
        (unit == "MD", rest(months)),
        (unit == "YD", rest(years * sql.integer(12))),
        else_=operations.days_between_sql(end, start),
    )
    return Checked(value=value, error=start > end)


def weekday(day: date, kind: Decimal) -> Decimal:
    number = int(kind)
    if number == 3:
        return Decimal(day.isoweekday() - 1)
    first = {1: 7, 2: 1}.get(number, number - 10)
    return Decimal((day.isoweekday() - first) % 7 + 1)


def weekday_sql(day: Element, kind: Element) -> Element:
    weekday = as_number(sa.extract("isodow", day))
    first = sa.case((kind == 1, sql.number(7)), (kind == 2, sql.number(1)), else_=kind - sql.number(10))
    counted = sql.num("mod", weekday - first + sql.number(7), sql.number(7)) + sql.number(1)
    return sa.case((kind == 3, weekday - sql.number(1)), else_=counted)


def _workdays_until(ordinal: int) -> int:
    """Return how many Mondays to Fridays there are up to the day with this number (1 is a Monday)."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _workdays_until_sql(ordinal: Element) -> Element:
    weeks = _floor_div(ordinal, 7)
    rest = ordinal - weeks * sql.integer(7)
    return weeks * sql.integer(5) + sql.call("least", rest, sql.integer(5), type=sa.Integer())


def _floor_div(value: Element, divisor: int) -> Element:
    return sa.cast(sql.num("floor", as_number(value) / sql.number(divisor)), sa.Integer())


def networkdays(start: date, end: date) -> Decimal:
    first, last = start.toordinal(), end.toordinal()
    if first <= last:
        return Decimal(_workdays_until(last) - _workdays_until(first - 1))
    return Decimal(_workdays_until(last - 1) - _workdays_until(first))


def networkdays_sql(start: Element, end: Element) -> Element:
    first, last = operations.ordinal_sql(start), operations.ordinal_sql(end)
    one = sql.integer(1)
    forward = _workdays_until_sql(last) - _workdays_until_sql(first - one)
    backward = _workdays_until_sql(last - one) - _workdays_until_sql(first)
    return as_number(sa.case((first <= last, forward), (first > last, backward)))


def workday(start: date, days: Decimal) -> date:
    count, ordinal = numbers.whole(days), start.toordinal()
    if count == 0:
        return start
    target = _workdays_until(ordinal) + count if count > 0 else _workdays_until(ordinal - 1) + count + 1
    weeks, rest = divmod(target - 1, 5)
    return operations.shift_days(start, weeks * 7 + rest + 1 - ordinal)


def workday_sql(start: Element, days: Element) -> Checked:
    count, ordinal = sql.as_integer(days), operations.ordinal_sql(start)
    one, zero = sql.integer(1), sql.integer(0)
    target = sa.case(
        (count > zero, _workdays_until_sql(ordinal) + count),
        (count < zero, _workdays_until_sql(ordinal - one) + count + one),
    )
    weeks = _floor_div(target - one, 5)
    reached = weeks * sql.integer(7) + (target - one - weeks * sql.integer(5)) + one
    return operations.from_ordinal_sql(sa.case((count == zero, ordinal), else_=reached))
