"""The demo's reports over orders beside SQL that a person would write for the same figures.

Both run on connections of the same settings, turn by turn; ours goes all the way to the result that the page gets.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg2

from app_templates import installer, loader
from engine import identity, migrations
from engine.actor import SYSTEM
from engine.catalog import catalog
from engine.embedded_postgres import EmbeddedPostgres
from engine.settings import Settings
from report_engine import reports
from web.platform import Platform

Report = Callable[[str], None]
#: Hand-written SQL is what ours is measured by; slower than this many times it misses the target.
TARGET: Final = 1.15
_SOLD: Final = "o.deleted_at is null and o.status <> 'draft' and o.status <> 'rejected'"
_MONTHS: Final = "o.order_date >= (date_trunc('month', now()) - interval '{ago} months')::date"

#: Report -> the statements of somebody who wants its groups and its total.
BY_HAND: Final[Mapping[str, tuple[str, ...]]] = {
    "crm.orders_by_status": (
        (
            "select o.status, count(*), sum(o.total) from crm.sales_order o where o.deleted_at is null"
            " group by rollup (o.status)"
        ),
    ),
    "crm.orders_by_month": (
        (
            "select date_trunc('month', o.order_date), sum(o.total), count(*) from crm.sales_order o"
            " where o.deleted_at is null group by rollup (1) order by 1"
        ),
    ),
    "crm.orders_waiting": (
        "select count(*) from crm.sales_order o where o.deleted_at is null and o.status = 'submitted'",
    ),
    "crm.top_customers": (
        (
            "select o.customer, sum(o.total), count(*) from crm.sales_order o where o.deleted_at is null"
            " group by 1 order by 2 desc nulls last limit 11"
        ),
        "select sum(total), count(*) from crm.sales_order where deleted_at is null",
    ),
    "crm.revenue_this_year": (
        (
            "select sum(o.total) filter (where o.order_date >= date_trunc('year', now())), sum(o.total) filter (where"
            " o.order_date < date_trunc('year', now())) from crm.sales_order o"
            f" where {_SOLD} and (o.order_date between date_trunc('year', now()) and now() or o.order_date between"
            " date_trunc('year', now()) - interval '1 year' and now() - interval '1 year')"
        ),
    ),
    "crm.order_trend": (
        (
            f"select date_trunc('month', o.order_date), sum(o.total) from crm.sales_order o where {_SOLD} and"
            f" {_MONTHS.format(ago=11)} group by 1 order by 1"
        ),
        (
            f"select date_trunc('month', o.order_date), sum(o.total) from crm.sales_order o where {_SOLD} and"
            f" {_MONTHS.format(ago=23)} and o.order_date < (date_trunc('month', now()) - interval '11 months')::date"
            " group by 1 order by 1"
        ),
    ),
    "crm.sales_by_product": (
        (
            "select l.product, sum(l.amount), sum(l.quantity) from crm.sales_order o"
            f" join crm.sales_order__lines l on l.record_id = o.id where {_SOLD} group by 1 order by 2 desc"
        ),
        (
            "select sum(l.amount), sum(l.quantity) from crm.sales_order o"
            f" join crm.sales_order__lines l on l.record_id = o.id where {_SOLD}"
        ),
    ),
    "crm.sales_by_region": (
        (
            "select c.region, sum(o.total) from crm.sales_order o left join crm.customer c on c.id = o.customer"
            f" where {_SOLD} group by rollup (1) order by 2 desc"
        ),
    ),
    "crm.sales_by_rep_month": (
        (
            "select o.sales_rep, date_trunc('month', o.order_date), sum(o.total) from crm.sales_order o"
            f" where {_SOLD} and {_MONTHS.format(ago=5)} group by cube (1, 2)"
        ),
    ),
    "crm.sales_by_industry": (
        (
            "select c.industry, c.level, sum(o.total), count(*) from crm.sales_order o"
            f" left join crm.customer c on c.id = o.customer where {_SOLD} group by cube (1, 2)"
        ),
    ),
    "crm.average_order": (
        (
            "select c.level, sum(o.total), count(*), count(distinct o.customer), sum(o.total) / count(*) from crm.sales_order o"
            f" left join crm.customer c on c.id = o.customer where {_SOLD} group by rollup (1)"
        ),
    ),
    "crm.receivables_ageing": (
        (
            "select o.customer, sum(o.total) filter (where o.delivery_date >= current_date), sum(o.total) filter (where"
            " o.delivery_date between current_date - 30 and current_date - 1), sum(o.total) filter (where o.delivery_date"
            " between current_date - 60 and current_date - 31), sum(o.total) filter (where o.delivery_date <"
            " current_date - 60), sum(o.total) from crm.sales_order o where o.deleted_at is null and o.status = 'shipped'"
            " group by rollup (1) order by 6 desc limit 51"
        ),
    ),
    "crm.overdue_orders": (
        (
            "select o.sales_rep, o.customer, count(*), sum(o.total), min(o.delivery_date) from crm.sales_order o"
            " where o.deleted_at is null and o.status = 'approved' and o.delivery_date < current_date"
            " group by rollup (1, 2) order by 4 desc limit 1001"
        ),
    ),
    "erp.approved_orders": (
        "select sum(o.total) from crm.sales_order o where o.deleted_at is null and o.status = 'approved'",
    ),
    "erp.demand_by_week": (
        (
            "select l.product, date_trunc('week', o.delivery_date), sum(l.quantity) from crm.sales_order o"
            " join crm.sales_order__lines l on l.record_id = o.id where o.deleted_at is null and o.status = 'approved'"
            " group by cube (1, 2)"
        ),
    ),
}


def run(*, orders: int, rounds: int, report: Report) -> dict[str, Any]:
    """Measure on a PostgreSQL of its own, and return everything that was measured."""
    with tempfile.TemporaryDirectory(prefix="dougong-bench-") as folder:
        with EmbeddedPostgres(Path(folder) / "postgres", fsync=False, die_with_parent=True) as url:
            return measured(url, Path(folder), orders=orders, rounds=rounds, report=report)


def measured(url: str, folder: Path, *, orders: int, rounds: int, report: Report) -> dict[str, Any]:
    """Return, for each report, the median milliseconds of ours and of the SQL by hand on `orders` orders of 3 lines."""
    with prepared(url, folder, orders=orders, report=report) as platform:
        found: dict[str, Any] = {}
        for name, statements in BY_HAND.items():
            report(f"{name} …")
            found[name] = compared(platform, url, name, statements, rounds)
        return {"orders": orders, "lines": orders * 3, "reports": found}


@contextmanager
def prepared(url: str, folder: Path, *, orders: int, report: Report) -> Iterator[Platform]:
    """Give an empty database the demo and `orders` more orders, all within two years."""
    platform = Platform.connect(Settings(data_dir=folder, demo=True), url)
    try:
        migrations.upgrade(platform.database.engine)
        with platform.database.unit_of_work() as session:
            installer.install(session, SYSTEM, loader.load_catalog(), demo=True)
        report("writing the orders …")
        with closing(psycopg2.connect(_plain(url))) as connection:
            connection.autocommit = True
            _fill(connection.cursor(), orders)
        yield platform
    finally:
        platform.database.dispose()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg2", "postgresql")


def _fill(cursor: Any, orders: int) -> None:
    cursor.execute("set session_replication_role = replica")  # what is written here points to what is there
    stamps = "1, now(), u.id, now(), u.id, u.id"
    columns = "version, created_at, created_by, updated_at, updated_by, owner"
    cursor.execute(
        f"insert into crm.customer (id, {columns}, name, level, status, industry, region)"
        f" select gen_random_uuid(), {stamps}, 'customer ' || n, (array['A', 'B', 'C'])[n % 3 + 1], 'active',"
        " (array['machinery', 'electronics', 'automotive', 'medical', 'energy', 'other'])[n % 6 + 1],"
        " (array['east', 'south', 'north', 'west', 'overseas'])[n % 5 + 1]"
        " from generate_series(1, 1000) n, (select id from meta.user where username = 'sales') u"
    )
    cursor.execute(
        f"insert into crm.sales_order (id, {columns}, customer, order_date, delivery_date, status, sales_rep, total)"
        f" select ('0190000a-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, {stamps}, c.ids[n % cardinality(c.ids) + 1],"
        " current_date - (n::bigint * 7919 % 730)::int, current_date - (n::bigint * 7919 % 730)::int + 30,"
        " (array['draft', 'submitted', 'approved', 'shipped', 'closed', 'closed'])[n % 6 + 1], s.ids[n % 4 + 1],"
        f" (n % 1000) * 15.00 from generate_series(1, {orders}) n, (select id from meta.user where username = 'sales') u,"
        " (select array_agg(id) ids from crm.customer) c, (select array_agg(id) ids from (select id from meta.user"
        " order by username limit 4) x) s"
    )
    cursor.execute(
        'insert into crm.sales_order__lines (id, record_id, "position", product, quantity, price, amount)'
        " select gen_random_uuid(), o.id, p, c.ids[(o.n + p * 7) % cardinality(c.ids) + 1], p + 1, 5.00, (p + 1) * 5.00"
        " from (select id, row_number() over () n from crm.sales_order where number is null) o,"
        " generate_series(0, 2) p, (select array_agg(id) ids from erp.product) c"
    )
    for table in ("crm.customer", "crm.sales_order", "crm.sales_order__lines", "erp.product"):
        cursor.execute(f"vacuum analyze {table}")


def compared(platform: Platform, url: str, name: str, statements: tuple[str, ...], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of a report and of the same by hand, and how many times as long ours takes."""
    ours: list[float] = []
    hand: list[float] = []
    options = "-c timezone=UTC -c jit=off -c work_mem=64MB"
    with closing(psycopg2.connect(_plain(url), options=options)) as connection, connection.cursor() as cursor:
        for _ in range(rounds + 1):
            hand.append(_milliseconds(lambda: _by_hand(cursor, statements)))
            ours.append(_ours(platform, name))
    medians = {"dougong_ms": statistics.median(ours[1:]), "by_hand_ms": statistics.median(hand[1:])}
    return medians | {"times": medians["dougong_ms"] / medians["by_hand_ms"]}


def _by_hand(cursor: Any, statements: tuple[str, ...]) -> None:
    for statement in statements:
        cursor.execute(statement)
        cursor.fetchall()


def _ours(platform: Platform, name: str) -> float:
    """Return the milliseconds from a signed-in reader to the whole result."""
    with platform.reports.unit_of_work() as session:
        director = identity.find_user(session, "director")
        assert director is not None  # noqa: S101 - the demo has one
        actor = identity.actor_for_user(session, director.id)
        catalog(session)
        return _milliseconds(lambda: reports.run(session, actor, name))


def _milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the table of what was measured, in Markdown."""
    yield f"| report on {result['orders']:,} orders, {result['lines']:,} lines | Dougong ms | SQL by hand ms | times |"
    yield "|---|---:|---:|---:|"
    for name, one in result["reports"].items():
        yield f"| `{name}` | {one['dougong_ms']:.0f} | {one['by_hand_ms']:.0f} | **{one['times']:.2f}** |"
