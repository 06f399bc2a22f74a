"""Reports over the demo's forms, to be looked at as SQL and run."""

from __future__ import annotations

from typing import Any

ORDERS = {"key": "orders", "function": "count"}
TOTAL = {"key": "total", "function": "sum", "field": "total"}
AMOUNT = {"key": "amount", "function": "sum", "field": "lines.amount"}
MONTH = {"key": "month", "field": "order_date", "bucket": "month"}
REGION = {"key": "region", "field": "customer.region"}
PRODUCT = {"key": "product", "field": "lines.product"}

#: Name of a golden file -> what is different from a plain table over orders.
CASES: dict[str, dict[str, Any]] = {
    "plain": {"dimensions": [{"key": "status", "field": "status"}]},
    "number": {"chart": {"type": "number"}, "measures": [TOTAL]},
    "months_of_status": {"dimensions": [{"key": "status", "field": "status"}, MONTH]},
    "over_a_relation": {"dimensions": [REGION], "sort": ["-total"], "limit": 3},
    "rows": {"dimensions": [PRODUCT], "measures": [AMOUNT], "sort": ["-amount"]},
    "rows_beside_the_record": {"dimensions": [PRODUCT], "measures": [AMOUNT, ORDERS, TOTAL]},
    "distinct": {"dimensions": [REGION], "measures": [{"key": "n", "function": "count_distinct", "field": "customer"}]},
    "calculated": {
        "dimensions": [REGION],
        "measures": [
            TOTAL,
            ORDERS,
            {"key": "mean", "expression": "total / orders"},
            {"key": "share", "share_of": "total"},
            {"key": "shipped", "function": "count", "filter": "status == 'shipped'"},
        ],
        "filter": "status != 'draft' and customer.level in ['A', 'B']",
        "having": "total > 1000",
    },
    "compared_by_month": {
        "dimensions": [MONTH],
        "measures": [TOTAL, {"key": "change", "compare": "total", "to": "previous_year"}],
        "period": {"field": "order_date", "span": "year", "to_date": True},
    },
    "compared_as_a_whole": {
        "chart": {"type": "number"},
        "measures": [TOTAL, {"key": "before", "compare": "total", "as": "value"}],
        "period": {"field": "order_date", "span": "month"},
    },
    "months_without_gaps": {
        "chart": {"type": "line"},
        "dimensions": [MONTH, {"key": "status", "field": "status"}],
        "measures": [TOTAL, ORDERS, {"key": "mean", "expression": "total / orders"}],
        "period": {"field": "order_date", "span": "month", "count": 12},
    },
    "months_without_gaps_compared": {
        "chart": {"type": "line"},
        "dimensions": [MONTH],
        "measures": [TOTAL, {"key": "before", "compare": "total", "as": "value"}],
    },
    "top_with_others": {
        "dimensions": [{"key": "customer", "field": "customer"}],
        "top": {"dimension": "customer", "count": 3, "by": "total", "others": True},
    },
    "pivot": {
        "chart": {"type": "pivot"},
        "dimensions": [REGION, MONTH | {"axis": "columns"}],
        "sort": ["-total"],
    },
    "subtotals": {"dimensions": [REGION, {"key": "status", "field": "status"}], "subtotals": True},
}


def document(**changes: Any) -> dict[str, Any]:
    """Return a report over orders with `changes`."""
    return {
        "key": "mine",
        "format": 1,
        "title": "我的报表",
        "form": "crm.sales_order",
        "chart": {"type": "table"},
        "dimensions": [],
        "measures": [TOTAL, ORDERS],
    } | changes
