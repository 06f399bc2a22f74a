"""Domain events, and the audit trail that hears them.

Owns the shapes that packages tell each other upward (`session.publish(event)`) and the table `audit`. Leaves who
listens, and in which order, to the composition root's one list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from engine import rows
from engine.actor import Actor
from engine.db import Session
from engine.models import audit

Action = Literal["create", "update", "delete", "restore"]

#: Fields of this name never reach the audit trail in clear, whatever form they stand in.
SECRETS = frozenset({"password", "password_hash", "token", "token_hash", "secret"})
MASK = "***"
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
        rows.write(session, _INSERTION, [_row(session, change.actor, _note(change)) for change in event.changes])


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
    rows.write(session, _INSERTION, [_row(session, actor, entry) for entry in notes])


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


def changed_fields(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that differ, as JSON, before and after; secrets masked."""
    if before is None or after is None:  # there is nothing to compare with: whatever is there
        return _whole(before or {}), _whole(after or {})
    old, new = _plain(before), _plain(after)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return _only(old, keys), _only(new, keys)


def plain(value: Any) -> Any:
    """Return an evaluation value as JSON: decimals and times as text, a related record as its id."""
    return _convert(value, 0)


def _only(values: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: MASK if key in SECRETS else values[key] for key in keys if values.get(key) is not None}


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: MASK if key in SECRETS else _convert(value, 0) for key, value in values.items() if value is not None}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _convert(value, 0) for key, value in values.items()}


def _convert(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    show = _SCALARS.get(kind)
    if show is not None:
        return show(value)
    if isinstance(value, Mapping):
        # A related record stands for its id; a row of a sub-table is its values.
        if "id" in value and depth == 0:
            return _convert(value["id"], depth)
        return {str(key): _convert(item, 0) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_convert(item, 1) for item in value]
    return value if isinstance(value, (str, int)) else str(value)


_AS_THEY_ARE = frozenset({NoneType, str, bool, int})
_SCALARS: Mapping[type, Callable[[Any], str]] = {
    Decimal: lambda value: format(value, "f"),
    datetime: lambda value: value.isoformat(),
    date: lambda value: value.isoformat(),
    UUID: str,
}


def _note(change: RecordChanged) -> Note:
    before, after = changed_fields(change.before, change.after)
    return Note(
        form=change.form,
        action=change.action,
        record_id=change.record_id,
        version=change.version,
        before=before,
        after=after,
    )


def _row(session: Session, actor: Actor, entry: Note) -> tuple[Any, ...]:
    return (
        *(session.now, actor.user_id, actor.is_platform, entry.form, entry.record_id, entry.action, entry.version),
        *(dict(entry.before) if entry.before else None, dict(entry.after) if entry.after else None),
    )
