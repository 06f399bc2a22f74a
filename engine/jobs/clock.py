"""Time: tasks that recur, and a clock that is set back.

What waits was queued by the old clock: it would wait for the time to come round again. So workers note, in one row of
the database, the latest time that any of them has seen; one that finds its clock behind that moves everything that
waits by the difference, once for all. Tasks that keep moments of their own hear of it (`Task.clock_set_back`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from engine.db import Session
from engine.jobs.queue import enqueue
from engine.jobs.task import Task
from engine.models import job, job_clock

#: The clocks of several machines never agree exactly: a step back as small as this is none.
SLACK: Final = timedelta(seconds=5)
_NOTED_EVERY: Final = timedelta(seconds=1)


def note_time(session: Session) -> None:
    """Remember that it is now; one small update, none where another worker has just done so."""
    is_old = job_clock.c.seen < session.now - _NOTED_EVERY
    session.execute(sa.update(job_clock).where(is_old).values(seen=session.now))


def follow(session: Session, tasks: Iterable[Task]) -> timedelta:
    """Pull in what waits if the clock was set back since anybody looked; return by how much it was.

    Several workers may notice: the first does it, the others find it done.
    """
    known = list(tasks)
    seen = session.execute(sa.select(job_clock.c.seen).with_for_update()).scalar_one()
    step: timedelta = seen - session.now
    if step > SLACK:
        waits = sa.and_(job.c.status != "dead", job.c.run_at > session.now)
        # What is locked is being run right now.
        free = sa.select(job.c.id).where(waits).with_for_update(skip_locked=True)
        session.execute(sa.update(job).where(job.c.id.in_(free)).values(run_at=job.c.run_at - step))
        session.execute(sa.update(job_clock).values(seen=session.now))
        for task in known:
            if task.clock_set_back is not None:
                task.clock_set_back(session, step)
    ensure_recurring(session, known)
    return step if step > SLACK else timedelta()


def ensure_recurring(session: Session, tasks: Iterable[Task]) -> None:
    """Queue every recurring task that has no job yet; several workers may do so at once.

    One that would come later than its turn is pulled in: its pause was made shorter, or the clock was set back.
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
