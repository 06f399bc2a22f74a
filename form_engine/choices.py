"""Options of a select: the list of values one may choose from, shared by `select` and `multi_select`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: Colours of the page's palette; tokens, not values, so that dark mode and themes decide what they look like.
COLORS: Final = ("gray", "red", "orange", "yellow", "green", "teal", "blue", "indigo", "purple", "pink")
LONGEST_VALUE: Final = 100
MOST_CHOICES: Final = 500

CHOICES: Final[dict[str, Any]] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_CHOICES,
    "description": "The values to choose from, in order.",
    "items": {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {
            "value": {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE},
            "title": {"type": "string", "minLength": 1, "maxLength": 200},
            "color": {"enum": list(COLORS)},
        },
    },
}


def values(options: Mapping[str, Any]) -> list[str]:
    """Return the values of the list, in order, each once (a repeated one is a fault that `checks` names)."""
    return list(dict.fromkeys(choice["value"] for choice in options.get("options", ())))
