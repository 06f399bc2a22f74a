"""Stored formulas after a publication: rows that are there already get the values that the new formulas give.

Hears of published forms and works in their transaction, while their tables are closed to writers: set-based, in batches.
Only formulas that changed, whose field changed its type, or that use such a field are computed anew; others keep what
they came to when their record was last written. Nobody changed a record, so its version and its time of change stay and
no event is published. Balances follow; a value for which there is no room, or that stands twice where it must be unique,
refuses the publication, and so does a balance or a role that could no longer be computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final
from uuid import UUID

from engine import definitions, expressions
from engine.catalog import Definition
from engine.db import Session
from engine.errors import InvalidDefinition, InvalidInput, Violation, pointer
from engine.texts import LANGUAGES
from form_engine import balances, forms, role_checks
from form_engine.balancing import balance_checks, balance_publication
from form_engine.changing import uniqueness
from form_engine.definition import Field, Form, Formula, Table
from form_engine.documents.references import references
from form_engine.evaluating import computing, loading
from form_engine.publication import FormsPublished
from form_engine.record import Record
from form_engine.storage import rehearsals, store
from form_engine.storage.tables import type_text

#: Records in memory at a time.
BATCH: Final = 1000

#: Where a value stands in its form: `(field,)`, or `(table, cell)`.
Place = tuple[str, ...]


def subscriber(session: Session, event: object) -> None:
    """Bring stored values and balances in line with forms that were published."""
    if not isinstance(event, FormsPublished):
        return
    before = {one.name: one.before for one in event.forms}
    _recheck(session, before)
    for name in _in_order(session, before):
        form = forms.get(session, name)
        moved = _moved(form, before[name])
        _recompute(session, form, outdated(form, before[name]), feeds=not moved)
        for balance in balances.fed_by(session, form.name) if moved else ():
            balance_publication.install(session, balances.get(session, balance))


def _in_order(session: Session, names: Iterable[str]) -> list[str]:
    """Return the forms such that each stands behind those that its formulas reach, as far as that goes."""
    given = list(names)
    reached = {
        name: {one.name for one in references(forms.get(session, name)) if one.member and one.name in given}
        for name in given
    }
    try:
        return list(TopologicalSorter(reached).static_order())
    except CycleError:
        return given


# --- what is out of date ---------------------------------------------------------------------------------------------


def outdated(form: Form, before: Mapping[str, Field]) -> tuple[Formula, ...]:
    """Return the formulas whose stored values may no longer be what they come to, in the order of computing."""
    changed = _moved(form, before)
    was = dict(_stored(before.values()))
    found: list[Formula] = []
    for formula in form.formula_order:
        one, old = _field(form, formula.path), was.get(formula.path)
        is_new = old is None or old.formula != one.formula
        if is_new or formula.path in changed or any(place in changed for place in _uses(formula)):
            changed.add(formula.path)
            found.append(formula)
    return tuple(found)


def _moved(form: Form, before: Mapping[str, Field]) -> set[Place]:
    """Return the places of values that are of another type than before."""
    was = dict(_stored(before.values()))
    return {place for place, one in _stored(form.fields.values()) if place in was and _kind(was[place]) != _kind(one)}


def _stored(fields: Iterable[Field]) -> Iterator[tuple[Place, Field]]:
    for one in fields:
        if isinstance(one, Table):
            yield from (((one.key, cell.key), cell) for cell in one.fields)
        else:
            yield (one.key,), one


def _kind(one: Field) -> tuple[str, str]:
    column = one.type.column(one.options)
    return one.type.name, "" if column is None else type_text(column)


def _field(form: Form, place: Place) -> Field:
    one = form.fields[place[0]]
    cell = one.cell(place[1]) if isinstance(one, Table) and len(place) > 1 else None
    return cell or one


def _uses(formula: Formula) -> Iterator[Place]:
    """Yield the places of the own record that a formula may read; a cell's formula sees its row before the head."""
    for path in formula.expression.paths:
        yield path[:1]
        yield path[:2]
        if len(formula.path) == 2:
            yield (formula.path[0], path[0])


