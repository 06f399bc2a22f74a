"""What is wrong with the fields of a form document, one property at a time. Pure; expressions are `checks`' part."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine import json_schema
from engine.errors import InvalidInput, Violation, pointer
from form_engine.documents.expand import complete_options, expand_normal, expand_property
from form_engine.documents.form_document import KEY, frame, own_options, standard_options
from form_engine.documents.inference import Path, normal, reference_faults
from form_engine.field_type import FIELD_TYPES, FieldType, Schema
from form_engine.storage.tables import LONGEST_INDEXED, MOST_COLUMNS, ROW_KEYS, SYSTEM_KEYS

#: Names that expressions give another meaning, or cannot read as a name at all.
_EXPRESSION_NAMES: Final = frozenset(
    {"record", "old", "user", "item", "true", "false", "none", "null", *keyword.kwlist}
)
_KEY = re.compile(KEY)


@dataclass(slots=True, kw_only=True)
class FieldReport:
    """A document's faults, and the document in normal form with only the fields that are right.

    faulty      -- keys of fields that were left out: expressions that use them are not blamed for it.
    is_standard -- the document is JSON Schema by the metaschema; where it is not, each property is asked by itself.
    """

    document: Schema
    violations: list[Violation] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)
    is_standard: bool = True


def check_fields(document: Any) -> FieldReport:
    """Return every fault of a document's frame and fields."""
    found = json_schema.validator("form_engine.frame", frame()).violations(document)
    if not isinstance(document, Mapping) or not isinstance(document.get("properties"), Mapping):
        return FieldReport(document={"properties": {}}, violations=found)
    report = FieldReport(document={}, violations=found)
    keywords = json_schema.check(_bare({key: value for key, value in document.items() if key != "format"}))
    report.is_standard = not keywords
    report.violations += [*keywords, *_frame_faults(document)]
    normalised, unreadable = normal(document)
    report.violations += unreadable
    report.faulty |= set(document["properties"]) - set(normalised["properties"])
    report.document = normalised | {
        "properties": _right(normalised["properties"], ("properties",), report, SYSTEM_KEYS),
    }
    report.document["required"] = [
        key for key in normalised.get("required", ()) if key in report.document["properties"]
    ]
    _count_columns(report)
    if not report.violations:
        report.violations += json_schema.check(_bare(expand_normal(report.document)))
    return report


def _frame_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    properties = document["properties"]
    required = document.get("required")
    for index, key in enumerate(required if isinstance(required, list) else ()):
        if isinstance(key, str) and key not in properties:
            yield Violation(pointer=pointer("required", index), code="field_unknown", params={"field": key})
    yield from reference_faults(_bare(document))


def _bare(schema: Any) -> Any:
    """Return a schema without our annotations, whose insides are no schemas."""
    if isinstance(schema, Mapping):
        return {key: _bare(value) for key, value in schema.items() if key not in ("x-field", "x-form", "$id")}
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema


def _right(
    properties: Mapping[str, Schema], path: Path, report: FieldReport, reserved: tuple[str, ...]
) -> dict[str, Schema]:
    """Return the properties without faults; note the faults of the others."""
    right = {}
    for key, schema in properties.items():
        at = (*path, key)
        is_standard = report.is_standard or not json_schema.check(_bare(schema))
        faults = [*_key_faults(key, at, reserved), *_field_faults(key, schema, at, is_standard=is_standard)]
        if not is_standard:
            report.faulty.add(key)
            report.violations += faults
            continue
        if not faults and schema["x-field"]["type"] == "table":
            rows = schema["items"]
            cells = _right(rows["properties"], (*at, "items", "properties"), report, ROW_KEYS)
            known = {**rows, "properties": cells}
            known["required"] = [name for name in rows.get("required", ()) if name in cells]
            right[key] = {**schema, "items": known}
            if not rows["properties"]:
                faults.append(Violation(pointer=pointer(*at), code="table_without_fields"))
        report.violations += faults
        if faults:
            right.pop(key, None)
            report.faulty.add(key)
        else:
            right.setdefault(key, schema)
    return right


def _key_faults(key: str, path: Path, reserved: tuple[str, ...]) -> Iterator[Violation]:
    if not _KEY.fullmatch(key):
        yield Violation(pointer=pointer(*path), code="field_key", params={"key": key, "suggestion": suggested_key(key)})
    elif key in reserved or key in _EXPRESSION_NAMES:
        yield Violation(pointer=pointer(*path), code="field_key_reserved", params={"key": key})


