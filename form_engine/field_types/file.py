"""Files that were uploaded before, as their ids; shown as a list of `{"id", "title", …}`.

{"title": "附件", "maxItems": 5, "x-field": {"type": "file"}}
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.expressions import TEXT, Members, ids_of
from form_engine.field_type import FILES, Example, Examples, FieldType, Options, Schema, Traits, keep, options_schema

DEFAULT_FILES = 20
_FILE = Members("file", {"id": TEXT, "name": TEXT})
_ID = "0193a5b0-6f3e-7c2a-9d58-1b2c3d4e5f60"


def _schema(options: Options) -> Schema:
    return {
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "uniqueItems": True,
        "maxItems": options.get("maxItems", DEFAULT_FILES),
    }


def _store(value: Any, _options: Options) -> list[UUID] | None:
    return [UUID(item) for item in value] or None


FIELD_TYPE = FieldType(
    name="file",
    title={"zh-CN": "附件", "en-US": "File"},
    options=options_schema(
        {
            "maxItems": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100,
                "default": DEFAULT_FILES,
                "description": "Most files.",
            }
        }
    ),
    schema=_schema,
    column=lambda _options: postgresql.ARRAY(sa.Uuid()),
    type=lambda _options, _resolve: ids_of(_FILE),
    store=_store,
    fit=keep,
    show=lambda value, _options: [str(item) for item in value],
    operators=("is_empty",),
    examples=Examples(
        accepted=(Example(value=[_ID]),),
        refused=(Example(value=_ID), Example(value=["a.pdf"]), Example(value=[_ID, _ID])),
    ),
    traits=Traits(target=lambda _options: FILES, is_sorted=False, is_list=True),
)
