"""A balance as the program sees it: dimensions, measures, sources, checks, compiled from one published version.

    {"key": "stock", "format": 1, "title": "库存", "by": ["product", "warehouse"], "measures": {"quantity": {"scale": 3}},
     "sources": [{"key": "in", "form": "erp.stock_move", "when": "status == 'done'",
                  "by": {"product": "product", "warehouse": "to_warehouse"}, "add": {"quantity": "quantity"}}],
     "checks": [{"key": "no_negative", "check": "quantity >= 0", "message": "库存不足"}]}

Owns the shapes, the JSON Schema of the document and its compilation. A balance is also a `Form` that nobody writes:
lists, filters, rights and relations see its dimensions and measures as fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from engine import definitions, expressions
from engine.catalog import Catalog, Definition
from engine.db import Session
from engine.expressions import BOOLEAN, DATETIME, NUMBER, Expression, Kind, Members, Scope, Type
from engine.texts import LocalizedText
from form_engine import forms
from form_engine.definition import Field, Form
from form_engine.documents.record_types import FormRecord
from form_engine.field_type import FIELD_TYPES
from form_engine.querying import filters

DEFAULT_SCALE: Final = 2
_KEY: Final = "^[a-z][a-z0-9_]{0,59}$"
_EXPRESSION: Final = {"type": "string", "minLength": 1, "maxLength": 4000}
_TITLE: Final = {"type": "string", "minLength": 1, "maxLength": 200}

BALANCE_SCHEMA: Final[Mapping[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "balance",
    "title": "Balance",
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "title", "format", "by", "measures", "sources"],
    "properties": {
        "key": {"type": "string", "pattern": "^[a-z](?:[a-z0-9]|_(?!_)){0,59}$"},
        "title": _TITLE,
        "description": {"type": "string", "maxLength": 2000},
        "format": {"const": 1},
        "by": {
            "type": "array",
            "minItems": 1,
            "maxItems": 8,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": _KEY},
            "description": "Dimensions; one row for each combination of their values.",
        },
        "measures": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 12,
            "propertyNames": {"pattern": _KEY},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "title": _TITLE,
                    "scale": {"type": "integer", "minimum": 0, "maximum": 12, "default": DEFAULT_SCALE},
                },
            },
        },
        "titles": {
            "type": "object",
            "propertyNames": {"pattern": _KEY},
            "additionalProperties": _TITLE,
            "description": "Titles of dimensions, where that of the first source's field does not do.",
        },
        "sources": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["form", "by", "add"],
                "properties": {
                    "key": {"type": "string", "pattern": _KEY},
                    "form": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$"},
                    "rows": {
                        "type": "string",
                        "pattern": _KEY,
                        "description": "Sub-table whose rows add; `item` is one.",
                    },
                    "when": _EXPRESSION,
                    "by": {"type": "object", "additionalProperties": _EXPRESSION},
                    "add": {"type": "object", "minProperties": 1, "additionalProperties": _EXPRESSION},
                },
            },
        },
        "checks": {
            "type": "array",
            "maxItems": 20,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["key", "check"],
                "properties": {
                    "key": {"type": "string", "pattern": _KEY},
                    "when": _EXPRESSION,
                    "check": _EXPRESSION,
                    "message": {"type": "string", "minLength": 1, "maxLength": 500},
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What feeds a balance: records of a form, or (with `rows`) the rows of one of its sub-tables."""

    form: str
    rows: str | None
    when: Expression | None
    by: Mapping[str, Expression]
    add: Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What must hold for every row that a change touches."""

    key: str
    when: Expression | None
    check: Expression
    message: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A running total; `form` is its face as a read-only form, `form.table` its table."""

    name: str
    title: LocalizedText
    by: tuple[str, ...]
    measures: tuple[str, ...]
    sources: tuple[Source, ...]
    checks: tuple[Check, ...]
    form: Form

    def scale(self, measure: str) -> int:
        """Return the places after the point of a measure."""
        return int(self.form.fields[measure].options["scale"])


def get(session: Session, name: str) -> Balance:
    """Return the published balance `app.key`; raises `NotFound`."""
    catalog = definitions.catalog(session)
    definition = catalog.get("balances", name)
    return catalog.compiled("form_engine.balancing.balance", name, lambda: read(session, definition))


def find(session: Session, name: str) -> Balance | None:
    """Return the published balance, None where there is none."""
    return get(session, name) if definitions.catalog(session).find("balances", name) else None


def source_scope(form: Form, rows: str | None) -> Scope:
    """Return the names of a source's expressions: the record's fields, and `item` for the rows of a sub-table."""
    names = {key: kind for key, kind in filters.names(form).names.items() if key != "user"}
    record = form.record_type
    if rows is not None and isinstance(record, FormRecord):
        names["item"] = expressions.record_of(record.row(form.sub_table(rows)))
    return Scope(names)


def source_field(form: Form, rows: str | None, text: str) -> Field | None:
    """Return the field that an expression names plainly (`product`, `item.product`), None for any other."""
    path = tuple(text.strip().split("."))
    if len(path) == 1:
        return form.fields.get(path[0])
    if len(path) == 2 and path[0] == "item" and rows is not None:
        return form.sub_table(rows).cell(path[1])
    return None


