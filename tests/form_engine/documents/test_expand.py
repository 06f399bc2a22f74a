"""The expanded schema: standard, self-contained, and as strict as the document says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from form_engine.documents.expand import expand
from tests.architecture.sources import ROOT

_CATALOG = ROOT / "app_templates" / "catalog"
_FORMS = sorted(_CATALOG.glob("*/forms/*.json"))


def _form(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"$id": "crm.thing", "format": 1, "title": "事", "type": "object", "properties": properties, **more}


def _errors(schema: dict[str, Any], value: Any) -> list[str]:
    """Return what plain jsonschema, without any of our code, says about a value."""
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return sorted(f"{error.json_path} {error.validator}" for error in validator.iter_errors(value))


@pytest.mark.parametrize("path", _FORMS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_every_form_of_the_catalogue_expands_to_a_standard_schema(path: Any) -> None:
    schema = expand(json.loads(path.read_text("utf-8")))
    Draft202012Validator.check_schema(schema)
    assert all("type" in one or "enum" in one for one in schema["properties"].values())


def test_the_sales_order_validates_alone() -> None:
    schema = expand(json.loads((_CATALOG / "crm" / "forms" / "sales_order.json").read_text("utf-8")))
    product = "0193a5b0-6f3e-7c2a-9d58-1b2c3d4e5f60"
    order = {"customer": product, "lines": [{"product": product, "quantity": "2.5", "price": 10}]}
    assert _errors(schema, order) == []
    assert _errors(schema, order | {"lines": []}) == ["$.lines minItems"]
    assert _errors(schema, order | {"nonsense": 1}) == ["$ additionalProperties"]
    assert _errors(schema, order | {"status": "lost"}) == ["$.status enum"]
    worse = order | {"customer": "ACME", "lines": [{"product": product, "quantity": "0.0001", "price": "x"}]}
    assert _errors(schema, worse) == ["$.customer format", "$.lines[0].price pattern", "$.lines[0].quantity pattern"]


def test_a_minimal_property_becomes_complete() -> None:
    expanded = expand(_form({"price": {"title": "单价", "x-field": {"type": "money"}}}))
    assert expanded == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "crm.thing",
        "title": "事",
        "type": "object",
        "properties": {
            "price": {
                "title": "单价",
                "type": ["string", "number", "null"],
                "pattern": "^-?[0-9]{1,16}(\\.[0-9]{1,2}0*)?$",
                "exclusiveMinimum": -(10**16),
                "exclusiveMaximum": 10**16,
                "x-field": {"type": "money", "currency": "CNY"},
            }
        },
        "additionalProperties": False,
    }


def test_a_required_text_is_not_empty() -> None:
    schema = expand(
        _form({"name": {"x-field": {"type": "text"}}, "note": {"x-field": {"type": "text"}}}, required=["name"])
    )
    assert _errors(schema, {"name": "x", "note": None}) == []
    assert _errors(schema, {"name": ""}) == ["$.name minLength"]
    assert _errors(schema, {"name": None}) == ["$.name type"]
    assert _errors(schema, {}) == ["$ required"]


def test_computed_and_generated_fields_are_read_only_and_never_required() -> None:
    schema = expand(
        _form(
            {
                "number": {"x-field": {"type": "serial", "pattern": "N{seq}"}},
                "total": {"x-field": {"type": "money", "formula": "1 + 1"}},
            },
            required=["number", "total"],
        )
    )
    assert [schema["properties"][key]["readOnly"] for key in ("number", "total")] == [True, True]
    assert "required" not in schema


def test_unknown_keywords_are_enforced() -> None:
    schema = expand(
        _form(
            {
                "kind": {"x-field": {"type": "select", "options": [{"value": "a"}, {"value": "b"}]}},
                "code": {"pattern": "^[A-Z]{3}$", "x-field": {"type": "text"}},
                "day": {"pattern": "^2026", "x-field": {"type": "date"}},
                "reason": {"x-field": {"type": "text"}},
            },
            **{"if": {"properties": {"kind": {"const": "b"}}, "required": ["kind"]}, "then": {"required": ["reason"]}},
            dependentRequired={"code": ["kind"]},
        )
    )
    assert _errors(schema, {"kind": "a", "code": "ABC", "day": "2026-01-01"}) == []
    assert _errors(schema, {"kind": "b"}) == ["$ required"]
    assert _errors(schema, {"code": "ABC"}) == ["$ dependentRequired"]
    assert _errors(schema, {"kind": "a", "code": "abc"}) == ["$.code pattern"]
    assert _errors(schema, {"day": "2025-01-01"}) == ["$.day pattern"]


def test_an_optional_enumeration_takes_null() -> None:
    schema = expand(_form({"level": {"type": "integer", "enum": [1, 2], "x-field": {"type": "integer"}}}))
    assert _errors(schema, {"level": None}) == []
    assert _errors(schema, {"level": 3}) == ["$.level enum"]


def test_bounds_hold_for_the_string_form_where_a_pattern_can_say_so() -> None:
    schema = expand(_form({"price": {"minimum": 0, "x-field": {"type": "money"}}}))
    assert _errors(schema, {"price": "-1"}) == ["$.price pattern"]
    assert _errors(schema, {"price": -1}) == ["$.price minimum"]


def test_rows_carry_their_id_and_nothing_unknown() -> None:
    lines = {"x-field": {"type": "table"}, "items": {"required": ["name"], "properties": {"name": {}}}}
    schema = expand(_form({"lines": lines}))
    row = {"id": "0193a5b0-6f3e-7c2a-9d58-1b2c3d4e5f60", "name": "x"}
    assert _errors(schema, {"lines": [row, {"name": "y"}]}) == []
    assert _errors(schema, {"lines": [{"id": "1", "nam": "x"}]}) == [
        "$.lines[0] additionalProperties",
        "$.lines[0] required",
        "$.lines[0].id format",
    ]


def test_expansion_is_stable() -> None:
    document = json.loads((_CATALOG / "crm" / "forms" / "sales_order.json").read_text("utf-8"))
    once = expand(document)
    assert expand(once) == once
