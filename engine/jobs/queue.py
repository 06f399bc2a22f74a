"""The queue: rows of `meta.job`, claimed with `SKIP LOCKED`.

A job's claim is a short transaction that counts the attempt and sets when others may take it over; its run is one
transaction that locks the row, does the work and deletes the row. A killed worker's lock goes with its connection, and
the job is due again when the claim ends: there is no heartbeat and nothing to sweep.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import NotAllowed, NotFound
from engine.jobs.task import Payload, Task
from engine.jobs.wake import wake_after_commit
from engine.models import job

#: How long a claimed job may wait for its run to begin before another worker takes it; a run itself may last longer.
CLAIM = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed job: this worker's, for this attempt."""

    id: int
    task: str
    payload: Payload
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadJob:
    """A job that failed as often as its task allows."""

    id: int
    task: str
    payload: Payload
    attempts: int
    created_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCounts:
    """The queue at a glance; `oldest_due_at` is when the longest-waiting due job was due."""

    waiting: int
    running: int
    dead: int
    oldest_due_at: datetime | None


def enqueue(
    session: Session, task: str, payload: Payload, *, at: datetime | None = None, key: str | None = None
) -> None:
    """Queue a job in this transaction: it exists when and only when the transaction is committed.

    With a `key` that a waiting job has already, nothing is added. One statement.
    """
    enqueue_many(session, task, [(payload, key)], at=at)


def enqueue_many(
    session: Session, task: str, items: Iterable[tuple[Payload, str | None]], *, at: datetime | None = None
) -> None:
    """Queue a job of one task for each payload and key, in one statement."""
    rows = [
        {
            "task": task,
            "payload": dict(payload),
            "key": key,
            "run_at": at or session.now,
            "created_at": session.now,
        }
        for payload, key in items
    ]
    if not rows:
        return
    insert = postgresql.insert(job).values(rows)
    session.execute(insert.on_conflict_do_nothing(index_elements=["key"], index_where=sa.text("status = 'ready'")))
    wake_after_commit(session)


def claim(session: Session, tasks: Iterable[str]) -> Job | None:
    """Take the job that has been due the longest; `None` when nothing is due. Commit at once."""
    due = (
        sa.select(job.c.id)
        .where(job.c.status != "dead", job.c.run_at <= session.now, job.c.task.in_(list(tasks)))
        .order_by(job.c.run_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = (
        session.execute(
            sa.update(job)
            .where(job.c.id == due)
            .values(status="running", attempts=job.c.attempts + 1, run_at=session.now + CLAIM)
            .returning(job.c.id, job.c.task, job.c.payload, job.c.attempts)
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else Job(**row)


def begin(session: Session, claimed: Job) -> bool:
    """Lock a claimed job for its run; whether it is still this worker's.

    Waits for the lock: a claim that came too late for this job may hold it for a moment (PostgreSQL locks a row before
    it finds that the row no longer fits), and to skip it then would leave the job until the claim is over.
    """
    found = session.execute(
        sa.select(job.c.id)
        .where(job.c.id == claimed.id, job.c.status == "running", job.c.attempts == claimed.attempts)
        .with_for_update()
    ).one_or_none()
    return found is not None


def finish(session: Session, claimed: Job, task: Task) -> None:
    """End a run in its own transaction: the job is gone, or due again if it recurs."""
    if task.every_seconds is None:
        session.execute(sa.delete(job).where(job.c.id == claimed.id))
    else:
        _again(session, claimed, task.every_seconds, status="ready", attempts=0, error=None)


def fail(session: Session, claimed: Job, task: Task, error: str, pause_seconds: float) -> None:
    """Note a failed run: the job is due again after a pause, or dead."""
    if task.every_seconds is not None:
        _again(session, claimed, task.every_seconds, status="ready", attempts=0, error=error)
    elif claimed.attempts >= task.attempts:
        _again(session, claimed, 0, status="dead", error=error)
    else:
        _again(session, claimed, pause_seconds, status="retry", error=error)


def next_due_at(session: Session, tasks: Iterable[str]) -> datetime | None:
    """Return when the next job is due, or `None` when none waits."""
    query = sa.select(sa.func.min(job.c.run_at)).where(job.c.status != "dead", job.c.task.in_(list(tasks)))
    due_at: datetime | None = session.execute(query).scalar_one()
    return due_at


def ensure_recurring(session: Session, tasks: Iterable[Task]) -> None:
    """Queue every recurring task that has no job yet; several workers may do so at once.

    One that would come later than its turn is pulled in: the clock was set back after it was queued.
    """
    for task in tasks:
        if task.every_seconds is None:
            continue
        key = f"every:{task.name}"
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(key))))
        exists = session.execute(sa.select(job.c.id).where(job.c.key == key, job.c.task == task.name)).first()
        if exists is None:
            enqueue(session, task.name, {}, key=key)
        latest = session.now + timedelta(seconds=task.every_seconds)
        late = sa.and_(job.c.key == key, job.c.status == "ready", job.c.run_at > latest)
        session.execute(sa.update(job).where(late).values(run_at=session.now))


def follow_clock(session: Session, tasks: Iterable[Task]) -> None:
    """Pull in what was queued before the clock was set back: it would wait for the time to come round again."""
    ahead = sa.and_(job.c.status != "dead", job.c.created_at > session.now)
    earlier = job.c.run_at - (job.c.created_at - session.now)
    session.execute(sa.update(job).where(ahead).values(run_at=earlier, created_at=session.now))
    ensure_recurring(session, tasks)


def counts(session: Session) -> JobCounts:
    """Return how many jobs wait, run and are dead."""
    late = sa.and_(job.c.status.in_(["ready", "retry"]), job.c.run_at <= session.now)
    row = (
        session.execute(
            sa.select(
                sa.func.count().filter(job.c.status.in_(["ready", "retry"])).label("waiting"),
                sa.func.count().filter(job.c.status == "running").label("running"),
                sa.func.count().filter(job.c.status == "dead").label("dead"),
                sa.func.min(job.c.run_at).filter(late).label("oldest_due_at"),
            )
        )
        .mappings()
        .one()
    )
    return JobCounts(**row)


def list_dead(session: Session, *, limit: int = 100) -> list[DeadJob]:
    """List dead jobs, newest first."""
    columns = [job.c[name] for name in DeadJob.__slots__]
    query = sa.select(*columns).where(job.c.status == "dead").order_by(job.c.id.desc()).limit(limit)
    return [DeadJob(**row) for row in session.execute(query).mappings()]


def revive(session: Session, actor: Actor, job_id: int) -> None:
    """Give a dead job all its attempts again; raises `NotFound`."""
    if not actor.has_every_right:
        raise NotAllowed("administrator_only")
    changed = session.execute(
        sa.update(job)
        .where(job.c.id == job_id, job.c.status == "dead")
        .values(status="retry", attempts=0, run_at=session.now)
    )
    if changed.rowcount == 0:
        raise NotFound("job_not_found", id=job_id)
    events.note(session, actor, "meta.job", "revive", after={"id": job_id})
    wake_after_commit(session)


def _again(session: Session, claimed: Job, pause_seconds: float, **values: Any) -> None:
    run_at = session.now + timedelta(seconds=pause_seconds)
    session.execute(
        sa.update(job).where(job.c.id == claimed.id, job.c.attempts == claimed.attempts).values(run_at=run_at, **values)
    )
