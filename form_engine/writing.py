"""The one way by which records change: `apply`, a batch at a time.

Owns the order of things: rights → reading and validation → defaults → relations → formulas → rules → numbers → rows →
balances → events (audit, flows). Each step looks at the whole batch; statements do not grow with the number of records,
only with the forms and sub-tables concerned. Everything is checked before anything is written; whatever fails, the
caller's transaction is rolled back by the exception that leaves here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from engine import definitions, expressions, json_schema
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed, NotFound, Stale, Violation
from engine.events import RecordChanged, RecordsChanged
from engine.expressions import USER, Expression, Scope
from engine.ids import new_id
from engine.permissions import FormGrant
from form_engine import balances, computing, filters, forms, loading, record_titles, relations, rules, serials, store, uniqueness
from form_engine.definition import Field, Form, Table
from form_engine.loading import Evaluated
from form_engine.record import Change, Record
from form_engine.values import Reading, below, read

#: Most changes of one batch; larger imports come in parts of one transaction.
BATCH_MAX = 10_000


@dataclass(slots=True, kw_only=True)
class Draft:
    """One change on its way through `apply`.

    before, after -- the record as stored; None before a creation and a restoration, after a deletion.
    old, new      -- the same as expressions see it.
    """

    change: Change
    id: UUID
    before: Record | None = None
    reading: Reading | None = None
    after: Record | None = None
    old: Evaluated | None = None
    new: Evaluated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What all steps of one `apply` share.

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


def apply(
    session: Session,
    actor: Actor,
    form_name: str,
    changes: Sequence[Change],
    *,
    trusted: Iterable[str] = (),
) -> list[Record]:
    """Make all changes or none; return each record as it then is, in the order of the changes.

    Raises `NotFound`, `NotAllowed`, `Stale` (with the record as it is now), `InvalidInput` with every violation of the
    batch, `Conflict` for what balances and references forbid. After an exception the transaction must be rolled back.
    Locks the changed rows in the order of their ids, then the balances they feed, until the transaction ends.
    trusted -- for `actions.press`: fields whose values come from a published definition, not from the actor.
    """
    form = forms.get(session, form_name)
    batch = open_batch(session, actor, form, trusted=frozenset(trusted))
    if not changes:
        return []
    if len(changes) > BATCH_MAX:
        raise InvalidInput(violations=[Violation(pointer="#", code="batch_too_large", params={"limit": BATCH_MAX})])
    for action in sorted({change.action for change in changes}):
        filters.require(session, actor, form, "delete" if action == "restore" else action)
    _open(batch, changes)
    _check(batch)
    _write(batch)
    balances.feed(session, form, [(draft.old, draft.new) for draft in batch.drafts])
    return _published(batch)


def open_batch(session: Session, actor: Actor, form: Form, *, trusted: frozenset[str] = frozenset()) -> Batch:
    """Return an empty batch with the actor's grant and what expressions see beside records."""
    context = {"user": loading.actor_values(actor), "__now__": session.now}
    grant = filters.grant(session, actor, form)
    return Batch(session=session, actor=actor, form=form, grant=grant, context=context, trusted=trusted)


# --- what there is ---------------------------------------------------------------------------------------------------


def _open(batch: Batch, changes: Sequence[Change]) -> None:
    """Load and lock what the changes are about; check that the actor may see it and do this to it."""
    known = [change.id for change in changes if change.action != "create" and change.id is not None]
    twice = [key for key, count in Counter(change.id for change in changes if change.id is not None).items() if count > 1]
    if twice:
        raise InvalidInput(
            violations=[
                Violation(pointer=change.pointer, code="record_twice", params={"id": str(change.id)})
                for change in changes
                if change.id in twice
            ]
        )
    asked = {name: filters.scope(batch.session, batch.actor, batch.form, name) for name in ("view", "update", "delete")}
    deletes = any(change.action == "delete" for change in changes)
    found = store.load(batch.session, batch.form, known, lock="delete" if deletes else "update", flags=asked)
    for change in changes:
        if change.action == "create":
            batch.drafts.append(Draft(change=change, id=change.id or new_id()))
        elif change.id is None or change.id not in found:
            raise NotFound("record_not_found", form=batch.form.title, id=str(change.id))
        else:
            batch.drafts.append(_admitted(batch, change, found[change.id]))


