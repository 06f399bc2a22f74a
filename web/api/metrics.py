"""`/metrics`, for whoever sits on this machine or has the token."""

from __future__ import annotations

import ipaddress
from hmac import compare_digest
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.errors import NotAllowed
from web import metrics
from web.dependencies import platform_of

router = APIRouter(include_in_schema=False)

#: What a proxy adds to what it passes on.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Tell Prometheus how the platform does."""
    platform = platform_of(request)
    if not may_look(request):
        raise NotAllowed("metrics_closed")
    text = metrics.exposition(platform, request.app.state.requests)
    return Response(text, media_type=metrics.MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def may_look(request: Request) -> bool:
    """Whether whoever asks sits on this machine or has the token: how the platform does is for its operators."""
    secret = platform_of(request).settings.metrics_token
    return _is_from_here(request) or (secret is not None and _has(request, secret.get_secret_value()))


def _has(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())


def _is_from_here(request: Request) -> bool:
    """Whether somebody on this machine asks, and no proxy on it for somebody elsewhere."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return request.client is not None and _is_loopback(request.client.host) and _is_loopback(asked)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
