"""Background work, for administrators: what failed for good, to be tried again or dropped; who works."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from engine import jobs
from engine.jobs import graves
from web import job_words, readiness, work_counts
from web.answers import json_answer, no_content, shows
from web.bodies import JsonRoute
from web.dependencies import Administrator
from web.schemas.jobs import DeadJobPage, JobsChanged, JobsOfTask, WorkOverview

router = APIRouter(prefix="/api/jobs", tags=["jobs"], route_class=JsonRoute)

#: Larger than any id of ours is no id: PostgreSQL's bigint.
_MOST = 2**63 - 1
JobId = Annotated[int, Query(ge=1, le=_MOST)]


@router.get("", responses=shows(DeadJobPage))
def list_jobs(
    call: Administrator,
    task: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=graves.LIMIT_MAX)] = 50,
    cursor: JobId | None = None,
) -> Response:
    """List dead jobs, the youngest first, with what they were about."""
    found = graves.list_page(call.session, call.actor, task=task, limit=limit + 1, before=cursor)
    items = job_words.described(call.session, call.actor, found[:limit])
    return json_answer({"items": items, "next_cursor": items[-1]["id"] if len(found) > limit else None})


@router.get("/overview", responses=shows(WorkOverview))
def show_overview(call: Administrator) -> Response:
    """Show how much waits, runs and is dead, and which workers there are."""
    kinds = graves.kinds(call.session, call.actor)
    return json_answer(
        {
            **work_counts.overview(call.session),
            "checks": [
                {"name": one.name, "ok": one.ok, "is_vital": one.is_vital, "detail": one.detail}
                for one in readiness.checks(call.platform)
            ],
            "kinds": [
                {"task": kind.task, "title": job_words.task_title(kind.task, call.language), "count": kind.count}
                for kind in kinds
            ],
        }
    )


@router.post("/retry", responses=shows(JobsChanged))
def retry_jobs(call: Administrator, body: JobsOfTask) -> Response:
    """Try every dead job of a task again."""
    return json_answer({"count": graves.retry_all(call.session, call.actor, body.task)})


@router.post("/drop", responses=shows(JobsChanged))
def drop_jobs(call: Administrator, body: JobsOfTask) -> Response:
    """Give every dead job of a task up."""
    return json_answer({"count": graves.drop_all(call.session, call.actor, body.task)})


@router.post("/{job_id}/retry", status_code=204)
def retry_job(call: Administrator, job_id: int) -> Response:
    """Try a dead job again, with all its attempts."""
    jobs.retry(call.session, call.actor, min(job_id, _MOST))
    return no_content()


@router.delete("/{job_id}", status_code=204)
def drop_job(call: Administrator, job_id: int) -> Response:
    """Give a dead job up: what it was to do is not done."""
    jobs.drop(call.session, call.actor, min(job_id, _MOST))
    return no_content()
