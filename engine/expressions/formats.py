"""Forms of the function TEXT: a number's or a date's, as a pattern for Python and for PostgreSQL's `to_char`.

Numbers: an optional currency sign, `0`s or `#,##0`, an optional point with `0`s, an optional `%`. Dates and times: `yyyy yy
mm m dd d hh h mm m ss` with any other characters between them; `m` after an hour means minutes, as in Excel.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

import sqlalchemy as sa

from engine.expressions import conversions, numbers, operations, sql
from engine.expressions.errors import ExpressionError
from engine.expressions.sql import Element
from engine.expressions.tree import Apply, Node, Operation, Value
from engine.expressions.types import TEXT, Kind

_NUMBER_FORM = re.compile(r"([¥$€£]?)(#,##0|0{1,20})(?:\.(0{1,12}))?(%?)")
_DATE_TOKEN = re.compile(r"yyyy|yy|mm|m|dd|d|hh|h|ss|[^a-z\"\\]", re.IGNORECASE)
_SQL_PARTS = {
    "yyyy": "YYYY",
    "yy": "YY",
    "mm": "MM",
    "m": "FMMM",
    "dd": "DD",
    "d": "FMDD",
    "hh": "HH24",
    "h": "FMHH24",
    "minute": "FMMI",
    "minutes": "MI",
    "ss": "SS",
}


def formatted(value: Node, form: str, position: int) -> Node:
    """Return the node that writes `value` in `form`; raise where the form does not fit the kind of value."""
    match value.type.kind:
        case Kind.NUMBER:
            operation = _number_operation(form, position)
        case Kind.DATE:
            operation = _date_operation(form, position)
        case Kind.DATETIME:
            operation = _date_operation(form, position)
            value = conversions.with_zone(operations.LOCAL_TIME, value, value.type)
        case _:
            # As in Excel, a form does nothing to a text.
            return value
    return Apply(operation=operation, arguments=(value,), type=TEXT, position=position)


def _number_operation(form: str, position: int) -> Operation:
    found = _NUMBER_FORM.fullmatch(form)
    if found is None:
        raise ExpressionError("expression_format", position=position, format=form[:40])
    sign, whole, fraction, percent = found.groups(default="")
    places, least = len(fraction), 1 if "," in whole else len(whole)
    group = "," if "," in whole else ""
    factor = Decimal(100 if percent else 1)

    def python(value: Decimal) -> str:
        exact = numbers.EXACT.multiply(value, factor).quantize(
            Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP", context=numbers.EXACT
        )
        digits = format(exact.copy_abs(), f"{group}.{places}f")
        head, point, tail = digits.partition(".")
        return ("-" if exact < 0 else "") + sign + head.zfill(least) + point + tail + percent

    pattern = _number_pattern(group, least, places)

    def build(value: Element) -> Element:
        shown = sql.num("round", value * sql.number(str(factor)), sql.integer(places))
        minus = sa.case((shown < sql.number(0), sql.text("-")), else_=sql.text(""))
        digits = sql.call("to_char", sql.num("abs", shown), sql.text(pattern), gives=sa.Text())
        return minus + sql.text(sign) + digits + sql.text(percent)

    return Operation(name=f"TEXT {form}", python=python, sql=build)


def _number_pattern(group: str, least: int, places: int) -> str:
    whole = "999," * 9 + "990" if group else "9" * (30 - least) + "0" * least
    return "FM" + whole + ("." + "0" * places if places else "")


def _date_operation(form: str, position: int) -> Operation:
    tokens = _DATE_TOKEN.findall(form)
    if "".join(tokens) != form or not any(token.isalpha() and token.isascii() for token in tokens):
        raise ExpressionError("expression_format", position=position, format=form[:40])
    parts: list[str] = []
    after_hour = False
    for token in tokens:
        part = token.lower() if token.isascii() else token
        if part in ("m", "mm") and after_hour:
            part = "minute" if part == "m" else "minutes"
        if part in _SQL_PARTS:
            after_hour = part in ("h", "hh")
        parts.append(part)

    def python(value: date) -> str:
        return "".join(_shown(part, value) for part in parts)

    pieces = [_SQL_PARTS.get(part) for part in parts]

    def build(value: Element) -> Element:
        # One `to_char` a piece: within one pattern FM would last and letters would need quoting.
        shown = [
            sql.call("to_char", value, sql.text(piece), gives=sa.Text()) if piece else sql.text(part)
            for part, piece in zip(parts, pieces, strict=True)
        ]
        joined = shown[0]
        for entry in shown[1:]:
            joined = joined + entry
        return joined

    return Operation(name=f"TEXT {form}", python=python, sql=build)


def _shown(part: str, value: Value) -> str:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    match part:
        case "yyyy":
            return f"{moment.year:04}"
        case "yy":
            return f"{moment.year % 100:02}"
        case "mm" | "m":
            number = moment.month
        case "dd" | "d":
            number = moment.day
        case "hh" | "h":
            number = moment.hour
        case "minutes" | "minute":
            number = moment.minute
        case "ss":
            number = moment.second
        case _:
            return part
    return str(number) if part in ("m", "d", "h", "minute") else f"{number:02}"
