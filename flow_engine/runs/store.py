"""The rows of runs: every statement over instances, tokens, tasks' opening, journal and log.

Owns SQL. What one event did to a run is one statement over four tables (instance, tokens, log, journal), and so are all
runs that begin in one event; its text never changes, the rows go in as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.db import Session
from engine.errors import Conflict
from engine.ids import new_id
from engine.jobs import Payload
from engine.models import flow_instance, flow_journal, flow_log, flow_task, flow_token
from flow_engine.runs import listening, outbox, timers
from flow_engine.runs.journal import error_json
from flow_engine.runs.keeping import state_json
from flow_engine.runs.run import Run
from flow_engine.state import ENDED, InstanceStatus, Token, TokenStatus

#: An instance's row as it was read under its lock, and its living tokens.
Locked = tuple[dict[str, Any], list[Token]]
#: The code under which a run keeps that its job failed for ever.
GIVEN_UP: Final = "flow_job_given_up"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialect factory is not annotated
_INSTANCE: Final = (
    "id", "flow", "definition_version_id", "status", "form", "record_id", "state", "chain", "started_at", "started_by",
    "ended_at", "error", "dedup_key", "occasion", "parent_id",
)  # fmt: skip
_TOKEN: Final = ("instance_id", "number", "node", "iteration", "status", "created_at", "due_at")
_LINE: Final = (
    "instance_id", "seq", "token", "node", "iteration", "status", "input", "output", "error", "started_at", "ended_at",
)  # fmt: skip
_CHANGE: Final = (
    "instance_id", "seq", "node", "iteration", "form", "record_id", "action", "before", "after", "at",
)  # fmt: skip


def _given(table: sa.Table, names: Iterable[str]) -> str:
    """Return rows given as one JSON parameter, as something to select from: `given(name type, …)`."""
    quote = _DIALECT.identifier_preparer.quote
    columns = (f"{quote(name)} {table.c[name].type.compile(dialect=_DIALECT)}" for name in names)
    return f"jsonb_to_recordset(%s::jsonb) AS given({', '.join(columns)})"


def _insert(table: sa.Table, names: Sequence[str], behind: str = "") -> str:
    """Return the statement that inserts the rows given as one JSON parameter."""
    columns = ", ".join(map(_DIALECT.identifier_preparer.quote, names))
    return f"INSERT INTO {table.fullname} ({columns}) SELECT {columns} FROM {_given(table, names)} {behind}"  # noqa: S608 - names of ours


_LINES_AND_CHANGES: Final = (
    f"lines AS ({_insert(flow_log, _LINE, '{which}')}), changes AS ({_insert(flow_journal, _CHANGE, '{which}')})"
)
_OF_NEW: Final = "WHERE given.instance_id IN (SELECT id FROM made)"
_BEGIN: Final = f"""
WITH made AS ({_insert(flow_instance, _INSTANCE, "ON CONFLICT (dedup_key) DO NOTHING RETURNING id")}),
tokens AS ({_insert(flow_token, _TOKEN, _OF_NEW)}),
{_LINES_AND_CHANGES.format(which=_OF_NEW)}
SELECT id FROM made
"""  # noqa: S608 - texts of ours
_GO_ON: Final = f"""
WITH run AS (
    UPDATE meta.flow_instance AS run
    SET status = given.status, state = given.state, ended_at = given.ended_at, error = given.error
    FROM {_given(flow_instance, ("id", "status", "state", "ended_at", "error"))}
    WHERE run.id = given.id AND run.id = ANY(%s)
),
tokens AS (
    {_insert(flow_token, _TOKEN, "ON CONFLICT (instance_id, number)")}
    DO UPDATE SET status = excluded.status, due_at = excluded.due_at
),
resumed AS (
    UPDATE meta.flow_log AS line SET status = given.status, output = given.output, error = given.error, ended_at = given.ended_at
    FROM {_given(flow_log, ("instance_id", "token", "status", "output", "error", "ended_at"))}
    WHERE line.instance_id = given.instance_id AND line.token = given.token AND line.ended_at IS NULL
),
{_LINES_AND_CHANGES.format(which="")}
SELECT 1
"""  # noqa: S608 - texts of ours


def insert_runs(session: Session, runs: Sequence[Run]) -> list[Run]:
    """Write runs that have no row yet, with all they did; return those that are new. One statement.

    One whose `dedup_key` is taken has been started before (the occasion came twice): it is left out.
    """
    if not runs:
        return []
    parameters = (
        _json([_instance_row(run) for run in runs]),
        _json([_token_row(run, token) for run in runs for token in run.instance.tokens]),
        _json([row for run in runs for row in _line_rows(run)]),
        _json([row for run in runs for row in _change_rows(run)]),
    )
    written = {row[0] for row in session.connection.exec_driver_sql(_BEGIN, parameters)}
    new = [run for run in runs if run.id in written]
    for run in new:
        _tasks(session, run)
        outbox.write(session, run)
    listening.write(session, new)
    timers.note(session, [token for run in new for token in run.instance.tokens])
    return new


def update_run(session: Session, run: Run) -> None:
    """Write what an event did to a run that has its row; the row is locked. One statement, and those for its tasks."""
    update_runs(session, [run])


def update_runs(session: Session, runs: Sequence[Run]) -> None:
    """Write what one event each did to runs that have their rows; they are locked. One statement, as for one."""
    if not runs:
        return
    parameters = (
        _json([_instance_row(run) for run in runs]),
        [run.id for run in runs],
        _json([_token_row(run, token) for run in runs for token in _living_or_stored(run)]),
        _json([row for run in runs for row in _resumed_rows(run)]),
        _json([row for run in runs for row in _line_rows(run)]),
        _json([row for run in runs for row in _change_rows(run)]),
    )
    session.connection.exec_driver_sql(_GO_ON, parameters)
    for run in runs:
        _tasks(session, run)
        outbox.write(session, run)
    listening.write(session, runs)
    timers.note(session, [token for run in runs for token in run.instance.tokens])


def _living_or_stored(run: Run) -> tuple[Token, ...]:
    ended = (token for token in run.instance.ended if token.number in run.stored_tokens)
    return (*run.instance.tokens, *ended)


def _resumed_rows(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "instance_id": run.id,
            "token": line.token,
            "status": line.status,
            "output": line.output,
            "error": line.error,
            "ended_at": run.session.now,
        }
        for line in run.resumed
    ]


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, default=_scalar, ensure_ascii=False)


def _scalar(value: object) -> str:
    """Return a key or an instant as PostgreSQL reads it."""
    if isinstance(value, (UUID, datetime)):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _instance_row(run: Run) -> dict[str, Any]:
    instance = run.instance
    return {
        "id": run.id,
        "flow": run.flow.name,
        "definition_version_id": run.flow.definition_id,
        "status": instance.status,
        "form": run.flow.form if run.record_id is not None else None,
        "record_id": run.record_id,
        "state": None
        if instance.has_ended
        else state_json(run.flow, instance, run.old if "old" in run.flow.trees else None),
        "chain": list(run.chain),
        "started_at": run.session.now,
        "started_by": run.starter.user_id,
        "ended_at": run.session.now if instance.has_ended else None,
        "error": run.error if instance.status == "failed" else None,
        "dedup_key": run.dedup_key,
        "occasion": run.occasion,
        "parent_id": run.parent_id,
    }


def _token_row(run: Run, token: Token) -> dict[str, Any]:
    return {
        "instance_id": run.id,
        "number": token.number,
        "node": token.node,
        "iteration": token.iteration,
        "status": token.status,
        "created_at": run.session.now,
        "due_at": token.due_at,
    }


def _line_rows(run: Run) -> list[dict[str, Any]]:
    now = run.session.now
    return [
        {
            "instance_id": run.id,
            "seq": seq,
            "token": line.token,
            "node": line.node,
            "iteration": line.iteration,
            "status": line.status,
            "input": line.input,
            "output": line.output,
            "error": line.error,
            "started_at": now,
            "ended_at": None if line.status == TokenStatus.WAITING else now,
        }
        for seq, line in enumerate(run.log, run.log_seq + 1)
    ]


def _change_rows(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "instance_id": run.id,
            "seq": seq,
            "node": row.node,
            "iteration": row.iteration,
            "form": row.form,
            "record_id": row.record_id,
            "action": row.action,
            "before": row.before,
            "after": row.after,
            "at": run.session.now,
        }
        for seq, row in enumerate(run.journal, run.journal_seq + 1)
    ]


def _tasks(session: Session, run: Run) -> None:
    """Close the tasks of tokens that no longer wait, and open those of tokens that began to."""
    if run.closed:
        session.execute(
            sa.update(flow_task)
            .where(
                flow_task.c.instance_id == run.id,
                flow_task.c.token.in_(run.closed),
                flow_task.c.status.in_(("open", "pending")),
            )
            .values(status="cancelled")
        )
    cut_off = set(run.closed) - {line.token for line in run.resumed}
    if cut_off:
        session.execute(
            sa.update(flow_log)
            .where(flow_log.c.instance_id == run.id, flow_log.c.token.in_(cut_off), flow_log.c.ended_at.is_(None))
            .values(status="cancelled", ended_at=session.now)
        )
    rows = [
        {
            "id": new_id(),
            "instance_id": run.id,
            "token": asked.token,
            "node": token.node,
            "mode": asked.wait.mode,
            "form": run.flow.form if run.record_id is not None else None,
            "record_id": run.record_id,
            "assignee_id": assignee,
            "status": "pending" if asked.wait.mode == "sequence" and position else "open",
            "position": position,
            "created_at": session.now,
        }
        for asked in run.asked
        if (token := run.instance.token(asked.token)) is not None
        for position, assignee in enumerate(asked.wait.assignees)
    ]
    if rows:
        session.execute(sa.insert(flow_task).values(rows))


_LOCK: Final = f"""
SELECT
    {", ".join(f"run.{name}" for name in _INSTANCE)},
    run.xmin::text AS locked,
    (SELECT same.xmin::text FROM meta.flow_instance AS same WHERE same.id = run.id) AS seen,
    {{living}}
