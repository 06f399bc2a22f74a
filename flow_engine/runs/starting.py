"""How runs begin: a record changed, a button was pressed, somebody starts one by hand.

Order: of the flows that hear of one change, those of the first app in the alphabet go first, and within an app the
first key; a flow goes through all records of a batch, in the batch's order, before the next flow begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from engine import expressions
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, DomainError
from engine.events import ActionPressed, RecordsChanged
from engine.expressions import USER, ExpressionError
from engine.ids import new_id
from flow_engine.advance import Begin, advance
from flow_engine.definition import Flow
from flow_engine.documents import published
from flow_engine.runs import listening, store
from flow_engine.runs.chain import Chain, chain_of
from flow_engine.runs.continuing import queue_runs
from flow_engine.runs.journal import in_every_language
from flow_engine.runs.keeping import refill
from flow_engine.runs.run import Run
from flow_engine.runs.runner import FlowRefused, Mode, work
from flow_engine.state import Instance
from flow_engine.trigger_type import Occasion
from form_engine import forms
from form_engine.evaluating import loading


def subscriber(session: Session, event: object) -> None:
    """Hear of changed records and pressed buttons: journal them, and start the flows that wait for them.

    Flows that run in the transaction have run when this returns, or it raises and the change is refused; those that
    run in the background are queued in the same transaction, each occasion once.
    """
    if isinstance(event, RecordsChanged):
        chain_of(session).note(event)
        listening.hear(session, event)
    elif not isinstance(event, ActionPressed):
        return
    for flow in published.listening(session, event.form):
        if flow.trigger is None:
            continue
        hears = flow.trigger.type.occasions
        occasions = hears(flow.trigger.plan, event) if hears is not None else ()
        matching = _matching(session, flow, occasions, event.actor) if occasions else ()
        if matching:
            start_runs(session, flow, event.actor, matching)
    if isinstance(event, ActionPressed):
        _start_named(session, event)
    if not chain_of(session).stack:
        # Nothing that this event set off is left to ask: who imports a million records remembers one batch of them.
        chain_of(session).versions.clear()


def _start_named(session: Session, event: ActionPressed) -> None:
    """Start the flow that the pressed action names, unless its own trigger has started it already."""
    action = forms.get(session, event.form).action(event.action)
    if action is None or action.flow is None:
        return
    flow = published.get(session, action.flow)
    if flow.trigger is not None and flow.trigger.options.get("action") == event.action:
        return
    occasion = Occasion(
        record_id=event.record_id, record=event.record, old=None, version=event.version, action=event.action
    )
    start_runs(session, flow, event.actor, (occasion,))


def _matching(session: Session, flow: Flow, occasions: Sequence[Occasion], actor: Actor) -> tuple[Occasion, ...]:
    """Return the occasions on which the trigger's condition holds; reads at most one statement a relation it names."""
    if flow.trigger is None or flow.trigger.plan.when is None:
        return tuple(occasions)
    _attach(session, flow, [one.record for one in occasions], "when:record")
    _attach(session, flow, [one.old for one in occasions if one.old is not None], "when:old")
    user = loading.actor_values(actor)
    refill(session, USER, [user], {key: below for key, below in flow.trees.get("when:user", {}).items() if below})
    here = expressions.at(session.now, session.time_zone)
    matching = []
    for one in occasions:
        names = {**one.record, "record": one.record, "old": one.old, "user": user, **here}
        try:
            holds = flow.trigger.plan.when.evaluate(names)
        except ExpressionError as error:
            raise FlowRefused(
                flow=flow.title, node=flow.trigger.type.title, reason=in_every_language(error), cause=error.code
            ) from error
        if holds:
            matching.append(one)
    return tuple(matching)


def _attach(session: Session, flow: Flow, records: Sequence[Mapping[str, Any]], origin: str) -> None:
    tree = flow.trees.get(origin, {})
    if flow.form is None or not any(tree.values()):
        return
    fields = forms.get(session, flow.form).fields.values()
    loading.attach(session, fields, [one for one in records if isinstance(one, dict) and one], tree)


