"""One flow as it is defined: nodes, ways between them, trigger. Frozen; made by `reading`, planned by `planning`.

Owns only shapes and look-ups. Whether a flow may go live is decided by `soundness` (the graph) and `planning`
(expressions and targets).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.errors import Violation, pointer
from engine.expressions import Type
from engine.texts import LocalizedText
from flow_engine.node_type import Awaited, Hold, NodeType, Port, Routing
from flow_engine.trigger_type import TriggerPlan, TriggerType

Runs = Literal["in_transaction", "in_background"]
Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One step. `ways` is where each exit leads: port -> node key; an exit that is missing leads nowhere."""

    key: str
    type: NodeType
    title: LocalizedText
    options: Mapping[str, Any]
    ports: tuple[Port, ...]
    ways: Mapping[str, str]

    def pointer(self, *path: str | int) -> str:
        """Return the pointer to `path` of this node in the flow's document."""
        return pointer("nodes", self.key, *path)

    def way_pointer(self, port: str) -> str:
        """Return the pointer to where the document says what `port` leads to."""
        for candidate in self.ports:
            if candidate.key == port and candidate.next is not None:
                return self.pointer(*candidate.path)
        return self.pointer("next", port) if isinstance(self.options.get("next"), Mapping) else self.pointer("next")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """One thing around a node: the loop whose body, or the branch of the parallel node in which it stands."""

    node: str
    port: str


#: What stands around a node, from the outside in.
Scope = tuple[Enclosure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What the soundness check found out about a graph.

    scopes -- node -> what stands around it.
    order  -- the nodes so that every way but a way back leads forward.
    bodies -- loop -> the nodes of its body, inner loops' bodies included.
    splits -- join -> the parallel node whose branches it brings together.
    """

    scopes: Mapping[str, Scope] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    bodies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Nodes and ways with the node that a run begins at."""

    nodes: Mapping[str, Node]
    start: str

    def edges(self) -> list[tuple[str, str, str]]:
        """Return every way as (node, port, node), in the document's order."""
        return [(node.key, port, target) for node in self.nodes.values() for port, target in node.ways.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What starts the flow: a kind with its options, planned."""

    type: TriggerType
    options: Mapping[str, Any]
    plan: TriggerPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One version of one flow, checked and planned.

    form    -- full name of the form whose record it is about; None: it is about no record.
    plans   -- node -> what its type prepared.
    outputs -- node -> type of its value.
    items   -- loop -> type of its items.
    holds   -- loop -> balance rows that its body locks, for all items at once.
    awaits  -- node -> the event that it may wait for.
    trees   -- name -> members of its records that some expression reads, for `form_engine.evaluating.loading`.
    faults  -- what is wrong; a published version has none, until something that it needs is taken away.
    """

    name: str
    app: str
    key: str
    title: LocalizedText
    version: int
    definition_id: int
    runs: Runs
    form: str | None
    trigger: Trigger | None
    graph: Graph
    structure: Structure
    plans: Mapping[str, object]
    outputs: Mapping[str, Type]
    items: Mapping[str, Type]
    holds: Mapping[str, tuple[Hold, ...]]
    trees: Mapping[str, Tree]
    faults: tuple[Violation, ...]
    references: tuple[tuple[str, str, str | None, str], ...]
    awaits: Mapping[str, Awaited] = field(default_factory=dict)

    def node(self, key: str) -> Node:
        """Return the node `key`."""
        return self.graph.nodes[key]

    def loop_around(self, key: str) -> str | None:
        """Return the innermost loop around node `key`, None where no loop is or a branch stands between."""
        scope = self.structure.scopes.get(key, ())
        if scope and self.graph.nodes[scope[-1].node].type.routing is Routing.LOOP:
            return scope[-1].node
        return None
