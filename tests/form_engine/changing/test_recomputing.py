"""A published formula holds for the rows that were there before it, and for what hangs on them."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from engine import permissions
from engine.db import Database, Session
from engine.errors import Conflict, InvalidDefinition
from form_engine import balances, forms, records, role_checks
from form_engine.changing import recomputing
from form_engine.record import Record
from tests.factories import shop as factory
from tests.factories.shop import Shop
from tests.form_engine.statements import counted


@pytest.fixture
def shop(session: Session) -> Shop:
    """The shop, whose publications are heard."""
    made = factory.build(session)
    session.subscribers = (*session.subscribers, recomputing.subscriber)
    return made


def order_with(**fields: Any) -> dict[str, Any]:
    """Return the order's document with other fields; `lines__x` is a cell."""
    document = deepcopy(factory.ORDER)
    for key, written in fields.items():
        table, _, cell = key.partition("__")
        if cell:
            document["properties"][table]["items"]["properties"][cell] = written
        else:
            document["properties"][key] = written
    return document


def values(session: Session, shop: Shop, record: Record) -> dict[str, Any]:
    return dict(records.get(session, shop.admin, "shop.order", record.id).values)


def test_a_changed_formula_holds_for_old_rows(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop)
    assert made.values["total"] == Decimal("5.00")
    changed = order_with(
        lines__amount=factory.field("money", formula="quantity * price * 10"),
        double=factory.field("money", formula="total * 2"),
    )
    forms.publish(session, shop.admin, changed)
    after = records.get(session, shop.admin, "shop.order", made.id)
    assert after.values["lines"][0]["amount"] == Decimal("50.00")
    assert (after.values["total"], after.values["double"]) == (Decimal("50.00"), Decimal("100.00"))
    assert (after.version, after.updated_at, after.updated_by) == (made.version, made.updated_at, made.updated_by)


def test_other_formulas_keep_what_they_came_to(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop)
    records.update(session, shop.admin, "shop.customer", shop.customer.id, {"level": "B"}, version=1)
    forms.publish(session, shop.admin, order_with(double=factory.field("money", formula="total * 2")))
    assert values(session, shop, made)["customer_level"] == "A"
    forms.publish(session, shop.admin, order_with(customer_level=factory.field("text", formula="customer.level + '!'")))
    assert values(session, shop, made)["customer_level"] == "B!"


def test_rows_in_the_recycle_bin_are_not_left_behind(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop)
    records.delete(session, shop.admin, "shop.order", made.id)
    forms.publish(session, shop.admin, order_with(double=factory.field("money", formula="total * 2")))
    records.restore(session, shop.admin, "shop.order", made.id)
    assert values(session, shop, made)["double"] == Decimal("10.00")


def test_a_narrower_field_rounds_and_a_formula_over_it_follows(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop, lines=[factory.line(shop.bolt, 1), factory.line(shop.bolt, 1)])
    forms.publish(session, shop.admin, order_with(third=factory.field("decimal", scale=3, formula="total / 3")))
    assert values(session, shop, made)["third"] == Decimal("1.667")
    forms.publish(session, shop.admin, order_with(third=factory.field("decimal", scale=5, formula="total / 3")))
    assert values(session, shop, made)["third"] == Decimal("1.66667")


def test_batches_cover_every_row_in_few_statements(
    session: Session, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "BATCH", 3)
    made = [factory.order(session, shop) for _ in range(7)]
    with counted(session) as seen:
        forms.publish(session, shop.admin, order_with(double=factory.field("money", formula="total * 2")))
    assert [values(session, shop, one)["double"] for one in made] == [Decimal("10.00")] * 7
    assert len([text for text in seen if text.startswith("UPDATE") and '"order"' in text]) == 3


