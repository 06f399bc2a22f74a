"""Computed values: formulas and defaults that are expressions, evaluated on a record.

Pure: works on stored values and their evaluation (see `loading`). Formulas are stored and computed anew at every write,
in an order in which each stands behind those it uses. A formula that cannot be computed for these values (division by
zero, a text that is no number) is empty, as an empty cell of a spreadsheet; a result for which there is no room is a
violation at the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import InvalidInput, Violation
from engine.expressions import Expression, ExpressionError
from form_engine.definition import Field, Form, Table
from form_engine.evaluating import loading
from form_engine.values import below

Stored = dict[str, Any]
Evaluated = dict[str, Any]

#: What an expression could compute if there were room for it; everything else that fails is an empty value.
_TOO_LARGE = frozenset({"expression_overflow", "expression_text_too_long"})


def compute(form: Form, stored: Stored, values: Evaluated, context: Mapping[str, Any], prefix: str) -> list[Violation]:
    """Put every formula's value into `stored` and `values` (the same record's evaluation).

    context -- what expressions see beside the record: `user`, the instant and the time zone.
    """
    found: list[Violation] = []
    for formula in form.formula_order:
        one = form.fields[formula.path[0]]
        if len(formula.path) == 1:
            spot = below(prefix, one.key)
            stored[one.key] = result(one, formula.expression, {**values, **context}, spot, found)
            values[one.key] = loading.value(one, stored[one.key])
            continue
        cell = one.cell(formula.path[1]) if isinstance(one, Table) else None
        if cell is None:
            continue
        for index, (line, names) in enumerate(zip(stored[one.key], values[one.key], strict=True)):
            spot = below(prefix, one.key, index, cell.key)
            line[cell.key] = result(cell, formula.expression, {**values, **context, **names}, spot, found)
            names[cell.key] = loading.value(cell, line[cell.key])
    return found


def result(one: Field, expression: Expression, names: Mapping[str, Any], spot: str, found: list[Violation]) -> Any:
    """Return the stored value that the expression gives the field; what does not fit becomes a violation."""
    try:
        value = expression.evaluate(names)
    except ExpressionError as error:
        if error.code in _TOO_LARGE:
            found.append(Violation(pointer=spot, code=error.code, params={"field": one.title} | dict(error.params)))
        return None
    try:
        return fitted(one, value)
    except InvalidInput as error:
        found.append(Violation(pointer=spot, code=error.code, params={"field": one.title} | dict(error.params)))
        return None


def fitted(one: Field, value: Any) -> Any:
    """Return an expression's value as the field stores it: records become their ids, numbers are rounded.

    Raises `InvalidInput` where the field has no room for it.
    """
    plain = _ids(value)
    return None if plain is None else one.type.fit(plain, one.options)


def _ids(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value.get("id")
    if isinstance(value, list):
        return [_ids(item) for item in value]
    return value
