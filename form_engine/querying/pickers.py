"""Pick lists: the records that a relation may be set to.

Owns the search behind a relation's input. Rights are those of the other form's list; ids that a page already holds are
given back with their titles, so that a form shows what it points to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.actor import Actor
from engine.db import Session
from form_engine import forms, values
from form_engine.definition import Form
from form_engine.querying import filters, pages, record_titles
from form_engine.querying.filters import refused
from form_engine.record import LIMIT_MAX, Query, Record
from form_engine.storage import store

IDS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One record to choose; `fill` are those of its fields that the relation copies into its neighbours (JSON)."""

    id: UUID
    title: str
    fill: dict[str, Any] = field(default_factory=dict)


def choices(
    session: Session,
    actor: Actor,
    form_name: str,
    *,
    search: str | None = None,
    filter: str | None = None,
    limit: int = 20,
    ids: Sequence[UUID] = (),
    fill: Sequence[str] = (),
) -> list[Choice]:
    """Return the records of a form that the actor may choose, best known first: by id, else by search, newest first.

    Two statements, one more for each relation among `fill`.
    Raises `InvalidInput` at `#/ids`, `#/fill`, `#/limit`, `#/filter`, `#/search`.
    """
    form = forms.get(session, form_name)
    grant = filters.require(session, actor, form, "view")
    if len(ids) > IDS_MAX:
        raise refused("#/ids", "maxItems", limit=IDS_MAX)
    if not 1 <= limit <= LIMIT_MAX:
        raise refused("#/limit", "limit_range", limit=LIMIT_MAX)
    for index, key in enumerate(fill):
        if key not in form.fields or key in form.children or grant.fields.get(key) in {"hidden", "masked"}:
            raise refused(f"#/fill/{index}", "unknown_field", field=key)
    if ids:
        found = _named(session, actor, form, ids, fill)
    else:
        query = Query(search=search, filter=filter, limit=limit, fields=tuple(fill))
        found = list(pages.page(session, actor, form, grant, query)[0].items)
    found = record_titles.entitled(session, actor, form, found)
    wanted: dict[str, set[UUID]] = {}
    for one in found:
        for _, to, target_id, _ in values.ids_in(form.fields.values(), one.values):
            wanted.setdefault(to, set()).add(target_id)
    titles = record_titles.titles(session, actor, wanted)
    return [
        Choice(
            id=one.id,
            title=one.title,
            fill={key: values.shown(form.fields[key], one.values.get(key), titles) for key in fill},
        )
        for one in found
    ]


def _named(session: Session, actor: Actor, form: Form, ids: Sequence[UUID], fill: Sequence[str]) -> list[Record]:
    table = form.table
    wanted = sa.any_(sa.bindparam("ids", list(ids), postgresql.ARRAY(sa.Uuid())))
    query = sa.select(*store.columns(form, fill)).where(
        table.c.id == wanted, table.c.deleted_at.is_(None), filters.scope(session, actor, form, "view")
    )
    records = {one.id: one for one in (store.record(form, row, fill) for row in session.execute(query))}
    return [records[key] for key in dict.fromkeys(ids) if key in records]
