"""Waking workers: a condition within the process, NOTIFY between processes.

A job is never lost for want of a wake-up; workers look by themselves every few seconds.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa

from engine.db import Database, Session
from engine.jobs.presence import BEAT_SECONDS

CHANNEL = "dougong_job"
_SHARED = "engine.jobs.wake"
_NOTED = "engine.jobs.wakes"
#: While a process is busy it tells the others of its new jobs no more often than this.
_TOLD_EVERY_SECONDS = 0.05


class Wake:
    """What the idle threads of a process's workers wait on, by pool: the threads that run the same tasks.

    pools -- task -> its pool.
    """

    def __init__(self, pools: Mapping[str, str]) -> None:
        self._pools = dict(pools)
        self._condition = threading.Condition()
        self._calls = dict.fromkeys(pools.values(), 0)
        self._idle = dict.fromkeys(pools.values(), 0)
        self._told_at = 0.0

    def call(self, tasks: Collection[str] | None = None) -> bool:
        """Wake the threads that run `tasks`, or all; whether one of each pool was idle."""
        with self._condition:
            pools = set(self._calls) if tasks is None else {self._pools[one] for one in tasks if one in self._pools}
            for pool in pools:
                self._calls[pool] += 1
            self._condition.notify_all()
            return all(self._idle[pool] for pool in pools)

    def calls(self, pool: str) -> int:
        """Return how often a pool was called; read before looking for work, so that no call falls in between."""
        with self._condition:
            return self._calls[pool]

    def wait(self, pool: str, seen: int, seconds: float) -> None:
        """Wait until the pool is called since `seen`, or for so long."""
        with self._condition, self._counted(pool):
            self._condition.wait_for(lambda: self._calls[pool] != seen, seconds)

    @contextmanager
    def _counted(self, pool: str) -> Iterator[None]:
        self._idle[pool] += 1
        try:
            yield
        finally:
            self._idle[pool] -= 1

    def may_tell(self) -> bool:
        """Whether it is time to tell other processes once more."""
        with self._condition:
            now = time.monotonic()
            if now - self._told_at < _TOLD_EVERY_SECONDS:
                return False
            self._told_at = now
            return True


def use_wake(database: Database, pools: Mapping[str, str]) -> Wake:
    """Return what this process's workers on `database` wait on, made at the first call."""
    wake: Wake = database.shared.setdefault(_SHARED, Wake(pools))
    return wake


def forget_wake(database: Database) -> None:
    """Note that this process has no workers on `database` any more: others must be told of new jobs."""
    database.shared.pop(_SHARED, None)


def wake_after_commit(session: Session, task: str) -> None:
    """Wake the task's workers once this transaction is committed; once a transaction, however many jobs it queued."""
    tasks: set[str] | None = session.notes.get(_NOTED)
    if tasks is None:
        tasks = session.notes[_NOTED] = set()
        noted = tasks
        session.after_commit.append(lambda: _wake(session, noted))
    tasks.add(task)


def _wake(session: Session, tasks: Collection[str]) -> None:
    wake: Wake | None = session.shared.get(_SHARED)
    # Idle threads of this process are on it at once; where all are busy, another process may have idle ones.
    if wake is not None and (wake.call(tasks) or not wake.may_tell()):
        return
    # After the commit and by itself: NOTIFY within the transaction takes a lock of the whole database until the
    # commit has reached the disk, one transaction after the other (measured: 443 instead of 2,280 commits/s).
    try:
        with session.connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, ",".join(sorted(tasks))))
    except sa.exc.DBAPIError:  # the job is committed; workers find it at their next look
        return


def listen(database: Database, wake: Wake, stop: threading.Event, name: str) -> None:
    """Call `wake` at every NOTIFY of another process until `stop`; raises `DBAPIError` when the database goes away.

    The connection bears `name`, and says something every few seconds: `presence` lists it.
    """
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SELECT set_config('application_name', :name, false)"), {"name": name})
        connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        driver = connection.connection.driver_connection
        if driver is None:
            raise RuntimeError("the connection was closed under us")
        wake.call()
        spoke_at = time.monotonic()
        while not stop.is_set():
            is_due = time.monotonic() - spoke_at >= BEAT_SECONDS
            if select.select([driver], [], [], 0.0 if is_due else 0.5)[0] or is_due:
                spoke_at = time.monotonic()
                # Reads what came in, and finds out whether the server has gone.
                connection.exec_driver_sql("SELECT 1")
                tasks = {task for notice in driver.notifies for task in notice.payload.split(",")}
                driver.notifies.clear()
                if tasks:
                    wake.call(tasks)
        # A pooled connection must not go on listening.
        connection.exec_driver_sql(f"UNLISTEN {CHANNEL}")
        connection.exec_driver_sql("RESET application_name")
