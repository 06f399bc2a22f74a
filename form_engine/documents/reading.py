"""From a document in normal form to the program's view of it: fields, layout, views, and the compiled form.

Owns the reading of definitions that are published and therefore right. `checks` reads the same way, field by field, to
say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from engine import expressions
from engine.errors import pointer
from engine.expressions import Expression, Scope
from engine.texts import LocalizedText
from form_engine.definition import Action, Field, Form, Formula, Rule, Table
from form_engine.documents import layouts, titles
from form_engine.documents.expand import complete_options, expand_normal
from form_engine.documents.formulas import ordered
from form_engine.documents.inference import normal, title_of
from form_engine.documents.record_types import FormRecord, default_scope, filter_scope, formula_scope, rule_scope
from form_engine.field_type import COMMON_OPTIONS, FIELD_TYPES, Resolve, Schema
from form_engine.storage import tables

#: Gives the text at a path of the form's document in every language the app has.
Texts = Callable[[str, str], LocalizedText]


def plain_texts(_path: str, text: str) -> LocalizedText:
    """Return the text as it stands in the document: an app without translations."""
    return text


def read_fields(document: Mapping[str, Any], form_key: str, texts: Texts = plain_texts) -> dict[str, Field]:
    """Return the fields of a document in normal form, by key, in order."""
    required = set(document.get("required", ()))
    return {
        key: _read_field(form_key, (key,), schema, is_required=key in required, texts=texts)
        for key, schema in document["properties"].items()
    }


def _read_field(form_key: str, path: tuple[str, ...], schema: Schema, *, is_required: bool, texts: Texts) -> Field:
    kind = FIELD_TYPES[schema["x-field"]["type"]]
    options = dict(complete_options(kind, schema))
    spot = ("properties", *"/items/properties/".join(path).split("/"))
    at = "/".join(spot)
    key = path[-1]
    if "options" in options:
        options["options"] = [_choice(choice, at, texts) for choice in options["options"]]
    shared: dict[str, Any] = {
        "key": key,
        "title": texts(f"{at}/title", schema.get("title", title_of(key))),
        "description": texts(f"{at}/description", schema["description"]) if "description" in schema else "",
        "type": kind,
        "options": MappingProxyType({name: value for name, value in options.items() if name not in COMMON_OPTIONS}),
        "required": is_required and "formula" not in options and not kind.traits.is_generated,
        "unique": bool(options.get("unique")) or kind.traits.is_generated,
        "default": schema.get("default"),
        "default_expression": options.get("default"),
        "formula": options.get("formula"),
        "pointer": pointer(*spot),
    }
    if not kind.traits.has_rows:
        return Field(**shared, column=key)
    rows = schema["items"]
    needed = set(rows.get("required", ()))
    cells = tuple(
        _read_field(form_key, (*path, name), cell, is_required=name in needed, texts=texts)
        for name, cell in rows["properties"].items()
    )
    return Table(**shared, fields=cells, table_name=tables.child_name(form_key, key))


def _choice(choice: Mapping[str, Any], at: str, texts: Texts) -> dict[str, Any]:
    title = choice.get("title", title_of(choice["value"]))
    return {**choice, "title": texts(f"{at}/x-field/options/{choice['value']}/title", title)}


def record_type(name: str, document: Mapping[str, Any], resolve: Resolve) -> FormRecord:
    """Return the record type of a document as written."""
    _, _, key = name.partition(".")
    return FormRecord(name=name, fields=read_fields(normal(document)[0], key), resolve=resolve)


def read_form(
    name: str,
    document: Mapping[str, Any],
    *,
    version: int,
    definition_id: int,
    resolve: Resolve,
    texts: Texts = plain_texts,
) -> Form:
    """Return the compiled form of a published document. Linear in the document; made once a version."""
    app, _, key = name.partition(".")
    normalised, _ = normal(document)
    fields = read_fields(normalised, key, texts)
    record = FormRecord(name=name, fields=fields, resolve=resolve)
    section = normalised.get("x-form", {})
    table, children = tables.physical(app, key, fields)
    record_title = section.get("record_title") or titles.default_title(fields)
    return Form(
        name=name,
        app=app,
        key=key,
        title=texts("title", document.get("title", title_of(key))),
        version=version,
        definition_id=definition_id,
        document=document,
        schema=expand_normal(normalised),
        fields=MappingProxyType(fields),
        rules=tuple(_rule(rule, record, index, texts) for index, rule in enumerate(section.get("rules", ()))),
        layout=layouts.read_layout(section.get("layout", ()), fields, texts),
        views=layouts.read_views(section.get("views", ()), fields, texts),
        actions=tuple(_action(one, record, index, texts) for index, one in enumerate(section.get("actions", ()))),
        record_title=record_title,
        title_parts=titles.parts(record_title, filter_scope(record)),
        formula_order=tuple(ordered(compiled_formulas(record), fields)),
        default_expressions=MappingProxyType(dict(compiled_defaults(record))),
        table=table,
        children=MappingProxyType(children),
        record_type=record,
    )


def compiled_formulas(record: FormRecord) -> list[Formula]:
    """Return every formula of a form, compiled, in the order of the fields."""
    found = []
    for field, table in _fields(record):
        if field.formula is not None:
            expected = field.type.type(field.options, record.resolve)
            expression = expressions.compile(field.formula, formula_scope(record, table), expected)
            found.append(Formula(path=_path(field, table), expression=expression))
    return found


def compiled_defaults(record: FormRecord) -> list[tuple[tuple[str, ...], Expression]]:
    """Return every default that is an expression, compiled, by the path of its field."""
    found = []
    for field, table in _fields(record):
        if field.default_expression is not None:
            expected = field.type.type(field.options, record.resolve)
            expression = expressions.compile(field.default_expression, default_scope(record, table), expected)
            found.append((_path(field, table), expression))
    return found


def _fields(record: FormRecord) -> list[tuple[Field, Table | None]]:
    pairs: list[tuple[Field, Table | None]] = []
    for field in record.fields.values():
        pairs.append((field, None))
        if isinstance(field, Table):
            pairs += [(cell, field) for cell in field.fields]
    return pairs


def _path(field: Field, table: Table | None) -> tuple[str, ...]:
    return (field.key,) if table is None else (table.key, field.key)


def _rule(rule: Mapping[str, Any], record: FormRecord, index: int, texts: Texts) -> Rule:
    rows = record.fields.get(rule["rows"]) if "rows" in rule else None
    scope = rule_scope(record, rows if isinstance(rows, Table) else None)
    check = _condition(rule.get("check"), scope)
    message = rule.get("message", "")
    return Rule(
        key=rule["key"],
        rows=rule.get("rows"),
        when=_condition(rule.get("when"), scope),
        require=tuple(rule.get("require", ())),
        visible=tuple(rule.get("visible", ())),
        read_only=tuple(rule.get("read_only", ())),
        check=check,
        message=texts(f"x-form/rules/{rule['key']}/message", message) if message else "",
        fields=tuple(rule.get("fields") or (_used(check, record, rule.get("rows")) if check else ())),
        pointer=pointer("x-form", "rules", index),
    )


def _used(check: Expression, record: FormRecord, rows: str | None) -> list[str]:
    """Return the fields that a check is about: those it reads, of the row where it is about rows."""
    if rows is not None:
        cells = [path[1] for path in check.paths if path[0] == "item" and len(path) > 1]
        return list(dict.fromkeys(cells))
    return list(dict.fromkeys(path[0] for path in check.paths if path[0] in record.fields))


def _action(action: Mapping[str, Any], record: FormRecord, index: int, texts: Texts) -> Action:
    scope = filter_scope(record)
    at = f"x-form/actions/{action['key']}"
    values = {key: expressions.compile(text, scope, record.member(key)) for key, text in action.get("set", {}).items()}
    return Action(
        key=action["key"],
        title=texts(f"{at}/title", action.get("title", title_of(action["key"]))),
        when=_condition(action.get("when"), scope),
        set=MappingProxyType(values),
        flow=action.get("flow"),
        confirm=texts(f"{at}/confirm", action["confirm"]) if "confirm" in action else "",
        is_primary=bool(action.get("primary")),
        pointer=pointer("x-form", "actions", index),
    )


def _condition(text: str | None, scope: Scope) -> Expression | None:
    return None if text is None else expressions.compile(text, scope, expressions.BOOLEAN)
