"""Sending what stands in the outbox: claim, committed; call, outside any transaction; result, with what follows.

At least once: a worker that dies between call and result leaves the effect to be sent again, with the same key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.db import Database, Session
from engine.jobs import Payload, Task
from engine.jobs.worker import pause_seconds
from flow_engine.documents import json_types
from flow_engine.node_type import Complete
from flow_engine.outside.channel import Answer, SendingFailed, outside_of
from flow_engine.runs import outbox
from flow_engine.runs.continuing import load_run, resume, stop
from flow_engine.runs.journal import cause_json, sending_error_json
from flow_engine.runs.outbox import Claimed
from flow_engine.runs.run import Run
from flow_engine.state import Token, TokenStatus


def send(database: Database, payload: Payload) -> None:
    """Send one effect, if it is due and nobody else does."""
    # Imported here: mail and TLS are no business of a process that sends nothing.
    from flow_engine.outside.channels import CHANNELS  # noqa: PLC0415

    with database.unit_of_work() as session:
        claimed = outbox.claim(session, UUID(str(payload["effect"])))
    if claimed is None:
        return
    if claimed.is_lost:
        with database.unit_of_work() as session:
            fail(session, claimed, SendingFailed("sending_interrupted"))
        return
    try:
        answer = CHANNELS[claimed.kind](outside_of(database), claimed.payload, claimed.idempotency_key)
    except SendingFailed as failed:
        with database.unit_of_work() as session:
            fail(session, claimed, failed)
        return
    with database.unit_of_work() as session:
        go_on(session, claimed, answer)


def go_on(session: Session, claimed: Claimed, answer: Answer) -> None:
    """Note the answer and let the run go on behind the node that waited for it."""
    run = load_run(session, claimed.instance_id)
    if not outbox.is_ours(session, claimed):
        return
    outbox.note_sent(session, claimed)
    token = _waiting(run, claimed)
    if token is not None:
        port = _failure_port(run, token) if answer.refused is not None else None
        error = None if answer.refused is None else _reason(run, answer.refused)
        resume(run, token, Complete(port=port, output=_output(run, token, {**answer.values, "error": error})))


def fail(session: Session, claimed: Claimed, failed: SendingFailed) -> None:
    """Note a failed attempt; after the last one the run goes on by the exit for that, or fails where it stands."""
    is_over = failed.is_final or claimed.is_last_attempt
    run = load_run(session, claimed.instance_id) if is_over else None
    if not outbox.is_ours(session, claimed):
        return
    reason = cause_json(failed)
    if run is None:
        outbox.note_failed(session, claimed, reason, pause_seconds=pause_seconds(claimed.attempts))
        return
    token = _waiting(run, claimed)
    port = None if token is None else _failure_port(run, token)
    if token is not None and port is None:
        outbox.note_dead(session, claimed, reason)
        stop(run, token, failed, sending_error_json(failed, run.flow.node(token.node)))
        return
    outbox.note_given_up(session, claimed, reason)
    if token is not None:
        resume(run, token, Complete(port=port, output=_output(run, token, {"error": _reason(run, failed)})))


def _reason(run: Run, failed: SendingFailed) -> str:
    """Return why sending failed, for the run itself: in the language of whoever started it."""
    return failed.detail(run.starter.language)


def _waiting(run: Run, claimed: Claimed) -> Token | None:
    token = run.instance.token(claimed.token)
    return token if token is not None and token.status is TokenStatus.WAITING else None


def _failure_port(run: Run, token: Token) -> str | None:
    node = run.flow.node(token.node)
    return next((port.key for port in node.ports if port.is_failure and port.key in node.ways), None)


def _output(run: Run, token: Token, values: Mapping[str, Any]) -> object:
    type_ = run.flow.outputs.get(token.node)
    return values if type_ is None else json_types.read(values, type_)


def _sent(_session: Session, _payload: Payload) -> None:
    """All is done outside."""


TASKS = (
    Task(name=outbox.SEND, run=_sent, outside=send),
    Task(
        name=outbox.TICK,
        run=outbox.tick,
        every_seconds=outbox.TICK_SECONDS,
        clock_set_back=outbox.clock_set_back,
        is_quick=True,
    ),
)
