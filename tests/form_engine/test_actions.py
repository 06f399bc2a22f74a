"""Buttons, history, pick lists and what refers to a record."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.db import Session
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, Stale
from engine.events import ActionPressed, RecordsChanged
from form_engine import actions, balances, forms, records
from form_engine.evaluating import loading
from form_engine.querying import history, pickers
from form_engine.record import Related
from tests.factories import shop as factory
from tests.factories.shop import Shop, line


def test_a_button_sets_what_its_presser_may_only_read(session: Session, shop: Shop) -> None:
    heard: list[object] = []
    session.subscribers = (lambda _session, event: heard.append(event),)
    made = factory.order(session, shop, shop.sales)
    heard.clear()
    after = actions.press(session, shop.sales, "shop.order", made.id, "submit", version=1)
    assert (after.values["status"], after.version) == ("submitted", 2)
    changed, pressed = heard
    assert isinstance(changed, RecordsChanged)
    assert isinstance(pressed, ActionPressed)
    assert (pressed.action, pressed.version, pressed.record["status"]) == ("submit", 2, "submitted")


def test_a_button_is_refused_where_it_is_not_offered(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop, shop.sales)
    order = forms.get(session, "shop.order")
    assert [one.key for one in actions.offered(session, shop.sales, order, made)] == ["submit"]
    assert actions.offered(session, factory.person(session, shop.admin, "x", "shop.nobody"), order, made) == []
    with pytest.raises(Conflict) as caught:
        actions.press(session, shop.sales, "shop.order", made.id, "approve", version=1)
    assert caught.value.code == "action_not_offered"
    with pytest.raises(NotFound):
        actions.press(session, shop.sales, "shop.order", made.id, "explode", version=1)
    with pytest.raises(NotFound):
        actions.press(session, shop.other, "shop.order", made.id, "submit", version=1)
    actions.press(session, shop.sales, "shop.order", made.id, "submit", version=1)
    with pytest.raises(Stale):
        actions.press(session, shop.sales, "shop.order", made.id, "approve", version=1)
    records.update(session, shop.admin, "shop.order", made.id, {"status": "approved"}, version=2)
    with pytest.raises(NotAllowed):
        actions.press(session, shop.other, "shop.order", made.id, "submit", version=3)
    assert records.get(session, shop.admin, "shop.order", made.id).version == 3


def test_history_tells_fields_by_their_titles_and_hides_what_is_hidden(session: Session, shop: Shop) -> None:
    records.update(
        session,
        shop.admin,
        "shop.customer",
        shop.customer.id,
        {"credit": "1", "phone": "13900001111", "name": "东方"},
        version=1,
    )
    newest, first = history.history(session, shop.admin, "shop.customer", shop.customer.id)
    assert (newest["action"], newest["version"], first["action"]) == ("update", 2, "create")
    assert newest["by"] == {"id": str(shop.admin.user_id), "title": ""}
    assert {one["field"]: (one["before"], one["after"]) for one in newest["changes"]} == {
        "name": ("东方机械", "东方"),
        "phone": ("13812341234", "13900001111"),
        "credit": ("900.00", "1.00"),
    }
    assert next(one["title"] for one in newest["changes"] if one["field"] == "name") == "客户名称"
    seen = history.history(session, shop.sales, "shop.customer", shop.customer.id)[0]
    assert {one["field"]: (one["before"], one["after"]) for one in seen["changes"]} == {
        "name": ("东方机械", "东方"),
        "phone": ("138****1234", "139****1111"),
    }
    made = factory.order(session, shop)
    told = {
        one["field"]: one["after"] for one in history.history(session, shop.admin, "shop.order", made.id)[0]["changes"]
    }
    assert told["customer"] == {"id": str(shop.customer.id), "title": "东方"}
    assert told["lines"][0]["product"] == {"id": str(shop.bolt.id), "title": "B1 螺栓"}
    with pytest.raises(NotFound):
        history.history(session, shop.sales, "shop.order", made.id)


def test_pick_lists_search_fill_and_name_ids(session: Session, shop: Shop) -> None:
    found = pickers.choices(session, shop.sales, "shop.product", search="螺", fill=["price"])
    assert [(one.title, one.fill) for one in found] == [("N1 螺母", {"price": "1.00"}), ("B1 螺栓", {"price": "2.50"})]
    found = pickers.choices(session, shop.sales, "shop.product", filter="price > 2")
    assert [one.id for one in found] == [shop.bolt.id]
    found = pickers.choices(session, shop.sales, "shop.product", ids=[shop.nut.id, shop.customer.id, shop.bolt.id])
    assert [one.id for one in found] == [shop.nut.id, shop.bolt.id]
    with pytest.raises(InvalidInput):
        pickers.choices(session, shop.sales, "shop.customer", fill=["credit"])
    with pytest.raises(NotFound):
        pickers.choices(session, shop.sales, "shop.move")


def test_counts_what_refers_to_a_record_as_far_as_the_actor_may_see(session: Session, shop: Shop) -> None:
    factory.order(session, shop, lines=[line(shop.bolt, 1), line(shop.bolt, 2)])
    gone = factory.order(session, shop)
    records.delete(session, shop.admin, "shop.order", gone.id)
    factory.move(session, shop, 1)
    assert records.related(session, shop.admin, "shop.product", shop.bolt.id) == [
        Related(form="shop.move", field="product", count=1),
        Related(form="shop.order", field="lines.product", count=1),
    ]
    assert records.related(session, shop.sales, "shop.product", shop.bolt.id) == []


def test_loads_what_paths_reach(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop, shop.sales)
    form = forms.get(session, "shop.order")
    tree = {
        "customer": {"level": {}},
        "lines": {"product": {"price": {}}},
        "rep": {"name": {}, "department": {"name": {}}},
    }
    values = loading.load_values(session, form, [made.id, shop.bolt.id], tree)
    assert list(values) == [made.id]
    assert values[made.id]["customer"]["level"] == "A"
    assert values[made.id]["lines"][0]["product"]["price"] == Decimal("2.50")
    assert values[made.id]["rep"]["name"] == "Sales"
    assert values[made.id]["rep"]["department"] is None


def test_numbers_restart_with_their_period(session: Session, shop: Shop) -> None:
    assert factory.order(session, shop).values["number"] == "SO202611-0001"
    session.now = session.now.replace(day=30, hour=16)  # 00:00 of 1 December in Shanghai
    assert factory.order(session, shop).values["number"] == "SO202612-0001"
    assert factory.order(session, shop, shop.admin.as_platform(), number="SO-OLD").values["number"] == "SO-OLD"
    assert factory.order(session, shop).values["number"] == "SO202612-0002"
    assert balances.verify(session, "shop.stock") == []
