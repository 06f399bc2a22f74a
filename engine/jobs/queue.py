"""The queue: rows of `meta.job`, claimed with `SKIP LOCKED`.

A job's claim is a short transaction that counts the attempt and sets when others may take it over; its run is one
transaction that takes the row away and does the work. A killed worker's lock goes with its connection, and the job is
due again when the claim ends: there is no heartbeat and nothing to sweep.

Times are those of the worker's machine (`Session.now`); `clock` follows them when they jump back. Statements are texts
that are compiled once: a queue is asked hundreds of times a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from engine.db import Session
from engine.jobs.task import Payload, Task
from engine.jobs.wake import wake_after_commit
from engine.models import job

#: How long a claimed job may wait for its run to begin before another worker takes it; a run itself may last longer.
CLAIM: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed job: this worker's, for this attempt."""

    id: int
    task: str
    payload: Payload
    attempts: int


def enqueue(
    session: Session, task: str, payload: Payload, *, at: datetime | None = None, key: str | None = None
) -> None:
    """Queue a job in this transaction: it exists when and only when the transaction is committed.

    With a `key` that a waiting job has already, nothing is added. One statement.
    """
    enqueue_many(session, task, [(payload, key)], at=at)


_ENQUEUE: Final = """
INSERT INTO meta.job (task, payload, key, run_at, created_at)
SELECT %s, payload, key, %s, %s FROM unnest(%s::jsonb[], %s::text[]) AS given(payload, key)
ON CONFLICT (key) WHERE status = 'ready' DO NOTHING
"""


def enqueue_many(
    session: Session, task: str, items: Iterable[tuple[Payload, str | None]], *, at: datetime | None = None
) -> None:
    """Queue a job of one task for each payload and key, in one statement."""
    given = list(items)
    if not given:
        return
    payloads = [json.dumps(dict(payload), ensure_ascii=False) for payload, _ in given]
    _run(session, _ENQUEUE, task, at or session.now, session.now, payloads, [key for _, key in given])
    wake_after_commit(session, task)


# A range of the index for each task: what other tasks have waiting costs nothing.
_CLAIM: Final = """
WITH due AS (
    SELECT found.id FROM unnest(%s::text[]) AS wanted(task), LATERAL (
        SELECT id, run_at FROM meta.job
        WHERE job.task = wanted.task AND status <> 'dead' AND run_at <= %s AND {which}
        ORDER BY run_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    ) AS found
    ORDER BY found.run_at, found.id LIMIT %s
)
UPDATE meta.job SET status = 'running', attempts = attempts + 1, run_at = %s
FROM due WHERE job.id = due.id
RETURNING job.id, job.task, job.payload, job.attempts
"""
_CLAIM_WAITING: Final = _CLAIM.format(which="status <> 'running'")
_CLAIM_ABANDONED: Final = _CLAIM.format(which="status = 'running'")


def claim(session: Session, tasks: Iterable[str], limit: int = 1) -> list[Job]:
    """Take the jobs that have been due the longest, in their order; none when nothing is due. Commit at once."""
    return _claimed(session, _CLAIM_WAITING, tasks, limit)


def take_over(session: Session, tasks: Iterable[str]) -> list[Job]:
    """Take one job whose claim ended without a word: its worker died. Commit at once.

    One at a time: a job that kills its workers must not take others with it each time.
    """
    return _claimed(session, _CLAIM_ABANDONED, tasks, 1)


def _claimed(session: Session, text: str, tasks: Iterable[str], limit: int) -> list[Job]:
    rows: Iterable[Any] = _run(session, text, list(tasks), session.now, limit, limit, session.now + CLAIM)
    found = [Job(id=row[0], task=row[1], payload=row[2], attempts=row[3]) for row in rows]
    return sorted(found, key=lambda one: one.id)


_RELEASE: Final = """
UPDATE meta.job SET status = 'retry', attempts = job.attempts - 1, run_at = %s
FROM unnest(%s::bigint[], %s::int[]) AS held(id, attempts)
WHERE job.id = held.id AND job.attempts = held.attempts AND job.status = 'running'
"""


