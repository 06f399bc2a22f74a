"""Runs that wait for something to happen to a record: for the right one, once, and not for ever where told so."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from engine.db import Database, Session
from engine.jobs import Worker
from engine.models import flow_instance, flow_wait, job
from flow_engine import flows, instances
from flow_engine.runs import listening, timers
from form_engine import records
from form_engine.record import Record
from tests.conftest import SettableClock
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works

EVENT = {
    "form": "works.work_order",
    "on": ["create", "update"],
    "match": {"order": "record"},
    "when": "status == 'done' and product.rank < 3",
}


def awaiting(event: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return a flow that waits for a finished work order of the approved order, and notes which it was."""
    nodes = {
        "until": {"type": "wait", "event": event or EVENT, "next": "note", **options},
        "note": {"type": "update_record", "record": "record", "values": {"opinion": "'made ' + until.product.name"}},
        "late": {"type": "update_record", "record": "record", "values": {"opinion": "'too late'"}},
    }
    if "timeout" not in options:
        del nodes["late"]
    return factory.flow("await_work", nodes, runs="in_background")


class Story:
    """Orders that wait, in a database of committed units of work."""

    def __init__(self, database: Database, document: dict[str, Any], *, orders: int = 1) -> None:
        self.database = database
        database.subscribers = factory.SUBSCRIBERS
        with database.unit_of_work() as session:
            self.works = factory.build(session)
            self.works.publish(document)
            self.orders = [self.works.order(f"SO{index}", {"bolt": 1}) for index in range(orders)]

    def approve(self) -> None:
        with self.database.unit_of_work() as session:
            for order in self.orders:
                self.at(session).update(order, status="approved")
        self.run_due()

    def at(self, session: Session) -> Works:
        return Works(session=session, people=self.works.people, products=self.works.products)

    def work(self, order: Record, product: str = "bolt", **values: Any) -> Record:
        given = {"order": str(order.id), "product": str(self.works.products[product].id), "quantity": 1, **values}
        with self.database.unit_of_work() as session:
            return records.create(session, ADMIN, "works.work_order", given)

    def finish(self, work: Record) -> None:
        with self.database.unit_of_work() as session:
            self.at(session).update(work, status="done")
        self.run_due()

    def run_due(self) -> None:
        Worker(self.database, flows.TASKS).run_due()

    def tick(self) -> None:
        with self.database.unit_of_work() as session:
            timers.tick(session, {})
        self.run_due()

    def outcomes(self) -> list[tuple[str, Any]]:
        with self.database.unit_of_work() as session:
            statuses = session.execute(sa.select(flow_instance.c.status).order_by(flow_instance.c.id)).scalars().all()
            orders = [records.get(session, ADMIN, "works.order", order.id) for order in self.orders]
            return list(zip(statuses, [order.values["opinion"] for order in orders], strict=True))

    def waiting(self) -> int:
        with self.database.unit_of_work() as session:
            return len(session.execute(sa.select(flow_wait).where(flow_wait.c.found_at.is_(None))).all())


def test_goes_on_when_the_right_record_is_as_awaited(database: Database) -> None:
    story = Story(database, awaiting(), orders=2)
    story.approve()
    assert story.waiting() == 2
    gear, bolt = story.work(story.orders[0], "gear"), story.work(story.orders[0])
    story.run_due()
    story.finish(gear)
    assert story.outcomes() == [("waiting", None), ("waiting", None)]
    story.finish(bolt)
    assert story.outcomes() == [("completed", "made bolt"), ("waiting", None)]
    assert story.waiting() == 1
    with database.unit_of_work() as session:
        (run, _) = sorted(instances.list_page(session, ADMIN).items, key=lambda one: one["status"])
        steps = instances.get(session, ADMIN, run["id"])["nodes"]
        assert [(step["node"], step["status"]) for step in steps] == [("until", "done"), ("note", "done")]
        assert steps[0]["input"]["form"] == "works.work_order"


def test_a_change_that_is_taken_back_ends_no_waiting(fresh_database: Database) -> None:
    story = Story(fresh_database, awaiting())
    story.approve()
    work = story.work(story.orders[0])
    with pytest.raises(RuntimeError, match="taken back"), fresh_database.unit_of_work() as session:
        story.at(session).update(work, status="done")
        raise RuntimeError("taken back")
    story.run_due()
    assert (story.outcomes(), story.waiting()) == ([("waiting", None)], 1)
    story.finish(work)
    assert story.outcomes() == [("completed", "made bolt")]


def test_what_happens_twice_counts_once(database: Database) -> None:
    story = Story(database, awaiting())
    story.approve()
    first, second = story.work(story.orders[0]), story.work(story.orders[0], "nut")
    with database.unit_of_work() as session:
        for work in (first, second):
            story.at(session).update(work, status="done")
        found = session.execute(sa.select(job.c.payload).where(job.c.task == listening.FOUND)).scalars().all()
        assert len(found) == 1
    story.run_due()
    with database.unit_of_work() as session:
        next(task for task in flows.TASKS if task.name == listening.FOUND).run(session, found[0])
    assert story.outcomes() == [("completed", "made bolt")]


def test_leaves_by_timeout_when_nothing_has_come(database: Database, clock: SettableClock) -> None:
    story = Story(database, awaiting(timeout={"days": 2}, next={"next": "note", "timeout": "late"}))
    story.approve()
    clock.advance(days=2)
    story.tick()
    assert (story.outcomes(), story.waiting()) == ([("completed", "too late")], 0)
    story.finish(story.work(story.orders[0]))
    assert story.outcomes() == [("completed", "too late")]


