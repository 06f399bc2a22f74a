"""Currencies of measures: amounts of different ones are never added up, compared or divided by each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine import expressions
from engine.errors import Violation, pointer
from engine.expressions import NUMBER, Expression, ExpressionError, Scope
from form_engine.definition import Form
from report_engine.querying import dataset

_COUNTS = frozenset({"count", "count_distinct"})
_TRIAL = Decimal(7)


def of_field(form: Form, entry: Mapping[str, Any]) -> str | None:
    """Return the currency of an aggregate's amounts; None where they are no money."""
    if entry.get("function") in _COUNTS or "field" not in entry:
        return None
    found = dataset.member(form, tuple(entry["field"].split(".")))
    currency = None if found is None or found.field is None else found.field.options.get("currency")
    return None if currency is None else str(currency)


def of_measures(form: Form, document: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the currency of each aggregate and each calculation by its key."""
    known = {entry["key"]: of_field(form, entry) for entry in document["measures"] if "function" in entry}
    for entry in document["measures"]:
        if "expression" in entry:
            expression = expressions.compile(entry["expression"], Scope(dict.fromkeys(known, NUMBER)), NUMBER)
            known[entry["key"]] = None if entry.get("format") == "percent" else _of_expression(expression, known)
    return known


def faults(form: Form, document: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield a violation for each expression over amounts of more than one currency."""
    known: dict[str, str | None] = {
        entry["key"]: of_field(form, entry) for entry in document["measures"] if "function" in entry
    }
    for index, entry in enumerate(document["measures"]):
        if "expression" not in entry:
            continue
        try:
            expression = expressions.compile(entry["expression"], Scope(dict.fromkeys(known, NUMBER)), NUMBER)
        except ExpressionError:
            known[entry["key"]] = None  # told by `faults`
            continue
        used = sorted({currency for path in expression.paths if (currency := known[path[0]]) is not None})
        if len(used) > 1:
            place = pointer("measures", index, "expression")
            yield Violation(pointer=place, code="report_currencies_mixed", params={"currencies": used})
        known[entry["key"]] = _of_expression(expression, known)


def _of_expression(expression: Expression, known: Mapping[str, str | None]) -> str | None:
    """Return the currency of a calculation: it is money when it doubles with the money that it is made of."""
    used = {path[0]: known[path[0]] for path in expression.paths}
    money = next((currency for currency in used.values() if currency is not None), None)
    if money is None:
        return None
    once = {key: _TRIAL + place for place, key in enumerate(used)}
    twice = {key: value * 2 if used[key] is not None else value for key, value in once.items()}
    try:
        one, two = expression.evaluate(once), expression.evaluate(twice)
    except ExpressionError:
        return None
    return money if one and two is not None and abs(two - one * 2) < Decimal("0.000001") else None
