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
    # what it is, and what it is called
    "$schema", "$id", "key", "format", "type", "value", "title", "description", "icon", "color", "version", "language",
    "requires",
    # scenarios: who does what
    "as", "create", "update", "delete", "press", "approve", "reject", "return", "start", "find", "wait", "name",
    "record", "has", "count", "tasks", "messages", "sees", "refused", "where", "is", "opinion",
    # what it is about
    "trigger", "cron", "form", "balance", "report", "dashboard", "view", "rows", "runs", "on", "people", "given", "story",
    "when", "then", "chart", "dimensions", "function", "field", "bucket",
    # JSON Schema
    "required", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf",
    "minItems", "maxItems", "pattern", "enum", "options", "scale", "currency", "fill", "formula", "x-field",
    # balances, reports, flows
    "by", "titles", "measures", "sources", "add", "branches", "mode", "assignees", "to", "items", "item_name", "columns",
    "filter", "having", "sort", "take", "limit", "set", "values", "aggregates", "lock", "text", "flow", "confirm", "primary", "nodes",
    "next", "require", "visible", "read_only", "check", "checks", "message", "default", "properties", "x-form",
    "record_title", "rules", "layout", "views", "actions", "scope", "fields",
    # lists of whole things
    "forms", "balances", "flows", "reports", "dashboards", "menu", "roles", "x", "y", "w", "h",
)  # fmt: skip
_RANK: Final = {word: rank for rank, word in enumerate(_ORDER)}
#: In a form `type` is JSON Schema's and stands behind the title; so does `format` in a property.
_BEHIND_TITLE: Final = _RANK["description"] + 0.5
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
    moved = ("type",) if "$id" in node else ("type", "format")
    names = sorted(node, key=lambda name: _rank(name, moved if is_schema else ()))
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


def _rank(name: str, behind_title: tuple[str, ...]) -> tuple[float, str]:
    return (_BEHIND_TITLE if name in behind_title else _RANK.get(name, len(_ORDER))), name


def json_text(value: Any) -> str:
    """Return a JSON file's text; the order of members is taken as it is."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plain_text(text: str) -> str:
    """Return a text file's canonical text: no byte order mark, LF, one newline at the end."""
    body = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return body + "\n" if body else ""
