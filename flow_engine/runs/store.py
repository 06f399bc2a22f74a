"""The rows of runs: every statement over instances, tokens, tasks' opening, journal and log.

Owns SQL. A run that begins and ends within one event costs three inserts (instance, log, journal), and many such runs
of one event cost three together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.db import Session
from engine.ids import new_id
from engine.models import flow_instance, flow_journal, flow_log, flow_task, flow_token
from flow_engine.runs import listening, outbox, timers
from flow_engine.runs.keeping import state_json
from flow_engine.runs.run import Run
from flow_engine.state import Token, TokenStatus


def insert_runs(session: Session, runs: Sequence[Run]) -> list[Run]:
    """Write runs that have no row yet, with all they did; return those that are new.

    One whose `dedup_key` is taken has been started before (the occasion came twice): it is left out.
    """
    rows = [{"id": run.id, **_instance_row(run)} for run in runs]
    if not rows:
        return []
    insert = postgresql.insert(flow_instance).values(rows)
    if any(run.dedup_key is not None for run in runs):
        if_new = insert.on_conflict_do_nothing(index_elements=["dedup_key"]).returning(flow_instance.c.id)
        written = set(session.execute(if_new).scalars())
        runs = [run for run in runs if run.id in written]
    else:
        session.execute(insert)
    tokens = [_token_row(run, token, session) for run in runs for token in run.instance.tokens]
    if tokens:
        session.execute(sa.insert(flow_token).values(tokens))
    _insert_lines(session, runs)
    for run in runs:
        _tasks(session, run)
        outbox.write(session, run)
    listening.write(session, runs)
    timers.note(session, [token for run in runs for token in run.instance.tokens])
    return list(runs)


def update_run(session: Session, run: Run) -> None:
    """Write what an event did to a run that has its row; the row is locked."""
    row = _instance_row(run)
    changing = {key: row[key] for key in ("status", "state", "ended_at", "error")}
    session.execute(sa.update(flow_instance).where(flow_instance.c.id == run.id).values(changing))
    ended = [token for token in run.instance.ended if token.number in run.stored_tokens]
    tokens = [_token_row(run, token, session) for token in (*run.instance.tokens, *ended)]
    if tokens:
        insert = postgresql.insert(flow_token).values(tokens)
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["instance_id", "number"],
                set_={"status": insert.excluded.status, "due_at": insert.excluded.due_at},
            )
        )
    _insert_lines(session, [run])
    for line in run.resumed:
        values: dict[str, Any] = {"status": line.status, "output": line.output, "ended_at": session.now}
        session.execute(
            sa.update(flow_log)
            .where(flow_log.c.instance_id == run.id, flow_log.c.token == line.token, flow_log.c.ended_at.is_(None))
            .values(values)
        )
    _tasks(session, run)
    outbox.write(session, run)
    listening.write(session, [run])
    timers.note(session, run.instance.tokens)


def _instance_row(run: Run) -> dict[str, Any]:
    instance = run.instance
    return {
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


def _token_row(run: Run, token: Token, session: Session) -> dict[str, Any]:
    return {
        "instance_id": run.id,
        "number": token.number,
        "node": token.node,
        "iteration": list(token.iteration),
        "status": token.status,
        "created_at": session.now,
        "due_at": token.due_at,
    }


def _insert_lines(session: Session, runs: Sequence[Run]) -> None:
    log = [
        {
            "instance_id": run.id,
            "seq": run.log_seq + index,
            "token": line.token,
            "node": line.node,
            "iteration": list(line.iteration),
            "status": line.status,
            "input": line.input,
            "output": line.output,
            "error": line.error,
            "started_at": session.now,
            "ended_at": None if line.status == TokenStatus.WAITING else session.now,
        }
        for run in runs
        for index, line in enumerate(run.log, 1)
    ]
    if log:
        session.execute(sa.insert(flow_log).values(log))
    journal = [
        {
            "instance_id": run.id,
            "seq": run.journal_seq + index,
            "node": row.node,
            "iteration": list(row.iteration),
            "form": row.form,
            "record_id": row.record_id,
            "action": row.action,
            "before": row.before,
            "after": row.after,
            "at": session.now,
        }
        for run in runs
        for index, row in enumerate(run.journal, 1)
    ]
    if journal:
        session.execute(sa.insert(flow_journal).values(journal))


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


def lock_instance(session: Session, instance_id: UUID) -> tuple[dict[str, Any], list[Token]] | None:
    """Return the instance's row with its last line numbers and its living tokens; None where it is not there.

    The row is locked to the end of the transaction. Two statements: lines and tokens must be read once nobody else can
    add any.
    """
    locking = sa.select(flow_instance).where(flow_instance.c.id == instance_id).with_for_update()
    row = session.execute(locking).mappings().one_or_none()
    if row is None:
        return None
    log = sa.select(sa.func.coalesce(sa.func.max(flow_log.c.seq), 0)).where(flow_log.c.instance_id == instance_id)
    journal = sa.select(sa.func.coalesce(sa.func.max(flow_journal.c.seq), 0)).where(
        flow_journal.c.instance_id == instance_id
    )
    columns = [flow_token.c[name] for name in ("number", "node", "status", "iteration", "due_at")]
    living = sa.select(sa.func.jsonb_agg(sa.func.jsonb_build_array(*columns))).where(
        flow_token.c.instance_id == instance_id, flow_token.c.status.in_(("ready", "waiting", "failed"))
    )
    reading = sa.select(
        log.scalar_subquery().label("log_seq"),
        journal.scalar_subquery().label("journal_seq"),
        living.scalar_subquery().label("tokens"),
    )
    found = session.execute(reading).one()
    tokens = [
        Token(
            number=number,
            node=node,
            status=TokenStatus(status),
            iteration=tuple(iteration),
            due_at=None if due_at is None else datetime.fromisoformat(due_at),
        )
        for number, node, status, iteration, due_at in sorted(found.tokens or (), key=itemgetter(0))
    ]
    return {**row, "log_seq": found.log_seq, "journal_seq": found.journal_seq}, tokens
