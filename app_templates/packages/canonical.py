"""The one form in which an app's files are written: same app, same bytes.

Members that the language names stand in the order of `_ORDER`, unknown ones behind them by their names. Members that
the author names (fields, nodes, forms of a role) keep the author's order, which people see. Two spaces of indent,
UTF-8, LF, a newline at the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

#: Words of all documents in the order in which one reads them: what it is, what it is called, what it is about, what
#: is in it. One list for all kinds, so that a word stands in the same place everywhere.
_ORDER: Final = (
    "$schema", "$id", "key", "value", "format", "type", "title", "description", "icon", "color", "version", "language",
    "requires", "trigger", "runs", "on", "people", "given", "story", "when", "then", "as", "name",
    "record", "form", "rows", "view", "report", "balance", "dashboard", "chart", "dimensions",
    "function", "field", "bucket", "by", "titles", "fields",
    "branches", "mode", "assignees", "to", "items_in", "filter", "having", "sort", "limit", "values", "aggregates",
    "lock", "text", "next", "check", "require", "visible", "read_only", "message", "measures", "sources", "add", "checks",
    "required", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "pattern", "enum", "options", "scale", "currency", "fill", "formula", "default_value",
    "x-field", "items", "default", "properties", "x-form",
    "record_title", "rules", "columns", "layout", "views", "actions", "set", "flow", "confirm", "primary",
    "scope", "forms", "balances", "flows", "reports", "dashboards", "nodes", "menu", "roles", "x", "y", "w", "h",
)  # fmt: skip
_RANK: Final = {word: rank for rank, word in enumerate(_ORDER)}
#: In a form's property `type` is JSON Schema's and stands behind the title.
_BEHIND_TITLE: Final = _RANK["title"] + 0.5
#: Members whose own members are named by the author.
_BY_AUTHOR: Final = frozenset(
    {
        "properties", "patternProperties", "$defs", "dependentRequired", "dependentSchemas", "fill", "set", "nodes",
        "next", "values", "aggregates", "headers", "measures", "by", "add", "titles", "fields", "forms", "people",
        "has", "where", "is", "scope",
    }
)  # fmt: skip
#: Of these the members are JSON Schemas.
_SCHEMAS: Final = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
#: Values that are data; their order is nobody's but the author's.
_ANY: Final = frozenset({"default", "const", "examples", "body"})


def ordered(document: Any) -> Any:
    """Return the document with its members in canonical order."""
    is_schema = isinstance(document, Mapping) and "properties" in document
    return _object(document, is_schema=is_schema) if isinstance(document, Mapping) else document


def _object(node: Mapping[str, Any], *, is_schema: bool) -> dict[str, Any]:
    names = sorted(node, key=lambda name: _rank(name, is_schema=is_schema))
    return {name: _member(name, node[name], is_schema=is_schema) for name in names}


def _member(name: str, value: Any, *, is_schema: bool) -> Any:
    if name in _ANY and not isinstance(value, list):
        return value
    if name in _BY_AUTHOR and isinstance(value, Mapping):
        is_map_of_schemas = is_schema and name in _SCHEMAS
        return {key: _value(item, is_schema=is_map_of_schemas) for key, item in value.items()}
    return _value(value, is_schema=is_schema and name == "items")


def _value(value: Any, *, is_schema: bool) -> Any:
    if isinstance(value, Mapping):
        return _object(value, is_schema=is_schema)
    return [_value(item, is_schema=False) for item in value] if isinstance(value, list) else value


def _rank(name: str, *, is_schema: bool) -> tuple[float, str]:
    if name == "type" and is_schema:
        return _BEHIND_TITLE, name
    return _RANK.get(name, len(_ORDER)), name


def json_text(value: Any) -> str:
    """Return a JSON file's text; the order of members is taken as it is."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain_text(text: str) -> str:
    """Return a text file's canonical text: no byte order mark, LF, one newline at the end."""
    body = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return body + "\n" if body else ""
