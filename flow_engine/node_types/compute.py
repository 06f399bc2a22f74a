"""Compute: values under the node's name, `need.short`; with `into`, new values of an earlier compute node."""

from __future__ import annotations

from engine.expressions import Expression, Members, Type, record_of
from flow_engine.documents.planning import Planning
from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Result
from flow_engine.option_schemas import EXPRESSIONS, KEY
from flow_engine.runs.running import Running


def prepare(planning: Planning) -> Prepared:
    """Type each value; with `into` it must be of the type that the earlier node gave it."""
    into = planning.option("into")
    known = planning.names.get(into) if into is not None else None
    if into is not None and (known is None or known.type.record is None or known.type.record.name != "values"):
        planning.fault("into", code="flow_into_unknown", node=into)
    plan: dict[str, Expression] = {}
    types: dict[str, Type] = {}
    for key in planning.option("values"):
        expected = known.type.record.member(key) if known is not None and known.type.record is not None else None
        if known is not None and expected is None:
            planning.fault("values", key, code="flow_variable_unknown", name=key, node=into)
            continue
        compiled = planning.expression("values", key, expected=expected)
        if compiled is not None:
            plan[key], types[key] = compiled, expected or compiled.type
    if into is not None:
        return Prepared(plan=plan)
    return Prepared(plan=plan, output=record_of(Members("values", types)))


def run(running: Running) -> Result:
    """Compute every value from what was known before the node."""
    found = {key: running.evaluate(expression) for key, expression in running.plan.items()}
    running.inputs["values"] = found
    into = running.node.options.get("into")
    if into is None:
        return Complete(output=found)
    earlier = running.names.get(into)
    return Complete(names={into: {**earlier, **found} if isinstance(earlier, dict) else found})


NODE_TYPE = NodeType(
    name="compute",
    title={"zh-CN": "计算", "en-US": "Compute"},
    description={
        "zh-CN": "计算若干变量，后续以“节点.变量”使用；`into` 改写前面计算节点的变量，用于循环累加。",
        "en-US": "Computes values, later read as `node.value`; `into` sets those of an earlier compute node (sums in loops).",
    },
    options={"values": EXPRESSIONS, "into": KEY},
    required=("values",),
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=({"values": {"short": "1 + 1"}}, {"values": {"total": "sums.total + 1"}, "into": "sums"}),
        refused=({}, {"values": {}}, {"values": {"Short": "1"}}, {"values": {"short": 1}}),
    ),
)
