"""The durable queue: transactional, retried, bounded, recovered."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import jobs
from engine.actor import Actor
from engine.catalog import CatalogMoved
from engine.db import Database, Session
from engine.errors import NotAllowed, NotFound
from engine.jobs import Task, Worker, parked, queue
from engine.jobs import clock as job_clocks
from engine.jobs.worker import pause_seconds
from engine.models import audit, job, serial


def counting(name: str = "count") -> Task:
    """A task whose effect on the database can be counted."""

    def run(session: Session, payload: jobs.Payload) -> None:
        session.execute(
            sa.insert(serial).values(form="jobs", field=str(payload["n"]), period=str(time.perf_counter_ns()), value=1)
        )

    return Task(name=name, run=run)


def failing(times: int, attempts: int = 8) -> tuple[Task, list[int]]:
    """A task that writes, then fails so many times."""
    calls: list[int] = []

    def run(session: Session, payload: jobs.Payload) -> None:
        calls.append(payload["n"])
        counting().run(session, payload)
        if len(calls) <= times:
            raise ValueError("not yet")

    return Task(name="count", run=run, attempts=attempts), calls


def effects(database: Database) -> int:
    """How often a task's effect is there."""
    with database.unit_of_work() as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(serial)).scalar_one())


def rows(database: Database) -> list[dict[str, Any]]:
    """The queue as it stands."""
    with database.unit_of_work() as session:
        return [dict(row._mapping) for row in session.execute(sa.select(job).order_by(job.c.id))]


def enqueue(database: Database, *numbers: int, key: str | None = None) -> None:
    """Queue a job for each number."""
    with database.unit_of_work() as session:
        for number in numbers:
            jobs.enqueue(session, "count", {"n": number}, key=key)