def start_runs(session: Session, flow: Flow, actor: Actor, occasions: Sequence[Occasion]) -> list[Run]:
    """Start one run an occasion, now or in the background as the flow says; return those that were started."""
    if flow.faults:
        raise Conflict("flow_definition_broken", violations=flow.faults, flow=flow.title)
    _attach(session, flow, [one.record for one in occasions], "record")
    _attach(session, flow, [one.old for one in occasions if one.old is not None], "old")
    runs = []
    for one in occasions:
        run = _run(session, flow, actor, one)
        if flow.runs == "in_transaction":
            work(run, Begin(), Mode.REFUSE)
        else:
            run.instance, _ = advance(flow, run.instance, Begin())
            run.dedup_key = one.key or f"{flow.name}:{one.record_id}:{one.version}:{one.action}"
        runs.append(run)
    started = store.insert_runs(session, runs)
    if flow.runs == "in_background" and started:
        queue_runs(session, started)
    return started


def _run(session: Session, flow: Flow, actor: Actor, occasion: Occasion) -> Run:
    """Return a run that has not begun; raises `Conflict` where the chain of flows would grow too long."""
    chain = chain_of(session)
    chain.check_room(flow)
    is_same = _is_as_told(chain, flow, occasion)
    return Run(
        session=session,
        id=new_id(),
        flow=flow,
        starter=actor,
        record_id=occasion.record_id,
        # What an earlier flow has changed since the event is read again.
        record=dict(occasion.record) if is_same else None,
        record_version=occasion.version if is_same else None,
        old=occasion.old,
        chain=chain.names(),
        parent_id=chain.stack[-1].id if chain.stack else None,
        instance=Instance(values={} if occasion.input is None else {"input": occasion.input}),
        occasion=occasion.told,
    )


def _is_as_told(chain: Chain, flow: Flow, occasion: Occasion) -> bool:
    """Whether the occasion's record is still what it was when the occasion was made."""
    if occasion.record_id is None or occasion.version is None:
        return False
    return chain.versions.get((flow.form or "", occasion.record_id), occasion.version) == occasion.version


def start_by_hand(
    session: Session, actor: Actor, flow: Flow, record_id: UUID | None, given: Mapping[str, Any] | None = None
) -> Run:
    """Start a run because somebody says so; the caller has checked that they may.

    given -- the flow's `input`, as its type has it.

    A hand gets round no condition: the trigger's must hold for the record as if it had just been created so. Raises
    `Conflict` where it does not.
    """
    run = _run_by_hand(session, actor, flow, record_id, given)
    _require_condition(session, actor, flow, record_id)
    if flow.runs == "in_transaction":
        work(run, Begin(), Mode.REFUSE)
    else:
        run.instance, _ = advance(flow, run.instance, Begin())
    store.insert_runs(session, [run])
    if flow.runs == "in_background":
        queue_runs(session, [run])
    return run


def _require_condition(session: Session, actor: Actor, flow: Flow, record_id: UUID | None) -> None:
    if flow.form is None or record_id is None:
        return
    record = loading.load_values(session, forms.get(session, flow.form), [record_id], {})[record_id]
    occasion = Occasion(record_id=record_id, record=record, old=None, version=int(record["version"]), action="start")
    if not _matching(session, flow, [occasion], actor):
        raise Conflict("flow_condition_not_met", flow=flow.title)


def _run_by_hand(
    session: Session, actor: Actor, flow: Flow, record_id: UUID | None, given: Mapping[str, Any] | None
) -> Run:
    if flow.faults:
        raise Conflict("flow_definition_broken", violations=flow.faults, flow=flow.title)
    if flow.form is not None and record_id is None:
        raise Conflict("flow_needs_record", flow=flow.title)
    chain_of(session).check_room(flow)
    return Run(
        session=session,
        id=new_id(),
        flow=flow,
        starter=actor,
        record_id=record_id if flow.form is not None else None,
        instance=Instance(values={} if given is None else {"input": given}),
    )


def try_out(
    session: Session, actor: Actor, flow: Flow, record_id: UUID | None, given: Mapping[str, Any] | None = None
) -> tuple[Run, DomainError | None]:
    """Run the flow on a record and take everything back; return what it did, and the error it met.

    Nothing is kept: the run stands in a savepoint that is always rolled back, and what the transaction knew beside the
    database is put back, too.
    """
    run = _run_by_hand(session, actor, flow, record_id, given)
    notes, waiting = dict(session.notes), list(session.after_commit)
    savepoint = session.connection.begin_nested()
    error: DomainError | None = None
    try:
        work(run, Begin(), Mode.KEEP)
    except DomainError as failed:
        error = failed
    finally:
        savepoint.rollback()
        session.notes.clear()
        session.notes.update(notes)
        session.after_commit[:] = waiting
        chain_of(session).held.clear()
    return run, error
