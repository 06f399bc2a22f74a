"""`/metrics`, for whoever sits on this machine or has the token."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.errors import NotAllowed
from engine.jobs import Worker
from web import metrics, operators
from web.dependencies import platform_of

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Tell Prometheus how the platform does."""
    platform = platform_of(request)
    if not may_look(request):
        raise NotAllowed("metrics_closed")
    worker: Worker | None = getattr(request.app.state, "worker", None)
    text = metrics.exposition(platform, request.app.state.requests, worker.tally if worker is not None else None)
    return Response(text, media_type=metrics.MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def may_look(request: Request) -> bool:
    """Whether whoever asks sits on this machine or has the token."""
    client = request.client.host if request.client is not None else ""
    return operators.may_look(platform_of(request).settings, request.headers, client)
