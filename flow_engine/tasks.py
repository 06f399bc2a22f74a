"""Human work: what waits for a person's decision, and what the decision sets going.

A decision and everything that follows from it (the record's new status, the flows that hear of that, what they write)
are one transaction: it happens whole, once, or not at all.

Locks: first the instance's row, then its tasks. Two people who decide at one node at the same moment both need both
(the first decision closes the other's task); taken the other way round they could wait for each other for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, InvalidInput, NotFound, Violation
from engine.models import flow_instance, flow_task
from flow_engine.advance import Ran
from flow_engine.approvals import DECISIONS, STATUS_OF, Asked, Decision, outcome
from flow_engine.node_type import Complete
from flow_engine.runs import store
from flow_engine.runs.continuing import load_run
from flow_engine.runs.run import Run
from flow_engine.runs.runner import Mode, resumed_line, work
from flow_engine.shown_tasks import shown_tasks
from form_engine.evaluating import loading

OPINION_MAX = 2000
LIMIT_MAX = 200
_DONE = ("approved", "rejected", "returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """Tasks as JSON; `next_cursor` is None on the last page."""

    items: tuple[Mapping[str, Any], ...]
    next_cursor: str | None


def list_for(
    session: Session, actor: Actor, *, status: str = "open", limit: int = 50, cursor: str | None = None
) -> TaskPage:
    """List the actor's tasks: `open`, newest first, or `done`, last decided first. A constant number of statements."""
    limit = max(1, min(limit, LIMIT_MAX))
    query = _tasks().where(flow_task.c.assignee_id == actor.user_id)
    if status == "open":
        query = query.where(flow_task.c.status == "open").order_by(flow_task.c.id.desc())
        if cursor is not None:
            query = query.where(flow_task.c.id < _cursor(cursor)[1])
    elif status == "done":
        query = query.where(flow_task.c.status.in_(_DONE))
        query = query.order_by(flow_task.c.decided_at.desc(), flow_task.c.id.desc())
        if cursor is not None:
            at, last = _cursor(cursor)
            query = query.where(sa.tuple_(flow_task.c.decided_at, flow_task.c.id) < sa.tuple_(sa.literal(at), last))
    else:
        spot = Violation(pointer="#/status", code="task_status_unknown", params={"status": status})
        raise InvalidInput(violations=[spot])
    rows = session.execute(query.limit(limit + 1)).all()
    items = shown_tasks(session, actor, rows[:limit])
    last_row = rows[limit - 1] if len(rows) > limit else None
    following = None if last_row is None else f"{_text(last_row.decided_at)}~{last_row.id}"
    return TaskPage(items=tuple(items), next_cursor=following)


def get(session: Session, actor: Actor, task_id: UUID) -> dict[str, Any]:
    """Return one task; raises `NotFound` for another person's, except to administrators."""
    row = session.execute(_tasks().where(flow_task.c.id == task_id)).one_or_none()
    if row is None or (row.assignee_id != actor.user_id and not actor.has_every_right):
        raise NotFound("task_not_found", id=str(task_id))
    return shown_tasks(session, actor, [row])[0]


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """Return how many tasks wait for the actor: `{"open": 3}`."""
    query = sa.select(sa.func.count()).where(flow_task.c.assignee_id == actor.user_id, flow_task.c.status == "open")
    return {"open": int(session.execute(query).scalar_one())}


def open_on_record(session: Session, actor: Actor, form: str, record_id: UUID) -> list[dict[str, Any]]:
    """Return the actor's open tasks on a record."""
    query = _tasks().where(
        flow_task.c.form == form,
        flow_task.c.record_id == record_id,
        flow_task.c.assignee_id == actor.user_id,
        flow_task.c.status == "open",
    )
    return shown_tasks(session, actor, session.execute(query.order_by(flow_task.c.id)).all())


def may_view_record(session: Session, actor: Actor, form: str, record_id: UUID) -> bool:
    """Whether a task gives the actor view of a record that their roles may not show them."""
    if not permissions.token_reads(actor, form):
        return False
    query = sa.select(flow_task.c.id).where(
        flow_task.c.form == form,
        flow_task.c.record_id == record_id,
        flow_task.c.assignee_id == actor.user_id,
        flow_task.c.status.in_(("open", *_DONE)),
    )
    return session.execute(query.limit(1)).one_or_none() is not None


def may_view_form(session: Session, actor: Actor, form: str) -> bool:
    """Whether a task gives the actor view of some record of a form, so that its page can be drawn for them."""
    if not permissions.token_reads(actor, form):
        return False
    query = sa.select(flow_task.c.id).where(
        flow_task.c.form == form,
        flow_task.c.assignee_id == actor.user_id,
        flow_task.c.status.in_(("open", *_DONE)),
    )
    return session.execute(query.limit(1)).one_or_none() is not None


