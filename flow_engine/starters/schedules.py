"""Schedules: flows that the clock starts, each firing once.

Owns the tables `flow_schedule` and `flow_firing`. A schedule follows what is published. A firing is a row of flow and due
moment, written in the transaction that starts its runs: there is one however many workers look, whatever is restarted,
and whichever way the clock is set. After a time without workers the last missed firing is made up for, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import jobs
from engine.catalog import CatalogMoved
from engine.db import Session
from engine.errors import Conflict, DomainError
from engine.jobs import Payload, Task
from engine.models import flow_firing, flow_schedule
from flow_engine.acting.people import acting_user
from flow_engine.acting.querying import select_ids
from flow_engine.definition import Flow
from flow_engine.documents import published
from flow_engine.documents.timetable import last_due, next_due
from flow_engine.runs.journal import in_every_language
from flow_engine.runs.starting import start_runs
from flow_engine.trigger_type import Occasion, Timetable
from form_engine import forms

#: The queue's tasks: look for schedules that are due; fire one.
TICK: Final = "flows.schedules"
FIRE: Final = "flows.fire"
TICK_SECONDS: Final = 5.0
#: One firing starts a run for so many records at most.
MAX_RECORDS: Final = 10_000
_BATCH: Final = 500
#: For so long it is told what fired when.
_KEPT: Final = timedelta(days=90)


def sync(session: Session) -> None:
    """Make the schedules those of the flows in force. One statement where nothing has changed."""
    wanted = {flow.name: flow.trigger.plan.timetable for flow in published.started_apart(session) if flow.trigger}
    timetables = {name: one for name, one in wanted.items() if one is not None}
    known = {row.flow: row for row in session.execute(sa.select(flow_schedule))}
    gone = sorted(known.keys() - timetables.keys())
    if gone:
        session.execute(sa.delete(flow_schedule).where(flow_schedule.c.flow.in_(gone)))
    for name, timetable in sorted(timetables.items()):
        row = known.get(name)
        if row is None or (row.cron, row.time_zone) != (timetable.cron, timetable.time_zone):
            _set(session, name, timetable)


def _set(session: Session, name: str, timetable: Timetable) -> None:
    values = {
        "cron": timetable.cron,
        "time_zone": timetable.time_zone,
        "next_due": _next(session, name, timetable.cron, timetable.time_zone),
        "queued_due": None,
    }
    insert = postgresql.insert(flow_schedule).values(flow=name, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["flow"], set_=values))


def _next(session: Session, name: str, cron: str, time_zone: str) -> datetime | None:
    """Return the next due moment from now on; never one up to which the flow has fired, should the clock go back."""
    fired = sa.select(sa.func.max(flow_firing.c.due_at)).where(flow_firing.c.flow == name)
    last: datetime | None = session.execute(fired).scalar_one()
    return next_due(cron, time_zone, session.now if last is None else max(last, session.now))


def pause(session: Session, name: str, *, is_paused: bool) -> bool:
    """Switch a schedule off or on; what came due meanwhile is not made up for. Return whether there is one."""
    row = session.execute(sa.select(flow_schedule).where(flow_schedule.c.flow == name).with_for_update()).one_or_none()
    if row is None:
        return False
    values: dict[str, Any] = {"is_paused": is_paused, "queued_due": None}
    if row.is_paused and not is_paused:
        values["next_due"] = _next(session, name, row.cron, row.time_zone)
    session.execute(sa.update(flow_schedule).where(flow_schedule.c.flow == name).values(values))
    return True


def tick(session: Session, _payload: Payload) -> None:
    """Queue the firing of each schedule that is due, each once."""
    sync(session)
    table = flow_schedule
    due = sa.select(table.c.flow).where(
        table.c.next_due <= session.now,
        ~table.c.is_paused,
        table.c.queued_due.is_distinct_from(table.c.next_due),
    )
    names = session.execute(due.order_by(table.c.next_due).with_for_update(skip_locked=True)).scalars().all()
    if names:
        session.execute(sa.update(table).where(table.c.flow.in_(names)).values(queued_due=table.c.next_due))
        jobs.enqueue_many(session, FIRE, [({"flow": name}, f"{FIRE}:{name}") for name in names])


def fire(session: Session, payload: Payload) -> None:
    """Fire a schedule that is due (the queue's task): of what was missed, the last; nothing where it is not due."""
    name = str(payload["flow"])
    table = flow_schedule
    row = session.execute(sa.select(table).where(table.c.flow == name).with_for_update()).one_or_none()
    if row is None or row.is_paused or row.next_due is None or row.next_due > session.now:
        return
    due = last_due(row.cron, row.time_zone, row.next_due, session.now)
    following = next_due(row.cron, row.time_zone, due)
    session.execute(sa.update(table).where(table.c.flow == name).values(next_due=following, queued_due=None))
    firing = postgresql.insert(flow_firing).values(flow=name, due_at=due, fired_at=session.now)
    is_new = session.execute(firing.on_conflict_do_nothing().returning(flow_firing.c.due_at)).one_or_none()
    if is_new is None:
        return
    values = _started(session, name, due)
    mine = sa.and_(flow_firing.c.flow == name, flow_firing.c.due_at == due)
    session.execute(sa.update(flow_firing).where(mine).values(values))
    old = sa.and_(flow_firing.c.flow == name, flow_firing.c.due_at < due - _KEPT)
    session.execute(sa.delete(flow_firing).where(old))


def _started(session: Session, name: str, due: datetime) -> dict[str, Any]:
    """Start the runs of a firing; return how many, or why none could be: that firing is over all the same."""
    savepoint = session.connection.begin_nested()
    try:
        runs = _start(session, published.get(session, name), due)
    except CatalogMoved:
        raise
    except DomainError as error:
        savepoint.rollback()
        return {"error": in_every_language(error)}
    savepoint.commit()
    return {"runs": runs}


def _start(session: Session, flow: Flow, due: datetime) -> int:
    trigger = flow.trigger
    if trigger is None or trigger.plan.timetable is None:
        return 0
    if flow.faults:
        raise Conflict("flow_definition_broken", violations=flow.faults, flow=flow.title)
    actor = acting_user(session, trigger.options.get("as"))
    key = f"{flow.name}:{due.isoformat()}"
    if flow.form is None:
        return len(start_runs(session, flow, actor, [_occasion(due, key, None)]))
    form = forms.get(session, flow.form)
    found = select_ids(session, form, trigger.plan.when, limit=MAX_RECORDS + 1)
    if len(found) > MAX_RECORDS:
        raise Conflict("flow_records_too_many", flow=flow.title, limit=MAX_RECORDS)
    started = 0
    for batch in _batches(found):
        started += len(start_runs(session, flow, actor, [_occasion(due, f"{key}:{one}", one) for one in batch]))
    return started


def _occasion(due: datetime, key: str, record_id: UUID | None) -> Occasion:
    told: Mapping[str, Any] = {"due_at": due.isoformat()}
    return Occasion(record_id=record_id, action="schedule", key=key, input={"due_at": due}, told=told)


def _batches(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH)]


TASKS: Final = (
    Task(name=TICK, run=tick, every_seconds=TICK_SECONDS, is_quick=True),
    Task(name=FIRE, run=fire),
)
