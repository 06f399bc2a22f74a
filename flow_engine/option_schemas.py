"""JSON Schemas that options of several node and trigger types share."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

KEY_PATTERN: Final = "^[a-z][a-z0-9_]{0,59}$"
NAME_PATTERN: Final = "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$"

KEY: Final[Schema] = {"type": "string", "pattern": KEY_PATTERN}
NAME: Final[Schema] = {"type": "string", "pattern": NAME_PATTERN}
TITLE: Final[Schema] = {"type": "string", "maxLength": 200}
TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 2000}
EXPRESSION: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 4000}
EXPRESSIONS: Final[Schema] = {
    "type": "object",
    "propertyNames": {"pattern": KEY_PATTERN},
    "additionalProperties": EXPRESSION,
    "minProperties": 1,
}
#: Field -> expression; a sub-table takes `{"items": list, "item_name"?, "values": {cell: expression}}`.
RECORD_VALUES: Final[Schema] = {
    "type": "object",
    "propertyNames": {"pattern": KEY_PATTERN},
    "additionalProperties": {
        "if": {"type": "object"},
        "then": {
            "type": "object",
            "properties": {"items": EXPRESSION, "item_name": KEY, "values": EXPRESSIONS},
            "required": ["items", "values"],
            "additionalProperties": False,
        },
        "else": EXPRESSION,
    },
}
BRANCH: Final[Schema] = {
    "type": "object",
    "properties": {"key": KEY, "title": TITLE, "next": KEY},
    "required": ["key"],
    "additionalProperties": False,
}
CONDITION_BRANCH: Final[Schema] = {
    **BRANCH,
    "properties": {**BRANCH["properties"], "when": EXPRESSION},
    "required": ["key", "when"],
}

#: A while; what is given adds up.
_UNITS: Final = {"days": 3660, "hours": 87_840, "minutes": 5_270_400, "seconds": 316_224_000}
DURATION: Final[Schema] = {
    "type": "object",
    "properties": {unit: {"type": "integer", "minimum": 0, "maximum": most} for unit, most in _UNITS.items()},
    "minProperties": 1,
    "additionalProperties": False,
}
#: A JSON Schema that somebody writes; `documents.json_types` checks it.
JSON_SCHEMA: Final[Schema] = {"type": "object"}
#: How often something is sent before it is given up.
ATTEMPTS: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 12}
#: In whose name a run acts that no person started.
USERNAME: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 60}

#: Who: people by name, by role, as heads of departments, in a field of the record, or who started the run.
PEOPLE: Final[Schema] = {
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": {
        "type": "object",
        "properties": {
            "type": {"enum": ["user", "role", "department_head", "field", "starter"]},
            "value": {"type": ["string", "integer"]},
            "of": {"type": "string", "pattern": KEY_PATTERN},
        },
        "required": ["type"],
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"type": {"enum": ["user", "role", "field"]}}},
                "then": {"required": ["value"], "properties": {"value": {"type": "string", "minLength": 1}}},
            },
            {
                "if": {"properties": {"type": {"const": "department_head"}}},
                "then": {"properties": {"value": {"type": "integer", "minimum": 1, "maximum": 20}}},
                "else": {"not": {"required": ["of"]}},
            },
        ],
    },
}
