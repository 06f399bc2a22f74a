"""End: one way through the flow ends here; the run ends when the last one has."""

from __future__ import annotations

from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Routing

NODE_TYPE = NodeType(
    name="end",
    title={"zh-CN": "结束", "en-US": "End"},
    description={"zh-CN": "流程到此结束。", "en-US": "The run ends when every way through it has ended."},
    ports=lambda _options: (),
    routing=Routing.END,
    prepare=lambda _planning: Prepared(),
    run=lambda _running: Complete(),
    examples=Examples(accepted=({},), refused=({"outcome": "approved"},)),
)
