"""The JSON Schema of `app.json`: what an app says about itself, and its menu.

Published as `docs/reference/app.schema.json`; `loader` checks every app against it. That what a menu opens is there is
for `checks` to say.
"""

from __future__ import annotations

from typing import Any, Final

from engine.texts import LANGUAGES

_KEY: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$"}
_NAME: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$"}
_TITLE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 200}
_ICON: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_-]{0,39}$",
    "description": "Name of an icon.",
}
_MENU: Final[dict[str, Any]] = {"type": "array", "maxItems": 100, "items": {"$ref": "#/$defs/entry"}}

#: What a menu entry opens; an entry has exactly one of these, or `items`.
TARGETS: Final = ("form", "balance", "report", "dashboard")

APP_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "App",
    "type": "object",
    "required": ["key", "format", "title"],
    "additionalProperties": False,
    "properties": {
        "key": _KEY | {"description": "The folder's name."},
        "format": {"const": 1},
        "title": _TITLE,
        "description": {"type": "string", "maxLength": 2000},
        "icon": _ICON,
        "version": {"type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$", "description": "For people: 1.2.0."},
        "language": {"enum": list(LANGUAGES), "default": "zh-CN", "description": "Language of the documents."},
        "requires": {"type": "array", "items": _KEY, "uniqueItems": True, "description": "Apps that must be there."},
        "menu": _MENU | {"description": "What people find in the page, in order."},
    },
    "$defs": {
        "entry": {
            "type": "object",
            "required": ["key", "title"],
            "additionalProperties": False,
            "properties": {
                "key": _KEY,
                "title": _TITLE,
                "icon": _ICON,
                **dict.fromkeys(TARGETS, _NAME),
                "view": _KEY | {"description": "The form's view that opens first."},
                "items": _MENU | {"description": "Entries below this one."},
            },
            "dependentRequired": {"view": ["form"]},
            "oneOf": [{"required": [target]} for target in (*TARGETS, "items")],
        }
    },
}
