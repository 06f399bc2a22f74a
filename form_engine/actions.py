"""Buttons on a record: a condition, values to set, perhaps a flow to start.

Owns the pressing. The values come from the published definition, so a button may set fields that its presser may only
read ("submit" sets the status); everything else is an ordinary change with the ordinary checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine import expressions
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, InvalidInput, NotFound, Violation
from engine.events import ActionPressed
from engine.expressions import ExpressionError
from form_engine import forms, records
from form_engine.changing import drafts, writing
from form_engine.definition import Action, Form
from form_engine.evaluating import computing, loading, rules
from form_engine.querying import filters, record_titles
from form_engine.record import Change, Record
from form_engine.storage import store
from form_engine.values import below


def press(
    session: Session, actor: Actor, form_name: str, record_id: UUID, action_key: str, *, version: int | None = None
) -> Record:
    """Press a button of a record; return the record as it then is.

    The actor needs the right to update the record. Raises `NotFound` for an unknown button, `Stale`, `Conflict`
    (`action_not_offered`) while the button's condition does not hold, and whatever the change raises. Flows that
    listen to the change or to the button run before it returns.
    """
    form = forms.get(session, form_name)
    action = form.action(action_key)
    if action is None:
        raise NotFound("action_not_found", form=form.title, action=action_key)
    filters.require(session, actor, form, "update")
    held: dict[UUID, store.Found] = {}
    noted = writing.noted_versions(session)
    record = _locked(session, actor, form, record_id, version, held)
    names = _names(session, actor, form, record, action)
    if not rules.holds(action.when, names):
        raise Conflict("action_not_offered", action=action.title)
    if action.set:
        sent = _values(form, action, names)
        change = Change(action="update", id=record_id, values=sent, version=record.version)
        (record,) = writing.apply(session, actor, form_name, [change], trusted=action.set, held=held)
    pressed = ActionPressed(
        form=form.name,
        record_id=record_id,
        action=action.key,
        record=loading.evaluation(form, record),
        version=record.version,
        actor=actor,
    )
    session.publish(pressed)
    is_as_read = noted.get((form.name, record_id), record.version) == record.version
    if is_as_read and filters.sees_all(session, actor, form):
        return record_titles.entitled(session, actor, form, [record])[0]
    return _present(session, actor, form, record_id)


def _locked(
    session: Session,
    actor: Actor,
    form: Form,
    record_id: UUID,
    version: int | None,
    held: dict[UUID, store.Found],
) -> Record:
    """Return the record, locked, after the checks of an update."""
    batch = drafts.open_batch(session, actor, form)
    writing.open_changes(batch, [Change(action="update", id=record_id, version=version)], held)
    before = batch.drafts[0].before
    if before is None:
        raise NotFound("record_not_found", form=form.title, id=str(record_id))
    return before


def _names(session: Session, actor: Actor, form: Form, record: Record, action: Action) -> dict[str, Any]:
    """Return what the button's expressions see, with what they reach over relations."""
    names = loading.evaluation(form, record)
    used = [*action.set.values(), *([action.when] if action.when else [])]
    tree = expressions.prefetch([path for one in used for path in one.paths])
    loading.attach(session, form.fields.values(), [names], tree)
    return names | {"user": loading.actor_values(actor), **expressions.at(session.now, session.time_zone)}


def _values(form: Form, action: Action, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the button's values as JSON input; a value that cannot be computed refuses the press."""
    sent: dict[str, Any] = {}
    for key, expression in action.set.items():
        one = form.fields[key]
        try:
            stored = computing.fitted(one, expression.evaluate(names))
        except (ExpressionError, InvalidInput) as error:
            spot = Violation(pointer=below("#", key), code=error.code, params={"field": one.title, **error.params})
            raise InvalidInput(violations=[spot]) from error
        sent[key] = None if stored is None else one.type.show(stored, one.options)
    return sent


def _present(session: Session, actor: Actor, form: Form, record_id: UUID) -> Record:
    """Return the record after everything; where the change took it out of the actor's sight, as it was written."""
    try:
        return records.get(session, actor, form.name, record_id)
    except NotFound:
        found = records.get(session, actor.as_platform(), form.name, record_id)
    return record_titles.entitled(session, actor, form, [found])[0]


def offered(session: Session, actor: Actor, form: Form, record: Record) -> list[Action]:
    """Return the buttons that the actor may press on the record now, in the form's order."""
    if not filters.may(session, actor, form, "update"):
        return []
    return [one for one in form.actions if rules.holds(one.when, _names(session, actor, form, record, one))]
