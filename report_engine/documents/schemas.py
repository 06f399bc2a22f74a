"""JSON Schemas of the documents of this package: a report, a dashboard."""

from __future__ import annotations

from typing import Any, Final

_KEY: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$"}
_NAME: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$"}
_PATH: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){0,3}$"}
_TITLE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 200}
_EXPRESSION: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 4000}
_SPANS: Final = ["day", "week", "month", "quarter", "year"]

_SPAN: Final[dict[str, Any]] = {
    "span": {"enum": _SPANS},
    "count": {"type": "integer", "minimum": 1, "maximum": 400, "default": 1, "description": "How many spans."},
    "offset": {
        "type": "integer",
        "minimum": 0,
        "maximum": 400,
        "default": 0,
        "description": "How many spans ago the last one is; 0 is the present one.",
    },
    "to_date": {
        "type": "boolean",
        "default": False,
        "description": "End today, and the earlier period as far into its own.",
    },
}

_DIMENSION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["key", "field"],
    "additionalProperties": False,
    "properties": {
        "key": _KEY,
        "title": _TITLE,
        "field": _PATH | {"description": "A field, or a path: customer.region, lines.product."},
        "bucket": {"enum": _SPANS, "description": "The span that dates are gathered in."},
        "gaps": {
            "enum": ["fill", "leave"],
            "description": "Whether spans in which nothing was are shown. Along lines, areas and bars they are, elsewhere not.",
        },
        "axis": {"enum": ["rows", "columns"], "description": "Where the dimension of a pivot stands."},
    },
}

#: Members of every measure.
EVERY_MEASURE: Final = frozenset({"key", "title", "tone"})
#: What a measure is decides which other members it has: `one of these, and these with it`.
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "function": ("field", "filter", "currency"),
    "expression": ("scale", "format", "unit"),
    "share_of": (),
    "compare": ("to", "as"),
}

_MEASURE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["key"],
    "additionalProperties": False,
    "properties": {
        "key": _KEY,
        "title": _TITLE,
        "tone": {
            "enum": ["neutral", "accent", "positive", "warning", "negative"],
            "description": "What it means to the reader; decides the colour.",
        },
        "function": {
            "enum": ["count", "count_distinct", "sum", "average", "min", "max"],
            "description": "Over `field`; count without a field counts records.",
        },
        "field": _PATH | {"description": "A field, or a path: lines.amount."},
        "filter": _EXPRESSION | {"description": "Only records that satisfy it."},
        "currency": _PATH | {"description": "The field that holds each record's currency; must be a dimension."},
        "expression": _EXPRESSION | {"description": "Over the keys of measures before it: total / orders."},
        "scale": {"type": "integer", "minimum": 0, "maximum": 12, "default": 2},
        "format": {"enum": ["number", "percent"], "default": "number"},
        "unit": {"type": "string", "minLength": 1, "maxLength": 20},
        "share_of": _KEY | {"description": "The measure of which this is the share of the whole."},
        "compare": _KEY | {"description": "The measure that is compared with the earlier period."},
        "to": {"enum": ["previous_period", "previous_year"], "default": "previous_period"},
        "as": {"enum": ["value", "difference", "percent"], "default": "percent"},
    },
}

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
        "description": {"type": "string", "maxLength": 2000},
        "form": _NAME | {"description": "The form or balance that it is about."},
        "chart": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"type": "string", "description": "Name of the chart type; its options beside it."}},
        },
        "dimensions": {"type": "array", "maxItems": 6, "items": _DIMENSION},
        "measures": {"type": "array", "minItems": 1, "maxItems": 12, "items": _MEASURE},
        "filter": _EXPRESSION | {"description": "Which records: an expression over the form's fields."},
        "having": _EXPRESSION | {"description": "Which groups: an expression over the measures."},
        "period": {
            "type": "object",
            "required": ["field", "span"],
            "additionalProperties": False,
            "properties": {"field": _PATH, **_SPAN},
            "description": "Which records by their date; comparisons go back from it.",
        },
        "top": {
            "type": "object",
            "required": ["dimension", "count"],
            "additionalProperties": False,
            "properties": {
                "dimension": _KEY,
                "count": {"type": "integer", "minimum": 1, "maximum": 100},
                "by": _KEY | {"description": "A measure; the first one when left out."},
                "others": {"type": "boolean", "default": False, "description": "Gather the rest in one group."},
            },
            "description": "Only the largest groups of one dimension.",
        },
        "subtotals": {
            "type": "boolean",
            "default": False,
            "description": "Totals of each group of the first dimensions.",
        },
        "totals": {
            "type": "boolean",
            "default": True,
            "description": "Show what all records come to; left out where the measures cannot be told of all of them.",
        },
        "sort": {
            "type": "array",
            "maxItems": 6,
            "items": {"type": "string", "pattern": "^-?[a-z][a-z0-9_]{0,59}$"},
        },
        "limit": {"type": "integer", "minimum": 1, "maximum": 10000},
    },
}

_ITEM: Final[dict[str, Any]] = {
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
}

_FILTER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["key", "type", "apply"],
    "additionalProperties": False,
    "properties": {
        "key": _KEY,
        "title": _TITLE,
        "type": {"enum": ["choice", "period"]},
        "default": {"type": "object", "required": ["span"], "additionalProperties": False, "properties": _SPAN},
        "apply": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": _KEY["pattern"]},
            "additionalProperties": _PATH,
            "description": "Item -> the field of its form that the filter narrows.",
        },
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
        "description": {"type": "string", "maxLength": 2000},
        "filters": {
            "type": "array",
            "maxItems": 10,
            "items": _FILTER,
            "description": "Shared by the items they apply to.",
        },
        "items": {"type": "array", "maxItems": 40, "items": _ITEM},
    },
}
