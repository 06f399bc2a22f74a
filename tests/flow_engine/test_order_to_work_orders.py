"""The story that everything stands on: an approved order makes work orders, in the same transaction."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import InvalidInput
from engine.models import flow_instance, flow_journal, flow_log
from form_engine import records
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works


def test_makes_what_stock_does_not_cover(works: Works) -> None:
    works.publish(factory.MAKE)
    works.stock("bolt", 4)
    works.stock("nut", 100)
    order = works.order("SO1", {"bolt": 10, "nut": 5, "gear": "2.5"})
    works.update(order, status="approved")

    made = works.all("works.work_order")
    assert [(one.values["label"], one.values["quantity"]) for one in made] == [
        ("SO1/bolt", Decimal("6.000")),
        ("SO1/gear", Decimal("2.500")),
    ]
    assert {one.values["order"] for one in made} == {order.id}
    reserved = [one for one in works.all("works.move") if one.values["kind"] == "reserve"]
    assert sorted(one.values["quantity"] for one in reserved) == [Decimal("4.000"), Decimal("5.000")]


def test_journals_every_row_and_logs_every_node(works: Works) -> None:
    works.publish(factory.MAKE)
    works.stock("bolt", 4)
    order = works.order("SO1", {"bolt": 10})
    works.update(order, status="approved")

    instance = works.session.execute(sa.select(flow_instance)).one()
    assert (instance.status, instance.flow, instance.record_id) == ("completed", "works.order_to_work_orders", order.id)
    assert instance.state is None
    journal = works.session.execute(sa.select(flow_journal).order_by(flow_journal.c.seq)).all()
    assert [(row.seq, row.node, row.iteration, row.form, row.action) for row in journal] == [
        (1, "reserve", [0], "works.move", "create"),
        (2, "make", [0], "works.work_order", "create"),
    ]
    assert journal[1].after["quantity"] == "6.000"
    assert journal[1].before is None
    log = works.session.execute(sa.select(flow_log).order_by(flow_log.c.seq)).all()
    assert [row.node for row in log] == [
        "start",
        "each",
        "stock",
        "split",
        "has_stock",
        "reserve",
        "is_short",
        "make",
        "end",
    ]
    assert log[3].output == {"covered": "4.000"}


def test_a_refused_write_refuses_the_approval_whole(works: Works) -> None:
    works.publish(factory.MAKE)
    order = works.order("SO1", {"bolt": 5, "gear": 5000})
    with pytest.raises(InvalidInput) as refused:
        with works.session.connection.begin_nested():
            works.update(order, status="approved")

    assert refused.value.code == "flow_refused"
    assert "订单生成工单" in refused.value.detail("zh-CN")
    assert [spot.code for spot in refused.value.violations] == ["maximum"]
    assert works.all("works.work_order") == []
    assert records.get(works.session, ADMIN, "works.order", order.id).values["status"] == "draft"
    assert works.session.execute(sa.select(sa.func.count()).select_from(flow_instance)).scalar_one() == 0
