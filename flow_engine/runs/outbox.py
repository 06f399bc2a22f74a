"""Rows of the outbox: effects written with their run, claimed, sent, tried again, given up.

Owns SQL. An effect is claimed for a while, in a transaction of its own; a worker that dies while sending leaves it to
be claimed again, with the same idempotency key. Locks are taken in the order instance, effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import jobs
from engine.db import Session
from engine.ids import new_id
from engine.jobs import Payload
from engine.models import flow_effect, flow_token
from flow_engine.runs.run import Run
from flow_engine.state import TokenStatus

#: The queue's tasks: send one effect; look for those whose time has come.
SEND: Final = "flows.send"
TICK: Final = "flows.effects"
TICK_SECONDS: Final = 5.0
MAX_ATTEMPTS: Final = 12
#: Longer than any channel takes.
CLAIM: Final = timedelta(minutes=3)
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An effect that is this worker's to send, for this attempt.

    is_lost -- whether there is none: the worker of the last attempt died while sending.
    """

    id: UUID
    instance_id: UUID
    token: int
    kind: str
    payload: Mapping[str, Any]
    idempotency_key: str
    attempts: int
    is_lost: bool = False

    @property
    def is_last_attempt(self) -> bool:
        """Whether there is no further attempt after this one."""
        return self.attempts >= most_attempts(self.payload)


_CLAIMED: Final = tuple(name for name in Claimed.__slots__ if name != "is_lost")


def most_attempts(payload: Mapping[str, Any]) -> int:
    """Return how often an effect is tried: as its node says, else as often as any."""
    return min(int(payload.get("attempts") or MAX_ATTEMPTS), MAX_ATTEMPTS)


def write(session: Session, run: Run) -> None:
    """Write what the run is to send, and forget what tokens that wait no longer had still to send."""
    if run.closed:
        unsent = flow_effect.c.status.in_(("waiting", "sending", "dead"))
        mine = sa.and_(flow_effect.c.instance_id == run.id, flow_effect.c.token.in_(run.closed), unsent)
        session.execute(sa.update(flow_effect).where(mine).values(status="dropped", ended_at=session.now))
    _follow(session, run)
    rows = [
        {
            "id": new_id(),
            "instance_id": run.id,
            "token": sent.token,
            "node": token.node,
            "kind": sent.send.kind,
            "payload": dict(sent.send.payload),
            "idempotency_key": _key(run, sent.token),
            "status": "waiting",
            "next_attempt_at": session.now,
            "created_at": session.now,
        }
        for sent in run.sent
        if (token := run.instance.token(sent.token)) is not None
    ]
    if rows:
        given = postgresql.insert(flow_effect).values(rows)
        # What a node sends when it is tried again takes the place of what it sent before, under the same key.
        anew: dict[str, Any] = {
            name: given.excluded[name] for name in ("token", "payload", "status", "next_attempt_at")
        }
        anew |= {"attempts": 0, "error": None, "ended_at": None}
        writing = given.on_conflict_do_update(index_elements=[flow_effect.c.idempotency_key], set_=anew)
        queue(session, session.execute(writing.returning(flow_effect.c.id)).scalars().all())


def _key(run: Run, token: int) -> str:
    return f"{run.id}-{run.instance.visit(token)}"


def _follow(session: Session, run: Run) -> None:
    """Have what failed to leave follow its node that is tried again: it waits, and is forgotten if that sends nothing."""
    if not run.instance.origins:
        return
    sent = {one.token for one in run.sent}
    for token in (*run.instance.tokens, *run.instance.ended):
        mine = sa.update(flow_effect).where(flow_effect.c.idempotency_key == _key(run, token.number))
        if token.number not in run.instance.origins or token.number in sent or token.status is TokenStatus.WAITING:
            continue
        if token.status is TokenStatus.READY:
            values = {"token": token.number, "status": "waiting", "attempts": 0, "ended_at": None}
            session.execute(mine.where(flow_effect.c.status == "dead").values(values))
        else:
            gone = {"status": "dropped", "ended_at": session.now}
            session.execute(mine.where(flow_effect.c.status == "waiting").values(gone))


