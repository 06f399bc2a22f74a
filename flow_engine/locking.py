"""Which rows of a balance a locking query means, so that even those that do not exist yet can be held.

`FOR UPDATE` locks rows that are there. A balance has no row for a product that never moved, and two runs that both find
"nothing there" would both go on. Where the filter names every dimension (`product == item.product and lot == …`), the
row is made first, with zeros, and then held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import expressions
from engine.expressions import Expression, ExpressionError, Kind, syntax
from flow_engine.planning import Planning
from flow_engine.running import Running
from form_engine import balances


def plan_keys(planning: Planning, name: str, text: str) -> dict[str, Expression] | None:
    """Return dimension -> value where the filter `text` fixes every dimension of the balance; else None."""
    balance = balances.get(planning.notes.session, name)
    try:
        equalities = dict(_equalities(expressions.parse(text).node))
    except ExpressionError:
        return None
    found: dict[str, Expression] = {}
    for dimension in balance.by:
        path = equalities.get(dimension)
        if path is None or path[0] not in planning.names:
            return None
        expected = balance.form.record_type.member(dimension)
        compiled = planning.compile(".".join(path), "filter", expected=expected)
        if compiled is None:
            return None
        found[dimension] = compiled
    return found


def _equalities(node: syntax.Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what must be equal for the condition to hold, as (name, path), both ways round."""
    if isinstance(node, syntax.Junction) and node.operator == "and":
        for operand in node.operands:
            yield from _equalities(operand)
    elif isinstance(node, syntax.Compare) and node.operators == ("==",):
        left, right = node.operands
        if isinstance(left, syntax.Name) and isinstance(right, syntax.Name):
            if len(left.names) == 1:
                yield left.names[0], right.names
            if len(right.names) == 1:
                yield right.names[0], left.names


def hold(running: Running, name: str, keys: Mapping[str, Expression]) -> None:
    """Make the row if it is not there, and lock it until the end of the transaction."""
    values = {dimension: _stored(running, expression) for dimension, expression in keys.items()}
    balances.ensure(running.session, name, [values])


def _stored(running: Running, expression: Expression) -> object:
    value = running.evaluate(expression)
    return expressions.record_id(value) if expression.type.kind is Kind.RECORD else value