def release(session: Session, claimed: Sequence[Job]) -> None:
    """Give back claimed jobs that were not begun, as if they had not been claimed."""
    ids, attempts = [one.id for one in claimed], [one.attempts for one in claimed]
    _run(session, _RELEASE, session.now, ids, attempts)


_BEGIN: Final = """
DELETE FROM meta.job WHERE id = %s AND status = 'running' AND attempts = %s RETURNING id
"""
_BEGIN_RECURRING: Final = """
SELECT id FROM meta.job WHERE id = %s AND status = 'running' AND attempts = %s FOR UPDATE
"""


def begin(session: Session, claimed: Job, task: Task) -> bool:
    """Take a claimed job's row away (lock it, where it recurs) for its run; whether it is still this worker's.

    Waits for the lock: a claim that came too late for this job may hold it for a moment (PostgreSQL locks a row before
    it finds that the row no longer fits), and to skip it then would leave the job until the claim is over.
    """
    text = _BEGIN if task.every_seconds is None else _BEGIN_RECURRING
    return _run(session, text, claimed.id, claimed.attempts).first() is not None


_HOLD: Final = """
SELECT job.id, set_config('lock_timeout', %s, true)
FROM meta.job, unnest(%s::bigint[], %s::int[]) AS held(id, attempts)
WHERE job.id = held.id AND job.attempts = held.attempts AND job.status = 'running'
ORDER BY job.id FOR UPDATE OF job
"""
_TAKE_AWAY: Final = """
DELETE FROM meta.job WHERE id = ANY(%s)
"""


def hold(session: Session, claimed: Sequence[Job], lock_timeout: str) -> list[Job]:
    """Lock the rows of claimed jobs for one run of them all; return those that are still this worker's.

    lock_timeout -- so long the transaction waits for any lock from now on: it holds those of several jobs.
    """
    ids, attempts = [one.id for one in claimed], [one.attempts for one in claimed]
    ours = {row[0] for row in _run(session, _HOLD, lock_timeout, ids, attempts)}
    return [one for one in claimed if one.id in ours]


def take_away(session: Session, done: Sequence[Job]) -> None:
    """End the run of jobs whose rows this transaction holds; none of them recurs."""
    _run(session, _TAKE_AWAY, [one.id for one in done])


def finish(session: Session, claimed: Job, task: Task) -> None:
    """End a run in its own transaction: one that recurs is due again, any other is gone already."""
    if task.every_seconds is not None:
        _again(session, claimed, task.every_seconds, status="ready", attempts=0, error=None)


def fail(session: Session, claimed: Job, task: Task, error: str, pause_seconds: float) -> None:
    """Note a failed run: the job is due again after a pause, or dead; then `given_up` has its say."""
    if task.every_seconds is not None:
        _again(session, claimed, task.every_seconds, status="ready", attempts=0, error=error)
    elif claimed.attempts < task.attempts:
        _again(session, claimed, pause_seconds, status="retry", error=error)
    elif _again(session, claimed, 0, status="dead", error=error) and task.given_up is not None:
        task.given_up(session, claimed.payload, error)


def bury(session: Session, claimed: Job, error: str) -> None:
    """Declare a job dead, and do no more about it."""
    _again(session, claimed, 0, status="dead", error=error)


def _again(session: Session, claimed: Job, pause_seconds: float, **values: Any) -> bool:
    run_at = session.now + timedelta(seconds=pause_seconds)
    ours = sa.and_(job.c.id == claimed.id, job.c.attempts == claimed.attempts)
    return session.execute(sa.update(job).where(ours).values(run_at=run_at, **values)).rowcount > 0


_NEXT: Final = """
SELECT min(found.run_at) FROM unnest(%s::text[]) AS wanted(task), LATERAL (
    SELECT run_at FROM meta.job WHERE job.task = wanted.task AND status <> 'dead' AND run_at > %s
    ORDER BY run_at LIMIT 1
) AS found
"""


def next_due_at(session: Session, tasks: Iterable[str]) -> datetime | None:
    """Return when the next job will be due, or `None` when none waits; what is due already is in other hands."""
    due_at: datetime | None = _run(session, _NEXT, list(tasks), session.now).scalar_one()
    return due_at


def _run(session: Session, text: str, *parameters: Any) -> sa.CursorResult[Any]:
    return session.connection.exec_driver_sql(text, parameters)