@contextmanager
def working(worker: Worker) -> Iterator[threading.Event]:
    """A worker's threads, stopped and joined at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for a condition that another thread brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_runs_a_job_once_and_forgets_it(database: Database) -> None:
    enqueue(database, 1)
    worker = Worker(database, [counting()])
    assert worker.run_due() == 1
    assert worker.run_due() == 0
    assert effects(database) == 1
    assert rows(database) == []


def test_a_job_of_a_rolled_back_transaction_never_was(database: Database) -> None:
    with pytest.raises(ValueError, match="undo"), database.unit_of_work() as session:
        jobs.enqueue(session, "count", {"n": 1})
        raise ValueError("undo")
    assert rows(database) == []


def test_a_failed_run_leaves_nothing_but_the_error_and_is_tried_again(database: Database, clock: Any) -> None:
    enqueue(database, 7)
    task, calls = failing(1)
    worker = Worker(database, [task])
    assert worker.run_due() == 1
    assert effects(database) == 0
    (waiting,) = rows(database)
    assert (waiting["status"], waiting["attempts"], waiting["error"]) == ("retry", 1, "ValueError: not yet")
    assert timedelta(seconds=1.5) <= waiting["run_at"] - clock.now <= timedelta(seconds=2.5)
    assert worker.run_due() == 0
    clock.advance(seconds=3)
    assert worker.run_due() == 1
    assert (calls, effects(database), rows(database)) == ([7, 7], 1, [])


def test_gives_up_after_the_last_attempt_and_can_be_retried(database: Database, clock: Any, admin: Actor) -> None:
    enqueue(database, 7)
    task, calls = failing(3, attempts=3)
    worker = Worker(database, [task])
    for _ in range(5):
        worker.run_due()
        clock.advance(hours=2)
    assert len(calls) == 3
    with database.unit_of_work() as session:
        (dead,) = jobs.dead(session)
        assert (dead.task, dead.payload, dead.attempts, dead.error) == ("count", {"n": 7}, 3, "ValueError: not yet")
        assert jobs.counts(session) == jobs.JobCounts(
            waiting=0, running=0, dead=1, oldest_due_at=None, by_task={"count": 1}
        )
        with pytest.raises(NotAllowed):
            jobs.retry(session, Actor(user_id=admin.user_id, username="x", name="x"), dead.id)
        with pytest.raises(NotFound):
            jobs.retry(session, admin, dead.id + 1)
        jobs.retry(session, admin, dead.id)
    assert worker.run_due() == 1
    assert (effects(database), rows(database)) == (1, [])


def test_one_waiting_job_a_key(database: Database) -> None:
    enqueue(database, 1, 2, key="same")
    enqueue(database, 3, key="other")
    enqueue(database, 4, 5)
    assert [row["payload"]["n"] for row in rows(database)] == [1, 3, 4, 5]


def test_a_running_job_does_not_swallow_the_next_of_its_key(database: Database) -> None:
    enqueue(database, 1, key="same")
    with database.unit_of_work() as session:
        assert len(queue.claim(session, ["count"])) == 1
    enqueue(database, 2, key="same")
    assert [row["payload"]["n"] for row in rows(database)] == [1, 2]


def test_runs_in_the_order_of_being_due_and_not_before(database: Database, clock: Any) -> None:
    seen: list[int] = []
    task = Task(name="count", run=lambda session, payload: seen.append(payload["n"]))
    with database.unit_of_work() as session:
        jobs.enqueue(session, "count", {"n": 3}, at=clock.now + timedelta(minutes=1))
        jobs.enqueue(session, "count", {"n": 2})
        jobs.enqueue(session, "count", {"n": 1}, at=clock.now - timedelta(minutes=1))
    worker = Worker(database, [task])
    worker.run_due()
    assert seen == [1, 2]
    clock.advance(seconds=61)
    worker.run_due()
    assert seen == [1, 2, 3]


def test_leaves_tasks_it_does_not_know_to_others(database: Database) -> None:
    enqueue(database, 1)
    assert Worker(database, [counting("something_else")]).run_due() == 0
    assert [row["status"] for row in rows(database)] == ["ready"]


def test_a_job_that_no_worker_knows_is_parked_and_can_be_dropped(
    fresh_database: Database, clock: Any, admin: Actor
) -> None:
    enqueue(fresh_database, 1)
    with fresh_database.unit_of_work() as session:
        jobs.enqueue(session, "of_another_version", {"n": 2})
        assert parked.park_unknown(session, ["count"]) == 0
    clock.advance(minutes=16)
    with working(Worker(fresh_database, [counting()])):
        until(lambda: [row["status"] for row in rows(fresh_database)] == ["dead"])
    assert effects(fresh_database) == 1
    with fresh_database.unit_of_work() as session:
        (dead,) = jobs.dead(session)
        assert (dead.task, dead.error) == ("of_another_version", "no worker knows this task")
        assert jobs.dead(session, before=dead.id) == []
        with pytest.raises(NotAllowed):
            jobs.drop(session, Actor(user_id=admin.user_id, username="x", name="x"), dead.id)
        jobs.drop(session, admin, dead.id)
        with pytest.raises(NotFound):
            jobs.drop(session, admin, dead.id)
        noted = session.execute(sa.select(audit.c.action, audit.c.after).where(audit.c.form == "meta.job")).all()
        assert [tuple(one) for one in noted] == [("drop", {"id": dead.id, "task": "of_another_version"})]


def test_says_once_that_it_gives_up(database: Database, clock: Any) -> None:
    enqueue(database, 1, 2)
    told: list[tuple[int, str]] = []

    def run(_session: Session, payload: jobs.Payload) -> None:
        if payload["n"] == 1:
            raise ValueError("poison")

    def given_up(session: Session, payload: jobs.Payload, error: str) -> None:
        told.append((payload["n"], error))
        counting().run(session, payload)

    worker = Worker(database, [Task(name="count", run=run, attempts=2, given_up=given_up)])
    for _ in range(4):
        worker.run_due()
        clock.advance(hours=2)
    assert told == [(1, "ValueError: poison")]
    assert effects(database) == 1
    assert [(row["payload"]["n"], row["status"]) for row in rows(database)] == [(1, "dead")]


def test_is_dead_even_if_giving_up_fails(database: Database) -> None:
    enqueue(database, 1)

    def given_up(session: Session, payload: jobs.Payload, error: str) -> None:
        counting().run(session, payload)
        raise ValueError("no books")

    task, _ = failing(9)
    Worker(database, [Task(name="count", run=task.run, attempts=1, given_up=given_up)]).run_due()
    assert [(row["status"], row["error"]) for row in rows(database)] == [("dead", "ValueError: not yet")]
    assert effects(database) == 0


def test_runs_carefully_what_failed_and_keeps_that_alone(database: Database) -> None:
    enqueue(database, 1)
    task, calls = failing(9)
    done: list[int] = []

    def carefully(session: Session, payload: jobs.Payload) -> None:
        counting().run(session, payload)
        done.append(payload["n"])

    worker = Worker(database, [Task(name="count", run=task.run, carefully=carefully)])
    assert worker.run_due() == 1
    assert (calls, done, effects(database), rows(database)) == ([1], [1], 1, [])


def test_quick_jobs_are_claimed_together_and_given_back_unbegun(database: Database) -> None:
    enqueue(database, 1, 2, 3)
    with database.unit_of_work() as session:
        claimed = queue.claim(session, ["count"], 2)
        assert [one.payload["n"] for one in claimed] == [1, 2]
        assert [one.payload["n"] for one in queue.claim(session, ["count"], 5)] == [3]
        queue.release(session, claimed)
        queue.release(session, claimed)
    assert [(row["status"], row["attempts"]) for row in rows(database)] == [("retry", 0), ("retry", 0), ("running", 1)]


def test_what_waits_and_what_others_run_is_not_read(database: Database) -> None:
    with database.unit_of_work() as session:
        session.execute(
            sa.text(
                "INSERT INTO meta.job (task, payload, run_at, created_at)"
                " SELECT CASE WHEN n % 2 = 0 THEN 'count' ELSE 'other' END, '{}',"
                " now() + CASE WHEN n % 2 = 0 THEN interval '1 day' ELSE interval '-1 day' END, now()"
                " FROM generate_series(1, 20000) n"
            )
        )
        session.execute(sa.text("ANALYZE meta.job"))
        for text in (queue._CLAIM_WAITING, queue._CLAIM_ABANDONED):
            now = datetime.now(UTC)
            explained = session.connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {text}", (["count"], now, 16, 16, now))
            plan = "\n".join(row[0] for row in explained)
            assert "ix_job_due" in plan, plan
            assert "Seq Scan" not in plan, plan
            assert "Rows Removed by Filter" not in plan, plan


def test_what_is_in_the_way_is_waited_for(fresh_database: Database) -> None:
    enqueue(fresh_database, 1)
    calls: list[int] = []

    def run(session: Session, payload: jobs.Payload) -> None:
        calls.append(1)
        if len(calls) < 3:
            raise CatalogMoved
        counting().run(session, payload)

    assert Worker(fresh_database, [Task(name="count", run=run)]).run_due() == 1
    assert (len(calls), effects(fresh_database), rows(fresh_database)) == (3, 1, [])


def test_a_job_that_kills_its_worker_is_given_up(database: Database, clock: Any) -> None:
    enqueue(database, 1)
    with database.unit_of_work() as session:  # the worker dies after the claim, twice
        assert len(queue.claim(session, ["count"])) == 1
    clock.advance(seconds=31)
    with database.unit_of_work() as session:
        assert queue.claim(session, ["count"]) == []
        assert len(queue.take_over(session, ["count"])) == 1
    clock.advance(seconds=31)
    task = Task(name="count", run=counting().run, attempts=2)
    Worker(database, [task]).run_due()
    (dead,) = rows(database)
    assert (dead["status"], dead["error"]) == ("dead", "the worker died while running this job")
    assert effects(database) == 0


def test_a_claim_that_was_taken_over_does_nothing(database: Database, clock: Any) -> None:
    enqueue(database, 1)
    with database.unit_of_work() as session:
        (first,) = queue.claim(session, ["count"])
    clock.advance(seconds=31)
    with database.unit_of_work() as session:
        (second,) = queue.take_over(session, ["count"])
        assert not queue.begin(session, first, counting())
        assert queue.begin(session, second, counting())


def test_a_recurring_task_goes_on_and_exists_once(database: Database, clock: Any) -> None:
    runs: list[object] = []

    def run(session: Session, payload: jobs.Payload) -> None:
        runs.append(session.now)
        if len(runs) == 2:
            raise ValueError("once")

    task = Task(name="tick", run=run, every_seconds=60, attempts=1)
    with database.unit_of_work() as session:
        job_clocks.ensure_recurring(session, [task])
        job_clocks.ensure_recurring(session, [task])
    worker = Worker(database, [task])
    for _ in range(4):
        assert worker.run_due() == 1
        clock.advance(seconds=61)
    assert len(runs) == 4
    assert [row["status"] for row in rows(database)] == ["ready"]


def test_a_clock_that_is_set_back_delays_nothing(database: Database, clock: Any) -> None:
    ran: list[str] = []
    steps: list[timedelta] = []

    def fail(_session: Session, _payload: jobs.Payload) -> None:
        ran.append("fail")
        raise ValueError("not yet")

    tasks = [
        Task(name="tick", run=lambda _session, _payload: ran.append("tick"), every_seconds=60),
        Task(name="once", run=lambda _session, _payload: ran.append("once")),
        Task(name="fail", run=fail, clock_set_back=lambda _session, step: steps.append(step)),
    ]
    worker = Worker(database, tasks)
    with database.unit_of_work() as session:
        assert job_clocks.follow(session, tasks) == timedelta()
        job_clocks.note_time(session)
        jobs.enqueue(session, "fail", {})
    assert worker.run_due() == 2
    with database.unit_of_work() as session:
        jobs.enqueue(session, "once", {})
        jobs.enqueue(session, "once", {}, at=session.now + timedelta(seconds=30))
    clock.advance(hours=-1)
    with database.unit_of_work() as session:
        assert job_clocks.follow(session, tasks) == timedelta(hours=1)
    with database.unit_of_work() as session:  # another worker notices, too
        assert job_clocks.follow(session, tasks) == timedelta()
    assert steps == [timedelta(hours=1)]
    assert worker.run_due() == 1
    clock.advance(seconds=60)
    assert worker.run_due() == 3
    assert sorted(ran) == ["fail", "fail", "once", "once", "tick", "tick"]


def test_what_an_old_clock_has_seen_moves_nothing(database: Database, clock: Any) -> None:
    enqueue(database, 1)
    with database.unit_of_work() as session:
        job_clocks.note_time(session)
        jobs.enqueue(session, "count", {"n": 2}, at=session.now + timedelta(seconds=30))
    before = rows(database)
    for seconds in (3600, -4):  # the clock goes on, and two machines differ by a little
        clock.advance(seconds=seconds)
        with database.unit_of_work() as session:
            assert job_clocks.follow(session, [counting()]) == timedelta()
            job_clocks.note_time(session)
    assert rows(database) == before


def test_pauses_grow_to_an_hour() -> None:
    assert 1.5 <= pause_seconds(1) <= 2.5
    assert 6 <= pause_seconds(3) <= 10
    assert 2700 <= pause_seconds(500) <= 4500


def test_threads_run_every_job_once(fresh_database: Database) -> None:
    enqueue(fresh_database, *range(40))
    with working(Worker(fresh_database, [counting()], threads=4)):
        until(lambda: rows(fresh_database) == [])
    assert effects(fresh_database) == 40


def test_a_new_job_wakes_an_idle_worker_of_the_process(fresh_database: Database) -> None:
    with working(Worker(fresh_database, [counting()])):
        time.sleep(0.5)
        begun = time.monotonic()
        enqueue(fresh_database, 1)
        until(lambda: effects(fresh_database) == 1)
        assert time.monotonic() - begun < 1.5


def test_a_new_job_wakes_an_idle_worker_of_another_process(fresh_database: Database) -> None:
    # Another process shares the server and nothing else: a database object of its own has the same view.
    elsewhere = Database(engine=fresh_database.engine, clock=fresh_database.clock)
    with working(Worker(elsewhere, [counting()])):
        time.sleep(0.7)
        begun = time.monotonic()
        enqueue(fresh_database, 1)
        until(lambda: effects(fresh_database) == 1)
        assert time.monotonic() - begun < 1.5


def test_workers_have_no_names_so_any_number_may_be_alike(fresh_database: Database) -> None:
    again = Database(engine=fresh_database.engine, clock=fresh_database.clock)
    enqueue(fresh_database, *range(30))
    quick = Task(name="count", run=counting().run, is_quick=True)
    with working(Worker(fresh_database, [quick])), working(Worker(again, [quick])):
        until(lambda: rows(fresh_database) == [])
    assert effects(fresh_database) == 30


def test_quick_jobs_do_not_wait_behind_long_ones(fresh_database: Database) -> None:
    go_on, done = threading.Event(), threading.Event()
    long = Task(name="long", run=lambda *_: _wait(go_on))
    quick = Task(name="quick", run=lambda *_: done.set(), is_quick=True)
    with working(Worker(fresh_database, [long, quick], threads=1)):
        with fresh_database.unit_of_work() as session:
            jobs.enqueue(session, "long", {})
            jobs.enqueue(session, "quick", {})
        try:
            assert done.wait(10)
        finally:
            go_on.set()


def _wait(event: threading.Event) -> None:
    event.wait(20)


def test_a_slow_peer_keeps_no_other_job_waiting(fresh_database: Database) -> None:
    answered, done = threading.Event(), threading.Event()
    call = Task(name="call", run=lambda *_: None, outside=lambda *_: _wait(answered))
    work = Task(name="work", run=lambda *_: done.set())
    stop = threading.Event()
    worker = threading.Thread(target=Worker(fresh_database, [call, work], threads=1).run, args=(stop,))
    with fresh_database.unit_of_work() as session:
        jobs.enqueue(session, "call", {})
        jobs.enqueue(session, "work", {})
    worker.start()
    try:
        assert done.wait(10)
        assert not answered.is_set()
    finally:
        answered.set()
        stop.set()
        worker.join(20)


def test_stopping_waits_for_the_job_under_way(fresh_database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def run(session: Session, payload: jobs.Payload) -> None:
        begun.set()
        go_on.wait(10)
        counting().run(session, payload)

    enqueue(fresh_database, 1, 2)
    with working(Worker(fresh_database, [Task(name="count", run=run)], threads=1)) as stop:
        assert begun.wait(10)
        stop.set()
        go_on.set()
    assert effects(fresh_database) == 1
    assert len(rows(fresh_database)) == 1


def test_goes_on_after_the_database_cut_every_connection(fresh_database: Database) -> None:
    with working(Worker(fresh_database, [counting()])):
        time.sleep(0.5)
        with fresh_database.unit_of_work() as session:
            session.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        # This thread's pool holds cut connections too; a server answers 503 there.
        fresh_database.dispose()
        enqueue(fresh_database, 1)
        until(lambda: effects(fresh_database) == 1)
    assert rows(fresh_database) == []


KILLED_WORKER = """
import sys, threading
from engine.db import connect
from engine.jobs import Task, Worker
from engine.models import serial

