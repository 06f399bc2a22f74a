"""One line of text.

{"title": "电话", "maxLength": 40, "x-field": {"type": "text"}}
"""

from __future__ import annotations

from form_engine.field_type import Example, Examples, FieldType, Options, Schema, Traits, options_schema

DEFAULT_LENGTH = 255
LONGEST = 10_000


def _schema(options: Options) -> Schema:
    return {"type": "string", "maxLength": options.get("maxLength", DEFAULT_LENGTH)}


FIELD_TYPE = FieldType(
    name="text",
    title={"zh-CN": "单行文本", "en-US": "Text"},
    options=options_schema(
        {
            "maxLength": {
                "type": "integer",
                "minimum": 1,
                "maximum": LONGEST,
                "default": DEFAULT_LENGTH,
                "description": "Most characters.",
            }
        }
    ),
    schema=_schema,
    operators=("==", "!=", "contains", "starts_with", "in", "is_empty"),
    examples=Examples(
        accepted=(
            Example(value="东风路 1 号"),
            Example(value="x" * 255),
            Example(value="ab", options={"maxLength": 2}),
        ),
        refused=(Example(value=1), Example(value="x" * 256), Example(value="abc", options={"maxLength": 2})),
    ),
    traits=Traits(is_searched=True),
)