def decide(session: Session, actor: Actor, task_id: UUID, decision: str, opinion: str | None = None) -> dict[str, Any]:
    """Decide a task, and let everything that follows happen now; return the task as it is then.

    The same decision by the same person again changes nothing and gives the same answer (a double click). Raises
    `NotFound`, `Conflict` (decided otherwise, no longer needed, not yet one's turn), `InvalidInput`, and whatever the
    flow's further way refuses.
    """
    _check_opinion(opinion)
    row = session.execute(
        sa.select(flow_task.c.instance_id, flow_task.c.assignee_id).where(flow_task.c.id == task_id)
    ).one_or_none()
    if row is None or row.assignee_id != actor.user_id:
        raise NotFound("task_not_found", id=str(task_id))
    run = load_run(session, row.instance_id)
    asked = _lock_asked(session, task_id)
    task = next(one for one in asked if one.id == task_id)
    if not _is_repeated(task, actor, decision):
        chosen = _allowed(run, task, decision)
        _decide(session, actor, run, task, chosen, opinion or None, asked)
    return get(session, actor, task_id)


def _check_opinion(opinion: str | None) -> None:
    if opinion is not None and len(opinion) > OPINION_MAX:
        spot = Violation(pointer="#/opinion", code="maxLength", params={"limit": OPINION_MAX})
        raise InvalidInput(violations=[spot])


def _is_repeated(task: sa.Row[Any], actor: Actor, decision: str) -> bool:
    """Whether this very decision has been made; raises `Conflict` where the task is not open for another reason."""
    if task.status == "open":
        return False
    if task.decision is not None:
        if task.decision == decision and task.decided_by == actor.user_id:
            return True
        raise Conflict("task_decided", decision=task.decision, at=task.decided_at.isoformat())
    raise Conflict("task_not_yet" if task.status == "pending" else "task_cancelled")


def _allowed(run: Run, task: sa.Row[Any], decision: str) -> Decision:
    known = allowed_decisions(run.flow.node(task.node).ways)
    for one in known:
        if one == decision:
            return one
    spot = Violation(pointer="#/decision", code="task_decision_unknown", params={"known": list(known)})
    raise InvalidInput(violations=[spot])


def allowed_decisions(ways: Mapping[str, str]) -> tuple[Decision, ...]:
    """Return what may be decided at an approval: return only where it leads somewhere."""
    return tuple(one for one in DECISIONS if one != "return" or one in ways)


def _decide(
    session: Session,
    actor: Actor,
    run: Run,
    task: sa.Row[Any],
    decision: Decision,
    opinion: str | None,
    asked: Sequence[sa.Row[Any]],
) -> None:
    if run.flow.faults:
        raise Conflict("flow_definition_broken", violations=run.flow.faults, flow=run.flow.title)
    session.execute(
        sa.update(flow_task)
        .where(flow_task.c.id == task.id)
        .values(
            status=STATUS_OF[decision],
            decision=decision,
            decided_at=session.now,
            decided_by=actor.user_id,
            opinion=opinion,
        )
    )
    now = {one.id: STATUS_OF[decision] if one.id == task.id else one.status for one in asked}
    found = outcome(task.mode, [Asked(id=one.id, status=now[one.id], position=one.position) for one in asked])
    if found.opens is not None:
        session.execute(
            sa.update(flow_task).where(flow_task.c.id == found.opens).values(status="open", created_at=session.now)
        )
    token = run.instance.token(task.token)
    if found.port is None or token is None:
        return
    made = {"outcome": found.port, "opinion": opinion, "by": loading.actor_values(actor), "decided_at": session.now}
    result = Complete(port=found.port, output=made, names={"decision": made})
    run.resumed.append(resumed_line(token, result))
    run.decider = actor
    work(run, Ran(token=task.token, result=result), Mode.REFUSE)
    store.update_run(session, run)


def _lock_asked(session: Session, task_id: UUID) -> Sequence[sa.Row[Any]]:
    """Return the task and those that were opened with it, locked."""
    own = flow_task.alias()
    query = sa.select(flow_task).join(
        own, sa.and_(own.c.instance_id == flow_task.c.instance_id, own.c.token == flow_task.c.token)
    )
    locking = query.where(own.c.id == task_id).order_by(flow_task.c.position).with_for_update(of=flow_task)
    return session.execute(locking).all()


def _tasks() -> sa.Select[Any]:
    return sa.select(
        flow_task, flow_instance.c.flow, flow_instance.c.definition_version_id, flow_instance.c.started_by
    ).join_from(flow_task, flow_instance, flow_instance.c.id == flow_task.c.instance_id)


def of_instances(session: Session, actor: Actor, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return every task of some instances, in the order in which they were opened."""
    query = _tasks().where(flow_task.c.instance_id.in_(ids)).order_by(flow_task.c.id)
    return shown_tasks(session, actor, session.execute(query).all())


def _text(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _cursor(cursor: str) -> tuple[datetime | None, UUID]:
    at, _, last = cursor.partition("~")
    try:
        return (datetime.fromisoformat(at) if at else None), UUID(last)
    except ValueError as error:
        raise InvalidInput(violations=[Violation(pointer="#/cursor", code="flow_cursor_invalid")]) from error
