"""Domain events, and the audit trail that hears them.

Owns the shapes that packages tell each other upward (`session.publish(event)`) and the table `audit`. Leaves who
listens, and in which order, to the composition root's one list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from engine import audit_values, rows
from engine.actor import Actor
from engine.audit_values import changed_fields, plain
from engine.db import Session
from engine.models import audit

__all__ = [
    "ActionPressed", "AuditEntry", "Note", "RecordChanged", "RecordsChanged", "audit_subscriber", "changed_fields", "history",
    "note", "note_many", "plain",
]  # fmt: skip

Action = Literal["create", "update", "delete", "restore"]

_COLUMNS = ("at", "user_id", "by_platform", "form", "record_id", "action", "version", "before", "after")
_INSERTION = rows.insertion(audit, _COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChanged:
    """One record as it was and as it is, in evaluation values (see `engine.expressions`).

    before -- `None` for a creation; after -- `None` for a deletion.
    """

    form: str
    record_id: UUID
    action: Action
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    version: int
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsChanged:
    """Records of one form that changed together; a single change is a batch of one."""

    form: str
    changes: tuple[RecordChanged, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPressed:
    """Somebody pressed a button of a record."""

    form: str
    record_id: UUID
    action: str
    record: Mapping[str, Any]
    version: int
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line for the audit trail that no record stands behind: a publication, a sign-in, a changed role."""

    form: str
    action: str
    record_id: UUID | None = None
    version: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit trail; `before` and `after` hold the changed fields alone."""

    id: int
    at: datetime
    user_id: UUID
    by_platform: bool
    form: str
    record_id: UUID | None
    action: str
    version: int | None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def audit_subscriber(session: Session, event: object) -> None:
    """Write changed records to the audit trail: one statement an event."""
    if isinstance(event, RecordsChanged):
        lines = [
            _row(session, one.actor, one, before, after)
            for one, (before, after) in zip(event.changes, _kept(event.changes), strict=True)
        ]
        rows.write(session, _INSERTION, lines)


def note(
    session: Session,
    actor: Actor,
    form: str,
    action: str,
    *,
    record_id: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one line to the audit trail."""
    note_many(session, actor, [Note(form=form, action=action, record_id=record_id, before=before, after=after)])


def note_many(session: Session, actor: Actor, notes: Iterable[Note]) -> None:
    """Write lines to the audit trail in one statement."""
    rows.write(session, _INSERTION, [_row(session, actor, one, one.before, one.after) for one in notes])


def history(
    session: Session, form: str, record_id: UUID, *, limit: int = 100, before_id: int | None = None
) -> list[AuditEntry]:
    """List what happened to a record, newest first. The caller has checked that the actor may view it."""
    query = (
        sa.select(audit)
        .where(audit.c.form == form, audit.c.record_id == record_id)
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(audit.c.id < before_id)
    return [
        AuditEntry(**{**row, "before": row["before"] or {}, "after": row["after"] or {}})
        for row in session.execute(query).mappings()
    ]


#: What is kept of a record before or after a change: its fields, or the text of a JSON object.
_Kept = Mapping[str, Any] | str | None


def _kept(changes: Sequence[RecordChanged]) -> Iterable[tuple[_Kept, _Kept]]:
    """Return what the trail keeps of each change, before and after."""
    created = [one.after for one in changes if one.before is None and one.after is not None]
    if len(created) == len(changes) >= rows.COPIED and all(map(list(created[0]).__eq__, map(list, created))):
        return zip(repeat(None), audit_values.texts(created))
    return (changed_fields(one.before, one.after) for one in changes)


def _row(session: Session, actor: Actor, entry: RecordChanged | Note, before: _Kept, after: _Kept) -> tuple[Any, ...]:
    return (
        *(session.now, actor.user_id, actor.is_platform, entry.form, entry.record_id, entry.action, entry.version),
        *(_written(before), _written(after)),
    )


def _written(kept: _Kept) -> dict[str, Any] | str | None:
    if isinstance(kept, str):
        return kept if kept != "{}" else None
    return dict(kept) if kept else None
