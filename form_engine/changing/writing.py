"""The one way by which records change: `apply`, a batch at a time.

Owns the order of things: rights → reading and validation → defaults → relations → formulas → rules → numbers → rows →
balances → events (audit, flows). Each step looks at the whole batch; statements do not grow with the number of records,
only with the forms and sub-tables concerned. Everything is checked before anything is written; whatever fails, the
caller's transaction is rolled back by the exception that leaves here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from engine import files, json_schema
from engine.actor import Actor
from engine.catalog import require_current_at_end
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed, NotFound, Stale, Violation
from engine.events import RecordChanged, RecordsChanged
from engine.ids import new_id
from engine.json_schema import Validator
from engine.permissions import ACTION_TITLES
from form_engine import balances, forms
from form_engine.changing import drafts, intake, serials, uniqueness
from form_engine.changing.drafts import Batch, Draft
from form_engine.definition import Form
from form_engine.evaluating import loading
from form_engine.field_type import FILES
from form_engine.querying import filters, record_titles, relations
from form_engine.record import Change, Record
from form_engine.storage import store
from form_engine.values import Reading, below, ids_in

#: Most changes of one batch; larger imports come in parts of one transaction.
BATCH_MAX = 10_000
#: Versions that the batches under way, one inside the other, have given to records.
_WRITTEN = "form_engine.written"


def apply(
    session: Session,
    actor: Actor,
    form_name: str,
    changes: Sequence[Change],
    *,
    trusted: Iterable[str] = (),
    held: dict[UUID, store.Found] | None = None,
    readings: Mapping[str, Reading] = MappingProxyType({}),
) -> list[Record]:
    """Make all changes or none; return each record as it then is, without its title, in the order of the changes.

    Raises `NotFound`, `NotAllowed`, `Stale` (with the record as it is now), `InvalidInput` with every violation of the
    batch, `Conflict` for what balances and references forbid. After an exception the transaction must be rolled back.
    An update that leaves everything as it is changes nothing: no new version, no event.
    Locks the changed rows in the order of their ids, then the balances they feed, until the transaction ends.
    trusted -- for `actions.press`: fields whose values come from a published definition, not from the actor.
    held    -- what `open_changes` has loaded and locked in this transaction, for the same actor.
    readings -- what the values of some creations come to (`read_plainly`), by their pointers; each is used up.
    """
    form = forms.get(session, form_name)
    batch = drafts.open_batch(session, actor, form, trusted=frozenset(trusted))
    if not changes:
        return []
    if len(changes) > BATCH_MAX:
        raise InvalidInput(violations=[Violation(pointer="#", code="batch_too_large", params={"limit": BATCH_MAX})])
    for action in sorted({change.action for change in changes}):
        filters.require(session, actor, form, "delete" if action == "restore" else action)
    open_changes(batch, changes, held)
    _check(batch, readings)
    for draft in batch.of("update"):
        draft.is_idle = _is_idle(draft)
    _write(batch)
    _require_current(batch)
    balances.feed(session, form, [(draft.change.pointer, draft.old, draft.new) for draft in batch.changed()])
    return _published(batch)


# --- what there is ---------------------------------------------------------------------------------------------------


def open_changes(batch: Batch, changes: Sequence[Change], held: dict[UUID, store.Found] | None = None) -> None:
    """Load and lock what the changes are about; check that the actor may see it and do this to it.

    held -- takes what is loaded, and gives it where the same was loaded before.
    """
    known = [change.id for change in changes if change.action != "create" and change.id is not None]
    twice = [
        key for key, count in Counter(change.id for change in changes if change.id is not None).items() if count > 1
    ]
    if twice:
        raise InvalidInput(
            violations=[
                Violation(pointer=change.pointer, code="record_twice", params={"id": str(change.id)})
                for change in changes
                if change.id in twice
            ]
        )
    found = {} if held is None else held
    if not found.keys() >= set(known):
        found.update(_locked(batch, known, deletes=any(change.action == "delete" for change in changes)))
    for change in changes:
        if change.action == "create":
            batch.drafts.append(Draft(change=change, id=change.id or new_id()))
        elif change.id is None or change.id not in found:
            raise NotFound("record_not_found", form=batch.form.title, id=str(change.id))
        else:
            batch.drafts.append(_admitted(batch, change, found[change.id]))


def _locked(batch: Batch, ids: Sequence[UUID], *, deletes: bool) -> dict[UUID, store.Found]:
    asked = {name: filters.scope(batch.session, batch.actor, batch.form, name) for name in ("view", "update", "delete")}
    return store.load(batch.session, batch.form, ids, lock="delete" if deletes else "update", flags=asked)


def _admitted(batch: Batch, change: Change, found: store.Found) -> Draft:
    action = "delete" if change.action == "restore" else change.action
    wants_bin = change.action == "restore"
    is_in_bin = found.record.deleted_at is not None
    if not found.flags["view"] or is_in_bin != wants_bin:
        raise NotFound("record_not_found", form=batch.form.title, id=str(change.id))
    if not found.flags[action]:
        raise NotAllowed("record_not_yours", form=batch.form.title, action=ACTION_TITLES[action])
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


def read_plainly(session: Session, actor: Actor, form: Form) -> Callable[[Mapping[str, Any]], Reading | None]:
    """Return what reads the values of a new record without a statement where nothing is wrong with them, else None.

    For whoever reads many ahead of `apply`, in the same transaction and for the same actor.
    """
    validator, access = _validator(form), filters.grant(session, actor, form).fields
    return lambda values: intake.plainly(form, validator, values, access)


def _validator(form: Form) -> Validator:
    return json_schema.validator((form.name, form.definition_id, form.version), form.schema)


def _check(batch: Batch, readings: Mapping[str, Reading]) -> None:
    """Read and check every change; raise `InvalidInput` with all that is wrong."""
    form, written = batch.form, batch.of("create", "update")
    validator = _validator(form)
    access = {key: value for key, value in batch.grant.fields.items() if key not in batch.trusted}
    numbered = batch.actor.is_platform
    for draft in written:
        draft.reading = readings.get(draft.change.pointer) or intake.read(
            form, validator, draft.change, draft.before, access=access, may_number=numbered
        )
    drafts.refuse(spot for draft in written if draft.reading for spot in draft.reading.violations)
    for draft in written:
        drafts.become(batch, draft)
    drafts.refuse(drafts.default_values(batch, written))
    drafts.refuse(_unrelated(batch, written))
    drafts.refuse(drafts.compute(batch, written) + drafts.judge(batch, written))
    drafts.refuse_outside(batch, written)
    drafts.refuse(_unrestorable(batch))
    for draft in batch.of("restore"):
        draft.new = loading.evaluation(form, draft.before) if draft.before else None
    gone = [draft.id for draft in batch.of("delete")]
    if gone:
        relations.refuse_if_used(batch.session, batch.actor, form, gone)


def _is_idle(draft: Draft) -> bool:
    """Whether the update leaves every value as it is, computed ones included: then it is no change at all."""
    return draft.before is not None and draft.after is not None and draft.before.values == draft.after.values


def _unrelated(batch: Batch, written: Sequence[Draft]) -> list[Violation]:
    """Return a violation for every id that points at nothing, or at what the actor may not see."""
    fresh = {draft.id for draft in batch.of("create")}
    pointing = [
        relations.Pointing(
            reading=draft.reading, before=draft.before.values if draft.before else None, prefix=draft.change.pointer
        )
        for draft in written
        if draft.reading
    ]
    return relations.check(batch.session, batch.actor, batch.form, pointing, fresh)


def _unrestorable(batch: Batch) -> list[Violation]:
    """Return a violation for everything that a record from the bin points at and that is itself deleted by now."""
    pointing = [
        relations.Pointing(
            reading=Reading(values=dict(draft.before.values), given=frozenset()),
            before=None,
            prefix=draft.change.pointer,
        )
        for draft in batch.of("restore")
        if draft.before
    ]
    back = {draft.id for draft in batch.of("restore")}
    return relations.check(batch.session, batch.actor.as_platform(), batch.form, pointing, back)


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(batch: Batch) -> None:
    session, form, now, user = batch.session, batch.form, batch.session.now, batch.actor.user_id
    created, updated = batch.of("create"), [draft for draft in batch.of("update") if not draft.is_idle]
    files.attach(session, batch.actor, form.name, list(_attachments(batch)))
    _number(batch, created)
    moving = [*created, *(draft for draft in updated if uniqueness.is_moved(form, draft.before, draft.after))]
    with uniqueness.violations(session, form, [(draft.change.pointer, draft.after) for draft in moving]):
        store.insert(session, form, [draft.after for draft in created if draft.after])
        pairs = [(draft.before, draft.after) for draft in updated if draft.before and draft.after]
        written = store.update(session, form, pairs)
    relations.note_living(session, form.name, written | {draft.id for draft in created})
    gone, back = [draft.id for draft in batch.of("delete")], [draft.id for draft in batch.of("restore")]
    if gone:
        relations.forget_living(session, form.name, gone)
        written |= store.bury(session, form, gone, at=now, by=user)
    if back:
        with uniqueness.violations(
            session, form, [(draft.change.pointer, draft.after) for draft in batch.of("restore")]
        ):
            written |= store.raise_(session, form, back, at=now, by=user)
    for draft in batch.changed():
        if draft.before is not None and draft.id not in written:
            raise stale(session, batch.actor, form, draft.before)
        if draft.change.action == "restore" and draft.before is not None:
            draft.after = replace(
                draft.before, version=draft.before.version + 1, deleted_at=None, updated_at=now, updated_by=user
            )


def _require_current(batch: Batch) -> None:
    """Refuse the transaction when a publication comes between the reading of the definitions and its end.

    Written rows lock their tables, and a publication that concerns one (its own, or that of a balance over it) needs it
    for itself: what is in force once all rows are written stays so until the commit. One statement a transaction.
    """
    if batch.changed():
        require_current_at_end(batch.session)


def _attachments(batch: Batch) -> Iterator[files.Attachment]:
    """Yield every file that a record takes and did not hold before."""
    if not any(one.target == FILES for one in batch.form.every_field()):
        return
    for draft in batch.of("create", "update"):
        before = draft.before.values if draft.before else {}
        known = {key for _, to, key, _ in ids_in(batch.form.fields.values(), before) if to == FILES}
        for _, to, key, place in ids_in(batch.form.fields.values(), draft.after.values if draft.after else {}):
            if to == FILES and key not in known:
                spot = below(draft.change.pointer, *place)
                yield files.Attachment(record_id=draft.id, field=str(place[0]), file_id=key, pointer=spot)


def _number(batch: Batch, created: Sequence[Draft]) -> None:
    numbered = [key for key, one in batch.form.fields.items() if serials.is_serial(one)]
    if not numbered:
        return
    serials.number(batch.session, batch.form, [draft.reading.values for draft in created if draft.reading])
    for draft in created:
        if draft.new is not None and draft.reading is not None:
            draft.new.update((key, draft.reading.values[key]) for key in numbered)


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
        for draft in batch.changed()
    )
    moved = _tell(batch.session, RecordsChanged(form=batch.form.name, changes=changes, actor=batch.actor))
    # Flows that ran in between may have changed the very same records; what is returned must be what is there.
    fresh = store.load(batch.session, batch.form, moved)
    return [fresh[draft.id].record if draft.id in fresh else _left(batch, draft) for draft in batch.drafts]


def _tell(session: Session, event: RecordsChanged) -> list[UUID]:
    """Publish the event; return the ids of those of its records that subscribers have changed once more."""
    is_outermost = _WRITTEN not in session.notes
    written: dict[tuple[str, UUID], int] = session.notes.setdefault(_WRITTEN, {})
    written.update(((event.form, change.record_id), change.version) for change in event.changes)
    try:
        if event.changes:
            session.publish(event)
        return [one.record_id for one in event.changes if written[event.form, one.record_id] != one.version]
    finally:
        if is_outermost:  # an import of millions must not remember them all
            del session.notes[_WRITTEN]


def _left(batch: Batch, draft: Draft) -> Record:
    """Return the record as this batch leaves it."""
    if draft.is_idle and draft.before is not None:
        return draft.before
    if draft.after is not None:
        return draft.after
    if draft.before is None:
        raise NotFound("record_not_found", form=batch.form.title, id=str(draft.id))
    now, user = batch.session.now, batch.actor.user_id
    return replace(draft.before, version=draft.before.version + 1, deleted_at=now, updated_at=now, updated_by=user)


def noted_versions(session: Session) -> Mapping[tuple[str, UUID], int]:
    """Return (form, record) -> version, filled from now on by whatever changes records in this transaction."""
    noted: Mapping[tuple[str, UUID], int] = session.notes.setdefault("form_engine.written", {})
    return noted
