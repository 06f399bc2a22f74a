"""A whole number; a JSON number within what a browser keeps exactly, ±(2^53 - 1).

{"title": "人数", "minimum": 0, "x-field": {"type": "integer"}}
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.errors import InvalidInput
from engine.expressions import NUMBER
from form_engine.exact import BOUNDS, SAFE_INTEGER, bounds, rounded_to
from form_engine.field_type import Example, Examples, FieldType, Options, Schema, keep, options_schema

_DIGITS = 16


def _schema(options: Options) -> Schema:
    return {"type": "integer", "minimum": -SAFE_INTEGER, "maximum": SAFE_INTEGER} | bounds(options)


def _store(value: Any, _options: Options) -> int:
    # JSON Schema counts 3.0 as an integer.
    number = int(value)
    if abs(number) > SAFE_INTEGER:
        raise InvalidInput("number_range")
    return number


def _fit(value: Decimal, options: Options) -> int:
    return _store(rounded_to(value, precision=_DIGITS, scale=0), options)


FIELD_TYPE = FieldType(
    name="integer",
    title={"zh-CN": "整数", "en-US": "Integer"},
    options=options_schema(BOUNDS),
    schema=_schema,
    column=lambda _options: sa.BigInteger(),
    type=lambda _options, _resolve: NUMBER,
    store=_store,
    fit=_fit,
    show=keep,
    operators=("==", "!=", "<", "<=", ">", ">=", "in", "is_empty"),
    examples=Examples(
        accepted=(Example(value=0), Example(value=-SAFE_INTEGER), Example(value=5, options={"maximum": 5})),
        refused=(
            Example(value="1"),
            Example(value=1.5),
            Example(value=True),
            Example(value=SAFE_INTEGER + 1),
            Example(value=-1, options={"minimum": 0}),
        ),
    ),
)