def _admitted(batch: Batch, change: Change, found: store.Found) -> Draft:
    action = "delete" if change.action == "restore" else change.action
    wants_bin = change.action == "restore"
    is_in_bin = found.record.deleted_at is not None
    if not found.flags["view"] or is_in_bin != wants_bin:
        raise NotFound("record_not_found", form=batch.form.title, id=str(change.id))
    if not found.flags[action]:
        raise NotAllowed("record_not_yours", form=batch.form.title, action=action)
    if change.version is not None and change.version != found.record.version:
        raise stale(batch.session, batch.actor, batch.form, found.record)
    draft = Draft(change=change, id=found.record.id, before=found.record)
    draft.old = None if wants_bin else loading.evaluation(batch.form, found.record)
    return draft


def stale(session: Session, actor: Actor, form: Form, current: Record) -> Stale:
    """Return the error that carries the record as it is now, who changed it and when."""
    names = record_titles.titles(session, actor, {"meta.user": [current.updated_by] if current.updated_by else []})
    return Stale(
        current=record_titles.entitled(session, actor, form, [current])[0],
        changed_by=names.get(("meta.user", current.updated_by), "") if current.updated_by else "",
        changed_by_id=current.updated_by,
        changed_at=current.updated_at,
    )


# --- what it will be -------------------------------------------------------------------------------------------------


def _check(batch: Batch) -> None:
    """Read and check every change; raise `InvalidInput` with all that is wrong."""
    written = batch.of("create", "update")
    validator = json_schema.validator((batch.form.name, batch.form.definition_id, batch.form.version), batch.form.schema)
    access = {key: value for key, value in batch.grant.fields.items() if key not in batch.trusted}
    for draft in written:
        numbered = batch.actor.is_platform
        draft.reading = read(batch.form, validator, draft.change, draft.before, access=access, may_number=numbered)
    _raise(spot for draft in written if draft.reading for spot in draft.reading.violations)
    for draft in written:
        _become(batch, draft)
    _raise(default_values(batch, written))
    fresh = {draft.id for draft in batch.of("create")}
    pointing = [
        relations.Pointing(reading=draft.reading, before=draft.before.values if draft.before else None, prefix=draft.change.pointer)
        for draft in written
        if draft.reading
    ]
    _raise(relations.check(batch.session, batch.actor, batch.form, pointing, fresh))
    compute(batch, written)
    for draft in batch.of("restore"):
        draft.after = draft.before
        draft.new = loading.evaluation(batch.form, draft.before) if draft.before else None
    _refuse_deletions(batch)


def _raise(spots: Iterable[Violation]) -> None:
    found = list(spots)
    if found:
        raise InvalidInput(violations=found)


def _become(batch: Batch, draft: Draft) -> None:
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


