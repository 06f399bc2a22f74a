"""The JSON Schema of a form document: what may stand in `forms/*.json`.

Made from the registered field types, so that a new one is in it by itself. Published as
`docs/reference/form.schema.json`; every way by which a document comes in is checked against it (`checks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from form_engine.documents.expand import DIALECT
from form_engine.field_type import COMMON_OPTIONS, FIELD_TYPES, STANDARD_OPTIONS, FieldType, Schema

KEY: Final = "^[a-z][a-z0-9_]{0,59}$"
NAME: Final = "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$"
_TITLE: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200}
_EXPRESSION: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 4000}
_KEY: Final[Schema] = {"type": "string", "pattern": KEY}
_KEYS: Final[Schema] = {"type": "array", "items": _KEY, "maxItems": 200}


def _element(properties: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "required": ["key", *required],
        "additionalProperties": False,
        "properties": {"key": _KEY, **properties},
    }


_RULE: Final = _element(
    {
        "rows": _KEY | {"description": "Sub-table whose rows the rule is about; `item` is the row."},
        "when": _EXPRESSION | {"description": "Condition; left out: always."},
        "require": _KEYS | {"description": "Fields that must have a value while the condition holds."},
        "visible": _KEYS | {"description": "Fields shown only while the condition holds."},
        "read_only": _KEYS | {"description": "Fields nobody may change by hand while the condition holds."},
        "check": _EXPRESSION | {"description": "What must be true, else the change is refused."},
        "message": {"type": "string", "maxLength": 500, "description": "What the refusal says."},
        "fields": _KEYS | {"description": "Fields the refusal points at; left out: those the check uses."},
    }
)
_SECTION: Final = _element(
    {
        "title": _TITLE,
        "columns": {"type": "integer", "minimum": 1, "maximum": 4, "default": 2},
        "fields": _KEYS,
    },
    ("fields",),
)
_VIEW: Final = _element(
    {
        "title": _TITLE,
        "columns": _KEYS | {"description": "Fields shown; left out: the first ones that fit."},
        "filter": _EXPRESSION | {"description": "Which records; may use `user`."},
        "sort": {
            "type": "array",
            "items": {"type": "string", "pattern": "^-?[a-z][a-z0-9_]{0,59}$"},
            "maxItems": 5,
            "description": "Fields, `-` before one for descending; left out: newest first.",
        },
    }
)
_ACTION: Final = _element(
    {
        "title": _TITLE,
        "when": _EXPRESSION | {"description": "Condition under which the button is there."},
        "set": {
            "type": "object",
            "propertyNames": {"pattern": KEY},
            "additionalProperties": _EXPRESSION,
            "description": "Field -> expression over the record before.",
        },
        "flow": {"type": "string", "pattern": NAME, "description": "Full name of the flow it starts."},
        "confirm": {"type": "string", "maxLength": 500, "description": "Question asked before."},
        "primary": {"type": "boolean", "description": "Drawn as the main button."},
    }
)


def _list_of(element: Schema, description: str) -> Schema:
    return {"type": "array", "items": element, "maxItems": 200, "description": description}


X_FORM: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "record_title": {
            "type": "string",
            "minLength": 1,
            "maxLength": 500,
            "description": "`{number} {customer.name}`",
        },
        "rules": _list_of(_RULE, "Conditions and their effects, in order."),
        "layout": _list_of(_SECTION, "Sections of the record page; empty: made from the fields."),
        "views": _list_of(_VIEW, "Saved lists; empty: one of all records."),
        "actions": _list_of(_ACTION, "Buttons on a record."),
    },
}


def own_options(kind: FieldType) -> Schema:
    """Return the closed schema of `x-field` for a field type: the shared options and its own."""
    own = {key: value for key, value in kind.options["properties"].items() if key not in STANDARD_OPTIONS}
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {**COMMON_OPTIONS, "type": {"const": kind.name}, **own},
    }
    required = ["type", *kind.options.get("required", ())]
    return schema | {"required": required}


def standard_options(kind: FieldType) -> Schema:
    """Return the schemas of the standard keywords beside `x-field` that are options of a field type."""
    return {key: value for key, value in kind.options["properties"].items() if key in STANDARD_OPTIONS}


def frame() -> Schema:
    """Return the schema of a document without its properties' field types, which `checks` looks at one by one."""
    return {
        "$schema": DIALECT,
        "title": "Dougong form",
        "type": "object",
        "required": ["properties"],
        "properties": {
            "$schema": {"const": DIALECT},
            "$id": {"type": "string", "pattern": NAME, "description": "Full name, `crm.sales_order`."},
            "format": {"const": 1, "description": "Version of this language."},
            "title": _TITLE,
            "description": {"type": "string", "maxLength": 2000},
            "type": {"const": "object"},
            "required": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "properties": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": ["object", "boolean"]},
            },
            "patternProperties": False,
            "x-form": X_FORM,
        },
    }


def document_schema() -> Schema:
    """Return the whole JSON Schema of a form document, for designers, editors and other programs."""
    branches = [
        {
            "if": {
                "required": ["x-field"],
                "properties": {"x-field": {"required": ["type"], "properties": {"type": {"const": kind.name}}}},
            },
            "then": {"properties": standard_options(kind) | {"x-field": {"$ref": f"#/$defs/{kind.name}"}}},
        }
        for kind in FIELD_TYPES.values()
    ]
    property_schema: Schema = {
        "type": ["object", "boolean"],
        "properties": {
            "title": _TITLE,
            "description": {"type": "string", "maxLength": 2000},
            "x-field": {"type": "object", "properties": {"type": {"enum": list(FIELD_TYPES)}}},
            "items": {
                "properties": {
                    "properties": {
                        "propertyNames": {"pattern": KEY},
                        "additionalProperties": {"$ref": "#/$defs/property"},
                    }
                }
            },
        },
        "allOf": branches,
    }
    schema = frame()
    schema["$id"] = "https://dougong.dev/schemas/form.json"
    schema["properties"]["properties"]["propertyNames"] = {"pattern": KEY}
    schema["properties"]["properties"]["additionalProperties"] = {"$ref": "#/$defs/property"}
    kinds = {kind.name: own_options(kind) for kind in FIELD_TYPES.values()}
    return schema | {"$defs": {"property": property_schema, **kinds}}
