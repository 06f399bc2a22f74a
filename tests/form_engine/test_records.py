"""Records: what creating, changing, deleting and restoring them does, exactly."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from engine import files, permissions
from engine.db import Database, Session
from engine.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, Stale
from engine.events import RecordsChanged
from form_engine import forms, records
from form_engine.record import Change, Query, Record
from tests.factories import shop as factory
from tests.factories.shop import Shop, line
from tests.form_engine.statements import counted


def spots(error: DomainError) -> dict[str, str]:
    return {spot.pointer: spot.code for spot in error.violations}


def count(session: Session, form_name: str) -> int:
    found: int = session.execute(
        sa.select(sa.func.count()).select_from(forms.get(session, form_name).table)
    ).scalar_one()
    return found


def refused(session: Session, shop: Shop, **values: Any) -> dict[str, str]:
    """Return what is wrong with an order of these values; nothing must have been written."""
    with pytest.raises(InvalidInput) as caught:
        factory.order(session, shop, **values)
    assert count(session, "shop.order") == 0
    assert session.execute(sa.text("SELECT count(*) FROM shop.order__lines")).scalar_one() == 0
    assert session.execute(sa.text("SELECT count(*) FROM meta.serial")).scalar_one() == 0
    return spots(caught.value)


def test_creates_with_defaults_serial_formulas_and_title(session: Session, shop: Shop) -> None:
    lines = [line(shop.bolt, "2"), line(shop.nut, 3.5, price="1.10")]
    made = factory.order(session, shop, shop.sales, lines=lines)
    assert made.version == 1
    assert made.title == "SO202611-0001 东方机械"
    assert made.owner == made.created_by == shop.sales.user_id
    assert made.created_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert made.values["number"] == "SO202611-0001"
    assert made.values["status"] == "draft"
    assert made.values["order_date"] == date(2026, 11, 21)
    assert made.values["rep"] == shop.sales.user_id
    assert made.values["customer_level"] == "A"
    assert [row["price"] for row in made.values["lines"]] == [Decimal("2.50"), Decimal("1.10")]
    assert [row["amount"] for row in made.values["lines"]] == [Decimal("5.00"), Decimal("3.85")]
    assert made.values["total"] == Decimal("8.85")
    assert made.values["mean"] == Decimal("8.85")
    assert records.get(session, shop.sales, "shop.order", made.id) == made


def test_a_title_keeps_what_is_hidden_along_its_path(session: Session, shop: Shop) -> None:
    order = {**factory.ORDER, "x-form": {**factory.ORDER["x-form"], "record_title": "{number} {customer.credit}"}}
    forms.publish(session, shop.admin, order)
    made = factory.order(session, shop, by=shop.sales)
    assert made.title == "SO202611-0001"
    assert records.get(session, shop.admin, "shop.order", made.id).title == "SO202611-0001 900"


def test_shows_exact_numbers_titles_and_instants(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop, shop.sales)
    shown = records.show(session, shop.sales, "shop.order", [made])[0]
    assert (shown["id"], shown["version"], shown["created_at"]) == (str(made.id), 1, "2026-11-21T08:00:00Z")
    assert shown["created_by"] == {"id": str(shop.sales.user_id), "title": "Sales"}
    assert shown["values"]["customer"] == {"id": str(shop.customer.id), "title": "东方机械"}
    assert shown["values"]["rep"] == {"id": str(shop.sales.user_id), "title": "Sales"}
    assert shown["values"]["total"] == "5.00"
    row = shown["values"]["lines"][0]
    assert row["product"] == {"id": str(shop.bolt.id), "title": "B1 螺栓"}
    assert (row["quantity"], row["price"], row["amount"]) == ("2.000", "2.50", "5.00")


def test_changes_only_what_is_given_and_null_clears(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop, note="急", contract="C-1")
    changed = records.update(
        session, shop.admin, "shop.order", made.id, {"note": None, "delivery_date": "2026-12-01"}, version=1
    )
    assert changed.version == 2
    assert changed.values["note"] is None
    assert changed.values["contract"] == "C-1"
    assert changed.values["delivery_date"] == date(2026, 12, 1)
    assert changed.values["lines"] == made.values["lines"]
    assert records.get(session, shop.admin, "shop.order", made.id) == changed


def test_keeps_adds_and_removes_rows(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop, lines=[line(shop.bolt, 1), line(shop.nut, 2), line(shop.bolt, 3)])
    kept, gone, last = made.values["lines"]
    sent = [{"id": str(last["id"])}, line(shop.nut, 5), {"id": str(kept["id"]), "quantity": "10"}]
    changed = records.update(session, shop.admin, "shop.order", made.id, {"lines": sent}, version=1)
    rows = changed.values["lines"]
    assert [row["id"] for row in rows] == [last["id"], rows[1]["id"], kept["id"]]
    assert rows[1]["id"] not in {kept["id"], gone["id"], last["id"]}
    assert [row["quantity"] for row in rows] == [Decimal("3.000"), Decimal("5.000"), Decimal("10.000")]
    assert rows[0]["price"] == Decimal("2.50")
    assert changed.values["total"] == Decimal("37.50")
    assert records.get(session, shop.admin, "shop.order", made.id) == changed
    assert session.execute(sa.text("SELECT count(*) FROM shop.order__lines")).scalar_one() == 3


def test_refuses_rows_of_another_record_and_rows_twice(session: Session, shop: Shop) -> None:
    one, other = factory.order(session, shop), factory.order(session, shop)
    mine, theirs = one.values["lines"][0]["id"], other.values["lines"][0]["id"]
    sent = [{"id": str(mine)}, {"id": str(theirs)}, {"id": str(mine)}, {"id": "x"}]
    with pytest.raises(InvalidInput) as caught:
        records.update(session, shop.admin, "shop.order", one.id, {"lines": sent}, version=1)
    found = spots(caught.value)
    assert {key: found[key] for key in ("#/lines/1/id", "#/lines/2/id", "#/lines/3/id")} == {
        "#/lines/1/id": "unknown_row",
        "#/lines/2/id": "unknown_row",
        "#/lines/3/id": "unknown_row",
    }
    assert records.get(session, shop.admin, "shop.order", one.id) == one


def test_refuses_a_stale_version_with_the_record_as_it_is(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop, shop.sales)
    newer = records.update(session, shop.sales, "shop.order", made.id, {"note": "二"}, version=1)
    with pytest.raises(Stale) as caught:
        records.update(session, shop.admin, "shop.order", made.id, {"note": "三"}, version=1)
    assert caught.value.params["current"] == newer
    assert caught.value.params["changed_by"] == "Sales"
    assert caught.value.params["changed_at"] == newer.updated_at
    assert records.get(session, shop.admin, "shop.order", made.id) == newer
    with pytest.raises(Stale):
        records.delete(session, shop.admin, "shop.order", made.id, version=1)


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"color": "red"}, {"#/color": "unknown_field"}),
    (
        {"version": 3, "id": "x", "owner": None},
        {"#/version": "field_is_system", "#/id": "field_is_system", "#/owner": "field_is_system"},
    ),
    ({"total": "5"}, {"#/total": "formula_is_computed"}),
    ({"number": "SO1"}, {"#/number": "field_is_generated"}),
    ({"customer": None}, {"#/customer": "required"}),
    ({"customer": 7}, {"#/customer": "type"}),
    ({"customer": "x"}, {"#/customer": "format"}),
    ({"customer": str(UUID(int=9))}, {"#/customer": "relation_not_found"}),
    ({"rep": str(UUID(int=9))}, {"#/rep": "relation_not_found"}),
    ({"status": "lost"}, {"#/status": "enum"}),
    ({"delivery_date": "2026-02-30"}, {"#/delivery_date": "format"}),
    ({"delivery_date": "2026-11-20"}, {"#/delivery_date": "rule_refuses"}),
    ({"note": "a\x00b"}, {"#/note": "text_not_storable"}),
    ({"note": "\ud800"}, {"#/note": "text_not_storable"}),
    ({"lines": []}, {"#/lines": "minItems"}),
    ({"lines": "x"}, {"#/lines": "type"}),
    ({"lines": ["x"]}, {"#/lines/0": "type"}),
    ({"lines": [{}]}, {"#/lines/0/product": "required", "#/lines/0/quantity": "required"}),
    (
        {"lines": [{"colour": 1}]},
        {"#/lines/0/colour": "unknown_field", "#/lines/0/product": "required", "#/lines/0/quantity": "required"},
    ),
]


def test_refuses_bad_input_at_its_place(session: Session, shop: Shop) -> None:
    for values, expected in WRONG:
        assert refused(session, shop, **values) == expected


NUMBERS: list[tuple[Any, str]] = [
    ("abc", "number_format"),
    ("0", "number_above"),
    (-1, "exclusiveMinimum"),
    ("1.23456", "number_format"),
    (10**40, "number_out_of_range"),
    (float("inf"), "number_out_of_range"),
    (float("nan"), "number_out_of_range"),
    ("1e400", "number_format"),
    (True, "type"),
    ({"a": 1}, "type"),
]


def test_refuses_bad_numbers_in_cells(session: Session, shop: Shop) -> None:
    for quantity, code in NUMBERS:
        found = refused(session, shop, lines=[line(shop.bolt, 1), line(shop.bolt, quantity)])
        assert found == {"#/lines/1/quantity": code}


def test_refuses_deep_and_long_bodies(session: Session, shop: Shop) -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    assert set(refused(session, shop, note=deep).values()) == {"value_too_deep"}
    assert refused(session, shop, contract="x" * 300_000) == {"#/contract": "maxLength"}


def test_refuses_a_row_that_breaks_its_rule_and_a_formula_too_big(session: Session, shop: Shop) -> None:
    assert refused(session, shop, lines=[line(shop.bolt, 1), line(shop.bolt, 1, discount="2.50")]) == {
        "#/lines/1/discount": "rule_refuses"
    }
    big = [line(shop.bolt, "9" * 26, price="9" * 14)]
    assert refused(session, shop, lines=big)["#/lines/0/amount"] == "expression_overflow"


def test_rules_require_and_close(session: Session, shop: Shop) -> None:
    dear = [line(shop.bolt, 1000)]
    assert refused(session, shop, lines=dear) == {"#/contract": "rule_requires"}
    made = factory.order(session, shop, lines=dear, contract="C-9", status="approved")
    with pytest.raises(InvalidInput) as caught:
        records.update(session, shop.admin, "shop.order", made.id, {"lines": [line(shop.nut, 1)]}, version=1)
    assert spots(caught.value) == {"#/lines": "rule_read_only"}
    same = {"customer": str(shop.customer.id), "note": "仍可写"}
    assert records.update(session, shop.admin, "shop.order", made.id, same, version=1).values["note"] == "仍可写"


def test_unique_values_are_violations_at_the_field(session: Session, shop: Shop) -> None:
    with pytest.raises(InvalidInput) as caught, session.connection.begin_nested():
        records.create(session, shop.admin, "shop.product", {"code": "B1", "name": "二"})
    assert spots(caught.value) == {"#/code": "value_taken"}
    with pytest.raises(InvalidInput) as caught, session.connection.begin_nested():
        records.update(session, shop.admin, "shop.product", shop.nut.id, {"code": "B1"}, version=1)
    assert spots(caught.value) == {"#/code": "value_taken"}
    changes = [
        Change(action="create", values={"code": code, "name": code}, pointer=f"#/changes/{index}/values")
        for index, code in enumerate(("C1", "N1", "C2", "C1"))
    ]
    with pytest.raises(InvalidInput) as caught:
        records.apply(session, shop.admin, "shop.product", changes)
    assert spots(caught.value) == {"#/changes/1/values/code": "value_taken", "#/changes/3/values/code": "value_taken"}
    assert count(session, "shop.product") == 2


def test_deletes_into_the_bin_and_restores(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop)
    gone = records.delete(session, shop.admin, "shop.order", made.id, version=1)
    assert (gone.version, gone.deleted_at) == (2, session.now)
    with pytest.raises(NotFound):
        records.get(session, shop.admin, "shop.order", made.id)
    with pytest.raises(NotFound):
        records.update(session, shop.admin, "shop.order", made.id, {"note": "x"}, version=2)
    assert records.list_page(session, shop.admin, "shop.order", Query()).items == ()
    binned = records.list_page(session, shop.admin, "shop.order", Query(bin=True)).items
    assert [one.id for one in binned] == [made.id]
    back = records.restore(session, shop.admin, "shop.order", made.id)
    assert (back.version, back.deleted_at) == (3, None)
    assert records.get(session, shop.admin, "shop.order", made.id).values == made.values
    with pytest.raises(NotFound):
        records.restore(session, shop.admin, "shop.order", made.id)


def test_names_no_record_that_the_deleter_may_not_see(session: Session, shop: Shop) -> None:
    clerk = {
        "key": "clerk",
        "title": "文员",
        "format": 1,
        "forms": {
            "shop.customer": {"actions": ["view", "delete"]},
            "shop.order": {"actions": ["view"], "scope": "rep == user"},
        },
    }
    permissions.publish(session, shop.admin, "shop", [clerk])
    actor = factory.person(session, shop.admin, "clerk", "shop.clerk")
    factory.order(session, shop)
    with pytest.raises(Conflict) as caught:
        records.delete(session, actor, "shop.customer", shop.customer.id)
    assert caught.value.params["records"] == ["order"]


def test_refuses_to_delete_what_is_in_use_and_names_it(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop)
    for used in (shop.customer, shop.bolt):
        with pytest.raises(Conflict) as caught:
            records.delete(session, shop.admin, used.form, used.id)
        assert caught.value.code == "record_in_use"
        assert caught.value.params["records"] == ["SO202611-0001 东方机械"]
    records.delete(session, shop.admin, "shop.order", made.id)
    assert records.delete(session, shop.admin, "shop.customer", shop.customer.id).deleted_at == session.now
    with pytest.raises(InvalidInput) as error:
        factory.order(session, shop)
    assert spots(error.value) == {"#/customer": "relation_not_found"}


def test_what_may_not_be_seen_is_not_found_and_what_may_not_be_changed_is_refused(session: Session, shop: Shop) -> None:
    mine = factory.order(session, shop, shop.sales)
    with pytest.raises(NotFound):
        records.get(session, shop.other, "shop.order", mine.id)
    with pytest.raises(NotFound):
        records.update(session, shop.other, "shop.order", mine.id, {"note": "x"}, version=1)
    records.update(session, shop.admin, "shop.order", mine.id, {"status": "approved"}, version=1)
    assert records.get(session, shop.other, "shop.order", mine.id).version == 2
    with pytest.raises(NotAllowed):
        records.update(session, shop.other, "shop.order", mine.id, {"note": "x"}, version=2)
    with pytest.raises(NotAllowed):
        records.delete(session, shop.sales, "shop.order", mine.id)
    with pytest.raises(NotAllowed):
        factory.order(session, shop, shop.sales, rep=str(shop.other.user_id))
    assert records.get(session, shop.admin, "shop.order", mine.id).values["note"] is None
    assert count(session, "shop.order") == 1


def test_hidden_read_only_and_masked_fields(session: Session, shop: Shop) -> None:
    seen = records.get(session, shop.sales, "shop.customer", shop.customer.id)
    shown = records.show(session, shop.sales, "shop.customer", [seen])[0]["values"]
    assert shown == {"name": "东方机械", "level": "A", "phone": "138****1234"}
    with pytest.raises(InvalidInput) as caught:
        factory.order(session, shop, shop.sales, status="approved")
    assert spots(caught.value) == {"#/status": "field_is_read_only"}
    for query in (Query(filter="credit > 1"), Query(sort="credit"), Query(sort="phone"), Query(fields=["credit"])):
        with pytest.raises(InvalidInput):
            records.list_page(session, shop.sales, "shop.customer", query)
    with pytest.raises(InvalidInput):
        records.list_page(session, shop.sales, "shop.order", Query(filter="customer.credit > 1"))
    assert records.list_page(session, shop.sales, "shop.customer", Query(search="1381234")).items == ()
    assert len(records.list_page(session, shop.admin, "shop.customer", Query(search="1381234")).items) == 1


def test_tells_subscribers_once_with_before_and_after(session: Session, shop: Shop) -> None:
    heard: list[RecordsChanged] = []
    session.subscribers = (lambda _session, event: heard.append(event),)
    made = factory.order(session, shop)
    other = factory.order(session, shop)
    heard.clear()
    changes = [
        Change(action="update", id=made.id, values={"status": "approved"}),
        Change(action="delete", id=other.id),
        Change(action="create", values={"customer": str(shop.customer.id), "lines": [line(shop.nut, 1)]}),
    ]
    records.apply(session, shop.admin, "shop.order", changes)
    assert len(heard) == 1
    update, delete, create = heard[0].changes
    assert (update.action, update.version) == ("update", 2)
    assert update.before is not None
    assert update.after is not None
    assert (update.before["status"], update.after["status"]) == ("draft", "approved")
    assert update.after["customer"]["id"] == shop.customer.id
    assert update.after["lines"][0]["product"]["id"] == shop.bolt.id
    assert (delete.action, delete.after) == ("delete", None)
    assert delete.before is not None
    assert (create.action, create.before) == ("create", None)
    assert create.after is not None
    assert create.after["number"] == "SO202611-0003"


def test_returns_the_record_as_flows_left_it(session: Session, shop: Shop) -> None:
    def approve(inner: Session, event: object) -> None:
        if isinstance(event, RecordsChanged) and event.changes[0].action == "create":
            change = Change(action="update", id=event.changes[0].record_id, values={"status": "approved"})
            records.apply(inner, shop.admin, event.form, [change])

    session.subscribers = (approve,)
    made = factory.order(session, shop)
    assert (made.version, made.values["status"]) == (2, "approved")


def test_a_batch_refuses_all_for_one_and_names_each_place(session: Session, shop: Shop) -> None:
    changes = [
        Change(action="create", values={"name": "甲"}, pointer="#/changes/0/values"),
        Change(action="create", values={"name": ""}, pointer="#/changes/1/values"),
        Change(action="create", values={"level": "Z", "name": "乙"}, pointer="#/changes/2/values"),
    ]
    with pytest.raises(InvalidInput) as caught:
        records.apply(session, shop.admin, "shop.customer", changes)
    assert set(spots(caught.value)) == {"#/changes/1/values/name", "#/changes/2/values/level"}
    assert count(session, "shop.customer") == 1
    twice = [Change(action="update", id=shop.customer.id), Change(action="delete", id=shop.customer.id)]
    with pytest.raises(InvalidInput):
        records.apply(session, shop.admin, "shop.customer", twice)


def test_unknown_records_and_forms_are_not_found(session: Session, shop: Shop) -> None:
    for call in (
        lambda: records.get(session, shop.admin, "shop.order", uuid4()),
        lambda: records.delete(session, shop.admin, "shop.order", uuid4()),
        lambda: records.get(session, shop.admin, "shop.nothing", uuid4()),
        lambda: records.list_page(session, shop.sales, "shop.move", Query()),
    ):
        with pytest.raises(NotFound):
            call()


def make(session: Session, shop: Shop, number: int) -> list[Record]:
    values = {"customer": str(shop.customer.id), "lines": [line(shop.bolt, 1), line(shop.nut, 2)]}
    changes = [Change(action="create", values=values) for _ in range(number)]
    return records.apply(session, shop.admin, "shop.order", changes)


def test_statements_do_not_grow_with_the_batch(session: Session, shop: Shop) -> None:
    make(session, shop, 1)
    with counted(session) as one:
        made = make(session, shop, 1)
    with counted(session) as few:
        make(session, shop, 2)
    with counted(session) as many:
        more = make(session, shop, 38)
    # What the orders point at is known to this transaction since the first one.
    assert len(few) == len(one) == 7
    # Records, their rows and the audit trail are copied: three commands, which are no statements.
    assert len(many) == len(one) - 3
    assert [record.values["number"] for record in more][-1] == "SO202611-0042"
    updates = [
        Change(action="update", id=record.id, values={"note": "x", "lines": [line(shop.nut, 9)]}) for record in more
    ]
    with counted(session) as one:
        records.apply(
            session,
            shop.admin,
            "shop.order",
            [Change(action="update", id=made[0].id, values={"note": "y", "lines": [line(shop.nut, 9)]})],
        )
    with counted(session) as many:
        records.apply(session, shop.admin, "shop.order", updates)
    # Fresh rows and the audit trail are copied.
    assert len(many) == len(one) - 2


def test_evaluates_a_half_filled_form(session: Session, shop: Shop) -> None:
    sent = {"customer": str(shop.customer.id), "lines": [line(shop.bolt, "x"), line(shop.bolt, 500), {}], "total": "1"}
    result = records.evaluate(session, shop.sales, "shop.order", sent)
    assert [row["amount"] for row in result.values["lines"]] == [None, "1250.00", None]
    assert result.values["total"] == "1250.00"
    assert result.values["customer"] == {"id": str(shop.customer.id), "title": "东方机械"}
    assert result.states["#/contract"] == {"visible": True, "required": True, "read_only": False}
    assert result.states["#/note"]["visible"] is False
    assert result.states["#/status"]["read_only"] is True
    found = {spot.pointer: spot.code for spot in result.violations}
    assert found["#/lines/0/quantity"] == "number_format"
    assert found["#/contract"] == "rule_requires"
    assert count(session, "shop.order") == 0


def test_takes_files_that_the_actor_uploaded_and_no_others(
    database: Database, session: Session, shop: Shop, tmp_path: Path
) -> None:
    files.use_store(database, folder=tmp_path, max_bytes=1000)
    forms.publish(session, shop.admin, factory.form("shop.paper", {"scans": factory.field("file")}))
    mine = files.upload(session, shop.admin, "a.txt", BytesIO(b"a"))
    theirs = files.upload(session, shop.sales, "b.txt", BytesIO(b"b"))
    made = records.create(session, shop.admin.as_platform(), "shop.paper", {"scans": [str(mine.id), str(theirs.id)]})
    assert files.get(session, mine.id).record_id == made.id
    assert records.show(session, shop.admin, "shop.paper", [made])[0]["values"]["scans"] == [
        {"id": str(mine.id), "title": "a.txt"},
        {"id": str(theirs.id), "title": "b.txt"},
    ]
    fresh = files.upload(session, shop.admin, "c.txt", BytesIO(b"c"))
    with pytest.raises(InvalidInput) as caught:
        records.create(session, shop.admin, "shop.paper", {"scans": [str(fresh.id), str(mine.id), str(uuid4())]})
    assert spots(caught.value) == {"#/scans/1": "file_in_use", "#/scans/2": "file_not_found"}
    assert files.get(session, fresh.id).record_id is None
    assert count(session, "shop.paper") == 1


def test_restores_nothing_that_points_at_deleted_records(session: Session, shop: Shop) -> None:
    made = factory.order(session, shop)
    records.delete(session, shop.admin, "shop.order", made.id)
    records.delete(session, shop.admin, "shop.customer", shop.customer.id)
    with pytest.raises(InvalidInput) as caught:
        records.restore(session, shop.admin, "shop.order", made.id)
    assert spots(caught.value) == {"#/customer": "relation_not_found"}
    records.restore(session, shop.admin, "shop.customer", shop.customer.id)
    assert records.restore(session, shop.admin, "shop.order", made.id).version == 3


def test_unique_cells_may_change_places_but_not_repeat(session: Session, shop: Shop) -> None:
    cells = {
        "type": "object",
        "properties": {"code": factory.field("text", unique=True), "size": factory.field("integer")},
    }
    forms.publish(
        session,
        shop.admin,
        factory.form("shop.kit", {"parts": {"type": "array", **factory.field("table"), "items": cells}}),
    )
    made = records.create(
        session, shop.admin, "shop.kit", {"parts": [{"code": "a", "size": 1}, {"code": "b", "size": 2}]}
    )
    first, second = (str(row["id"]) for row in made.values["parts"])
    turned = {"parts": [{"id": first, "code": "b"}, {"id": second, "code": "a"}]}
    changed = records.update(session, shop.admin, "shop.kit", made.id, turned, version=1)
    assert [(str(row["id"]), row["code"], row["size"]) for row in changed.values["parts"]] == [
        (first, "b", 1),
        (second, "a", 2),
    ]
    assert records.get(session, shop.admin, "shop.kit", made.id) == changed
    with pytest.raises(InvalidInput) as caught, session.connection.begin_nested():
        records.update(session, shop.admin, "shop.kit", made.id, {"parts": [{"id": first}, {"code": "b"}]}, version=2)
    assert spots(caught.value) == {"#/parts/1/code": "value_repeated"}
    assert records.get(session, shop.admin, "shop.kit", made.id) == changed


def test_a_deletion_waits_for_whoever_is_about_to_point_at_the_record(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        shop = factory.build(session)
    outcome: list[str] = []
    is_deleting = threading.Event()

    def delete() -> None:
        try:
            with fresh_database.unit_of_work() as inner:
                is_deleting.set()
                records.delete(inner, shop.admin, "shop.customer", shop.customer.id)
            outcome.append("deleted")
        except Conflict as error:
            outcome.append(error.code)

    with fresh_database.unit_of_work() as session:
        factory.order(session, shop)
        thread = threading.Thread(target=delete)
        thread.start()
        is_deleting.wait()
        thread.join(timeout=0.3)
        assert thread.is_alive()
    thread.join()
    assert outcome == ["record_in_use"]


def test_evaluation_tells_nothing_of_records_that_the_actor_may_not_see(session: Session, shop: Shop) -> None:
    role = {"key": "writer", "title": "写", "format": 1, "forms": {"shop.order": {"actions": ["view", "create"]}}}
    permissions.publish(session, shop.admin, "shop", [role])
    blind = factory.person(session, shop.admin, "blind", "shop.writer")
    sent = {"customer": str(shop.customer.id), "lines": [line(shop.bolt, 1)]}
    result = records.evaluate(session, blind, "shop.order", sent)
    assert (result.values["customer"], result.values["customer_level"]) == (None, None)
    assert (result.values["lines"][0]["product"], result.values["lines"][0]["price"]) == (None, None)
    found = {spot.pointer: spot.code for spot in result.violations}
    assert found["#/customer"] == found["#/lines/0/product"] == "relation_not_found"
