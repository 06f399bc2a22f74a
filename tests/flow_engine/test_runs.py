"""Runs: chains, the background, crashes, failures and second tries, dry runs, buttons, who sees what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import jobs, permissions
from engine.db import Database, Session
from engine.errors import Conflict, DomainError, NotAllowed, NotFound
from engine.models import flow_instance, flow_journal, job
from flow_engine import flows, instances, tasks
from form_engine import records
from tests.factories import works as factory
from tests.factories.shop import field
from tests.factories.works import ADMIN, Works, flow
from tests.flow_engine.test_tasks import open_of, run_jobs

COUNT_UP = {"type": "update_record", "record": "record", "values": {"count": "COALESCE(record.count, 0) + 1"}}
ON_UPDATE = {"type": "record", "form": "works.order", "on": ["update"]}


def value(works: Works, record: Any, key: str) -> Any:
    return records.get(works.session, ADMIN, record.form, record.id).values[key]


def count(session: Session, table: sa.Table) -> int:
    return int(session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


# --- chains ----------------------------------------------------------------------------------------------------------


def test_rules_set_each_other_off_to_a_bounded_depth(works: Works) -> None:
    works.publish(flow("up", {"n": COUNT_UP}, trigger={**ON_UPDATE, "when": "count != None and count < 5"}))
    order = works.order("SO1", {})
    works.update(order, count=1)
    assert value(works, order, "count") == 5
    assert count(works.session, flow_instance) == 4


def test_rules_without_an_end_are_refused_with_their_chain(works: Works) -> None:
    works.publish(
        flow("ping", {"n": COUNT_UP}, trigger={**ON_UPDATE, "when": "MOD(count, 2) == 1"}),
        flow("pong", {"n": COUNT_UP}, trigger={**ON_UPDATE, "when": "MOD(count, 2) == 0"}),
    )
    order = works.order("SO1", {})
    with pytest.raises(Conflict) as refused, works.session.connection.begin_nested():
        works.update(order, count=1)
    assert refused.value.code == "flow_chain_too_deep"
    chain = " → ".join(["works.ping", "works.pong"] * 4 + ["works.ping"])
    assert refused.value.params["chain"] == chain
    assert chain in refused.value.detail("en-US")
    assert value(works, order, "count") is None
    assert count(works.session, flow_instance) == 0


def test_flows_that_hear_of_one_change_run_in_the_order_of_their_keys(works: Works) -> None:
    def mark(key: str) -> dict[str, Any]:
        node = {"type": "update_record", "record": "record", "values": {"opinion": f"record.opinion + '{key}'"}}
        return flow(key, {"n": node}, trigger={**ON_UPDATE, "when": "status == 'closed' and old.status != 'closed'"})

    works.publish(mark("b"), mark("c"), mark("a"))
    order = works.order("SO1", {}, opinion="")
    works.update(order, status="closed", opinion="-")
    assert value(works, order, "opinion") == "-abc"


def test_bulk_writes_start_a_run_for_each_record(works: Works) -> None:
    works.publish(factory.MAKE)
    from form_engine.record import Change

    orders = [works.order(f"SO{number}", {"bolt": number}) for number in range(1, 6)]
    changes = [Change(action="update", id=one.id, values={"status": "approved"}) for one in orders]
    records.apply(works.session, ADMIN, "works.order", changes)
    assert [one.values["quantity"] for one in works.all("works.work_order")] == [Decimal(n) for n in range(1, 6)]


# --- the background --------------------------------------------------------------------------------------------------


def background(works: Works) -> Any:
    """Publish the order flow for the background; return an approved order."""
    works.publish({**factory.MAKE, "runs": "in_background"})
    return works.order("SO1", {"bolt": 3}, status="approved")


def test_the_background_starts_after_the_change_and_once(works: Works) -> None:
    background(works)
    assert works.all("works.work_order") == []
    queued = works.session.execute(sa.select(job)).all()
    assert [one.task for one in queued] == ["flows.continue"]
    for _ in range(3):
        flows.TASKS[0].run(works.session, queued[0].payload)
    assert len(works.all("works.work_order")) == 1
    assert works.session.execute(sa.select(flow_instance.c.status)).scalar_one() == "completed"


def test_a_refused_change_leaves_no_run_behind(works: Works) -> None:
    works.publish({**factory.MAKE, "runs": "in_background"})
    order = works.order("SO1", {"bolt": 3})
    with pytest.raises(RuntimeError), works.session.connection.begin_nested():
        works.update(order, status="approved")
        raise RuntimeError
    assert (count(works.session, flow_instance), count(works.session, job)) == (0, 0)


class _Killed(BaseException):
    """Stands for SIGKILL: nothing in the code may catch it."""


def test_a_worker_killed_in_mid_run_leaves_nothing_and_the_next_one_does_it_once(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish({**factory.MAKE, "runs": "in_background"})
        works.order("SO1", {"bolt": 3, "gear": 2}, status="approved")
    with fresh_database.unit_of_work() as session:
        payload = session.execute(sa.select(job.c.payload)).scalar_one()

    made = 0

    def killer(session: Session, event: Any) -> None:
        nonlocal made
        made += getattr(event, "form", "") == "works.work_order"
        if made == 2:
            raise _Killed

    fresh_database.subscribers = (*factory.SUBSCRIBERS, killer)
    with pytest.raises(_Killed), fresh_database.unit_of_work() as session:
        flows.TASKS[0].run(session, payload)
    fresh_database.subscribers = factory.SUBSCRIBERS
    for _ in range(2):
        with fresh_database.unit_of_work() as session:
            flows.TASKS[0].run(session, payload)
    with fresh_database.unit_of_work() as session:
        found = Works(session=session, people=works.people, products=works.products)
        assert len(found.all("works.work_order")) == 2
        assert count(session, flow_journal) == 2


def test_the_worker_runs_what_was_queued(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    with fresh_database.unit_of_work() as session:
        background(factory.build(session))
    worker = jobs.Worker(fresh_database, flows.TASKS)
    assert worker.run_due() == 1
    with fresh_database.unit_of_work() as session:
        assert session.execute(sa.select(flow_instance.c.status)).scalar_one() == "completed"


def test_a_failed_run_keeps_what_was_done_and_goes_on_from_its_node(works: Works) -> None:
    works.publish({**factory.MAKE, "runs": "in_background"})
    works.order("SO1", {"bolt": 3, "gear": 5000}, status="approved")
    run_jobs(works)
    assert [one.values["label"] for one in works.all("works.work_order")] == ["SO1/bolt"]
    instance_id = works.session.execute(sa.select(flow_instance.c.id)).scalar_one()
    failed = instances.get(works.session, works.people["admin"], instance_id)
    assert failed["status"] == "failed"
    assert (failed["error"]["node"], failed["error"]["errors"][0]["code"]) == ("make", "maximum")
    assert failed["nodes"][-1]["status"] == "failed"
    assert failed["may"] == ["cancel", "retry"]

    roomier = {
        **factory.WORK_ORDER,
        "properties": {**factory.WORK_ORDER["properties"], "quantity": field("decimal", scale=3)},
    }
    from form_engine import forms

    forms.publish(works.session, ADMIN, roomier)
    assert instances.retry(works.session, works.people["admin"], instance_id)["status"] == "running"
    run_jobs(works)
    assert [one.values["label"] for one in works.all("works.work_order")] == ["SO1/bolt", "SO1/gear"]
    done = instances.get(works.session, works.people["admin"], instance_id)
    assert (done["status"], done["error"]) == ("completed", None)
    assert [row["seq"] for row in done["journal"]] == [1, 2]


def test_a_run_keeps_the_version_it_began_with(works: Works) -> None:
    works.publish(factory.APPROVAL)
    order = works.order("SO1", {}, status="submitted")
    run_jobs(works)
    changed = {**factory.APPROVAL, "nodes": {**factory.APPROVAL["nodes"]}}
    changed["nodes"]["approve"] = {**changed["nodes"]["approve"], "values": {"status": "'closed'"}}
    works.publish(changed)
    tasks.decide(works.session, works.people["boss"], UUID(open_of(works, "boss")[0]["id"]), "approve")
    assert value(works, order, "status") == "approved"


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_everything_and_keeps_nothing(works: Works) -> None:
    works.publish(factory.MAKE)
    works.stock("bolt", 1)
    order = works.order("SO1", {"bolt": 3})
    before = count(works.session, flow_instance)
    told = flows.dry_run(works.session, ADMIN, "works.order_to_work_orders", order.id)
    assert told["status"] == "completed"
    assert [(row["form"], row["action"], row["after"]["quantity"]) for row in told["journal"]] == [
        ("works.move", "create", "1.000"),
        ("works.work_order", "create", "2.000"),
    ]
    assert works.all("works.work_order") == []
    assert count(works.session, flow_instance) == before


def test_a_dry_run_shows_no_record_outside_the_rows_of_who_tries_it(works: Works) -> None:
    works.publish(
        flow(
            "rank",
            {
                "start": {"type": "start", "next": "each"},
                "each": {"type": "for_each", "items": "record.lines", "next": {"item": "set", "done": "end"}},
                "set": {"type": "update_record", "record": "item.product", "values": {"rank": "9"}, "next": "each"},
                "end": {"type": "end"},
            },
        )
    )
    role = {
        "key": "sales",
        "title": "S",
        "format": 1,
        "forms": {
            "works.order": {"actions": ["view", "create", "run_flow"], "scope": "rep == user"},
            "works.product": {"actions": ["view"], "scope": "rank < 2"},
        },
    }
    permissions.publish(works.session, ADMIN, "works", [role])
    clerk = works.people["clerk"]
    order = works.order("SO1", {"bolt": 3, "nut": 1}, rep=str(clerk.user_id))
    for actor, names in ((clerk, ["bolt"]), (ADMIN, ["bolt", "nut"])):
        told = flows.dry_run(works.session, actor, "works.rank", order.id)
        assert [row["record_title"] for row in told["journal"]] == names


def test_the_journal_tells_changes_in_peoples_words(works: Works) -> None:
    works.publish(
        factory.MAKE,
        flow(
            "label",
            {"n": {"type": "update_record", "record": "record", "values": {"status": "'closed'"}}},
            trigger={**ON_UPDATE, "when": "status == 'rejected'"},
        ),
    )
    order = works.order("SO1", {"bolt": 3}, status="approved")
    works.update(order, status="rejected")
    ran = [
        instances.get(works.session, ADMIN, one.id)
        for one in works.session.execute(sa.select(flow_instance).order_by(flow_instance.c.id))
    ]
    made, updated = (one["journal"][0] for one in ran)
    assert (made["form_title"], made["action"], made["record_title"]) == ("work_order", "create", "SO1/bolt")
    told = {change["field"]: (change["before"], change["after"]) for change in made["changes"]}
    product = works.products["bolt"]
    assert told["product"] == (None, {"id": str(product.id), "title": "bolt"})
    assert told["quantity"] == (None, "3.000")
    assert [(one["title"], one["before"], one["after"]) for one in updated["changes"]] == [
        ("Status", "Rejected", "Closed")
    ]


def test_a_dry_run_says_whom_it_would_ask_and_what_would_fail(works: Works) -> None:
    works.publish(factory.APPROVAL, factory.MAKE)
    order = works.order("SO1", {"bolt": 3000})
    told = flows.dry_run(works.session, ADMIN, "works.order_approval", order.id)
    assert (told["status"], told["asked"]) == (
        "waiting",
        [{"node": "manager", "assignees": [str(works.people["boss"].user_id)]}],
    )
    failed = flows.dry_run(works.session, ADMIN, "works.order_to_work_orders", order.id)
    assert (failed["status"], failed["error"]["errors"][0]["code"]) == ("failed", "maximum")


def test_starting_by_hand_needs_the_right(works: Works) -> None:
    works.publish(factory.MAKE)
    clerk = works.people["clerk"]
    order = works.order("SO1", {"bolt": 3}, actor=clerk)
    with pytest.raises(NotAllowed):
        flows.start(works.session, clerk, "works.order_to_work_orders", order.id)
    with pytest.raises(NotFound):
        flows.start(works.session, works.people["deputy"], "works.order_to_work_orders", order.id)
    with pytest.raises(Conflict, match="flow_needs_record"):
        flows.start(works.session, ADMIN, "works.order_to_work_orders")
    with pytest.raises(Conflict, match="flow_condition_not_met"):
        flows.start(works.session, ADMIN, "works.order_to_work_orders", order.id)
    assert works.all("works.work_order") == []
    works.update(order, status="approved")
    assert len(works.all("works.work_order")) == 1
    assert flows.start(works.session, ADMIN, "works.order_to_work_orders", order.id)["status"] == "completed"
    assert len(works.all("works.work_order")) == 2


def test_a_button_starts_its_flow(works: Works) -> None:
    from form_engine import actions

    node = {"type": "update_record", "record": "record", "values": {"count": "7"}}
    works.publish(flow("closing", {"n": node}, trigger={"type": "button", "form": "works.order", "action": "close"}))
    order = works.order("SO1", {})
    actions.press(works.session, ADMIN, "works.order", order.id, "close", version=None)
    assert (value(works, order, "count"), value(works, order, "opinion")) == (7, "closed by button")


def test_cancelling_closes_tasks_and_is_for_those_who_may(works: Works) -> None:
    works.publish(factory.APPROVAL)
    clerk, boss = works.people["clerk"], works.people["boss"]
    works.order("SO1", {}, actor=clerk, status="submitted")
    run_jobs(works)
    instance_id = works.session.execute(sa.select(flow_instance.c.id)).scalar_one()
    with pytest.raises(NotAllowed):
        instances.cancel(works.session, boss, instance_id)
    with pytest.raises(NotFound):
        instances.get(works.session, works.people["deputy"], instance_id)
    assert instances.cancel(works.session, clerk, instance_id)["status"] == "cancelled"
    assert open_of(works, "boss") == []
    with pytest.raises(Conflict):
        instances.cancel(works.session, clerk, instance_id)


def test_lists_show_each_person_their_runs_and_page_by_keyset(works: Works) -> None:
    works.publish(factory.APPROVAL)
    clerk = works.people["clerk"]
    for number in range(5):
        works.order(f"SO{number}", {}, actor=clerk, status="submitted")
    works.order("SO9", {}, rep=str(works.people["deputy"].user_id), status="submitted")
    run_jobs(works)
    everybody = instances.list_page(works.session, ADMIN).items
    assert len(everybody) == 6
    assert len(instances.list_page(works.session, clerk).items) == 5
    assert len(instances.list_page(works.session, works.people["boss"]).items) == 6
    assert instances.list_page(works.session, works.people["deputy"]).items == ()
    first = instances.list_page(works.session, ADMIN, limit=4)
    rest = instances.list_page(works.session, ADMIN, limit=4, cursor=first.next_cursor)
    assert [one["id"] for one in (*first.items, *rest.items)] == [one["id"] for one in everybody]
    assert rest.next_cursor is None
    waiting = instances.list_page(works.session, ADMIN, status="waiting", form="works.order")
    assert len(waiting.items) == 6
    with pytest.raises(DomainError):
        instances.list_page(works.session, ADMIN, status="asleep")


def test_an_instance_shows_its_graph_and_tasks(works: Works) -> None:
    works.publish(factory.APPROVAL)
    works.order("SO1", {}, status="submitted")
    run_jobs(works)
    instance_id = works.session.execute(sa.select(flow_instance.c.id)).scalar_one()
    shown = instances.get(works.session, ADMIN, instance_id)
    assert shown["flow"] == {"app": "works", "key": "order_approval", "title": "订单审批", "version": 1}
    assert shown["graph"]["start"] == "start"
    assert {"source": "manager", "port": "approve", "title": "通过", "target": "approve"} in shown["graph"]["edges"]
    assert [task["node"] for task in shown["tasks"]] == ["manager"]
    assert [(node["node"], node["status"]) for node in shown["nodes"]] == [("start", "done"), ("manager", "waiting")]


def test_after_a_failure_the_other_branch_sees_the_record_as_it_really_is(works: Works) -> None:
    nodes = {
        "fork": {"type": "parallel", "branches": [{"key": "x", "next": "bad"}, {"key": "y", "next": "good"}]},
        "bad": {"type": "update_record", "record": "record", "values": {"count": "99"}, "next": "join"},
        "good": {
            "type": "update_record",
            "record": "record",
            "values": {"amount": "COALESCE(record.count, 0)"},
            "next": "join",
        },
        "join": {"type": "join"},
    }
    refusing = flow(
        "refusing",
        {"n": {"type": "create_record", "form": "works.work_order", "values": {"product": "None", "quantity": "1"}}},
        trigger={**ON_UPDATE, "when": "count == 99"},
    )
    works.publish(flow("branches", nodes, runs="in_background"), refusing)
    order = works.order("SO1", {}, status="approved")
    run_jobs(works)
    assert (value(works, order, "count"), value(works, order, "amount")) == (None, Decimal("0.00"))
    shown = instances.list_page(works.session, ADMIN).items
    assert [one["status"] for one in shown] == ["failed"]
    assert "refusing" in shown[0]["error"]["detail"]


def test_a_waiting_run_keeps_its_values_and_reads_its_records_anew(works: Works) -> None:
    nodes = {
        "before": {
            "type": "compute",
            "values": {"total": "SUM(record.lines.quantity)", "was": "old.number", "on": "TODAY()"},
            "next": "each",
        },
        "each": {"type": "for_each", "items": "record.lines", "next": {"item": "ask", "done": "after"}},
        "ask": {"type": "approval", "assignees": [{"type": "user", "value": "boss"}], "next": {"approve": "make", "reject": "make"}},
        "make": {
            "type": "create_record",
            "form": "works.work_order",
            "values": {
                "product": "item.product",
                "quantity": "item.quantity",
                "label": "item.product.name + ' of ' + record.number + ', was ' + before.was",
            },
        },
        "after": {"type": "update_record", "record": "record", "values": {"amount": "before.total", "opinion": "TEXT(before.on, 'yyyy-mm-dd')"}},
    }  # fmt: skip
    works.publish(flow("asking", nodes, runs="in_background"))
    order = works.order("SO1", {"bolt": 2, "gear": "1.5"})
    works.update(order, status="approved")
    run_jobs(works)
    for name in ("SO2", "SO3"):
        works.update(order, number=name)
        tasks.decide(works.session, works.people["boss"], UUID(open_of(works, "boss")[0]["id"]), "approve")
    assert [(one.values["label"], one.values["quantity"]) for one in works.all("works.work_order")] == [
        ("bolt of SO2, was SO1", Decimal("2.000")),
        ("gear of SO3, was SO1", Decimal("1.500")),
    ]
    assert (value(works, order, "amount"), value(works, order, "opinion")) == (Decimal("3.50"), "2026-11-21")
