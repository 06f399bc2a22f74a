"""Numbers and the records behind them; comparison, top-N, pivots; sheets that are read back."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from engine.db import Session
from engine.errors import InvalidInput
from form_engine import records
from form_engine.record import Query
from report_engine import reports
from report_engine.definition import Cell
from tests import demo
from tests.report_engine import statements
from web.platform import Platform


def published(session: Session, **changes: Any) -> str:
    """Publish a report over orders and return its name."""
    reports.publish(session, demo.actor(session, "admin"), "crm", statements.document(**changes))
    return "crm.mine"


def rows_of(session: Session, text: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(sa.text(text))]


def test_the_records_behind_each_number_are_as_many_as_it_says(demo_platform: Platform) -> None:
    """Each report of the demo that counts records, every group of it, for a reader of all rows and one of some."""
    with demo_platform.database.unit_of_work() as session:
        checked = 0
        mine = ("crm.orders_by_status", "crm.win_rate_by_month", "crm.average_order")
        for username, names in (("director", (*mine, "erp.shipments_by_product")), ("sales", mine)):
            actor = demo.actor(session, username)
            for name in names:
                report, result = reports.run(session, actor, name)
                counts = [one.key for one in report.aggregates if one.function == "count" and one.path is None]
                for row in result.rows:
                    keys = [one.key for one in report.dimensions]
                    others = frozenset(key for key in keys if row[key].get("is_others"))
                    group = {key: row[key]["value"] for key in keys if key not in others}
                    for key in counts:
                        cell = Cell(group=group, others=others, measure=key)
                        behind = reports.records_behind(session, actor, name, None, cell, limit=1)
                        assert str(behind.count) == row[key], (name, group, key)
                        checked += 1
        assert checked > 40


def test_the_expression_of_a_group_opens_the_list_on_the_same_records(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = demo.actor(session, "director")
        run = {
            "filters": [{"field": "customer.region", "in": ["east", "south"]}],
            "filter": "total > 1000 or total < 5",
        }
        for name, dimension in (("crm.orders_by_month", "month"), ("crm.orders_by_status", "status")):
            _, result = reports.run(session, director, name, run)
            for row in result.rows:
                cell = Cell(group={dimension: row[dimension]["value"]}, measure="count")
                behind = reports.records_behind(session, director, name, run, cell, limit=200)
                query = Query(filter=behind.filter, limit=200)
                listed = records.list_page(session, director, "crm.sales_order", query)
                assert {str(one.id) for one in listed.items} == {one["id"] for one in behind.items}
                assert str(len(listed.items)) == row["count"]


def test_compares_with_the_same_days_of_the_year_before(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        _, result = reports.run(session, demo.actor(session, "director"), "crm.revenue_this_year")
        sold = "select sum(total) from crm.sales_order where status not in ('draft', 'rejected') and order_date"
        (now,), (before,) = (
            rows_of(session, f"{sold} between '{year}-01-01' and '{year}-11-21'")[0] for year in (2026, 2025)
        )

        assert result.totals["total"] == str(now)
        assert result.totals["last_year"] == str(before)
        assert Decimal(str(result.totals["year_on_year"])) == round((now - before) / before, 6)
        assert result.period == {"field": "order_date", "from": "2026-01-01", "to": "2026-11-21"}
        assert result.earlier == {"previous_year": {"from": "2025-01-01", "to": "2025-11-21"}}


def test_months_are_compared_with_the_same_months_a_year_ago(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        _, result = reports.run(session, demo.actor(session, "director"), "crm.order_trend")
        found = dict(
            rows_of(
                session,
                "select to_char(order_date, 'YYYY-MM-01'), sum(total) from crm.sales_order"
                " where status not in ('draft', 'rejected') group by 1",
            )
        )

        assert len(result.rows) == 12
        for row in result.rows:
            month = date.fromisoformat(row["month"]["value"])
            before = found.get(month.replace(year=month.year - 1).isoformat())
            assert row["total"] == str(found.get(month.isoformat(), 0))
            assert row["last_year"] == ("0" if before is None else str(before))


def test_the_rest_of_a_top_is_one_group_and_nothing_is_lost(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        top = {"dimension": "customer", "count": 3, "others": True}
        customer = [{"key": "customer", "field": "customer"}]
        measures = [statements.TOTAL, {"key": "people", "function": "count_distinct", "field": "customer"}]
        name = published(session, dimensions=customer, measures=measures, top=top, sort=["-total"])
        _, result = reports.run(session, demo.actor(session, "director"), name)
        sums = rows_of(session, "select customer::text, sum(total) from crm.sales_order group by 1 order by 2 desc")

        assert [(row["customer"]["value"], Decimal(row["total"])) for row in result.rows[:3]] == sums[:3]
        assert result.rows[3]["customer"] == {"value": None, "title": "其他", "is_others": True}
        assert Decimal(result.rows[3]["total"]) == sum(total for _, total in sums[3:])
        assert [row["people"] for row in result.rows] == ["1", "1", "1", str(len(sums) - 3)]
        assert Decimal(str(result.totals["total"])) == sum(total for _, total in sums)


def test_an_order_counts_once_in_every_group_and_once_in_the_total(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session, **statements.CASES["rows_beside_the_record"])
        _, result = reports.run(session, demo.actor(session, "director"), name)
        everything = rows_of(session, "select sum(total), count(*) from crm.sales_order")[0]
        groups = rows_of(
            session,
            "select product::text, sum(total), count(*) from (select distinct l.product, o.id, o.total from crm.sales_order o"
            " join crm.sales_order__lines l on l.record_id = o.id) x group by 1",
        )

        found = {(row["product"]["value"], Decimal(row["total"]), int(row["orders"])) for row in result.rows}
        assert found == set(groups)
        assert (Decimal(str(result.totals["total"])), int(str(result.totals["orders"]))) == everything
        assert sum(total for _, total, _ in groups) > everything[0]


def test_a_pivot_adds_up_along_both_sides(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        _, result = reports.run(session, demo.actor(session, "director"), "crm.sales_by_rep_month")
        pivot = result.pivot
        assert pivot is not None
        cells = [[Decimal(cell["total"]) if cell else Decimal(0) for cell in line] for line in pivot["cells"]]

        assert [sum(line) for line in cells] == [Decimal(one["total"]) for one in pivot["row_totals"]]
        assert [sum(column) for column in zip(*cells, strict=True)] == [
            Decimal(one["total"]) for one in pivot["column_totals"]
        ]
        assert sum(map(sum, cells)) == Decimal(str(result.totals["total"]))
        months = [groups[0]["value"] for groups in pivot["columns"]]
        assert months == sorted(months)
        totals = [Decimal(one["total"]) for one in pivot["row_totals"]]
        assert totals == sorted(totals, reverse=True)


def test_months_begin_at_midnight_of_the_installation(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        at = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)  # half past midnight of 1 October in Shanghai
        first = rows_of(session, "select id from crm.sales_order order by id limit 1")[0][0]
        session.execute(sa.text("update crm.sales_order set created_at = :at where id = :id"), {"at": at, "id": first})
        created = [{"key": "month", "field": "created_at", "bucket": "month"}]
        name = published(session, dimensions=created, measures=[statements.ORDERS])
        director = demo.actor(session, "director")
        _, result = reports.run(session, director, name)
        cell = Cell(group={"month": "2026-10-01"}, measure="orders")
        behind = reports.records_behind(session, director, name, None, cell)

        assert ("2026年10月", "1") in [(row["month"]["title"], row["orders"]) for row in result.rows]
        assert [one["id"] for one in behind.items] == [str(first)]
        listed = records.list_page(session, director, "crm.sales_order", Query(filter=behind.filter))
        assert [one.id for one in listed.items] == [first]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_sheets_hold_numbers_and_dates_and_no_formulas(demo_platform: Platform, tmp_path: Path, kind: Any) -> None:
    with demo_platform.database.unit_of_work() as session:
        admin = demo.actor(session, "admin")
        session.execute(sa.text("update crm.sales_order set note = '=1+1' where status = 'draft'"))
        note, day = {"key": "note", "field": "note"}, {"key": "day", "field": "order_date"}
        share = {"key": "share", "share_of": "total"}
        name = published(
            session,
            dimensions=[note, day],
            measures=[statements.TOTAL, statements.ORDERS, share],
            filter="status == 'draft'",
        )
        _, result = reports.run(session, admin, name)
        path = tmp_path / f"report.{kind}"
        reports.export(session, admin, name, None, kind, path)

        if kind == "xlsx":
            sheet = openpyxl.load_workbook(path).worksheets[0]
            lines: list[list[Any]] = [[cell.value for cell in row] for row in sheet.iter_rows()]
            assert lines[1][0] == "=1+1"
            assert sheet["A2"].data_type == "s"
            assert isinstance(lines[1][1], datetime)
            assert isinstance(lines[1][2], float | int)
            numbers = [Decimal(str(line[2])) for line in lines[1:-1]]
        else:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                lines = list(csv.reader(stream))
            assert lines[1][0] == "'=1+1"
            numbers = [Decimal(line[2]) for line in lines[1:-1]]
        assert lines[0][:3] == ["备注", "下单日期", "合计"]
        assert numbers == [Decimal(row["total"]) for row in result.rows]
        assert lines[-1][0] == "合计"
        assert Decimal(str(lines[-1][2])) == Decimal(str(result.totals["total"]))


def test_a_pivot_is_a_matrix_in_a_sheet(demo_platform: Platform, tmp_path: Path) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = demo.actor(session, "director")
        path = tmp_path / "report.xlsx"
        reports.export(session, director, "crm.sales_by_rep_month", None, "xlsx", path)
        _, result = reports.run(session, director, "crm.sales_by_rep_month")
        lines = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()]
        assert result.pivot is not None

        assert lines[0] == ["业务员", *(groups[0]["value"][:7] for groups in result.pivot["columns"]), "合计"]
        assert [line[0] for line in lines[1:]] == [*(one[0]["title"] for one in result.pivot["rows"]), "合计"]
        assert Decimal(str(lines[-1][-1])) == Decimal(str(result.totals["total"]))


@pytest.mark.parametrize(
    ("request_", "pointer", "code"),
    [
        ({"filters": [{"field": "colour", "in": ["red"]}]}, "#/filters/0/field", "report_field_unknown"),
        ({"filters": [{"field": "status"}]}, "#/filters/0", "report_filter_shape"),
        ({"filters": [{"field": "customer", "in": ["Acme"]}]}, "#/filters/0/in", "report_value_wrong"),
        ({"filters": [{"field": "status", "from": "2026-01-01"}]}, "#/filters/0/field", "report_bucket_not_date"),
        ({"period": {"from": "2026-01-01", "to": "2026-02-01"}}, "#/period", "report_without_period"),
        ({"sort": ["-colour"]}, "#/sort/0", "report_sort_unknown"),
        ({"limit": 0}, "#/limit", "minimum"),
        ({"surprise": 1}, "#/surprise", "additionalProperties"),
    ],
)
def test_refuses_requests_that_cannot_be(
    demo_platform: Platform, request_: dict[str, Any], pointer: str, code: str
) -> None:
    with demo_platform.database.unit_of_work() as session:
        with pytest.raises(InvalidInput) as refusal:
            reports.run(session, demo.actor(session, "director"), "crm.orders_by_status", request_)
        assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [(pointer, code)]
