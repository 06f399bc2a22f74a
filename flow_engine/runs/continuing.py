"""Runs that have their row: lock and load one, work on an event, save, queue what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from flow_engine.runs.chain import chain_of, leave_chain
from flow_engine.runs.journal import LogRow, error_json
from flow_engine.runs.keeping import instance_from, old_from
from flow_engine.runs.run import Ahead, Run
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
    return _loaded(session, found, _starter(session, found[0]["started_by"]))


def _loaded(session: Session, locked: store.Locked, starter: Actor) -> Run:
    row, tokens = locked
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
        id=row["id"],
        flow=flow,
        starter=starter,
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


# --- what a job says: whether there is anything to be written --------------------------------------------------------


def _run_ready(run: Run, _payload: Payload) -> bool:
    """Run what is ready of an instance; nothing where nothing is: jobs may come twice, or late."""
    if store.is_given_up(run.error):
        try_again(run)
    if run.instance.status in ENDED or not run.instance.ready:
        return False
    if run.flow.faults:
        _stop_faulty(run)
    else:
        work(run, None, _mode(run.session))
    return True


def _wake(run: Run, payload: Payload) -> bool:
    """Go on behind a node whose moment has come; nothing where it waits no longer."""
    if _is_tried_again(run):
        return True
    token = _waiting(run, payload)
    if token is None:
        return False
    ports = run.flow.node(token.node).ports
    # The event may have come in the very moment in which the waiting ended: it counts.
    if not _go_on_found(run, token):
        _go_on(run, token, Complete(port=next((port.key for port in ports if port.is_late), None)))
    return True


def _found(run: Run, payload: Payload) -> bool:
    """Go on behind a node whose event has come; nothing where it waits no longer."""
    if _is_tried_again(run):
        return True
    token = _waiting(run, payload)
    return token is not None and _go_on_found(run, token)


def _look_again(run: Run, payload: Payload) -> bool:
    """Ask a node that waits whether it need still."""
    if _is_tried_again(run):
        return True
    token = _waiting(run, payload)
    if token is None:
        return False
    with chain_of(run.session).inside(run):
        result = run_node(run, run.flow.node(token.node), {})
    if isinstance(result, Complete):
        _go_on(run, token, result)
        return True
    return False


def _is_tried_again(run: Run) -> bool:
    if store.is_given_up(run.error):
        try_again(run)
        return True
    return False


def _waiting(run: Run, payload: Payload) -> Token | None:
    token = run.instance.token(int(payload["token"]))
    is_over = run.instance.status in ENDED or token is None or token.status is not TokenStatus.WAITING
    return None if is_over else token


def _go_on_found(run: Run, token: Token) -> bool:
    record_id = listening.find_record(run.session, run.id, token.number) if token.node in run.flow.awaits else None
    if record_id is None:
        return False
    _go_on(run, token, Complete(output=listening.record_found(run, token.node, record_id)))
    return True


def _go_on(run: Run, token: Token, result: Complete) -> None:
    if run.flow.faults:
        _stop_faulty(run, token)
    else:
        run.resumed.append(resumed_line(token, result))
        work(run, Ran(token=token.number, result=result), _mode(run.session))


def resume(run: Run, token: Token, result: Complete) -> None:
    """Go on behind the node of a waiting token, for what it waited for came about; write what follows."""
    _go_on(run, token, result)
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


# --- one job, and several in one transaction -------------------------------------------------------------------------

#: What a job does to its run, which is loaded; whether the run is to be written.
_Deed = Callable[[Run, Payload], bool]


def wake_token(session: Session, payload: Payload) -> None:
    """Go on behind a node whose moment has come, whatever the clock says."""
    _alone(session, payload, _wake)


def _alone(session: Session, payload: Payload, deed: _Deed) -> None:
    run = load_run(session, _instance(payload))
    if deed(run, payload):
        store.update_run(session, run)


def _together(session: Session, payloads: Sequence[Payload], may_go_on: Callable[[], bool], deed: _Deed) -> int:
    """Go on with the runs of several jobs, each as if those before it were committed; return how many were done.

    What they share is asked once: the rows of the runs, who started them, the records they are about; and what they did
    is written in one statement. Done are the first ones, until `may_go_on` says no or a run comes for the second time.
    """
    ids = [_instance(payload) for payload in payloads]
    locked = store.lock_instances(session, sorted(set(ids)))
    starters: dict[UUID, Actor] = {}
    ahead = _read_ahead(session, [row for row, _ in locked.values()])
    done: dict[UUID, Run | None] = {}
    for instance_id, payload in zip(ids, payloads, strict=True):
        if instance_id in done or (done and not may_go_on()):
            break
        if instance_id not in locked:
            raise NotFound("flow_instance_not_found", id=str(instance_id))
        user_id = locked[instance_id][0]["started_by"]
        if user_id not in starters:
            starters[user_id] = _starter(session, user_id)
        run = _loaded(session, locked[instance_id], starters[user_id])
        ahead.give(run)
        is_written = deed(run, payload)
        ahead.forget(leave_chain(session))
        done[instance_id] = run if is_written else None
        if run.listening:
            # What the next one changes may be what this one waits for.
            _write(session, done)
    _write(session, done)
    return len(done)


def _read_ahead(session: Session, rows: Iterable[Mapping[str, Any]]) -> Ahead:
    """Read the records that runs under way are about."""
    by_version: dict[int, list[UUID]] = {}
    for row in rows:
        if row["state"] is not None and row["record_id"] is not None:
            by_version.setdefault(row["definition_version_id"], []).append(row["record_id"])
    ahead = Ahead()
    for version, ids in by_version.items():
        ahead.read(session, published.get_version(session, version), ids)
    return ahead


def _write(session: Session, done: dict[UUID, Run | None]) -> None:
    store.update_runs(session, [run for run in done.values() if run is not None])
    done.update(dict.fromkeys(done))


def _instance(payload: Payload) -> UUID:
    return UUID(str(payload["instance"]))


def _task(name: str, deed: _Deed) -> Task:
    """Return a task that goes on with a run: briskly, several at a time, and carefully where that failed.

    Brisk is without savepoints and by the catalogue at hand. Nearly every run goes well; whatever goes wrong undoes all
    of it, and it is done again with a savepoint for each node, so that what failed stops at its node.
    """

    def briskly(session: Session, payload: Payload) -> None:
        _be_brisk(session)
        _alone(session, payload, deed)

    def together(session: Session, payloads: Sequence[Payload], may_go_on: Callable[[], bool]) -> int:
        _be_brisk(session)
        return _together(session, payloads, may_go_on, deed)

    def carefully(session: Session, payload: Payload) -> None:
        _alone(session, payload, deed)

    return Task(name=name, run=briskly, together=together, carefully=carefully, given_up=store.give_up, is_quick=True)


def _be_brisk(session: Session) -> None:
    assume_current(session)
    session.notes[_IS_BRISK] = True


TASKS = (
    _task(CONTINUE, _run_ready),
    _task(timers.WAKE, _wake),
    _task(listening.FOUND, _found),
    _task(listening.LOOK, _look_again),
    Task(
        name=timers.TICK,
        run=timers.tick,
        every_seconds=timers.TICK_SECONDS,
        clock_set_back=timers.clock_set_back,
        is_quick=True,
    ),
    Task(name=timers.TICK_AT, run=timers.tick, is_quick=True),
)
