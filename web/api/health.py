"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import platform_of
from web.readiness import checks
from web.schemas.health import Health, Readiness

router = APIRouter(tags=["health"], route_class=JsonRoute)


@router.get("/healthz", responses=shows(Health))
def health() -> Response:
    """Say that the process answers; asks nothing of anything else."""
    return json_answer({"status": "ok"})


@router.get("/readyz", responses=shows(Readiness) | shows(Readiness, 503))
def readiness(request: Request) -> Response:
    """Say whether requests can be served, and if not, why."""
    found = checks(platform_of(request))
    is_ready = all(check.ok for check in found)
    return json_answer(
        {
            "status": "ready" if is_ready else "not_ready",
            "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in found],
        },
        200 if is_ready else 503,
        {"Cache-Control": "no-store"},
    )
