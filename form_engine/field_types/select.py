"""One of a fixed list of values.

{"title": "状态", "default": "draft", "x-field": {"type": "select", "options": [
{"value": "draft", "title": "草稿"}, {"value": "approved", "title": "已审批", "color": "green"}]}}
"""

from __future__ import annotations

from form_engine.choices import CHOICES, values
from form_engine.field_type import Example, Examples, FieldType, Options, Schema, options_schema

_STATUS = {"options": [{"value": "draft", "title": "草稿"}, {"value": "approved", "title": "已审批", "color": "green"}]}


def _schema(options: Options) -> Schema:
    return {"type": "string", "enum": values(options)}


FIELD_TYPE = FieldType(
    name="select",
    title={"zh-CN": "单选", "en-US": "Select"},
    options=options_schema({"options": CHOICES}, required=("options",)),
    schema=_schema,
    operators=("==", "!=", "in", "is_empty"),
    examples=Examples(
        accepted=(Example(value="draft", options=_STATUS), Example(value="approved", options=_STATUS)),
        refused=(Example(value="Draft", options=_STATUS), Example(value=1, options=_STATUS)),
    ),
)
