"""Which workers there are: each keeps one connection open to be woken, and that connection says whose it is.

No table and no writes: a worker that is killed is gone from the server's list of sessions at once, and one that hangs falls
silent, because its listener says something every `BEAT_SECONDS`.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.db import Session

BEAT_SECONDS = 10.0
#: Three beats missed: the process hangs, or its machine does.
SILENT_SECONDS = 3 * BEAT_SECONDS
_PREFIX = "dougong-worker/"
_NAME = re.compile(rf"{_PREFIX}(\d+) (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A worker process; `name` is its machine and process id, `since` when it connected, `seen_at` when it last spoke."""

    name: str
    threads: int
    since: datetime
    seen_at: datetime
    is_silent: bool


def own_name(threads: int) -> str:
    """Return what the listening connection of this process is called; PostgreSQL keeps 63 characters."""
    return f"{_PREFIX}{threads} {socket.gethostname()[:32]}:{os.getpid()}"


def list_workers(session: Session) -> Sequence[Presence]:
    """List the workers that are connected, by name. One statement."""
    query = sa.text(
        "SELECT application_name, backend_start, state_change,"
        " clock_timestamp() - state_change > make_interval(secs => :silent)"
        " FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, :prefix)"
        " ORDER BY application_name"
    )
    found = []
    for name, since, seen_at, is_silent in session.execute(query, {"silent": SILENT_SECONDS, "prefix": _PREFIX}):
        match = _NAME.fullmatch(name)
        if match:
            found.append(
                Presence(name=match[2], threads=int(match[1]), since=since, seen_at=seen_at, is_silent=is_silent)
            )
    return found
