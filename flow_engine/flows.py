"""Flows as the rest of the platform calls them: check, publish, start, dry run, hear of changes.

Owns definitions of kind `flows` and who may start them. How runs begin is `starting`, how they go on `continuing`,
runs that people look at are `instances`, what waits for people `tasks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Definition, DefinitionKind, Reference, Source
from engine.errors import InvalidDefinition, NotAllowed, NotFound, Violation
from flow_engine import instances
from flow_engine.definition import Flow
from flow_engine.documents.checks import build, check_document
from flow_engine.documents.published import get, get_version
from flow_engine.documents.schema import flow_schema
from flow_engine.runs import continuing, dispatch, starting
from flow_engine.runs.starting import subscriber
from flow_engine.starters import schedules, webhooks
from form_engine import records

__all__ = [
    "TASKS", "check", "dry_run", "flow_kind", "get", "get_version", "may_start", "publish", "publish_many", "start",
    "subscriber",
]  # fmt: skip


TASKS = (*continuing.TASKS, *dispatch.TASKS, *schedules.TASKS, *webhooks.TASKS)


def check(session: Session, app: str, document: Any) -> list[Violation]:
    """Return everything that keeps `document` from going live; forms and balances must be published before."""
    faults = check_document(document)
    return faults or list(build(session, app, document).faults)


def publish(session: Session, actor: Actor, app: str, document: Mapping[str, Any]) -> Flow:
    """Put a flow into force as its next version; raises `InvalidDefinition` with every fault.

    Runs that have begun keep the version they began with.
    """
    publish_many(session, actor, [(app, document)])
    return get(session, f"{app}.{document['key']}")


def publish_many(
    session: Session, actor: Actor, documents: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[Definition]:
    """Put several flows into force together; with more than one, pointers begin with the flow's name."""
    definitions.require_designer(actor)
    definitions.lock(session)
    faults: list[Violation] = []
    flows: list[Flow] = []
    for app, document in documents:
        found = check_document(document)
        if not found:
            flow = build(session, app, document)
            flows.append(flow)
            found = list(flow.faults)
        name = f"{app}.{document.get('key')}" if len(documents) > 1 and isinstance(document, Mapping) else ""
        faults.extend(Violation(pointer=name + one.pointer, code=one.code, params=one.params) for one in found)
    if faults:
        raise InvalidDefinition("flow_not_sound", violations=faults)
    published = definitions.publish_many(
        session,
        actor,
        [Source("flows", app, document["key"], dict(document)) for app, document in documents],
    )
    pairs = [
        (definition, [Reference(*reference) for reference in dict.fromkeys(flow.references)])
        for definition, flow in zip(published, flows, strict=True)
    ]
    definitions.set_references(session, pairs)
    schedules.sync(session)
    return published


def _publish_kind(
    session: Session, actor: Actor, app: str, documents: Sequence[dict[str, Any]]
) -> Sequence[Definition]:
    return publish_many(session, actor, [(app, document) for document in documents])


def flow_kind() -> DefinitionKind:
    """Return what the composition root lists under `flows`."""
    return DefinitionKind(name="flows", schema=flow_schema(), check=check, publish=_publish_kind)


def may_start(session: Session, actor: Actor, flow: Flow) -> bool:
    """Whether the actor may start the flow by hand: a role names the flow, or grants `run_flow` on its form."""
    if actor.has_every_right or permissions.allows(session, actor, "flows", flow.name):
        return True
    return flow.form is not None and permissions.grant(session, actor, flow.form).may("run_flow")


def _startable(session: Session, actor: Actor, name: str, record_id: UUID | None) -> Flow:
    flow = get(session, name)
    if not may_start(session, actor, flow):
        may_see = flow.form is not None and permissions.grant(session, actor, flow.form).may("view")
        raise NotAllowed("flow_not_startable", flow=flow.title) if may_see else NotFound("flow_not_found", flow=name)
    if flow.form is not None and record_id is not None:
        records.get(session, actor, flow.form, record_id)
    return flow


def _given(session: Session, flow: Flow, value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if flow.trigger is not None and flow.trigger.plan.timetable is not None:
        return {"due_at": session.now}
    return webhooks.typed_input(flow, value)


def start(
    session: Session,
    actor: Actor,
    name: str,
    record_id: UUID | None = None,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Start a flow by hand, on a record that the actor may see; return the instance as JSON.

    given -- what a webhook's message would bring, as JSON.

    Raises `NotFound`, `NotAllowed`, `Conflict` (needs a record), and what the run refuses.
    """
    flow = _startable(session, actor, name, record_id)
    run = starting.start_by_hand(session, actor, flow, record_id, _given(session, flow, given))
    return instances.get(session, actor, run.id)


def dry_run(
    session: Session,
    actor: Actor,
    name: str,
    record_id: UUID | None = None,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Run a flow on a record and take everything back; return its log, its journal and whom it would have asked."""
    flow = _startable(session, actor, name, record_id)
    run, error = starting.try_out(session, actor, flow, record_id, _given(session, flow, given))
    return instances.tried(session, actor, run, error)
