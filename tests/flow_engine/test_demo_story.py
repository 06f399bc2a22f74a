"""The walk through the product, by its services: order, submit, approve, work orders; with the apps as they ship."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import Session
from engine.models import flow_instance
from flow_engine import instances, tasks
from form_engine import actions, balances, records
from form_engine.record import Query, Record
from tests import demo

if TYPE_CHECKING:
    from web.platform import Platform


def find(session: Session, form: str, condition: str) -> list[Record]:
    admin = demo.actor(session, "admin")
    return list(records.list_page(session, admin, form, Query(filter=condition, sort="created_at,id", limit=200)).items)


def order(session: Session, quantity: Mapping[str, Any]) -> Record:
    """Create an order as the sales representative and submit it."""
    sales = demo.actor(session, "sales")
    customer = records.list_page(session, sales, "crm.customer", Query(limit=1)).items[0]
    lines = [{"product": product, "quantity": amount, "price": "10.00"} for product, amount in quantity.items()]
    made = records.create(
        session, sales, "crm.sales_order", {"customer": str(customer.id), "delivery_date": "2027-03-01", "lines": lines}
    )
    return actions.press(session, sales, "crm.sales_order", made.id, "submit", version=made.version)


def test_an_approved_order_makes_work_orders_for_what_stock_lacks(demo_platform: Platform) -> None:
    database = demo_platform.database
    worker = demo_platform.worker()
    worker.run_due()
    with database.unit_of_work() as session:
        free = {
            str(row.values["product"]): row.values["on_hand"] - row.values["reserved"]
            for row in balances.list_page(
                session, demo.actor(session, "admin"), "erp.availability", Query(limit=200)
            ).items
        }
        covered = max(free, key=lambda key: free[key])
        lacking = str(records.create(session, demo.actor(session, "admin"), "erp.product", {"name": "新品"}).id)
        made = order(session, {covered: "1", lacking: "7"})
    assert worker.run_due() >= 1

    with database.unit_of_work() as session:
        manager = demo.actor(session, "sales_manager")
        mine = [one for one in tasks.list_for(session, manager).items if one["record"]["id"] == str(made.id)]
        assert [one["node"] for one in mine] == ["manager"]
        tasks.decide(session, manager, UUID(mine[0]["id"]), "approve", "同意")

    with database.unit_of_work() as session:
        assert find(session, "crm.sales_order", f"id == '{made.id}'")[0].values["status"] == "approved"
        work_orders = [one for one in find(session, "erp.work_order", "True") if one.values["sales_order"] == made.id]
        assert [(str(one.values["product"]), one.values["quantity"]) for one in work_orders] == [
            (lacking, Decimal("7.000"))
        ]
        reserved = [
            one for one in find(session, "erp.stock_reservation", "True") if one.values["sales_order"] == made.id
        ]
        assert [(str(one.values["product"]), one.values["quantity"]) for one in reserved] == [
            (covered, Decimal("1.000"))
        ]
        for name in ("erp.availability", "erp.stock"):
            assert balances.verify(session, name) == []
        ran = session.execute(sa.select(flow_instance.c.id).where(flow_instance.c.record_id == made.id)).scalars().all()
        statuses = {instances.get(session, demo.actor(session, "admin"), one)["status"] for one in ran}
        assert statuses == {"completed"}


def test_what_follows_from_a_decision_is_written_in_the_deciders_name(demo_platform: Platform) -> None:
    worker = demo_platform.worker()
    worker.run_due()
    with demo_platform.database.unit_of_work() as session:
        product = records.create(session, demo.actor(session, "admin"), "erp.product", {"name": "新品"})
        made = order(session, {str(product.id): "7"})
    worker.run_due()

    with demo_platform.database.unit_of_work() as session:
        manager = demo.actor(session, "sales_manager")
        (task,) = [one for one in tasks.list_for(session, manager).items if one["record"]["id"] == str(made.id)]
        tasks.decide(session, manager, UUID(task["id"]), "approve", None)

    with demo_platform.database.unit_of_work() as session:
        (found,) = find(session, "crm.sales_order", f"id == '{made.id}'")
        (work_order,) = [one for one in find(session, "erp.work_order", "True") if one.values["sales_order"] == made.id]
        assert (found.created_by, found.updated_by) == (demo.actor(session, "sales").user_id, manager.user_id)
        assert work_order.created_by == manager.user_id
