"""Start: where a run begins. A flow without one begins at the node that no way leads to."""

from __future__ import annotations

from flow_engine.node_type import Complete, Examples, NodeType, Prepared

NODE_TYPE = NodeType(
    name="start",
    title={"zh-CN": "开始", "en-US": "Start"},
    description={"zh-CN": "流程从这里开始。", "en-US": "Where a run begins."},
    prepare=lambda _planning: Prepared(),
    run=lambda _running: Complete(),
    examples=Examples(accepted=({},), refused=({"when": "True"},)),
)
