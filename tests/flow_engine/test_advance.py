"""`advance` alone: tokens, branches, joins, loops; by table, over random sound graphs, and against recorded runs."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Conflict
from flow_engine.advance import AskPeople, Begin, Cancel, CloseTasks, Ran, Retry, RunNode, Skip, advance, items_at
from flow_engine.definition import Flow
from flow_engine.node_type import Complete, Fail, Result, Wait
from flow_engine.state import Instance, InstanceStatus, Token, TokenStatus
from tests.factories.graphs import faults_of, flow_of
from tests.flow_engine.documents.test_soundness import ASK, END, JOIN, SOUND, choice, fork, loop, step

GOLDEN = Path(__file__).parent.parent / "golden" / "flows"
Answer = Callable[[Token, Instance], Result]


def play(flow: Flow, answer: Answer, limit: int = 5000) -> tuple[Instance, list[tuple[str, tuple[int, ...]]]]:
    """Run a flow to its end, the way the runner does; return the instance and the visits in order."""
    visits: list[tuple[str, tuple[int, ...]]] = []
    instance, effects = advance(flow, Instance(), Begin())
    waiting = deque(effects)
    while waiting:
        effect = waiting.popleft()
        before = instance
        if isinstance(effect, CloseTasks):
            continue
        token = instance.token(effect.token)
        assert token is not None
        if isinstance(effect, AskPeople):
            result: Result = Complete(port="approve")
        else:
            visits.append((token.node, token.iteration))
            result = answer(token, instance)
        instance, more = advance(flow, instance, Ran(token=token.number, result=result))
        assert_forward(before, instance)
        waiting.extend(more)
        assert len(visits) < limit
    return instance, visits


def assert_forward(before: Instance, after: Instance) -> None:
    """A token that has ended is never seen again, and one that waits is never ready again."""
    ended = {token.number for token in before.ended}
    assert not ended & {token.number for token in after.tokens}
    for token in before.tokens:
        later = after.token(token.number)
        if token.status is TokenStatus.WAITING and later is not None:
            assert later.status is not TokenStatus.READY


def items(count: int) -> Answer:
    """Give every loop `count` items, take every condition's first branch."""

    def answer(token: Token, instance: Instance) -> Result:
        return Complete(output=list(range(count)))

    return answer


def first_way(flow: Flow, count: int = 2) -> Answer:
    def answer(token: Token, instance: Instance) -> Result:
        node = flow.node(token.node)
        if node.type.name == "for_each":
            return Complete(output=list(range(count)))
        if node.type.name == "approval":
            return Wait(assignees=("somebody",), mode="any")
        return Complete(port=node.ports[0].key if node.ports else None)

    return answer


def test_a_line_runs_through() -> None:
    flow = flow_of({"start": {"type": "start", "next": "a"}, "a": step("end"), "end": END})
    instance, visits = play(flow, first_way(flow))
    assert instance.status is InstanceStatus.COMPLETED
    assert [node for node, _ in visits] == ["start", "a", "end"]


def test_a_join_waits_for_every_branch_and_goes_on_once() -> None:
    nodes = {"a": fork(x="b", y="c", z="j"), "b": step("d"), "d": step("j"), "c": step("j"), "j": JOIN, "end": END}
    instance, visits = play(flow_of(nodes), first_way(flow_of(nodes)))
    assert [node for node, _ in visits] == ["a", "b", "c", "d", "j", "end"]
    assert instance.joins == {}


def test_a_loop_turns_once_an_item_and_counts() -> None:
    flow = flow_of({"a": loop("b", "c"), "b": step("a"), "c": step()})
    instance, visits = play(flow, first_way(flow, 3))
    assert visits == [("a", ()), ("b", (0,)), ("b", (1,)), ("b", (2,)), ("c", ())]
    assert instance.values["a"] == {"count": 3}
    assert instance.loops == {}


def test_an_empty_loop_goes_straight_on() -> None:
    flow = flow_of({"a": loop("b", "c"), "b": step("a"), "c": step()})
    assert play(flow, first_way(flow, 0))[1] == [("a", ()), ("c", ())]


def test_loops_in_loops_turn_for_each_outer_item() -> None:
    flow = flow_of({"a": loop("b", "end"), "b": loop("c", "a"), "c": step("b"), "end": END})
    visits = play(flow, first_way(flow, 2))[1]
    assert [iteration for node, iteration in visits if node == "c"] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_two_loops_at_once_keep_their_items_apart() -> None:
    nodes = {
        "a": fork(x="l", y="m"), "l": loop("p", "j"), "p": step(), "m": loop("q", "j"), "q": step(), "j": JOIN, "end": END,
    }  # fmt: skip
    flow = flow_of(nodes)
    seen: list[tuple[str, Any]] = []

    def answer(token: Token, instance: Instance) -> Result:
        if token.node in ("l", "m"):
            return Complete(output=[f"{token.node}0", f"{token.node}1"])
        if token.node in ("p", "q"):
            seen.append((token.node, items_at(flow, instance, token.node)["item"]))
        return Complete()

    play(flow, answer)
    assert sorted(seen) == [("p", "l0"), ("p", "l1"), ("q", "m0"), ("q", "m1")]


