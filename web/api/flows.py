"""Flows and their runs: start, try out, follow, steer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from flow_engine import flows, instances
from flow_engine.starters import overview
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import Administrator, SignedIn
from web.idempotency import IdempotencyKey, once
from web.schemas.flows import (
    FlowEntry,
    FlowList,
    FlowStart,
    FlowSwitch,
    Instance,
    InstancePage,
    WebhookSecret,
)
from web.schemas.shape import Values

router = APIRouter(prefix="/api", tags=["flows"], route_class=JsonRoute)

Name = Annotated[str | None, Query(max_length=130)]
Limit = Annotated[int, Query(ge=1, le=instances.LIMIT_MAX)]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("/instances", responses=shows(InstancePage))
def list_instances(
    call: SignedIn,
    flow: Name = None,
    status: Annotated[str | None, Query(max_length=20)] = None,
    form: Name = None,
    record: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the runs that one may see, newest first."""
    page = instances.list_page(
        call.session, call.actor, flow=flow, status=status, form=form, record_id=record, limit=limit, cursor=cursor
    )
    return json_answer({"items": page.items, "next_cursor": page.next_cursor})


@router.get("/instances/{instance_id}", responses=shows(Instance))
def get_instance(call: SignedIn, instance_id: UUID) -> Response:
    """Return a run: its nodes, every row it changed, its tasks, and its flow to draw."""
    return json_answer(instances.get(call.session, call.actor, instance_id))


@router.post("/instances/{instance_id}/cancel", responses=shows(Instance))
def cancel_instance(call: SignedIn, instance_id: UUID) -> Response:
    """Stop a run; what it has written stays."""
    return json_answer(instances.cancel(call.session, call.actor, instance_id))


@router.post("/instances/{instance_id}/retry", responses=shows(Instance))
def retry_instance(call: SignedIn, instance_id: UUID) -> Response:
    """Let a failed run go on from the node that failed."""
    return json_answer(instances.retry(call.session, call.actor, instance_id))


@router.get("/flows", responses=shows(FlowList))
def list_flows(call: Administrator) -> Response:
    """List the flows in force with what starts them: when the clock does next, where other systems can."""
    return json_answer({"items": overview.list_flows(call.session, call.actor)})


@router.post("/flows/{app}/{flow}/switch", responses=shows(FlowEntry))
def switch_flow(call: Administrator, app: str, flow: str, body: FlowSwitch) -> Response:
    """Switch a flow's schedule or webhook off or on; what came due meanwhile is not made up for."""
    return json_answer(overview.switch(call.session, call.actor, f"{app}.{flow}", is_on=body.is_on))


@router.post("/flows/{app}/{flow}/secret", status_code=201, responses=shows(WebhookSecret, 201))
def renew_webhook_secret(call: Administrator, app: str, flow: str) -> Response:
    """Make the next secret of a flow's webhook: shown this once; the one before stays good for a day."""
    secret = overview.renew_secret(call.session, call.actor, f"{app}.{flow}")
    return json_answer({"secret": secret}, 201, {"Cache-Control": "no-store"})


@router.post("/flows/{app}/{flow}/start", status_code=201, responses=shows(Instance, 201))
def start_flow(
    call: SignedIn, app: str, flow: str, body: FlowStart | None = None, key: IdempotencyKey = None
) -> Response:
    """Start a flow by hand, on a record where it needs one."""

    def start() -> Response:
        started = flows.start(call.session, call.actor, f"{app}.{flow}", *_given(body))
        return json_answer(started, 201, {"Location": f"/api/instances/{started['id']}"})

    return once(call, key, start)


@router.post("/flows/{app}/{flow}/dry_run", responses=shows(Instance))
def try_flow(call: SignedIn, app: str, flow: str, body: FlowStart | None = None) -> Response:
    """Run a flow and take everything back: what it would do, and whom it would ask."""
    return json_answer(flows.dry_run(call.session, call.actor, f"{app}.{flow}", *_given(body)))


def _given(body: FlowStart | None) -> tuple[UUID | None, Values | None]:
    return (None, None) if body is None else (body.record, body.input)