def suggested_key(key: str) -> str:
    """Return the key nearest to what somebody wrote: `orderDate` -> `order_date`."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
    return re.sub(r"[^a-z0-9]+", "_", snake).strip("_0123456789")[:60] or "field"


def _field_faults(key: str, schema: Schema, path: Path, *, is_standard: bool) -> Iterator[Violation]:
    written = schema["x-field"]
    name = written.get("type")
    if not isinstance(name, str) or name not in FIELD_TYPES:
        params = {"type": str(name), "known": list(FIELD_TYPES)}
        yield Violation(pointer=pointer(*path, "x-field", "type"), code="field_type_unknown", params=params)
        return
    kind = FIELD_TYPES[name]
    faults = [*_option_faults(kind, schema, path), *_choice_faults(written, path)]
    yield from faults
    if not faults and is_standard:
        yield from _type_faults(kind, schema, path)
        yield from _combination_faults(kind, schema, path)
        yield from _default_faults(key, kind, schema, path)


def _option_faults(kind: FieldType, schema: Schema, path: Path) -> Iterator[Violation]:
    options = json_schema.validator(("form_engine.options", kind.name), own_options(kind))
    for spot in options.violations(schema["x-field"]):
        yield _moved(spot, (*path, "x-field"))
    limits = {"type": "object", "properties": standard_options(kind)}
    for spot in json_schema.validator(("form_engine.limits", kind.name), limits).violations(schema):
        yield _moved(spot, path)
    for word, most in (("title", 200), ("description", 2000)):
        text = schema.get(word, "x")
        if not isinstance(text, str) or not 1 <= len(text) <= most:
            yield Violation(pointer=pointer(*path, word), code="field_text", params={"limit": most})


def _choice_faults(written: Schema, path: Path) -> Iterator[Violation]:
    seen: set[str] = set()
    choices = written.get("options")
    for index, choice in enumerate(choices if isinstance(choices, list) else ()):
        value = choice.get("value") if isinstance(choice, Mapping) else None
        if isinstance(value, str) and value in seen:
            at = pointer(*path, "x-field", "options", index, "value")
            yield Violation(pointer=at, code="key_twice", params={"key": value})
        seen.add(str(value))


def _type_faults(kind: FieldType, schema: Schema, path: Path) -> Iterator[Violation]:
    if "type" not in schema:
        return
    written = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    implied = kind.schema(schema["x-field"])["type"]
    possible = {implied} if isinstance(implied, str) else set(implied)
    # A number that is written as `integer` becomes a field with places; the other way round loses them.
    if not possible & set(written) and not ("number" in possible and "integer" in written):
        params = {"type": kind.name, "expected": sorted(possible)}
        yield Violation(pointer=pointer(*path, "type"), code="field_type_conflict", params=params)


def _combination_faults(kind: FieldType, schema: Schema, path: Path) -> Iterator[Violation]:
    written, traits = schema["x-field"], kind.traits
    at = (*path, "x-field")
    if kind.name == "multi_select" and not written.get("options") and not written.get("open"):
        yield Violation(pointer=pointer(*at, "options"), code="required")
    if "formula" in written and (traits.has_rows or traits.is_generated):
        yield Violation(pointer=pointer(*at, "formula"), code="formula_not_possible", params={"type": kind.name})
    if "default" in written and (traits.has_rows or traits.is_generated):
        yield Violation(pointer=pointer(*at, "default"), code="default_not_possible", params={"type": kind.name})
    if "default" in written and "formula" in written:
        yield Violation(pointer=pointer(*at, "default"), code="default_beside_formula")
    if "default" in written and "default" in schema:
        yield Violation(pointer=pointer(*at, "default"), code="default_twice")
    is_long = (traits.is_searched and not traits.is_sorted) or schema.get("maxLength", 0) > LONGEST_INDEXED
    if written.get("unique") and (traits.has_rows or traits.is_list or is_long):
        params = {"type": kind.name, "limit": LONGEST_INDEXED}
        yield Violation(pointer=pointer(*at, "unique"), code="unique_not_possible", params=params)


def _default_faults(key: str, kind: FieldType, schema: Schema, path: Path) -> Iterator[Violation]:
    value = schema.get("default")
    if value is None or (kind.traits.has_rows and value == []):
        return
    at = (*path, "default")
    if "formula" in schema["x-field"] or kind.traits.is_generated or kind.traits.has_rows:
        yield Violation(pointer=pointer(*at), code="default_not_possible", params={"type": kind.name})
        return
    expanded = expand_property(key, schema, is_required=False)
    found = json_schema.Validator(_bare(expanded)).violations(value)
    yield from (_moved(spot, at) for spot in found)
    if not found:
        try:
            kind.store(value, complete_options(kind, schema))
        except InvalidInput as error:
            yield Violation(pointer=pointer(*at), code=error.code, params=error.params)


def _moved(spot: Violation, path: Path) -> Violation:
    return Violation(pointer=pointer(*path) + spot.pointer[1:], code=spot.code, params=spot.params)


def _count_columns(report: FieldReport) -> None:
    properties = report.document["properties"]
    counts = {"#/properties": len([one for one in properties.values() if one["x-field"]["type"] != "table"])}
    counts |= {
        pointer("properties", key, "items", "properties"): len(one["items"]["properties"])
        for key, one in properties.items()
        if one["x-field"]["type"] == "table"
    }
    report.violations += [
        Violation(pointer=at, code="too_many_fields", params={"limit": MOST_COLUMNS, "count": count})
        for at, count in counts.items()
        if count > MOST_COLUMNS
    ]