def test_balances_follow_a_formula(session: Session, shop: Shop) -> None:
    move = deepcopy(factory.MOVE)
    move["properties"]["weight"] = factory.field("decimal", scale=3, formula="quantity * 2")
    forms.publish(session, shop.admin, move)
    weight = {
        **{key: factory.STOCK[key] for key in ("format", "by")},
        "key": "weight",
        "title": "重量",
        "measures": {"weight": {"scale": 3}},
        "sources": [
            {"form": "shop.move", "by": {"product": "product", "lot": "lot"}, "add": {"weight": "weight"}},
        ],
        "checks": [{"key": "limit", "check": "weight <= 100", "message": "超重"}],
    }
    balances.publish(session, shop.admin, "shop", [weight])
    factory.move(session, shop, 4)
    move["properties"]["weight"]["x-field"]["formula"] = "quantity * 3"
    forms.publish(session, shop.admin, move)
    assert balances.verify(session, "shop.weight") == []
    total = session.execute(sa.text("SELECT weight FROM shop.weight")).scalar_one()
    assert total == Decimal("12.000")
    move["properties"]["weight"]["x-field"]["formula"] = "quantity * 30"
    with pytest.raises(Conflict, match="balance_refuses"):
        forms.publish(session, shop.admin, move)


def test_a_balance_stands_on_a_field_of_another_type(session: Session, shop: Shop) -> None:
    factory.move(session, shop, 4, lot="7")
    move = deepcopy(factory.MOVE)
    move["properties"]["lot"] = factory.field("integer")
    forms.publish(session, shop.admin, move)
    assert balances.verify(session, "shop.stock") == []
    factory.move(session, shop, 1, lot=7)
    assert session.execute(sa.text("SELECT lot, quantity FROM shop.stock")).all() == [(Decimal(7), Decimal(5))]


def test_a_balance_that_would_break_refuses_the_form(session: Session, shop: Shop) -> None:
    move = deepcopy(factory.MOVE)
    del move["properties"]["status"]
    with pytest.raises(InvalidDefinition) as refused:
        forms.publish(session, shop.admin, move)
    assert [spot.code for spot in refused.value.violations] == ["form_would_break"] * 2


def test_a_role_that_would_break_refuses_the_form(session: Session, shop: Shop) -> None:
    document = deepcopy(factory.ORDER)
    del document["properties"]["rep"]
    with pytest.raises(InvalidDefinition) as refused:
        forms.publish(session, shop.admin, document)
    assert "form_would_break" in {spot.code for spot in refused.value.violations}


def test_a_value_without_room_or_that_stands_twice_refuses_the_formula(session: Session, shop: Shop) -> None:
    factory.order(session, shop)
    factory.order(session, shop)
    huge = order_with(huge=factory.field("money", formula="total * 10000000000000000"))
    with pytest.raises(InvalidDefinition) as refused:
        forms.publish(session, shop.admin, huge)
    assert {spot.pointer for spot in refused.value.violations} == {"#/properties/huge/x-field/formula"}


def test_a_formula_of_a_unique_field_must_not_repeat(session: Session, shop: Shop) -> None:
    factory.order(session, shop)
    factory.order(session, shop)
    same = order_with(same=factory.field("text", formula="customer.name", unique=True))
    with pytest.raises(InvalidDefinition) as refused:
        forms.publish(session, shop.admin, same)
    assert {spot.code for spot in refused.value.violations} == {"value_taken"}


def test_a_role_is_checked_against_the_form_that_overtook_it(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        shop = factory.build(session)
    entry = {"actions": ["view"], "scope": "note != None"}
    role = {"key": "clerk", "title": "文员", "format": 1, "forms": {"shop.paper": entry}}
    with fresh_database.unit_of_work() as session:
        forms.publish(session, shop.admin, factory.form("shop.paper", {"note": factory.field("text")}))
    with pytest.raises(InvalidDefinition), fresh_database.unit_of_work() as slow:
        forms.get(slow, "shop.paper")
        with fresh_database.unit_of_work() as quick:
            forms.publish(quick, shop.admin, factory.form("shop.paper", {"text": factory.field("text")}))
        permissions.publish(slow, shop.admin, "shop", [role], role_checks.check_entry)
