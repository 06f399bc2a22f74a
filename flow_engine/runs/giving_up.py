"""Runs whose job failed for ever: stopped where they stood, visibly, until somebody has them tried again.

Owns SQL. What failed may be the very reading of the run, so nothing here reads more of it than its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from engine.db import Session
from engine.errors import Conflict
from engine.jobs import Payload
from engine.models import flow_instance, flow_log, flow_token
from flow_engine.runs.journal import error_json
from flow_engine.state import ENDED, InstanceStatus, TokenStatus

#: The code under which the run keeps it.
GIVEN_UP: Final = "flow_job_given_up"


def give_up(session: Session, payload: Payload, error: str) -> None:
    """Mark the run of a dead job as failed, at the token that its job was about, or at all that are ready.

    Called by the queue in the transaction that declares the job dead.
    """
    instance_id = UUID(str(payload["instance"]))
    mine = flow_instance.c.id == instance_id
    row = session.execute(sa.select(flow_instance.c.status).where(mine).with_for_update()).one_or_none()
    if row is None or row.status in ENDED:
        return
    numbers = _stop_tokens(session, instance_id, payload.get("token"))
    if not numbers:
        return
    kept = error_json(Conflict(GIVEN_UP, reason=error), next(iter(numbers.values())))
    session.execute(sa.update(flow_instance).where(mine).values(status=InstanceStatus.FAILED, error=kept))
    lines = sa.and_(flow_log.c.instance_id == instance_id, flow_log.c.token.in_(numbers), flow_log.c.ended_at.is_(None))
    ended = {"status": TokenStatus.FAILED, "error": kept, "ended_at": session.now}
    session.execute(sa.update(flow_log).where(lines).values(ended))


def _stop_tokens(session: Session, instance_id: UUID, number: int | None) -> dict[int, str]:
    """Mark tokens as failed; return their nodes by their numbers."""
    table = flow_token
    if number is None:
        which = sa.and_(table.c.instance_id == instance_id, table.c.status == TokenStatus.READY)
    else:
        waits = table.c.status == TokenStatus.WAITING
        which = sa.and_(table.c.instance_id == instance_id, table.c.number == int(number), waits)
    stopping = sa.update(table).where(which).values(status=TokenStatus.FAILED)
    stopped = session.execute(stopping.returning(table.c.number, table.c.node)).all()
    return {row.number: row.node for row in sorted(stopped)}


def is_given_up(error: Mapping[str, Any] | None) -> bool:
    """Whether a run stopped for this reason."""
    return error is not None and error.get("code") == GIVEN_UP
