"""Whose wall clock counts: one instant is another day elsewhere, in every place alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from engine.db import Session
from form_engine import records
from form_engine.exchange import exporting
from form_engine.record import Query
from tests.factories import shop as factory
from tests.factories.shop import Shop

#: 04:30 of 1 December in Shanghai, 15:30 of 30 November in New York.
INSTANT = datetime(2026, 11, 30, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "number", "shown"),
    [
        ("Asia/Shanghai", date(2026, 12, 1), "SO202612-0001", datetime(2026, 12, 1, 4, 30)),  # noqa: DTZ001 - a cell
        ("America/New_York", date(2026, 11, 30), "SO202611-0001", datetime(2026, 11, 30, 15, 30)),  # noqa: DTZ001
    ],
)
def test_defaults_numbers_filters_and_sheets_go_by_the_platforms_zone(
    session: Session, shop: Shop, tmp_path: Path, zone: str, day: date, number: str, shown: datetime
) -> None:
    session.now, session.time_zone = INSTANT, zone
    made = factory.order(session, shop)

    assert (made.values["order_date"], made.values["number"]) == (day, number)
    today = Query(filter=f"order_date == TODAY() and created_at >= '{day.isoformat()}T00:00'")
    assert [one.id for one in records.list_page(session, shop.admin, "shop.order", today).items] == [made.id]
    earlier = Query(filter="created_at < TODAY()")
    assert records.list_page(session, shop.admin, "shop.order", earlier).items == ()

    sheet = tmp_path / "orders.xlsx"
    exporting.export(session, shop.admin, "shop.order", Query(fields=("number", "created_at")), "xlsx", sheet)
    rows = list(openpyxl.load_workbook(sheet).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[1] == (number, shown)
