"""Quick jobs in one transaction: they share it while all goes well, and nothing else, ever."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import jobs
from engine.db import Database, Session
from engine.errors import Conflict
from engine.jobs import Task, Worker, queue
from engine.jobs.batches import Batches
from engine.models import job, serial
from tests.engine.test_jobs import counting, effects, enqueue, rows, until, working


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, the jobs here count as quick."""
    monkeypatch.setattr("engine.jobs.batches.LONGEST_SECONDS", 60.0)


@dataclass(slots=True, kw_only=True)
class Watched:
    """A quick task whose calls are noted; `ahead` may do something before a job's work, alone or among others."""

    ahead: Callable[[Session, int], None] = lambda _session, _number: None
    alone: list[int] = field(default_factory=list)
    together: list[list[int]] = field(default_factory=list)

    def task(self, **more: Any) -> Task:
        """The task, which writes one row a job."""
        return Task(name="count", run=self._one, together=self._several, is_quick=True, **more)

    def _one(self, session: Session, payload: jobs.Payload) -> None:
        self.alone.append(payload["n"])
        self._do(session, payload)

    def _several(self, session: Session, payloads: Sequence[jobs.Payload], may_go_on: Callable[[], bool]) -> int:
        done: list[int] = []
        self.together.append(done)
        for payload in payloads:
            if done and not may_go_on():
                break
            self._do(session, payload)
            done.append(payload["n"])
        return len(done)

    def _do(self, session: Session, payload: jobs.Payload) -> None:
        self.ahead(session, payload["n"])
        counting().run(session, payload)


def written(database: Database) -> dict[int, int]:
    """Job -> how often its effect is there."""
    with database.unit_of_work() as session:
        query = sa.select(serial.c.field, sa.func.count()).group_by(serial.c.field)
        return {int(number): count for number, count in session.execute(query)}


def claimed(database: Database, count: int) -> list[queue.Job]:
    """Jobs as a thread takes them."""
    with database.unit_of_work() as session:
        return queue.claim(session, ["count"], count)


def run_all(database: Database, task: Task) -> None:
    """Let one thread work until nothing is due any more."""
    with working(Worker(database, [task], threads=1)):
        until(lambda: all(row["status"] not in ("ready", "running") for row in rows(database)))


def refuse(number: int) -> Callable[[Session, int], None]:
    def ahead(_session: Session, n: int) -> None:
        if n == number:
            raise ValueError("not this one")

    return ahead


def test_quick_jobs_share_a_transaction(fresh_database: Database) -> None:
    transactions = set()

    def ahead(session: Session, _number: int) -> None:
        transactions.add(session.execute(sa.text("SELECT pg_current_xact_id()::text")).scalar_one())

    enqueue(fresh_database, *range(5))
    watched = Watched(ahead=ahead)
    run_all(fresh_database, watched.task())
    assert (watched.together, watched.alone) == ([[0, 1, 2, 3, 4]], [])
    assert len(transactions) == 1
    assert (written(fresh_database), rows(fresh_database)) == (dict.fromkeys(range(5), 1), [])


def test_one_that_fails_takes_no_other_with_it(fresh_database: Database) -> None:
    enqueue(fresh_database, *range(5))
    watched = Watched(ahead=refuse(3))
    run_all(fresh_database, watched.task())
    assert (watched.together, watched.alone) == ([[0, 1, 2]], [0, 1, 2, 3, 4])
    assert written(fresh_database) == dict.fromkeys((0, 1, 2, 4), 1)
    (failed,) = rows(fresh_database)
    assert (failed["payload"]["n"], failed["status"], failed["attempts"]) == (3, "retry", 1)
    assert failed["error"] == "ValueError: not this one"


def test_what_is_refused_by_an_error_that_keeps_changes_keeps_nothing_of_the_others(fresh_database: Database) -> None:
    class Kept(Conflict):
        keeps_changes = True

    def ahead(_session: Session, number: int) -> None:
        if number == 1:
            raise Kept("job_not_found")

    enqueue(fresh_database, 0, 1)
    run_all(fresh_database, Watched(ahead=ahead).task())
    assert written(fresh_database) == {0: 1}


