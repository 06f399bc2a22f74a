"""An instant: RFC 3339 with an offset on input, UTC in the database and in the API.

{"title": "签收时间", "x-field": {"type": "datetime"}}
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.errors import InvalidInput
from engine.expressions import DATETIME
from form_engine.field_type import Example, Examples, FieldType, Options

# RFC 3339 section 5.6, without leap seconds, which neither Python nor PostgreSQL keeps.
_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"


def _store(value: Any, _options: Options) -> datetime:
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("datetime_range") from error


def _show(value: datetime, _options: Options) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


FIELD_TYPE = FieldType(
    name="datetime",
    title={"zh-CN": "日期时间", "en-US": "Date and time"},
    schema=lambda _options: {"type": "string", "format": "date-time", "pattern": _PATTERN},
    column=lambda _options: sa.DateTime(timezone=True),
    type=lambda _options, _resolve: DATETIME,
    store=_store,
    fit=lambda value, _options: value,
    show=_show,
    operators=("==", "!=", "<", "<=", ">", ">=", "is_empty"),
    examples=Examples(
        accepted=(
            Example(value="2026-11-21T08:30:00Z"),
            Example(value="2026-11-21T16:30:00+08:00", shown="2026-11-21T08:30:00Z"),
            Example(value="2026-11-21T08:30:00.250000Z"),
        ),
        refused=(
            Example(value="2026-11-21T08:30:00"),
            Example(value="2026-11-21"),
            Example(value="2026-13-01T00:00:00Z"),
            Example(value="0001-01-01T00:00:00+08:00"),
        ),
    ),
)
