"""How much work waits, runs and has failed.

Instances are counted without an index of their states: it would keep every update of a run from staying on its page.
Whoever asks often remembers the answer (`metrics.Counted`).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine import jobs
from engine.db import Session
from engine.jobs import presence
from engine.models import flow_effect, flow_instance

#: Kept in `flow_effect` until they are sent or given up; the others only add up.
OPEN_EFFECTS = ("waiting", "sending", "dead")
OPEN_INSTANCES = ("running", "waiting", "failed")


def effects(session: Session) -> dict[str, int]:
    """Return how many effects wait, are being sent, and could not be sent."""
    query = sa.select(flow_effect.c.status, sa.func.count()).where(flow_effect.c.status.in_(OPEN_EFFECTS))
    found = {status: count for status, count in session.execute(query.group_by(flow_effect.c.status))}  # noqa: C416 - rows
    return {status: found.get(status, 0) for status in OPEN_EFFECTS}


def instances(session: Session) -> dict[str, int]:
    """Return how many instances run, wait and have failed; one pass over the table."""
    query = (
        sa.select(flow_instance.c.status, sa.func.count())
        .where(flow_instance.c.status.in_(OPEN_INSTANCES))
        .group_by(flow_instance.c.status)
    )
    found = {status: count for status, count in session.execute(query)}  # noqa: C416 - rows are no pairs to mypy
    return {status: found.get(status, 0) for status in OPEN_INSTANCES}


def overview(session: Session) -> dict[str, Any]:
    """Return the background work at a glance. Four statements."""
    counted = jobs.counts(session)
    return {
        "waiting": counted.waiting,
        "running": counted.running,
        "dead": counted.dead,
        "oldest_due_at": counted.oldest_due_at,
        "effects": effects(session),
        "instances": instances(session),
        "workers": [
            {
                "name": one.name,
                "threads": one.threads,
                "since": one.since,
                "seen_at": one.seen_at,
                "is_silent": one.is_silent,
            }
            for one in presence.list_workers(session)
        ],
    }
