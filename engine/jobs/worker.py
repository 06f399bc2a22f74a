"""Workers: threads that run due jobs until told to stop.

Runs inside the server's process or in one of its own. Survives restarts and outages of the database: a thread that
cannot reach it tries again, ever more patiently. Workers have no names and no state: any number of them may run, in any
number of processes.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

import sqlalchemy as sa

from engine import traces
from engine.catalog import CatalogMoved
from engine.db import Database, Session
from engine.jobs import clock, parked, queue
from engine.jobs.batches import Batches, is_collision
from engine.jobs.presence import own_name
from engine.jobs.queue import Job
from engine.jobs.tally import Tally
from engine.jobs.task import Payload, Task
from engine.jobs.wake import Wake, forget_wake, listen, use_wake

log = logging.getLogger("dougong.jobs")

#: An idle thread looks by itself this often: for jobs that become due, and for those of lost wake-ups.
POLL_SECONDS: Final = 2.0
LONGEST_PAUSE_SECONDS: Final = 3600.0
#: So many quick jobs a thread takes at a time, and gives back what it has not begun after so long.
BATCH: Final = 16
_BATCH_SECONDS: Final = 1.0
#: A busy thread looks this often for what dead workers left behind.
_SWEEP_SECONDS: Final = 5.0
_PARK_SECONDS: Final = 60.0
_LONGEST_OUTAGE_PAUSE_SECONDS: Final = 10.0
#: A thread that went on for so long before it failed is tried again at once.
_STEADY_SECONDS: Final = 60.0


def pause_seconds(attempts: int) -> float:
    """Return how long to wait after so many failures: 2, 4, 8 … seconds to an hour, a quarter more or less."""
    exact = min(2.0 ** min(attempts, 20), LONGEST_PAUSE_SECONDS)
    return exact * random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, hides nothing


class Worker:
    """Runs the jobs of some tasks on one database, with so many threads for each pool of tasks.

    tally    -- what it did and how it is.
    has_room -- asked before jobs are taken: without room on the disk they wait, too.
    """

    def __init__(
        self,
        database: Database,
        tasks: Iterable[Task],
        *,
        threads: int = 2,
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._database = database
        self._has_room = has_room
        self._tasks = {task.name: task for task in tasks}
        self._threads = threads
        self._pools: dict[str, list[str]] = {}
        for task in self._tasks.values():
            self._pools.setdefault(task.pool, []).append(task.name)
        #: The clock at the last look; the machine's may be set back.
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._parked_at = -_PARK_SECONDS
        self.tally = Tally()

    def run(self, stop: threading.Event) -> None:
        """Run jobs until `stop` is set; returns when those under way have ended."""
        wake = use_wake(self._database, {task.name: task.pool for task in self._tasks.values()})
        loops: list[tuple[Callable[[Wake, threading.Event], None], str]] = [(self._listen, "job-listener")]
        loops += [(partial(self._work, pool), f"job-{pool}") for pool in self._pools for _ in range(self._threads)]
        threads = [
            threading.Thread(target=self._lasting, args=(loop, wake, stop), name=f"{name}-{number}")
            for number, (loop, name) in enumerate(loops)
        ]
        for thread in threads:
            thread.start()
        self.tally.watch(threads)
        stop.wait()
        wake.call()
        for thread in threads:
            thread.join()
        forget_wake(self._database)

    def run_due(self, limit: int = 1000) -> int:
        """Run what is due now, in this thread, and what that queues; return how many ran. For tests and commands."""
        done = 0
        while done < limit and self.run_one():
            done += 1
        return done

    def run_one(self) -> bool:
        """Run the job that has been due the longest; whether there was one. Its failure is noted, not raised."""
        with self._database.unit_of_work() as session:
            claimed = queue.claim(session, self._tasks) or queue.take_over(session, self._tasks)
        for one in claimed:
            self._run(one)
        return bool(claimed)

    # --- a job -------------------------------------------------------------------------------------------------------

    def _run(self, claimed: Job) -> None:
        begun = time.perf_counter()
        with traces.begun(job=claimed.id, task=claimed.task), self.tally.busy():
            is_done = self._try(claimed, self._tasks[claimed.task])
        self.tally.add(claimed.task, time.perf_counter() - begun, done=is_done, failed=not is_done)

    def _try(self, claimed: Job, task: Task) -> bool:
        """Run a job; whether it is done. What it fails by is noted with it."""
        if claimed.attempts > task.attempts and task.every_seconds is None:
            # The last attempt ended without a word: it took its worker with it.
            self._fail(claimed, task, "the worker died while running this job")
            return False
        try:
            if task.outside is not None:
                task.outside(self._database, claimed.payload)
            self._run_whole(claimed, task)
        except Exception as error:
            log.exception("job %s (%s) failed, attempt %s", claimed.id, claimed.task, claimed.attempts)
            self._fail(claimed, task, f"{type(error).__name__}: {error}"[:2000].replace("\0", ""))
            return False
        return True

    def _run_whole(self, claimed: Job, task: Task) -> None:
        try:
            self._run_patiently(claimed, task, task.run)
        except (sa.exc.OperationalError, CatalogMoved):
            raise
        except Exception:
            if task.carefully is None:
                raise
            self._run_patiently(claimed, task, task.carefully)

    def _run_patiently(self, claimed: Job, task: Task, run: Callable[[Session, Payload], None]) -> None:
        """Run the job in one transaction, anew where another transaction stood in the way."""
        for pause in (0.01, 0.03, None):
            try:
                self._run_once(claimed, task, run)
            except (sa.exc.OperationalError, CatalogMoved) as error:
                if pause is None or not _is_passing(error):
                    raise
                time.sleep(random.uniform(0.0, pause))  # noqa: S311 - keeps two from meeting again
            else:
                return

    def _run_once(self, claimed: Job, task: Task, run: Callable[[Session, Payload], None]) -> None:
        with self._database.unit_of_work() as session:
            if queue.begin(session, claimed, task):
                run(session, claimed.payload)
                queue.finish(session, claimed, task)

    def _fail(self, claimed: Job, task: Task, error: str) -> None:
        try:
            with self._database.unit_of_work() as session:
                queue.fail(session, claimed, task, error, pause_seconds(claimed.attempts))
        except sa.exc.OperationalError:
            raise
        except Exception:
            # Whoever was to keep books of it could not: the job is dead all the same, or it would come for ever.
            log.exception("giving up job %s (%s) failed", claimed.id, claimed.task)
            with self._database.unit_of_work() as session:
                queue.bury(session, claimed, error)

    # --- a thread ----------------------------------------------------------------------------------------------------

    def _work(self, pool: str, wake: Wake, stop: threading.Event) -> None:
        names = self._pools[pool]
        with self._database.unit_of_work() as session:
            clock.follow(session, self._tasks.values())
        batches = Batches(self._database, BATCH)
        swept_at = time.monotonic()
        while not stop.is_set():
            seen = wake.calls(pool)
            if not self._has_room():
                self.tally.looked()
                wake.wait(pool, seen, POLL_SECONDS)
                continue
            with self._database.unit_of_work() as session:
                claimed = queue.claim(session, names, BATCH if pool == "quick" else 1)
                if not claimed or time.monotonic() - swept_at > _SWEEP_SECONDS:
                    claimed += queue.take_over(session, names)
                    swept_at = time.monotonic()
                pause = 0.0 if claimed else self._idle_seconds(session, names)
            self.tally.looked()
            if claimed:
                self._run_batch(claimed, batches, stop)
            else:
                wake.wait(pool, seen, pause)

    def _run_batch(self, claimed: Sequence[Job], batches: Batches, stop: threading.Event) -> None:
        begun = time.monotonic()
        index = 0
        #: So many of the next have failed together: each by itself now, as if they had never met.
        apart = 0
        while index < len(claimed):
            if index and (stop.is_set() or time.monotonic() - begun > _BATCH_SECONDS):
                with self._database.unit_of_work() as session:
                    queue.release(session, claimed[index:])
                return
            rest = claimed[index:]
            picked = rest[:1] if apart else batches.pick(self._tasks[rest[0].task], rest)
            done = self._run_together(picked, batches, stop) if len(picked) > 1 else 0
            if done == 0:
                run_at = time.monotonic()
                self._run(rest[0])
                batches.ran_alone(time.monotonic() - run_at)
                apart = max(apart, len(picked)) - 1
            index += max(done, 1)

    def _run_together(self, picked: Sequence[Job], batches: Batches, stop: threading.Event) -> int:
        """Run jobs in one transaction; return how many of the first need no more, none where that failed."""
        task = self._tasks[picked[0].task]
        begun = time.perf_counter()
        with traces.begun(jobs=[one.id for one in picked], task=task.name), self.tally.busy():
            try:
                done = batches.run(task, picked, stop)
            except Exception as error:  # noqa: BLE001 - each of them is run by itself, and says then what is wrong with it
                log.debug("%s jobs failed together: %s", len(picked), type(error).__name__)
                batches.failed(picked, error)
                return 0
        self.tally.add(task.name, time.perf_counter() - begun, done=done)
        return done

    def _idle_seconds(self, session: Session, names: Sequence[str]) -> float:
        """Look after the queue as a whole; return how long nothing will be due."""
        if session.now + clock.SLACK < self._latest:
            step = clock.follow(session, self._tasks.values())
            log.warning("the clock was set back by %s seconds", step.total_seconds())
        self._latest = session.now
        clock.note_time(session)
        if time.monotonic() - self._parked_at > _PARK_SECONDS:
            self._parked_at = time.monotonic()
            parked.park_unknown(session, self._tasks)
        due_at = queue.next_due_at(session, names)
        if due_at is None:
            return POLL_SECONDS
        return min(max((due_at - session.now).total_seconds(), 0.01), POLL_SECONDS)

    def _listen(self, wake: Wake, stop: threading.Event) -> None:
        listen(self._database, wake, stop, own_name(self._threads))

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


def _is_passing(error: Exception) -> bool:
    """Whether the very same work may well succeed in a moment."""
    return isinstance(error, CatalogMoved) or is_collision(error)
