"""The short way says yes only where the validator has nothing to say, over every field type and many keywords."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import json_schema, plain_validity
from engine.json_schema import MAX_DEPTH, MAX_NODES, MAX_NUMBER, Validator
from form_engine.documents.expand import expand
from form_engine.field_type import FIELD_TYPES, STANDARD_OPTIONS, Example, FieldType

_OF_TYPES = [
    (kind, example) for kind in FIELD_TYPES.values() for example in (*kind.examples.accepted, *kind.examples.refused)
]
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3) | st.integers(),
    st.floats(),
    st.decimals(),
    st.sampled_from(["", "a", "ab", "客户", "\x00", "\ud800", "2026-11-21", "12.50", "1e3", "x" * 5000]),
    st.text(max_size=4),
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
_TYPES = st.sampled_from(["string", "number", "integer", "boolean", "array", "object", "null"])
_LIMITS = st.integers(-2, 3)
_KEYWORDS = {
    "type": _TYPES | st.lists(_TYPES, min_size=1, max_size=3, unique=True),
    "enum": st.lists(_SCALARS, min_size=1, max_size=3),
    "const": _SCALARS,
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 3),
    "pattern": st.sampled_from(["^a", "b$", "^[0-9.]+$"]),
    "format": st.sampled_from(["date", "uuid", "email", "date-time", "nothing"]),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _LIMITS),
    "multipleOf": st.sampled_from([0.1, 2]),
    "minItems": st.integers(0, 2),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "required": st.lists(st.sampled_from("abc"), unique=True),
    "additionalProperties": st.just(value=False),
    "not": st.just({"type": "null"}),
    "x-field": st.just({}),
}
_SCHEMAS = st.recursive(
    st.fixed_dictionaries({}, optional=_KEYWORDS) | st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional=_KEYWORDS
        | {
            "items": inner,
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        },
    ),
    max_leaves=6,
)


def is_plain(schema: Any, value: Any) -> bool:
    """What the short way says."""
    check = plain_validity.compiled(schema, most_nodes=MAX_NODES, most_depth=MAX_DEPTH, limit=MAX_NUMBER)
    return check(value)


def is_right(schema: Any, value: Any) -> bool:
    """What the library and the bounds say, the long way."""
    if json_schema.bounds(value):
        return False
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return not any(json_schema._Validator(schema, format_checker=checker).iter_errors(value))


@settings(max_examples=400)
@given(_SCHEMAS, _VALUES)
def test_what_is_plainly_right_is_right(schema: Any, value: Any) -> None:
    assert not is_plain(schema, value) or is_right(schema, value)


@pytest.mark.parametrize(("kind", "example"), _OF_TYPES, ids=lambda one: getattr(one, "name", ""))
@settings(max_examples=15)
@given(data=st.data())
def test_values_of_every_field_type(kind: FieldType, example: Example, data: st.DataObject) -> None:
    schema = record_schema(kind, example, is_required=data.draw(st.booleans()))
    value = data.draw(st.one_of(st.just(example.value), _SCALARS, st.lists(_SCALARS, max_size=3)))
    record = data.draw(st.sampled_from([{"one": value}, {}, {"one": value, "two": 1}]))
    assert not is_plain(schema, record) or is_right(schema, record)


@pytest.mark.parametrize("kind", FIELD_TYPES.values(), ids=lambda kind: kind.name)
def test_right_values_of_every_field_type_go_the_short_way(kind: FieldType) -> None:
    for example in kind.examples.accepted:
        # A number in its own notation may be a multiple of something: only the validator calculates.
        if not isinstance(example.value, float | int) or isinstance(example.value, bool):
            assert is_plain(record_schema(kind, example, is_required=False), {"one": example.value})


def record_schema(kind: FieldType, example: Example, *, is_required: bool) -> dict[str, Any]:
    """A record of one field."""
    standard = {key: value for key, value in example.options.items() if key in STANDARD_OPTIONS}
    own = {key: value for key, value in example.options.items() if key not in STANDARD_OPTIONS}
    cells = {"a": {"x-field": {"type": "text"}}, "b": {"x-field": {"type": "decimal"}}}
    rows = {"items": {"type": "object", "properties": cells}} if kind.traits.has_rows else {}
    document = {"type": "object", "properties": {"one": {"x-field": {"type": kind.name, **own}, **standard, **rows}}}
    return expand(document | ({"required": ["one"]} if is_required else {}))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "x\x00"),
        ({"type": "string"}, "\ud800"),
        ({"type": "number"}, Decimal("NaN")),
        ({"type": "number"}, 10**38),
        ({"type": "integer"}, True),
        ({"type": "integer"}, 1.5),
        ({"type": "object", "properties": {}}, {"a": 1}),
        ({"type": "array"}, [1]),
        ({"type": "array", "items": {"type": "string"}}, ["a"] * 1001),
        ({"enum": [1]}, True),
        ({"pattern": "("}, "a"),
        ({"properties": 7}, {}),
        ({"anyOf": [{}]}, 1),
    ],
)
def test_leaves_to_the_validator_what_is_not_plain(schema: Any, value: Any) -> None:
    assert not is_plain(schema, value)


def test_lists_stay_within_the_bounds_of_a_value() -> None:
    cells = {f"c{index}": {"type": "string"} for index in range(300)}
    rows = {"type": "array", "items": {"type": "object", "properties": cells, "additionalProperties": False}}
    assert not is_plain(rows, [{}] * 200)
    assert Validator(rows).violations([{}] * 200) == []
    assert is_plain(rows, [{"c1": "x"}] * 100)
