"""The contract of a node type: what a kind of node is called, takes, checks and does.

One kind is one module of `node_types/` that exports `NODE_TYPE`. A worked example, whole:

    def prepare(planning: Planning) -> Prepared:
        amount = planning.expression("amount", expected=NUMBER)
        return Prepared(plan=amount, output=NUMBER)

    def run(running: Running) -> Result:
        return Complete(output=running.evaluate(running.plan))

    NODE_TYPE = NodeType(
        name="double", title={"zh-CN": "加倍", "en-US": "Double"}, description={...},
        options={"amount": {"type": "string"}}, required=("amount",), prepare=prepare, run=run,
        examples=Examples(accepted=({"amount": "1 + 1"},), refused=({"amount": 1},)),
    )

`prepare` is called once a published version, with the names that exist at the node; it reports every fault it finds
and goes on. `run` is called each time a token stands at the node and answers with one of a closed union.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.expressions import Expression, Type
from engine.registry import Registry
from engine.texts import LocalizedText

if TYPE_CHECKING:
    from engine.errors import DomainError
    from flow_engine.documents.planning import Planning
    from flow_engine.runs.running import Running

Options = Mapping[str, Any]


class Routing(StrEnum):
    """What becomes of a token once its node is done (BPMN 2.0, section 13.3: gateways, activities, events)."""

    PASS = "pass"  # noqa: S105 - a way through, not a password
    END = "end"
    SPLIT = "split"
    JOIN = "join"
    LOOP = "loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One named exit of a node.

    next     -- the node it leads to, where the exit's own options say so (a condition's branch).
    path     -- where `next` stands in the node, for the pointer of a fault.
    required -- whether it must lead somewhere; an exit that leads nowhere ends the token's way.
    optional -- whether it is never taken where it leads nowhere (an approval's return).
    is_late  -- whether it is taken when what the node waits for has not come in time.
    is_failure -- whether it is taken, where it leads somewhere, when what the node sends outside is refused or given up.
    """

    key: str
    title: LocalizedText = ""
    next: str | None = None
    path: tuple[str | int, ...] = ()
    required: bool = False
    optional: bool = False
    is_late: bool = False
    is_failure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """The node is done; the token leaves by `port` (None: the type's main exit).

    output -- the node's value, under the node's key for all that follows.
    names  -- further values under names of the type's own (`decision`).
    """

    port: str | None = None
    output: object = None
    names: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The node waits for people; `assignees` (user ids in order) get tasks.

    mode -- who must decide: `any` one, `all`, or one after the other (`sequence`).
    """

    assignees: tuple[Any, ...]
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """The node waits until a moment, aware; a moment that has passed is over as soon as a worker looks."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """The node waits until something happens to a record.

    form   -- full name of the form whose records are meant; which of their changes, the node's plan says (`Awaited`).
    values -- field -> value that the record must have, so that only those are looked at that can be meant.
    until  -- when the waiting ends if nothing has happened; the token then leaves by the port that is for it.
    looks_again -- whether the node is asked again a little later: it looks into the database, too, where a change may
                   have been under way that it could not see.
    """

    form: str
    values: Mapping[str, object]
    until: datetime | None
    looks_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Which changes end a node's waiting; stands in the node's plan and is asked in the transaction of the change.

    fields -- names of the record that must be as the run says, see `Listen.values`.
    when   -- condition over the changed record's fields, `record`, `old` and `user`; None: any.
    """

    form: str
    on: frozenset[str]
    fields: tuple[str, ...]
    when: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """The node sends something outside once the transaction is committed, and waits for the answer.

    kind    -- the channel, see `outside.channels`.
    payload -- JSON that the channel understands. The answer becomes the node's value.
    """

    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """The node could not do its work; `error` says why."""

    error: DomainError


Result = Complete | Wait | Sleep | Listen | Send | Fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A row of a balance that a node keeps to itself until the end of the transaction: dimension -> value."""

    balance: str
    keys: Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a node needs at every run, worked out once.

    plan   -- the type's own frozen plan; only its `run` looks into it.
    output -- the type of the node's value, under which later expressions see it; None: it has none.
    names  -- types of further values, as in `Complete`.
    holds  -- the rows it locks; a loop around it locks those of all its items at once, in one order for everybody.
    awaits -- which event ends its waiting, where `run` may answer `Listen`.
    """

    plan: object = None
    output: Type | None = None
    names: Mapping[str, Type] = field(default_factory=dict)
    holds: tuple[Hold, ...] = ()
    awaits: Awaited | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Options that the schema accepts and refuses; contract tests and the reference live on them."""

    accepted: tuple[Options, ...]
    refused: tuple[Options, ...]


def failing_exits(_options: Options) -> tuple[Port, ...]:
    """Return the ports of a type that sends something outside: on, and what to do when it fails for good."""
    failed = Port(key="failed", title={"zh-CN": "失败", "en-US": "Failed"}, optional=True, is_failure=True)
    return (Port(key="next"), failed)


def one_exit(_options: Options) -> tuple[Port, ...]:
    """Return the ports of a type with the one exit `next`."""
    return (Port(key="next"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeType:
    """One kind of node; data and small functions.

    options   -- JSON Schema of each option; the node's schema is closed around them.
    ports     -- options -> exits.
    main_port -- the exit meant by `next` where it is a plain text.
    routing   -- what becomes of the token; `advance` knows routings, never names of types.
    may_wait  -- whether `run` may answer `Wait`, `Sleep`, `Listen` or `Send`: such a node cannot stand in a flow that runs in the transaction.
    """

    name: str
    title: LocalizedText
    description: LocalizedText
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    ports: Callable[[Options], tuple[Port, ...]] = one_exit
    main_port: str = "next"
    routing: Routing = Routing.PASS
    may_wait: bool = False
    prepare: Callable[[Planning], Prepared]
    run: Callable[[Running], Result]
    examples: Examples


NODE_TYPES: Registry[NodeType] = Registry("flow_engine.node_types", "NODE_TYPE", NodeType)
