"""Webhooks: other systems start flows by signed requests; nobody is signed in.

Headers as Standard Webhooks has them. The body is taken as it came, for the signature is over its bytes.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response

from flow_engine.starters import webhooks
from flow_engine.starters.webhooks import Message
from web.answers import json_answer, shows
from web.bodies import JsonRoute, read_json
from web.dependencies import Anyone
from web.schemas.flows import WebhookReceipt

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"], route_class=JsonRoute)


async def _raw(request: Request) -> bytes:
    return await request.body()


#: What the framework cannot know of a body that it does not read.
_ANY_JSON = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@router.post("/{app}/{flow}", status_code=202, responses=shows(WebhookReceipt, 202), openapi_extra=_ANY_JSON)
def receive_webhook(
    session: Anyone,
    app: str,
    flow: str,
    body: Annotated[bytes, Depends(_raw)],
    message: Annotated[
        str | None, Header(alias="webhook-id", description="Name of the message, the same when it is sent again")
    ] = None,
    timestamp: Annotated[
        str | None, Header(alias="webhook-timestamp", description="When it was sent: seconds since 1970")
    ] = None,
    signature: Annotated[
        str | None,
        Header(alias="webhook-signature", description="`v1,` and HMAC-SHA256 of `id.timestamp.body` in Base64"),
    ] = None,
) -> Response:
    """Start a flow with what another system sends; the same message again gets the same answer and starts nothing."""
    received = Message(id=message, timestamp=timestamp, signature=signature, body=body)
    receipt = webhooks.receive(session, f"{app}.{flow}", received, read_json)
    return json_answer({"message": receipt.message, "instance": receipt.instance}, 202)
