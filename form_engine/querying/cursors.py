"""Where a page of a list ended: the values of its sort keys and its id, as a text that the next request brings back."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2s
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from form_engine.querying.filters import refused

_CURSOR_MAX = 4000
#: No stored number is anywhere near; one of a forged cursor would cost PostgreSQL dear.
_MOST_DIGITS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One sort key."""

    name: str
    column: sa.Column[Any]
    is_descending: bool


def _mark(order: Sequence[Key]) -> str:
    """Return what ties a cursor to its sort order; it guards against mistakes, not against forgery.

    A forged cursor can only ask for another position of the same list, which the rights narrow all the same.
    """
    text = ",".join(f"{'-' if key.is_descending else ''}{key.name}" for key in order)
    return blake2s(text.encode(), digest_size=6).hexdigest()


def closed(order: Sequence[Key], values: Sequence[Any], last: UUID) -> str:
    """Return the cursor behind a row with these sort values and this id."""
    parts = [_mark(order), *(_written(value) for value in values), str(last)]
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode().rstrip("=")


def _written(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def opened(text: str, order: Sequence[Key]) -> list[Any]:
    """Return the sort values and the id that a cursor holds; raises `InvalidInput` at `#/cursor` for anything else."""
    try:
        parts = json.loads(base64.b64decode(text[:_CURSOR_MAX] + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        mark, *written, last = parts
        values = [_read(key.column, part) for key, part in zip(order, written, strict=True)]
        key = UUID(last)
    except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError, RecursionError, binascii.Error) as error:
        raise refused("#/cursor", "cursor_invalid") from error
    if mark != _mark(order):
        raise refused("#/cursor", "cursor_invalid")
    return [*values, key]


def _read(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    wanted = column.type.python_type
    if wanted is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if wanted is date:
        return date.fromisoformat(value)
    if wanted is UUID:
        return UUID(value)
    if wanted is Decimal:
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
            raise ValueError(value)
        return number
    # Not isinstance: True is an int of Python's, but no bigint of PostgreSQL's.
    if type(value) is not wanted or (wanted is str and not _is_storable(value)):
        raise ValueError(value)
    return value


def _is_storable(text: str) -> bool:
    """Whether PostgreSQL can take the text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
