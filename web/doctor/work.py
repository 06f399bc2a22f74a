"""The background work: dead and stuck jobs, runs that nobody goes on with, effects that did not leave, workers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from engine import jobs
from engine.db import Database, Session
from engine.jobs import presence
from engine.models import flow_effect, flow_instance, flow_token, job
from engine.settings import Settings
from flow_engine.runs.continuing import CONTINUE
from web.doctor.finding import Finding, Severity, fine

#: A due job that has waited longer has nobody who runs it, or too much before it.
_PATIENCE: Final = timedelta(minutes=5)
#: A run was begun a moment ago, or its job is just being claimed.
_YOUNG: Final = timedelta(minutes=1)


def look(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield what is found. A handful of statements."""
    yield from _queue(session)
    yield from _workers(session, settings)
    yield from _runs(session)
    yield from _effects(session)


def repaired(database: Database) -> Iterator[Finding]:
    """Queue the runs that nobody goes on with again, in one transaction."""
    with database.unit_of_work() as session:
        ids = list(session.execute(_forsaken(session)).scalars())
        jobs.enqueue_many(session, CONTINUE, [({"instance": str(one)}, f"{CONTINUE}:{one}") for one in ids])
    if ids:
        params = {"count": len(ids)}
        yield Finding(topic="runs", code="runs_forsaken", params=params, is_repaired=True)


def _queue(session: Session) -> Iterator[Finding]:
    counts = jobs.counts(session)
    if counts.dead:
        yield Finding(topic="queue", code="jobs_dead", params={"count": counts.dead})
    if counts.oldest_due_at is not None and session.now - counts.oldest_due_at > _PATIENCE:
        minutes = int((session.now - counts.oldest_due_at).total_seconds() // 60)
        params = {"minutes": minutes, "count": counts.waiting}
        yield Finding(topic="queue", code="jobs_late", params=params, command="dougong worker")
    stuck = sa.select(sa.func.count()).where(job.c.status == "running", job.c.run_at < session.now - _PATIENCE)
    count: int = session.execute(stuck).scalar_one()
    if count:
        yield Finding(topic="queue", code="jobs_stuck", severity="warning", params={"count": count})
    elif not counts.dead:
        yield fine("queue", "queue_fine", waiting=counts.waiting, running=counts.running)


def _workers(session: Session, settings: Settings) -> Iterator[Finding]:
    found = presence.list_workers(session)
    silent = [one.name for one in found if one.is_silent]
    if silent:
        yield Finding(topic="workers", code="workers_silent", params={"names": silent})
    elif not found:
        is_own = settings.database_url is None
        # An embedded database without anybody else on it: the platform simply does not run at the moment.
        severity: Severity = "warning" if is_own else "error"
        yield Finding(topic="workers", code="workers_none", severity=severity, command="dougong serve")
    else:
        yield fine("workers", "workers_fine", count=len(found))


def _forsaken(session: Session) -> sa.Select[Any]:
    """Return the runs that are to go on and have no job that is alive."""
    instance = sa.cast(flow_instance.c.id, sa.Text)
    has_job = sa.exists().where(job.c.payload["instance"].astext == instance, job.c.status != "dead")
    is_open = sa.text("flow_instance.status NOT IN ('completed', 'cancelled')")
    old = flow_instance.c.started_at < session.now - _YOUNG
    return sa.select(flow_instance.c.id).where(is_open, flow_instance.c.status == "running", old, ~has_job)


def _runs(session: Session) -> Iterator[Finding]:
    count: int = session.execute(sa.select(sa.func.count()).select_from(_forsaken(session).subquery())).scalar_one()
    if count:
        yield Finding(topic="runs", code="runs_forsaken", params={"count": count}, command="dougong doctor --repair")
    is_open = sa.text("flow_instance.status NOT IN ('completed', 'cancelled')")
    failed = sa.select(sa.func.count()).select_from(flow_instance).where(is_open, flow_instance.c.status == "failed")
    stopped: int = session.execute(failed).scalar_one()
    if stopped:
        yield Finding(topic="runs", code="runs_failed", severity="warning", params={"count": stopped})
    late = sa.select(sa.func.count()).where(
        flow_token.c.status == "waiting", flow_token.c.due_at < session.now - _PATIENCE, flow_token.c.woken_at.is_(None)
    )
    overdue: int = session.execute(late).scalar_one()
    if overdue:
        yield Finding(topic="runs", code="timers_late", params={"count": overdue}, command="dougong worker")
    if not count + stopped + overdue:
        yield fine("runs", "runs_fine")


def _effects(session: Session) -> Iterator[Finding]:
    query = sa.select(sa.func.count()).where(flow_effect.c.status == "dead")
    dead: int = session.execute(query).scalar_one()
    if dead:
        yield Finding(topic="effects", code="effects_dead", severity="warning", params={"count": dead})
    else:
        yield fine("effects", "effects_fine")
