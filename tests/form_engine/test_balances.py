"""Balances: they follow every change of their sources, their checks hold under fire, verify finds every difference."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalog import CatalogMoved
from engine.db import Database, Session
from engine.errors import Conflict, DomainError, InvalidDefinition, NotFound
from form_engine import balances, forms, records, sources
from form_engine.record import Change, Query, Record
from tests.factories import shop as factory
from tests.factories.shop import Shop
from tests.form_engine.statements import counted


def test_a_writer_that_a_publication_overtook_is_refused(fresh_database: Database) -> None:
    """It knows no balance of that name: what it wrote would never be added."""
    with fresh_database.unit_of_work() as session:
        shop = factory.build(session)
    again = {**factory.STOCK, "key": "stock_again"}
    with pytest.raises(CatalogMoved), fresh_database.unit_of_work() as slow:
        forms.get(slow, "shop.move")
        with fresh_database.unit_of_work() as quick:
            balances.publish(quick, shop.admin, "shop", [again])
        factory.move(slow, shop, 3)
    with fresh_database.unit_of_work() as session:
        assert records.list_page(session, shop.admin, "shop.move", Query()).items == ()
        factory.move(session, shop, 3)
        assert balances.verify(session, "shop.stock_again") == []


def test_a_writer_holds_a_publication_up(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        shop = factory.build(session)
    done = threading.Event()

    def publish() -> None:
        with fresh_database.unit_of_work() as session:
            balances.publish(session, shop.admin, "shop", [{**factory.STOCK, "key": "stock_again"}])
        done.set()

    publisher = threading.Thread(target=publish)
    with fresh_database.unit_of_work() as session:
        factory.move(session, shop, 3)
        publisher.start()
        assert not done.wait(0.3)
        factory.move(session, shop, 4)
    publisher.join(10)
    with fresh_database.unit_of_work() as session:
        assert balances.verify(session, "shop.stock_again") == []


def test_who_has_read_a_form_may_still_write_it_while_it_is_published(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        shop = factory.build(session)
    wider = {**factory.MOVE, "properties": {**factory.MOVE["properties"], "note": factory.field("text")}}

    def publish() -> None:
        with fresh_database.unit_of_work() as session:
            forms.publish(session, shop.admin, wider)

    publisher = threading.Thread(target=publish)
    with fresh_database.unit_of_work() as session:
        records.list_page(session, shop.admin, "shop.move", Query())
        publisher.start()
        publisher.join(0.3)
        factory.move(session, shop, 3)
    publisher.join(10)
    with fresh_database.unit_of_work() as session:
        assert len(records.list_page(session, shop.admin, "shop.move", Query()).items) == 1
        assert "note" in forms.get(session, "shop.move").fields


def rows(session: Session, shop: Shop) -> dict[tuple[str, str | None], Decimal]:
    """Return the stock by product and lot."""
    found = balances.list_page(session, shop.admin, "shop.stock", Query(limit=200)).items
    shown = balances.show(session, shop.admin, "shop.stock", found)
    return {
        (row["values"]["product"]["title"], row["values"]["lot"]): Decimal(row["values"]["quantity"]) for row in shown
    }


def test_follows_create_update_delete_and_restore(session: Session, shop: Shop) -> None:
    first = factory.move(session, shop, "5.5")
    assert rows(session, shop) == {("B1 螺栓", None): Decimal("5.500")}
    factory.move(session, shop, 2, lot="L1")
    factory.move(session, shop, 9, status="draft")
    changed = {"quantity": "4", "lot": "L1"}
    records.update(session, shop.admin, "shop.move", first.id, changed, version=1)
    assert rows(session, shop) == {("B1 螺栓", "L1"): Decimal("6.000")}
    records.delete(session, shop.admin, "shop.move", first.id)
    assert rows(session, shop) == {("B1 螺栓", "L1"): Decimal("2.000")}
    records.restore(session, shop.admin, "shop.move", first.id)
    records.update(session, shop.admin, "shop.move", first.id, {"status": "draft"}, version=None)
    assert rows(session, shop) == {("B1 螺栓", "L1"): Decimal("2.000")}
    assert balances.verify(session, "shop.stock") == []


def test_adds_up_the_rows_of_a_sub_table(session: Session, shop: Shop) -> None:
    boxes = [
        {"product": str(shop.nut.id), "quantity": 3},
        {"product": str(shop.nut.id), "quantity": "1.5"},
        {"quantity": 7},
    ]
    made = factory.move(session, shop, 1, boxes=boxes)
    assert rows(session, shop) == {("B1 螺栓", None): Decimal("1.000"), ("N1 螺母", None): Decimal("4.500")}
    kept = [{"id": str(made.values["boxes"][1]["id"])}]
    records.update(session, shop.admin, "shop.move", made.id, {"boxes": kept}, version=1)
    assert rows(session, shop)["N1 螺母", None] == Decimal("1.500")
    assert balances.verify(session, "shop.stock") == []


def test_a_broken_check_refuses_the_change_and_says_why(session: Session, shop: Shop) -> None:
    factory.move(session, shop, 3)
    with pytest.raises(Conflict) as caught:
        factory.move(session, shop, -4)
    error = caught.value
    assert error.code == "balance_refuses"
    assert error.params["message"] == "库存不足"
    assert error.params["key"] == "B1 螺栓"
    assert error.params["amounts"] == {"quantity": "-1.000"}
    assert error.detail("zh-CN") == "库存不足（库存：B1 螺栓，数量 -1.000）"
    assert [spot.pointer for spot in error.violations] == ["#"]


def test_one_statement_for_all_keys_of_a_batch(session: Session, shop: Shop) -> None:
    values = [
        {"product": str(shop.bolt.id), "quantity": 1, "status": "done", "lot": f"L{index}"} for index in range(50)
    ]
    with counted(session) as seen:
        records.apply(session, shop.admin, "shop.move", [Change(action="create", values=one) for one in values])
    assert sum('INSERT INTO "shop"."stock"' in text for text in seen) == 1
    assert len(rows(session, shop)) == 50
    with counted(session) as seen:
        records.apply(
            session, shop.admin, "shop.move", [Change(action="create", values=values[0] | {"status": "draft"})]
        )
    assert not any("stock" in text for text in seen)


def test_verify_finds_and_rebuild_repairs(session: Session, shop: Shop) -> None:
    factory.move(session, shop, 3)
    factory.move(session, shop, 4, lot="L1")
    session.execute(sa.text("UPDATE shop.stock SET quantity = 9 WHERE lot IS NULL"))
    session.execute(sa.text("DELETE FROM shop.stock WHERE lot = 'L1'"))
    found = balances.verify(session, "shop.stock")
    assert [(one.key["lot"], one.expected["quantity"], one.stored["quantity"]) for one in found] == [
        ("L1", Decimal("4.000"), Decimal(0)),
        (None, Decimal("3.000"), Decimal("9.000")),
    ]
    assert balances.rebuild(session, "shop.stock") == 2
    assert balances.verify(session, "shop.stock") == []
    assert rows(session, shop) == {("B1 螺栓", None): Decimal("3.000"), ("B1 螺栓", "L1"): Decimal("4.000")}


def test_reads_like_a_form(session: Session, shop: Shop) -> None:
    for lot, quantity in (("L1", 1), ("L2", 2), ("L3", 3)):
        factory.move(session, shop, quantity, lot=lot)
    query = Query(filter="quantity > 1 and product.code == 'B1'", sort="-quantity", limit=1, count="exact")
    page = balances.list_page(session, shop.sales, "shop.stock", query)
    assert (page.count, [one.title for one in page.items]) == (2, ["B1 螺栓 · L3"])
    page = balances.list_page(
        session, shop.sales, "shop.stock", Query(**{**_as_dict(query), "cursor": page.next_cursor})
    )
    assert ([one.title for one in page.items], page.next_cursor) == (["B1 螺栓 · L2"], None)
    shown = balances.show(session, shop.sales, "shop.stock", page.items)[0]
    assert shown["id"] is None
    assert shown["values"]["quantity"] == "2.000"
    assert [one.title for one in balances.list_page(session, shop.sales, "shop.stock", Query(search="l3")).items] == [
        "B1 螺栓 · L3"
    ]
    assert sources.get(session, "shop.stock").table.name == "stock"
    served = balances.schema(session, shop.sales, "shop.stock")
    assert list(served["properties"]) == ["product", "lot", "quantity"]
    assert served["properties"]["product"]["x-field"]["form"] == "shop.product"
    nobody = factory.person(session, shop.admin, "nobody", "shop.nobody")
    with pytest.raises(NotFound):
        balances.list_page(session, nobody, "shop.stock", Query())


def _as_dict(query: Query) -> dict[str, Any]:
    return {name: getattr(query, name) for name in query.__slots__}


def test_publication_fills_the_balance_and_a_new_version_changes_its_shape(session: Session, shop: Shop) -> None:
    factory.move(session, shop, 3, lot="L1")
    factory.move(session, shop, 4, lot="L2")
    source = {"form": "shop.move", "by": {"product": "product"}, "add": {"quantity": "quantity", "moves": "1"}}
    document = factory.STOCK | {
        "by": ["product"],
        "measures": {"quantity": {}, "moves": {"scale": 0}},
        "sources": [source],
    }
    balances.publish(session, shop.admin, "shop", [document])
    found = balances.list_page(session, shop.admin, "shop.stock", Query()).items
    assert [one.values for one in found] == [
        {"product": shop.bolt.id, "quantity": Decimal("7.00"), "moves": Decimal(2)}
    ]
    factory.move(session, shop, 1)
    assert balances.verify(session, "shop.stock") == []


def test_ensure_makes_a_row_and_locks_it(session: Session, shop: Shop) -> None:
    total = balances.ensure(session, "shop.stock", [{"product": shop.bolt.id, "lot": "new"}])
    assert [(one.key, one.amounts) for one in total] == [((shop.bolt.id, "new"), (Decimal("0.000"),))]
    assert rows(session, shop) == {}
    assert balances.verify(session, "shop.stock") == []


WRONG_DOCUMENTS: list[tuple[dict[str, Any], str, str]] = [
    ({"colour": 1}, "#/colour", "additionalProperties"),
    ({"by": ["product", "product"]}, "#/by/1", "uniqueItems"),
    ({"by": ["product", "id"]}, "#/by/1", "balance_name_taken"),
    ({"key": "move"}, "#/key", "balance_key_is_form"),
    ({"sources": [{"form": "shop.none", "by": {}, "add": {"quantity": "1"}}]}, "#/sources/0/form", "form_unknown"),
    ({"checks": [{"key": "a", "check": "nothing > 1"}]}, "#/checks/0/check", "expression_unknown_name"),
]


def test_refuses_wrong_documents(session: Session, shop: Shop) -> None:
    for change, pointer, code in WRONG_DOCUMENTS:
        with pytest.raises(InvalidDefinition) as caught:
            balances.publish(session, shop.admin, "shop", [factory.STOCK | {"key": "other"} | change])
        assert (pointer, code) in {(spot.pointer, spot.code) for spot in caught.value.violations}
        assert balances.find(session, "shop.other") is None


WRONG_SOURCES: list[tuple[dict[str, Any], str, str]] = [
    ({"rows": "cartons"}, "rows", "table_unknown"),
    ({"when": "status"}, "when", "expression_type"),
    ({"when": "product.name == 'x'"}, "when", "balance_path_too_far"),
    ({"when": "created_at < NOW()"}, "when", "balance_reads_clock"),
    ({"by": {"product": "product"}}, "by/lot", "balance_dimension_missing"),
    ({"by": {"product": "product", "lot": "lot", "size": "lot"}}, "by/size", "balance_dimension_unknown"),
    ({"by": {"product": "product", "lot": "boxes"}}, "by/lot", "balance_dimension_type"),
    ({"add": {"weight": "1"}}, "add/weight", "balance_measure_unknown"),
    ({"add": {"quantity": "lot"}}, "add/quantity", "expression_type"),
]


def test_refuses_wrong_sources(session: Session, shop: Shop) -> None:
    right = {"form": "shop.move", "by": {"product": "product", "lot": "lot"}, "add": {"quantity": "quantity"}}
    for source, pointer, code in WRONG_SOURCES:
        document = factory.STOCK | {"key": "other", "sources": [right | source]}
        with pytest.raises(InvalidDefinition) as caught:
            balances.publish(session, shop.admin, "shop", [document])
        found = {(spot.pointer, spot.code) for spot in caught.value.violations}
        assert (f"#/sources/0/{pointer}", code) in found


def test_sixteen_threads_take_the_last_pieces(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        shop = factory.build(session)
        factory.move(session, shop, 100)
    outcomes: list[str] = []
    gate = threading.Barrier(16)

    def take() -> None:
        gate.wait()
        for _ in range(3):
            try:
                with fresh_database.unit_of_work() as inner:
                    factory.move(inner, shop, -7)
                outcomes.append("taken")
            except DomainError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=take) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["balance_refuses"] * 34 + ["taken"] * 14
    with fresh_database.unit_of_work() as session:
        assert rows(session, shop) == {("B1 螺栓", None): Decimal("2.000")}
        assert balances.verify(session, "shop.stock") == []


def test_batches_over_the_same_keys_do_not_lock_each_other_out(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        shop = factory.build(session)
    errors: list[BaseException] = []
    gate = threading.Barrier(6)

    def write(turned: bool) -> None:
        lots = [f"L{index}" for index in range(12)]
        lots = lots[::-1] if turned else lots
        sent = [{"product": str(shop.bolt.id), "quantity": 1, "status": "done", "lot": lot} for lot in lots]
        gate.wait()
        try:
            for _ in range(4):
                with fresh_database.unit_of_work() as inner:
                    records.apply(inner, shop.admin, "shop.move", [Change(action="create", values=one) for one in sent])
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=write, args=(index % 2 == 0,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with fresh_database.unit_of_work() as session:
        assert set(rows(session, shop).values()) == {Decimal("24.000")}
        assert balances.verify(session, "shop.stock") == []


QUANTITIES = st.decimals(min_value=Decimal(-3), max_value=Decimal(9), places=3)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "create", "update", "delete", "restore"]),
        st.integers(0, 5),
        QUANTITIES,
        st.sampled_from([None, "L1", "L2"]),
        st.sampled_from(["done", "draft"]),
        st.lists(QUANTITIES, max_size=2),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_verify_stays_empty_whatever_happens(session: Session, shop: Shop, steps: list[tuple[Any, ...]]) -> None:
    with session.connection.begin_nested() as savepoint:
        known: list[Record] = []
        for action, index, quantity, lot, status, boxes in steps:
            values = {
                "product": str(shop.bolt.id),
                "quantity": str(quantity),
                "lot": lot,
                "status": status,
                "boxes": [{"product": str(shop.nut.id), "quantity": str(one)} for one in boxes],
            }
            _step(session, shop, known, (action, index), values)
            assert balances.verify(session, "shop.stock") == []
            assert all(amount >= 0 for amount in rows(session, shop).values())
        savepoint.rollback()


def _step(session: Session, shop: Shop, known: list[Record], what: tuple[str, int], values: dict[str, Any]) -> None:
    """Do one random thing; what is refused leaves no trace."""
    action, index = what
    one = known[index % len(known)] if known else None
    change = Change(action="create", values=values)
    if one is not None and action != "create":
        change = Change(action=action, id=one.id, values=values if action == "update" else {})  # type: ignore[arg-type]
    try:
        with session.connection.begin_nested():
            made = records.apply(session, shop.admin, "shop.move", [change])[0]
            if change.action == "create":
                known.append(made)
    except (Conflict, NotFound):
        pass
