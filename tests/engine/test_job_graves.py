"""Dead jobs, tried again and dropped, one and all of a kind; and which workers there are."""

from __future__ import annotations

import threading
import time
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Database, Session
from engine.errors import NotAllowed
from engine.jobs import Payload, Task, Worker, enqueue, graves, presence
from engine.models import job


def _die(session: Session, task: str, error: str) -> int:
    enqueue(session, task, {})
    found: int = session.execute(sa.select(sa.func.max(job.c.id))).scalar_one()
    session.execute(sa.update(job).where(job.c.id == found).values(status="dead", attempts=8, error=error))
    return found


def _states(session: Session) -> list[tuple[str, str, int]]:
    rows = session.execute(sa.select(job.c.task, job.c.status, job.c.attempts).order_by(job.c.id))
    return [tuple(row) for row in rows]


def test_lists_the_youngest_first_and_counts_kinds(session: Session, admin: Actor) -> None:
    first, second, third = _die(session, "a", "x"), _die(session, "b", "y"), _die(session, "a", "z")
    enqueue(session, "a", {})

    assert [one.id for one in graves.list_page(session, admin)] == [third, second, first]
    assert [one.error for one in graves.list_page(session, admin, task="a", limit=1)] == ["z"]
    assert [one.id for one in graves.list_page(session, admin, before=third)] == [second, first]
    assert [(kind.task, kind.count) for kind in graves.kinds(session, admin)] == [("a", 2), ("b", 1)]


def test_all_of_a_kind_leaves_the_others(session: Session, admin: Actor) -> None:
    for _ in range(3):
        _die(session, "a", "x")
    _die(session, "b", "y")

    assert graves.retry_all(session, admin, "a") == 3
    assert graves.retry_all(session, admin, "a") == 0
    assert graves.drop_all(session, admin, "b") == 1
    assert _states(session) == [("a", "retry", 0)] * 3


def test_refuses_whoever_is_no_administrator(session: Session) -> None:
    _die(session, "b", "y")
    guest = Actor(user_id=UUID(int=9), username="guest", name="Guest")

    for act in (graves.retry_all, graves.drop_all):
        with pytest.raises(NotAllowed):
            act(session, guest, "b")
    with pytest.raises(NotAllowed):
        graves.list_page(session, guest)
    assert _states(session) == [("b", "dead", 8)]


def test_a_worker_is_seen_while_it_works_and_gone_when_it_stops(fresh_database: Database) -> None:
    def idle(_session: Session, _payload: Payload) -> None:
        """Do nothing."""

    stop = threading.Event()
    worker = threading.Thread(target=Worker(fresh_database, [Task(name="a", run=idle)], threads=3).run, args=(stop,))
    worker.start()
    try:
        until = time.monotonic() + 10
        while not (found := _present(fresh_database)) and time.monotonic() < until:
            time.sleep(0.01)
        assert [(one.threads, one.is_silent) for one in found] == [(3, False)]
    finally:
        stop.set()
        worker.join()
    assert _present(fresh_database) == []


def _present(database: Database) -> list[presence.Presence]:
    with database.unit_of_work() as session:
        return list(presence.list_workers(session))
