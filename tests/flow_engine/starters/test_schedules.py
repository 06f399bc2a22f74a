"""Flows that the clock starts: each firing once, whatever happens to clocks and workers, and as published now."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine import definitions
from engine.db import Database, Session
from engine.jobs import Worker
from engine.models import flow_firing, flow_instance, flow_schedule, job
from flow_engine import flows, instances
from flow_engine.starters import overview, schedules
from tests.conftest import SettableClock
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works

NOTE = {
    "note": {
        "type": "create_record",
        "form": "works.product",
        "values": {"name": "'made at ' + TEXT(input.due_at, 'HH:mm')"},
    }
}
CLOSE = {"close": {"type": "update_record", "record": "record", "values": {"status": "'closed'"}}}


def daily(cron: str = "0 8 * * *", nodes: Mapping[str, Any] = NOTE, **more: Any) -> dict[str, Any]:
    """Return a flow that the clock starts; 08:00 in Shanghai is midnight UTC."""
    trigger = {"type": "schedule", "cron": cron, **more}
    return factory.flow("daily", nodes, runs="in_background", trigger=trigger)


def published(database: Database, document: dict[str, Any]) -> None:
    database.subscribers = factory.SUBSCRIBERS
    with database.unit_of_work() as session:
        factory.build(session).publish(document)


def tick(database: Database) -> None:
    """Look for what is due as the recurring task does, then run what is due."""
    with database.unit_of_work() as session:
        schedules.tick(session, {})
    Worker(database, flows.TASKS).run_due()


def firings(database: Database) -> list[tuple[str, int]]:
    with database.unit_of_work() as session:
        rows = session.execute(sa.select(flow_firing).order_by(flow_firing.c.due_at))
        return [(row.due_at.strftime("%d %H:%M"), row.runs) for row in rows]


def runs(database: Database) -> int:
    with database.unit_of_work() as session:
        return len(session.execute(sa.select(flow_instance.c.id)).all())


def next_due(session: Session) -> Any:
    return session.execute(sa.select(flow_schedule.c.next_due)).scalar_one_or_none()


def test_fires_when_it_is_due_and_not_before(database: Database, clock: SettableClock) -> None:
    published(database, daily())
    clock.now = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
    tick(database)
    assert firings(database) == []
    clock.advance(seconds=1)
    tick(database)
    tick(database)
    assert firings(database) == [("22 00:00", 1)]
    with database.unit_of_work() as session:
        (run,) = instances.list_page(session, ADMIN).items
        assert (run["status"], run["record"], run["started_by"]["title"]) == ("completed", None, "系统")
        assert run["occasion"] == {
            "type": "schedule",
            "title": "定时",
            "due_at": "2026-11-22T00:00:00Z",
            "message": None,
            "input": None,
        }
        made = instances.get(session, ADMIN, run["id"])["journal"]
        assert [row["record_title"] for row in made] == ["made at 08:00"]
        assert next_due(session) == datetime(2026, 11, 23, tzinfo=UTC)


def test_starts_one_run_for_each_record_that_matches(database: Database, clock: SettableClock) -> None:
    published(
        database, daily(nodes=CLOSE, form="works.order", when="status == 'draft' and count < 10", **{"as": "boss"})
    )
    with database.unit_of_work() as session:
        works = Works(session=session, people={}, products={})
        orders = [works.order(f"SO{index}", {}, count=count) for index, count in enumerate((1, 5, 50))]
    clock.advance(days=1)
    tick(database)
    assert firings(database) == [("22 00:00", 2)]
    with database.unit_of_work() as session:
        page = instances.list_page(session, ADMIN).items
        assert {(run["record"]["title"], run["started_by"]["title"]) for run in page} == {
            ("SO0", "Boss"),
            ("SO1", "Boss"),
        }
        works = Works(session=session, people={}, products={})
        assert [order.values["status"] for order in works.all("works.order")] == ["closed", "closed", "draft"]
        assert len(orders) == 3


def test_after_a_time_without_workers_the_last_missed_firing_is_made_up_for(
    database: Database, clock: SettableClock
) -> None:
    published(database, daily(cron="0 * * * *"))
    clock.advance(days=3, minutes=30)
    tick(database)
    assert firings(database) == [("24 08:00", 1)]
    tick(database)
    clock.advance(minutes=30)
    tick(database)
    assert firings(database) == [("24 08:00", 1), ("24 09:00", 1)]


def test_a_clock_that_jumps_back_fires_nothing_twice(database: Database, clock: SettableClock) -> None:
    published(database, daily(cron="0 * * * *"))
    clock.advance(minutes=60)
    tick(database)
    clock.advance(minutes=-90)
    tick(database)
    clock.advance(minutes=30)
    # Published again in the hour that comes twice: what it has fired stays fired.
    with database.unit_of_work() as session:
        flows.publish(session, ADMIN, "works", daily(cron="*/30 * * * *"))
        assert next_due(session) == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    for _ in range(4):
        tick(database)
        clock.advance(minutes=15)
    assert firings(database) == [("21 09:00", 1)]
    assert runs(database) == 1


def test_many_workers_fire_once(fresh_database: Database, clock: SettableClock) -> None:
    published(fresh_database, daily())
    clock.advance(days=1)

    def work(_: int) -> None:
        tick(fresh_database)
        with fresh_database.unit_of_work() as session:
            schedules.fire(session, {"flow": "works.daily"})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))
    assert firings(fresh_database) == [("22 00:00", 1)]
    assert runs(fresh_database) == 1


def test_follows_what_is_published(database: Database, clock: SettableClock) -> None:
    published(database, daily())
    with database.unit_of_work() as session:
        assert next_due(session) == datetime(2026, 11, 22, tzinfo=UTC)
        # A version that only looks different keeps what is due.
        flows.publish(session, ADMIN, "works", {**daily(), "title": "每天"})
        assert next_due(session) == datetime(2026, 11, 22, tzinfo=UTC)
        flows.publish(session, ADMIN, "works", daily(time_zone="Europe/Berlin"))
        assert next_due(session) == datetime(2026, 11, 22, 7, tzinfo=UTC)
        definitions.retire(session, ADMIN, "flows", "works.daily")
    clock.advance(days=2)
    tick(database)
    assert firings(database) == []
    with database.unit_of_work() as session:
        assert next_due(session) is None


def test_a_schedule_that_is_switched_off_makes_up_for_nothing(database: Database, clock: SettableClock) -> None:
    published(database, daily(cron="0 * * * *"))
    with database.unit_of_work() as session:
        shown = overview.switch(session, ADMIN, "works.daily", is_on=False)["schedule"]
        assert (shown["is_on"], shown["next_due"]) == (False, None)
    clock.advance(hours=5)
    tick(database)
    with database.unit_of_work() as session:
        shown = overview.switch(session, ADMIN, "works.daily", is_on=True)["schedule"]
        assert (shown["is_on"], shown["next_due"]) == (True, "2026-11-21T14:00:00Z")
    assert firings(database) == []


def test_a_firing_that_cannot_start_says_why_and_the_next_one_comes(database: Database, clock: SettableClock) -> None:
    published(database, daily(nodes=NOTE, **{"as": "nobody"}))
    clock.advance(days=1)
    tick(database)
    assert firings(database) == [("22 00:00", 0)]
    with database.unit_of_work() as session:
        shown = overview.get_flow(session, ADMIN, "works.daily")["schedule"]
        assert shown["last_error"] == "流程以“nobody”的名义运行，但没有这个启用的账号。"
        assert shown["next_due"] == "2026-11-23T00:00:00Z"
        assert session.execute(sa.select(sa.func.count()).where(job.c.status == "dead")).scalar_one() == 0


@pytest.mark.parametrize(
    ("trigger", "pointer", "code"),
    [
        ({"cron": "0 8 31 2 *"}, "#/trigger/cron", "flow_cron_invalid"),
        ({"cron": "0 8 * * *", "time_zone": "Beijing"}, "#/trigger/time_zone", "flow_time_zone_unknown"),
        ({"cron": "0 8 * * *", "when": "status == 'draft'"}, "#/trigger/when", "flow_when_without_form"),
        ({"cron": "0 8 * * *", "form": "works.nothing"}, "#/trigger/form", "flow_form_unknown"),
        (
            {"cron": "0 8 * * *", "form": "works.order", "when": "staus == 'x'"},
            "#/trigger/when",
            "expression_unknown_name_near",
        ),
    ],
)
def test_refuses_what_can_never_fire(works: Works, trigger: dict[str, Any], pointer: str, code: str) -> None:
    document = factory.flow(
        "daily", {"end": {"type": "end"}}, runs="in_background", trigger={"type": "schedule", **trigger}
    )
    assert [(fault.pointer, fault.code) for fault in flows.check(works.session, "works", document)] == [(pointer, code)]


def test_the_clock_starts_nothing_in_a_transaction(works: Works) -> None:
    document = {**daily(), "runs": "in_transaction"}
    assert [fault.code for fault in flows.check(works.session, "works", document)] == ["flow_in_background_only"]
