"""The JSON Schema of `scenarios/*.json`; published as `docs/reference/scenario.schema.json`.

Each step and each expectation has exactly one verb, the member that says what it is; `VERBS` and `CLAIMS` list them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

_KEY: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$"}
_NAME: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$"}
_TITLE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 200}
_MOMENT: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$",
    "description": "A day (09:00 of it) or a minute, in the installation's time zone.",
}
_SPAN: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^[0-9]{1,4} (minute|hour|day|week)s?$",
    "description": "`3 days`",
}
_VALUES: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Field -> value. `@order` is the record or person of that name; `today+7` a day.",
}
_AS: Final[dict[str, Any]] = _KEY | {"description": "The person who does it; left out: the platform."}
_CALLED: Final[dict[str, Any]] = _KEY | {"description": "What later steps call the record."}
_RECORD: Final[dict[str, Any]] = _KEY | {"description": "Name of a record."}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}

#: Schema of the verb's value, the members beside it, and those of them that it needs.
Kind = tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]

#: What a step may do.
VERBS: Final[dict[str, Kind]] = {
    "create": (
        _NAME | {"description": "A form."},
        {"as": _AS, "name": _CALLED, "values": _VALUES},
        ("values",),
    ),
    "update": (_RECORD, {"as": _AS, "values": _VALUES}, ("values",)),
    "delete": (_RECORD, {"as": _AS}, ()),
    "press": (_KEY | {"description": "A button."}, {"as": _AS, "record": _RECORD}, ("as", "record")),
    "approve": (_RECORD, {"as": _AS, "opinion": {"type": "string", "maxLength": 2000}}, ("as",)),
    "reject": (_RECORD, {"as": _AS, "opinion": {"type": "string", "maxLength": 2000}}, ("as",)),
    "return": (_RECORD, {"as": _AS, "opinion": {"type": "string", "maxLength": 2000}}, ("as",)),
    "start": (_NAME | {"description": "A flow."}, {"as": _AS, "record": _RECORD}, ("as",)),
    "find": (
        _NAME | {"description": "A form; exactly one record fits, and gets the name."},
        {"where": _VALUES, "name": _CALLED},
        ("where", "name"),
    ),
    "on": (_MOMENT, {}, ()),
    "wait": (_SPAN, {}, ()),
}

#: What an expectation may claim, written in the same way.
CLAIMS: Final[dict[str, Kind]] = {
    "record": (_RECORD, {"has": _VALUES}, ("has",)),
    "count": (_NAME | {"description": "A form."}, {"where": _VALUES, "is": _COUNT}, ("is",)),
    "balance": (_NAME, {"where": _VALUES, "has": _VALUES}, ("where", "has")),
    "tasks": (_KEY | {"description": "A person."}, {"record": _RECORD, "is": _COUNT}, ("is",)),
    "messages": (
        _KEY | {"description": "A person."},
        {"text": {"type": "string", "description": "What they hold."}, "is": _COUNT},
        ("is",),
    ),
    "sees": (_RECORD, {"as": _AS, "is": {"type": "boolean"}}, ("as", "is")),
    "refused": (
        {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                "rule": {"type": "string", "description": "Key of a form's rule or a balance's check."},
                "code": {"type": "string", "description": "Code of the refusal."},
                "field": {"type": "string", "description": "Field that the refusal points at."},
            },
        },
        {},
        (),
    ),
}


def _one_of(kinds: dict[str, Kind]) -> dict[str, Any]:
    """Choose by the verb that is there; `if`/`then` in place of `oneOf`, so that a fault names its spot."""
    return {
        "type": "object",
        "anyOf": [{"required": [verb]} for verb in kinds],
        "allOf": [{"if": _is(verb, kinds), "then": _closed(verb, kind)} for verb, kind in kinds.items()],
    }


def _is(verb: str, kinds: dict[str, Kind]) -> dict[str, Any]:
    # `record` also stands beside other verbs: it is one itself only where it is alone.
    others = [{"required": [other]} for other, (_, beside, _) in kinds.items() if verb in beside]
    return {"required": [verb], **({"not": {"anyOf": others}} if others else {})}


def _closed(verb: str, kind: Kind) -> dict[str, Any]:
    own, beside, needed = kind
    return {"required": list(needed), "additionalProperties": False, "properties": {verb: own, **beside}}


_STEPS: Final[dict[str, Any]] = {"type": "array", "maxItems": 100, "items": {"$ref": "#/$defs/step"}}

SCENARIO_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Scenario",
    "type": "object",
    "required": ["key", "format", "title", "on", "story"],
    "additionalProperties": False,
    "properties": {
        "key": _KEY | {"description": "The file's name."},
        "format": {"const": 1},
        "title": _TITLE,
        "description": {"type": "string", "maxLength": 2000},
        "on": _MOMENT,
        "people": {
            "type": "object",
            "maxProperties": 50,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,59}$"},
            "description": "Who acts: made for the scenario, and gone after it.",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "title": _TITLE,
                    "roles": {"type": "array", "items": _NAME, "uniqueItems": True},
                    "department": _KEY | {"description": "People of one department share its key."},
                    "heads": {"type": "boolean", "description": "Whether they head their department."},
                },
            },
        },
        "given": _STEPS | {"description": "What is there before."},
        "story": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["when", "then"],
                "additionalProperties": False,
                "properties": {
                    "when": _STEPS | {"minItems": 1},
                    "then": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 100,
                        "items": {"$ref": "#/$defs/claim"},
                    },
                },
            },
        },
    },
    "$defs": {"step": _one_of(VERBS), "claim": _one_of(CLAIMS)},
}


def verb_of(element: Mapping[str, Any], kinds: Mapping[str, Kind]) -> str:
    """Return the verb of a step or claim that satisfies the schema."""
    found = [verb for verb in kinds if verb in element]
    return next((verb for verb in found if verb != "record"), "record")


if __name__ == "__main__":
    # `python -m app_templates.scenarios.documents > docs/reference/scenario.schema.json`
    print(json.dumps(SCENARIO_SCHEMA, ensure_ascii=False, indent=2))  # noqa: T201 - a command's output
