"""An exact number with a fixed number of places; a string in JSON, a string or a number on input.

{"title": "数量", "minimum": 0, "x-field": {"type": "decimal", "scale": 3, "unit": "kg"}}
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.expressions import NUMBER
from form_engine.exact import BOUNDS, PRECISION, decimal_schema, read_decimal, rounded_to, show_decimal
from form_engine.field_type import Example, Examples, FieldType, Options, Schema, options_schema

DEFAULT_SCALE = 2
MOST_PLACES = 12


def _scale(options: Options) -> int:
    return int(options.get("scale", DEFAULT_SCALE))


def _digits(options: Options) -> int:
    """Return the most digits of a value: before the point as many as an expression can calculate with."""
    return PRECISION - MOST_PLACES + _scale(options)


def _schema(options: Options) -> Schema:
    return decimal_schema(precision=_digits(options), scale=_scale(options), options=options)


def _store(value: Any, options: Options) -> Decimal:
    return read_decimal(value, precision=_digits(options), scale=_scale(options), options=options)


def _fit(value: Decimal, options: Options) -> Decimal:
    return rounded_to(value, precision=_digits(options), scale=_scale(options))


FIELD_TYPE = FieldType(
    name="decimal",
    title={"zh-CN": "小数", "en-US": "Decimal"},
    options=options_schema(
        {
            "scale": {
                "type": "integer",
                "minimum": 0,
                "maximum": MOST_PLACES,
                "default": DEFAULT_SCALE,
                "description": "Places after the point.",
            },
            "unit": {"type": "string", "maxLength": 20, "description": "Shown behind the number."},
            **BOUNDS,
        }
    ),
    schema=_schema,
    column=lambda options: sa.Numeric(PRECISION, _scale(options)),
    type=lambda _options, _resolve: NUMBER,
    store=_store,
    fit=_fit,
    show=lambda value, options: show_decimal(value, scale=_scale(options)),
    operators=("==", "!=", "<", "<=", ">", ">=", "in", "is_empty"),
    examples=Examples(
        accepted=(
            Example(value="12.5", shown="12.50"),
            Example(value=-3, shown="-3.00"),
            Example(value=0.125, shown="0.125", options={"scale": 3}),
            Example(value="9" * 26 + "." + "9" * 12, options={"scale": 12}),
        ),
        refused=(
            Example(value="1.234"),
            Example(value="1e3"),
            Example(value="NaN"),
            Example(value=True),
            Example(value="9" * 27, options={"scale": 12}),
            Example(value=10**26, options={"scale": 3}),
            Example(value="-1", options={"minimum": 0}),
        ),
    ),
)