# --- computing anew --------------------------------------------------------------------------------------------------


def _recompute(session: Session, form: Form, formulas: Sequence[Formula], *, feeds: bool) -> None:
    if not formulas:
        return
    part = replace(form, formula_order=tuple(formulas))
    tree = expressions.prefetch(_paths(formulas))
    tables = [store.qualified(table) for table in (form.table, *form.children.values())]
    for ids in rehearsals.tried(session, tables, store.every_id(session, form, BATCH)):
        pairs = _computed(session, part, ids, tree)
        _write(session, form, pairs, [formula.path for formula in formulas])
        if feeds:
            living = [(old, new) for old, new in pairs if old.deleted_at is None]
            fed = [("#", loading.evaluation(form, old), loading.evaluation(form, new)) for old, new in living]
            balances.feed(session, form, fed)


def _paths(formulas: Iterable[Formula]) -> Iterator[Place]:
    for formula in formulas:
        yield from formula.expression.paths
        if len(formula.path) == 2:
            yield from ((formula.path[0], *path) for path in formula.expression.paths)


def _computed(session: Session, form: Form, ids: Sequence[UUID], tree: loading.Tree) -> list[tuple[Record, Record]]:
    """Return (stored, computed) for each record that the formulas change."""
    stored = [found.record for found in store.load(session, form, ids).values()]
    fresh = [replace(one, values=_copied(one.values)) for one in stored]
    items = [loading.evaluation(form, one) for one in fresh]
    loading.attach(session, form.fields.values(), items, tree)
    context = expressions.at(session.now, session.time_zone)
    for one, names in zip(fresh, items, strict=True):
        values: Any = one.values
        _refuse(form, computing.compute(form, values, names, context, "#"))
    return [pair for pair in zip(stored, fresh, strict=True) if pair[0].values != pair[1].values]


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's values to be changed: the rows of sub-tables are copies, too."""
    return {
        key: [dict(row) if isinstance(row, dict) else row for row in value] if isinstance(value, list) else value
        for key, value in values.items()
    }


def _write(session: Session, form: Form, pairs: Sequence[tuple[Record, Record]], places: Sequence[Place]) -> None:
    try:
        with uniqueness.violations(session, form, [("#", new) for _, new in pairs]):
            store.rewrite(session, form, pairs, places)
    except InvalidInput as error:
        _refuse(form, error.violations)


def _refuse(form: Form, spots: Iterable[Violation]) -> None:
    """Refuse the publication, at the formulas that gave what could not be stored."""
    found = []
    for spot in spots:
        place = tuple(part for part in spot.pointer.split("/")[1:] if not part.isdigit())
        at = f"{_field(form, place).pointer}/x-field/formula" if place else "#/properties"
        found.append(Violation(pointer=at, code=spot.code, params=spot.params))
    if found:
        raise InvalidDefinition(violations=found)


def _recheck(session: Session, names: Iterable[str]) -> None:
    """Refuse forms by which a balance over them, or a role's rows, could no longer be computed."""
    view = definitions.catalog(session)
    fed = dict.fromkeys(balance for name in names for balance in balances.fed_by(session, name))
    over = [view.get("balances", name) for name in fed]
    _refuse_broken((one, spot) for one in over for spot in balance_checks.check(session, one.app, one.document))
    _refuse_broken(
        (one, spot)
        for one in view.list("roles")
        for name, entry in one.document.get("forms", {}).items()
        if not name.endswith("*")
        for spot in role_checks.check_entry(session, name, entry, pointer("forms", name))
    )


def _refuse_broken(found: Iterable[tuple[Definition, Violation]]) -> None:
    spots = []
    for user, spot in found:
        reason = {language: spot.detail(language) for language in LANGUAGES}
        params = {"user": user.document["title"], "at": f"{user.name}{spot.pointer}", "reason": reason}
        spots.append(Violation(pointer="#/properties", code="form_would_break", params=params))
    if spots:
        raise InvalidDefinition(violations=spots)
