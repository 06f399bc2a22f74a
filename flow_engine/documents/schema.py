"""The JSON Schema (2020-12) of flow documents, put together from the registered node and trigger types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from flow_engine.node_type import NODE_TYPES, NodeType
from flow_engine.option_schemas import KEY, KEY_PATTERN, TITLE
from flow_engine.trigger_type import TRIGGER_TYPES

MAX_NODES = 200

_POSITION: Mapping[str, Any] = {
    "type": "object",
    "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
    "additionalProperties": False,
}


@cache
def flow_schema() -> Mapping[str, Any]:
    """Return the schema; closed everywhere, every node and trigger by its type."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://dougong.dev/schemas/flow-1.json",
        "title": "Flow",
        "type": "object",
        "properties": {
            "key": KEY,
            "format": {"const": 1},
            "title": {**TITLE, "minLength": 1},
            "description": {"type": "string", "maxLength": 2000},
            "trigger": _by_type({name: _trigger_schema(name) for name in TRIGGER_TYPES}),
            "form": {"type": "string", "description": "Form of the record, for a flow that only people start."},
            "runs": {"enum": ["in_transaction", "in_background"]},
            "nodes": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": MAX_NODES,
                "propertyNames": {"pattern": KEY_PATTERN},
                "additionalProperties": _by_type({name: node_schema(kind) for name, kind in NODE_TYPES.items()}),
            },
        },
        "required": ["key", "format", "title", "runs", "nodes"],
        "additionalProperties": False,
    }


def node_schema(kind: NodeType) -> dict[str, Any]:
    """Return the closed schema of one type's nodes."""
    shared = {
        "type": {"const": kind.name},
        "title": TITLE,
        "description": {"type": "string", "maxLength": 2000},
        "position": _POSITION,
        "next": {
            "if": {"type": "object"},
            "then": {"type": "object", "additionalProperties": KEY},
            "else": KEY,
        },
    }
    return {
        "type": "object",
        "properties": {**shared, **kind.options},
        "required": ["type", *kind.required],
        "additionalProperties": False,
    }


def _trigger_schema(name: str) -> dict[str, Any]:
    kind = TRIGGER_TYPES[name]
    return {
        "type": "object",
        "properties": {"type": {"const": name}, **kind.options},
        "required": ["type", *kind.required],
        "additionalProperties": False,
    }


def _by_type(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Choose the schema by `type`; `if`/`then` in place of `oneOf`, so that a fault names its spot."""
    return {
        "type": "object",
        "properties": {"type": {"enum": list(schemas)}},
        "required": ["type"],
        "allOf": [
            {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": schema}
            for name, schema in schemas.items()
        ],
    }


if __name__ == "__main__":
    # `python -m flow_engine.documents.schema > docs/reference/flow.schema.json`
    print(json.dumps(flow_schema(), ensure_ascii=False, indent=2))  # noqa: T201 - a command's output
