"""Runs that people look at and steer: list, get, cancel, try again.

Who sees a run: who started it, who was asked in it, who may view its record, administrators. Who steers it: who started
it and administrators; trying again is for those who may start the flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, Violation
from engine.models import flow_instance, flow_journal, flow_log, flow_task
from flow_engine import shown_runs, tasks
from flow_engine.advance import Cancel, advance
from flow_engine.documents import published
from flow_engine.runs import continuing, outbox, store
from flow_engine.runs.continuing import load_run
from flow_engine.runs.journal import error_json
from flow_engine.runs.run import Run
from flow_engine.state import ENDED, InstanceStatus
from form_engine import forms
from form_engine.querying import filters

LIMIT_MAX = 200
#: A picture of a run shows so many node runs and changed rows; more are counted.
LINES_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancePage:
    """Runs as JSON, newest first; `next_cursor` is None on the last page."""

    items: tuple[Mapping[str, Any], ...]
    next_cursor: str | None


def list_page(
    session: Session,
    actor: Actor,
    *,
    flow: str | None = None,
    status: str | None = None,
    form: str | None = None,
    record_id: UUID | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> InstancePage:
    """List the runs that the actor may see, newest first. A constant number of statements."""
    limit = max(1, min(limit, LIMIT_MAX))
    table = flow_instance
    query = sa.select(table).where(_visible(session, actor)).order_by(table.c.id.desc())
    for column, wanted in ((table.c.flow, flow), (table.c.form, form), (table.c.record_id, record_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    if status is not None:
        if status not in set(InstanceStatus):
            params = {"known": [str(one) for one in InstanceStatus]}
            raise InvalidInput(violations=[Violation(pointer="#/status", code="flow_status_unknown", params=params)])
        query = query.where(table.c.status == status)
    if cursor is not None:
        query = query.where(table.c.id < _cursor(cursor))
    rows = [dict(row) for row in session.execute(query.limit(limit + 1)).mappings()]
    titles = shown_runs.titles_of(session, actor, rows[:limit])
    items = tuple(
        shown_runs.summary(published.get_version(session, row["definition_version_id"]), actor, row, titles)
        for row in rows[:limit]
    )
    return InstancePage(items=items, next_cursor=items[-1]["id"] if len(rows) > limit else None)


def _cursor(cursor: str) -> UUID:
    try:
        return UUID(cursor)
    except ValueError as error:
        raise InvalidInput(violations=[Violation(pointer="#/cursor", code="flow_cursor_invalid")]) from error


def _visible(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    if actor.has_every_right:
        return sa.true()
    table = flow_instance
    asked = sa.exists().where(
        flow_task.c.instance_id == table.c.id,
        flow_task.c.assignee_id == actor.user_id,
        flow_task.c.status != "pending",
    )
    conditions = [table.c.started_by == actor.user_id, asked]
    catalog = definitions.catalog(session)
    for name in _forms_of_flows(session):
        if catalog.find("forms", name) is None or not permissions.grant(session, actor, name).may("view"):
            continue
        form = forms.get(session, name)
        may_see = filters.scope(session, actor, form, "view")
        record = sa.exists().where(form.table.c.id == table.c.record_id, may_see)
        conditions.append(sa.and_(table.c.form == name, record))
    return sa.or_(*conditions)


def _forms_of_flows(session: Session) -> tuple[str, ...]:
    catalog = definitions.catalog(session)

    def names() -> tuple[str, ...]:
        found = {
            definition.document.get("trigger", {}).get("form") or definition.document.get("form")
            for definition in catalog.list("flows")
        }
        return tuple(sorted(name for name in found if name is not None))

    return catalog.compiled("flow_engine", "forms of flows", names)


def get(session: Session, actor: Actor, instance_id: UUID) -> dict[str, Any]:
    """Return a run with its node runs, changed rows, tasks and the graph to draw; raises `NotFound`."""
    # Before the run itself: who reads on until nothing is under way never sees the last of it sent and the run waiting.
    sent = outbox.of_instance(session, instance_id)
    rows = session.execute(
        sa.select(flow_instance).where(flow_instance.c.id == instance_id, _visible(session, actor))
    ).mappings()
    row = rows.one_or_none()
    if row is None:
        raise NotFound("flow_instance_not_found", id=str(instance_id))
    found = dict(row)
    flow = published.get_version(session, found["definition_version_id"])
    lines = _lines(session, flow_log, instance_id)
    changed = shown_runs.in_scope(session, actor, found["record_id"], _lines(session, flow_journal, instance_id))
    titles = shown_runs.titles_of(session, actor, [found], changed)
    return {
        **shown_runs.summary(flow, actor, found, titles),
        "nodes": shown_runs.log(flow, actor, lines),
        "journal": shown_runs.journal(session, actor, changed, titles),
        "tasks": tasks.of_instances(session, actor, [instance_id]),
        "effects": shown_runs.effects(actor, sent),
        "graph": shown_runs.graph(flow, actor),
        "may": _may(session, actor, found),
    }


def _lines(session: Session, table: sa.Table, instance_id: UUID) -> Sequence[Mapping[str, Any]]:
    query = sa.select(table).where(table.c.instance_id == instance_id).order_by(table.c.seq).limit(LINES_MAX)
    return [dict(row) for row in session.execute(query).mappings()]


def _may(session: Session, actor: Actor, row: Mapping[str, Any]) -> list[str]:
    """Return what the actor may do with the run now."""
    steering = []
    is_own = actor.has_every_right or row["started_by"] == actor.user_id
    if row["status"] not in ENDED and is_own:
        steering.append("cancel")
    if row["status"] == InstanceStatus.FAILED and (
        actor.has_every_right or permissions.allows(session, actor, "flows", row["flow"])
    ):
        steering.append("retry")
    return steering


def cancel(session: Session, actor: Actor, instance_id: UUID) -> dict[str, Any]:
    """Stop a run; its open tasks are closed, what it has written stays.

    Raises `NotFound`, `NotAllowed`, `Conflict` where it has ended.
    """
    run = _steered(session, actor, instance_id, "cancel")
    run.instance, effects = advance(run.flow, run.instance, Cancel())
    run.closed.extend(effect.token for effect in effects)
    store.update_run(session, run)
    return get(session, actor, instance_id)


def retry(session: Session, actor: Actor, instance_id: UUID) -> dict[str, Any]:
    """Have a failed run go on from the node that failed, in the background.

    Raises `NotFound`, `NotAllowed`, `Conflict` where nothing has failed.
    """
    run = _steered(session, actor, instance_id, "retry")
    continuing.retry(run)
    return get(session, actor, instance_id)


def _steered(session: Session, actor: Actor, instance_id: UUID, action: str) -> Run:
    get(session, actor, instance_id)
    run = load_run(session, instance_id)
    row = {"status": run.instance.status, "started_by": run.starter.user_id, "flow": run.flow.name}
    if action in _may(session, actor, row):
        return run
    if run.instance.status in ENDED:
        raise Conflict("flow_instance_ended", status=str(run.instance.status))
    if action == "retry" and run.instance.status is not InstanceStatus.FAILED:
        raise Conflict("flow_instance_not_failed", status=str(run.instance.status))
    raise NotAllowed("flow_not_steerable", flow=run.flow.title)


def tried(session: Session, actor: Actor, run: Run, error: DomainError | None) -> dict[str, Any]:
    """Return what a dry run did, in the shape of `get`; nothing of it is stored."""
    row = {
        "id": run.id,
        "status": InstanceStatus.FAILED if error is not None else run.instance.status,
        "form": run.flow.form if run.record_id is not None else None,
        "record_id": run.record_id,
        "started_at": session.now,
        "started_by": run.starter.user_id,
        "ended_at": session.now,
        "error": error_json(error, "") if error is not None else run.error,
        "parent_id": None,
        "occasion": None,
    }
    lines = [{**_line(line), "started_at": session.now, "ended_at": session.now} for line in run.log]
    changed = _open_to(session, actor, run)
    titles = shown_runs.titles_of(session, actor, [row], changed)
    asked = [
        {"node": line.node, "assignees": (line.input or {}).get("assignees", [])}
        for line in run.log
        if line.status == "waiting" and "assignees" in (line.input or {})
    ]
    return {
        **shown_runs.summary(run.flow, actor, row, titles),
        "nodes": shown_runs.log(run.flow, actor, lines),
        "journal": shown_runs.journal(session, actor, changed, titles),
        "asked": asked,
        "graph": shown_runs.graph(run.flow, actor),
    }


def _open_to(session: Session, actor: Actor, run: Run) -> list[Mapping[str, Any]]:
    """Return the rows that a dry run changed, of records in the actor's row scope; what it made is in nobody's, and gone."""
    changed = [{**_line(one), "seq": index} for index, one in enumerate(run.journal, 1)]
    made = {one["record_id"] for one in changed if one["action"] == "create"}
    there = [one for one in changed if one["record_id"] not in made]
    seen = {one["seq"] for one in shown_runs.in_scope(session, actor, run.record_id, there)}
    return [one for one in changed if one["seq"] in seen or one["record_id"] in made]


def _line(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in type(line).__slots__}
