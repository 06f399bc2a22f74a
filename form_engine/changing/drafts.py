"""Records on their way: what a change makes of a record, before anything is written.

Owns the steps between input and rows: the record that a reading comes to, defaults that are expressions, formulas,
rules. Leaves input to `values`, the rows and the order of everything to `writing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from engine import definitions, expressions
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed, Violation
from engine.expressions import Expression
from engine.permissions import ACTION_TITLES, FormGrant
from form_engine.definition import Field, Form, Table
from form_engine.evaluating import computing, loading, rules
from form_engine.evaluating.loading import Evaluated
from form_engine.querying import filters
from form_engine.record import Change, Record
from form_engine.values import Reading, below


@dataclass(slots=True, kw_only=True)
class Draft:
    """One change on its way through `writing.apply`.

    before, after -- the record as stored; None before a creation, after a deletion.
    old, new      -- the same as expressions see it; `old` is None before a restoration, too.
    is_idle       -- an update after which everything is as it was: nothing is written, nobody is told.
    """

    change: Change
    id: UUID
    before: Record | None = None
    reading: Reading | None = None
    after: Record | None = None
    old: Evaluated | None = None
    new: Evaluated | None = None
    is_idle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What all steps of one `apply` share.

    context -- what expressions see beside records: `user`, the instant and the time zone.
    trusted -- fields that this batch may set although the actor may not (a button sets them).
    """

    session: Session
    actor: Actor
    form: Form
    grant: FormGrant
    context: Mapping[str, Any]
    drafts: list[Draft] = field(default_factory=list)
    trusted: frozenset[str] = frozenset()

    def of(self, *actions: str) -> list[Draft]:
        """Return the drafts of these actions."""
        return [draft for draft in self.drafts if draft.change.action in actions]

    def changed(self) -> list[Draft]:
        """Return the drafts that change something."""
        return [draft for draft in self.drafts if not draft.is_idle]


def open_batch(session: Session, actor: Actor, form: Form, *, trusted: frozenset[str] = frozenset()) -> Batch:
    """Return an empty batch with the actor's grant and what expressions see beside records."""
    context = {"user": loading.actor_values(actor), **expressions.at(session.now, session.time_zone)}
    grant = filters.grant(session, actor, form)
    return Batch(session=session, actor=actor, form=form, grant=grant, context=context, trusted=trusted)


def refuse(spots: Iterable[Violation]) -> None:
    """Raise `InvalidInput` with the violations, if there are any."""
    found = list(spots)
    if found:
        raise InvalidInput(violations=found)


def become(batch: Batch, draft: Draft) -> None:
    """Set the record that the reading comes to, and its evaluation."""
    if draft.reading is None:
        return
    now, user = batch.session.now, batch.actor.user_id
    values = draft.reading.values
    if draft.before is None:
        draft.after = Record(
            form=batch.form.name, id=draft.id, version=1, created_at=now, created_by=user, updated_at=now,
            updated_by=user, owner=user, values=values,
        )  # fmt: skip
    else:
        version = draft.before.version + 1
        draft.after = replace(draft.before, version=version, updated_at=now, updated_by=user, values=values, title="")
    draft.new = loading.evaluation(batch.form, draft.after)


def names(batch: Batch, draft: Draft) -> tuple[Evaluated, Evaluated | None]:
    """Return what a rule sees of the record as it will be, and of it as it was."""
    old = None if draft.old is None else {**draft.old, **batch.context, "old": draft.old}
    return {**(draft.new or {}), **batch.context, "old": draft.old}, old


def compute(batch: Batch, drafts: Sequence[Draft]) -> list[Violation]:
    """Fetch what formulas and rules reach over relations, then compute the formulas; return what does not fit."""
    _attach(batch, drafts)
    spots: list[Violation] = []
    for draft in drafts:
        if draft.reading is not None and draft.new is not None:
            spots += computing.compute(batch.form, draft.reading.values, draft.new, batch.context, draft.change.pointer)
    return spots


def _attach(batch: Batch, drafts: Sequence[Draft]) -> None:
    items = [values for draft in drafts for values in (draft.old, draft.new) if values is not None]
    tree = reach(batch.session, batch.form)
    loading.attach(batch.session, batch.form.fields.values(), items, tree, is_repeated=True)


