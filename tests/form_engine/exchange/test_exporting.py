"""Exports: the list as the reader sees it, as a sheet."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine import permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed, NotFound
from form_engine import records
from form_engine.exchange import exporting
from form_engine.record import Query
from tests.factories import shop as factory


def exported(session: Session, actor: Actor, form: str, folder: Path, **query: Any) -> list[list[str]]:
    path = folder / "sheet.csv"
    exporting.export(session, actor, form, Query(**query), "csv", path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_writes_titles_of_fields_options_and_relations(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    order = factory.order(session, shop, lines=[factory.line(shop.bolt, 2), factory.line(shop.nut, "1.5")])
    rows = exported(
        session, shop.admin, "shop.order", tmp_path, fields=("number", "customer", "status", "lines", "total")
    )
    assert rows[0] == [
        "Number",
        "Customer",
        "Status",
        "Lines.Product",
        "Lines.Quantity",
        "Lines.Price",
        "Lines.Amount",
        "Lines.Discount",
        "Total",
    ]
    assert rows[1:] == [
        [str(order.values["number"]), "东方机械", "Draft", "B1 螺栓", "2.000", "2.50", "5.00", "", "6.50"],
        ["", "", "", "N1 螺母", "1.500", "1.00", "1.50", "", ""],
    ]


def test_defuses_formulas_and_leaves_numbers_alone(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    records.create(session, shop.admin, "shop.product", {"code": "Z", "name": "=1+1", "price": "-3"})
    rows = exported(session, shop.admin, "shop.product", tmp_path, filter="code == 'Z'")
    assert rows[1:] == [["Z", "'=1+1", "-3.00"]]


def test_has_the_order_filter_and_search_of_the_list(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    keys = ("code",)
    assert exported(session, shop.admin, "shop.product", tmp_path, sort="-code", fields=keys)[1:] == [["N1"], ["B1"]]
    assert exported(session, shop.admin, "shop.product", tmp_path, filter="price > 2", fields=keys)[1:] == [["B1"]]
    assert exported(session, shop.admin, "shop.product", tmp_path, search="螺母", fields=keys)[1:] == [["N1"]]


def test_hides_what_is_hidden_and_masks_what_is_masked(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        exported(session, shop.sales, "shop.customer", tmp_path)
    role = {
        "key": "sales",
        "title": "销售",
        "format": 1,
        "forms": {
            "shop.customer": {
                "actions": ["view", "export"],
                "scope": {"export": "level == 'B'"},
                "fields": {"credit": "hidden", "phone": "masked"},
            }
        },
    }
    permissions.publish(session, shop.admin, "shop", [role])
    records.create(session, shop.admin, "shop.customer", {"name": "西", "level": "B", "phone": "13812341234"})
    rows = exported(session, shop.sales, "shop.customer", tmp_path)
    assert rows == [["客户名称", "Level", "Phone"], ["西", "B", "138****1234"]]
    with pytest.raises(InvalidInput):
        exported(session, shop.sales, "shop.customer", tmp_path, fields=("credit",))


def test_what_one_may_read_and_not_write_has_its_title(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    role = {
        "key": "sales",
        "title": "销售",
        "format": 1,
        "forms": {"shop.order": {"actions": ["view", "export"], "fields": {"customer": "read_only"}}},
    }
    permissions.publish(session, shop.admin, "shop", [role])
    factory.order(session, shop)
    rows = exported(session, shop.sales, "shop.order", tmp_path, fields=("customer",))
    assert rows == [["Customer"], [exported(session, shop.admin, "shop.order", tmp_path, fields=("customer",))[1][0]]]


def test_a_workbook_has_real_numbers_and_dates(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    factory.order(session, shop, order_date="2026-11-20")
    path = tmp_path / "sheet.xlsx"
    query = Query(fields=("order_date", "total", "created_at"))
    assert exporting.export(session, shop.admin, "shop.order", query, "xlsx", path) == 1
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Order date", "Total", "创建时间"],
        [datetime(2026, 11, 20), 5, datetime(2026, 11, 21, 16)],  # noqa: DTZ001 - as a sheet gives it
    ]


def test_what_was_exported_can_be_imported_again(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    from tests.form_engine.exchange.test_importing import imported, values

    factory.order(session, shop, lines=[factory.line(shop.bolt, 2), factory.line(shop.nut, 3)])
    before = values(session, shop, "shop.order")
    path = tmp_path / "sheet.xlsx"
    exporting.export(session, shop.admin, "shop.order", Query(), "xlsx", path)
    outcome, errors = imported(session, shop.admin, "shop.order", path)
    assert (outcome.created, outcome.failed, errors) == (1, 0, [])
    again = values(session, shop, "shop.order")[-1]
    for one in (before[0], again):
        one.pop("number")
        for row in one["lines"]:
            row.pop("id")
    assert again == before[0]


def test_writes_the_rows_of_a_balance_as_its_list_shows_them(
    session: Session, shop: factory.Shop, tmp_path: Path
) -> None:
    for quantity, lot in (("7", "a"), ("2", "b"), ("-2", "b"), ("5", "c")):
        factory.move(session, shop, quantity, lot=lot)
    rows = exported(session, shop.sales, "shop.stock", tmp_path, sort="-quantity")
    assert rows == [["Product", "Lot", "数量"], ["B1 螺栓", "a", "7.000"], ["B1 螺栓", "c", "5.000"]]
    assert exported(session, shop.sales, "shop.stock", tmp_path, filter="quantity > 6")[1:] == rows[1:2]
    with pytest.raises(NotFound):
        exported(session, replace(shop.sales, roles=frozenset()), "shop.stock", tmp_path)
