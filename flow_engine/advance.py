"""What an event makes of a run: pure, (flow, instance, event) -> (instance, effects). No I/O, no clock, no chance.

Knows routings (pass, end, split, join, loop), never names of node types, values or forms. A structurally sound graph is
assumed (`soundness`): each branch of a split brings exactly one token to its join, a body comes back to its loop, so
a join is a count and a loop one counter an instance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from flow_engine.definition import Flow, Node
from flow_engine.node_type import Complete, Fail, Listen, Result, Routing, Send, Sleep, Wait
from flow_engine.state import ENDED, Instance, InstanceStatus, Loop, Token, TokenStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """The run begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The node of a ready token ran, or what a waiting token waited for came about."""

    token: int
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Somebody stops the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Somebody has every failed node tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Somebody has the run go on behind a node that failed, as if it had come to `result`."""

    token: int
    result: Complete


Event = Begin | Ran | Cancel | Retry | Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNode:
    """The node of this token is to run now."""

    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPeople:
    """The token waits; these people get tasks."""

    token: int
    wait: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutside:
    """The token waits for the answer to something that is to leave after the commit."""

    token: int
    send: Send


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenFor:
    """The token waits for something that happens to a record."""

    token: int
    listen: Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTasks:
    """What the token waited for no longer matters; its open tasks are to be closed, what is unsent forgotten."""

    token: int


Effect = RunNode | AskPeople | SendOutside | ListenFor | CloseTasks
Step = tuple[Instance, tuple[Effect, ...]]


def advance(flow: Flow, instance: Instance, event: Event) -> Step:
    """Return the run after `event` and what is to be done for it.

    An event that comes late (its token has gone on, the run has ended) changes nothing and asks for nothing.
    """
    if instance.status in ENDED:
        return instance, ()
    match event:
        case Begin():
            return (
                _settled(_arrive(flow, instance, flow.graph.start, ())) if not instance.last_number else (instance, ())
            )
        case Ran(token=number, result=result):
            token = instance.token(number)
            if token is None or token.status is TokenStatus.FAILED:
                return instance, ()
            return _settled(_ran(flow, instance, token, result))
        case Cancel():
            return _cancelled(instance)
        case Retry():
            return _retried(instance)
        case Skip(token=number, result=result):
            return _skipped(flow, instance, number, result)


def _ran(flow: Flow, instance: Instance, token: Token, result: Result) -> Step:
    match result:
        case Wait():
            if token.status is TokenStatus.WAITING:
                return instance, ()
            waiting = token.to(TokenStatus.WAITING)
            return _with_token(instance, waiting), (AskPeople(token=token.number, wait=result),)
        case Sleep(until=until):
            if token.status is TokenStatus.WAITING:
                return instance, ()
            return _with_token(instance, replace(token.to(TokenStatus.WAITING), due_at=until)), ()
        case Listen(until=until):
            if token.status is TokenStatus.WAITING:
                return instance, ()
            waiting = replace(token.to(TokenStatus.WAITING), due_at=until)
            return _with_token(instance, waiting), (ListenFor(token=token.number, listen=result),)
        case Send():
            if token.status is TokenStatus.WAITING:
                return instance, ()
            waiting = token.to(TokenStatus.WAITING)
            return _with_token(instance, waiting), (SendOutside(token=token.number, send=result),)
        case Fail():
            return _with_token(instance, token.to(TokenStatus.FAILED)), ()
        case Complete():
            waited: tuple[Effect, ...] = (
                (CloseTasks(token=token.number),) if token.status is TokenStatus.WAITING else ()
            )
            node = flow.node(token.node)
            gone = _without(instance, token.to(TokenStatus.DONE))
            after, effects = _LEAVE[node.type.routing](flow, gone, token, node, result)
            return after, (*waited, *effects)


def _pass(flow: Flow, instance: Instance, token: Token, node: Node, result: Complete) -> Step:
    kept = _with_values(instance, {node.key: result.output, **result.names})
    return _go(flow, kept, token, node, result.port or node.type.main_port)


def _end(_flow: Flow, instance: Instance, _token: Token, _node: Node, _result: Complete) -> Step:
    return instance, ()


def _split(flow: Flow, instance: Instance, token: Token, node: Node, _result: Complete) -> Step:
    effects: list[Effect] = []
    for port in node.ports:
        instance, more = _go(flow, instance, token, node, port.key)
        effects.extend(more)
    return instance, tuple(effects)


def _loop(flow: Flow, instance: Instance, token: Token, node: Node, result: Complete) -> Step:
    items = tuple(result.output) if isinstance(result.output, (list, tuple)) else ()
    counted = _with_values(instance, {node.key: {"count": Decimal(len(items))}})
    return _turn(flow, counted, node, Loop(items=items, index=-1), token.iteration)


_Leave = Callable[[Flow, Instance, Token, Node, Complete], Step]
_LEAVE: Mapping[Routing, _Leave] = {
    Routing.PASS: _pass,
    Routing.END: _end,
    Routing.SPLIT: _split,
    Routing.JOIN: _pass,
    Routing.LOOP: _loop,
}


def _go(flow: Flow, instance: Instance, token: Token, node: Node, port: str) -> Step:
    target = node.ways.get(port)
    if target is not None:
        return _arrive(flow, instance, target, token.iteration)
    loop = flow.loop_around(node.key)
    return (instance, ()) if loop is None else _arrive(flow, instance, loop, token.iteration)


