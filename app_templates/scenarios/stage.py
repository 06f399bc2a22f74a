"""What a scenario plays on: its people, its clock, and background work that runs when the clock says so.

Owns SQL. Everything happens in the caller's transaction, which is rolled back. Only what the scenario itself set going
is run: jobs queued and flow runs begun since the stage was made; nothing is sent outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine import identity
from engine.actor import SYSTEM, Actor
from engine.db import Session
from engine.ids import new_id
from engine.models import flow_token, job, user_role
from engine.texts import DEFAULT_LANGUAGE
from flow_engine import flows
from flow_engine.runs import continuing

#: A scenario that sets more going than this goes round in a circle.
MOST_JOBS: Final = 1_000
_SPANS: Final = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}


@dataclass(slots=True, kw_only=True)
class Stage:
    """One scenario under way: people by name, records by name as (form, id); its reader's `language`."""

    session: Session
    language: str = DEFAULT_LANGUAGE
    people: dict[str, Actor] = field(default_factory=dict)
    records: dict[str, tuple[str, UUID]] = field(default_factory=dict)
    after: UUID = field(default_factory=new_id)
    last_job: int = 0

    def actor(self, name: str | None) -> Actor:
        """Return the person, or the platform where nobody is named."""
        return SYSTEM if name is None else self.people[name]


def open_stage(session: Session, people: Mapping[str, Mapping[str, Any]], language: str) -> Stage:
    """Make the people of a scenario; nobody else has a role while it lasts, so that tasks come to them alone."""
    last = session.execute(sa.select(sa.func.coalesce(sa.func.max(job.c.id), 0))).scalar_one()
    stage = Stage(session=session, language=language, last_job=last)
    session.execute(sa.delete(user_role))
    departments: dict[str, UUID] = {}
    for each in people.values():
        key = each.get("department")
        if key is not None and key not in departments:
            unique = f"{key[:40]}_{stage.after.hex[-12:]}"
            departments[key] = identity.create_department(session, SYSTEM, key=unique, title=key).id
    made = {name: _person(stage, name, each, departments) for name, each in people.items()}
    for name, each in people.items():
        if each.get("heads") and "department" in each:
            identity.update_department(session, SYSTEM, departments[each["department"]], head_id=made[name])
    stage.people = {name: identity.actor_for_user(session, user_id) for name, user_id in made.items()}
    return stage


def _person(stage: Stage, name: str, each: Mapping[str, Any], departments: Mapping[str, UUID]) -> UUID:
    return identity.create_user(
        stage.session,
        SYSTEM,
        username=f"{name}.{stage.after.hex[-12:]}",
        name=each.get("title", name),
        department_id=departments.get(each.get("department", "")),
        roles=each.get("roles", ()),
    ).id


def moment(session: Session, text: str) -> datetime:
    """Return the instant of `2026-11-21` (at nine o'clock) or `2026-11-21T14:30`; raises `ValueError`."""
    day = datetime.fromisoformat(text if "T" in text else f"{text}T09:00")
    return day.replace(tzinfo=ZoneInfo(session.time_zone))


def span(text: str) -> timedelta:
    """Return the duration of `3 days`."""
    count, _, unit = text.partition(" ")
    return timedelta(seconds=int(count) * _SPANS[unit.removesuffix("s")])


def work_until(stage: Stage, at: datetime) -> None:
    """Move the clock to an instant, on the way doing what falls due, in order; earlier instants leave the clock."""
    session = stage.session
    for _ in range(MOST_JOBS):
        due = _next_due(stage, max(at, session.now))
        if due is None:
            break
        due_at, run = due
        session.now = max(session.now, due_at)
        run()
    else:
        raise RuntimeError(f"more than {MOST_JOBS} jobs")
    session.now = max(session.now, at)


def _next_due(stage: Stage, at: datetime) -> tuple[datetime, Any] | None:
    """Return when the next job or waiting flow is due, and what does it; jobs first."""
    tasks = {task.name: task.run for task in flows.TASKS if task.outside is None and task.every_seconds is None}
    queued = (
        sa.select(job.c.id, job.c.task, job.c.payload, job.c.run_at)
        .where(job.c.id > stage.last_job, job.c.run_at <= at, job.c.task.in_(list(tasks)), job.c.status != "dead")
        .order_by(job.c.run_at, job.c.id)
        .limit(1)
    )
    token = flow_token.c
    waiting = (
        sa.select(token.instance_id, token.number, token.due_at)
        .where(token.instance_id > stage.after, token.status == "waiting", token.due_at <= at)
        .where(token.woken_at.is_(None))
        .order_by(token.due_at)
        .limit(1)
    )
    session = stage.session
    ready, sleeping = session.execute(queued).one_or_none(), session.execute(waiting).one_or_none()
    if ready is not None and (sleeping is None or ready.run_at <= sleeping.due_at):
        return ready.run_at, lambda: _run(session, ready.id, tasks[ready.task], ready.payload)
    if sleeping is None:
        return None
    return sleeping.due_at, lambda: _wake(session, sleeping)


def _run(session: Session, job_id: int, run: Any, payload: Mapping[str, Any]) -> None:
    session.execute(sa.delete(job).where(job.c.id == job_id))
    run(session, payload)


def _wake(session: Session, sleeping: Any) -> None:
    token = flow_token.c
    same = sa.and_(token.instance_id == sleeping.instance_id, token.number == sleeping.number)
    session.execute(sa.update(flow_token).where(same).values(woken_at=session.now))
    continuing.wake_token(session, {"instance": str(sleeping.instance_id), "token": sleeping.number})
