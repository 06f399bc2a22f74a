"""Runs at the same time, in transactions of their own: the last pieces of stock go to one of them."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.db import Database
from engine.models import flow_instance
from flow_engine import tasks
from flow_engine.runs import store
from flow_engine.runs.continuing import load_run
from flow_engine.runs.runner import Mode, work
from form_engine import balances, records
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works
from tests.flow_engine.test_tasks import run_jobs


@pytest.mark.parametrize("stock", [0, 5, 30])
def test_concurrent_orders_never_promise_the_same_stock_twice(fresh_database: Database, stock: int) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.MAKE)
        if stock:
            works.stock("bolt", stock)
        orders = [works.order(f"SO{number}", {"bolt": 4}) for number in range(6)]
    barrier = threading.Barrier(6)
    failures: list[BaseException] = []

    def approve(order_id: UUID) -> None:
        barrier.wait()
        try:
            with fresh_database.unit_of_work() as session:
                records.update(session, ADMIN, "works.order", order_id, {"status": "approved"}, version=None)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=approve, args=(order.id,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with fresh_database.unit_of_work() as session:
        found = Works(session=session, people=works.people, products=works.products)
        reserved = sum(
            (one.values["quantity"] for one in found.all("works.move") if one.values["kind"] == "reserve"), Decimal(0)
        )
        made = sum((one.values["quantity"] for one in found.all("works.work_order")), Decimal(0))
        assert (reserved, made) == (min(stock, 24), 24 - min(stock, 24))
        assert balances.verify(session, "works.availability") == []


#: Reserves without asking first what is there: the balance's check refuses what is not.
RESERVE = factory.flow(
    "reserve_lines",
    {
        "each_line": {"type": "for_each", "items": "record.lines", "next": {"item": "reserve"}},
        "reserve": {
            "type": "create_record",
            "form": "works.move",
            "values": {"product": "item.product", "quantity": "item.quantity", "kind": "'reserve'", "order": "record"},
            "next": "each_line",
        },
    },
    runs="in_transaction",
)


@pytest.mark.parametrize(("flow", "stock", "reserved", "made"), [(factory.MAKE, 10, 30, 6), (RESERVE, 12, 36, 0)])
def test_orders_for_the_same_products_in_opposite_order_do_not_wait_for_each_other(
    fresh_database: Database, flow: dict[str, Any], stock: int, reserved: int, made: int
) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(flow)
        for name in works.products:
            works.stock(name, stock)
        names = list(works.products)
        orders = [
            works.order(f"SO{number}", dict.fromkeys(names if number % 2 else reversed(names), 1))
            for number in range(12)
        ]
    barrier = threading.Barrier(4)
    failures: list[BaseException] = []

    def approve(mine: list[UUID]) -> None:
        barrier.wait()
        for order_id in mine:
            try:
                with fresh_database.unit_of_work() as session:
                    records.update(session, ADMIN, "works.order", order_id, {"status": "approved"}, version=None)
            except BaseException as error:  # noqa: BLE001 - told to the test's own thread
                failures.append(error)

    threads = [threading.Thread(target=approve, args=([one.id for one in orders[start::4]],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with fresh_database.unit_of_work() as session:
        found = Works(session=session, people=works.people, products=works.products)
        assert len([one for one in found.all("works.move") if one.values["kind"] == "reserve"]) == reserved
        assert len(found.all("works.work_order")) == made
        assert balances.verify(session, "works.availability") == []


def test_two_who_decide_at_the_same_moment_do_not_wait_for_each_other(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    both = [{"type": "user", "value": "boss"}, {"type": "user", "value": "deputy"}]
    document = {**factory.APPROVAL, "nodes": {**factory.APPROVAL["nodes"]}}
    document["nodes"]["manager"] = {**document["nodes"]["manager"], "assignees": both, "mode": "all"}
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(document, factory.MAKE)
        works.order("SO1", {"bolt": 4}, status="submitted")
    with fresh_database.unit_of_work() as session:
        run_jobs(Works(session=session, people=works.people, products=works.products))
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def decide(name: str) -> None:
        actor = works.people[name]
        try:
            with fresh_database.unit_of_work() as session:
                task_id = UUID(tasks.list_for(session, actor).items[0]["id"])
            barrier.wait()
            with fresh_database.unit_of_work() as session:
                tasks.decide(session, actor, task_id, "approve")
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=decide, args=(name,)) for name in ("boss", "deputy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with fresh_database.unit_of_work() as session:
        found = Works(session=session, people=works.people, products=works.products)
        assert [one.values["status"] for one in found.all("works.order")] == ["approved"]
        assert len(found.all("works.work_order")) == 1


def test_who_waited_for_a_run_sees_what_the_other_one_did_to_it(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    nodes = {"pause": {"type": "wait", "duration": {"days": 1}, "next": "end"}, "end": {"type": "end"}}
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.flow("pausing", nodes, runs="in_background"))
        works.update(works.order("SO1", {"bolt": 1}), status="approved")
        (run_id,) = session.execute(sa.select(flow_instance.c.id)).scalars()
    begun, found = threading.Event(), []

    def look() -> None:
        with fresh_database.unit_of_work() as session:
            begun.set()
            found.append(store.lock_instance(session, run_id))

    with fresh_database.unit_of_work() as session:
        run = load_run(session, run_id)
        other = threading.Thread(target=look)
        other.start()
        assert begun.wait(10)
        time.sleep(0.2)  # it waits for the row by now, its snapshot taken
        work(run, None, Mode.KEEP)
        store.update_run(session, run)
    other.join(10)
    assert found[0] is not None
    row, tokens = found[0]
    assert (row["status"], row["log_seq"]) == ("waiting", 1)
    assert [(token.node, token.status) for token in tokens] == [("pause", "waiting")]
