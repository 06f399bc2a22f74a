"""Yes or no.

{"title": "含税", "default": false, "x-field": {"type": "boolean"}}
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.expressions import BOOLEAN
from form_engine.field_type import Example, Examples, FieldType, keep

FIELD_TYPE = FieldType(
    name="boolean",
    title={"zh-CN": "是否", "en-US": "Yes / no"},
    schema=lambda _options: {"type": "boolean"},
    column=lambda _options: sa.Boolean(),
    type=lambda _options, _resolve: BOOLEAN,
    store=keep,
    fit=keep,
    examples=Examples(
        accepted=(Example(value=True), Example(value=False)),
        refused=(Example(value="true"), Example(value=0), Example(value="")),
    ),
)
