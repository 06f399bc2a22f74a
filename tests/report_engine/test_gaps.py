"""Spans of time in which nothing was: shown along drawings, with exact zeros, and left out where they would mislead."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.db import Session
from engine.errors import InvalidDefinition
from form_engine import records
from form_engine.record import Query
from report_engine import reports
from report_engine.definition import Cell, Days, Request
from tests import demo
from web.platform import Platform

MONTH = {"key": "month", "field": "expected_close", "bucket": "month"}
STAGE = {"key": "stage", "field": "stage"}
AMOUNT = {"key": "amount", "function": "sum", "field": "amount"}
COUNT = {"key": "count", "function": "count"}
MEAN = {"key": "mean", "function": "average", "field": "amount"}


def published(session: Session, **changes: Any) -> str:
    """Publish a line of our own opportunities, two in March, one in June, one without a date; return its name."""
    admin = demo.actor(session, "admin")
    customer = records.list_page(session, admin, "crm.customer", Query(limit=1)).items[0].id
    for day, amount, stage in (
        ("2025-03-02", "10.00", "won"),
        ("2025-03-31", "20.50", "lead"),
        ("2025-06-01", "40.00", "lead"),
        (None, "5.00", "lead"),
    ):
        values = {"title": "ours", "customer": str(customer), "amount": amount, "stage": stage, "expected_close": day}
        records.create(session, admin, "crm.opportunity", values)
    document = {
        "key": "mine",
        "format": 1,
        "title": "我的报表",
        "form": "crm.opportunity",
        "chart": {"type": "line"},
        "dimensions": [MONTH],
        "measures": [AMOUNT, COUNT, MEAN],
        "filter": "title == 'ours'",
    } | changes
    reports.publish(session, admin, "crm", document)
    return "crm.mine"


def shown(session: Session, name: str, request: Request | None = None) -> list[tuple[str | None, ...]]:
    """Return every row: values of groups, then measures."""
    report, result = reports.run(session, demo.actor(session, "admin"), name, request)
    keys = [one.key for one in report.dimensions]
    return [(*(row[key]["value"] for key in keys), *(row[one.key] for one in report.measures)) for row in result.rows]


def test_a_line_shows_months_in_which_nothing_was(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session)
        assert shown(session, name) == [
            ("2025-03-01", "30.50", "2", "15.250000"),
            ("2025-04-01", "0", "0", None),
            ("2025-05-01", "0", "0", None),
            ("2025-06-01", "40.00", "1", "40.000000"),
            (None, "5.00", "1", "5.000000"),
        ]
        _, result = reports.run(session, demo.actor(session, "admin"), name)
        assert result.totals == {"amount": "75.50", "count": "4", "mean": "18.875000"}
        empty = Cell(group={"month": "2025-04-01"}, measure="count")
        assert reports.records_behind(session, demo.actor(session, "admin"), name, None, empty, limit=5).count == 0


def test_a_table_and_whoever_says_so_leave_them_out(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        there = ["2025-03-01", "2025-06-01", None]
        name = published(session, chart={"type": "table"})
        assert [row[0] for row in shown(session, name)] == there
    with demo_platform.database.unit_of_work() as session:
        name = published(session, dimensions=[MONTH | {"gaps": "leave"}])
        assert [row[0] for row in shown(session, name)] == there
    with demo_platform.database.unit_of_work() as session:
        name = published(session, sort=["-amount"])
        assert [row[0] for row in shown(session, name)] == ["2025-06-01", "2025-03-01", None]


def test_each_group_beside_has_every_month(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session, dimensions=[MONTH, STAGE], measures=[AMOUNT], filter="title == 'ours' and amount > 6")
        assert shown(session, name) == [
            ("2025-03-01", "lead", "20.50"),
            ("2025-03-01", "won", "10.00"),
            ("2025-04-01", "lead", "0"),
            ("2025-04-01", "won", "0"),
            ("2025-05-01", "lead", "0"),
            ("2025-05-01", "won", "0"),
            ("2025-06-01", "lead", "40.00"),
            ("2025-06-01", "won", "0"),
        ]


def test_conditions_on_groups_and_limits_come_after(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session, having="count < 2", sort=["-month"], limit=2, measures=[COUNT])
        _, result = reports.run(session, demo.actor(session, "admin"), name)
        assert shown(session, name) == [("2025-06-01", "1"), ("2025-05-01", "0")]
        assert result.is_cut is True


def test_a_period_is_filled_from_its_begin_to_today(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        period = {"field": "expected_close", "span": "month"}
        name = published(session, measures=[COUNT], period=period)
        asked = Request(period=Days(first=date(2025, 1, 15), last=date(2025, 7, 1)))
        assert shown(session, name, asked) == [
            ("2025-01-01", "0"),
            ("2025-02-01", "0"),
            ("2025-03-01", "2"),
            ("2025-04-01", "0"),
            ("2025-05-01", "0"),
            ("2025-06-01", "1"),
            ("2025-07-01", "0"),
        ]
        ahead = Request(period=Days(first=date(2025, 6, 1), last=date(9000, 1, 1)))
        today = session.now.date()
        months = (today.year - 2025) * 12 + today.month - 5
        assert len(shown(session, name, ahead)) == months
        assert shown(session, name, Request(period=Days(first=date(2024, 1, 1), last=date(2024, 12, 31)))) == []


def test_a_month_of_nothing_is_compared_with_the_one_before(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        before = {"key": "before", "compare": "amount", "as": "value"}
        change = {"key": "change", "compare": "amount", "as": "difference"}
        name = published(session, measures=[AMOUNT, before, change], filter="title == 'ours' and amount > 6")
        assert shown(session, name) == [
            ("2025-03-01", "30.50", "0", "30.50"),
            ("2025-04-01", "0", "30.50", "-30.50"),
            ("2025-05-01", "0", "0", "0"),
            ("2025-06-01", "40.00", "0", "40.00"),
        ]


def test_a_pivot_fills_its_edge_and_a_sheet_has_what_the_page_has(demo_platform: Platform, tmp_path: Path) -> None:
    with demo_platform.database.unit_of_work() as session:
        admin = demo.actor(session, "admin")
        month = MONTH | {"axis": "columns", "gaps": "fill"}
        only = "title == 'ours' and amount > 6"
        name = published(session, chart={"type": "pivot"}, dimensions=[STAGE, month], measures=[COUNT], filter=only)
        _, result = reports.run(session, admin, name)
        pivot = result.pivot or {}
        assert [groups[0]["value"] for groups in pivot["columns"]] == [f"2025-0{month}-01" for month in (3, 4, 5, 6)]
        assert pivot["cells"] == [[{"count": "1"}, None, None, {"count": "1"}], [{"count": "1"}, None, None, None]]
        assert pivot["column_totals"] == [{"count": "2"}, {"count": "0"}, {"count": "0"}, {"count": "1"}]
        reports.export(session, admin, name, None, "csv", tmp_path / "sheet.csv")
        head, *_ = (tmp_path / "sheet.csv").read_text("utf-8-sig").splitlines()
        assert head == "阶段,2025-03,2025-04,2025-05,2025-06,合计"


def test_too_many_spans_are_left_out(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session, dimensions=[MONTH | {"bucket": "day"}], measures=[COUNT])
        assert len(shown(session, name)) == 93  # 2 March to 1 June, and the one without a date
        admin = demo.actor(session, "admin")
        old = records.list_page(session, admin, "crm.opportunity", Query(limit=1, filter="title == 'ours'")).items[0]
        records.update(session, admin, "crm.opportunity", old.id, {"expected_close": "1625-01-01"}, version=old.version)
        assert len(shown(session, name)) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"dimensions": [STAGE | {"gaps": "fill"}]},
        {"dimensions": [MONTH | {"gaps": "fill"}], "top": {"dimension": "month", "count": 3}},
        {"dimensions": [MONTH | {"gaps": "fill"}, MONTH | {"key": "again", "gaps": "fill"}]},
    ],
)
def test_refuses_to_fill_what_has_no_gaps(demo_platform: Platform, changes: dict[str, Any]) -> None:
    with demo_platform.database.unit_of_work() as session:
        with pytest.raises(InvalidDefinition) as refusal:
            published(session, **changes)
        assert [one.code for one in refusal.value.violations] == ["report_gaps"]
