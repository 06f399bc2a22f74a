"""Writes what `docs/reference/forms.md` says from the code, and the JSON Schema of form documents beside it.

    python -m tools.form_reference

A test fails when the files differ from what this module makes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.texts import localized
from form_engine.documents.form_document import document_schema
from form_engine.field_type import COMMON_OPTIONS, FIELD_TYPES, STANDARD_OPTIONS, FieldType
from form_engine.storage.tables import type_text

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
PAGE = FOLDER / "forms.md"
SCHEMA = FOLDER / "form.schema.json"
_BEGIN = "<!-- generated: field types -->"
_END = "<!-- end -->"


def field_types() -> str:
    """Return the tables of field types and of their options."""
    kinds = list(FIELD_TYPES.values())
    lines = ["| type | 名称 | name | value in JSON | column | example |", "|---|---|---|---|---|---|"]
    lines += [_kind_line(kind) for kind in kinds]
    lines += ["", "| type | option | value | default | meaning |", "|---|---|---|---|---|"]
    lines += [_option_line("every type", key, option) for key, option in COMMON_OPTIONS.items() if key != "type"]
    for kind in kinds:
        # Limits of numbers are JSON Schema's own words; the page says once what they do.
        described = {key: option for key, option in kind.options["properties"].items() if "description" in option}
        lines += [_option_line(f"`{kind.name}`", key, option) for key, option in described.items()]
    return "\n".join(lines)


def _kind_line(kind: FieldType) -> str:
    example = kind.examples.accepted[0]
    column = kind.column(example.options)
    names = [localized(kind.title, language) for language in ("zh-CN", "en-US")]
    cells = [
        f"`{kind.name}`",
        *names,
        _types(kind.schema(example.options)),
        f"`{type_text(column).lower()}`" if column is not None else "a table of its own",
        f"`{json.dumps(example.value, ensure_ascii=False)}`",
    ]
    return f"| {' | '.join(cells)} |"


def _option_line(owner: str, key: str, option: Mapping[str, Any]) -> str:
    place = f"`{key}` beside `x-field`" if key in STANDARD_OPTIONS else f"`{key}`"
    default = f"`{json.dumps(option['default'])}`" if "default" in option else ""
    return f"| {owner} | {place} | {_types(option)} | {default} | {option['description']} |"


def _types(schema: Mapping[str, Any]) -> str:
    written = schema.get("type", "one of a list" if "enum" in schema else "any")
    text = written if isinstance(written, str) else " or ".join(written)
    extra = [schema["format"]] if "format" in schema else []
    extra += [f"{schema['minimum']}–{schema['maximum']}"] if {"minimum", "maximum"} <= schema.keys() else []
    return f"{text} ({', '.join(extra)})" if extra else str(text)


def page(text: str) -> str:
    """Return the page's text with its generated part made anew."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n\n{field_types()}\n\n{_END}{after}"


def schema() -> str:
    """Return the JSON Schema of form documents as its file holds it."""
    return json.dumps(document_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    SCHEMA.write_text(schema(), "utf-8")