FROM meta.flow_instance AS run WHERE run.id = ANY(%s) ORDER BY run.id FOR UPDATE OF run
"""  # noqa: S608 - names of ours
_LIVING: Final = """
    coalesce((SELECT max(seq) FROM meta.flow_log WHERE instance_id = {run}), 0) AS log_seq,
    coalesce((SELECT max(seq) FROM meta.flow_journal WHERE instance_id = {run}), 0) AS journal_seq,
    (
        SELECT jsonb_agg(jsonb_build_array(number, node, status, iteration, due_at)) FROM meta.flow_token
        WHERE instance_id = {run} AND status IN ('ready', 'waiting', 'failed')
    ) AS tokens
"""
_LOCK_AND_READ: Final = _LOCK.format(living=_LIVING.format(run="run.id"))
_READ_AGAIN: Final = f"SELECT {_LIVING.format(run='%(id)s')}"


def lock_instance(session: Session, instance_id: UUID) -> Locked | None:
    """Return one instance as `lock_instances` does; None where it is not there."""
    return lock_instances(session, [instance_id]).get(instance_id)


def lock_instances(session: Session, ids: Sequence[UUID]) -> dict[UUID, Locked]:
    """Return the rows of the instances that are there, with their last line numbers and their living tokens.

    The rows are locked to the end of the transaction, in the order of their ids. One statement, and one more for each
    that somebody else had meanwhile: its new version is locked then, but lines and tokens were read before they were
    changed with it.
    """
    found = {}
    for one in session.connection.exec_driver_sql(_LOCK_AND_READ, (list(ids),)).mappings().all():
        row = dict(one)
        if row["locked"] != row["seen"]:
            row.update(session.connection.exec_driver_sql(_READ_AGAIN, {"id": row["id"]}).mappings().one())
        found[row["id"]] = row, _tokens(row.pop("tokens"))
    return found


def _tokens(living: Sequence[Sequence[Any]] | None) -> list[Token]:
    return [
        Token(
            number=number,
            node=node,
            status=TokenStatus(status),
            iteration=tuple(iteration),
            due_at=None if due_at is None else datetime.fromisoformat(due_at),
        )
        for number, node, status, iteration, due_at in sorted(living or (), key=itemgetter(0))
    ]


# --- runs whose job failed for ever ----------------------------------------------------------------------------------


def give_up(session: Session, payload: Payload, error: str) -> None:
    """Mark the run of a dead job as failed, at the token that its job was about, or at all that are ready.

    Called by the queue in the transaction that declares the job dead. What failed may be the very reading of the run, so
    nothing here reads more of it than its row.
    """
    instance_id = UUID(str(payload["instance"]))
    mine = flow_instance.c.id == instance_id
    row = session.execute(sa.select(flow_instance.c.status).where(mine).with_for_update()).one_or_none()
    if row is None or row.status in ENDED:
        return
    numbers = _stop_tokens(session, instance_id, payload.get("token"))
    if not numbers:
        return
    kept = error_json(Conflict(GIVEN_UP, reason=error), next(iter(numbers.values())))
    session.execute(sa.update(flow_instance).where(mine).values(status=InstanceStatus.FAILED, error=kept))
    lines = sa.and_(flow_log.c.instance_id == instance_id, flow_log.c.token.in_(numbers), flow_log.c.ended_at.is_(None))
    ended = {"status": TokenStatus.FAILED, "error": kept, "ended_at": session.now}
    session.execute(sa.update(flow_log).where(lines).values(ended))


def _stop_tokens(session: Session, instance_id: UUID, number: int | None) -> dict[int, str]:
    """Mark tokens as failed; return their nodes by their numbers."""
    table = flow_token
    if number is None:
        which = sa.and_(table.c.instance_id == instance_id, table.c.status == TokenStatus.READY)
    else:
        waits = table.c.status == TokenStatus.WAITING
        which = sa.and_(table.c.instance_id == instance_id, table.c.number == int(number), waits)
    stopping = sa.update(table).where(which).values(status=TokenStatus.FAILED)
    stopped = session.execute(stopping.returning(table.c.number, table.c.node)).all()
    return {row.number: row.node for row in sorted(stopped)}


def last_error(session: Session, instance_id: UUID, tokens: Iterable[int]) -> dict[str, Any] | None:
    """Return why the last of some tokens failed; None where none did."""
    log = flow_log.c
    mine = sa.and_(log.instance_id == instance_id, log.token.in_(list(tokens)), log.error.is_not(None))
    found: dict[str, Any] | None = session.execute(
        sa.select(log.error).where(mine).order_by(log.seq.desc()).limit(1)
    ).scalar_one_or_none()
    return found


def is_given_up(error: Mapping[str, Any] | None) -> bool:
    """Whether a run stopped for this reason."""
    return error is not None and error.get("code") == GIVEN_UP
