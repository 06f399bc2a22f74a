"""Workers: threads that run due jobs until told to stop.

Runs inside the server's process or in one of its own. Survives restarts and outages of the database: a thread that
cannot reach it tries again, ever more patiently.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from engine import traces
from engine.db import Database
from engine.jobs import queue
from engine.jobs.queue import Job
from engine.jobs.task import Task
from engine.jobs.wake import Wake, forget_wake, listen, wake_of

log = logging.getLogger("dougong.jobs")

#: An idle thread looks by itself this often: for jobs that become due, and for those of lost wake-ups.
POLL_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 3600.0
_LONGEST_OUTAGE_PAUSE_SECONDS = 10.0
#: A thread that went on for so long before it failed is tried again at once.
_STEADY_SECONDS = 60.0
#: Threads read the clock one after the other, so a step back as small as this is none.
_CLOCK_SLACK = timedelta(seconds=5)


def pause_seconds(attempts: int) -> float:
    """Return how long to wait after so many failures: 2, 4, 8 … seconds to an hour, a quarter more or less."""
    exact = min(2.0 ** min(attempts, 20), LONGEST_PAUSE_SECONDS)
    return exact * random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, hides nothing


class Worker:
    """Runs the jobs of some tasks on one database."""

    def __init__(self, database: Database, tasks: Iterable[Task], *, threads: int = 2) -> None:
        self._database = database
        self._tasks = {task.name: task for task in tasks}
        self._threads = threads
        #: The clock at the last look; the machine's may be set back.
        self._latest = datetime.min.replace(tzinfo=UTC)

    def run(self, stop: threading.Event) -> None:
        """Run jobs until `stop` is set; returns when those under way have ended."""
        wake = wake_of(self._database)
        outside = [name for name, task in self._tasks.items() if task.outside is not None]
        inside = [name for name in self._tasks if name not in outside]
        work = [
            threading.Thread(target=self._lasting, args=(partial(self._work, names), wake, stop), name=f"job-{number}")
            for number, names in enumerate([inside] * self._threads + [outside] * (self._threads if outside else 0))
        ]
        ear = threading.Thread(target=self._lasting, args=(self._listen, wake, stop), name="job-listener")
        for thread in (*work, ear):
            thread.start()
        stop.wait()
        wake.call()
        for thread in (*work, ear):
            thread.join()
        forget_wake(self._database)

    def run_due(self, limit: int = 1000) -> int:
        """Run what is due now, in this thread, and what that queues; return how many ran. For tests and commands."""
        done = 0
        while done < limit and self.run_one():
            done += 1
        return done

    def run_one(self, names: Collection[str] | None = None) -> bool:
        """Run the job that has been due the longest, of some tasks; whether there was one.

        Its failure is noted, not raised.
        """
        with self._database.unit_of_work() as session:
            claimed = queue.claim(session, self._tasks if names is None else names)
        if claimed is None:
            return False
        with traces.begun(job=claimed.id, task=claimed.task):
            self._run(claimed)
        return True

    def _run(self, claimed: Job) -> None:
        task = self._tasks[claimed.task]
        if claimed.attempts > task.attempts and task.every_seconds is None:
            # The last attempt ended without a word: it took its worker with it.
            self._fail(claimed, task, "the worker died while running this job")
            return
        try:
            if task.outside is not None:
                task.outside(self._database, claimed.payload)
            with self._database.unit_of_work() as session:
                if not queue.begin(session, claimed):
                    return
                task.run(session, claimed.payload)
                queue.finish(session, claimed, task)
        except Exception as error:
            log.exception("job %s (%s) failed, attempt %s", claimed.id, claimed.task, claimed.attempts)
            self._fail(claimed, task, f"{type(error).__name__}: {error}"[:2000])

    def _fail(self, claimed: Job, task: Task, error: str) -> None:
        with self._database.unit_of_work() as session:
            queue.fail(session, claimed, task, error, pause_seconds(claimed.attempts))

    def _work(self, names: Collection[str], wake: Wake, stop: threading.Event) -> None:
        with self._database.unit_of_work() as session:
            queue.ensure_recurring(session, self._tasks.values())
        while not stop.is_set():
            seen = wake.calls()
            if not self.run_one(names):
                wake.wait(seen, self._idle_seconds(names))

    def _idle_seconds(self, names: Collection[str]) -> float:
        with self._database.unit_of_work() as session:
            if session.now + _CLOCK_SLACK < self._latest:
                queue.follow_clock(session, self._tasks.values())
            self._latest = session.now
            due_at = queue.next_due_at(session, names)
            if due_at is None:
                return POLL_SECONDS
            return min(max((due_at - session.now).total_seconds(), 0.01), POLL_SECONDS)

    def _listen(self, wake: Wake, stop: threading.Event) -> None:
        listen(self._database, wake, stop)

    def _lasting(self, loop: Callable[[Wake, threading.Event], None], wake: Wake, stop: threading.Event) -> None:
        """Run a loop, and again whenever the database went away under it."""
        failures = 0
        while not stop.is_set():
            begun = time.monotonic()
            try:
                loop(wake, stop)
            except sa.exc.DBAPIError as error:
                if failures == 0:  # one line an outage and thread
                    log.warning("the database is away: %s", str(error.orig).strip().partition("\n")[0])
            except Exception:
                log.exception("a job thread failed and starts anew")
            failures = 0 if time.monotonic() - begun > _STEADY_SECONDS else failures + 1
            stop.wait(min(0.2 * 2.0 ** min(failures, 10), _LONGEST_OUTAGE_PAUSE_SECONDS))
