"""One user of the platform, as its id; shown as `{"id", "title"}`.

{"title": "负责人", "x-field": {"type": "member", "default": "user"}}
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.expressions import MEMBER, record_of
from form_engine.field_type import USERS, Example, Examples, FieldType, Options, Traits, keep

_ID = "0193a5b0-6f3e-7c2a-9d58-1b2c3d4e5f60"


def _store(value: Any, _options: Options) -> UUID:
    return UUID(value)


FIELD_TYPE = FieldType(
    name="member",
    title={"zh-CN": "成员", "en-US": "Member"},
    schema=lambda _options: {"type": "string", "format": "uuid"},
    column=lambda _options: sa.Uuid(),
    type=lambda _options, _resolve: record_of(MEMBER),
    store=_store,
    fit=keep,
    show=lambda value, _options: str(value),
    operators=("==", "!=", "in", "is_empty"),
    examples=Examples(accepted=(Example(value=_ID),), refused=(Example(value="sales"), Example(value=1))),
    traits=Traits(target=lambda _options: USERS, is_sorted=False),
)
