"""A number the platform gives to each new record: text, unique, never given twice, with a counter a period.

    {"title": "订单号", "x-field": {"type": "serial", "pattern": "SO{yyyy}{mm}-{seq:4}"}}

`{seq:4}` counts up with at least four digits; `{yyyy}`, `{yy}`, `{mm}`, `{dd}` are the day of creation, and the count
begins anew with each of their values. Numbers of refused transactions are given again; there are no gaps but those of
deleted records.
"""

from __future__ import annotations

from form_engine.field_type import Example, Examples, FieldType, Options, Schema, Traits, options_schema

LONGEST = 60
#: Text without braces around date parts and exactly one `{seq}` or `{seq:N}`.
PATTERN = "^(?:[^{}]|\\{(?:yyyy|yy|mm|dd)\\})*\\{seq(?::[1-9])?\\}(?:[^{}]|\\{(?:yyyy|yy|mm|dd)\\})*$"
_ORDERS = {"pattern": "SO{yyyy}{mm}-{seq:4}"}


def _schema(_options: Options) -> Schema:
    return {"type": "string", "maxLength": LONGEST, "readOnly": True}


FIELD_TYPE = FieldType(
    name="serial",
    title={"zh-CN": "流水号", "en-US": "Serial number"},
    options=options_schema(
        {
            "pattern": {
                "type": "string",
                "maxLength": 40,
                "pattern": PATTERN,
                "description": "Text with {seq:N} and, if wanted, {yyyy}, {yy}, {mm}, {dd}.",
            }
        },
        required=("pattern",),
    ),
    schema=_schema,
    operators=("==", "!=", "contains", "starts_with", "is_empty"),
    examples=Examples(
        accepted=(Example(value="SO202611-0001", options=_ORDERS),),
        refused=(Example(value=1, options=_ORDERS), Example(value="x" * 61, options=_ORDERS)),
    ),
    traits=Traits(is_generated=True, is_searched=True),
)
