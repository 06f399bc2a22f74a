"""What in a document has a name of its own: members of objects, elements of keyed lists, words of plain lists.

Pure. Lists of elements with a `key` (or a `value`, for options) and lists of different texts are taken apart by these
names, so that two people's changes to one list are told apart; any other list is one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

Shape = Literal["object", "keyed", "words", "value"]
#: Members by which the elements of a list are known.
_NAMES: Final = ("key", "value")


class _Missing:
    """Nothing is there; not the same as null."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are alike, the order of members included: it is what people see."""
    if one is MISSING or other is MISSING:
        return one is other
    return json.dumps(one, ensure_ascii=False) == json.dumps(other, ensure_ascii=False)


def shape_of(values: Iterable[Any]) -> Shape:
    """Return how values that stand at one place can be taken apart together; missing ones do not count."""
    there = [value for value in values if value is not MISSING]
    if there and all(isinstance(value, Mapping) for value in there):
        return "object"
    lists = [value for value in there if isinstance(value, list)]
    if not there or len(lists) < len(there) or not any(lists):
        return "value"
    if all(name_of(value) is not None for value in lists if value):
        names = {name_of(value) for value in lists if value}
        return "keyed" if len(names) == 1 else "value"
    is_words = all(all(isinstance(item, str) for item in value) and len(set(value)) == len(value) for value in lists)
    return "words" if is_words else "value"


def name_of(elements: Sequence[Any]) -> str | None:
    """Return the member that tells the elements of a list apart, None where none does."""
    for name in _NAMES:
        keys = [item.get(name) if isinstance(item, Mapping) else None for item in elements]
        if elements and all(isinstance(key, str) for key in keys) and len(set(keys)) == len(keys):
            return name
    return None


def parts_of(value: Any, shape: Shape) -> dict[str, Any]:
    """Return a value's parts by their names, in its order; nothing for a missing one."""
    if value is MISSING:
        return {}
    if shape == "object":
        return dict(value)
    if shape == "words":
        return {word: word for word in value}
    name = name_of(value)
    return {} if name is None else {item[name]: item for item in value}


def whole_of(parts: Mapping[str, Any], shape: Shape) -> Any:
    """Return the value that has these parts."""
    return dict(parts) if shape == "object" else list(parts.values())