def test_a_turn_does_not_see_the_values_of_the_last_one() -> None:
    flow = flow_of(
        {"a": loop("b", "end"), "b": choice(x="c", otherwise="d"), "c": step("a"), "d": step("a"), "end": END}
    )
    kept: list[Mapping[str, object]] = []

    def answer(token: Token, instance: Instance) -> Result:
        if token.node == "a":
            return Complete(output=[1, 2])
        if token.node == "b":
            return Complete(port="x" if token.iteration == (0,) else "otherwise")
        kept.append(instance.values)
        return Complete(output=token.node)

    play(flow, answer)
    assert "c" not in kept[1]


def test_late_events_change_nothing() -> None:
    flow = flow_of({"a": {**ASK, "next": {"approve": "end"}}, "end": END})
    instance, effects = advance(flow, Instance(), Begin())
    assert effects == (RunNode(token=1),)
    assert advance(flow, instance, Begin()) == (instance, ())
    instance, asked = advance(flow, instance, Ran(token=1, result=Wait(assignees=("x",), mode="any")))
    assert isinstance(asked[0], AskPeople)
    assert instance.status is InstanceStatus.WAITING
    assert advance(flow, instance, Ran(token=1, result=Wait(assignees=("x",), mode="any"))) == (instance, ())
    decided, effects = advance(flow, instance, Ran(token=1, result=Complete(port="approve")))
    assert effects == (CloseTasks(token=1), RunNode(token=2))
    assert advance(flow, decided, Ran(token=1, result=Complete(port="approve"))) == (decided, ())


def test_a_failed_token_is_tried_again_as_a_new_one() -> None:
    flow = flow_of({"a": step("end"), "end": END})
    instance, _ = advance(flow, Instance(), Begin())
    failed, effects = advance(flow, instance, Ran(token=1, result=Fail(error=Conflict())))
    assert (failed.status, effects) == (InstanceStatus.FAILED, ())
    again, effects = advance(flow, failed, Retry())
    assert effects == (RunNode(token=2),)
    assert again.status is InstanceStatus.RUNNING
    assert (again.visit(1), again.visit(2)) == (1, 1)
    done, _ = advance(flow, again, Ran(token=2, result=Complete()))
    done, _ = advance(flow, done, Ran(token=3, result=Complete()))
    assert done.status is InstanceStatus.COMPLETED


def test_what_waited_may_fail_and_be_tried_again_as_the_same_visit() -> None:
    flow = flow_of({"a": {**ASK, "next": "end"}, "end": END})
    instance, _ = advance(flow, Instance(), Begin())
    for number in (1, 2, 3):
        instance, _ = advance(flow, instance, Ran(token=number, result=Wait(assignees=("x",), mode="any")))
        instance, effects = advance(flow, instance, Ran(token=number, result=Fail(error=Conflict())))
        assert (instance.status, effects) == (InstanceStatus.FAILED, ())
        instance, effects = advance(flow, instance, Retry())
        assert (effects, instance.visit(number + 1)) == ((RunNode(token=number + 1),), 1)
        assert instance.origins == {number + 1: 1}


def test_a_failed_node_can_be_left_behind() -> None:
    flow = flow_of({"a": step("b"), "b": step("end"), "end": END})
    instance, _ = advance(flow, Instance(), Begin())
    failed, _ = advance(flow, instance, Ran(token=1, result=Fail(error=Conflict())))
    skipped, effects = advance(flow, failed, Skip(token=1, result=Complete(output=7)))
    assert effects == (RunNode(token=3),)
    assert (skipped.status, skipped.values) == (InstanceStatus.RUNNING, {"a": 7})
    assert [(token.number, token.status) for token in skipped.ended] == [
        (1, TokenStatus.CANCELLED),
        (2, TokenStatus.DONE),
    ]
    for number in (1, 2, 3):
        assert advance(flow, skipped, Skip(token=number, result=Complete())) == (skipped, ())


def test_cancelling_closes_what_had_failed() -> None:
    flow = flow_of({"a": step("end"), "end": END})
    instance, _ = advance(flow, Instance(), Begin())
    failed, _ = advance(flow, instance, Ran(token=1, result=Fail(error=Conflict())))
    cancelled, effects = advance(flow, failed, Cancel())
    assert (cancelled.status, effects) == (InstanceStatus.CANCELLED, (CloseTasks(token=1),))


def test_cancelling_ends_everything_for_good() -> None:
    nodes = {"a": fork(x="b", y="c"), "b": {**ASK, "next": "j"}, "c": step("j"), "j": JOIN, "end": END}
    nodes["b"] = {**ASK, "next": {"approve": "j", "reject": "j", "return": "j"}}
    flow = flow_of(nodes)
    instance, _ = advance(flow, Instance(), Begin())
    instance, _ = advance(flow, instance, Ran(token=1, result=Complete()))
    instance, _ = advance(flow, instance, Ran(token=2, result=Wait(assignees=("x",), mode="any")))
    cancelled, effects = advance(flow, instance, Cancel())
    assert effects == (CloseTasks(token=2),)
    assert cancelled.status is InstanceStatus.CANCELLED
    assert {token.status for token in cancelled.ended if token.number > 1} == {TokenStatus.CANCELLED}
    for event in (Begin(), Retry(), Cancel(), Ran(token=3, result=Complete())):
        assert advance(flow, cancelled, event) == (cancelled, ())


