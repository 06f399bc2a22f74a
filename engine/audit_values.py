"""Values as the audit trail keeps them: what differs, as JSON, and no secret in clear.

Pure. New records by the hundred are written a field at a time (`texts`): what they have in common is written once, and
nothing is asked of each value that holds for all of them. What comes of it is what `changed_fields` gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import repeat
from operator import is_
from types import NoneType
from typing import Any, Final
from uuid import UUID

#: Fields of this name never reach the audit trail in clear, whatever form they stand in.
SECRETS: Final = frozenset({"password", "password_hash", "token", "token_hash", "secret"})
MASK: Final = "***"
_quoted: Final = json.encoder.encode_basestring_ascii


def changed_fields(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that differ, as JSON, before and after; secrets masked."""
    if before is None or after is None:  # there is nothing to compare with: whatever is there
        return _whole(before or {}), _whole(after or {})
    old, new = _plain(before), _plain(after)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return _only(old, keys), _only(new, keys)


def plain(value: Any) -> Any:
    """Return an evaluation value as JSON: decimals and times as text, a related record as its id."""
    return _convert(value, 0)


def _only(values: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: MASK if key in SECRETS else values[key] for key in keys if values.get(key) is not None}


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: MASK if key in SECRETS else _convert(value, 0) for key, value in values.items() if value is not None}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _convert(value, 0) for key, value in values.items()}


def _convert(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    show = _SCALARS.get(kind)
    if show is not None:
        return show(value)
    if isinstance(value, Mapping):
        # A related record stands for its id; a row of a sub-table is its values.
        if "id" in value and depth == 0:
            return _convert(value["id"], depth)
        return {str(key): _convert(item, 0) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_convert(item, 1) for item in value]
    return value if isinstance(value, (str, int)) else str(value)


_AS_THEY_ARE: Final = frozenset({NoneType, str, bool, int})
_SCALARS: Final[Mapping[type, Callable[[Any], str]]] = {
    Decimal: lambda value: format(value, "f"),
    datetime: datetime.isoformat,
    date: date.isoformat,
    UUID: str,
}


# --- many new records ------------------------------------------------------------------------------------------------


def texts(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return each new record as the text of a JSON object; all have the same fields, in the same order."""
    columns = zip(*(record.values() for record in records), strict=True)
    members = [_members(key, values) for key, values in zip(records[0], columns, strict=True)]
    rows = zip(*(column for column in members if column), strict=True)
    return ["{" + ", ".join(filter(None, row)) + "}" for row in rows] or ["{}"] * len(records)


def _members(key: str, values: Sequence[Any]) -> Sequence[str]:
    """Return the member `key` of each object, empty where there is no value; nothing where no object has any."""
    label = f"{_quoted(key)}: "
    if key in SECRETS:
        return ["" if value is None else f"{label}{_quoted(MASK)}" for value in values]
    if set(map(type, values)) == {dict} and all(value.get("id") is not None for value in values):
        values = [value["id"] for value in values]
    first = values[0]
    if values[-1] is first and all(map(is_, values, repeat(first))):
        return [] if first is None else [label + _member(first)] * len(values)
    kinds = set(map(type, values))
    if kinds == {str}:
        return [label + _quoted(value) for value in values]
    show = _SCALARS.get(kinds.pop()) if len(kinds) == 1 else None
    if show is not None:  # none of these texts holds what JSON would escape
        return [f'{label}"{text}"' for text in map(show, values)]
    return ["" if value is None else label + _member(value) for value in values]


def _member(value: Any) -> str:
    return json.dumps(_convert(value, 0))
