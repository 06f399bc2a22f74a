"""Functions of numbers. An empty number gives an empty result."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from engine.expressions import numbers, operations, sql
from engine.expressions.functions.function import Function, Parameter, both
from engine.expressions.sql import Checked, Element
from engine.expressions.tree import Operation
from engine.expressions.types import NUMBER, Kind

_NUMBER = Parameter(name="number", kinds=(Kind.NUMBER,))
_DIGITS = Parameter(name="digits", kinds=(Kind.NUMBER,), default="0")
_STEP = Parameter(name="step", kinds=(Kind.NUMBER,), default="1")


def _places(digits: Element) -> Element:
    within = sql.num("greatest", sql.num("least", digits, sql.number(12)), sql.number(-28))
    # LEAST and GREATEST leave NULL out; an empty count of digits must stay empty.
    return sa.case((digits.is_not(None), sa.cast(sql.num("trunc", within), sa.Integer())))


def _round_sql(number: Element, digits: Element) -> Checked:
    value = sql.num("round", number, _places(digits))
    return Checked(value=value, error=sql.too_big(value))


def _round_down_sql(number: Element, digits: Element) -> Element:
    return sql.num("trunc", number, _places(digits))


def _round_up_sql(number: Element, digits: Element) -> Checked:
    places = _places(digits)
    cut = sql.num("trunc", number, places)
    unit = sql.num("round", sql.num("power", sql.number(10), -sa.cast(places, sa.Numeric())), sql.integer(12))
    value = sa.case((cut == number, cut), else_=cut + sql.num("sign", number) * unit)
    return Checked(value=value, error=sql.too_big(value))


def _ceiling_sql(number: Element, step: Element) -> Checked:
    value = sa.case((step == sql.number(0), number * step), else_=sql.num("ceil", sql.quotient(number, step)) * step)
    domain = sa.and_(number > sql.number(0), step < sql.number(0))
    return Checked(value=value, error=sa.or_(domain, sql.too_big(value)))


def _floor_sql(number: Element, step: Element) -> Checked:
    value = sql.num("floor", sql.quotient(number, step)) * step
    domain = sa.and_(number > sql.number(0), step < sql.number(0))
    return Checked(value=value, error=sa.or_(step == sql.number(0), domain, sql.too_big(value)))


def _power_sql(base: Element, exponent: Element) -> Checked:
    zero = sql.number(0)
    is_whole = sa.and_(exponent == sql.num("trunc", exponent), sql.num("abs", exponent) <= sql.number(100))
    is_fine = sa.and_(is_whole, sa.or_(base != zero, exponent > zero))
    # The base shows 100 places, so that the server computes as many of the result.
    shown = sql.num("round", base, sql.integer(100))
    value = sql.rounded(sql.num("power", sa.case((is_fine, shown)), sa.case((is_fine, exponent))))
    return Checked(value=value, error=sa.or_(sa.not_(is_fine), sql.too_big(value)))


def _sqrt_sql(number: Element) -> Checked:
    is_fine = number >= sql.number(0)
    shown = sql.num("round", sa.case((is_fine, number)), sql.integer(40))
    return Checked(value=sql.rounded(sql.num("sqrt", shown)), error=sa.not_(is_fine))


def _absolute(number: Decimal) -> Decimal:
    return number.copy_abs()


FUNCTIONS = (
    Function(
        name="ROUND",
        group="math",
        parameters=(_NUMBER, _DIGITS),
        result=NUMBER,
        operation=Operation(name="ROUND", python=numbers.half_up, sql=_round_sql),
        title=both("四舍五入", "Round"),
        doc=both(
            "按位数四舍五入，五总是远离零；位数为负时舍入到十位、百位。",
            "Rounds to so many digits, halves away from zero; negative digits round to tens and hundreds.",
        ),
        examples=(
            ("ROUND(2.5)", "3"),
            ("ROUND(-2.5, 0)", "-3"),
            ("ROUND(1.005, 2)", "1.01"),
            ("ROUND(1250, -2)", "1300"),
        ),
    ),
    Function(
        name="ROUNDUP",
        group="math",
        parameters=(_NUMBER, _DIGITS),
        result=NUMBER,
        operation=Operation(name="ROUNDUP", python=numbers.away, sql=_round_up_sql),
        title=both("向上舍入", "Round up"),
        doc=both("按位数舍入，总是远离零。", "Rounds to so many digits, always away from zero."),
        examples=(("ROUNDUP(3.2, 0)", "4"), ("ROUNDUP(-3.14159, 1)", "-3.2"), ("ROUNDUP(31415.92654, -2)", "31500")),
    ),
    Function(
        name="ROUNDDOWN",
        group="math",
        parameters=(_NUMBER, _DIGITS),
        result=NUMBER,
        operation=Operation(name="ROUNDDOWN", python=numbers.towards, sql=_round_down_sql),
        title=both("向下舍入", "Round down"),
        doc=both("按位数截断，总是向零靠近。", "Cuts to so many digits, always towards zero."),
        examples=(("ROUNDDOWN(3.9)", "3"), ("ROUNDDOWN(-3.14159, 1)", "-3.1"), ("ROUNDDOWN(31415.92654, -2)", "31400")),
    ),
    Function(
        name="INT",
        group="math",
        parameters=(_NUMBER,),
        result=NUMBER,
        operation=Operation(
            name="INT",
            python=numbers.floor,
            sql=lambda number: Checked(value=sql.num("floor", number), error=sql.too_big(sql.num("floor", number))),
        ),
        title=both("取整", "Whole number below"),
        doc=both("向下取到整数，负数也向下。", "Rounds down to a whole number, negative numbers too."),
        examples=(("INT(8.9)", "8"), ("INT(-8.9)", "-9")),
    ),
    Function(
        name="MOD",
        group="math",
        parameters=(_NUMBER, Parameter(name="divisor", kinds=(Kind.NUMBER,))),
        result=NUMBER,
        operation=Operation(name="MOD", python=numbers.modulo, sql=operations.modulo_sql),
        title=both("余数", "Remainder"),
        doc=both(
            "除法的余数，符号与除数相同；除数为零时出错。",
            "The remainder of a division, with the divisor's sign; a divisor of zero is an error.",
        ),
        examples=(("MOD(3, 2)", "1"), ("MOD(-3, 2)", "1"), ("MOD(3, -2)", "-1"), ("MOD(-3, -2)", "-1")),
    ),
    Function(
        name="ABS",
        group="math",
        parameters=(_NUMBER,),
        result=NUMBER,
        operation=Operation(name="ABS", python=_absolute, sql=lambda number: sql.num("abs", number)),
        title=both("绝对值", "Absolute value"),
        doc=both("去掉负号的数。", "The number without its sign."),
        examples=(("ABS(-4)", "4"), ("ABS(2.5)", "2.5")),
    ),
    Function(
        name="POWER",
        group="math",
        parameters=(_NUMBER, Parameter(name="exponent", kinds=(Kind.NUMBER,))),
        result=NUMBER,
        operation=Operation(name="POWER", python=numbers.power, sql=_power_sql),
        title=both("乘方", "Power"),
        doc=both(
            "底数的整数次方，指数在 -100 与 100 之间。",
            "The number to a whole exponent between -100 and 100.",
        ),
        examples=(("POWER(5, 2)", "25"), ("POWER(2, -2)", "0.25"), ("POWER(1.05, 10)", "1.628894626777")),
    ),
    Function(
        name="SQRT",
        group="math",
        parameters=(_NUMBER,),
        result=NUMBER,
        operation=Operation(name="SQRT", python=numbers.square_root, sql=_sqrt_sql),
        title=both("平方根", "Square root"),
        doc=both("平方根；负数出错。", "The square root; of a negative number it is an error."),
        examples=(("SQRT(16)", "4"), ("SQRT(2)", "1.414213562373")),
    ),
    Function(
        name="CEILING",
        group="math",
        parameters=(_NUMBER, _STEP),
        result=NUMBER,
        operation=Operation(name="CEILING", python=numbers.multiple_above, sql=_ceiling_sql),
        title=both("向上取倍数", "Multiple above"),
        doc=both(
            "不小于该数的最小倍数；数和步长都为负时远离零；正数配负步长出错。",
            "The next multiple of the step; with both negative away from zero; a negative step for a positive number "
            "is an error.",
        ),
        examples=(
            ("CEILING(2.5, 1)", "3"),
            ("CEILING(-2.5, -2)", "-4"),
            ("CEILING(-2.5, 2)", "-2"),
            ("CEILING(0.234, 0.01)", "0.24"),
        ),
    ),
    Function(
        name="FLOOR",
        group="math",
        parameters=(_NUMBER, _STEP),
        result=NUMBER,
        operation=Operation(name="FLOOR", python=numbers.multiple_below, sql=_floor_sql),
        title=both("向下取倍数", "Multiple below"),
        doc=both(
            "不大于该数的最大倍数；数和步长都为负时向零靠近；正数配负步长出错。",
            "The multiple of the step below; with both negative towards zero; a negative step for a positive number "
            "is an error.",
        ),
        examples=(("FLOOR(3.7, 2)", "2"), ("FLOOR(-2.5, -2)", "-2"), ("FLOOR(1.58, 0.1)", "1.5")),
    ),
)
