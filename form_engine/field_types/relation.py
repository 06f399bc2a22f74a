"""One record of a form, as its id; shown as `{"id", "title"}`.

    {"title": "产品", "x-field": {"type": "relation", "form": "erp.product", "filter": "is_active",
                                  "fill": {"price": "price"}}}

`filter` (an expression over the other form) narrows what the page offers; `fill` copies fields of the chosen record
into empty fields beside this one, in the page.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from engine.expressions import Type, record_of
from form_engine.field_type import Example, Examples, FieldType, Options, Resolve, Schema, Traits, keep, options_schema

_KEY = "^[a-z][a-z0-9_]{0,59}$"
_ID = "0193a5b0-6f3e-7c2a-9d58-1b2c3d4e5f60"
_PRODUCT = {"form": "erp.product"}


def _schema(_options: Options) -> Schema:
    return {"type": "string", "format": "uuid"}


def _type(options: Options, resolve: Resolve) -> Type:
    return record_of(resolve(options["form"]))


#: Many records of a sheet point at the same few others.
_read: Final = lru_cache(maxsize=4096)(UUID)


def _store(value: Any, _options: Options) -> UUID:
    return _read(value)


FIELD_TYPE = FieldType(
    name="relation",
    title={"zh-CN": "关联记录", "en-US": "Relation"},
    options=options_schema(
        {
            "form": {
                "type": "string",
                "pattern": "^[a-z][a-z0-9_]{0,59}\\.[a-z][a-z0-9_]{0,59}$",
                "description": "Full name of the other form.",
            },
            "filter": {"type": "string", "maxLength": 4000, "description": "Which of its records the page offers."},
            "fill": {
                "type": "object",
                "description": "Field beside this one -> field of the chosen record that is copied into it.",
                "propertyNames": {"pattern": _KEY},
                "additionalProperties": {"type": "string", "pattern": _KEY},
            },
        },
        required=("form",),
    ),
    schema=_schema,
    column=lambda _options: sa.Uuid(),
    type=_type,
    store=_store,
    fit=keep,
    show=lambda value, _options: str(value),
    operators=("==", "!=", "in", "is_empty"),
    examples=Examples(
        accepted=(Example(value=_ID, options=_PRODUCT),),
        refused=(
            Example(value="P-001", options=_PRODUCT),
            Example(value={"id": _ID}, options=_PRODUCT),
            Example(value=7, options=_PRODUCT),
        ),
    ),
    traits=Traits(target=lambda options: options["form"], is_sorted=False),
)
