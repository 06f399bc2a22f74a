"""The contract of a function of the language: data, an operation and its documentation in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.expressions.tree import Aggregation, Node, Operation
from engine.expressions.types import Kind, Type

Group = Literal["logic", "math", "text", "dates", "lists"]

ANY_SCALAR = (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME)
ANYTHING = (*ANY_SCALAR, Kind.RECORD, Kind.LIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter.

    kinds    -- what it takes; a date is made of a datetime, and a text of anything but a record or list.
    default  -- what stands for it when left out: a text in our language. None: it must be given.
    choices  -- it must be one of these constants, written out.
    repeated -- the last parameter may be given any number of times, at least once.
    """

    name: str
    kinds: tuple[Kind, ...]
    default: str | None = None
    choices: tuple[str, ...] = ()
    repeated: bool = False


class Rules(Protocol):
    """What a special form asks of the checker."""

    def condition(self, node: Node) -> Node:
        """Return `node` as a truth value; raise where it is none."""
        ...

    def alike(self, nodes: list[Node]) -> tuple[list[Node], Type]:
        """Return the nodes as values of one type; raise where they have none in common."""
        ...

    def equal(self, left: Node, right: Node) -> Node:
        """Return the comparison `left == right`."""
        ...

    def local_date(self, instant: Node) -> Node:
        """Return the day of an instant by the wall clock."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function.

    operation   -- how it is computed, for an ordinary function.
    aggregation -- how it is computed, for one over lists.
    variants    -- operations by the choice of the last argument, which they do not take.
    build       -- for a special form (`IF`): makes the typed node of the arguments itself.
    wants_zone  -- the operation takes the time zone as one operand more.
    examples    -- expression -> its value as an expression; shown in the reference and run by the tests.
    """

    name: str
    group: Group
    parameters: tuple[Parameter, ...]
    result: Type | None
    title: Mapping[str, str]
    doc: Mapping[str, str]
    examples: tuple[tuple[str, str], ...]
    operation: Operation | None = None
    aggregation: Aggregation | None = None
    variants: Mapping[str, Operation] | None = None
    build: Callable[[Rules, tuple[Node, ...], int], Node] | None = None
    wants_zone: bool = False

    @property
    def minimum(self) -> int:
        """How many arguments there must be."""
        return sum(parameter.default is None for parameter in self.parameters)

    @property
    def maximum(self) -> int | None:
        """How many arguments there may be; None: any number."""
        if self.parameters and self.parameters[-1].repeated:
            return None
        return len(self.parameters)

    @property
    def signature(self) -> str:
        """The function as it is written: `ROUND(number, digits = 0)`."""
        parts = []
        for parameter in self.parameters:
            part = parameter.name + (f" = {parameter.default}" if parameter.default is not None else "")
            parts.append(part + (", …" if parameter.repeated else ""))
        return f"{self.name}({', '.join(parts)})"


def both(zh: str, en: str) -> Mapping[str, str]:
    """Return a text in both languages."""
    return {"zh-CN": zh, "en-US": en}