@pytest.mark.parametrize("before", list(TokenStatus))
@pytest.mark.parametrize("after", list(TokenStatus))
def test_tokens_only_move_forward(before: TokenStatus, after: TokenStatus) -> None:
    rank = {"ready": 0, "waiting": 1, "failed": 2, "done": 3, "cancelled": 3}
    token = replace(Token(number=1, node="a"), status=before)
    is_allowed = rank[after] > rank[before] and not (before == "failed" and after == "done")
    if is_allowed:
        assert token.to(after).status is after
    else:
        with pytest.raises(ValueError, match="never goes"):
            token.to(after)


# --- random sound graphs ---------------------------------------------------------------------------------------------


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> Any:
    """Draw a structured program: steps, choices, branches, loops, waits, in sequence."""
    kinds = ["step", "ask"] if depth == 0 else ["step", "ask", "choice", "fork", "loop"]
    return [
        (
            kind,
            []
            if kind in ("step", "ask")
            else [draw(blocks(depth=depth - 1)) for _ in range(1 if kind == "loop" else 2)],
        )
        for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))
    ]


class _Writer:
    """Turns a structured program into nodes."""

    def __init__(self) -> None:
        self.nodes: dict[str, Any] = {}

    def key(self) -> str:
        return f"n{len(self.nodes)}"

    def block(self, block: Any, following: str) -> str:
        for kind, inner in reversed(block):
            following = self.part(kind, inner, following)
        return following

    def part(self, kind: str, inner: Any, following: str) -> str:
        key = self.key()
        self.nodes[key] = {}
        if kind == "fork":
            join = self.key()
            self.nodes[join] = {"type": "join", "next": following}
            self.nodes[key] = fork(x=self.block(inner[0], join), y=self.block(inner[1], join))
        elif kind == "choice":
            self.nodes[key] = choice(x=self.block(inner[0], following), otherwise=self.block(inner[1], following))
        elif kind == "loop":
            self.nodes[key] = loop(self.block(inner[0], key), following)
        elif kind == "ask":
            self.nodes[key] = {**ASK, "next": {"approve": following, "reject": following}}
        else:
            self.nodes[key] = step(following)
        return key


@settings(max_examples=150, deadline=None)
@given(program=blocks(), seed=st.randoms(use_true_random=False))
def test_every_run_of_a_sound_graph_ends_with_nothing_left(program: Any, seed: Any) -> None:
    writer = _Writer()
    writer.nodes["end"] = END
    first = writer.block(program, "end")
    nodes = {"start": {"type": "start", "next": first}, **writer.nodes}
    assert faults_of(nodes) == []
    flow = flow_of(nodes)

    def answer(token: Token, instance: Instance) -> Result:
        node = flow.node(token.node)
        if node.type.name == "for_each":
            return Complete(output=list(range(seed.randint(0, 2))))
        if node.type.name == "approval":
            return Wait(assignees=("x",), mode="any")
        return Complete(port=seed.choice([port.key for port in node.ports]) if node.ports else None)

    instance, visits = play(flow, answer, limit=100_000)
    assert instance.status is InstanceStatus.COMPLETED
    assert (instance.tokens, instance.joins, instance.loops) == ((), {}, {})
    assert [node for node, _ in visits].count("end") == 1


# --- recorded runs ---------------------------------------------------------------------------------------------------


def history(flow: Flow) -> list[Any]:
    """Return every state of a run by first ways, as JSON."""
    lines: list[Any] = []
    instance, effects = advance(flow, Instance(), Begin())
    waiting = deque(effects)
    while waiting:
        effect = waiting.popleft()
        lines.append({"effect": type(effect).__name__, "token": effect.token, "state": _state(instance)})
        if isinstance(effect, CloseTasks):
            continue
        token = instance.token(effect.token)
        assert token is not None
        result = Complete(port="approve") if isinstance(effect, AskPeople) else first_way(flow)(token, instance)
        instance, more = advance(flow, instance, Ran(token=token.number, result=result))
        waiting.extend(more)
    return [*lines, {"effect": None, "state": _state(instance)}]


def _state(instance: Instance) -> dict[str, Any]:
    return {
        "status": instance.status,
        "tokens": [[token.number, token.node, token.status, list(token.iteration)] for token in instance.tokens],
        "loops": {key: loop.index for key, loop in instance.loops.items()},
        "joins": dict(instance.joins),
    }


@pytest.mark.parametrize("name", SOUND)
def test_recorded_runs_are_replayed_step_by_step(name: str) -> None:
    """Runs that wait in a database were made by older code: today's must take them the same way."""
    recorded = json.loads((GOLDEN / f"{name.replace(' ', '_')}.json").read_text("utf-8"))
    assert recorded["nodes"] == SOUND[name]
    assert json.loads(json.dumps(history(flow_of(SOUND[name])))) == recorded["history"]
