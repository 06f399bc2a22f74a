"""Random reports over the demo's orders are what plain Python makes of the same records, to the last digit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.actor import Actor
from engine.db import Session
from report_engine import reports
from tests import demo
from tests.report_engine import plain
from web.platform import Platform

DIMENSIONS: dict[str, dict[str, Any]] = {
    "status": {"field": "status"},
    "region": {"field": "customer.region"},
    "level": {"field": "customer.level"},
    "customer": {"field": "customer"},
    "rep": {"field": "sales_rep"},
    "product": {"field": "lines.product"},
    "category": {"field": "lines.product.category"},
    "ordered": {"field": "order_date"},
    "delivered": {"field": "delivery_date"},
}
FIELDS = ("total", "lines.amount", "lines.quantity", "production_progress")
STATUSES = ("draft", "approved", "shipped", "closed")

dimension = st.sampled_from(sorted(DIMENSIONS)).flatmap(
    lambda name: st.sampled_from(["day", "week", "month", "quarter", "year"]).map(
        lambda span: {"key": name, **DIMENSIONS[name], **({"bucket": span} if name.endswith("ed") else {})}
    )
)
number = st.one_of(
    st.just({"function": "count"}),
    st.sampled_from(["customer", "lines.product"]).map(lambda path: {"function": "count_distinct", "field": path}),
    st.tuples(st.sampled_from(["sum", "average", "min", "max", "count"]), st.sampled_from(FIELDS)).map(
        lambda pair: {"function": pair[0], "field": pair[1]}
    ),
)
aggregate = st.tuples(number, st.none() | st.sampled_from(STATUSES)).map(
    lambda pair: pair[0] | ({} if pair[1] is None else {"only": pair[1], "filter": f"status == '{pair[1]}'"})
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a report over orders."""
    dimensions = draw(st.lists(dimension, max_size=2, unique_by=lambda one: one["key"]))
    measures = [
        one | {"key": f"m{place}"} for place, one in enumerate(draw(st.lists(aggregate, min_size=1, max_size=4)))
    ]
    keys = [one["key"] for one in measures]
    if draw(st.booleans()):
        pair = (draw(st.sampled_from(keys)), draw(st.sampled_from(keys)))
        ratio: dict[str, Any] = {"key": "ratio", "divided": pair, "scale": 4}
        measures.append(ratio | {"expression": f"{pair[0]} / {pair[1]}"})
    if draw(st.booleans()):
        measures.append({"key": "share", "share_of": draw(st.sampled_from(keys))})
    dated = next((place for place, one in enumerate(dimensions) if "bucket" in one), None)
    if dated is not None and draw(st.booleans()):
        dimensions[dated] = dimensions[dated] | {"gaps": "fill"}
    found: dict[str, Any] = {"dimensions": dimensions, "measures": measures}
    if draw(st.booleans()):
        found["status_is"] = draw(st.sampled_from(STATUSES))
    return found


def as_document(drawn: dict[str, Any]) -> dict[str, Any]:
    """Return what is published: without what only the plain evaluation reads."""
    document: dict[str, Any] = {
        "key": "mine", "format": 1, "title": "随机报表", "form": "crm.sales_order", "chart": {"type": "table"},
        "dimensions": drawn["dimensions"], "limit": 10000,
        "measures": [{key: value for key, value in one.items() if key not in ("only", "divided")} for one in drawn["measures"]],
    }  # fmt: skip
    return document | ({"filter": f"status == '{drawn['status_is']}'"} if "status_is" in drawn else {})


def orders(session: Session) -> list[dict[str, Any]]:
    """Return the demo's orders with their lines, as Python values."""
    lines: dict[Any, list[dict[str, Any]]] = {}
    for row in session.execute(
        sa.text("select l.*, p.category from crm.sales_order__lines l join erp.product p on p.id = l.product")
    ).mappings():
        lines.setdefault(row["record_id"], []).append(
            {"id": row["id"], "product": str(row["product"]), "product.category": row["category"],
             "amount": row["amount"], "quantity": row["quantity"]}
        )  # fmt: skip
    found = session.execute(
        sa.text("select o.*, c.region, c.level from crm.sales_order o join crm.customer c on c.id = o.customer")
    ).mappings()
    return [
        {
            "id": row["id"], "status": row["status"], "customer.region": row["region"], "customer.level": row["level"],
            "customer": str(row["customer"]), "sales_rep": str(row["sales_rep"]), "order_date": row["order_date"],
            "delivery_date": row["delivery_date"], "total": row["total"],
            "production_progress": row["production_progress"], "lines": lines.get(row["id"], []),
        }
        for row in found
    ]  # fmt: skip


def shown(document: dict[str, Any], actor: Actor, session: Session) -> dict[plain.Group, dict[str, Decimal | None]]:
    """Return what the platform makes of the report, in the shape of the plain evaluation."""
    reports.publish(session, demo.actor(session, "admin"), "crm", document)
    _, result = reports.run(session, actor, "crm.mine")
    assert not result.is_cut
    keys = [one["key"] for one in document["measures"]]
    found: dict[plain.Group, dict[str, Decimal | None]] = {}
    for row in result.rows:
        group = tuple(
            date.fromisoformat(row[one["key"]]["value"])
            if "bucket" in one and row[one["key"]]["value"] is not None
            else row[one["key"]]["value"]
            for one in document["dimensions"]
        )
        assert group not in found or not group
        found[group] = {key: decimal(row[key]) for key in keys}
    return found | {(): {key: decimal(result.totals[key]) for key in keys}}


def decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def test_random_reports_are_what_plain_python_makes_of_them(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        whole = orders(session)
        director = demo.actor(session, "director")

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(drawn=documents())
        def holds(drawn: dict[str, Any]) -> None:
            document = as_document(drawn)
            used = [one.get("field", "") for one in (*document["dimensions"], *document["measures"])]
            is_of_rows = any(path.startswith("lines") for path in used)
            aggregates = [one for one in document["measures"] if "function" in one]
            keeps_all = not all(one.get("field", "").startswith("lines") for one in aggregates)
            rows = (
                plain.joined(whole, keeps_all=keeps_all)
                if is_of_rows
                else [{**one, "line": one["id"]} for one in whole]
            )
            assert shown(document, director, session) == plain.grouped(drawn, rows)

        holds()
