"""Every flow with what starts it, for administrators: when it is due next, when it ran last; switched off and on.

Owns no table; reads those of schedules, webhooks and runs, a constant number of statements for all flows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import definitions, events
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, NotAllowed, NotFound
from engine.models import flow_delivery, flow_firing, flow_instance, flow_schedule, flow_webhook
from engine.texts import localized
from flow_engine.definition import Flow
from flow_engine.documents import published
from flow_engine.shown_tasks import instant
from flow_engine.starters import schedules, webhooks
from form_engine import forms

Rows = Mapping[str, sa.Row[Any]]


def list_flows(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """List the flows in force in the order of their names. Six statements, however many there are."""
    _require_administrator(actor)
    catalog = definitions.catalog(session)
    flows = [published.get(session, one.name) for one in catalog.list("flows")]
    names = [flow.name for flow in flows]
    schedules_, webhooks_ = _by_flow(session, sa.select(flow_schedule)), _by_flow(session, sa.select(flow_webhook))
    firings, deliveries = (
        _last(session, names, flow_firing, "due_at"),
        _last(session, names, flow_delivery, "received_at"),
    )
    runs = _last(session, names, flow_instance, "id")
    return [
        {
            "app": flow.app,
            "key": flow.key,
            "title": localized(flow.title, actor.language),
            "app_title": localized(
                catalog.text(flow.app, f"apps/{flow.app}/title", _app_title(session, flow.app)), actor.language
            ),
            "version": flow.version,
            "runs": flow.runs,
            "form_title": None if flow.form is None else localized(forms.get(session, flow.form).title, actor.language),
            "trigger": _trigger(flow, actor),
            "schedule": _schedule(schedules_.get(flow.name), firings.get(flow.name), actor),
            "webhook": _webhook(flow, webhooks_.get(flow.name), deliveries.get(flow.name)),
            "last_run": _run(runs.get(flow.name)),
            "is_faulty": bool(flow.faults),
        }
        for flow in flows
    ]


def get_flow(session: Session, actor: Actor, name: str) -> dict[str, Any]:
    """Return one entry of the list; raises `NotFound`."""
    for one in list_flows(session, actor):
        if f"{one['app']}.{one['key']}" == name:
            return one
    raise NotFound("flow_not_found", flow=name)


def switch(session: Session, actor: Actor, name: str, *, is_on: bool) -> dict[str, Any]:
    """Switch a flow's schedule or webhook off or on. Raises `NotAllowed`, `NotFound`, `Conflict` where it has neither."""
    _require_administrator(actor)
    published.get(session, name)
    was_there = [
        schedules.pause(session, name, is_paused=not is_on),
        webhooks.pause(session, name, is_paused=not is_on),
    ]
    if not any(was_there):
        raise Conflict("flow_has_no_switch")
    events.note(session, actor, "meta.flow", "switch_on" if is_on else "switch_off", after={"flow": name})
    return get_flow(session, actor, name)


def renew_secret(session: Session, actor: Actor, name: str) -> str:
    """Make the webhook's next secret and return it, for administrators; raises `NotFound`, `Conflict` without a webhook."""
    _require_administrator(actor)
    return webhooks.rotate(session, actor, published.get(session, name))


def _require_administrator(actor: Actor) -> None:
    if not actor.has_every_right:
        raise NotAllowed("administrator_only")


def _app_title(session: Session, app: str) -> str:
    found = definitions.catalog(session).find("apps", app)
    return str(found.document.get("title", app)) if found is not None else app


def _by_flow(session: Session, query: sa.Select[Any]) -> Rows:
    return {row.flow: row for row in session.execute(query)}


def _last(session: Session, names: list[str], table: sa.Table, order: str) -> Rows:
    """Return the last row of each flow by an index that begins with the flow."""
    given = sa.func.unnest(sa.bindparam(None, names, postgresql.ARRAY(sa.Text))).table_valued("name")
    last = sa.select(table).where(table.c.flow == given.c.name).order_by(table.c[order].desc()).limit(1).lateral()
    return {row.flow: row for row in session.execute(sa.select(last).select_from(given).join(last, sa.true()))}


def _trigger(flow: Flow, actor: Actor) -> dict[str, Any] | None:
    if flow.trigger is None:
        return None
    return {
        "type": flow.trigger.type.name,
        "title": localized(flow.trigger.type.title, actor.language),
        "when": flow.trigger.options.get("when"),
    }


def _schedule(row: sa.Row[Any] | None, firing: sa.Row[Any] | None, actor: Actor) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "cron": row.cron,
        "time_zone": row.time_zone,
        "next_due": None if row.is_paused else instant(row.next_due),
        "is_on": not row.is_paused,
        "last_due": None if firing is None else instant(firing.due_at),
        "last_runs": None if firing is None else firing.runs,
        "last_error": None if firing is None or firing.error is None else localized(firing.error, actor.language),
    }


def _webhook(flow: Flow, row: sa.Row[Any] | None, delivery: sa.Row[Any] | None) -> dict[str, Any] | None:
    if flow.trigger is None or flow.trigger.plan.reception is None:
        return None
    return {
        "path": f"/api/webhooks/{flow.app}/{flow.key}",
        "has_secret": row is not None,
        "is_on": row is not None and not row.is_paused,
        "rotated_at": None if row is None else instant(row.rotated_at),
        "previous_until": None if row is None or row.previous_salt is None else instant(row.previous_until),
        "last_received": None if delivery is None else instant(delivery.received_at),
        "input": flow.trigger.plan.reception.schema,
    }


def _run(row: sa.Row[Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"id": str(row.id), "status": row.status, "started_at": instant(row.started_at)}
