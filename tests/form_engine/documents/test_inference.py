"""Any JSON Schema object is a form: what bare properties become."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from form_engine.documents.expand import expand
from form_engine.documents.inference import normal

_TITLED = [{"const": "s", "title": "Small"}, {"const": "l", "title": "Large"}]


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({"type": "string"}, {"type": "text"}),
        ({}, {"type": "text"}),
        (True, {"type": "text"}),
        ({"type": "string", "maxLength": 255}, {"type": "text"}),
        ({"type": "string", "maxLength": 256}, {"type": "long_text"}),
        ({"type": "string", "format": "date"}, {"type": "date"}),
        ({"type": "string", "format": "date-time"}, {"type": "datetime"}),
        ({"type": "string", "format": "email"}, {"type": "text"}),
        ({"type": "integer"}, {"type": "integer"}),
        ({"type": "number"}, {"type": "decimal", "scale": 6}),
        ({"type": "number", "multipleOf": 0.01}, {"type": "decimal", "scale": 2}),
        ({"type": ["integer", "number"]}, {"type": "decimal", "scale": 6}),
        ({"type": "boolean"}, {"type": "boolean"}),
        ({"type": ["string", "null"], "format": "date"}, {"type": "date"}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": "integer"}),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/$defs/day"}]}, {"type": "date"}),
        ({"$ref": "#/$defs/day"}, {"type": "date"}),
        ({"allOf": [{"$ref": "#/$defs/day"}]}, {"type": "date"}),
        (
            {"enum": ["a", "b", None]},
            {"type": "select", "options": [{"value": "a", "title": "A"}, {"value": "b", "title": "B"}]},
        ),
        ({"const": "only"}, {"type": "select", "options": [{"value": "only", "title": "Only"}]}),
        (
            {"oneOf": _TITLED},
            {"type": "select", "options": [{"value": "s", "title": "Small"}, {"value": "l", "title": "Large"}]},
        ),
        (
            {"type": "array", "items": {"enum": ["x"]}},
            {"type": "multi_select", "options": [{"value": "x", "title": "X"}]},
        ),
        ({"type": "array", "items": {"type": "string"}}, {"type": "multi_select", "open": True}),
        ({"type": "array", "items": {"$ref": "#/$defs/row"}}, {"type": "table"}),
        ({"type": "integer", "enum": [1, 2]}, {"type": "integer"}),
        ({"type": "string", "x-field": {"unique": True}}, {"type": "text", "unique": True}),
    ],
)
def test_a_bare_property_means_a_field_type(schema: Any, field: dict[str, Any]) -> None:
    definitions = {
        "day": {"type": "string", "format": "date"},
        "row": {"type": "object", "properties": {"name": {"type": "string"}}},
    }
    document, faults = normal({"type": "object", "properties": {"value": schema}, "$defs": definitions})
    assert faults == []
    assert document["properties"]["value"]["x-field"] == field


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        (7, "property_not_a_schema"),
        (False, "property_not_a_schema"),
        ({"type": ["string", "integer"]}, "property_unsupported"),
        ({"type": "array", "items": {"type": "number"}}, "property_unsupported"),
        ({"type": "object"}, "property_unsupported"),
        ({"$ref": "https://example.com/x.json"}, "reference_not_local"),
        ({"$ref": "#/$defs/nothing"}, "reference_unknown"),
        ({"$ref": "#/$defs/loop"}, "reference_cycle"),
    ],
)
def test_a_property_no_field_can_hold_is_named(schema: Any, code: str) -> None:
    document = {"properties": {"good": {}, "value": schema}, "$defs": {"loop": {"$ref": "#/$defs/loop"}}}
    normalised, faults = normal(document)
    assert list(normalised["properties"]) == ["good"]
    assert [(fault.pointer, fault.code) for fault in faults] == [("#/properties/value", code)]


def test_an_object_inside_becomes_fields_of_its_own() -> None:
    address = {
        "type": "object",
        "title": "地址",
        "required": ["city"],
        "properties": {"city": {"type": "string", "title": "城市"}, "geo": {"properties": {"lat": {"type": "number"}}}},
    }
    document, faults = normal({"required": ["address", "name"], "properties": {"name": {}, "address": address}})
    assert faults == []
    assert list(document["properties"]) == ["name", "address_city", "address_geo_lat"]
    assert document["properties"]["address_city"]["title"] == "地址 · 城市"
    assert document["required"] == ["address_city", "name"]


def test_a_table_inside_a_table_is_refused() -> None:
    inner = {"type": "array", "items": {"type": "object", "properties": {"x": {}}}}
    rows = {"type": "array", "items": {"type": "object", "properties": {"name": {}, "inner": inner}}}
    document, faults = normal({"properties": {"rows": rows}})
    assert [(fault.pointer, fault.code) for fault in faults] == [
        ("#/properties/rows/items/properties/inner", "table_in_table")
    ]
    assert list(document["properties"]["rows"]["items"]["properties"]) == ["name"]


def test_a_pasted_schema_becomes_a_form_that_takes_the_same_values() -> None:
    pasted = {
        "title": "Visit",
        "type": "object",
        "required": ["visitor", "arrival"],
        "properties": {
            "visitor": {"type": "string", "minLength": 2},
            "arrival": {"type": "string", "format": "date-time"},
            "purpose": {"enum": ["meeting", "delivery"]},
            "badge": {"type": ["integer", "null"], "minimum": 1},
            "fee": {"type": "number", "minimum": 0},
            "companions": {"type": "array", "items": {"$ref": "#/$defs/person"}},
        },
        "$defs": {"person": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}},
    }
    visit = {
        "visitor": "Li",
        "arrival": "2026-11-21T08:00:00Z",
        "purpose": "meeting",
        "badge": None,
        "fee": 12.5,
        "companions": [{"name": "Wang"}],
    }
    before = Draft202012Validator(pasted)
    after = Draft202012Validator(expand(pasted))
    for value in (
        visit,
        visit | {"visitor": "L"},
        visit | {"badge": 0},
        visit | {"companions": [{}]},
        {"visitor": "Li"},
    ):
        assert before.is_valid(value) == after.is_valid(value)