def test_one_that_failed_before_is_run_by_itself(fresh_database: Database) -> None:
    enqueue(fresh_database, 1, 2, 3)
    with fresh_database.unit_of_work() as session:
        session.execute(sa.update(job).where(job.c.payload["n"].as_integer() == 2).values(status="retry", attempts=1))
    watched = Watched()
    with working(Worker(fresh_database, [watched.task()], threads=1)):
        until(lambda: rows(fresh_database) == [])
    assert (watched.together, watched.alone) == ([], [1, 2, 3])
    assert written(fresh_database) == dict.fromkeys((1, 2, 3), 1)


def test_those_that_a_dead_worker_held_are_run_by_themselves(fresh_database: Database, clock: Any) -> None:
    enqueue(fresh_database, *range(4))
    assert len(claimed(fresh_database, 16)) == 4
    clock.advance(seconds=31)
    watched = Watched()
    with working(Worker(fresh_database, [watched.task()], threads=1)):
        until(lambda: rows(fresh_database) == [])
    assert (watched.together, sorted(watched.alone)) == ([], [0, 1, 2, 3])
    assert written(fresh_database) == dict.fromkeys(range(4), 1)


def test_one_that_is_another_workers_by_now_is_left_to_it(fresh_database: Database, clock: Any) -> None:
    enqueue(fresh_database, *range(4))
    mine = claimed(fresh_database, 16)
    clock.advance(seconds=31)
    with fresh_database.unit_of_work() as session:
        (others,) = queue.take_over(session, ["count"])
    watched = Watched()
    assert Batches(fresh_database, 16).run(watched.task(), mine, threading.Event()) == 4
    left = [number for number in range(4) if number != others.payload["n"]]
    assert watched.together == [left]
    assert written(fresh_database) == dict.fromkeys(left, 1)
    assert [(row["id"], row["attempts"], row["status"]) for row in rows(fresh_database)] == [(others.id, 2, "running")]


def test_nothing_is_done_where_all_are_anothers_by_now(fresh_database: Database, clock: Any) -> None:
    enqueue(fresh_database, 1)
    mine = claimed(fresh_database, 16)
    clock.advance(seconds=31)
    with fresh_database.unit_of_work() as session:
        assert len(queue.take_over(session, ["count"])) == 1
    watched = Watched()
    assert Batches(fresh_database, 16).run(watched.task(), mine, threading.Event()) == 1
    assert (watched.together, effects(fresh_database)) == ([], 0)


