"""For each: the body once for every item of a list, one after the other; then on by `done`.

The items are fixed when the loop begins. The body's last node leads back to the loop, or nowhere, which means the same.
"""

from __future__ import annotations

from engine.expressions import Kind
from flow_engine.acting.locking import hold_all
from flow_engine.documents.planning import Planning
from flow_engine.documents.shapes import LOOP
from flow_engine.node_type import Complete, Examples, NodeType, Port, Prepared, Result, Routing
from flow_engine.option_schemas import EXPRESSION, KEY
from flow_engine.runs.running import Running


def prepare(planning: Planning) -> Prepared:
    """Type the list; the planner gives the body its item."""
    items = planning.expression("items")
    if items is not None and items.type.kind is not Kind.LIST:
        planning.fault("items", code="flow_no_list", found=str(items.type))
        items = None
    return Prepared(plan=items, output=LOOP)


def run(running: Running) -> Result:
    """Give the items, the balance rows that the body locks held for all of them; `advance` makes the turns."""
    items = tuple(running.evaluate(running.plan) or ())
    running.inputs["items"] = len(items)
    name = str(running.node.options.get("item_name", "item"))
    hold_all(running, running.flow.holds.get(running.node.key, ()), [{name: item} for item in items])
    return Complete(output=items)


NODE_TYPE = NodeType(
    name="for_each",
    title={"zh-CN": "逐项循环", "en-US": "For each"},
    description={
        "zh-CN": "对列表的每一项依次执行循环体；`item_name` 为循环项的名字，默认 `item`。",
        "en-US": "Runs its body once for every item of a list, in order; `item_name` names the item (`item`).",
    },
    options={"items": EXPRESSION, "item_name": KEY},
    required=("items",),
    ports=lambda _options: (Port(key="item", required=True), Port(key="done")),
    main_port="done",
    routing=Routing.LOOP,
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=({"items": "record.lines", "next": {"item": "a"}}, {"items": "record.lines", "item_name": "line"}),
        refused=({}, {"items": ["record.lines"]}, {"items": "record.lines", "item_name": "Line"}),
    ),
)
