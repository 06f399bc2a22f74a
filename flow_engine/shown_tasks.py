"""Tasks as the API gives them: set-based, in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Session
from engine.texts import localized
from flow_engine.approvals import DECISIONS
from flow_engine.documents import published
from form_engine.field_type import USERS
from form_engine.querying import record_titles

Titles = dict[tuple[str, UUID], str]


def shown_tasks(session: Session, actor: Actor, rows: Sequence[sa.Row[Any]]) -> list[dict[str, Any]]:
    """Return tasks (rows with their instance's flow, version and starter) as JSON: one statement a form, one for people."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        wanted[USERS].update(one for one in (row.assignee_id, row.decided_by, row.started_by) if one is not None)
        if row.form is not None:
            wanted[row.form].add(row.record_id)
    # An approver reads what they are to decide, whatever their roles: a title is made as the platform sees it.
    titles = record_titles.titles(session, actor, wanted)
    return [_shown(session, actor, row, titles) for row in rows]


def _shown(session: Session, actor: Actor, row: sa.Row[Any], titles: Titles) -> dict[str, Any]:
    flow = published.get_version(session, row.definition_version_id)
    node = flow.graph.nodes.get(row.node)
    title = localized(node.title, actor.language) if node is not None else row.node
    ways = node.ways if node is not None else {}
    return {
        "id": str(row.id),
        "flow": row.flow,
        "flow_title": localized(flow.title, actor.language),
        "node": row.node,
        "node_title": title,
        "instance": str(row.instance_id),
        "record": record_json(row.form, row.record_id, titles),
        "assignee": person_json(row.assignee_id, titles),
        "started_by": person_json(row.started_by, titles),
        "status": row.status,
        "mode": row.mode,
        "position": row.position,
        "created_at": instant(row.created_at),
        "due_at": instant(row.due_at),
        "decision": row.decision,
        "decided_at": instant(row.decided_at),
        "decided_by": person_json(row.decided_by, titles),
        "opinion": row.opinion,
        "decisions": [one for one in DECISIONS if one != "return" or one in ways] if row.status == "open" else [],
    }


def record_json(form: str | None, record_id: UUID | None, titles: Titles) -> dict[str, Any] | None:
    """Return a pointer to a record: `{"app", "form", "id", "title"}`."""
    if form is None or record_id is None:
        return None
    app, _, key = form.partition(".")
    return {"app": app, "form": key, "id": str(record_id), "title": titles.get((form, record_id), "")}


def person_json(user_id: UUID | None, titles: Titles) -> dict[str, Any] | None:
    """Return a person: `{"id", "title"}`."""
    return None if user_id is None else {"id": str(user_id), "title": titles.get((USERS, user_id), "")}


def instant(at: datetime | None) -> str | None:
    """Return an instant as RFC 3339 text in UTC."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")