def read(session: Session, definition: Definition) -> Balance:
    """Return the compiled balance of a published definition; its forms are published already."""
    return read_document(
        session, definition.app, definition.document, version=definition.version, definition_id=definition.definition_id
    )


def read_document(
    session: Session, app: str, document: Mapping[str, Any], *, version: int = 0, definition_id: int = 0
) -> Balance:
    """Return the compiled balance of a document that `balance_checks` found right."""
    key = document["key"]
    catalog = definitions.catalog(session)
    sources = tuple(_source(session, entry) for entry in document["sources"])
    fields = _dimensions(session, catalog, app, document, sources) | _measures(catalog, app, document)
    types = {name: sources[0].by[name].type for name in document["by"]}
    form = _face(app, document, fields, types, catalog, version=version, definition_id=definition_id)
    scope = filters.names(form)
    checks = []
    for entry in document.get("checks", ()):
        message = catalog.text(app, f"balances/{key}/checks/{entry['key']}/message", entry.get("message", ""))
        when = expressions.compile(entry["when"], scope, BOOLEAN) if "when" in entry else None
        check = expressions.compile(entry["check"], scope, BOOLEAN)
        checks.append(Check(key=entry["key"], when=when, check=check, message=message))
    return Balance(
        name=f"{app}.{key}",
        title=form.title,
        by=tuple(document["by"]),
        measures=tuple(document["measures"]),
        sources=sources,
        checks=tuple(checks),
        form=form,
    )


def _source(session: Session, entry: Mapping[str, Any]) -> Source:
    form = forms.get(session, entry["form"])
    scope = source_scope(form, entry.get("rows"))
    return Source(
        form=form.name,
        rows=entry.get("rows"),
        when=expressions.compile(entry["when"], scope, BOOLEAN) if "when" in entry else None,
        by={name: expressions.compile(text, scope) for name, text in entry["by"].items()},
        add={name: expressions.compile(text, scope, NUMBER) for name, text in entry["add"].items()},
    )


def _dimensions(
    session: Session, catalog: Catalog, app: str, document: Mapping[str, Any], sources: tuple[Source, ...]
) -> dict[str, Field]:
    """Return the dimensions as fields; each is of the type that the first source gives it, with its field's title."""
    fields: dict[str, Field] = {}
    entry, source = document["sources"][0], sources[0]
    form = forms.get(session, source.form)
    for name in document["by"]:
        origin = source_field(form, source.rows, entry["by"][name])
        kind, options = _dimension_type(source.by[name].type, origin)
        stated = document.get("titles", {}).get(name)
        path = f"balances/{document['key']}/titles/{name}"
        title = catalog.text(app, path, stated) if stated else origin.title if origin else name
        fields[name] = _field(name, title, kind, options)
    return fields


def _dimension_type(kind: Type, origin: Field | None) -> tuple[str, dict[str, Any]]:
    """Return the field type and options of a dimension whose values have the type `kind`."""
    if kind.kind is Kind.RECORD and kind.record is not None:
        platform = {"member": "member", "department": "department"}.get(kind.record.name)
        return (platform, {}) if platform else ("relation", {"form": kind.record.name})
    if kind.kind is Kind.NUMBER:
        return "decimal", {"scale": 12}
    if origin is not None and origin.type.name == "select":
        return "select", dict(origin.options)
    names = {Kind.DATE: "date", Kind.DATETIME: "datetime", Kind.BOOLEAN: "boolean"}
    return names.get(kind.kind, "text"), {}


def _measures(catalog: Catalog, app: str, document: Mapping[str, Any]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for name, measure in document["measures"].items():
        title = catalog.text(app, f"balances/{document['key']}/measures/{name}/title", measure.get("title", name))
        fields[name] = _field(name, title, "decimal", {"scale": measure.get("scale", DEFAULT_SCALE)})
    return fields


def _field(key: str, title: LocalizedText, kind: str, options: Mapping[str, Any]) -> Field:
    return Field(key=key, title=title, type=FIELD_TYPES[kind], options=MappingProxyType(dict(options)), column=key)


def _face(
    app: str,
    document: Mapping[str, Any],
    fields: dict[str, Field],
    dimensions: Mapping[str, Type],
    catalog: Catalog,
    *,
    version: int,
    definition_id: int,
) -> Form:
    """Return the balance as a form that nobody writes."""
    key = document["key"]
    columns: list[sa.Column[Any]] = [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
        *(sa.Column(one.column, one.type.column(one.options) or sa.Text()) for one in fields.values()),
    ]
    types = {name: dimensions.get(name, NUMBER) for name in fields}
    return Form(
        name=f"{app}.{key}",
        app=app,
        key=key,
        title=catalog.text(app, f"balances/{key}/title", document["title"]),
        version=version,
        definition_id=definition_id,
        document=document,
        schema=MappingProxyType({}),
        fields=MappingProxyType(fields),
        rules=(),
        layout=(),
        views=(),
        actions=(),
        record_title="",
        title_parts=(),
        formula_order=(),
        default_expressions=MappingProxyType({}),
        table=sa.Table(key, sa.MetaData(schema=app), *columns),
        children=MappingProxyType({}),
        record_type=Members(f"{app}.{key}", {**types, "updated_at": DATETIME}),
    )
