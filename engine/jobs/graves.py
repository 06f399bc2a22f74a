"""Dead jobs as administrators see them, by kind; `parked` has what is done with one, here is what is done with all of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import NotAllowed
from engine.jobs.task import Payload
from engine.jobs.wake import wake_after_commit
from engine.models import job

LIMIT_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Grave:
    """A dead job; `died_at` is when its last attempt failed."""

    id: int
    task: str
    payload: Payload
    attempts: int
    created_at: datetime
    died_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How many dead jobs there are of a task."""

    task: str
    count: int


def list_page(
    session: Session, actor: Actor, *, task: str | None = None, limit: int = 50, before: int | None = None
) -> Sequence[Grave]:
    """List dead jobs, the youngest first; `before` is the id of the last one seen. Raises `NotAllowed`."""
    _require_administrator(actor)
    columns = (job.c.id, job.c.task, job.c.payload, job.c.attempts, job.c.created_at, job.c.run_at, job.c.error)
    query = sa.select(*columns).where(job.c.status == "dead").order_by(job.c.id.desc())
    if task is not None:
        query = query.where(job.c.task == task)
    if before is not None:
        query = query.where(job.c.id < before)
    rows = session.execute(query.limit(max(1, min(limit, LIMIT_MAX))))
    return [
        Grave(
            id=row.id,
            task=row.task,
            payload=row.payload,
            attempts=row.attempts,
            created_at=row.created_at,
            died_at=row.run_at,
            error=row.error,
        )
        for row in rows
    ]


def kinds(session: Session, actor: Actor) -> Sequence[Kind]:
    """Return how many are dead of each task. Raises `NotAllowed`."""
    _require_administrator(actor)
    query = sa.select(job.c.task, sa.func.count()).where(job.c.status == "dead").group_by(job.c.task)
    return [Kind(task=task, count=count) for task, count in session.execute(query.order_by(job.c.task))]


def retry_all(session: Session, actor: Actor, task: str) -> int:
    """Give every dead job of a task all its attempts again; return how many. Raises `NotAllowed`."""
    values = {"status": "retry", "attempts": 0, "run_at": session.now}
    changed = _change(session, actor, "retry", sa.update(job).values(values), task)
    wake_after_commit(session, task)
    return changed


def drop_all(session: Session, actor: Actor, task: str) -> int:
    """Give every dead job of a task up: what they were to do is never done; return how many. Raises `NotAllowed`."""
    return _change(session, actor, "drop", sa.delete(job), task)


def _change(session: Session, actor: Actor, action: str, statement: sa.Update | sa.Delete, task: str) -> int:
    _require_administrator(actor)
    changed = session.execute(statement.where(job.c.status == "dead", job.c.task == task)).rowcount
    if changed:
        events.note(session, actor, "meta.job", action, after={"task": task, "count": changed})
    return changed


def _require_administrator(actor: Actor) -> None:
    if not actor.has_every_right:
        raise NotAllowed("administrator_only")
