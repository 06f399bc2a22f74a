"""JSON Schema: exact spots, codes and parameters; hostile input and hostile schemas."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import json_schema
from engine.errors import InvalidDefinition, Violation
from engine.json_schema import Validator, bounds, check, validator


def spots(schema: Any, value: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """What is wrong, without the names of types."""
    return [(spot.pointer, spot.code, dict(spot.params)) for spot in Validator(schema).violations(value)]


NUMBER = {"zh-CN": "数字", "en-US": "a number"}
TEXT = {"zh-CN": "文本", "en-US": "text"}
NUMBER_OR_EMPTY = {"zh-CN": "数字或空", "en-US": "a number or empty"}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"required": ["a", "b"]}, {"b": 1}, [("#/a", "required", {})]),
        ({"dependentRequired": {"a": ["b", "c"]}}, {"a": 1, "c": 1}, [("#/b", "required", {})]),
        (
            {"properties": {"a": {}}, "patternProperties": {"^x-": {}}, "additionalProperties": False},
            {"a": 1, "x-b": 1, "c/d": 1},
            [("#/c~1d", "additionalProperties", {"name": "c/d"})],
        ),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}, [("#/a", "type", {"expected": TEXT})]),
        ({"type": ["number", "null"]}, "x", [("#", "type", {"expected": NUMBER_OR_EMPTY})]),
        ({"type": "number"}, True, [("#", "type", {"expected": NUMBER})]),
        ({"enum": ["draft", 1, None]}, "x", [("#", "enum", {"allowed": ["draft", "1", "null"]})]),
        ({"const": "x"}, 1, [("#", "const", {"expected": "x"})]),
        ({"minimum": 2}, 1, [("#", "minimum", {"limit": 2})]),
        ({"maximum": 2}, Decimal("2.01"), [("#", "maximum", {"limit": 2})]),
        ({"exclusiveMinimum": 0}, 0, [("#", "exclusiveMinimum", {"limit": 0})]),
        ({"exclusiveMaximum": 0}, 0, [("#", "exclusiveMaximum", {"limit": 0})]),
        ({"multipleOf": 0.01}, Decimal("1.005"), [("#", "multipleOf", {"limit": 0.01})]),
        ({"minLength": 3}, "客户", [("#", "minLength", {"limit": 3})]),
        ({"maxLength": 1}, "客户", [("#", "maxLength", {"limit": 1})]),
        ({"minItems": 1}, [], [("#", "minItems", {"limit": 1})]),
        ({"maxItems": 1}, [1, 2], [("#", "maxItems", {"limit": 1})]),
        ({"minProperties": 1}, {}, [("#", "minProperties", {"limit": 1})]),
        ({"maxProperties": 0}, {"a": 1}, [("#", "maxProperties", {"limit": 0})]),
        (
            {"uniqueItems": True},
            [1, "1", 1.0, {"a": 1}, {"a": 1}],
            [
                ("#/2", "uniqueItems", {}),
                ("#/4", "uniqueItems", {}),
            ],
        ),
        ({"contains": {"const": 1}}, [2], [("#", "contains", {})]),
        ({"pattern": "^a+$"}, "b", [("#", "pattern", {"pattern": "^a+$"})]),
        ({"format": "date"}, "2026-02-30", [("#", "format", {"format": "date"})]),
        ({"format": "date-time"}, "2026-02-03 10:00", [("#", "format", {"format": "date-time"})]),
        ({"format": "email"}, "nobody", [("#", "format", {"format": "email"})]),
        ({"format": "uuid"}, "7", [("#", "format", {"format": "uuid"})]),
        ({"not": {"const": 1}}, 1, [("#", "not", {})]),
        ({"oneOf": [{"minimum": 1}, {"minimum": 2}]}, 3, [("#", "oneOf", {})]),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, [("#", "anyOf", {})]),
        (
            {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]},
            "abc",
            [("#", "maxLength", {"limit": 2})],
        ),
        ({"allOf": [{"required": ["a"]}, {"required": ["a"]}]}, {}, [("#/a", "required", {})]),
        (
            {"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"required": ["b"]}},
            {"a": 1},
            [("#/b", "required", {})],
        ),
        ({"properties": {"a": {}}, "unevaluatedProperties": False}, {"b": 1}, [("#", "unevaluatedProperties", {})]),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, [("#/ab", "propertyNames", {"name": "ab"})]),
        (False, 1, [("#", "schema", {"keyword": "None"})]),
        (
            {"properties": {"lines": {"items": {"properties": {"quantity": {"minimum": 1}}}}}},
            {"lines": [{"quantity": 1}, {"quantity": 0}]},
            [("#/lines/1/quantity", "minimum", {"limit": 1})],
        ),
    ],
)
def test_points_at_the_spot(schema: Any, value: Any, expected: list[Any]) -> None:
    assert spots(schema, value) == expected


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, Decimal("3.00")),
        ({"type": "integer"}, 3.0),
        ({"multipleOf": 0.1}, 0.3),
        ({"multipleOf": 0.01}, Decimal("1234567890123.45")),
        ({"uniqueItems": True}, [0, False, "0", None]),
        ({"format": "something-else"}, "x"),
        ({"$defs": {"a": {"minimum": 1}}, "$ref": "#/$defs/a"}, 1),
        (True, {"anything": [1]}),
    ],
)
def test_finds_nothing_wrong(schema: Any, value: Any) -> None:
    assert spots(schema, value) == []


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (nested(33), "value_too_deep"),
        (nested(100_000), "value_too_deep"),
        ([0] * 200_001, "value_too_large"),
        ({"a": "\x00"}, "text_not_storable"),
        ({"\ud800": 1}, "text_not_storable"),
        (float("inf"), "number_out_of_range"),
        (float("nan"), "number_out_of_range"),
        (10**38, "number_out_of_range"),
        (Decimal("1e999999"), "number_out_of_range"),
        (Decimal("NaN"), "number_out_of_range"),
    ],
)
def test_guards_before_it_validates(value: Any, code: str) -> None:
    assert [spot.code for spot in Validator({}).violations(value)] == [code]


def test_admits_what_is_just_within_bounds() -> None:
    assert bounds(nested(32)) == []
    assert bounds({"a": "汉字 \U0001f600", "b": 10**38 - 1}) == []


def test_stops_at_a_hundred_spots() -> None:
    assert len(Validator({"items": {"type": "string"}}).violations([1] * 5000)) == 100


def test_says_it_in_both_languages() -> None:
    (spot,) = Validator({"type": "object", "properties": {"a": {"type": ["string", "null"]}}}).violations({"a": 1})
    assert spot.detail("zh-CN") == "此项须为文本或空。"
    assert spot.detail("en-US") == "This must be text or empty."


def test_compiles_once_a_key_and_never_mixes_schemas() -> None:
    schema = {"type": "string"}
    first = validator(("forms", 1), schema)
    assert validator(("forms", 1), schema) is first
    assert validator(("forms", 1), dict(schema)) is first
    other = validator(("forms", 1), {"type": "number"})
    assert other is not first
    assert other.violations(1) == []
    assert first.violations("x") == []


def test_a_schema_that_never_ends_is_refused_and_not_a_crash() -> None:
    with pytest.raises(InvalidDefinition, match="schema_unusable"):
        Validator({"$ref": "#"}).violations(1)
    with pytest.raises(InvalidDefinition, match="schema_unusable"):
        Validator({"$ref": "https://example.com/schema.json"}).violations(1)
    with pytest.raises(InvalidDefinition, match="schema_unusable"):
        Validator({"$ref": "#/$defs/nothing"}).violations(1)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "objekt"}, [("#/properties/a/type", "schema_keyword")]),
        ({"minLength": -1}, [("#/properties/a/minLength", "schema_keyword")]),
        ({"pattern": "(a+)+$"}, [("#/properties/a/pattern", "pattern_explodes")]),
        ({"patternProperties": {"(a+)+$": {}}}, [("#/properties/a/patternProperties/(a+)+$", "pattern_explodes")]),
        ({"$ref": "https://example.com/x"}, [("#/properties/a/$ref", "schema_remote_reference")]),
        ({"default": {"pattern": "(a+)+$"}, "const": {"$ref": "http://x"}}, []),
        ({"x-field": {"type": "money"}, "pattern": "^a$"}, []),
    ],
)
def test_checks_schemas_that_people_write(schema: Any, expected: list[tuple[str, str]]) -> None:
    found = check(schema, at=("properties", "a"))
    assert [(spot.pointer, spot.code) for spot in found] == expected


def test_a_long_text_never_meets_a_pattern() -> None:
    assert spots({"pattern": "^a*$"}, "a" * 4001) == [("#", "pattern", {"pattern": "^a*$"})]


def test_every_code_has_its_sentence_in_both_languages() -> None:
    for code in json_schema._PARAMS:
        for language in ("zh-CN", "en-US"):
            assert Violation(pointer="#", code=code).detail(language) != code
