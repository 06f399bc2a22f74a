"""What keeps a graph from going live, one by one, and all at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.graphs import faults_of

STEP: dict[str, Any] = {"type": "compute", "values": {"x": "1"}}
ASK: dict[str, Any] = {"type": "approval", "assignees": [{"type": "starter"}]}
END: dict[str, Any] = {"type": "end"}


def step(following: str | None = None) -> dict[str, Any]:
    return STEP if following is None else {**STEP, "next": following}


def choice(**branches: str) -> dict[str, Any]:
    given = [{"key": key, "when": "True", "next": target} for key, target in branches.items() if key != "otherwise"]
    found: dict[str, Any] = {"type": "condition", "branches": given}
    return {**found, "next": branches["otherwise"]} if "otherwise" in branches else found


def fork(**branches: str) -> dict[str, Any]:
    return {"type": "parallel", "branches": [{"key": key, "next": target} for key, target in branches.items()]}


def loop(item: str, done: str | None = None) -> dict[str, Any]:
    following = {"item": item} if done is None else {"item": item, "done": done}
    return {"type": "for_each", "items": "record.lines", "next": following}


JOIN: dict[str, Any] = {"type": "join", "next": "end"}

SOUND = {
    "one node": {"a": step()},
    "a line": {"start": {"type": "start", "next": "a"}, "a": step("end"), "end": END},
    "start is where nothing leads": {"b": step(), "a": step("b")},
    "a choice that meets again": {"a": choice(x="b", otherwise="c"), "b": step("c"), "c": step()},
    "a choice that ends": {"a": choice(x="b"), "b": END},
    "branches": {"a": fork(x="b", y="c"), "b": step("j"), "c": step("j"), "j": JOIN, "end": END},
    "an empty branch": {"a": fork(x="b", y="j"), "b": step("j"), "j": JOIN, "end": END},
    "a choice in a branch": {
        "a": fork(x="b", y="j"), "b": choice(p="c", otherwise="j"), "c": step("j"), "j": JOIN, "end": END,
    },
    "branches in a branch": {
        "a": fork(x="b", y="c"), "b": fork(p="d", q="e"), "d": step("k"), "e": step("k"),
        "k": {"type": "join", "next": "j"}, "c": step("j"), "j": JOIN, "end": END,
    },
    "a loop": {"a": loop("b", "end"), "b": step("a"), "end": END},
    "a loop whose body leads nowhere": {"a": loop("b"), "b": step()},
    "a loop in a loop": {"a": loop("b", "end"), "b": loop("c", "a"), "c": step("b"), "end": END},
    "a loop in a branch": {"a": fork(x="b", y="j"), "b": loop("c", "j"), "c": step(), "j": JOIN, "end": END},
    "branches in a loop": {
        "a": loop("b", "end"), "b": fork(x="c", y="d"), "c": step("j"), "d": step("j"),
        "j": {"type": "join", "next": "a"}, "end": END,
    },
    "asked again after a return": {
        "start": {"type": "start", "next": "a"},
        "a": {**ASK, "next": {"approve": "end", "return": "b"}}, "b": {**ASK, "next": {"approve": "a"}}, "end": END,
    },
}  # fmt: skip

UNSOUND: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing leads there": (
        {"start": {"type": "start", "next": "end"}, "b": step("end"), "end": END},
        [("#/nodes/b", "flow_node_unreachable")],
    ),
    "a way to nowhere": ({"a": step("b")}, [("#/nodes/a/next", "flow_node_unknown")]),
    "a branch to nowhere": ({"a": choice(x="b")}, [("#/nodes/a/branches/0/next", "flow_node_unknown")]),
    "no such exit": (
        {"a": {**STEP, "next": {"done": "b"}}, "b": step()},
        [("#/nodes/a/next/done", "flow_port_unknown"), ("#/nodes/b", "flow_node_unreachable")],
    ),
    "an end leads nowhere": (
        {"start": {"type": "start", "next": "a"}, "a": {"type": "end", "next": "a"}},
        [("#/nodes/a/next", "flow_port_unknown")],
    ),
    "a body is missing": ({"a": {"type": "for_each", "items": "x"}}, [("#/nodes/a", "flow_port_missing")]),
    "two branches of one name": (
        {
            "a": {"type": "condition", "branches": [{"key": "x", "when": "True", "next": "b"}] * 2},
            "b": step(),
        },
        [("#/nodes/a/branches", "flow_port_twice")],
    ),
    "a branch ends before the join": (
        {"a": fork(x="b", y="c"), "b": step("end"), "c": step("j"), "j": JOIN, "end": END},
        [
            ("#/nodes/j/next", "flow_way_crosses_border"),
            ("#/nodes/j", "flow_join_misses_branch"),
            ("#/nodes/end", "flow_branch_ends_before_join"),
        ],
    ),
    "a branch leads nowhere": (
        {"a": fork(x="b", y="j"), "b": step(), "j": JOIN, "end": END},
        [("#/nodes/j", "flow_join_misses_branch"), ("#/nodes/b", "flow_branch_ends_before_join")],
    ),
    "a join without branches": (
        {"a": step("j"), "j": JOIN, "end": END},
        [
            ("#/nodes/a/next", "flow_join_without_split"),
            ("#/nodes/j", "flow_node_unreachable"),
            ("#/nodes/end", "flow_node_unreachable"),
        ],
    ),
    "branches of two nodes in one join": (
        {
            "a": fork(x="b", y="j"), "b": fork(p="c", q="d"), "c": step("j"), "d": step("j"), "j": JOIN, "end": END,
        },
        [
            ("#/nodes/c/next", "flow_join_of_two_splits"),
            ("#/nodes/d/next", "flow_join_of_two_splits"),
            ("#/nodes/j", "flow_join_misses_branch"),
        ],
    ),
    "out of a branch": (
        {"a": choice(p="f", otherwise="z"), "f": fork(x="b", y="j"), "b": choice(q="z", otherwise="j"), "z": step("end"),
         "j": JOIN, "end": END},
        [("#/nodes/b/branches/0/next", "flow_way_crosses_border")],
    ),
    "into a loop": (
        {"a": choice(p="l", otherwise="b"), "l": loop("b", "end"), "b": step("l"), "end": END},
        [("#/nodes/l/next/item", "flow_way_crosses_border")],
    ),
    "out of a loop": (
        {"l": loop("b", "end"), "b": choice(p="end", otherwise="l"), "end": END},
        [("#/nodes/b/branches/0/next", "flow_way_crosses_border")],
    ),
    "an end in a loop": (
        {"l": loop("b"), "b": choice(p="stop", otherwise="l"), "stop": END},
        [("#/nodes/stop", "flow_end_inside_loop")],
    ),
    "round and round": (
        {"start": {"type": "start", "next": "a"}, "a": choice(x="b", otherwise="end"), "b": step("a"), "end": END},
        [("#/nodes/a", "flow_cycle_without_wait")],
    ),
    "for ever asked": (
        {
            "start": {"type": "start", "next": "a"},
            "a": {**ASK, "next": {"approve": "b", "reject": "b", "return": "b"}},
            "b": step("a"),
        },
        [("#/nodes/start", "flow_never_ends")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_accepts_what_is_sound(name: str) -> None:
    assert faults_of(SOUND[name]) == []


@pytest.mark.parametrize("name", UNSOUND)
def test_refuses_what_is_not(name: str) -> None:
    nodes, faults = UNSOUND[name]
    assert faults_of(nodes) == faults


def test_tells_every_fault_at_once() -> None:
    nodes = {
        "start": {"type": "start", "next": "a"},
        "a": choice(x="nowhere", otherwise="b"),
        "b": step("a"),
        "lost": step(),
    }
    assert {code for _, code in faults_of(nodes)} == {
        "flow_node_unknown",
        "flow_node_unreachable",
        "flow_cycle_without_wait",
    }