def test_stopping_ends_the_batch_behind_the_job_under_way(fresh_database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def ahead(_session: Session, number: int) -> None:
        if number == 1:
            begun.set()
            assert go_on.wait(10)

    enqueue(fresh_database, *range(4))
    watched = Watched(ahead=ahead)
    with working(Worker(fresh_database, [watched.task()], threads=1)) as stop:
        assert begun.wait(10)
        stop.set()
        go_on.set()
    assert (watched.together, watched.alone) == ([[0, 1]], [])
    assert written(fresh_database) == {0: 1, 1: 1}
    left = [(row["payload"]["n"], row["status"], row["attempts"]) for row in rows(fresh_database)]
    assert left == [(2, "retry", 0), (3, "retry", 0)]


def test_slow_jobs_are_committed_one_by_one(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.jobs.batches.LONGEST_SECONDS", 0.0)
    enqueue(fresh_database, *range(3))
    watched = Watched()
    run_all(fresh_database, watched.task())
    assert (watched.together, watched.alone) == ([[0]], [1, 2])
    assert written(fresh_database) == dict.fromkeys(range(3), 1)


def test_a_batch_gives_way_where_something_is_locked_and_the_job_alone_waits(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        session.execute(sa.insert(serial).values(form="locked", field="0", period="", value=0))
    row = sa.select(serial.c.value).where(serial.c.form == "locked").with_for_update()

    def ahead(session: Session, number: int) -> None:
        if number == 1:
            session.execute(row)

    enqueue(fresh_database, *range(3))
    watched = Watched(ahead=ahead)
    with working(Worker(fresh_database, [watched.task()], threads=1)):
        with fresh_database.unit_of_work() as session:
            session.execute(row)
            until(lambda: watched.alone == [0, 1])
            time.sleep(0.4)  # longer than a batch would wait
            assert watched.alone == [0, 1]
        until(lambda: rows(fresh_database) == [])
    assert (watched.together[0], watched.alone) == ([0], [0, 1, 2])
    with fresh_database.unit_of_work() as session:
        query = sa.select(sa.func.count()).where(serial.c.form == "jobs")
        assert session.execute(query).scalar_one() == 3


def test_batches_are_smaller_after_one_that_failed_and_grow_again(database: Database) -> None:
    enqueue(database, *range(16))
    mine = claimed(database, 16)
    task, batches = Watched().task(), Batches(database, 16)
    sizes = [len(batches.pick(task, mine))]
    for _ in range(4):
        batches.failed(batches.pick(task, mine), ValueError())
        sizes.append(len(batches.pick(task, mine)))
    assert sizes == [16, 8, 4, 2, 1]
    batches.ran_alone(61.0)
    assert len(batches.pick(task, mine)) == 1
    batches.ran_alone(0.01)
    assert len(batches.pick(task, mine)) == 2
    batches.run(task, batches.pick(task, mine), threading.Event())
    assert len(batches.pick(task, mine)) == 4
    locked = sa.exc.OperationalError("SELECT", None, type("Locked", (Exception,), {"pgcode": "55P03"})())
    batches.failed(mine[:4], locked)
    assert len(batches.pick(task, mine)) == 1


def test_a_batch_is_as_large_as_what_the_last_one_had_time_for(database: Database) -> None:
    enqueue(database, *range(6))
    mine, stop = claimed(database, 16), threading.Event()
    watched = Watched(ahead=lambda _session, number: stop.set() if number == 2 else None)
    batches = Batches(database, 16)
    assert batches.run(watched.task(), mine, stop) == 3
    assert watched.together == [[0, 1, 2]]
    assert batches.pick(watched.task(), mine[3:]) == mine[3:6]
    assert len(batches.pick(watched.task(), mine)) == 3


def test_only_jobs_of_one_task_that_is_made_for_it_run_together(database: Database) -> None:
    enqueue(database, 1, 2, 3)
    mine = claimed(database, 16)
    batches, other = Batches(database, 16), Task(name="other", run=counting().run)
    assert batches.pick(counting(), mine) == mine[:1]
    assert batches.pick(Watched().task(), mine) == mine
    mixed = [*mine[:2], queue.Job(id=9, task=other.name, payload={}, attempts=1), mine[2]]
    assert batches.pick(Watched().task(), mixed) == mine[:2]


KILLED_WORKER = """
import sys, threading
from engine.db import connect
from engine.jobs import Task, Worker
from engine.models import serial

def one(session, payload):
    session.execute(serial.insert().values(form="jobs", field=str(payload["n"]), period="killed", value=1))

def several(session, payloads, may_go_on):
    for payload in payloads:
        one(session, payload)
    print("under way", flush=True)
    threading.Event().wait()

task = Task(name="count", run=one, together=several, is_quick=True)
Worker(connect(sys.argv[1]), [task], threads=1).run(threading.Event())
"""


def test_jobs_outlive_a_worker_process_that_is_killed_among_them(fresh_database: Database, clock: Any) -> None:
    enqueue(fresh_database, *range(5))
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", KILLED_WORKER, url], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "under way\n"
        process.kill()
    assert effects(fresh_database) == 0
    clock.now = datetime.now(UTC) + timedelta(minutes=1)
    watched = Watched()
    with working(Worker(fresh_database, [watched.task()], threads=2)):
        until(lambda: rows(fresh_database) == [])
    assert written(fresh_database) == dict.fromkeys(range(5), 1)


def test_many_threads_do_every_job_once_though_some_fail(fresh_database: Database) -> None:
    def ahead(_session: Session, number: int) -> None:
        if number % 7 == 0:
            raise ValueError("carefully, please")

    enqueue(fresh_database, *range(120))
    watched = Watched(ahead=ahead)
    with working(Worker(fresh_database, [watched.task(carefully=counting().run)], threads=4)):
        until(lambda: rows(fresh_database) == [])
    assert written(fresh_database) == dict.fromkeys(range(120), 1)
    assert max(map(len, watched.together)) > 1
