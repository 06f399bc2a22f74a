"""Runs that have their row: lock and load one, work on an event, save, queue what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from engine import identity, jobs
from engine.actor import SYSTEM, Actor
from engine.catalog import assume_current
from engine.db import Session
from engine.errors import Conflict, DomainError, NotFound
from engine.expressions import record_of
from engine.jobs import Payload, Task
from flow_engine.advance import Ran, Retry, Skip, advance
from flow_engine.documents import published
from flow_engine.node_type import Complete, Fail
from flow_engine.runs import listening, store, timers
from flow_engine.runs.chain import chain_of
from flow_engine.runs.journal import LogRow, error_json
from flow_engine.runs.keeping import instance_from, old_from
from flow_engine.runs.run import Run
from flow_engine.runs.runner import Mode, resumed_line, run_node, work
from flow_engine.state import ENDED, Instance, InstanceStatus, Token, TokenStatus
from form_engine import forms

#: The queue's task that goes on with an instance.
CONTINUE = "flows.continue"
_IS_BRISK = "flow_engine.runs.continuing.is_brisk"


def load_run(session: Session, instance_id: UUID) -> Run:
    """Return the run, its row locked to the end of the transaction; raises `NotFound`.

    A run that has ended has no state any more: it is loaded with its status alone.
    """
    found = store.lock_instance(session, instance_id)
    if found is None:
        raise NotFound("flow_instance_not_found", id=str(instance_id))
    row, tokens = found
    flow = published.get_version(session, row["definition_version_id"])
    state = row["state"]
    form = forms.get(session, flow.form) if flow.form is not None else None
    instance = (
        Instance(status=InstanceStatus(row["status"]))
        if state is None
        else instance_from(session, flow, row["status"], state, tokens)
    )
    return Run(
        session=session,
        id=instance_id,
        flow=flow,
        starter=_starter(session, row["started_by"]),
        instance=instance,
        record_id=row["record_id"],
        old=None if state is None else old_from(flow, state, record_of(form.record_type) if form else None),
        chain=tuple(row["chain"]),
        parent_id=row["parent_id"],
        dedup_key=row["dedup_key"],
        error=row["error"],
        is_stored=True,
        stored_tokens=frozenset(token.number for token in tokens),
        log_seq=row["log_seq"],
        journal_seq=row["journal_seq"],
    )


def _starter(session: Session, user_id: UUID) -> Actor:
    """Return who started the run; an account that is gone is the platform under its id."""
    try:
        return identity.actor_for_user(session, user_id)
    except NotFound:
        return replace(SYSTEM, user_id=user_id)


def continue_instance(session: Session, payload: Payload) -> None:
    """Run what is ready of an instance (the queue's task); nothing where nothing is: jobs may come twice, or late."""
    run = load_run(session, UUID(str(payload["instance"])))
    if store.is_given_up(run.error):
        try_again(run)
    if run.instance.status in ENDED or not run.instance.ready:
        return
    if run.flow.faults:
        _stop_faulty(run)
    else:
        work(run, None, _mode(session))
    store.update_run(session, run)


def wake_token(session: Session, payload: Payload) -> None:
    """Go on behind a node whose moment has come (the queue's task); nothing where it waits no longer."""
    found = _waiting(session, payload)
    if found is None:
        return
    run, token = found
    ports = run.flow.node(token.node).ports
    # The event may have come in the very moment in which the waiting ended: it counts.
    if not _go_on_found(run, token):
        resume(run, token, Complete(port=next((port.key for port in ports if port.is_late), None)))


def go_on_found(session: Session, payload: Payload) -> None:
    """Go on behind a node whose event has come (the queue's task); nothing where it waits no longer."""
    found = _waiting(session, payload)
    if found is not None:
        _go_on_found(*found)


def look_again(session: Session, payload: Payload) -> None:
    """Ask a node that waits whether it need still (the queue's task)."""
    found = _waiting(session, payload)
    if found is None:
        return
    run, token = found
    with chain_of(session).inside(run):
        result = run_node(run, run.flow.node(token.node), {})
    if isinstance(result, Complete):
        resume(run, token, result)


def _waiting(session: Session, payload: Payload) -> tuple[Run, Token] | None:
    run = load_run(session, UUID(str(payload["instance"])))
    if store.is_given_up(run.error):
        try_again(run)
        store.update_run(session, run)
        return None
    token = run.instance.token(int(payload["token"]))
    if run.instance.status in ENDED or token is None or token.status is not TokenStatus.WAITING:
        return None
    return run, token


def _go_on_found(run: Run, token: Token) -> bool:
    record_id = listening.find_record(run.session, run.id, token.number) if token.node in run.flow.awaits else None
    if record_id is None:
        return False
    resume(run, token, Complete(output=listening.record_found(run, token.node, record_id)))
    return True


def resume(run: Run, token: Token, result: Complete) -> None:
    """Go on behind the node of a waiting token, for what it waited for came about; write what follows."""
    if run.flow.faults:
        _stop_faulty(run, token)
    else:
        run.resumed.append(resumed_line(token, result))
        work(run, Ran(token=token.number, result=result), _mode(run.session))
    store.update_run(run.session, run)


def try_again(run: Run) -> None:
    """Make what failed in a run ready again, or have it wait for its moment again; the caller saves the run."""
    before = run.instance.last_number
    run.instance, _ = advance(run.flow, run.instance, Retry())
    run.error = None
    run.log += [
        LogRow(token=token.number, node=token.node, iteration=token.iteration, status=TokenStatus.WAITING)
        for token in run.instance.tokens
        if token.number > before and token.status is TokenStatus.WAITING
    ]


def stop(run: Run, token: Token, error: DomainError, kept: Mapping[str, Any]) -> None:
    """Have a run fail where it waits: what it waited for will not come about. Write it.

    kept -- the error as the run keeps it, `journal.error_json` and what belongs to it.
    """
    run.instance, _ = advance(run.flow, run.instance, Ran(token=token.number, result=Fail(error=error)))
    run.error = kept
    run.resumed.append(
        LogRow(token=token.number, node=token.node, iteration=token.iteration, status=TokenStatus.FAILED, error=kept)
    )
    store.update_run(run.session, run)


def skip(run: Run, token: Token) -> None:
    """Go on behind a node that failed, without a value; write what follows.

    Raises `Conflict` where the flow's definition no longer holds.
    """
    if run.flow.faults:
        raise Conflict("flow_definition_broken", violations=run.flow.faults, flow=run.flow.title)
    failed = [one.number for one in run.instance.tokens if one.status is TokenStatus.FAILED and one != token]
    run.error = store.last_error(run.session, run.id, failed)
    again = run.instance.last_number + 1
    run.log.append(LogRow(token=again, node=token.node, iteration=token.iteration, status=TokenStatus.DONE))
    work(run, Skip(token=token.number, result=Complete()), _mode(run.session))
    store.update_run(run.session, run)


def retry(run: Run) -> None:
    """Have a run go on from what failed in it, in the background; write it."""
    try_again(run)
    store.update_run(run.session, run)
    queue_runs(run.session, [run])
    jobs.forget(run.session, CONTINUE, {"instance": str(run.id)})


def _stop_faulty(run: Run, waiting: Token | None = None) -> None:
    """Stop a run whose definition no longer holds: a form or field that it needs is gone."""
    error = Conflict("flow_definition_broken", violations=run.flow.faults, flow=run.flow.title)
    failed = tuple(
        token.to(TokenStatus.FAILED) if token.status is TokenStatus.READY or token == waiting else token
        for token in run.instance.tokens
    )
    run.error = error_json(error, (waiting or run.instance.ready[0]).node)
    run.instance = replace(run.instance, tokens=failed, status=InstanceStatus.FAILED)


def queue_runs(session: Session, runs: Iterable[Run]) -> None:
    """Have workers go on with runs after the commit; one job an instance however often it is asked for."""
    jobs.enqueue_many(session, CONTINUE, [({"instance": str(run.id)}, f"{CONTINUE}:{run.id}") for run in runs])


def _mode(session: Session) -> Mode:
    return Mode.REFUSE if session.notes.get(_IS_BRISK) else Mode.KEEP


def _task(name: str, go_on: Callable[[Session, Payload], None]) -> Task:
    """Return a task that goes on with a run: briskly, and carefully where that failed.

    Brisk is without savepoints and by the catalogue at hand. Nearly every run goes well; whatever goes wrong undoes all
    of it, and it is done again with a savepoint for each node, so that what failed stops at its node.
    """

    def briskly(session: Session, payload: Payload) -> None:
        assume_current(session)
        session.notes[_IS_BRISK] = True
        go_on(session, payload)

    return Task(name=name, run=briskly, carefully=go_on, given_up=store.give_up, is_quick=True)


TASKS = (
    _task(CONTINUE, continue_instance),
    _task(timers.WAKE, wake_token),
    _task(listening.FOUND, go_on_found),
    _task(listening.LOOK, look_again),
    Task(
        name=timers.TICK,
        run=timers.tick,
        every_seconds=timers.TICK_SECONDS,
        clock_set_back=timers.clock_set_back,
        is_quick=True,
    ),
    Task(name=timers.TICK_AT, run=timers.tick, is_quick=True),
)
