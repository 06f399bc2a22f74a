"""JSON Schemas of the documents of this package: a report, a dashboard."""

from __future__ import annotations

from typing import Any, Final

_KEY: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$"}
_NAME: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$"}
_PATH: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){0,2}$"}
_TITLE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 200}

REPORT_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Report",
    "type": "object",
    "required": ["key", "format", "title", "form", "chart", "measures"],
    "additionalProperties": False,
    "properties": {
        "key": _KEY,
        "format": {"const": 1},
        "title": _TITLE,
        "form": _NAME | {"description": "The form or balance that it is about."},
        "chart": {
            "type": "object",
            "required": ["type"],
            "additionalProperties": False,
            "properties": {"type": {"type": "string", "description": "Name of the chart type."}},
        },
        "dimensions": {
            "type": "array",
            "maxItems": 6,
            "items": {
                "type": "object",
                "required": ["key", "field"],
                "additionalProperties": False,
                "properties": {
                    "key": _KEY,
                    "title": _TITLE,
                    "field": _PATH | {"description": "A field, or a path over relations: customer.region."},
                    "bucket": {"enum": ["day", "week", "month", "quarter", "year"]},
                },
            },
        },
        "measures": {
            "type": "array",
            "minItems": 1,
            "maxItems": 12,
            "items": {
                "type": "object",
                "required": ["key", "function"],
                "additionalProperties": False,
                "properties": {
                    "key": _KEY,
                    "title": _TITLE,
                    "function": {"enum": ["count", "count_distinct", "sum", "average", "min", "max"]},
                    "field": _PATH,
                },
            },
        },
        "filter": {"type": "string", "maxLength": 4000, "description": "Expression over the form's fields."},
        "sort": {
            "type": "array",
            "maxItems": 6,
            "items": {"type": "string", "pattern": "^-?[a-z][a-z0-9_]{0,59}$"},
        },
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
    },
}

DASHBOARD_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Dashboard",
    "type": "object",
    "required": ["key", "format", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "key": _KEY,
        "format": {"const": 1},
        "title": _TITLE,
        "items": {
            "type": "array",
            "maxItems": 40,
            "items": {
                "type": "object",
                "required": ["key", "report", "x", "y", "w", "h"],
                "additionalProperties": False,
                "properties": {
                    "key": _KEY,
                    "report": _NAME,
                    "x": {"type": "integer", "minimum": 0, "maximum": 11},
                    "y": {"type": "integer", "minimum": 0, "maximum": 400},
                    "w": {"type": "integer", "minimum": 1, "maximum": 12},
                    "h": {"type": "integer", "minimum": 1, "maximum": 24},
                },
            },
        },
    },
}
