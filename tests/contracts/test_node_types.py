"""Every node type and trigger type keeps its contract: schema, examples, ports, titles, documentation."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.texts import LANGUAGES
from flow_engine.documents.reading import read_graph
from flow_engine.documents.schema import flow_schema, node_schema
from flow_engine.node_type import NODE_TYPES, NodeType, Routing
from flow_engine.trigger_type import TRIGGER_TYPES, TriggerType
from tests.factories.graphs import same

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "flows.md"
MAX_MEMBERS = 12


def document(nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": "x", "format": 1, "title": "x", "runs": "in_background", "nodes": nodes, **more}


def is_valid(value: Any) -> bool:
    return jsonschema.Draft202012Validator(dict(flow_schema())).is_valid(value)


@pytest.mark.parametrize("name", NODE_TYPES)
def test_options_are_closed_and_the_schema_is_one(name: str) -> None:
    schema = node_schema(NODE_TYPES[name])
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert set(NODE_TYPES[name].required) <= set(NODE_TYPES[name].options)


@pytest.mark.parametrize("name", NODE_TYPES)
def test_examples_are_taken_and_refused(name: str) -> None:
    examples = NODE_TYPES[name].examples
    assert examples.accepted
    assert examples.refused
    for options in examples.accepted:
        assert is_valid(document({"n": {"type": name, **options}})), options
    for options in examples.refused:
        assert not is_valid(document({"n": {"type": name, **options}})), options


@pytest.mark.parametrize("name", NODE_TYPES)
def test_ports_are_keyed_once_and_the_main_one_is_among_them(name: str) -> None:
    kind = NODE_TYPES[name]
    for options in kind.examples.accepted:
        keys = [port.key for port in kind.ports(options)]
        assert len(keys) == len(set(keys))
        if kind.routing not in (Routing.END, Routing.SPLIT):
            assert kind.main_port in keys


@pytest.mark.parametrize("name", NODE_TYPES)
def test_a_node_of_it_is_read_with_its_title(name: str) -> None:
    kind = NODE_TYPES[name]
    for options in kind.examples.accepted:
        graph, _ = read_graph({"nodes": {"n": {"type": name, **options}}}, same)
        assert graph.nodes["n"].title == kind.title
        assert graph.nodes["n"].type is kind


@pytest.mark.parametrize("name", TRIGGER_TYPES)
def test_trigger_examples_are_taken_and_refused(name: str) -> None:
    examples = TRIGGER_TYPES[name].examples
    for options in examples.accepted:
        assert is_valid(document({"n": {"type": "end"}}, trigger={"type": name, **options})), options
    for options in examples.refused:
        assert not is_valid(document({"n": {"type": "end"}}, trigger={"type": name, **options})), options


@pytest.mark.parametrize("kind", [*NODE_TYPES.values(), *TRIGGER_TYPES.values()], ids=lambda kind: kind.name)
def test_people_read_it_in_every_language(kind: NodeType | TriggerType) -> None:
    for text in (kind.title, kind.description):
        assert not isinstance(text, str)
        assert set(text) == set(LANGUAGES)
        assert all(text.values())


@pytest.mark.parametrize("contract", [NodeType, TriggerType])
def test_the_contract_stays_small(contract: type) -> None:
    assert len(fields(contract)) <= MAX_MEMBERS


@pytest.mark.parametrize("kind", [*NODE_TYPES.values(), *TRIGGER_TYPES.values()], ids=lambda kind: kind.name)
def test_the_reference_tells_of_it_with_every_option(kind: NodeType | TriggerType) -> None:
    text = REFERENCE.read_text("utf-8")
    section = text.partition(f"\n### {kind.name}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    assert section, f"docs/reference/flows.md has no section {kind.name}"
    for option in kind.options:
        assert f"`{option}`" in section, f"{kind.name}: option {option} is not told of"
