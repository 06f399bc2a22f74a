"""How scenarios write values: names of records and people, days; and whether what is found is what was said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from app_templates.scenarios.stage import Stage

_DAY = re.compile(r"today([+-]\d{1,4})?")


def given(stage: Stage, value: Any) -> Any:
    """Return a written value as JSON input: `@order` is an id, `today+7` a day; `@@` begins a text with one @.

    Raises `KeyError` for a name that nothing has.
    """
    if isinstance(value, Mapping):
        return {key: given(stage, item) for key, item in value.items()}
    if isinstance(value, list):
        return [given(stage, item) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("@@"):
        return value[1:]
    if value.startswith("@"):
        return _id(stage, value[1:])
    if found := _DAY.fullmatch(value):
        today = stage.session.now.astimezone(ZoneInfo(stage.session.time_zone)).date()
        return (today + timedelta(days=int(found[1] or 0))).isoformat()
    return value


def _id(stage: Stage, name: str) -> str:
    if name in stage.people:
        return str(stage.people[name].user_id)
    return str(stage.records[name][1])


def at(shown: Mapping[str, Any], path: str) -> Any:
    """Return what stands at `total`, `lines.0.amount` or `customer.title` of a record as the API shows it."""
    node: Any = shown
    for part in path.split("."):
        if isinstance(node, list) and part.isdigit():
            node = node[int(part)] if int(part) < len(node) else None
        elif isinstance(node, Mapping):
            node = node.get(part)
        else:
            return None
    return node


def is_same(expected: Any, found: Any) -> bool:
    """Whether `found`, as the API shows it, is what a scenario says: numbers by value, records by id or title."""
    if isinstance(found, Mapping) and not isinstance(expected, Mapping):
        return expected is not None and expected in (found.get("id"), found.get("title"), found.get("value"))
    if isinstance(found, list):
        if isinstance(expected, int) and not isinstance(expected, bool):
            return len(found) == expected
        return (
            isinstance(expected, list)
            and len(expected) == len(found)
            and all(_is_part(one, other) for one, other in zip(expected, found, strict=True))
        )
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found or (expected is None and found == "")
    if str(expected) == str(found):
        return True
    try:
        return Decimal(str(expected)) == Decimal(str(found))
    except InvalidOperation:
        return False


def _is_part(expected: Any, found: Any) -> bool:
    """Whether a row has what is said of it; cells that are not named may be anything."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return all(is_same(value, found.get(key)) for key, value in expected.items())
    return is_same(expected, found)
