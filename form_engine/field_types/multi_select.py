"""Several of a fixed list of values, each at most once; with `open`, any other short text as well (tags).

{"title": "标签", "x-field": {"type": "multi_select", "options": [{"value": "vip", "title": "VIP"}], "open": true}}
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.expressions import TEXT, list_of
from form_engine.choices import CHOICES, LONGEST_VALUE, values
from form_engine.field_type import Example, Examples, FieldType, Options, Schema, Traits, options_schema, store_text

_MOST = 100
_TAGS = {"options": [{"value": "vip", "title": "VIP"}, {"value": "export", "title": "外贸"}]}


def _schema(options: Options) -> Schema:
    item: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE}
    if not options.get("open", False):
        item = {"type": "string", "enum": values(options)}
    return {"type": "array", "items": item, "uniqueItems": True, "maxItems": _MOST}


def _store(value: Any, options: Options) -> list[str] | None:
    return [text for item in value if (text := store_text(item, options))] or None


FIELD_TYPE = FieldType(
    name="multi_select",
    title={"zh-CN": "多选", "en-US": "Multiple select"},
    options=options_schema(
        {
            "options": CHOICES,
            "open": {"type": "boolean", "default": False, "description": "Values beyond the list are taken, too."},
        }
    ),
    schema=_schema,
    column=lambda _options: postgresql.ARRAY(sa.Text()),
    type=lambda _options, _resolve: list_of(TEXT),
    store=_store,
    fit=_store,
    show=lambda value, _options: list(value),
    operators=("contains", "is_empty"),
    examples=Examples(
        accepted=(
            Example(value=["vip"], options=_TAGS),
            Example(value=["export", "vip"], options=_TAGS),
            Example(value=["老客户"], options={"open": True}),
        ),
        refused=(
            Example(value=["other"], options=_TAGS),
            Example(value=["vip", "vip"], options=_TAGS),
            Example(value="vip", options=_TAGS),
            Example(value=[""], options={"open": True}),
        ),
    ),
    traits=Traits(is_sorted=False, is_list=True),
)
