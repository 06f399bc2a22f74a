"""Jobs that people look at: how many there are, those that are dead, and what may be done with those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import NotAllowed, NotFound
from engine.jobs.task import Payload
from engine.jobs.wake import wake_after_commit
from engine.models import job

#: A due job of a task that a worker does not know is left to workers of another version for so long.
UNKNOWN_AFTER: Final = timedelta(minutes=15)
_WAITING: Final = ("ready", "retry")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadJob:
    """A job that failed as often as its task allows, or that no worker knows; `error` is the last one."""

    id: int
    task: str
    payload: Payload
    attempts: int
    created_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCounts:
    """The queue at a glance.

    oldest_due_at -- when the longest-waiting due job was due.
    by_task       -- task -> how many of its jobs wait, run or are dead.
    """

    waiting: int
    running: int
    dead: int
    oldest_due_at: datetime | None
    by_task: Mapping[str, int]


def counts(session: Session) -> JobCounts:
    """Return how many jobs wait, run and are dead. One statement."""
    waits = job.c.status.in_(_WAITING)
    rows = session.execute(
        sa.select(
            job.c.task,
            sa.func.count().filter(waits),
            sa.func.count().filter(job.c.status == "running"),
            sa.func.count().filter(job.c.status == "dead"),
            sa.func.min(job.c.run_at).filter(waits, job.c.run_at <= session.now),
        )
        .group_by(job.c.task)
        .order_by(job.c.task)
    ).all()
    return JobCounts(
        waiting=sum(row[1] for row in rows),
        running=sum(row[2] for row in rows),
        dead=sum(row[3] for row in rows),
        oldest_due_at=min((row[4] for row in rows if row[4] is not None), default=None),
        by_task={row[0]: row[1] + row[2] + row[3] for row in rows},
    )


def dead(session: Session, *, limit: int = 50, before: int | None = None) -> list[DeadJob]:
    """List dead jobs, newest first; `before` is the id of the last one seen."""
    columns = [job.c[name] for name in DeadJob.__slots__]
    query = sa.select(*columns).where(job.c.status == "dead").order_by(job.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(job.c.id < before)
    return [DeadJob(**row) for row in session.execute(query).mappings()]


def retry(session: Session, actor: Actor, job_id: int) -> None:
    """Give a dead job all its attempts again, now; raises `NotFound`, `NotAllowed`."""
    revived = {"status": "retry", "attempts": 0, "run_at": session.now}
    statement = sa.update(job).where(job.c.id == job_id, job.c.status == "dead").values(revived)
    task = _changed(session, actor, "retry", statement.returning(job.c.task), job_id)
    wake_after_commit(session, task)


def drop(session: Session, actor: Actor, job_id: int) -> None:
    """Forget a dead job: what it was to do is never done. Raises `NotFound`, `NotAllowed`."""
    statement = sa.delete(job).where(job.c.id == job_id, job.c.status == "dead")
    _changed(session, actor, "drop", statement.returning(job.c.task), job_id)


def _changed(session: Session, actor: Actor, action: str, statement: sa.Executable, job_id: int) -> str:
    if not actor.has_every_right:
        raise NotAllowed("administrator_only")
    task: str | None = session.execute(statement).scalar_one_or_none()
    if task is None:
        raise NotFound("job_not_found", id=job_id)
    events.note(session, actor, "meta.job", action, after={"id": job_id, "task": task})
    return task


def forget(session: Session, task: str, payload: Payload) -> None:
    """Forget the dead jobs of a task with this payload: what they were to do is being done in another way."""
    mine = sa.and_(
        job.c.status == "dead", job.c.task == task, job.c.payload == sa.cast(dict(payload), job.c.payload.type)
    )
    session.execute(sa.delete(job).where(mine))


def park_unknown(session: Session, known: Iterable[str]) -> int:
    """Declare dead what has been due for a while and no worker of this version can run; return how many."""
    overdue = sa.and_(job.c.status != "dead", job.c.run_at < session.now - UNKNOWN_AFTER)
    statement = sa.update(job).where(overdue, job.c.task.not_in(list(known)))
    return session.execute(statement.values(status="dead", error="no worker knows this task")).rowcount