def judge(batch: Batch, drafts: Sequence[Draft]) -> list[Violation]:
    """Return everything in which the records break their form's rules."""
    spots: list[Violation] = []
    for draft in drafts:
        if draft.new is not None and draft.reading is not None:
            new, old = names(batch, draft)
            spots += rules.violations(batch.form, new, old, draft.reading.given, draft.change.pointer)
    return spots


def refuse_outside(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Refuse new records that would lie outside the rows in which the actor may create."""
    texts = batch.grant.scopes.get("create")
    if texts is None:
        return
    conditions = [filters.compiled(batch.session, batch.form, text) for text in texts]
    tree = expressions.prefetch([path for condition in conditions for path in condition.paths])
    items = [draft.new for draft in drafts if draft.before is None and draft.new is not None]
    loading.attach(batch.session, batch.form.fields.values(), items, tree)
    for item in items:
        if not any(rules.holds(condition, {**item, **batch.context}) for condition in conditions):
            raise NotAllowed("record_not_yours", form=batch.form.title, action=ACTION_TITLES["create"])


def reach(session: Session, form: Form) -> loading.Tree:
    """Return what formulas, rules and defaults reach over relations and sub-tables, made once per published version."""
    catalog = definitions.catalog(session)
    tree: loading.Tree = catalog.compiled(
        "form_engine.changing.drafts", form.name, lambda: expressions.prefetch(_paths(form))
    )
    return tree


def _paths(form: Form) -> Iterator[tuple[str, ...]]:
    for formula in form.formula_order:
        yield from formula.expression.paths
        if len(formula.path) == 2:
            yield from ((formula.path[0], *path) for path in formula.expression.paths)
    for place, expression in form.default_expressions.items():
        yield from expression.paths
        if len(place) == 2:
            yield from ((place[0], *path) for path in expression.paths)
    for rule in form.rules:
        for condition in (rule.when, rule.check):
            for path in condition.paths if condition is not None else ():
                yield (rule.rows or "", *path[1:]) if path[0] == "item" else path


# --- defaults --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """A place that was left empty: the stored values and the evaluation that it belongs to, its field and pointer."""

    stored: dict[str, Any]
    values: Evaluated
    one: Field
    spot: str


def default_values(batch: Batch, drafts: Sequence[Draft]) -> list[Violation]:
    """Fill what was not sent and has an expression for its default; return what does not fit."""
    spots: list[Violation] = []
    if batch.form.default_expressions:
        _attach(batch, drafts)
    for path, expression in batch.form.default_expressions.items():
        for draft in drafts:
            for gap in _gaps(batch.form, draft, path):
                _fill(batch, draft, gap, expression, spots)
    return spots


def _gaps(form: Form, draft: Draft, path: tuple[str, ...]) -> Iterator[_Gap]:
    one, reading, values = form.fields[path[0]], draft.reading, draft.new
    if reading is None or values is None:
        return
    if len(path) == 1:
        if draft.before is None and one.key not in reading.given:
            yield _Gap(stored=reading.values, values=values, one=one, spot=below(draft.change.pointer, one.key))
        return
    cell = one.cell(path[1]) if isinstance(one, Table) else None
    if cell is None:
        return
    for index, (line, row) in enumerate(zip(reading.values[one.key], values[one.key], strict=True)):
        if line["id"] in reading.fresh_rows and line.get(cell.key) is None:
            spot = below(draft.change.pointer, one.key, index, cell.key)
            yield _Gap(stored=line, values=row, one=cell, spot=spot)


def _fill(batch: Batch, draft: Draft, gap: _Gap, expression: Expression, spots: list[Violation]) -> None:
    scope = {**(draft.new or {}), **batch.context, **gap.values}
    gap.stored[gap.one.key] = computing.result(gap.one, expression, scope, gap.spot, spots)
    gap.values[gap.one.key] = loading.value(gap.one, gap.stored[gap.one.key])
    if gap.one.required and gap.stored[gap.one.key] is None:
        spots.append(Violation(pointer=gap.spot, code="required"))
