"""Condition: the first branch whose expression holds, in order; `otherwise` where none does."""

from __future__ import annotations

from engine.expressions import BOOLEAN, Expression
from flow_engine.documents.planning import Planning
from flow_engine.node_type import Complete, Examples, NodeType, Options, Port, Prepared, Result
from flow_engine.option_schemas import CONDITION_BRANCH
from flow_engine.runs.running import Running

OTHERWISE = "otherwise"


def ports(options: Options) -> tuple[Port, ...]:
    """Return one exit a branch, and `otherwise`."""
    branches = [
        Port(
            key=branch["key"], title=branch.get("title", ""), next=branch.get("next"), path=("branches", index, "next")
        )
        for index, branch in enumerate(options.get("branches", ()))
    ]
    return (*branches, Port(key=OTHERWISE, title={"zh-CN": "其他情况", "en-US": "Otherwise"}))


def prepare(planning: Planning) -> Prepared:
    """Type each branch's condition."""
    plan: list[tuple[str, Expression]] = []
    for index, branch in enumerate(planning.option("branches")):
        compiled = planning.expression("branches", index, "when", expected=BOOLEAN)
        if compiled is not None:
            plan.append((branch["key"], compiled))
    return Prepared(plan=tuple(plan))


def run(running: Running) -> Result:
    """Leave by the first branch that holds."""
    for key, condition in running.plan:
        if running.evaluate(condition) is True:
            running.inputs["branch"] = key
            return Complete(port=key)
    running.inputs["branch"] = OTHERWISE
    return Complete(port=OTHERWISE)


NODE_TYPE = NodeType(
    name="condition",
    title={"zh-CN": "条件", "en-US": "Condition"},
    description={
        "zh-CN": "按顺序取第一个成立的分支，都不成立则走“其他情况”。",
        "en-US": "Goes by the first branch whose condition holds, else by `otherwise`.",
    },
    options={"branches": {"type": "array", "minItems": 1, "maxItems": 50, "items": CONDITION_BRANCH}},
    required=("branches",),
    ports=ports,
    main_port=OTHERWISE,
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=({"branches": [{"key": "big", "title": "大额", "when": "record.total > 500000", "next": "a"}]},),
        refused=({}, {"branches": []}, {"branches": [{"key": "big"}]}),
    ),
)
