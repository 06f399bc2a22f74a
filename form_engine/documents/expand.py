"""From a form document to the standard JSON Schema of its records' input.

Owns the two-way rule of the language: what is written may be minimal, what is served is complete. A field type implies
`type`, `format` and limits; every other keyword that stands in the document stays and is enforced. The result
validates alone with any JSON Schema 2020-12 tool.

A field that may be empty also takes `null`. A field that must not be empty takes no `null`, no empty text and no
empty list. Computed and generated fields are `readOnly` and never required.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from form_engine.documents.inference import ROW_ID, normal, title_of
from form_engine.field_type import COMMON_OPTIONS, FIELD_TYPES, STANDARD_OPTIONS, FieldType, Options, Schema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: Keywords of the document itself that are no part of the schema of its records, or that `expand` writes anew.
_ROOT_REWRITTEN = frozenset(
    {"$schema", "$id", "format", "title", "description", "type", "properties", "required", "x-form"}
    | {"additionalProperties", "unevaluatedProperties"}
)
_PROPERTY_REWRITTEN = frozenset({"title", "description", "type", "default", "readOnly", "items", "x-field"})


def expand(document: Mapping[str, Any]) -> Schema:
    """Return the standard schema of a document, annotated or bare; properties no field can hold are left out.

    `forms.check` says what is wrong with a document; this function only needs each `x-field` to name a known type.
    """
    return expand_normal(normal(document)[0])


def expand_normal(document: Mapping[str, Any]) -> Schema:
    """Return the standard schema of a document in normal form (`inference.normal`)."""
    head: Schema = {"$schema": DIALECT}
    head |= {key: document[key] for key in ("$id", "title", "description") if key in document}
    extras = {key: value for key, value in document.items() if key not in _ROOT_REWRITTEN}
    expanded = head | _object(document) | extras
    return expanded | ({"x-form": document["x-form"]} if "x-form" in document else {})


def _object(schema: Mapping[str, Any]) -> Schema:
    required = set(schema.get("required", ()))
    properties = {
        key: expand_property(key, value, is_required=key in required) for key, value in schema["properties"].items()
    }
    needed = [key for key in schema.get("required", ()) if key in properties and "readOnly" not in properties[key]]
    result: Schema = {"type": "object", "properties": properties}
    return result | ({"required": needed} if needed else {}) | {"additionalProperties": False}


def expand_property(key: str, schema: Mapping[str, Any], *, is_required: bool) -> Schema:
    """Return the complete standard schema of one property in normal form."""
    kind = FIELD_TYPES[schema["x-field"]["type"]]
    options = complete_options(kind, schema)
    implied = kind.schema({name: value for name, value in options.items() if name not in COMMON_OPTIONS})
    is_computed = "formula" in options or kind.traits.is_generated
    if kind.traits.has_rows:
        implied = implied | {"items": _rows(schema.get("items", {}))}
    result: Schema = {"title": schema.get("title", title_of(key))}
    result |= {"description": schema["description"]} if "description" in schema else {}
    result |= _merged(implied, schema, may_be_null=is_computed or (not is_required and not kind.traits.has_rows))
    if is_required and not is_computed:
        result = _not_empty(result)
    if is_computed or schema.get("readOnly") is True:
        result["readOnly"] = True
    if schema.get("default") is not None:
        result["default"] = schema["default"]
    result["x-field"] = {name: value for name, value in options.items() if name not in STANDARD_OPTIONS}
    return result


def complete_options(kind: FieldType, schema: Mapping[str, Any]) -> Options:
    """Return a property's options, those of `STANDARD_OPTIONS` read from the property, defaults filled in."""
    properties = kind.options["properties"]
    written = {key: value for key, value in schema["x-field"].items() if key != "type"}
    standard = {key: schema[key] for key in properties if key in STANDARD_OPTIONS and key in schema}
    defaults = {key: option["default"] for key, option in properties.items() if "default" in option}
    return {"type": kind.name} | defaults | written | standard


def _rows(items: Mapping[str, Any]) -> Schema:
    extras = {key: value for key, value in items.items() if key not in _ROOT_REWRITTEN}
    rows = _object(items if "properties" in items else {**items, "properties": {}})
    return rows | {"properties": {"id": ROW_ID} | rows["properties"]} | extras


def _merged(implied: Schema, written: Mapping[str, Any], *, may_be_null: bool) -> Schema:
    """Return the implied schema with every keyword that stands in the document beside it.

    A keyword that both have and that is not an option stands behind `allOf`, so that both are enforced.
    """
    result = dict(implied)
    both: list[Schema] = []
    for key, value in written.items():
        if key in _PROPERTY_REWRITTEN or (key == "format" and "format" in implied):
            continue
        if key in implied and key not in STANDARD_OPTIONS and not _is_same(value, implied[key]):
            both.append(_nullable({key: value}) if may_be_null else {key: value})
        elif key not in STANDARD_OPTIONS or key not in implied:
            result[key] = value
    if may_be_null:
        result = _nullable(result)
    if both:
        result["allOf"] = [*result.get("allOf", ()), *both]
    return result


def _is_same(written: Any, implied: Any) -> bool:
    """Whether a keyword says what is implied anyway, as it does in a schema that was expanded before."""
    without_null = [value for value in written if value is not None] if isinstance(written, list) else written
    return bool(without_null == implied)


def _nullable(schema: Schema) -> Schema:
    result = dict(schema)
    if "type" in result:
        types = [result["type"]] if isinstance(result["type"], str) else list(result["type"])
        result["type"] = types if "null" in types else [*types, "null"]
    if "const" in result:
        result["enum"] = [result.pop("const")]
    if "enum" in result and None not in result["enum"]:
        result["enum"] = [*result["enum"], None]
    return result


def _not_empty(schema: Schema) -> Schema:
    if schema.get("type") == "string" and "enum" not in schema and "format" not in schema:
        return schema | {"minLength": max(1, schema.get("minLength", 1))}
    if schema.get("type") == "array":
        return schema | {"minItems": max(1, schema.get("minItems", 1))}
    return schema
