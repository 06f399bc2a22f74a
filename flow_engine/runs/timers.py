"""Tokens that wait for a moment: which are due, and when to look again.

Owns SQL. A tick takes due tokens in batches, marks them and queues a wake-up for each, all in one transaction: a token
is taken once however many workers tick, and whatever the clock does afterwards. It never locks an instance, so it can
wait for nobody who does. Those that wait cost nothing: a tick reads the head of a partial index.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from engine import jobs
from engine.db import Session
from engine.jobs import Payload
from engine.models import flow_instance, flow_token
from flow_engine.documents import published
from flow_engine.state import Token, TokenStatus

#: The queue's tasks: wake one token; look by itself every few seconds; look at a moment that is near.
WAKE: Final = "flows.wake"
TICK: Final = "flows.tick"
TICK_AT: Final = "flows.tick_at"
TICK_SECONDS: Final = 5.0
BATCH: Final = 500

#: Options of nodes that say for how long they wait.
_FOR_SO_LONG: Final = frozenset({"duration", "timeout"})
_WAITS: Final = (flow_token.c.status == "waiting", flow_token.c.due_at.is_not(None), flow_token.c.woken_at.is_(None))


def note(session: Session, tokens: Iterable[Token]) -> None:
    """Have the next tick come in time for tokens whose moment is nearer than it."""
    horizon = session.now + timedelta(seconds=TICK_SECONDS)
    near = {
        token.due_at
        for token in tokens
        if token.status is TokenStatus.WAITING and token.due_at is not None and token.due_at < horizon
    }
    for due_at in sorted(near):
        _look_at(session, due_at)


def due_query(now: datetime) -> sa.Select[tuple[object, int]]:
    """Return the query of the tokens that are due, those of other ticks skipped."""
    query = sa.select(flow_token.c.instance_id, flow_token.c.number).where(*_WAITS, flow_token.c.due_at <= now)
    return query.order_by(flow_token.c.due_at).limit(BATCH).with_for_update(skip_locked=True)


def tick(session: Session, _payload: Payload) -> None:
    """Queue a wake-up for each token that is due, at most a batch, and look again at once where more are."""
    due = session.execute(due_query(session.now)).all()
    if due:
        keys = sa.tuple_(flow_token.c.instance_id, flow_token.c.number)
        session.execute(sa.update(flow_token).where(keys.in_([tuple(row) for row in due])).values(woken_at=session.now))
        jobs.enqueue_many(
            session,
            WAKE,
            [({"instance": str(one.instance_id), "token": one.number}, None) for one in due],
        )
    if len(due) == BATCH:
        jobs.enqueue(session, TICK_AT, {}, key=f"{TICK_AT}:more")
        return
    horizon = session.now + timedelta(seconds=TICK_SECONDS)
    following = session.execute(
        sa.select(sa.func.min(flow_token.c.due_at)).where(
            *_WAITS, flow_token.c.due_at > session.now, flow_token.c.due_at < horizon
        )
    ).scalar_one()
    if following is not None:
        _look_at(session, following)


def clock_set_back(session: Session, step: timedelta) -> None:
    """Pull in the tokens that wait for so long, not until then: they would wait for the same hour twice."""
    token, instance = flow_token, flow_instance
    waits = [*_WAITS, token.c.due_at > session.now]
    query = sa.select(instance.c.definition_version_id, token.c.node).join_from(
        token, instance, instance.c.id == token.c.instance_id
    )
    for version, node in session.execute(query.where(*waits).distinct()).all():
        if not published.get_version(session, version).node(node).options.keys() & _FOR_SO_LONG:
            continue
        runs = sa.select(instance.c.id).where(instance.c.definition_version_id == version)
        moving = sa.update(token).where(*waits, token.c.node == node, token.c.instance_id.in_(runs))
        session.execute(moving.values(due_at=token.c.due_at - step))


def _look_at(session: Session, due_at: datetime) -> None:
    at = max(due_at, session.now)
    jobs.enqueue(session, TICK_AT, {}, at=at, key=f"{TICK_AT}:{at.isoformat()}")
