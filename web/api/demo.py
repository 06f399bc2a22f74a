"""Who one can be in demo mode."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.demo import sign_ins
from web.dependencies import Anyone, platform_of
from web.schemas.session import Demo

router = APIRouter(prefix="/api/demo", tags=["session"], route_class=JsonRoute)


@router.get("", responses=shows(Demo))
def get_demo(request: Request, session: Anyone) -> Response:
    """List the demo sign-ins; outside demo mode there are none."""
    is_demo = platform_of(request).settings.demo
    users = sign_ins(session, request.state.language) if is_demo else []
    return json_answer({"demo": is_demo, "users": users})
