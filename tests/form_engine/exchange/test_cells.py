"""Cells: what people write into spreadsheets, and what they read there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.db import Session
from engine.errors import InvalidInput
from form_engine import forms
from form_engine.definition import Field
from form_engine.exchange import cells
from tests.factories import shop as factory

ZONE = "Asia/Shanghai"


@pytest.fixture
def fields(session: Session) -> dict[str, Field]:
    """Fields of the shop's order by the kind of their cells."""
    factory.build(session)
    form = forms.get(session, "shop.order")
    lines = form.sub_table("lines")
    quantity, price = lines.cell("quantity"), lines.cell("price")
    assert quantity is not None
    assert price is not None
    return {"date": form.fields["order_date"], "number": quantity, "money": price, "choice": form.fields["status"]}


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("number", "1,234.50", "1234.50"),
        ("number", "１２３．５", "123.5"),
        ("money", "¥ 1,234.50", "1234.50"),
        ("money", "(12.5)", "-12.5"),
        ("number", "12%", "0.12"),
        ("number", 0.1 + 0.2, "0.3"),
        ("number", 7, "7"),
        ("date", "2026-11-21", "2026-11-21"),
        ("date", "2026/1/2", "2026-01-02"),
        ("date", "2026年11月21日", "2026-11-21"),
        ("date", "20261121", "2026-11-21"),
        ("date", "46347", "2026-11-21"),
        ("date", 46347, "2026-11-21"),
        ("date", datetime(2026, 11, 21), "2026-11-21"),  # noqa: DTZ001 - as a sheet gives it
        ("choice", "Draft", "draft"),
        ("choice", " draft ", "draft"),
        ("choice", "strange", "strange"),
    ],
)
def test_reads_the_usual_ways_to_write_a_value(fields: dict[str, Field], kind: str, raw: Any, value: str) -> None:
    assert cells.reader(fields[kind], ZONE)(raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("number", "12 Stück", "cell_not_number"),
        ("number", "1,23,4", "cell_not_number"),
        ("number", "1e9999999", "cell_not_number"),
        ("date", "2026-13-01", "cell_not_date"),
        ("date", "morgen", "cell_not_date"),
        ("date", "12", "cell_not_date"),
    ],
)
def test_refuses_what_it_would_have_to_guess(fields: dict[str, Field], kind: str, raw: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        cells.reader(fields[kind], ZONE)(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("@sum", "'@sum"),
        ("+86 138", "'+86 138"),
        ("-1,234.50", "-1,234.50"),
        ("plain", "plain"),
    ],
)
def test_texts_that_look_like_formulas_are_defused_and_come_back(cell: str, shown: str) -> None:
    assert cells.harmless(cell) == shown
    assert cells.armless(shown) == cell


def test_numbers_and_dates_stay_what_they_are(fields: dict[str, Field]) -> None:
    assert cells.written(fields["money"], Decimal("2.50"), {}, None, "zh-CN", ZONE) == Decimal("2.50")
    assert cells.written(fields["date"], date(2026, 11, 21), {}, None, "zh-CN", ZONE) == date(2026, 11, 21)
    assert cells.written(fields["choice"], "draft", {}, None, "zh-CN", ZONE) == "Draft"
    assert cells.written(fields["money"], Decimal("2.50"), {}, "masked", "zh-CN", ZONE) == "****"
