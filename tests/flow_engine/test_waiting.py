"""Runs that wait for a moment: when they go on, once, and what they cost while they wait."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.db import Database, Session
from engine.jobs import Worker
from engine.models import flow_instance, flow_token, job
from flow_engine import flows, instances
from flow_engine.runs import timers
from form_engine import records
from tests.conftest import SettableClock
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works

CLOSE = {"type": "update_record", "record": "record", "values": {"status": "'closed'"}}


def waiting(**options: Any) -> dict[str, Any]:
    """Return a flow that waits and then closes the order."""
    nodes = {"pause": {"type": "wait", **options, "next": "close"}, "close": CLOSE}
    return factory.flow("wait_and_close", nodes, runs="in_background")


def begin(database: Database, document: dict[str, Any]) -> UUID:
    """Publish the flow, approve an order, run what is due; return the order's id."""
    database.subscribers = factory.SUBSCRIBERS
    with database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(document)
        order = works.order("SO1", {"bolt": 1})
        works.update(order, status="approved")
    worker(database).run_due()
    return order.id


def worker(database: Database) -> Worker:
    return Worker(database, flows.TASKS)


def tick(database: Database) -> None:
    """Tick as the recurring task does, then run what is due."""
    with database.unit_of_work() as session:
        timers.tick(session, {})
    worker(database).run_due()


def status_of(database: Database, order_id: UUID) -> tuple[str, str]:
    """Return the status of the run and of the order."""
    with database.unit_of_work() as session:
        run = session.execute(sa.select(flow_instance.c.status)).scalar_one()
        return run, str(records.get(session, ADMIN, "works.order", order_id).values["status"])


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({"duration": {"hours": 1, "minutes": 30}}, 5400),
        ({"until": "record.created_at"}, 0),
        # 2026-11-22 begins in the platform's time zone at 16:00 UTC; it is 08:00.
        ({"until": "TODAY() + 1"}, 8 * 3600),
    ],
)
def test_goes_on_when_the_moment_has_come_and_not_before(
    database: Database, clock: SettableClock, options: dict[str, Any], seconds: int
) -> None:
    order_id = begin(database, waiting(**options))
    if seconds:
        clock.advance(seconds=seconds - 1)
        tick(database)
        assert status_of(database, order_id) == ("waiting", "approved")
        clock.advance(seconds=1)
        tick(database)
    assert status_of(database, order_id) == ("completed", "closed")


def test_a_near_moment_is_looked_at_in_time(database: Database, clock: SettableClock) -> None:
    order_id = begin(database, waiting(duration={"seconds": 2}))
    clock.advance(seconds=2)
    worker(database).run_due()
    assert status_of(database, order_id) == ("completed", "closed")


def test_goes_on_once_however_often_and_in_whatever_clock_is_ticked(database: Database, clock: SettableClock) -> None:
    order_id = begin(database, waiting(duration={"days": 1}))
    clock.advance(days=1)
    with database.unit_of_work() as session:
        timers.tick(session, {})
        timers.tick(session, {})
        wakes = sa.select(job.c.payload).where(job.c.task == timers.WAKE)
        (payload,) = session.execute(wakes).scalars()
    worker(database).run_due()
    assert status_of(database, order_id) == ("completed", "closed")
    clock.advance(hours=-2)
    tick(database)
    with database.unit_of_work() as session:
        wake = next(task for task in flows.TASKS if task.name == timers.WAKE)
        wake.run(session, payload)
        done = session.execute(sa.select(sa.func.count()).select_from(flow_token)).scalar_one()
        log = instances.get(session, ADMIN, UUID(payload["instance"]))["nodes"]
    assert done == 1  # a node that runs at once leaves no token
    assert [(line["node"], line["status"]) for line in log] == [("pause", "done"), ("close", "done")]


def test_a_cancelled_run_sleeps_on(database: Database, clock: SettableClock) -> None:
    order_id = begin(database, waiting(duration={"hours": 1}))
    with database.unit_of_work() as session:
        run_id = session.execute(sa.select(flow_instance.c.id)).scalar_one()
        assert instances.cancel(session, ADMIN, run_id)["status"] == "cancelled"
    clock.advance(hours=2)
    tick(database)
    assert status_of(database, order_id) == ("cancelled", "approved")


def test_an_empty_moment_stops_the_run_there(database: Database) -> None:
    order_id = begin(database, waiting(until="TODAY() if record.number == 'SO2' else None"))
    assert status_of(database, order_id) == ("failed", "approved")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "flow_wait_needs_one"),
        ({"duration": {"days": 1}, "until": "TODAY()"}, "flow_wait_needs_one"),
        ({"until": "record.number"}, "flow_wait_no_moment"),
    ],
)
def test_refuses_what_names_no_moment(works: Works, options: dict[str, Any], code: str) -> None:
    assert [fault.code for fault in flows.check(works.session, "works", waiting(**options))] == [code]


def test_a_hundred_thousand_that_wait_are_not_read(database: Database, clock: SettableClock) -> None:
    begin(database, waiting(duration={"days": 1}))
    with database.unit_of_work() as session:
        _fill(session)
        explained = session.execute(sa.text("EXPLAIN " + _literal(session, timers.due_query(clock.now)))).scalars()
        plan = "\n".join(explained)
        assert "Index Scan using ix_flow_token_due" in plan, plan
        timers.tick(session, {})
        assert session.execute(sa.select(sa.func.count()).where(flow_token.c.woken_at.is_not(None))).scalar_one() == 0
        clock.advance(days=2)
    with database.unit_of_work() as session:
        timers.tick(session, {})
        assert session.execute(sa.select(sa.func.count()).where(job.c.task == timers.WAKE)).scalar_one() == timers.BATCH


def _fill(session: Session) -> None:
    session.execute(
        sa.text(
            "INSERT INTO meta.flow_token (instance_id, number, node, status, created_at, due_at) "
            "SELECT token.instance_id, n, token.node, 'waiting', token.created_at, token.due_at + n * interval '1 ms' "
            "FROM meta.flow_token token, generate_series(1000, 100999) n"
        )
    )
    session.execute(sa.text("ANALYZE meta.flow_token"))


def _literal(session: Session, query: sa.Select[Any]) -> str:
    return str(query.compile(session.connection.engine, compile_kwargs={"literal_binds": True}))