def compute(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Compute formulas and judge rules; raise `InvalidInput` with all that is wrong."""
    spots = computed(batch, drafts)
    for draft in drafts:
        if draft.new is not None and draft.reading is not None:
            new, old = draft.new | dict(batch.context), None if draft.old is None else draft.old | dict(batch.context)
            spots += rules.violations(batch.form, new, old, sorted(draft.reading.given), draft.change.pointer)
    _raise(spots)
    outside = [draft for draft in drafts if draft.before is None and draft.new is not None and not _is_in_scope(batch, draft.new)]
    if outside:
        raise NotAllowed("record_not_yours", form=batch.form.title, action="create")


def computed(batch: Batch, drafts: Sequence[Draft]) -> list[Violation]:
    """Fetch what formulas and rules reach over relations, compute the formulas; return what does not fit."""
    tree = plan(batch.session, batch.form).tree
    items = [values for draft in drafts for values in (draft.old, draft.new) if values is not None]
    loading.attach(batch.session, batch.form.fields.values(), items, tree)
    spots: list[Violation] = []
    for draft in drafts:
        if draft.reading is not None and draft.new is not None:
            spots += computing.compute(batch.form, draft.reading.values, draft.new, batch.context, draft.change.pointer)
    return spots


def _is_in_scope(batch: Batch, values: Evaluated) -> bool:
    texts = batch.grant.scopes.get("create")
    if texts is None:
        return True
    names = values | dict(batch.context)
    for text in texts:
        condition = filters.compiled(batch.session, batch.form, text)
        loading.attach(batch.session, batch.form.fields.values(), [values], expressions.prefetch(condition.paths))
        if rules.holds(condition, names):
            return True
    return False


def _refuse_deletions(batch: Batch) -> None:
    gone = [draft.id for draft in batch.of("delete")]
    if gone:
        relations.refuse_if_used(batch.session, batch.actor, batch.form, gone)


# --- plans and defaults ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is compiled of a form beside the form itself.

    tree     -- what formulas, rules and defaults reach over relations (see `loading.attach`).
    defaults -- (field path, expression) of each default that is an expression; paths as in `Formula`.
    """

    tree: Mapping[str, Any]
    defaults: tuple[tuple[tuple[str, ...], Expression], ...]


def plan(session: Session, form: Form) -> Plan:
    """Return the form's plan, made once per published version."""
    return definitions.catalog(session).compiled("form_engine.writing", form.name, lambda: _plan(form))


def _plan(form: Form) -> Plan:
    used = [formula.expression for formula in form.formula_order]
    used += [one for rule in form.rules for one in (rule.when, rule.check) if one is not None]
    paths = [_from_head(form, path) for one in used for path in one.paths]
    for rule in (rule for rule in form.rules if rule.rows):
        paths += [
            (rule.rows or "", *path[1:])
            for one in (rule.when, rule.check) if one is not None
            for path in one.paths if path[0] == "item"
        ]  # fmt: skip
    for formula in form.formula_order:
        if len(formula.path) == 2:
            paths += [(formula.path[0], *path) for path in formula.expression.paths]
    return Plan(tree=expressions.prefetch(paths), defaults=tuple(_defaults(form)))


def _from_head(form: Form, path: tuple[str, ...]) -> tuple[str, ...]:
    return path if path and path[0] not in {"user", "item", "old"} else (path[0],)


def _defaults(form: Form) -> Iterable[tuple[tuple[str, ...], Expression]]:
    names = filters.names(form)
    for one in form.fields.values():
        if one.default_expression is not None:
            yield (one.key,), expressions.compile(one.default_expression, names)
        for cell in one.fields if isinstance(one, Table) else ():
            if cell.default_expression is not None:
                yield (one.key, cell.key), expressions.compile(cell.default_expression, Scope({**names.names, "user": USER}))


def default_values(batch: Batch, drafts: Sequence[Draft]) -> list[Violation]:
    """Fill what was not sent and has an expression for its default; return what does not fit."""
    spots: list[Violation] = []
    for path, expression in plan(batch.session, batch.form).defaults:
        one = batch.form.fields[path[0]]
        for draft in drafts:
            if draft.reading is None or draft.new is None:
                continue
            if len(path) == 1 and draft.before is None and path[0] not in draft.reading.given:
                _fill(batch, draft, draft.reading.values, draft.new, one, expression, below(draft.change.pointer, one.key), spots)
            elif len(path) == 2:
                _fill_rows(batch, draft, draft.reading, one, path[1], expression, spots)
    return spots


def _fill_rows(
    batch: Batch, draft: Draft, reading: Reading, table: Field, key: str, expression: Expression, spots: list[Violation]
) -> None:
    cell = table.cell(key) if isinstance(table, Table) else None
    if cell is None or draft.new is None:
        return
    for index, (line, names) in enumerate(zip(reading.values[table.key], draft.new[table.key], strict=True)):
        if line["id"] in reading.fresh_rows and line.get(key) is None:
            spot = below(draft.change.pointer, table.key, index, key)
            _fill(batch, draft, line, names, cell, expression, spot, spots)


def _fill(
    batch: Batch,
    draft: Draft,
    stored: dict[str, Any],
    names: Evaluated,
    one: Field,
    expression: Expression,
    spot: str,
    spots: list[Violation],
) -> None:
    scope = {**(draft.new or {}), **batch.context, **names}
    stored[one.key] = computing.result(one, expression, scope, spot, spots)
    names[one.key] = loading.value(one, stored[one.key])
    if stored[one.key] is None and one.required:
        spots.append(Violation(pointer=spot, code="required"))


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(batch: Batch) -> None:
    session, form, now, user = batch.session, batch.form, batch.session.now, batch.actor.user_id
    created, updated = batch.of("create"), batch.of("update")
    _number(batch, created)
    with uniqueness.violations(session, form, [(draft.change.pointer, draft.after) for draft in [*created, *updated]]):
        store.insert(session, form, [draft.after for draft in created if draft.after])
        pairs = [(draft.before, draft.after) for draft in updated if draft.before and draft.after]
        written = store.update(session, form, pairs)
    gone, back = [draft.id for draft in batch.of("delete")], [draft.id for draft in batch.of("restore")]
    if gone:
        written |= store.bury(session, form, gone, at=now, by=user)
    if back:
        with uniqueness.violations(session, form, [(draft.change.pointer, draft.after) for draft in batch.of("restore")]):
            written |= store.raise_(session, form, back, at=now, by=user)
    for draft in batch.drafts:
        if draft.before is not None and draft.id not in written:
            raise stale(session, batch.actor, form, draft.before)
        if draft.change.action == "restore" and draft.before is not None:
            draft.after = replace(
                draft.before, version=draft.before.version + 1, deleted_at=None, updated_at=now, updated_by=user
            )


def _number(batch: Batch, created: Sequence[Draft]) -> None:
    serials.number(batch.session, batch.form, [draft.reading.values for draft in created if draft.reading])
    for draft in created:
        for key, one in batch.form.fields.items():
            if draft.new is not None and draft.reading is not None and serials.is_serial(one):
                draft.new[key] = draft.reading.values[key]


def _published(batch: Batch) -> list[Record]:
    """Tell the subscribers (audit, flows); return the records as they are after all that followed."""
    changes = tuple(
        RecordChanged(
            form=batch.form.name,
            record_id=draft.id,
            action=draft.change.action,
            before=draft.old,
            after=draft.new,
            version=draft.after.version if draft.after else (draft.before.version + 1 if draft.before else 1),
            actor=batch.actor,
        )
        for draft in batch.drafts
    )
    written: dict[tuple[str, UUID], int] = batch.session.notes.setdefault("form_engine.written", {})
    written.update(((batch.form.name, change.record_id), change.version) for change in changes)
    batch.session.publish(RecordsChanged(form=batch.form.name, changes=changes, actor=batch.actor))
    moved = [change.record_id for change in changes if written[batch.form.name, change.record_id] != change.version]
    # Flows that ran in between may have changed the very same records; what is returned must be what is there.
    fresh = store.load(batch.session, batch.form, moved)
    results = [fresh[draft.id].record if draft.id in fresh else draft.after or _buried(batch, draft) for draft in batch.drafts]
    return record_titles.entitled(batch.session, batch.actor, batch.form, results)


def _buried(batch: Batch, draft: Draft) -> Record:
    if draft.before is None:
        raise NotFound("record_not_found", form=batch.form.title, id=str(draft.id))
    now, user = batch.session.now, batch.actor.user_id
    return replace(draft.before, version=draft.before.version + 1, deleted_at=now, updated_at=now, updated_by=user)
