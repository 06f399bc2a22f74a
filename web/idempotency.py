"""The same request twice: a client that names its request gets the first answer again, and nothing happens twice.

`Idempotency-Key` after the IETF draft of that name. The answer is kept in the transaction that made it, so a request
that failed left no trace and may be sent again; two at once wait for each other on the primary key. Kept for a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import sqlalchemy as sa
from fastapi import Header
from sqlalchemy.dialects.postgresql import insert
from starlette.responses import Response

from engine.db import Session
from engine.errors import Conflict
from engine.jobs import Payload
from engine.models import answered_request
from web.problems import MalformedHeader

if TYPE_CHECKING:
    from web.dependencies import Call

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="Name of this request; sent again, it gets the same answer."),
]
_KEPT = timedelta(days=1)
_MAX_KEY = 200
_HEADERS = ("etag", "location")


def once(call: Call, key: str | None, produce: Callable[[], Response]) -> Response:
    """Return `produce()`, or what it returned when the same actor sent the same `key` before.

    Raises `Conflict` when the key was used for another request.
    """
    if key is None:
        return produce()
    if not key.strip() or len(key) > _MAX_KEY:
        raise MalformedHeader("malformed_header", name="Idempotency-Key", value=key[:60])
    request = call.request
    request_hash = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + request.state.body).digest()
    if _is_first(call, key, request_hash):
        response = produce()
        _keep(call, key, response)
        return response
    return _again(call, key, request_hash)


def _is_first(call: Call, key: str, request_hash: bytes) -> bool:
    inserted = call.session.execute(
        insert(answered_request)
        .values(
            user_id=call.actor.user_id,
            key=key,
            request_hash=request_hash,
            created_at=call.session.now,
        )
        .on_conflict_do_nothing()
    )
    return inserted.rowcount == 1


def _of(call: Call, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(answered_request.c.user_id == call.actor.user_id, answered_request.c.key == key)


def _keep(call: Call, key: str, response: Response) -> None:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    call.session.execute(
        sa.update(answered_request)
        .where(_of(call, key))
        .values(status=response.status_code, headers=headers, body=bytes(response.body))
    )


def _again(call: Call, key: str, request_hash: bytes) -> Response:
    row = call.session.execute(sa.select(answered_request).where(_of(call, key))).one()
    if bytes(row.request_hash) != request_hash:
        raise Conflict("idempotency_key_reused")
    headers = {**(row.headers or {}), "Idempotency-Replayed": "true"}
    return Response(bytes(row.body or b""), row.status, headers=headers, media_type="application/json")


def forget_old_answers(session: Session, _payload: Payload) -> None:
    """Delete the answers whose day is over: a recurring job's work."""
    session.execute(sa.delete(answered_request).where(answered_request.c.created_at < session.now - _KEPT))
