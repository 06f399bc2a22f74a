"""Signing in and out, and who one is: user, rights, menu, what waits."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine import identity
from web import menu, waiting
from web.answers import json_answer, no_content, shows
from web.bodies import JsonRoute
from web.dependencies import Anyone, Call, SignedIn, platform_of, refuse_cross_site, set_cookie
from web.schemas.session import SessionAnswer, SessionChange, SignIn

router = APIRouter(prefix="/api/session", tags=["session"], route_class=JsonRoute)


@router.post("", responses=shows(SessionAnswer))
def sign_in(request: Request, session: Anyone, body: SignIn) -> Response:
    """Sign in; the answer sets the session's cookie."""
    refuse_cross_site(request, is_proof_needed=False)
    token, actor = identity.sign_in(
        session,
        body.username,
        body.password,
        address=request.client.host if request.client else None,
        user_agent=request.headers.get("user-agent"),
    )
    call = Call(platform=platform_of(request), session=session, actor=actor, request=request, token=token)
    response = json_answer(_shown(call))
    set_cookie(request, response, token)
    return response


@router.get("", responses=shows(SessionAnswer))
def get_session(call: SignedIn) -> Response:
    """Say who is signed in, what they may do and what waits for them."""
    return json_answer(_shown(call))


@router.patch("", responses=shows(SessionAnswer))
def change_session(call: SignedIn, body: SessionChange) -> Response:
    """Change the language one reads."""
    identity.set_language(call.session, call.actor, body.language)
    return json_answer(_shown(replace(call, actor=replace(call.actor, language=body.language))))


@router.delete("", status_code=204)
def sign_out(call: SignedIn) -> Response:
    """Sign out: the session ends here and everywhere its cookie was copied to."""
    if call.token is not None:
        identity.sign_out(call.session, call.token)
    response = no_content()
    set_cookie(call.request, response, None)
    return response


def _shown(call: Call) -> dict[str, object]:
    actor = call.actor
    return {
        "user": {
            "id": actor.user_id,
            "username": actor.username,
            "name": actor.name,
            "language": actor.language,
            "department": _department(call),
        },
        "is_administrator": actor.has_every_right,
        "roles": sorted(actor.roles),
        "apps": menu.apps(call),
        "forms": menu.forms(call),
        "time_zone": call.session.time_zone,
        **waiting.counts(call),
    }


def _department(call: Call) -> dict[str, object] | None:
    department = call.actor.department
    if department is None:
        return None
    return {"id": department, "title": identity.department_titles(call.session, [department])[department]}
