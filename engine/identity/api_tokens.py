"""API tokens: what a program acts with in its owner's name; scoped, expiring, shown once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed, NotFound, Violation
from engine.identity.actors import API_PREFIX, token_hash
from engine.ids import new_id
from engine.models import api_token

SCOPE_PATTERN = re.compile(r"(\*|[a-z][a-z0-9_]*\.(\*|[a-z][a-z0-9_]*)):(read|write)")
MAXIMUM_LIFETIME = timedelta(days=366)
DEFAULT_LIFETIME = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token without its secret.

    scopes -- `crm.sales_order:read`, `crm.*:write`, `*:read`; what the owner may not do, the token may not either.
    hint   -- its first characters.
    """

    id: UUID
    title: str
    hint: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def create_api_token(
    session: Session, actor: Actor, *, title: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[str, ApiToken]:
    """Return a new token's secret, the only time that it is known, and what is kept of it."""
    if actor.token_scopes is not None:
        raise NotAllowed("token_makes_no_token")
    wanted = tuple(dict.fromkeys(scopes))
    until = expires_at or session.now + DEFAULT_LIFETIME
    spots = [
        Violation(pointer=f"#/scopes/{index}", code="token_scope_invalid", params={"scope": scope})
        for index, scope in enumerate(wanted)
        if not SCOPE_PATTERN.fullmatch(scope)
    ]
    if not wanted:
        spots.append(Violation(pointer="#/scopes", code="minItems", params={"limit": 1}))
    if not session.now < until <= session.now + MAXIMUM_LIFETIME:
        spots.append(Violation(pointer="#/expires_at", code="token_expiry", params={"days": MAXIMUM_LIFETIME.days}))
    if not title.strip():
        spots.append(Violation(pointer="#/title", code="required"))
    if spots:
        raise InvalidInput(violations=spots)
    secret = API_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        id=new_id(),
        title=title.strip(),
        hint=secret[:10],
        scopes=wanted,
        created_at=session.now,
        expires_at=until,
        used_at=None,
    )
    values = {name: getattr(token, name) for name in ApiToken.__slots__}
    session.execute(
        sa.insert(api_token).values(
            **{**values, "scopes": list(wanted)}, user_id=actor.user_id, token_hash=token_hash(secret)
        )
    )
    events.note(
        session, actor, "meta.api_token", "create", record_id=token.id, after={"title": title, "scopes": wanted}
    )
    return secret, token


def list_api_tokens(session: Session, actor: Actor) -> list[ApiToken]:
    """List one's own tokens, newest first."""
    return tokens_of(session, actor.user_id)


def tokens_of(session: Session, user_id: UUID) -> list[ApiToken]:
    """List the tokens of an account, newest first; the caller has checked who asks."""
    columns = [api_token.c[name] for name in ApiToken.__slots__]
    query = sa.select(*columns).where(api_token.c.user_id == user_id).order_by(api_token.c.id.desc())
    return [ApiToken(**{**row, "scopes": tuple(row["scopes"])}) for row in session.execute(query).mappings()]


def delete_api_token(session: Session, actor: Actor, token_id: UUID) -> None:
    """Delete a token of one's own, or as an administrator anybody's; it ends at once. Raises `NotFound`."""
    statement = sa.delete(api_token).where(api_token.c.id == token_id)
    if not actor.has_every_right:
        statement = statement.where(api_token.c.user_id == actor.user_id)
    if session.execute(statement).rowcount == 0:
        raise NotFound("token_not_found")
    events.note(session, actor, "meta.api_token", "delete", record_id=token_id)