def test_what_came_before_the_timeout_was_seen_counts(database: Database, clock: SettableClock) -> None:
    story = Story(database, awaiting(timeout={"days": 2}, next={"next": "note", "timeout": "late"}))
    story.approve()
    clock.advance(days=2)
    work = story.work(story.orders[0])
    with database.unit_of_work() as session:
        timers.tick(session, {})
        story.at(session).update(work, status="done")
    story.run_due()
    assert story.outcomes() == [("completed", "made bolt")]


def test_a_record_that_is_there_already_will_do_where_told_so(database: Database, clock: SettableClock) -> None:
    event = {**EVENT, "when": "status == 'done'", "existing": True}
    story = Story(database, awaiting(event), orders=2)
    story.finish(story.work(story.orders[0]))
    story.approve()
    assert story.outcomes() == [("completed", "made bolt"), ("waiting", None)]
    # A change that the run could not see when it began to wait: no event tells of it.
    work = story.work(story.orders[1], "nut")
    with database.unit_of_work() as session:
        session.subscribers = ()
        story.at(session).update(work, status="done")
    clock.advance(seconds=29)
    story.run_due()
    assert story.outcomes()[1] == ("waiting", None)
    clock.advance(seconds=1)
    story.run_due()
    assert story.outcomes()[1] == ("completed", "made nut")


def test_the_records_own_change_can_be_awaited(database: Database) -> None:
    event = {"form": "works.order", "on": ["update"], "match": {"id": "record"}, "when": "status == 'closed'"}
    nodes = {
        "until": {"type": "wait", "event": event, "next": "note"},
        "note": {"type": "update_record", "record": "record", "values": {"opinion": "old.status + until.number"}},
    }
    story = Story(database, factory.flow("await_close", nodes, runs="in_background"), orders=2)
    story.approve()
    with database.unit_of_work() as session:
        story.at(session).update(story.orders[1], status="closed")
    story.run_due()
    assert story.outcomes() == [("waiting", None), ("completed", "draftSO1")]


def test_a_cancelled_run_listens_no_more(database: Database) -> None:
    story = Story(database, awaiting())
    story.approve()
    with database.unit_of_work() as session:
        instances.cancel(session, ADMIN, session.execute(sa.select(flow_instance.c.id)).scalar_one())
    assert story.waiting() == 0
    story.finish(story.work(story.orders[0]))
    assert story.outcomes() == [("cancelled", None)]


def test_nothing_to_match_by_stops_the_run(database: Database) -> None:
    event = {**EVENT, "match": {"label": "record.opinion"}}
    story = Story(database, awaiting(event))
    story.approve()
    assert story.outcomes() == [("failed", None)]


def test_a_thousand_that_wait_for_others_are_not_read(database: Database) -> None:
    story = Story(database, awaiting())
    story.approve()
    with database.unit_of_work() as session:
        row = session.execute(sa.select(flow_wait)).one()
        session.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
        session.execute(
            sa.text(
                "INSERT INTO meta.flow_token (instance_id, number, node, status, created_at) "
                "SELECT instance_id, n, node, 'waiting', created_at FROM meta.flow_token, generate_series(100, 5099) n"
            )
        )
        session.execute(
            sa.text(
                "INSERT INTO meta.flow_wait (instance_id, token, node, definition_version_id, form, key) "
                "SELECT instance_id, n, node, definition_version_id, form, decode(md5(n::text), 'hex') "
                "FROM meta.flow_wait, generate_series(100, 5099) n"
            )
        )
        session.execute(sa.text("ANALYZE meta.flow_wait"))
        keys = f"ARRAY['\\\\x{bytes(row.key).hex()}']::bytea[]"
        plan = session.execute(
            sa.text(f"EXPLAIN SELECT * FROM meta.flow_wait WHERE key = ANY ({keys}) AND found_at IS NULL")
        ).scalars()
        assert "ix_flow_wait_key" in "\n".join(plan)


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"event": EVENT, "duration": {"days": 1}}, ["flow_wait_needs_one"]),
        ({"event": {**EVENT, "form": "works.nothing"}}, ["flow_form_unknown"]),
        ({"event": {**EVENT, "match": {"nothing": "record"}}}, ["flow_field_unknown"]),
        ({"event": {**EVENT, "match": {"parts": "record.lines"}}}, ["flow_field_unknown"]),
        ({"event": {**EVENT, "match": {"label": "record.amount"}}}, ["expression_type"]),
        ({"event": {**EVENT, "when": "status == record.number + 1"}}, ["expression_unknown_member"]),
        ({"event": EVENT, "timeout": {"days": 1}}, ["flow_port_missing"]),
        ({"duration": {"days": 1}, "timeout": {"days": 1}}, ["flow_timeout_without_event"]),
        ({"event": {**EVENT, "existing": True, "when": "old.status == 'done'"}}, ["expression_unknown_name"]),
    ],
)
def test_refuses_what_can_never_come(works: Works, options: dict[str, Any], codes: list[str]) -> None:
    nodes = {"until": {"type": "wait", **options}}
    document = factory.flow("await_work", nodes, runs="in_background")
    assert [fault.code for fault in flows.check(works.session, "works", document)] == codes
