"""Exact numbers: the one arithmetic of expressions, in Decimal.

A number has at most 26 digits before the point and 12 after it (`numeric(38,12)`). Every operation is computed exactly
and rounded once to 12 places, half away from zero, as a spreadsheet's ROUND does; a result of more than 26 digits before
the point is an error. PostgreSQL's `round(…, 12)` over `numeric` rounds the same way, so both sides agree.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from engine.expressions.errors import ExpressionError

PLACES = 12
DIGITS = 26
LIMIT = Decimal(10) ** DIGITS
ZERO = Decimal(0)
ONE = Decimal(1)
#: Wide enough that sums, products and remainders of two numbers are exact, and that a quotient of 100 digits is further
#: from a half of the 12th place than its own error (the nearest a quotient of 38-digit numbers can come is 1e-51).
EXACT = Context(prec=120, rounding=ROUND_HALF_UP, Emax=9999, Emin=-9999)
_STEP = Decimal(1).scaleb(-PLACES)
_MAX_EXPONENT = 100


def fitted(value: Decimal) -> Decimal:
    """Return `value` rounded to 12 places; raise where it has too many digits before the point."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ExpressionError("expression_number_undefined")
    if exponent < -PLACES:
        value = value.quantize(_STEP, context=EXACT)
    if value.adjusted() >= DIGITS and value:
        raise ExpressionError("expression_overflow", digits=DIGITS)
    return value


def add(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    """Return the sum; with an empty operand it is empty."""
    if left is None or right is None:
        return None
    return fitted(EXACT.add(left, right))


def subtract(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    """Return the difference; with an empty operand it is empty."""
    if left is None or right is None:
        return None
    return fitted(EXACT.subtract(left, right))


def multiply(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    """Return the product; with an empty operand it is empty."""
    if left is None or right is None:
        return None
    return fitted(EXACT.multiply(left, right))


def divide(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    """Return the quotient; raise on division by zero (`#DIV/0!`)."""
    if left is None or right is None:
        return None
    if not right:
        raise ExpressionError("expression_division_by_zero")
    return fitted(EXACT.divide(left, right))


def modulo(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    """Return the remainder with the divisor's sign, `n - d * INT(n / d)`, as Excel's MOD."""
    if left is None or right is None:
        return None
    if not right:
        raise ExpressionError("expression_division_by_zero")
    rest = EXACT.remainder(left, right)
    if rest and rest.is_signed() != right.is_signed():
        rest = EXACT.add(rest, right)
    return fitted(rest)


def negate(value: Decimal) -> Decimal:
    """Return `-value`, never a negative zero."""
    return value.copy_negate() if value else ZERO


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Return `base` to a whole exponent of -100 to 100; `0` to `0` or to less is an error, as in Excel."""
    if exponent != exponent.to_integral_value(ROUND_DOWN) or exponent.copy_abs() > _MAX_EXPONENT:
        raise ExpressionError("expression_exponent", limit=_MAX_EXPONENT)
    if not base and exponent <= 0:
        raise ExpressionError("expression_domain", function="POWER")
    wide = Context(prec=400, rounding=ROUND_HALF_UP, Emax=99999, Emin=-99999)
    return fitted(_narrow(wide.power(base, exponent)))


def square_root(value: Decimal) -> Decimal:
    """Return the root; of a negative number it is an error (`#NUM!`)."""
    if value < 0:
        raise ExpressionError("expression_domain", function="SQRT")
    return fitted(EXACT.sqrt(value))


def _narrow(value: Decimal) -> Decimal:
    if value.adjusted() >= DIGITS and value:
        raise ExpressionError("expression_overflow", digits=DIGITS)
    return value.quantize(_STEP, context=EXACT)


def whole(value: Decimal) -> int:
    """Return the whole part, cut towards zero, as Excel does with counts and positions."""
    return int(value.to_integral_value(ROUND_DOWN))


def rounded(value: Decimal, digits: Decimal, mode: str) -> Decimal:
    """Return `value` at `digits` places (negative: tens, hundreds) by one of decimal's modes."""
    places = min(max(whole(digits), -DIGITS - 2), PLACES)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places >= -PLACES and places >= 0:
        return value
    result = value.quantize(Decimal(1).scaleb(-places), rounding=mode, context=EXACT)
    return fitted(EXACT.add(result, ZERO)) if places >= 0 else fitted(Decimal(int(result)))


def half_up(value: Decimal, digits: Decimal) -> Decimal:
    """ROUND: half away from zero, `ROUND(-2.5, 0) = -3`."""
    return rounded(value, digits, ROUND_HALF_UP)


def away(value: Decimal, digits: Decimal) -> Decimal:
    """ROUNDUP: away from zero."""
    return rounded(value, digits, ROUND_UP)


def towards(value: Decimal, digits: Decimal) -> Decimal:
    """ROUNDDOWN: towards zero."""
    return rounded(value, digits, ROUND_DOWN)


def floor(value: Decimal) -> Decimal:
    """INT: down, `INT(-1.5) = -2`."""
    return fitted(value.to_integral_value(ROUND_FLOOR))


def multiple_above(value: Decimal, step: Decimal) -> Decimal:
    """CEILING: the next multiple of `step`, away from zero for a negative step; step 0 gives 0."""
    if not step:
        return ZERO
    if value > 0 > step:
        raise ExpressionError("expression_domain", function="CEILING")
    count = EXACT.divide(value, step).to_integral_value(ROUND_CEILING)
    return fitted(EXACT.multiply(count, step))


def multiple_below(value: Decimal, step: Decimal) -> Decimal:
    """FLOOR: the multiple of `step` below, towards zero for a negative step; step 0 is a division by zero."""
    if not step:
        raise ExpressionError("expression_division_by_zero")
    if value > 0 > step:
        raise ExpressionError("expression_domain", function="FLOOR")
    count = EXACT.divide(value, step).to_integral_value(ROUND_FLOOR)
    return fitted(EXACT.multiply(count, step))


def text_of(value: Decimal) -> str:
    """Return the shortest plain digits: `1.50` is `1.5`, never an exponent."""
    if not value:
        return "0"
    return format(value.normalize(EXACT), "f")
