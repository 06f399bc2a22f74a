"""Text of several lines.

{"title": "备注", "x-field": {"type": "long_text"}}
"""

from __future__ import annotations

from form_engine.field_type import Example, Examples, FieldType, Options, Schema, Traits, options_schema

LONGEST = 100_000


def _schema(options: Options) -> Schema:
    return {"type": "string", "maxLength": options.get("maxLength", LONGEST)}


FIELD_TYPE = FieldType(
    name="long_text",
    title={"zh-CN": "多行文本", "en-US": "Long text"},
    options=options_schema(
        {
            "maxLength": {
                "type": "integer",
                "minimum": 1,
                "maximum": LONGEST,
                "default": LONGEST,
                "description": "Most characters.",
            }
        }
    ),
    schema=_schema,
    operators=("contains", "is_empty"),
    examples=Examples(
        accepted=(Example(value="第一行\n第二行"), Example(value="x" * 100_000)),
        refused=(Example(value=False), Example(value="x" * 100_001), Example(value="abc", options={"maxLength": 2})),
    ),
    traits=Traits(is_searched=True, is_sorted=False),
)
