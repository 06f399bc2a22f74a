"""Who may see which numbers; what a report says when a form has changed under it; currencies; limits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import definitions, permissions
from engine.db import Session
from engine.errors import Conflict, InvalidDefinition, InvalidInput, NotAllowed, Unavailable
from engine.settings import Settings
from form_engine import forms
from report_engine import dashboards, reports
from report_engine.definition import Cell
from report_engine.querying import limits
from tests import databases, demo
from tests.report_engine import statements
from web.platform import Platform


def published(session: Session, **changes: Any) -> str:
    """Publish a report over orders and return its name."""
    reports.publish(session, demo.actor(session, "admin"), "crm", statements.document(**changes))
    return "crm.mine"


def narrowed(session: Session, username: str, forms_: dict[str, Any]) -> Any:
    """Return the reader with a role of their own alone."""
    admin = demo.actor(session, "admin")
    role = {"key": "narrow", "title": "窄", "format": 1, "forms": forms_, "reports": ["crm.*"], "dashboards": ["crm.*"]}
    permissions.publish(session, admin, "crm", [role])
    return replace(demo.actor(session, username), roles=frozenset({"crm.narrow"}))


VIEW = {"actions": ["view"]}


@pytest.mark.parametrize(
    ("granted", "changes", "named"),
    [
        ({"crm.sales_order": VIEW}, {"dimensions": [statements.REGION]}, "区域"),
        (
            {"crm.sales_order": VIEW, "crm.customer": {"actions": ["view"], "fields": {"region": "hidden"}}},
            {"dimensions": [statements.REGION]},
            "区域",
        ),
        (
            {"crm.sales_order": VIEW, "crm.customer": {"actions": ["view"], "fields": {"level": "masked"}}},
            {"filter": "customer.level == 'A'"},
            "customer.level",
        ),
        (
            {"crm.sales_order": {"actions": ["view"], "fields": {"lines": "hidden"}}},
            {"measures": [statements.AMOUNT]},
            "金额",
        ),
        (
            {"crm.sales_order": VIEW, "erp.product": {"actions": ["view"], "fields": {"cost": "hidden"}}},
            {"measures": [{"key": "cost", "function": "max", "field": "lines.product.cost"}]},
            "标准成本",
        ),
    ],
)
def test_refuses_what_is_closed_to_the_reader_and_names_it(
    demo_platform: Platform, granted: dict[str, Any], changes: dict[str, Any], named: str
) -> None:
    with demo_platform.database.unit_of_work() as session:
        reader = narrowed(session, "sales", granted)
        name = published(session, **changes)
        with pytest.raises(NotAllowed) as refusal:
            reports.run(session, reader, name)
        assert refusal.value.code == "report_fields_closed"
        assert named in refusal.value.detail("zh-CN")
        with pytest.raises(NotAllowed):
            reports.records_behind(session, reader, name, None, Cell())


def test_a_reader_filters_by_nothing_that_is_closed_to_them(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        reader = narrowed(session, "sales", {"crm.sales_order": VIEW})
        name = published(session)
        for request in (
            {"filters": [{"field": "customer.region", "in": ["east"]}]},
            {"filter": "customer.region == 'east'"},
        ):
            with pytest.raises(InvalidInput) as refusal:
                reports.run(session, reader, name, request)
            assert refusal.value.violations[0].code == "field_not_filterable"


def test_a_joined_record_outside_the_readers_rows_counts_as_empty(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        granted = {"crm.sales_order": VIEW, "crm.customer": {"actions": ["view"], "scope": "region == 'east'"}}
        reader = narrowed(session, "sales", granted)
        _, result = reports.run(session, reader, published(session, dimensions=[statements.REGION]))
        east, others = session.execute(
            sa.text(
                "select count(*) filter (where c.region = 'east'), count(*) filter (where c.region <> 'east')"
                " from crm.sales_order o join crm.customer c on c.id = o.customer"
            )
        ).one()

        assert [(row["region"]["value"], int(row["orders"])) for row in result.rows] == [("east", east), (None, others)]


@pytest.mark.parametrize(
    "request_",
    [
        {"filter": "COUNT(lines.product.code) > 0"},
        {"filter": "SUM(lines.product.cost) > 0"},
        {"filters": [{"field": "lines.product.code", "in": ["SM-750"]}]},
        {"filters": [{"field": "lines.product.is_active", "in": [True]}]},
    ],
)
def test_nobody_guesses_a_record_outside_their_rows_by_filtering_over_a_sub_table(
    demo_platform: Platform, request_: dict[str, Any]
) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session)
        found = []
        for product in (VIEW, VIEW | {"scope": "code == 'none'"}):
            reader = narrowed(session, "sales", {"crm.sales_order": VIEW, "erp.product": product})
            _, result = reports.run(session, reader, name, request_)
            behind = reports.records_behind(session, reader, name, request_, Cell())
            assert behind.count == int(str(result.totals["orders"]))
            found.append(behind.count)

        assert found[0] > 0
        assert found[1] == 0


def test_one_statement_serves_readers_of_one_role_each_with_their_own_rows(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        name = published(session)
        found = {}
        for username in ("sales", "sales2"):
            reader = demo.actor(session, username)
            found[username] = int(str(reports.run(session, reader, name)[1].totals["orders"]))
            mine = sa.text("select count(*) from crm.sales_order where sales_rep = :id or owner = :id")
            assert found[username] == session.execute(mine, {"id": reader.user_id}).scalar_one()
        assert found["sales"] != found["sales2"]


def test_says_which_field_is_gone_under_a_report(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        admin = demo.actor(session, "admin")
        name = published(session, dimensions=[{"key": "industry", "field": "customer.industry"}])
        uses = definitions.impact(session, "forms", "crm.customer", "industry")
        assert ("reports", name, "#/dimensions/0/field") in [(one.kind, one.name, one.pointer) for one in uses]

        document = {**definitions.catalog(session).get("forms", "crm.customer").document}
        document["properties"] = {key: one for key, one in document["properties"].items() if key != "industry"}
        document["x-form"] = {**document["x-form"], "layout": [], "views": []}
        definitions.publish(session, admin, "forms", "crm", "customer", document)
        with pytest.raises(Conflict) as refusal:
            reports.run(session, admin, name)
        assert refusal.value.code == "report_field_gone"
        assert "customer.industry" in refusal.value.detail("zh-CN")
        assert forms.get(session, "crm.customer").fields.get("industry") is None


def test_a_dashboard_shows_a_broken_report_in_its_place(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        admin = demo.actor(session, "admin")
        document = {**definitions.catalog(session).get("forms", "crm.customer").document}
        document["properties"] = {key: one for key, one in document["properties"].items() if key != "region"}
        document["x-form"] = {**document["x-form"], "layout": [], "views": []}
        definitions.publish(session, admin, "forms", "crm", "customer", document)

        page = dashboards.shown(session, admin, dashboards.get(session, admin, "crm.sales"))
        assert "regions" in [item["key"] for item in page["items"]]
        assert "region" not in [one["key"] for one in page["filters"]]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        (
            {"dimensions": [statements.PRODUCT], "measures": [statements.AMOUNT | {"currency": "status"}]},
            "#/measures/0/currency",
            "report_currency_not_grouped",
        ),
        ({"measures": [{"key": "m", "share_of": "nothing"}]}, "#/measures/0/share_of", "report_measure_unknown"),
        ({"measures": [statements.TOTAL | {"compare": "total"}]}, "#/measures/0", "report_measure_kind"),
        ({"measures": [statements.TOTAL | {"scale": 2}]}, "#/measures/0/scale", "report_measure_member"),
        (
            {"measures": [statements.TOTAL, {"key": "c", "compare": "total"}]},
            "#/measures/1/compare",
            "report_compare_needs_period",
        ),
        (
            {"measures": [{"key": "a", "expression": "b + 1"}, {"key": "b", "expression": "1 + 1"}]},
            "#/measures/0/expression",
            "expression_unknown_name",
        ),
        ({"top": {"dimension": "colour", "count": 3}}, "#/top/dimension", "report_sort_unknown"),
        ({"having": "colour > 1"}, "#/having", "expression_unknown_name"),
        ({"period": {"field": "status", "span": "year"}}, "#/period/field", "report_bucket_not_date"),
        ({"chart": {"type": "table", "stacked": True}}, "#/chart/stacked", "additionalProperties"),
        (
            {"chart": {"type": "pivot"}, "dimensions": [statements.REGION, statements.MONTH]},
            "#/dimensions",
            "report_chart_columns",
        ),
    ],
)
def test_refuses_measures_that_cannot_be(
    demo_platform: Platform, changes: dict[str, Any], pointer: str, code: str
) -> None:
    with demo_platform.database.unit_of_work() as session:
        with pytest.raises(InvalidDefinition) as refusal:
            published(session, **changes)
        assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [(pointer, code)]


def test_amounts_of_different_currencies_are_not_calculated_with_each_other(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        admin = demo.actor(session, "admin")
        money = {"type": "money", "currency": "USD"}
        document = {
            "$id": "crm.deal", "format": 1, "title": "外贸单", "type": "object",
            "properties": {"usd": {"title": "美元", "x-field": money}, "cny": {"title": "人民币", "x-field": money | {"currency": "CNY"}}},
        }  # fmt: skip
        forms.publish_many(session, admin, [document])
        measures = [
            {"key": "usd", "function": "sum", "field": "usd"},
            {"key": "cny", "function": "sum", "field": "cny"},
            {"key": "both", "expression": "usd + cny"},
        ]
        with pytest.raises(InvalidDefinition) as refusal:
            published(session, form="crm.deal", measures=measures)
        assert [(one.pointer, one.code) for one in refusal.value.violations] == [
            ("#/measures/2/expression", "report_currencies_mixed")
        ]

        mean = {"key": "mean", "expression": "usd / orders"}
        _, result = reports.run(
            session, admin, published(session, form="crm.deal", measures=[measures[0], statements.ORDERS, mean])
        )
        assert [column["currency"] for column in result.columns] == ["USD", None, "USD"]
        assert result.totals == {"usd": None, "orders": "0", "mean": None}


def test_divides_by_nothing_to_nothing(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        shipped = {"key": "shipped", "function": "count", "filter": "status == 'shipped'"}
        measures = [statements.TOTAL, shipped, {"key": "mean", "expression": "total / shipped"}]
        dimensions = [{"key": "status", "field": "status"}]
        _, result = reports.run(
            session, demo.actor(session, "admin"), published(session, dimensions=dimensions, measures=measures)
        )

        found = {row["status"]["value"]: (row["shipped"], row["mean"]) for row in result.rows}
        assert found["draft"] == ("0", None)
        assert Decimal(str(found["shipped"][1])) > 0


def test_a_report_that_takes_too_long_is_stopped_and_the_transaction_goes_on(demo_platform: Platform) -> None:
    limits.use(demo_platform.database, limits.Limits(seconds=1))
    with demo_platform.database.unit_of_work() as session:
        with pytest.raises(InvalidInput) as refusal, session.connection.begin_nested(), limits.kept(session):
            session.execute(sa.text("select pg_sleep(3)"))
        assert refusal.value.violations[0].code == "report_too_slow"
        assert session.execute(sa.text("select 1")).scalar_one() == 1


def test_reports_have_connections_of_their_own(server_url: str, tmp_path: Path) -> None:
    databases.ensure_demo_template(server_url)
    with databases.clone(server_url, databases.DEMO_TEMPLATE) as url:
        settings = Settings(data_dir=tmp_path, demo=True, report_pool_size=1, report_seconds=7, report_memory_mb=32)
        platform = Platform.connect(settings, url)
        with platform.reports.unit_of_work() as session:
            shown = [
                session.execute(sa.text(f"show {name}")).scalar_one() for name in ("statement_timeout", "work_mem")
            ]
            assert shown == ["7s", "32MB"]
            seen: list[str] = []
            sa.event.listen(session.connection, "before_cursor_execute", lambda *event: seen.append(event[2]))
            reports.run(session, demo.actor(session, "director"), "crm.orders_waiting")
            assert not [text for text in seen if "statement_timeout" in text]
            with platform.database.unit_of_work() as other:  # the pool of reports is full; writes go on
                assert other.execute(sa.text("select 1")).scalar_one() == 1
        platform.database.dispose()


def test_too_many_readers_are_told_to_come_back() -> None:
    gate = limits.Gate(0)
    held = [gate.passed() for _ in range(limits.WAITING)]
    for one in held:
        one.__enter__()
    with pytest.raises(Unavailable) as refusal, gate.passed():
        pass
    assert refusal.value.code == "reports_busy"
    held[0].__exit__(None, None, None)
    with gate.passed():
        pass
