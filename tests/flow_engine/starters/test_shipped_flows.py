"""The shipped apps' flows that the clock and other systems start."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.actor import SYSTEM
from engine.models import flow_firing
from flow_engine import flows, instances, notifications
from flow_engine.starters import schedules
from form_engine import records
from form_engine.record import Query
from tests import demo
from tests.conftest import SettableClock
from web.platform import Platform


def inbox(platform: Platform, username: str) -> list[str]:
    with platform.database.unit_of_work() as session:
        return [str(one["text"]) for one in notifications.list_for(session, demo.actor(session, username)).items]


def tick(platform: Platform) -> None:
    with platform.database.unit_of_work() as session:
        schedules.tick(session, {})
    platform.worker().run_due()


def test_a_late_work_order_is_told_of_once_the_morning_after(demo_platform: Platform, clock: SettableClock) -> None:
    tick(demo_platform)
    before = inbox(demo_platform, "planner")
    with demo_platform.database.unit_of_work() as session:
        product = records.list_page(session, SYSTEM, "erp.product", Query(limit=1)).items[0]
        values = {"product": str(product.id), "quantity": "1", "due_date": date(2026, 11, 22).isoformat()}
        order = records.create(session, SYSTEM, "erp.work_order", values)
    for _ in range(4):
        clock.advance(days=1)
        tick(demo_platform)
    told = [text for text in inbox(demo_platform, "planner") if text not in before]
    assert len([text for text in told if str(order.values["number"]) in text]) == 1
    with demo_platform.database.unit_of_work() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(flow_firing)).scalar_one() == 4


def test_a_lead_from_the_website_becomes_customer_and_opportunity(demo_platform: Platform) -> None:
    lead: dict[str, Any] = {"company": "远山精密", "subject": "减速机 20 台", "phone": "13800000000"}
    for _ in range(2):
        with demo_platform.database.unit_of_work() as session:
            flows.start(session, demo.actor(session, "admin"), "crm.website_lead", None, lead)
        demo_platform.worker().run_due()
    with demo_platform.database.unit_of_work() as session:
        runs = instances.list_page(session, SYSTEM, flow="crm.website_lead").items
        assert [run["status"] for run in runs] == ["completed", "completed"]
        by_name = Query(filter="name == '远山精密'")
        (customer,) = records.list_page(session, SYSTEM, "crm.customer", by_name).items
        assert (customer.values["phone"], customer.values["status"]) == ("13800000000", "prospect")
        by_title = Query(filter="title == '减速机 20 台' and source == 'website'")
        assert len(records.list_page(session, SYSTEM, "crm.opportunity", by_title).items) == 2
    assert len([text for text in inbox(demo_platform, "sales_manager") if "远山精密" in text]) == 2
