"""Flows made of a graph alone, for the pure parts: no forms, no expressions, no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import Violation
from flow_engine.definition import Flow, Structure
from flow_engine.documents.reading import read_graph
from flow_engine.documents.soundness import analyse


def same(_path: str, text: str) -> str:
    """Return the text: nothing is translated."""
    return text


def faults_of(nodes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (pointer, code) of everything that is wrong with the graph."""
    graph, faults = read_graph({"nodes": nodes}, same)
    _, unsound = analyse(graph)
    return [(fault.pointer, fault.code) for fault in (*faults, *unsound)]


def flow_of(nodes: Mapping[str, Any]) -> Flow:
    """Return the flow of a graph that is sound."""
    graph, faults = read_graph({"nodes": nodes}, same)
    structure, unsound = analyse(graph)
    assert [*faults, *unsound] == []
    return bare(nodes, graph=graph, structure=structure)


def bare(nodes: Mapping[str, Any], *, graph: Any = None, structure: Structure | None = None) -> Flow:
    """Return a flow without plans."""
    faults: tuple[Violation, ...] = ()
    return Flow(
        name="test.flow",
        app="test",
        key="flow",
        title="flow",
        version=1,
        definition_id=1,
        runs="in_background",
        form=None,
        trigger=None,
        graph=graph or read_graph({"nodes": nodes}, same)[0],
        structure=structure or Structure(),
        plans={},
        outputs={},
        items={},
        holds={},
        trees={},
        faults=faults,
        references=(),
    )