def _arrive(flow: Flow, instance: Instance, key: str, iteration: tuple[int, ...]) -> Step:
    """Bring a token that left somewhere with `iteration` to node `key`."""
    node = flow.node(key)
    if node.type.routing is Routing.JOIN and not _is_last_branch(flow, instance, key):
        return replace(instance, joins={**instance.joins, key: instance.joins.get(key, 0) + 1}), ()
    if node.type.routing is Routing.LOOP and key in instance.loops:
        return _turn(flow, instance, node, instance.loops[key], iteration[:-1])
    token = Token(number=instance.last_number + 1, node=key, iteration=iteration)
    arrived = replace(
        instance,
        tokens=(*instance.tokens, token),
        last_number=token.number,
        joins={join: count for join, count in instance.joins.items() if join != key},
    )
    return arrived, (RunNode(token=token.number),)


def _is_last_branch(flow: Flow, instance: Instance, join: str) -> bool:
    split = flow.node(flow.structure.splits[join])
    return instance.joins.get(join, 0) + 1 >= len(split.ports)


def _turn(flow: Flow, instance: Instance, node: Node, loop: Loop, iteration: tuple[int, ...]) -> Step:
    """Go to the next item of a loop, or on by `done` after the last; a turn begins without the last one's values."""
    body = flow.structure.bodies.get(node.key, frozenset())
    values = {name: value for name, value in instance.values.items() if name not in body}
    index = loop.index + 1
    if index >= len(loop.items):
        loops = {key: other for key, other in instance.loops.items() if key != node.key}
        done = replace(instance, loops=loops, values=values)
        return _go(flow, done, Token(number=0, node=node.key, iteration=iteration), node, "done")
    turned = replace(instance, loops={**instance.loops, node.key: replace(loop, index=index)}, values=values)
    token = Token(number=0, node=node.key, iteration=(*iteration, index))
    return _go(flow, turned, token, node, "item")


def items_at(flow: Flow, instance: Instance, key: str) -> Mapping[str, object]:
    """Return the loop items that node `key` sees, by name; an inner loop's hides an outer one's of the same name."""
    items: dict[str, object] = {}
    for enclosure in flow.structure.scopes.get(key, ()):
        loop = instance.loops.get(enclosure.node)
        if loop is not None:
            items[item_name(flow.node(enclosure.node))] = loop.items[loop.index]
    return items


def item_name(node: Node) -> str:
    """Return the name that the items of a loop have in its body."""
    return str(node.options.get("item_name", "item"))


def _with_token(instance: Instance, changed: Token) -> Instance:
    tokens = tuple(changed if token.number == changed.number else token for token in instance.tokens)
    return replace(instance, tokens=tokens)


def _without(instance: Instance, ended: Token) -> Instance:
    tokens = tuple(token for token in instance.tokens if token.number != ended.number)
    return replace(instance, tokens=tokens, ended=(*instance.ended, ended))


def _with_values(instance: Instance, values: Mapping[str, object]) -> Instance:
    """Set the values; an empty one takes the name away, so that nothing of an earlier visit shines through."""
    kept = {name: value for name, value in {**instance.values, **values}.items() if value is not None}
    return replace(instance, values=kept)


def _settled(step: Step) -> Step:
    """Give the run the status that its tokens say."""
    instance, effects = step
    statuses = {token.status for token in instance.tokens}
    if TokenStatus.READY in statuses:
        status = InstanceStatus.RUNNING
    elif TokenStatus.FAILED in statuses:
        status = InstanceStatus.FAILED
    elif TokenStatus.WAITING in statuses:
        status = InstanceStatus.WAITING
    else:
        status = InstanceStatus.COMPLETED
    return replace(instance, status=status), effects


def _cancelled(instance: Instance) -> Step:
    left = (TokenStatus.WAITING, TokenStatus.FAILED)
    closed = tuple(CloseTasks(token=token.number) for token in instance.tokens if token.status in left)
    ended = tuple(token.to(TokenStatus.CANCELLED) for token in instance.tokens)
    cancelled = replace(instance, status=InstanceStatus.CANCELLED, tokens=(), ended=(*instance.ended, *ended))
    return replace(cancelled, loops={}, joins={}), closed


def _retried(instance: Instance) -> Step:
    effects: list[Effect] = []
    kept: list[Token] = []
    origins: dict[int, int] = {}
    number = instance.last_number
    for token in instance.tokens:
        if token.status is TokenStatus.FAILED:
            number += 1
            origins[number] = instance.visit(token.number)
            again = Token(number=number, node=token.node, iteration=token.iteration)
            if token.due_at is None:
                effects.append(RunNode(token=number))
            else:  # it had waited for a moment: its node has run already
                again = replace(again, status=TokenStatus.WAITING, due_at=token.due_at)
            kept.append(again)
        else:
            kept.append(token)
            if token.number in instance.origins:
                origins[token.number] = instance.origins[token.number]
    # Closed, or the next event would find it still standing there as failed.
    failed = tuple(token.to(TokenStatus.CANCELLED) for token in instance.tokens if token.status is TokenStatus.FAILED)
    retried = replace(instance, tokens=tuple(kept), last_number=number, ended=(*instance.ended, *failed))
    return _settled((replace(retried, origins=origins), tuple(effects)))


def _skipped(flow: Flow, instance: Instance, number: int, result: Complete) -> Step:
    failed = instance.token(number)
    if failed is None or failed.status is not TokenStatus.FAILED:
        return instance, ()
    closed = _without(instance, failed.to(TokenStatus.CANCELLED))
    again = Token(number=instance.last_number + 1, node=failed.node, iteration=failed.iteration)
    stepped = replace(closed, tokens=(*closed.tokens, again), last_number=again.number)
    return _settled(_ran(flow, stepped, again, result))
