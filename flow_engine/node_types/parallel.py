"""Parallel: every branch is gone at once; a join brings them together again."""

from __future__ import annotations

from flow_engine.node_type import Complete, Examples, NodeType, Options, Port, Prepared, Routing
from flow_engine.option_schemas import BRANCH


def ports(options: Options) -> tuple[Port, ...]:
    """Return one exit a branch; each must lead somewhere."""
    return tuple(
        Port(
            key=branch["key"],
            title=branch.get("title", ""),
            next=branch.get("next"),
            path=("branches", index, "next"),
            required=True,
        )
        for index, branch in enumerate(options.get("branches", ()))
    )


NODE_TYPE = NodeType(
    name="parallel",
    title={"zh-CN": "并行", "en-US": "Parallel"},
    description={
        "zh-CN": "各分支同时进行，必须在同一个汇合节点会合。",
        "en-US": "All branches go on at once; they must meet in one join.",
    },
    options={"branches": {"type": "array", "minItems": 2, "maxItems": 20, "items": BRANCH}},
    required=("branches",),
    ports=ports,
    routing=Routing.SPLIT,
    prepare=lambda _planning: Prepared(),
    run=lambda _running: Complete(),
    examples=Examples(
        accepted=({"branches": [{"key": "law", "next": "a"}, {"key": "money", "title": "财务", "next": "b"}]},),
        refused=({}, {"branches": [{"key": "law", "next": "a"}]}, {"branches": [{"key": "a", "when": "True"}] * 2}),
    ),
)
