"""The operations behind the operators and the conversions between types. Functions are in `functions/`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.expressions import numbers, sql
from engine.expressions.errors import ExpressionError
from engine.expressions.sql import Checked, Element
from engine.expressions.tree import Operation, Value
from engine.expressions.types import TEXT, Kind

MAX_TEXT = 32_767
_FIRST_DAY = "DATE '0001-01-01'"
_MICROSECONDS = Decimal(86_400_000_000)


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return the time zone `name`."""
    return ZoneInfo(name)


def checked_text(value: str) -> str:
    """Return `value`; raise where it is longer than a spreadsheet's cell."""
    if len(value) > MAX_TEXT:
        raise ExpressionError("expression_text_too_long", limit=MAX_TEXT)
    return value


def text_length(value: Element) -> Element:
    """Return how many characters a text has."""
    return sql.call("char_length", value, gives=sa.Integer())


def checked_text_sql(value: Element) -> Checked:
    """Return `value` with the error of being too long."""
    return Checked(value=value, error=text_length(value) > sql.integer(MAX_TEXT))


def local(instant: datetime, zone: str) -> datetime:
    """Return the wall clock's time of an instant in `zone`, without a zone."""
    try:
        return instant.astimezone(zone_of(zone)).replace(tzinfo=None)
    except OverflowError as error:
        raise ExpressionError("expression_date_range") from error


def local_sql(instant: Element, zone: Element) -> Element:
    """Return the wall clock's time of an instant as SQL."""
    return sql.call("timezone", zone, instant, gives=sa.DateTime(timezone=False))


def shift_days(day: date, days: int) -> date:
    """Return the day so many days later."""
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise ExpressionError("expression_date_range") from error


def ordinal_sql(day: Element) -> Element:
    """Return a date's number as SQL: 1 is Monday, 1 January of the year 1."""
    distance = sa.type_coerce(day.op("-")(sa.literal_column(_FIRST_DAY)), sa.Integer())
    return distance + sql.integer(1)


def from_ordinal_sql(ordinal: Element) -> Checked:
    """Return the date with that number as SQL, with the error of lying outside the years 1 to 9999."""
    is_date = ordinal.between(sql.integer(1), sql.integer(date.max.toordinal()))
    distance = sa.case((is_date, ordinal)) - sql.integer(1)
    value = sa.type_coerce(sa.literal_column(_FIRST_DAY, sa.Date()).op("+")(distance), sa.Date())
    return Checked(value=value, error=sa.not_(is_date))


def _add_days(day: date, days: Decimal) -> date:
    return shift_days(day, numbers.whole(days))


def _take_days(day: date, days: Decimal) -> date:
    return shift_days(day, -numbers.whole(days))


def _add_days_sql(day: Element, days: Element) -> Checked:
    return from_ordinal_sql(ordinal_sql(day) + sql.as_integer(days))


def _take_days_sql(day: Element, days: Element) -> Checked:
    return from_ordinal_sql(ordinal_sql(day) - sql.as_integer(days))


def days_between(later: date, earlier: date) -> Decimal:
    """Return how many days lie between."""
    return Decimal((later - earlier).days)


def days_between_sql(later: Element, earlier: Element) -> Element:
    """Return how many days lie between as SQL."""
    return sa.cast(sa.type_coerce(later.op("-")(earlier), sa.Integer()), sa.Numeric())


def _time_between(later: datetime, earlier: datetime) -> Decimal:
    micros = (later - earlier) // timedelta(microseconds=1)
    return numbers.fitted(numbers.EXACT.divide(Decimal(micros), _MICROSECONDS))


