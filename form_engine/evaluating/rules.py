"""Rules of a form on one record: which fields are shown, needed, closed, and what must hold.

Pure: decides on evaluation values (see `loading`), asks no database. `visible` and `require` look at the record as it
will be; `read_only` looks at it as it was, so that the change which closes a record is still allowed, and so is filling
a new one. A condition that cannot be computed (a division by zero) does not hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Violation
from engine.expressions import Expression, ExpressionError
from form_engine.definition import Field, Form, Rule, Table
from form_engine.values import below, is_computed

Values = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class States:
    """What rules say of a record's spots; a spot is `(field,)` or `(table, index, cell)`."""

    hidden: set[tuple[str | int, ...]] = field(default_factory=set)
    required: dict[tuple[str | int, ...], Rule] = field(default_factory=dict)
    read_only: dict[tuple[str | int, ...], Rule] = field(default_factory=dict)


def holds(condition: Expression | None, values: Values) -> bool:
    """Whether the condition is true; none is always true."""
    if condition is None:
        return True
    try:
        return condition.evaluate(values) is True
    except ExpressionError:
        return False


def _spots(rule: Rule, values: Values) -> Iterator[tuple[tuple[str | int, ...], Values]]:
    """Yield each place that the rule is about with the names of its expressions."""
    if rule.rows is None:
        yield (), values
        return
    for index, row in enumerate(values.get(rule.rows) or ()):
        yield (rule.rows, index), {**values, "item": row}


def states(form: Form, values: Values, before: Values | None) -> States:
    """Return the state of every spot that a rule speaks of; `before` is the record as it was, None for a new one."""
    result = States()
    for rule in form.rules:
        for place, names in _spots(rule, values):
            if not (rule.visible or rule.require):
                break
            if holds(rule.when, names):
                for key in rule.require:
                    result.required.setdefault((*place, key), rule)
            else:
                result.hidden.update((*place, key) for key in rule.visible)
        if rule.read_only and before is not None:
            for place, names in _spots(rule, before):
                if holds(rule.when, names):
                    for key in rule.read_only:
                        result.read_only.setdefault((*place, key), rule)
    return result


def violations(
    form: Form, values: Values, before: Values | None, given: Collection[str], prefix: str
) -> list[Violation]:
    """Return everything in which the record breaks its form's rules; `given` are the fields that were sent."""
    if not form.rules:
        return []
    found = states(form, values, before)
    return [
        *_missing(form, found, values, prefix),
        *(() if before is None else _closed(form, found, values, before, given, prefix)),
        *_unmet(form, values, prefix),
    ]


def _at(values: Values, spot: tuple[str | int, ...]) -> Any:
    found: Any = values
    for part in spot:
        found = found[part] if isinstance(part, int) else found.get(part)
    return found


def is_empty(value: Any) -> bool:
    """Whether there is nothing in a value: no text, no item, None."""
    return value is None or value in ("", [])


def _missing(form: Form, found: States, values: Values, prefix: str) -> Iterator[Violation]:
    for spot, rule in found.required.items():
        if spot not in found.hidden and is_empty(_at(values, spot)):
            one = _field(form, spot)
            params = {"field": one.title if one else spot[-1], "rule": rule.key}
            if rule.message:
                yield Violation(
                    pointer=below(prefix, *spot), code="rule_refuses", params=params | {"message": rule.message}
                )
            else:
                yield Violation(pointer=below(prefix, *spot), code="rule_requires", params=params)


def _closed(
    form: Form, found: States, values: Values, before: Values, given: Collection[str], prefix: str
) -> Iterator[Violation]:
    for spot, rule in found.read_only.items():
        if spot[0] not in given:
            continue
        if len(spot) == 1:
            place: tuple[str | int, ...] | None = None if values.get(str(spot[0])) == before.get(str(spot[0])) else spot
        else:
            place = _changed_cell(values, before, spot)
        if place is not None:
            one = _field(form, spot)
            params = {"field": one.title if one else spot[-1], "rule": rule.key}
            yield Violation(pointer=below(prefix, *place), code="rule_read_only", params=params)


def _changed_cell(values: Values, before: Values, spot: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
    """Return where a closed cell now stands if it differs in the row of the same id (the table if that is gone)."""
    table, index, cell = str(spot[0]), int(spot[1]), str(spot[2])
    old = before[table][index]
    for position, row in enumerate(values.get(table) or ()):
        if row["id"] == old["id"]:
            return None if row.get(cell) == old.get(cell) else (table, position, cell)
    return (table,)


def _unmet(form: Form, values: Values, prefix: str) -> Iterator[Violation]:
    for rule in form.rules:
        if rule.check is None:
            continue
        for place, names in _spots(rule, values):
            if not holds(rule.when, names) or holds(rule.check, names):
                continue
            params = {"message": rule.message, "rule": rule.key}
            code = "rule_refuses" if rule.message else "rule_unmet"
            for key in rule.fields or ("",):
                spot = (*place, key) if key else place
                yield Violation(pointer=below(prefix, *spot), code=code, params=params)


def _field(form: Form, spot: tuple[str | int, ...]) -> Field | None:
    one = form.fields.get(str(spot[0]))
    return one.cell(str(spot[2])) if len(spot) == 3 and isinstance(one, Table) else one


def page_states(
    form: Form, values: Values, before: Values | None, access: Mapping[str, str]
) -> dict[str, dict[str, bool]]:
    """Return the state of every field, and of every cell that differs from its column, for the record page."""
    found = states(form, values, before)
    result: dict[str, dict[str, bool]] = {}
    for key, one in form.fields.items():
        if access.get(key) != "hidden":
            closed = access.get(key) in {"read_only", "masked"}
            result[below("#", key)] = _state(one, (key,), found, closed=closed)
    cells = {spot for spot in (*found.hidden, *found.required, *found.read_only) if len(spot) == 3}
    for spot in sorted(cells, key=str):
        cell = _field(form, spot)
        if cell is not None and access.get(str(spot[0])) != "hidden":
            result[below("#", *spot)] = _state(cell, spot, found, closed=False)
    return result


def _state(one: Field, spot: tuple[str | int, ...], found: States, *, closed: bool) -> dict[str, bool]:
    visible = spot not in found.hidden
    return {
        "visible": visible,
        "required": visible and (one.required or spot in found.required),
        "read_only": closed or is_computed(one) or spot in found.read_only,
    }
