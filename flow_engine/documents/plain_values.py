"""Values of expressions on their way out: as JSON input of a record, and as JSON that the log and the journal show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

#: A list in a log line is cut behind so many entries, a text behind so many characters.
MAX_ITEMS = 20
MAX_TEXT = 500


def json_input(value: Any) -> Any:
    """Return an expression's value as the records service takes it: a record is its id, a number is exact text."""
    if isinstance(value, Mapping):
        return json_input(value.get("id"))
    if isinstance(value, (list, tuple)):
        return [json_input(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def shown(value: Any, depth: int = 3) -> Any:
    """Return a value as JSON for people: whole where it is small, cut where it is not."""
    if isinstance(value, Mapping):
        if depth == 0:
            return shown(value.get("id"))
        return {str(key): shown(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        cut = [shown(item, depth - 1) if depth else None for item in value[:MAX_ITEMS]]
        return cut if len(value) <= MAX_ITEMS else [*cut, {"more": len(value) - MAX_ITEMS}]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return value[:MAX_TEXT] + "…"
    return value
