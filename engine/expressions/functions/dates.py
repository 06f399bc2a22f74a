"""Functions of dates and times. An empty date gives an empty result; a time counts by the wall clock of the time zone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from engine.expressions import calendar, operations
from engine.expressions.functions.function import Function, Parameter, Rules, both
from engine.expressions.sql import Element
from engine.expressions.tree import INSTANT, Node, Operation, Path
from engine.expressions.types import DATE, DATETIME, NUMBER, Kind

_DATE = Parameter(name="date", kinds=(Kind.DATE,))
_START = Parameter(name="start", kinds=(Kind.DATE,))
_END = Parameter(name="end", kinds=(Kind.DATE,))
_MONTHS = Parameter(name="months", kinds=(Kind.NUMBER,))
_UNITS = ("Y", "M", "D", "MD", "YM", "YD")
_WEEKDAY_TYPES = ("1", "2", "3", "11", "12", "13", "14", "15", "16", "17")


def _part(name: str) -> Operation:
    def python(day: date) -> Decimal:
        return Decimal(getattr(day, name))

    return Operation(name=name.upper(), python=python, sql=lambda day: calendar.as_number(sa.extract(name, day)))


def _hour(instant: datetime, zone: str) -> Decimal:
    return Decimal(operations.local(instant, zone).hour)


def _hour_sql(instant: Element, zone: Element) -> Element:
    return calendar.as_number(sa.extract("hour", operations.local_sql(instant, zone)))


def _now(_rules: Rules, _arguments: tuple[Node, ...], position: int) -> Node:
    return Path(names=(INSTANT,), type=DATETIME, position=position)


def _today(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    return rules.local_date(_now(rules, arguments, position))


FUNCTIONS = (
    Function(
        name="TODAY",
        group="dates",
        parameters=(),
        result=DATE,
        build=_today,
        title=both("今天", "Today"),
        doc=both(
            "时区中的当天日期。",
            "The day in the time zone.",
        ),
        examples=(),
    ),
    Function(
        name="NOW",
        group="dates",
        parameters=(),
        result=DATETIME,
        build=_now,
        title=both("现在", "Now"),
        doc=both(
            "当前时刻。",
            "The present instant.",
        ),
        examples=(),
    ),
    Function(
        name="DATE",
        group="dates",
        parameters=(
            Parameter(name="year", kinds=(Kind.NUMBER,)),
            Parameter(name="month", kinds=(Kind.NUMBER,)),
            Parameter(name="day", kinds=(Kind.NUMBER,)),
        ),
        result=DATE,
        operation=Operation(name="DATE", python=calendar.make_date, sql=calendar.make_date_sql),
        title=both("日期", "Date"),
        doc=both(
            "由年、月、日组成的日期；月和日可以越界，年份为 1900 至 9999。",
            "The date of a year, month and day; month and day may run over; years 1900 to 9999.",
        ),
        examples=(
            ("DATE(2026, 2, 28)", "DATE(2026, 2, 28)"),
            ("DATE(2026, 14, 1)", "DATE(2027, 2, 1)"),
            ("DATE(2026, 3, 0)", "DATE(2026, 2, 28)"),
        ),
    ),
    Function(
        name="YEAR",
        group="dates",
        parameters=(_DATE,),
        result=NUMBER,
        operation=_part("year"),
        title=both("年", "Year"),
        doc=both(
            "日期的年份。",
            "The year of a date.",
        ),
        examples=(("YEAR('2026-11-21')", "2026"),),
    ),
    Function(
        name="MONTH",
        group="dates",
        parameters=(_DATE,),
        result=NUMBER,
        operation=_part("month"),
        title=both("月", "Month"),
        doc=both(
            "日期的月份。",
            "The month of a date.",
        ),
        examples=(("MONTH('2026-11-21')", "11"),),
    ),
    Function(
        name="DAY",
        group="dates",
        parameters=(_DATE,),
        result=NUMBER,
        operation=_part("day"),
        title=both("日", "Day"),
        doc=both(
            "日期在月中的日。",
            "The day of the month.",
        ),
        examples=(("DAY('2026-11-21')", "21"),),
    ),
    Function(
        name="HOUR",
        group="dates",
        parameters=(Parameter(name="time", kinds=(Kind.DATETIME,)),),
        result=NUMBER,
        operation=Operation(name="HOUR", python=_hour, sql=_hour_sql),
        wants_zone=True,
        title=both("小时", "Hour"),
        doc=both(
            "时刻在时区中的小时，0 至 23。",
            "The hour of a time in the time zone, 0 to 23.",
        ),
        examples=(("HOUR('2026-11-21T08:30:00Z')", "16"),),
    ),
    Function(
        name="DATEDIF",
        group="dates",
        parameters=(
            _START,
            _END,
            Parameter(name="unit", kinds=(Kind.TEXT,), choices=_UNITS),
        ),
        result=NUMBER,
        variants={unit: calendar.datedif_by(unit) for unit in _UNITS},
        title=both("日期间隔", "Date difference"),
        doc=both(
            "两个日期之间整的年（Y）、月（M）、日（D），或不计年月的日（MD）、不计年的月（YM）、不计年的日（YD）；开始晚于结束时出错。",
            "Whole years (Y), months (M) or days (D) between two dates, or days without months (MD), months without "
            "years (YM), days without years (YD); a start after the end is an error.",
        ),
        examples=(
            ("DATEDIF('2001-01-01', '2003-01-01', 'Y')", "2"),
            ("DATEDIF('2001-06-01', '2002-08-15', 'D')", "440"),
            ("DATEDIF('2001-06-01', '2002-08-15', 'YD')", "75"),
            ("DATEDIF('2001-06-01', '2002-08-15', 'MD')", "14"),
            ("DATEDIF('2001-06-01', '2002-08-15', 'YM')", "2"),
            ("DATEDIF('2001-06-01', '2002-08-15', 'M')", "14"),
        ),
    ),
    Function(
        name="DAYS",
        group="dates",
        parameters=(_END, _START),
        result=NUMBER,
        operation=operations.DAYS_BETWEEN,
        title=both("天数", "Days"),
        doc=both(
            "结束减开始的天数。",
            "How many days from start to end.",
        ),
        examples=(("DAYS('2021-03-15', '2021-02-01')", "42"),),
    ),
    Function(
        name="EDATE",
        group="dates",
        parameters=(_DATE, _MONTHS),
        result=DATE,
        operation=Operation(name="EDATE", python=calendar.edate, sql=calendar.edate_sql),
        title=both("移动月份", "Months later"),
        doc=both(
            "若干个月后的同一日；没有那一日时取月末。",
            "The same day so many months later, or the month's last day.",
        ),
        examples=(
            ("EDATE('2011-01-15', 1)", "DATE(2011, 2, 15)"),
            ("EDATE('2011-01-31', 1)", "DATE(2011, 2, 28)"),
            ("EDATE('2011-01-15', -1)", "DATE(2010, 12, 15)"),
        ),
    ),
    Function(
        name="EOMONTH",
        group="dates",
        parameters=(_DATE, _MONTHS),
        result=DATE,
        operation=Operation(name="EOMONTH", python=calendar.eomonth, sql=calendar.eomonth_sql),
        title=both("月末", "End of month"),
        doc=both(
            "若干个月后那个月的最后一天。",
            "The last day of the month so many months later.",
        ),
        examples=(
            ("EOMONTH('2011-01-01', 1)", "DATE(2011, 2, 28)"),
            ("EOMONTH('2011-01-01', -3)", "DATE(2010, 10, 31)"),
        ),
    ),
    Function(
        name="WEEKDAY",
        group="dates",
        parameters=(_DATE, Parameter(name="type", kinds=(Kind.NUMBER,), default="1", choices=_WEEKDAY_TYPES)),
        result=NUMBER,
        variants={kind: calendar.weekday_by(kind) for kind in _WEEKDAY_TYPES},
        title=both("星期", "Weekday"),
        doc=both(
            "星期的序号：类型 1 从周日 1 起，2 从周一 1 起，3 从周一 0 起，11 至 17 从周一至周日 1 起。",
            "The number of the weekday: type 1 counts from Sunday 1, type 2 from Monday 1, type 3 from Monday 0, types "
            "11 to 17 from Monday 1 to Sunday 1.",
        ),
        examples=(("WEEKDAY('2008-02-14')", "5"), ("WEEKDAY('2008-02-14', 2)", "4"), ("WEEKDAY('2008-02-14', 3)", "3")),
    ),
    Function(
        name="NETWORKDAYS",
        group="dates",
        parameters=(_START, _END),
        result=NUMBER,
        operation=Operation(name="NETWORKDAYS", python=calendar.networkdays, sql=calendar.networkdays_sql),
        title=both("工作日数", "Working days"),
        doc=both(
            "两个日期之间周一至周五的天数，含首尾；不计节假日；倒序为负。",
            "Mondays to Fridays between two dates, both included, without holidays; negative when the end comes first.",
        ),
        examples=(
            ("NETWORKDAYS('2012-10-01', '2013-03-01')", "110"),
            ("NETWORKDAYS('2026-11-21', '2026-11-22')", "0"),
            ("NETWORKDAYS('2026-11-27', '2026-11-23')", "-5"),
        ),
    ),
    Function(
        name="WORKDAY",
        group="dates",
        parameters=(_START, Parameter(name="days", kinds=(Kind.NUMBER,))),
        result=DATE,
        operation=Operation(name="WORKDAY", python=calendar.workday, sql=calendar.workday_sql),
        title=both("工作日后", "Working days later"),
        doc=both(
            "若干个工作日后（负数为前）的日期；0 为原日期。",
            "The date so many working days later, or earlier for a negative number; 0 gives the start.",
        ),
        examples=(
            ("WORKDAY('2008-10-01', 151)", "DATE(2009, 4, 30)"),
            ("WORKDAY('2026-11-20', 1)", "DATE(2026, 11, 23)"),
            ("WORKDAY('2026-11-22', -1)", "DATE(2026, 11, 20)"),
        ),
    ),
)
