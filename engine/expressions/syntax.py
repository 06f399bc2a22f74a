"""The untyped tree of an expression: what `parse` lets through, and nothing else. Every node knows its position."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

Comparison = OneOf["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
Sign = OneOf["-", "+", "not"]
Arithmetic = OneOf["+", "-", "*", "/", "%"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A number, text, truth value or `None`."""

    value: Decimal | str | bool | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A path of names: `total`, `customer.level`."""

    names: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function with its arguments; the name is in upper case."""

    function: str
    arguments: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary:
    """`-x`, `+x` or `not x`."""

    operator: Sign
    operand: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """Two operands of arithmetic; `position` is the left operand's start."""

    operator: Arithmetic
    left: Node
    right: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A comparison or a chain of them: `1 < a <= 5`."""

    operands: tuple[Node, ...]
    operators: tuple[Comparison, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """Operands joined by `and` or by `or`."""

    operator: OneOf["and", "or"]
    operands: tuple[Node, ...]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """`then if test else otherwise`."""

    test: Node
    then: Node
    otherwise: Node
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list written out: `[1, 2]` or `('a', 'b')`."""

    items: tuple[Node, ...]
    position: int


Node = Literal | Name | Call | Unary | Binary | Compare | Junction | Conditional | Items


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A text that is an expression, not yet checked against any names."""

    text: str
    node: Node
