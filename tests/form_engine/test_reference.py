"""The pages about forms say what the code says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from form_engine.field_type import FieldType
from tests.architecture.sources import ROOT
from tools import form_reference

_FORMS = sorted((ROOT / "app_templates" / "catalog").glob("*/forms/*.json"))
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_reference_is_up_to_date() -> None:
    text = form_reference.PAGE.read_text("utf-8")
    assert form_reference.page(text) == text, "run python -m tools.form_reference"
    assert form_reference.SCHEMA.read_text("utf-8") == form_reference.schema()


@pytest.mark.parametrize("path", _FORMS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_every_form_of_the_catalogue_satisfies_the_published_schema(path: Any) -> None:
    schema = json.loads(form_reference.SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "field",
    [
        {"x-field": {"type": "nonsense"}},
        {"x-field": {"type": "text", "size": 1}},
        {"x-field": {"type": "select"}},
        {"maxLength": 20_000, "x-field": {"type": "text"}},
        {"items": {"properties": {"a": {"x-field": {"type": "money", "currency": "X"}}}}, "x-field": {"type": "table"}},
    ],
)
def test_the_published_schema_refuses_what_publication_refuses(field: dict[str, Any]) -> None:
    schema = json.loads(form_reference.SCHEMA.read_text("utf-8"))
    assert not Draft202012Validator(schema).is_valid({"properties": {"x": field}})


def test_the_example_of_the_reference_is_a_form() -> None:
    text = form_reference.PAGE.read_text("utf-8")
    example = json.loads(re.search(r"^    \{\n(.*?)^    \}$", text, re.MULTILINE | re.DOTALL).group(0))  # type: ignore[union-attr]
    assert Draft202012Validator(json.loads(form_reference.schema())).is_valid(example)


def test_a_new_field_type_is_fourteen_lines_of_readme() -> None:
    code = _BLOCK.search((ROOT / "form_engine" / "README.md").read_text("utf-8"))
    assert code is not None
    assert len(code.group(1).strip().splitlines()) <= 14
    names: dict[str, Any] = {}
    exec(compile(code.group(1), "README.md", "exec"), names)  # noqa: S102 - our own page
    kind = names["FIELD_TYPE"]
    assert isinstance(kind, FieldType)
    schema = Draft202012Validator(kind.schema({}), format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert all(schema.is_valid(example.value) for example in kind.examples.accepted)
    assert not any(schema.is_valid(example.value) for example in kind.examples.refused)
