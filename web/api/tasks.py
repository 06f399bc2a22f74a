"""Tasks: what waits for one's decision, and deciding."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from flow_engine import tasks
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.schemas.flows import Decision, Task, TaskCounts, TaskPage

router = APIRouter(prefix="/api/tasks", tags=["tasks"], route_class=JsonRoute)

Limit = Annotated[int, Query(ge=1, le=tasks.LIMIT_MAX)]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("", responses=shows(TaskPage))
def list_tasks(
    call: SignedIn,
    status: Annotated[str, Query(description="`open` or `done`")] = "open",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List one's own tasks: open ones newest first, done ones last decided first."""
    page = tasks.list_for(call.session, call.actor, status=status, limit=limit, cursor=cursor)
    return json_answer({"items": page.items, "next_cursor": page.next_cursor})


@router.get("/counts", responses=shows(TaskCounts))
def count_tasks(call: SignedIn) -> Response:
    """Count one's open tasks."""
    return json_answer(tasks.counts(call.session, call.actor))


@router.get("/{task_id}", responses=shows(Task))
def get_task(call: SignedIn, task_id: UUID) -> Response:
    """Return one task of one's own."""
    return json_answer(tasks.get(call.session, call.actor, task_id))


@router.post("/{task_id}/{decision}", responses=shows(Task))
def decide_task(call: SignedIn, task_id: UUID, decision: str, body: Decision | None = None) -> Response:
    """Decide: `approve`, `reject` or `return`. All that follows happens now, or nothing does.

    The same decision again is no error and changes nothing; another one is a conflict.
    """
    opinion = body.opinion if body else None
    return json_answer(tasks.decide(call.session, call.actor, task_id, decision, opinion))
