"""A day, without a time.

{"title": "交货日期", "x-field": {"type": "date", "default": "TODAY()"}}
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.expressions import DATE
from form_engine.field_type import Example, Examples, FieldType, Options, keep


def _store(value: Any, _options: Options) -> date:
    return date.fromisoformat(value)


FIELD_TYPE = FieldType(
    name="date",
    title={"zh-CN": "日期", "en-US": "Date"},
    # Draft 2020-12 leaves `format` to the validator; the pattern refuses another notation everywhere.
    schema=lambda _options: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    column=lambda _options: sa.Date(),
    type=lambda _options, _resolve: DATE,
    store=_store,
    fit=keep,
    show=lambda value, _options: value.isoformat(),
    operators=("==", "!=", "<", "<=", ">", ">=", "is_empty"),
    examples=Examples(
        accepted=(Example(value="2026-11-21"), Example(value="2024-02-29")),
        refused=(Example(value="2026-02-29"), Example(value="21.11.2026"), Example(value="20261121"), Example(value=1)),
    ),
)
