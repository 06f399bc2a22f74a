"""API tokens: what a program acts with in one's name."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from engine import identity
from web.answers import json_answer, no_content, shows
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.schemas.session import NewToken, TokenInput, Tokens

router = APIRouter(prefix="/api/tokens", tags=["tokens"], route_class=JsonRoute)


@router.post("", status_code=201, responses=shows(NewToken, 201))
def create_token(call: SignedIn, body: TokenInput) -> Response:
    """Create a token. It is shown this once; what its owner may not do, it may not either."""
    secret, token = identity.create_api_token(
        call.session,
        call.actor,
        title=body.title,
        scopes=body.scopes,
        expires_at=call.session.now + timedelta(days=body.expires_in_days),
    )
    return json_answer(asdict(token) | {"token": secret}, 201, {"Location": f"/api/tokens/{token.id}"})


@router.get("", responses=shows(Tokens))
def list_tokens(call: SignedIn) -> Response:
    """List one's own tokens, newest first, without the tokens themselves."""
    tokens = identity.list_api_tokens(call.session, call.actor)
    return json_answer({"items": [asdict(token) for token in tokens]})


@router.delete("/{token_id}", status_code=204)
def delete_token(call: SignedIn, token_id: UUID) -> Response:
    """Delete a token; it ends at once."""
    identity.delete_api_token(call.session, call.actor, token_id)
    return no_content()
