"""Runs whose job fails for ever: they stop, are seen, and go on from there once somebody has mended what was wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import jobs
from engine.db import Database
from engine.jobs import Worker
from engine.jobs import clock as job_clocks
from engine.models import flow_instance, flow_token
from flow_engine import flows, instances
from flow_engine.runs import timers
from form_engine import records
from form_engine.record import Query
from tests.conftest import SettableClock
from tests.factories import works as factory
from tests.factories.works import ADMIN

CLOSE = {"type": "update_record", "record": "record", "values": {"status": "'closed'"}}
PAUSE = {"type": "wait", "duration": {"minutes": 1}, "next": "close"}


def begin(database: Database, nodes: dict[str, Any], count: int = 1) -> list[UUID]:
    """Publish a background flow, approve so many orders; return the orders' ids. Nothing has run yet."""
    database.subscribers = factory.SUBSCRIBERS
    with database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.flow("later", nodes, runs="in_background"))
        orders = [works.order(f"SO{number}", {"bolt": 1}) for number in range(count)]
        for order in orders:
            works.update(order, status="approved")
    return [order.id for order in orders]


def spoil(database: Database, order_id: UUID) -> tuple[UUID, Any]:
    """Make the run of an order unreadable; return its id and what it held."""
    with database.unit_of_work() as session:
        found = sa.select(flow_instance.c.id, flow_instance.c.state).where(flow_instance.c.record_id == order_id)
        run_id, state = session.execute(found).one()
        spoilt = sa.update(flow_instance).where(flow_instance.c.id == run_id).values(state={"values": 1})
        session.execute(spoilt)
    return run_id, state


def mend(database: Database, run_id: UUID, state: Any) -> None:
    """Give the run back what it held."""
    with database.unit_of_work() as session:
        session.execute(sa.update(flow_instance).where(flow_instance.c.id == run_id).values(state=state))


def work(database: Database, clock: SettableClock, times: int = 12) -> None:
    """Let a worker run what is due, again and again while hours go by."""
    worker = Worker(database, flows.TASKS)
    for _ in range(times):
        worker.run_due()
        clock.advance(hours=2)


def statuses(database: Database) -> list[str]:
    """Return the statuses of the orders."""
    with database.unit_of_work() as session:
        page = records.list_page(session, ADMIN, "works.order", Query(sort="number"))
        return [str(one.values["status"]) for one in page.items]


@pytest.mark.parametrize("by", ["run", "job"])
def test_a_run_that_cannot_be_read_stops_and_others_go_on(database: Database, clock: SettableClock, by: str) -> None:
    first, _, _ = begin(database, {"close": CLOSE}, count=3)
    run_id, state = spoil(database, first)
    work(database, clock)
    assert statuses(database) == ["approved", "closed", "closed"]
    with database.unit_of_work() as session:
        (dead,) = jobs.dead(session)
        assert (dead.task, dead.payload["instance"], dead.attempts) == ("flows.continue", str(run_id), 8)
        row = session.execute(sa.select(flow_instance).where(flow_instance.c.id == run_id)).one()
        assert (row.status, row.error["code"], row.error["node"]) == ("failed", "flow_job_given_up", "close")
        assert "AttributeError" in row.error["message"]["en-US"]
    mend(database, run_id, state)
    with database.unit_of_work() as session:
        if by == "run":
            assert instances.retry(session, ADMIN, run_id)["status"] == "running"
            assert jobs.dead(session) == []
        else:
            jobs.retry(session, ADMIN, dead.id)
    Worker(database, flows.TASKS).run_due()
    assert statuses(database) == ["closed", "closed", "closed"]
    with database.unit_of_work() as session:
        assert instances.get(session, ADMIN, run_id)["status"] == "completed"


def test_a_moment_that_came_in_vain_comes_again(database: Database, clock: SettableClock) -> None:
    (order_id,) = begin(database, {"pause": PAUSE, "close": CLOSE})
    Worker(database, flows.TASKS).run_due()
    run_id, state = spoil(database, order_id)
    clock.advance(minutes=2)
    with database.unit_of_work() as session:
        timers.tick(session, {})
    work(database, clock)
    mend(database, run_id, state)
    with database.unit_of_work() as session:
        assert [one.task for one in jobs.dead(session)] == [timers.WAKE]
        shown = instances.get(session, ADMIN, run_id)
        assert (shown["status"], [line["status"] for line in shown["nodes"]]) == ("failed", ["failed"])
        assert instances.retry(session, ADMIN, run_id)["status"] == "waiting"
        timers.tick(session, {})
    Worker(database, flows.TASKS).run_due()
    assert statuses(database) == ["closed"]
    with database.unit_of_work() as session:
        lines = instances.get(session, ADMIN, run_id)["nodes"]
        assert [(line["node"], line["status"]) for line in lines] == [
            ("pause", "failed"),
            ("pause", "done"),
            ("close", "done"),
        ]


@pytest.mark.parametrize(
    ("options", "moves"), [({"duration": {"minutes": 10}}, True), ({"until": "TODAY() + 1"}, False)]
)
def test_a_clock_set_back_moves_pauses_and_leaves_moments(
    database: Database, clock: SettableClock, options: dict[str, Any], moves: bool
) -> None:
    begin(database, {"pause": {"type": "wait", **options, "next": "close"}, "close": CLOSE})
    Worker(database, flows.TASKS).run_due()
    with database.unit_of_work() as session:
        job_clocks.note_time(session)
        (due_at,) = session.execute(sa.select(flow_token.c.due_at)).scalars()
    clock.advance(hours=-1)
    with database.unit_of_work() as session:
        assert job_clocks.follow(session, flows.TASKS) == timedelta(hours=1)
        (moved,) = session.execute(sa.select(flow_token.c.due_at)).scalars()
    assert due_at - moved == (timedelta(hours=1) if moves else timedelta())