def run(session, payload):
    session.execute(serial.insert().values(form="jobs", field="killed", period="", value=1))
    print("under way", flush=True)
    threading.Event().wait()

Worker(connect(sys.argv[1]), [Task(name="count", run=run)], threads=1).run(threading.Event())
"""


def test_a_job_outlives_a_worker_process_that_is_killed(fresh_database: Database, clock: Any) -> None:
    enqueue(fresh_database, 1)
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", KILLED_WORKER, url], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "under way\n"
        process.kill()
    assert effects(fresh_database) == 0
    clock.now = datetime.now(UTC) + timedelta(minutes=1)
    assert Worker(fresh_database, [counting()]).run_due() == 1
    assert (effects(fresh_database), rows(fresh_database)) == (1, [])


def test_what_a_killed_worker_held_runs_again_after_the_claim(fresh_database: Database, clock: Any) -> None:
    enqueue(fresh_database, 1)
    begun, cut = threading.Event(), threading.Event()
    killed: list[int] = []

    def run(session: Session, payload: jobs.Payload) -> None:
        counting().run(session, payload)
        if not killed:
            killed.append(session.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
            begun.set()
            cut.wait(10)
            session.execute(sa.text("SELECT 1"))

    worker = Worker(fresh_database, [Task(name="count", run=run)])
    thread = threading.Thread(target=worker.run_one)
    thread.start()
    assert begun.wait(10)
    with fresh_database.unit_of_work() as session:
        # While it runs nobody else gets it, however long that takes.
        clock.advance(minutes=10)
        assert Worker(fresh_database, [counting()]).run_one() is False
        session.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": killed[0]})
    cut.set()
    thread.join(10)
    clock.advance(minutes=10)
    assert worker.run_due() == 1
    assert (effects(fresh_database), rows(fresh_database)) == (1, [])
