"""The typed tree: what `check` makes and what `evaluate` and `to_sql` read. Every name is resolved, every type known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from typing import Literal as OneOf
from uuid import UUID

from engine.expressions.types import BOOLEAN, PathNames, Type

#: A value at evaluation. A record is a mapping with `id`, or its id alone.
Value = Any
Ordering = OneOf["==", "!=", "<", "<=", ">", ">="]
ConstantValue = Decimal | str | bool | date | datetime | UUID | None
#: Under these names `values` hold the instant of an evaluation and its time zone; no expression can write them.
INSTANT = "__now__"
ZONE = "__zone__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that is computed, in Python and in SQL alike.

    python -- function of the operands' values; raises ExpressionError.
    sql    -- function of the operands' SQL (never failing at run time: what Python refuses stands in `Checked.error`);
              None where there is no SQL.
    strict -- an empty operand makes the result empty, and `python` is not called.
    """

    name: str
    python: Callable[..., Value]
    sql: Callable[..., Any] | None
    strict: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """One value out of any number of values, empty ones left out.

    python   -- function of the list of values that are not empty.
    function -- which of SQL's aggregates it is.
    """

    name: str
    python: Callable[[Sequence[Value]], Value]
    function: OneOf["sum", "avg", "min", "max", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A value known when the expression was compiled."""

    value: ConstantValue
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WallTime:
    """A time known when the expression was compiled, by the wall clock of the time zone: an instant once that is known."""

    value: datetime
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A value found by names.

    rows   -- how many names lead to the list that the path goes through; 0 where it goes through none.
    in_row -- inside `Each`: the value of one row, not the list of all.
    """

    names: PathNames
    type: Type
    position: int
    rows: int = 0
    in_row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """An operation on operands."""

    operation: Operation
    arguments: tuple[Node, ...]
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """An aggregation over values and lists mixed."""

    aggregation: Aggregation
    arguments: tuple[Node, ...]
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """A list of the values of `body` for every row of the list at `rows`."""

    rows: PathNames
    body: Node
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list written out."""

    items: tuple[Node, ...]
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """`then` where `test` is true, else `otherwise`; the other one is not computed."""

    test: Node
    then: Node
    otherwise: Node
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The result of the first case whose value equals the subject's, else `otherwise`."""

    subject: Node
    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """`and` or `or`, from the left, stopping at the first that decides; never empty."""

    operator: OneOf["and", "or"]
    operands: tuple[Node, ...]
    position: int
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A comparison of two values of one kind; never empty."""

    operator: Ordering
    left: Node
    right: Node
    position: int
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Whether a value is one of a list's; an empty value is in no list."""

    value: Node
    items: Node
    position: int
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """COALESCE: the first value that is not empty; what follows it is not computed."""

    options: tuple[Node, ...]
    type: Type
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """IFERROR: `body`, or `fallback` where computing `body` fails."""

    body: Node
    fallback: Node
    type: Type
    position: int


Node = (
    Constant
    | WallTime
    | Path
    | Apply
    | Aggregate
    | Each
    | Items
    | Choose
    | Match
    | Junction
    | Compare
    | Among
    | First
    | Attempt
)
