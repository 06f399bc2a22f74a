"""Exact numbers: what every numeric field type shares. No float is ever calculated with.

Owns the JSON Schema of a decimal (a string or a number, shown as a string), reading it into `Decimal` and its limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any

from engine.errors import InvalidInput

#: Largest number of digits PostgreSQL and we keep of a decimal, before and after the point together.
PRECISION = 38
#: The default context keeps 28 digits; this one never rounds what a column can hold.
_CONTEXT = Context(prec=2 * PRECISION)
#: Integers beyond this lose digits in a browser (IEEE 754 double, RFC 8259 section 6).
SAFE_INTEGER = 2**53 - 1

#: Standard keywords that limit a number. JSON Schema applies them to numbers alone; `bounded` applies them to the
#: string form as well, so they stand among the options of the expanded field.
BOUNDS: Mapping[str, dict[str, Any]] = {
    "minimum": {"type": "number"},
    "maximum": {"type": "number"},
    "exclusiveMinimum": {"type": "number"},
    "exclusiveMaximum": {"type": "number"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
}


def decimal_schema(*, precision: int, scale: int, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a decimal with `precision` digits, `scale` of them after the point."""
    sign = "" if _is_never_negative(options) else "-?"
    fraction = f"(\\.[0-9]{{1,{scale}}}0*)?" if scale else "(\\.0*)?"
    limit = 10 ** (precision - scale)
    schema: dict[str, Any] = {
        "type": ["string", "number"],
        "pattern": f"^{sign}[0-9]{{1,{precision - scale}}}{fraction}$",
        "exclusiveMinimum": -limit,
        "exclusiveMaximum": limit,
    }
    return schema | bounds(options)


def bounds(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the limits among `options` as JSON Schema keywords."""
    return {keyword: options[keyword] for keyword in BOUNDS if keyword in options}


def _is_never_negative(options: Mapping[str, Any]) -> bool:
    lowest = [options[keyword] for keyword in ("minimum", "exclusiveMinimum") if keyword in options]
    return bool(lowest) and max(lowest) >= 0


def read_decimal(value: Any, *, precision: int, scale: int, options: Mapping[str, Any]) -> Decimal:
    """Return schema-valid input as a `Decimal` with exactly `scale` places.

    Raises `InvalidInput`: `decimal_places`, `number_range`, and those of `check_bounds`.
    """
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise InvalidInput("number_range")
    rounded = rounded_to(number, precision=precision, scale=scale)
    if rounded != number:
        raise InvalidInput("decimal_places", places=scale)
    check_bounds(rounded, options)
    return rounded


def rounded_to(number: Decimal, *, precision: int, scale: int) -> Decimal:
    """Return `number` rounded half up to `scale` places, as a spreadsheet does.

    Raises `InvalidInput("number_range")` when it has too many digits before the point.
    """
    if not number.is_finite() or (number and number.adjusted() >= precision - scale):
        raise InvalidInput("number_range")
    rounded = number.quantize(_quantum(scale), rounding=ROUND_HALF_UP, context=_CONTEXT)
    if rounded and rounded.adjusted() >= precision - scale:
        raise InvalidInput("number_range")
    return rounded or rounded.copy_abs()


@cache
def _quantum(scale: int) -> Decimal:
    return Decimal(1).scaleb(-scale)


def check_bounds(number: Decimal, options: Mapping[str, Any]) -> None:
    """Refuse a number beyond the limits among `options`.

    Raises `InvalidInput`: `number_minimum`, `number_above`, `number_maximum`, `number_below`, `number_multiple`.
    """
    limits = {keyword: Decimal(str(options[keyword])) for keyword in BOUNDS if keyword in options}
    if "minimum" in limits and number < limits["minimum"]:
        raise InvalidInput("number_minimum", limit=str(limits["minimum"]))
    if "maximum" in limits and number > limits["maximum"]:
        raise InvalidInput("number_maximum", limit=str(limits["maximum"]))
    if "exclusiveMinimum" in limits and number <= limits["exclusiveMinimum"]:
        raise InvalidInput("number_above", limit=str(limits["exclusiveMinimum"]))
    if "exclusiveMaximum" in limits and number >= limits["exclusiveMaximum"]:
        raise InvalidInput("number_below", limit=str(limits["exclusiveMaximum"]))
    if "multipleOf" in limits and _CONTEXT.remainder(number, limits["multipleOf"]):
        raise InvalidInput("number_multiple", step=str(limits["multipleOf"]))


def show_decimal(value: Decimal, *, scale: int) -> str:
    """Return `value` as the API shows it: plain notation with exactly `scale` places."""
    return f"{value:.{scale}f}"
