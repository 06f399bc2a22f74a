"""Query records: the records of a form (or the rows of a balance) that match a filter, or totals over them.

The filter's names are the queried form's fields and, beside them, everything that exists in the flow. With `lock` the
found rows stay locked until the end of the transaction: what was read stays true.
"""

from __future__ import annotations

from engine.expressions import list_of, record_of
from flow_engine.acting.querying import QueryPlan, aggregate, find, plan_query
from flow_engine.documents.planning import Planning
from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Result
from flow_engine.option_schemas import EXPRESSION, EXPRESSIONS, NAME
from flow_engine.runs.running import Running

MAX_RECORDS = 1000


def prepare(planning: Planning) -> Prepared:
    """Find the source and type filter, order and totals."""
    source = planning.source("form")
    if source is None:
        return Prepared()
    plan, types = plan_query(planning, source)
    if types is not None:
        return Prepared(plan=plan, output=types, holds=(plan.hold,) if plan.hold else ())
    one = record_of(source.record_type)
    output = one if planning.option("take") == "first" else list_of(one)
    return Prepared(plan=plan, output=output, holds=(plan.hold,) if plan.hold else ())


def run(running: Running) -> Result:
    """Ask the database: one statement for totals, one more for what records reach."""
    plan: QueryPlan = running.plan
    if plan.aggregates:
        return Complete(output=aggregate(running, plan))
    is_first = running.node.options.get("take") == "first"
    found = find(running, plan, limit=1 if is_first else int(running.node.options.get("limit", MAX_RECORDS)))
    running.inputs["found"] = len(found)
    if is_first:
        return Complete(output=found[0] if found else None)
    return Complete(output=found)


NODE_TYPE = NodeType(
    name="query_records",
    title={"zh-CN": "查询记录", "en-US": "Query records"},
    description={
        "zh-CN": "按条件查询表单或余额表：取列表、取第一条，或求合计；`lock` 在事务结束前锁住所读的行。",
        "en-US": "Finds records of a form or rows of a balance: all, the first, or totals; `lock` keeps them as read.",
    },
    options={
        "form": NAME,
        "filter": EXPRESSION,
        "sort": {"type": "string", "pattern": "^-?[a-z][a-z0-9_]*(,-?[a-z][a-z0-9_]*)*$", "maxLength": 500},
        "take": {"enum": ["all", "first"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": MAX_RECORDS},
        "aggregates": EXPRESSIONS,
        "lock": {"type": "boolean"},
    },
    required=("form",),
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=(
            {
                "form": "erp.stock",
                "filter": "product == item.product",
                "aggregates": {"on_hand": "SUM(quantity)"},
                "lock": True,
            },
            {"form": "erp.bom", "filter": "product == record.product", "take": "first", "sort": "-version"},
        ),
        refused=(
            {},
            {"form": "erp.stock", "limit": 0},
            {"form": "erp.stock", "take": "last"},
            {"form": "erp.stock", "sort": "a b"},
        ),
    ),
)
