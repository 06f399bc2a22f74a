"""Messages in people's inboxes: sent by flows, listed, counted, marked as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, Violation
from engine.ids import new_id
from engine.models import notification
from engine.texts import LocalizedText, localized


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPage:
    """Messages, newest first, as JSON; `next_cursor` is None on the last page."""

    items: tuple[Mapping[str, Any], ...]
    next_cursor: str | None


def record_link(form: str | None, record_id: UUID | None) -> str | None:
    """Return the page of a record: the path that the front end's router has for it."""
    if form is None or record_id is None:
        return None
    app, _, key = form.partition(".")
    return f"/apps/{app}/forms/{key}/{record_id}"


def send(session: Session, people: Sequence[UUID], text: LocalizedText, *, link: str | None = None) -> None:
    """Put a message into each inbox; one statement."""
    if not people:
        return
    session.execute(
        sa.insert(notification),
        [
            {"id": new_id(), "user_id": one, "text": _stored(text), "link": link, "created_at": session.now}
            for one in people
        ],
    )


def list_for(
    session: Session, actor: Actor, *, is_unread: bool = False, limit: int = 50, cursor: str | None = None
) -> NotificationPage:
    """List the actor's messages, newest first; one statement."""
    query = sa.select(notification).where(notification.c.user_id == actor.user_id)
    if is_unread:
        query = query.where(notification.c.read_at.is_(None))
    if cursor is not None:
        query = query.where(notification.c.id < _cursor(cursor))
    rows = session.execute(query.order_by(notification.c.id.desc()).limit(limit + 1)).all()
    items = tuple(_json(row, actor.language) for row in rows[:limit])
    return NotificationPage(items=items, next_cursor=items[-1]["id"] if len(rows) > limit else None)


def count_unread(session: Session, actor: Actor) -> int:
    """Return how many messages the actor has not read."""
    query = sa.select(sa.func.count()).where(notification.c.user_id == actor.user_id, notification.c.read_at.is_(None))
    return int(session.execute(query).scalar_one())


def mark_read(session: Session, actor: Actor, ids: Sequence[UUID] | None = None) -> int:
    """Mark messages of the actor as read, all where `ids` is None; return how many were unread."""
    update = sa.update(notification).where(notification.c.user_id == actor.user_id, notification.c.read_at.is_(None))
    if ids is not None:
        update = update.where(notification.c.id == sa.any_(sa.bindparam(None, list(ids), postgresql.ARRAY(sa.Uuid()))))
    return session.execute(update.values(read_at=session.now)).rowcount


def _cursor(cursor: str) -> UUID:
    try:
        return UUID(cursor)
    except ValueError:
        raise InvalidInput(violations=[Violation(pointer="#/cursor", code="flow_cursor_invalid")]) from None


def _stored(text: LocalizedText) -> Any:
    return text if isinstance(text, str) else dict(text)


def _json(row: Any, language: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "text": localized(row.text, language),
        "link": row.link,
        "created_at": _instant(row.created_at),
        "read_at": _instant(row.read_at),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
