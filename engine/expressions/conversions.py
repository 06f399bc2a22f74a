"""Which type fits where, and the conversions that the checker inserts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from engine.expressions import operations
from engine.expressions.errors import ExpressionError
from engine.expressions.tree import ZONE, Apply, Constant, Node, Operation, Path, WallTime
from engine.expressions.types import BOOLEAN, DATE, DATETIME, EMPTY, TEXT, Kind, Type, any_of

_CONVERTIBLE = (Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME)


def mismatch(node: Node, *expected: Type) -> ExpressionError:
    """Return the error of a value that is of none of the expected types."""
    return ExpressionError("expression_type", position=node.position, expected=any_of(*expected), found=node.type.title)


def zone_at(position: int) -> Node:
    """Return the node of the time zone that the expression is evaluated in."""
    return Path(names=(ZONE,), type=TEXT, position=position)


def with_zone(operation: Operation, node: Node, wanted: Type) -> Node:
    """Return `operation` on `node` with the zone as its second operand."""
    return Apply(operation=operation, arguments=(node, zone_at(node.position)), type=wanted, position=node.position)


def retyped(node: Node, wanted: Type) -> Node:
    """Return an empty constant as one of `wanted`."""
    return Constant(value=None, type=wanted, position=node.position)


def converted(node: Node, wanted: Type) -> Node | None:
    """Return `node` as a value of `wanted`, or None where it does not fit.

    What is converted: the literal None to anything; a date to midnight and an instant to its day in the time zone; a text
    constant in ISO form to a date, an instant or a record's id.
    """
    kind = wanted.kind
    if node.type.kind is Kind.EMPTY:
        return _emptied(node, wanted)
    if node.type.kind is kind:
        return node if _same(node.type, wanted) else _list_converted(node, wanted)
    if kind is Kind.DATE and node.type.kind is Kind.DATETIME:
        return with_zone(operations.LOCAL_DATE, node, DATE)
    if kind is Kind.DATETIME and node.type.kind is Kind.DATE:
        return with_zone(operations.INSTANT, node, DATETIME)
    if isinstance(node, Constant) and isinstance(node.value, str) and kind in (Kind.DATE, Kind.DATETIME, Kind.RECORD):
        return _read_constant(node, node.value, wanted)
    return None


def _emptied(node: Node, wanted: Type) -> Node:
    if isinstance(node, Constant):
        return retyped(node, wanted)
    return replace(node, type=wanted)


def _list_converted(node: Node, wanted: Type) -> Node | None:
    is_empty_list = node.type.item is not None and node.type.item.kind is Kind.EMPTY
    return replace(node, type=wanted) if is_empty_list else None


def _same(left: Type, right: Type) -> bool:
    if left.kind is Kind.LIST:
        if left.item is None or right.item is None:
            return left.item is right.item
        return left.item.kind is right.item.kind and _same(left.item, right.item)
    if left.record is None or right.record is None:
        return True
    names = (left.record.name, right.record.name)
    # People and departments bear plain names, which callers may choose; two different forms never meet.
    return names[0] == names[1] or not all("." in name for name in names)


def _read_constant(node: Constant, text: str, wanted: Type) -> Node:
    try:
        match wanted.kind:
            case Kind.DATE:
                value: date | datetime | UUID = date.fromisoformat(text)
            case Kind.DATETIME:
                moment = datetime.fromisoformat(text)
                if moment.tzinfo is None:
                    return WallTime(value=moment, type=wanted, position=node.position)
                value = moment.astimezone(UTC)
            case _:
                value = UUID(text)
    except (ValueError, OverflowError) as error:
        raise mismatch(node, wanted) from error
    return Constant(value=value, type=wanted, position=node.position)


def truth(node: Node) -> Node:
    """Return `node` as a condition; empty counts as false."""
    if node.type.kind is Kind.EMPTY:
        return retyped(node, BOOLEAN)
    if node.type.kind is not Kind.BOOLEAN:
        raise mismatch(node, BOOLEAN)
    return node


def texted(node: Node) -> Node:
    """Return `node` as a text that is never empty but ""; raise for a record or a list."""
    match node.type.kind:
        case Kind.EMPTY:
            return Constant(value="", type=TEXT, position=node.position)
        case Kind.TEXT:
            if isinstance(node, Constant) and node.value is not None:
                return node
            return Apply(operation=operations.BLANK_TEXT, arguments=(node,), type=TEXT, position=node.position)
    if node.type.kind not in _CONVERTIBLE:
        raise mismatch(node, TEXT)
    return with_zone(operations.TEXT_OF[node.type.kind], node, TEXT)


def unified(nodes: list[Node]) -> tuple[list[Node], Type]:
    """Return the nodes as values of the first type that is not empty; raise where one does not fit."""
    wanted = next((node.type for node in nodes if node.type.kind is not Kind.EMPTY), EMPTY)
    if wanted.kind is Kind.TEXT:
        # `IF(a, '2026-01-01', due_date)`: a constant takes the other's type, not the other way round.
        wanted = next(
            (node.type for node in nodes if node.type.kind in (Kind.DATE, Kind.DATETIME, Kind.RECORD)), wanted
        )
    result = []
    for node in nodes:
        fitting = node if wanted is EMPTY else converted(node, wanted)
        if fitting is None:
            raise mismatch(node, wanted)
        result.append(fitting)
    return result, wanted


def is_computed(node: Node) -> bool:
    """Return whether a node's value is not known yet."""
    return not isinstance(node, Constant)
