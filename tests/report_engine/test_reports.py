"""Reports over real records: exact numbers, the reader's rights, refusals."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import definitions
from engine.db import Session
from engine.errors import InvalidDefinition, InvalidInput, NotAllowed, NotFound
from form_engine import records
from report_engine import dashboards, reports
from tests import demo
from web.platform import Platform


def published(session: Session, **changes: Any) -> str:
    """Publish a report over orders, with `changes`, and return its name."""
    document = {
        "key": "mine",
        "format": 1,
        "title": "我的报表",
        "form": "crm.sales_order",
        "chart": {"type": "table"},
        "dimensions": [{"key": "region", "field": "customer.region"}],
        "measures": [{"key": "total", "function": "sum", "field": "total"}, {"key": "count", "function": "count"}],
    } | changes
    reports.publish(session, demo.actor(session, "admin"), "crm", document)
    return "crm.mine"


def numbers(session: Session, text: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(sa.text(text))]


def test_groups_by_a_field_of_a_relation_as_plain_sql_does(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = demo.actor(session, "director")
        _, result = reports.run(session, director, published(session, sort=["-total"]))
        expected = numbers(
            session,
            "select c.region, sum(o.total), count(*) from crm.sales_order o join crm.customer c on c.id = o.customer "
            "where o.deleted_at is null group by 1 order by 2 desc",
        )

        assert [(row["region"]["value"], Decimal(row["total"]), int(row["count"])) for row in result.rows] == expected
        assert Decimal(str(result.totals["total"])) == sum(row[1] for row in expected)
        assert result.is_cut is False


def test_options_stand_in_their_own_order(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        _, result = reports.run(session, demo.actor(session, "director"), "crm.sales_funnel")

        stages = [row["stage"]["value"] for row in result.rows]
        assert stages == ["lead", "qualified", "proposal", "negotiation", "won"]
        assert result.rows[0]["stage"] == {"value": "lead", "title": "线索确认", "color": "blue"}


def test_dates_gather_in_months(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(
            session,
            dimensions=[{"key": "month", "field": "order_date", "bucket": "month"}],
            filter="order_date >= DATE(2026, 10, 1)",
        )
        _, result = reports.run(session, demo.actor(session, "director"), name)
        expected = numbers(
            session,
            "select to_char(order_date, 'YYYY年FMMM月'), sum(total) from crm.sales_order "
            "where order_date >= '2026-10-01' group by 1 order by 1",
        )

        assert [(row["month"]["title"], Decimal(row["total"])) for row in result.rows] == expected
        assert [row["month"]["value"] for row in result.rows] == ["2026-10-01", "2026-11-01"]


def test_shows_only_rows_that_the_reader_may_see(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        sales = demo.actor(session, "sales")
        _, mine = reports.run(session, sales, "crm.orders_by_status")
        expected = numbers(session, f"select count(*) from crm.sales_order where sales_rep = '{sales.user_id}'")
        _, everything = reports.run(session, demo.actor(session, "director"), "crm.orders_by_status")

        assert mine.totals["count"] == str(expected[0][0])
        assert everything.totals["count"] == str(numbers(session, "select count(*) from crm.sales_order")[0][0])


def test_leaves_out_the_recycle_bin(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        admin = demo.actor(session, "admin")
        name = published(session, dimensions=[])
        first = session.execute(sa.text("select id from crm.sales_order where status = 'draft' limit 1")).scalar_one()
        records.delete(session, admin, "crm.sales_order", first)

        _, result = reports.run(session, admin, name)

        living = str(numbers(session, "select count(*) - 1 from crm.sales_order")[0][0])
        assert result.totals["count"] == living
        assert result.rows[0]["count"] == living


def test_refuses_a_reader_to_whom_a_used_field_is_hidden(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        planner = demo.actor(session, "planner")
        with pytest.raises(NotAllowed) as refusal:
            reports.run(session, planner, "erp.approved_orders")

        assert refusal.value.code == "report_fields_closed"
        assert "订单额" in refusal.value.detail("zh-CN")


def test_hides_reports_that_no_role_names(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session, pytest.raises(NotFound):
        reports.run(session, demo.actor(session, "service"), "crm.sales_funnel")


def test_narrows_by_the_readers_filter(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = demo.actor(session, "director")
        _, result = reports.run(session, director, "crm.orders_by_status", "status == 'approved'")
        assert [row["status"]["value"] for row in result.rows] == ["approved"]

        with pytest.raises(InvalidInput) as refusal:
            reports.run(session, director, "crm.orders_by_status", "nonsense == 1")
        assert [spot.pointer for spot in refusal.value.violations] == ["#/filter"]


def test_says_when_groups_were_cut(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session, dimensions=[{"key": "customer", "field": "customer"}], sort=["-total"], limit=3)
        _, result = reports.run(session, demo.actor(session, "director"), name)

        assert (len(result.rows), result.is_cut) == (3, True)
        assert result.totals["count"] == str(numbers(session, "select count(*) from crm.sales_order")[0][0])


def test_runs_over_a_balance(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        _, result = reports.run(session, demo.actor(session, "planner"), "erp.stock_by_warehouse")
        expected = numbers(session, "select sum(quantity) from erp.stock")

        assert Decimal(str(result.totals["quantity"])) == expected[0][0]
        assert {row["warehouse"]["title"] for row in result.rows} == {"成品一仓", "原料仓"}


def test_dashboard_leaves_out_reports_the_reader_may_not_see(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        page = dashboards.get(session, demo.actor(session, "planner"), "erp.overview")

        # What the orders are worth is hidden from planners: that card is not there.
        keys = [item.key for item in page.items]
        assert "orders" not in keys
        assert {"open", "late", "requests", "status", "demand", "delivery", "safety", "stock"} <= set(keys)


def test_groups_over_a_relation_speak_the_readers_language(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = replace(demo.actor(session, "director"), language="en-US")
        _, result = reports.run(session, director, "crm.sales_by_region")
        page = dashboards.shown(session, director, dashboards.get(session, director, "crm.sales"))

        assert "East China" in {row["region"]["title"] for row in result.rows}
        assert [column["title"] for column in result.columns] == ["Region", "Order value"]
        region = next(one for one in page["filters"] if one["key"] == "region")
        assert "East China" in {option["title"] for option in region["options"]}


def test_every_report_of_the_demo_runs_for_whoever_sees_it(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = demo.actor(session, "director")
        names = [one.name for one in definitions.catalog(session).list("reports")]
        empty = [name for name in names if not reports.run(session, director, name)[1].rows]
        assert len(names) >= 36
        assert empty == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"form": "crm.nothing"}, "#/form", "report_form_unknown"),
        ({"chart": {"type": "spider"}}, "#/chart/type", "report_chart_unknown"),
        (
            {"chart": {"type": "number"}, "measures": [{"key": "m", "function": "count"}]},
            "#/dimensions",
            "report_chart_dimensions",
        ),
        ({"dimensions": [{"key": "x", "field": "customer.nothing"}]}, "#/dimensions/0/field", "report_field_unknown"),
        ({"dimensions": [{"key": "x", "field": "lines"}]}, "#/dimensions/0/field", "report_field_unknown"),
        (
            {"dimensions": [{"key": "x", "field": "status", "bucket": "month"}]},
            "#/dimensions/0/bucket",
            "report_bucket_not_date",
        ),
        ({"measures": [{"key": "m", "function": "sum"}]}, "#/measures/0", "report_measure_field"),
        (
            {"measures": [{"key": "m", "function": "sum", "field": "status"}]},
            "#/measures/0/field",
            "report_measure_not_number",
        ),
        ({"measures": [{"key": "region", "function": "count"}]}, "#/measures/0/key", "report_key_twice"),
        ({"chart": {"type": "pie"}}, "#/measures", "report_chart_measures"),
        ({"sort": ["-nothing"]}, "#/sort/0", "report_sort_unknown"),
        ({"filter": "total >"}, "#/filter", "expression_syntax"),
        ({"surprise": 1}, "#/surprise", "additionalProperties"),
    ],
)
def test_refuses_what_cannot_be_published(
    demo_platform: Platform, changes: dict[str, Any], pointer: str, code: str
) -> None:
    with demo_platform.database.unit_of_work() as session:
        with pytest.raises(InvalidDefinition) as refusal:
            published(session, **changes)

        assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [(pointer, code)]
        with pytest.raises(NotFound):
            reports.get(session, demo.actor(session, "admin"), "crm.mine")


def test_a_report_and_its_totals_are_a_constant_number_of_statements(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = demo.actor(session, "director")
        reports.run(session, director, "crm.top_customers")
        seen: list[str] = []
        sa.event.listen(session.connection, "before_cursor_execute", lambda *event: seen.append(event[2]))
        reports.run(session, director, "crm.top_customers")

        # Two settings of the time limit (none on the reports' own pool), the report, titles of customers.
        assert len(seen) == 4


def test_orders_beside_their_lines_are_counted_once_in_each_period(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(
            session,
            dimensions=[{"key": "month", "field": "order_date", "bucket": "month"}],
            measures=[
                {"key": "amount", "function": "sum", "field": "lines.amount"},
                {"key": "orders", "function": "count"},
                {"key": "before", "compare": "orders", "as": "value"},
                {"key": "customers", "function": "count_distinct", "field": "customer"},
            ],
        )
        _, result = reports.run(session, demo.actor(session, "director"), name)
        expected = numbers(
            session,
            "with m as (select date_trunc('month', o.order_date)::date d, sum(l.amount) s, count(distinct o.id) n, "
            "count(distinct o.customer) c from crm.sales_order o join crm.sales_order__lines l on l.record_id = o.id "
            "where o.deleted_at is null group by 1) "
            "select m.d::text, m.s, m.n, b.n, m.c from m left join m b on b.d = m.d - interval '1 month' order by 1",
        )

        assert [
            (
                row["month"]["value"],
                Decimal(row["amount"]),
                int(row["orders"]),
                None if row["before"] is None else int(row["before"]),
                int(row["customers"]),
            )
            for row in result.rows
        ] == [(*row[:3], row[3] or 0, row[4]) for row in expected]
        assert result.totals["before"] is None


def test_a_measure_says_what_it_means_and_so_does_a_change_of_it(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(
            session,
            dimensions=[{"key": "month", "field": "order_date", "bucket": "month"}],
            measures=[
                {"key": "late", "function": "count", "tone": "negative"},
                {"key": "before", "compare": "late", "as": "value"},
                {"key": "change", "compare": "late"},
                {"key": "share", "share_of": "late", "tone": "neutral"},
            ],
        )
        _, result = reports.run(session, demo.actor(session, "director"), name)

        tones = {column["key"]: column["tone"] for column in result.columns if column["role"] == "measure"}
        assert tones == {"late": "negative", "before": None, "change": "negative", "share": "neutral"}


def test_a_sheet_has_totals_unless_they_mean_nothing(demo_platform: Platform, tmp_path: Path) -> None:
    with demo_platform.database.unit_of_work() as session:
        director = demo.actor(session, "director")
        last = []
        for has_totals in (True, False):
            name = published(session, totals=has_totals)
            reports.export(session, director, name, None, "csv", tmp_path / "sheet.csv")
            last.append((tmp_path / "sheet.csv").read_text("utf-8-sig").splitlines()[-1].split(",")[0])
            _, result = reports.run(session, director, name)
            assert result.has_totals is has_totals

        assert last[0] == "合计"
        assert last[1] != "合计"
