"""Effects: what flows send outside, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from flow_engine import effects
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import Call, SignedIn
from web.job_words import flow_title
from web.schemas.flows import Effect, EffectPage

router = APIRouter(prefix="/api/effects", tags=["effects"], route_class=JsonRoute)


@router.get("", responses=shows(EffectPage))
def list_effects(
    call: SignedIn,
    status: Annotated[str | None, Query(description="`waiting`, `sending`, `sent`, `dead` or `dropped`")] = None,
    limit: Annotated[int, Query(ge=1, le=effects.LIMIT_MAX)] = 50,
    cursor: UUID | None = None,
) -> Response:
    """List mail and requests of flows, newest first."""
    page = effects.list_page(call.session, call.actor, status=status, limit=limit, cursor=cursor)
    items = [_titled(call, item) for item in page.items]
    return json_answer({"items": items, "next_cursor": page.next_cursor})


@router.post("/{effect_id}/retry", responses=shows(Effect))
def retry_effect(call: SignedIn, effect_id: UUID) -> Response:
    """Have the run of a dead effect go on from what failed in it; its node sends anew, under the same idempotency key."""
    return json_answer(_titled(call, effects.retry(call.session, call.actor, effect_id)))


@router.post("/{effect_id}/drop", responses=shows(Effect))
def drop_effect(call: SignedIn, effect_id: UUID) -> Response:
    """Give a dead effect up; its run goes on without an answer."""
    return json_answer(_titled(call, effects.drop(call.session, call.actor, effect_id)))


def _titled(call: Call, effect: Mapping[str, Any]) -> dict[str, Any]:
    return {**effect, "flow_title": flow_title(call.session, effect["flow"], call.language)}
