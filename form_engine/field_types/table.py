"""A sub-table: rows that belong to one record, each with fields of its own.

    {"title": "明细", "minItems": 1, "x-field": {"type": "table"}, "items": {"properties": {
        "product":  {"title": "产品", "x-field": {"type": "relation", "form": "erp.product"}},
        "quantity": {"title": "数量", "x-field": {"type": "decimal", "scale": 3}}}}}

The rows' fields are written as `items` of the property; `expand` completes their schema. A row that is there already
carries its `id`; one without is new; one left out is removed.
"""

from __future__ import annotations

from form_engine.field_type import Example, Examples, FieldType, Options, Schema, Traits, keep, options_schema

DEFAULT_ROWS = 1000
MOST_ROWS = 10_000


def _schema(options: Options) -> Schema:
    return {"type": "array", "items": {"type": "object"}, "maxItems": options.get("maxItems", DEFAULT_ROWS)}


FIELD_TYPE = FieldType(
    name="table",
    title={"zh-CN": "子表", "en-US": "Table"},
    options=options_schema(
        {
            "maxItems": {
                "type": "integer",
                "minimum": 1,
                "maximum": MOST_ROWS,
                "default": DEFAULT_ROWS,
                "description": "Most rows of one record.",
            }
        }
    ),
    schema=_schema,
    column=lambda _options: None,
    store=keep,
    fit=keep,
    operators=("is_empty",),
    examples=Examples(
        accepted=(Example(value=[]), Example(value=[{}, {}], options={"maxItems": 2})),
        refused=(Example(value={}), Example(value=["x"]), Example(value=[{}, {}], options={"maxItems": 1})),
    ),
    traits=Traits(is_sorted=False, is_list=True, has_rows=True),
)
