"""Jobs of one task in one transaction: they share its commit, and whatever the task asks once for all of them.

Nearly every job goes well, so they are not kept apart: what goes wrong with one undoes all, and each is run by itself.
So a job happens once as it does alone, and one that fails takes no other with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Final

from engine.db import Database
from engine.errors import DomainError
from engine.jobs import queue
from engine.jobs.queue import Job
from engine.jobs.task import Task

#: A batch begins no further job after so long: what it has locked, others wait for.
LONGEST_SECONDS: Final = 0.1
#: It does not wait longer for others' locks, holding its own: two batches may stand in each other's way.
_LOCK_TIMEOUT: Final = "250ms"
#: After two have, a thread runs jobs by themselves for so long.
_APART_SECONDS: Final = 2.0
#: What PostgreSQL calls a transaction that another one stood in the way of, and one that waited too long for a lock.
_COLLISIONS: Final = frozenset({"40001", "40P01", "55P03"})


class Batches:
    """The batches of one thread: as many jobs as fit into the time, fewer where they fail or wait for others' locks.

    most -- so many jobs run in one transaction at most.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most
        self._size = most
        self._apart_until = 0.0

    def pick(self, task: Task, claimed: Sequence[Job]) -> Sequence[Job]:
        """Return the first jobs that may run together: of one task, never tried before. Else the first job alone."""
        if task.together is None or time.monotonic() < self._apart_until:
            return claimed[:1]
        size = 0
        for one in claimed[: self._size]:
            if one.task != task.name or one.attempts != 1:
                break
            size += 1
        return claimed[: max(size, 1)]

    def run(self, task: Task, picked: Sequence[Job], stop: threading.Event) -> int:
        """Run jobs in one transaction; return how many of the first are done, or others' by now. Raises what one raises."""
        until = time.monotonic() + LONGEST_SECONDS
        with self._database.unit_of_work() as session:
            ours = queue.hold(session, picked, _LOCK_TIMEOUT)
            if task.together is None or not ours:
                return len(picked)
            payloads = [one.payload for one in ours]
            try:
                count = task.together(session, payloads, lambda: not stop.is_set() and time.monotonic() < until)
            except DomainError as error:
                raise UndoneError from error  # also one that keeps what was changed: it is half of what was to be
            queue.take_away(session, ours[:count])
        # What is begun together and not done has been read for nothing.
        self._size = min(self._size * 2, self._most) if count == len(ours) else max(count, 1)
        return len(picked) if count == len(ours) else picked.index(ours[count])

    def failed(self, picked: Sequence[Job], error: Exception) -> None:
        """Note that these jobs failed together."""
        self._size = max(len(picked) // 2, 1)
        if is_collision(error):
            self._apart_until = time.monotonic() + _APART_SECONDS

    def ran_alone(self, seconds: float) -> None:
        """Note how long a job took by itself: of such as are quick, two may be tried together again."""
        if seconds < LONGEST_SECONDS:
            self._size = max(self._size, 2)


class UndoneError(Exception):
    """A job was refused, and all of its batch with it."""


def is_collision(error: BaseException) -> bool:
    """Whether another transaction stood in the way."""
    return getattr(getattr(error, "orig", None), "pgcode", "") in _COLLISIONS