def _due(session: Session) -> sa.ColumnElement[bool]:
    """Return the condition of effects that are to be sent now; one whose node is about to run again is not."""
    waits = sa.exists().where(
        flow_token.c.instance_id == flow_effect.c.instance_id,
        flow_token.c.number == flow_effect.c.token,
        flow_token.c.status == TokenStatus.WAITING,
    )
    is_open = flow_effect.c.status.in_(("waiting", "sending"))
    return sa.and_(is_open, flow_effect.c.next_attempt_at <= session.now, waits)


def queue(session: Session, ids: Iterable[Any]) -> None:
    """Have workers send effects after the commit."""
    jobs.enqueue_many(session, SEND, [({"effect": str(one)}, f"{SEND}:{one}") for one in ids])


def tick(session: Session, _payload: Payload) -> None:
    """Queue the effects whose next attempt is due: after a failure, or after their worker's death."""
    due = sa.select(flow_effect.c.id).where(_due(session))
    queue(session, session.execute(due.order_by(flow_effect.c.next_attempt_at).limit(BATCH)).scalars())


def clock_set_back(session: Session, step: timedelta) -> None:
    """Pull in the next attempts: each was to come so long after the last one."""
    ahead = sa.and_(
        flow_effect.c.status.in_(("waiting", "sending")),
        flow_effect.c.next_attempt_at > session.now,
    )
    moving = sa.update(flow_effect).where(ahead)
    session.execute(moving.values(next_attempt_at=flow_effect.c.next_attempt_at - step))


def claim(session: Session, effect_id: UUID) -> Claimed | None:
    """Take an effect that is due, for one more attempt (none where the last one took its worker with it, see `Claimed`)."""
    columns = [flow_effect.c[name] for name in _CLAIMED]
    is_due = sa.and_(flow_effect.c.id == effect_id, _due(session))
    row = session.execute(sa.select(*columns).where(is_due).with_for_update(skip_locked=True)).mappings().one_or_none()
    if row is None:
        return None
    found = Claimed(**row)
    found = replace(found, is_lost=True) if found.is_last_attempt else replace(found, attempts=found.attempts + 1)
    _set(session, found, status="sending", attempts=found.attempts, next_attempt_at=session.now + CLAIM)
    return found


def of_instance(session: Session, instance_id: UUID) -> list[dict[str, Any]]:
    """Return the rows of what a run sends, first one first."""
    query = sa.select(flow_effect).where(flow_effect.c.instance_id == instance_id).order_by(flow_effect.c.id)
    return [dict(row) for row in session.execute(query).mappings()]


def is_ours(session: Session, claimed: Claimed) -> bool:
    """Lock an effect that was sent; whether this attempt is still the one that counts."""
    mine = sa.and_(flow_effect.c.id == claimed.id, flow_effect.c.status == "sending")
    query = sa.select(flow_effect.c.attempts).where(mine).with_for_update()
    return session.execute(query).scalar_one_or_none() == claimed.attempts


def note_sent(session: Session, claimed: Claimed) -> None:
    """Note that the effect has arrived."""
    _set(session, claimed, status="sent", error=None, ended_at=session.now)


def note_failed(session: Session, claimed: Claimed, reason: Mapping[str, Any], *, pause_seconds: float) -> None:
    """Note a failed attempt: due again after a pause."""
    due = session.now + timedelta(seconds=pause_seconds)
    _set(session, claimed, status="waiting", error=reason, next_attempt_at=due)


def note_dead(session: Session, claimed: Claimed, reason: Mapping[str, Any]) -> None:
    """Note that an effect has failed for good; its run fails with it."""
    _set(session, claimed, status="dead", error=reason, ended_at=session.now)


def note_given_up(session: Session, claimed: Claimed, reason: Mapping[str, Any]) -> None:
    """Note that an effect has failed for good and its run goes on all the same."""
    _set(session, claimed, status="dropped", error=reason, ended_at=session.now)


def _set(session: Session, claimed: Claimed, **values: Any) -> None:
    session.execute(sa.update(flow_effect).where(flow_effect.c.id == claimed.id).values(**values))
