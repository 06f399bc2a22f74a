"""A flow document that satisfies the schema -> its graph, and the faults of ways that lead to no node or by no port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine.errors import Violation
from engine.texts import LocalizedText
from flow_engine.definition import Graph, Node
from flow_engine.node_type import NODE_TYPES, Port

#: Path of a text in the document, text -> the text in every language the app has.
Translate = Callable[[str, str], LocalizedText]


def read_graph(document: Mapping[str, Any], translate: Translate) -> tuple[Graph, list[Violation]]:
    """Return the graph of a document that satisfies `schema.flow_schema`, with what is wrong with its ways.

    A faulty way is left out of the graph, so that further checks can go on.
    """
    nodes: dict[str, Node] = {}
    faults: list[Violation] = []
    for key, options in document["nodes"].items():
        node, more = _node(key, options, document["nodes"], translate)
        nodes[key] = node
        faults.extend(more)
    return Graph(nodes=nodes, start=_start(nodes)), faults


def _node(
    key: str, options: Mapping[str, Any], known: Mapping[str, Any], translate: Translate
) -> tuple[Node, list[Violation]]:
    kind = NODE_TYPES[options["type"]]
    ports = tuple(_translated(port, f"nodes/{key}", translate) for port in kind.ports(options))
    given = {port.key: port.next for port in ports if port.next is not None}
    following = options.get("next")
    if isinstance(following, str):
        given.setdefault(kind.main_port, following)
    elif following:
        given.update(following)
    node = Node(
        key=key,
        type=kind,
        title=translate(f"nodes/{key}/title", options["title"]) if options.get("title") else kind.title,
        options=options,
        ports=ports,
        ways={port: target for port, target in given.items() if target in known and port in {p.key for p in ports}},
    )
    return node, _faults(node, given, known)


def _faults(node: Node, given: Mapping[str, str], known: Mapping[str, Any]) -> list[Violation]:
    ports = [port.key for port in node.ports]
    faults = []
    for port, target in given.items():
        if port not in ports:
            params = {"node": node.title, "port": port, "known": ports}
            faults.append(Violation(pointer=node.way_pointer(port), code="flow_port_unknown", params=params))
        elif target not in known:
            params = {"node": node.title, "target": target}
            faults.append(Violation(pointer=node.way_pointer(port), code="flow_node_unknown", params=params))
    for exit_ in node.ports:
        if exit_.required and exit_.key not in given:
            params = {"node": node.title, "port": exit_.key}
            faults.append(Violation(pointer=node.pointer(), code="flow_port_missing", params=params))
    repeated = sorted({port for port in ports if ports.count(port) > 1})
    if repeated:
        params = {"node": node.title, "ports": repeated}
        faults.append(Violation(pointer=node.pointer("branches"), code="flow_port_twice", params=params))
    return faults


def _translated(port: Port, path: str, translate: Translate) -> Port:
    if not isinstance(port.title, str) or not port.title or not port.path:
        return port
    title = translate(f"{path}/branches/{port.key}/title", port.title)
    return replace(port, title=title)


def _start(nodes: Mapping[str, Node]) -> str:
    """Return the node a run begins at: of type `start`, else the first that no way leads to, else the first."""
    for node in nodes.values():
        if node.type.name == "start":
            return node.key
    targets = {target for node in nodes.values() for target in node.ways.values() if target != node.key}
    return next((key for key in nodes if key not in targets), next(iter(nodes)))
