"""Join: waits until every branch of its parallel node has arrived, then goes on once."""

from __future__ import annotations

from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Routing

NODE_TYPE = NodeType(
    name="join",
    title={"zh-CN": "汇合", "en-US": "Join"},
    description={"zh-CN": "等所有并行分支到齐后继续。", "en-US": "Goes on once every parallel branch has arrived."},
    routing=Routing.JOIN,
    prepare=lambda _planning: Prepared(),
    run=lambda _running: Complete(),
    examples=Examples(accepted=({},), refused=({"needed": 2},)),
)
