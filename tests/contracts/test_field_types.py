"""Every field type keeps the contract: closed options, values in and out, PostgreSQL, labels, docs and a TSX twin."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator

from engine import json_schema
from engine.db import Session
from engine.errors import InvalidInput
from engine.expressions import Type
from engine.texts import LANGUAGES, localized
from form_engine.documents.expand import complete_options, expand_property
from form_engine.documents.form_document import own_options
from form_engine.documents.record_types import FormRecord
from form_engine.field_type import COMMON_OPTIONS, FIELD_TYPES, STANDARD_OPTIONS, Example, FieldType
from tests.architecture.sources import ROOT

_KINDS = list(FIELD_TYPES.values())
_EACH = pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.name)
_TWINS = ROOT / "web" / "ui" / "src" / "forms" / "field_types"


def _examples(which: str) -> pytest.MarkDecorator:
    cases = [(kind, example) for kind in _KINDS for example in getattr(kind.examples, which)]
    ids = [f"{kind.name}-{str(example.value)[:24]}" for kind, example in cases]
    return pytest.mark.parametrize(("kind", "example"), cases, ids=ids)


def _property(kind: FieldType, example: Example) -> dict[str, Any]:
    """Return a property of this type as it stands in a document."""
    standard = {key: value for key, value in example.options.items() if key in STANDARD_OPTIONS}
    own = {key: value for key, value in example.options.items() if key not in STANDARD_OPTIONS}
    rows = {"items": {"type": "object", "properties": {}}} if kind.traits.has_rows else {}
    return {"x-field": {"type": kind.name, **own}, **standard, **rows}


def _resolve(name: str) -> FormRecord:
    return FormRecord(name=name, fields={}, resolve=_resolve)


def test_the_language_has_sixteen_field_types() -> None:
    assert set(FIELD_TYPES) >= {
        *("text", "long_text", "integer", "decimal", "money", "boolean", "date", "datetime"),
        *("select", "multi_select", "relation", "table", "member", "department", "serial", "file"),
    }


@_EACH
def test_options_are_closed_and_do_not_meet_the_shared_ones(kind: FieldType) -> None:
    Draft202012Validator.check_schema(kind.options)
    assert kind.options["additionalProperties"] is False
    assert kind.options["properties"].keys().isdisjoint(COMMON_OPTIONS)


@_EACH
def test_an_unknown_option_is_refused(kind: FieldType) -> None:
    options = {"type": kind.name, **kind.examples.accepted[0].options, "no_such_option": 1}
    own = {key: value for key, value in options.items() if key not in STANDARD_OPTIONS}
    found = json_schema.Validator(own_options(kind)).violations(own)
    assert [(spot.pointer, spot.code) for spot in found] == [("#/no_such_option", "additionalProperties")]


@_examples("accepted")
def test_the_expanded_schema_accepts_what_the_type_accepts(kind: FieldType, example: Example) -> None:
    schema = expand_property("value", _property(kind, example), is_required=not kind.traits.has_rows)
    Draft202012Validator.check_schema(schema)
    value = [] if kind.traits.has_rows else example.value
    jsonschema.validate(value, schema, Draft202012Validator, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert json_schema.Validator(schema).violations(value) == []


@_examples("refused")
def test_what_the_type_refuses_never_gets_in(kind: FieldType, example: Example) -> None:
    written = _property(kind, example)
    schema = expand_property("value", written, is_required=True)
    if json_schema.Validator(schema).violations(example.value):
        return
    with pytest.raises(InvalidInput):
        kind.store(example.value, complete_options(kind, written))


@_examples("accepted")
def test_a_value_comes_back_from_postgresql_as_it_went_in(kind: FieldType, example: Example, session: Session) -> None:
    options = complete_options(kind, _property(kind, example))
    column = kind.column(options)
    if column is None:
        assert kind.traits.has_rows
        return
    table = sa.Table("round_trip", sa.MetaData(), sa.Column("value", column), prefixes=["TEMPORARY"])
    table.create(session.connection)
    session.execute(sa.insert(table).values(value=kind.store(example.value, options)))
    stored = session.execute(sa.select(table.c.value)).scalar_one()
    shown = kind.show(stored, options)
    assert shown == (example.value if example.shown is None else example.shown)
    json.dumps(shown)
    assert kind.show(kind.store(shown, options), options) == shown


@_examples("accepted")
def test_every_type_has_a_type_in_expressions(kind: FieldType, example: Example) -> None:
    assert isinstance(kind.type(complete_options(kind, _property(kind, example)), _resolve), Type)


@_EACH
def test_examples_show_what_is_taken_and_what_is_not(kind: FieldType) -> None:
    assert kind.examples.accepted
    assert len(kind.examples.refused) >= 2


@_EACH
def test_the_label_is_there_in_every_language(kind: FieldType) -> None:
    labels = {localized(kind.title, language) for language in LANGUAGES}
    assert not isinstance(kind.title, str)
    assert len(labels) == len(LANGUAGES)


@_EACH
def test_the_module_shows_a_field_of_the_type(kind: FieldType) -> None:
    text = (ROOT / "form_engine" / "field_types" / f"{kind.name}.py").read_text("utf-8")
    assert f'"type": "{kind.name}"' in text.split('"""')[1]


@_EACH
def test_the_reference_has_a_line(kind: FieldType) -> None:
    assert f"\n| `{kind.name}` |" in (ROOT / "docs" / "reference" / "forms.md").read_text("utf-8")


def test_every_type_has_its_page_and_no_page_is_an_orphan() -> None:
    pages = {path.stem for path in _TWINS.glob("*.tsx") if not path.stem.endswith((".test", "_test"))}
    assert pages == set(FIELD_TYPES)
