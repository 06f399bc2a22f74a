"""The schema of a form as one reader gets it: titles in their language, without the fields hidden from them.

Still standard JSON Schema 2020-12 that validates alone; what only the page understands stands in `x-` keywords.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.permissions import FormGrant
from engine.texts import localized
from form_engine.definition import Field, Form, Rule, Table
from form_engine.field_type import Schema


def schema_for(form: Form, language: str, grant: FormGrant) -> Schema:
    """Return the served schema: `form.schema` localized, cut to the grant, with `x-grant` and a complete `x-form`.

    `x-field.label` is the title of the field type; every option has a title. A cell's access is `lines.price`.
    """
    hidden = {key for key, access in grant.fields.items() if access == "hidden"}
    served: Schema = dict(form.schema)
    served["title"] = localized(form.title, language)
    served["properties"] = _properties(form.schema["properties"], form.fields.values(), language, grant, "")
    if "required" in served:
        served["required"] = [key for key in served["required"] if key not in hidden]
    served["x-form"] = _x_form(form, language, hidden)
    open_fields = {key: access for key, access in grant.fields.items() if access != "hidden"}
    served["x-grant"] = {"actions": sorted(grant.actions), "fields": open_fields}
    return served


def _properties(
    schemas: Mapping[str, Any], fields: Iterable[Field], language: str, grant: FormGrant, prefix: str
) -> Schema:
    result = {key: schema for key, schema in schemas.items() if "x-field" not in schema}
    for field in fields:
        access = grant.fields.get(prefix + field.key)
        if access == "hidden":
            continue
        schema = schemas[field.key] | {"title": localized(field.title, language)}
        if field.description:
            schema["description"] = localized(field.description, language)
        if access is not None:
            schema["readOnly"] = True
        schema["x-field"] = schema["x-field"] | _localized_options(field, language)
        if isinstance(field, Table):
            schema["items"] = _rows(schema["items"], field, language, grant)
        result[field.key] = schema
    return result


def _rows(items: Schema, table: Table, language: str, grant: FormGrant) -> Schema:
    cells = _properties(items["properties"], table.fields, language, grant, f"{table.key}.")
    rows = items | {"properties": cells}
    if "required" in rows:
        rows["required"] = [key for key in rows["required"] if key in cells]
    return rows


def _localized_options(field: Field, language: str) -> Schema:
    shown: Schema = {"label": localized(field.type.title, language)}
    if "options" in field.options:
        shown["options"] = [
            {**choice, "title": localized(choice["title"], language)} for choice in field.options["options"]
        ]
    return shown


def _x_form(form: Form, language: str, hidden: set[str]) -> Schema:
    source = form.document.get("x-form", {})
    rules = {rule["key"]: rule for rule in source.get("rules", ())}
    actions = {action["key"]: action for action in source.get("actions", ())}
    return {
        "record_title": form.record_title,
        "rules": [_rule(rules[rule.key], rule, language, hidden) for rule in form.rules],
        "layout": [
            {
                "key": section.key,
                "title": localized(section.title, language),
                "columns": section.columns,
                "fields": _seen(section.fields, hidden),
            }
            for section in form.layout
        ],
        "views": [
            {
                "key": view.key,
                "title": localized(view.title, language),
                "columns": _seen(view.columns, hidden),
                "sort": [key for key in view.sort if key.removeprefix("-") not in hidden],
                **({"filter": view.filter} if view.filter else {}),
            }
            for view in form.views
        ],
        "actions": [
            actions[action.key]
            | {"title": localized(action.title, language)}
            | ({"confirm": localized(action.confirm, language)} if action.confirm else {})
            for action in form.actions
        ],
    }


def _rule(source: Mapping[str, Any], rule: Rule, language: str, hidden: set[str]) -> Schema:
    served = dict(source)
    for part in ("require", "visible", "read_only", "fields"):
        if part in served and rule.rows is None:
            served[part] = _seen(served[part], hidden)
    return served | ({"message": localized(rule.message, language)} if rule.message else {})


def _seen(keys: Iterable[str], hidden: set[str]) -> list[str]:
    return [key for key in keys if key not in hidden]