def _time_between_sql(later: Element, earlier: Element) -> Element:
    # `extract` gives an exact numeric since PostgreSQL 14.
    seconds = sa.cast(sa.extract("epoch", later), sa.Numeric()) - sa.cast(sa.extract("epoch", earlier), sa.Numeric())
    return sql.rounded(sql.quotient(seconds, sql.number(86_400)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def instant_of(wall: datetime, zone: str) -> datetime:
    """Return the instant at which the clocks of `zone` show `wall`.

    A time that the clocks skip is read by the offset before the change, one that they show twice by the offset after
    it: what PostgreSQL's `timezone` does. That is the smaller of the two offsets in both cases.
    """
    place = zone_of(zone)
    offsets = [place.utcoffset(wall.replace(fold=fold)) or timedelta() for fold in (0, 1)]
    try:
        return (wall - min(offsets)).replace(tzinfo=UTC)
    except OverflowError as error:
        raise ExpressionError("expression_date_range") from error


def _as_instant(day: date, zone: str) -> datetime:
    return instant_of(datetime.combine(day, time()), zone)


def _as_instant_sql(day: Element, zone: Element) -> Element:
    stamp = sa.cast(day, sa.DateTime(timezone=False))
    return sql.call("timezone", zone, stamp, gives=sa.DateTime(timezone=True))


def text_of(value: Value, zone: str) -> str:
    """Return a value as text: plain digits, TRUE or FALSE, ISO dates, the wall clock's time in `zone`; empty as ""."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case Decimal():
            return numbers.text_of(value)
        case datetime():
            # `strftime` does not pad years before 1000 everywhere; isoformat does.
            return local(value, zone).replace(microsecond=0).isoformat(" ")
        case date():
            return value.isoformat()
    raise ExpressionError("expression_type", expected=TEXT.title, found=type(value).__name__)


def _number_text_sql(value: Element, _zone: Element) -> Element:
    """Return a number's plain digits as SQL."""
    return sql.call("coalesce", sa.cast(sql.num("trim_scale", value), sa.Text()), sql.text(""), gives=sa.Text())


def _text_sql(form: Callable[[Element, Element], Element]) -> Callable[[Element, Element], Element]:
    def build(value: Element, zone: Element) -> Element:
        return sql.call("coalesce", form(value, zone), sql.text(""), gives=sa.Text())

    return build


def _concatenate(*parts: str) -> str:
    return checked_text("".join(parts))


def _concatenate_sql(*parts: Element) -> Checked:
    value = sql.call("concat", *parts, gives=sa.Text())
    return checked_text_sql(value)


def _to_char(value: Element, form: str) -> Element:
    return sql.call("to_char", value, sql.text(form), gives=sa.Text())


ADD = Operation(name="+", python=numbers.add, sql=lambda a, b: sql.fitted(a + b))
SUBTRACT = Operation(name="-", python=numbers.subtract, sql=lambda a, b: sql.fitted(a - b))
MULTIPLY = Operation(name="*", python=numbers.multiply, sql=lambda a, b: sql.fitted(a * b))


def _divide_sql(left: Element, right: Element) -> Checked:
    value = sql.rounded(sql.quotient(left, right))
    return Checked(value=value, error=sa.or_(right == sql.number(0), sql.too_big(value)))


def modulo_sql(left: Element, right: Element) -> Checked:
    """Return the remainder with the divisor's sign as SQL."""
    divisor = sql.num("nullif", right, sql.number(0))
    value = sql.num("mod", sql.num("mod", left, divisor) + divisor, divisor)
    return Checked(value=value, error=right == sql.number(0))


DIVIDE = Operation(name="/", python=numbers.divide, sql=_divide_sql)
MODULO = Operation(name="%", python=numbers.modulo, sql=modulo_sql)
NEGATE = Operation(name="negate", python=numbers.negate, sql=lambda a: -a)
ADD_DAYS = Operation(name="add_days", python=_add_days, sql=_add_days_sql)
TAKE_DAYS = Operation(name="take_days", python=_take_days, sql=_take_days_sql)
DAYS_BETWEEN = Operation(name="days_between", python=days_between, sql=days_between_sql)
TIME_BETWEEN = Operation(name="time_between", python=_time_between, sql=_time_between_sql)
NOT = Operation(name="not", python=lambda value: value is not True, sql=lambda a: sa.not_(sql.is_true(a)), strict=False)
CONCATENATE = Operation(name="concatenate", python=_concatenate, sql=_concatenate_sql)
CONTAINS = Operation(
    name="contains",
    python=lambda text, part: part in text,
    sql=lambda text, part: sql.call("strpos", text, part, gives=sa.Integer()) > sql.integer(0),
)

#: Conversions. The zone comes along as an operand, so that nothing depends on the machine's.
LOCAL_TIME = Operation(name="local_time", python=local, sql=local_sql)
LOCAL_DATE = Operation(
    name="local_date",
    python=lambda instant, zone: local(instant, zone).date(),
    sql=lambda instant, zone: sa.cast(local_sql(instant, zone), sa.Date()),
)
MIDNIGHT = Operation(name="midnight", python=_midnight, sql=lambda day: sa.cast(day, sa.DateTime(timezone=False)))
INSTANT = Operation(name="instant", python=_as_instant, sql=_as_instant_sql)
#: Of a constant; its SQL is the instant itself.
WALL_TIME = Operation(name="wall_time", python=instant_of, sql=None)
BLANK_TEXT = Operation(
    name="blank_text",
    python=lambda value: "" if value is None else value,
    sql=lambda value: sql.call("coalesce", value, sql.text(""), gives=sa.Text()),
    strict=False,
)
TEXT_OF: dict[Kind, Operation] = {
    Kind.NUMBER: Operation(name="number_text", python=text_of, sql=_number_text_sql, strict=False),
    Kind.BOOLEAN: Operation(
        name="boolean_text",
        python=text_of,
        sql=_text_sql(lambda value, _zone: sql.call("upper", sa.cast(value, sa.Text()), gives=sa.Text())),
        strict=False,
    ),
    Kind.DATE: Operation(
        name="date_text",
        python=text_of,
        sql=_text_sql(lambda value, _zone: _to_char(value, "YYYY-MM-DD")),
        strict=False,
    ),
    Kind.DATETIME: Operation(
        name="datetime_text",
        python=text_of,
        sql=_text_sql(lambda value, zone: _to_char(local_sql(value, zone), "YYYY-MM-DD HH24:MI:SS")),
        strict=False,
    ),
}
