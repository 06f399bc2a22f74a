"""Which rows of a balance a locking query means, so that even those that do not exist yet can be held.

`FOR UPDATE` locks rows that are there. A balance has no row for a product that never moved, and two runs that both find
"nothing there" would both go on. Where the filter names every dimension (`product == item.product and lot == …`), the
row is made first, with zeros, and then held.

Locks taken one by one, in the order of an order's lines, would have two runs wait for each other. So a loop holds the
rows of all its items when it begins, in one statement that takes them in the same order for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine import expressions
from engine.expressions import Expression, ExpressionError, Kind, syntax
from flow_engine.documents.planning import Planning
from flow_engine.node_type import Hold
from flow_engine.runs.chain import chain_of
from flow_engine.runs.running import Running
from form_engine import balances


def plan_hold(planning: Planning, name: str, text: str) -> Hold | None:
    """Return the row that the filter `text` means where it fixes every dimension of the balance; else None."""
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
    return Hold(balance=name, keys=found)


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


def hold(running: Running, wanted: Hold, rows: Sequence[Mapping[str, object]] = ({},)) -> None:
    """Make the rows that are not there, and lock all until the end of the transaction: one statement.

    rows -- for each row, further names of the expressions (a loop's item). What this transaction holds is left alone.
    """
    held = chain_of(running.session).held
    keys = [
        {dimension: _stored(running, expression, names) for dimension, expression in wanted.keys.items()}
        for names in rows
    ]
    missing = [key for key in keys if (wanted.balance, *key.values()) not in held]
    if missing:
        balances.ensure(running.session, wanted.balance, missing)
        held.update((wanted.balance, *key.values()) for key in missing)


def _stored(running: Running, expression: Expression, names: Mapping[str, object]) -> object:
    value = running.evaluate(expression, **names)
    return expressions.record_id(value) if expression.type.kind is Kind.RECORD else value
