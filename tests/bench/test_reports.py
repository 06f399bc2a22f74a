"""The bench of reports: what is written by hand gives the figures that the platform gives."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from bench import reports as bench_of_reports
from engine import identity
from report_engine import reports
from tests import databases


@pytest.mark.parametrize("orders", [600])
def test_the_sql_by_hand_has_the_totals_of_the_reports(server_url: str, tmp_path: Path, orders: int) -> None:
    with databases.clone(server_url) as url:
        told: list[str] = []
        with bench_of_reports.prepared(url, tmp_path, orders=orders, report=told.append) as platform:
            with platform.reports.unit_of_work() as session:
                director = identity.find_user(session, "director")
                assert director is not None
                actor = identity.actor_for_user(session, director.id)
                for name, key, column in (
                    ("crm.orders_by_status", "total", 2),
                    ("crm.sales_by_region", "total", 1),
                    ("crm.sales_by_industry", "total", 2),
                    ("crm.average_order", "customers", 3),
                ):
                    _, result = reports.run(session, actor, name)
                    shown = result.totals[key]
                    with (
                        closing(psycopg2.connect(url.replace("+psycopg2", ""))) as connection,
                        connection.cursor() as cursor,
                    ):
                        cursor.execute(bench_of_reports.BY_HAND[name][-1])
                        rows = cursor.fetchall()
                    depth = {"crm.sales_by_industry": 2}.get(name, 1)
                    whole = [row for row in rows if all(value is None for value in row[:depth])]
                    assert shown in [str(row[column]) for row in whole], name
            one = bench_of_reports.compared(
                platform, url, "crm.sales_by_product", bench_of_reports.BY_HAND["crm.sales_by_product"], 1
            )
        assert one["times"] == one["dougong_ms"] / one["by_hand_ms"]
        shown_lines = list(bench_of_reports.lines({"orders": orders, "lines": orders * 3, "reports": {"crm.x": one}}))
        assert shown_lines[-1].startswith("| `crm.x` | ")
