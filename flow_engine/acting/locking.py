"""Which rows of a balance a locking query means, so that even those that do not exist yet can be held.

`FOR UPDATE` locks rows that are there. A balance has no row for a product that never moved, and two runs that both find
"nothing there" would both go on. Where the filter names every dimension (`product == item.product and lot == …`), the
row is made first, with zeros, and then held.

Locks taken one by one, in the order of an order's lines, would have two runs wait for each other. So a loop holds the
rows of all its items when it begins, in one statement that takes them in the same order for everybody: those that its
body queries, and those that the records it creates will feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from engine import expressions
from engine.expressions import Expression, ExpressionError, Kind, syntax
from flow_engine.documents.planning import Planning, ValuePlan
from flow_engine.node_type import Hold
from flow_engine.runs.chain import chain_of
from flow_engine.runs.running import Running
from form_engine import balances
from form_engine.definition import Form

#: Types whose values a record keeps as they are; numbers are rounded to the field's places.
_PLAIN: Final = (Kind.RECORD, Kind.TEXT, Kind.DATE, Kind.BOOLEAN)


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


def plan_feeds(planning: Planning, form: Form, values: Mapping[str, ValuePlan]) -> tuple[Hold, ...]:
    """Return the rows of balances that a new record with these values feeds, as far as they can be told beforehand.

    They can where each dimension is plainly a field of the record that the values fill with one expression. A source's
    condition is not asked: a row that is held for nothing keeps its zeros.
    """
    found = []
    for name in balances.fed_by(planning.notes.session, form.name):
        balance = balances.get(planning.notes.session, name)
        for source in balance.sources:
            if source.form != form.name or source.rows is not None:
                continue
            keys = {dimension: values.get(source.by[dimension].text.strip()) for dimension in balance.by}
            plain = {key: one for key, one in keys.items() if isinstance(one, Expression) and one.type.kind in _PLAIN}
            if len(plain) == len(keys):
                found.append(Hold(balance=name, keys=plain))
    return tuple(found)


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


def hold(running: Running, wanted: Hold) -> None:
    """Make the row where it is not there, and lock it until the end of the transaction: one statement."""
    _ensure(running, wanted.balance, [_key(running, wanted, {})])


def hold_all(running: Running, wanted: Sequence[Hold], rows: Sequence[Mapping[str, object]]) -> None:
    """Make and lock the rows that `wanted` means for each of `rows`: one statement a balance, in one order for everybody.

    rows -- further names of the expressions (a loop's item). One row alone is left to the node that touches it: there is
    no order in it.
    """
    for balance in sorted({one.balance for one in wanted}):
        keys = [_key(running, one, names) for names in rows for one in wanted if one.balance == balance]
        if any(key != keys[0] for key in keys):
            _ensure(running, balance, keys)


def _ensure(running: Running, balance: str, keys: Sequence[Mapping[str, object]]) -> None:
    """Hold rows; what this transaction holds is left alone."""
    held = chain_of(running.session).held
    missing = [key for key in keys if (balance, *key.values()) not in held]
    if missing:
        balances.ensure(running.session, balance, missing)
        held.update((balance, *key.values()) for key in missing)


def _key(running: Running, wanted: Hold, names: Mapping[str, object]) -> dict[str, object]:
    return {dimension: _stored(running, expression, names) for dimension, expression in wanted.keys.items()}


def _stored(running: Running, expression: Expression, names: Mapping[str, object]) -> object:
    value = running.evaluate(expression, **names)
    return expressions.record_id(value) if expression.type.kind is Kind.RECORD else value
