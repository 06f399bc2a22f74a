"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.answers import json_answer, shows
from web.api.metrics import may_look
from web.bodies import JsonRoute
from web.dependencies import platform_of
from web.readiness import checks, status_of
from web.schemas.health import Health, Readiness

router = APIRouter(tags=["health"], route_class=JsonRoute)


@router.get("/healthz", responses=shows(Health))
def health() -> Response:
    """Say that the process answers; asks nothing of anything else."""
    return json_answer({"status": "ok"})


@router.get("/readyz", responses=shows(Readiness) | shows(Readiness, 503))
def readiness(request: Request) -> Response:
    """Say whether requests can be served (503 where not), and what is missing; details to this machine or the token."""
    found = checks(platform_of(request))
    is_told = may_look(request)
    return json_answer(
        {
            "status": (status := status_of(found)),
            "checks": [
                {
                    "name": check.name,
                    "ok": check.ok,
                    "is_vital": check.is_vital,
                    "detail": check.detail if is_told else "",
                }
                for check in found
            ],
        },
        503 if status == "not_ready" else 200,
        {"Cache-Control": "no-store"},
    )
