"""Who acts: an account with its roles and departments, read in one statement."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import prepared
from engine.actor import SYSTEM, SYSTEM_USER_ID, Actor
from engine.db import Session
from engine.errors import NotFound, NotSignedIn
from engine.models import api_token, session_token
from engine.prepared import Prepared

#: API tokens begin with this, so that they can be told from session tokens, and found by secret scanners.
API_PREFIX = "dgt_"
#: A session ends after this long without a request …
IDLE = timedelta(hours=12)
#: … and after this long in any case.
MAX_AGE = timedelta(days=14)
#: The expiry is moved at most this often: most requests write nothing.
_REFRESH = timedelta(minutes=5)

#: `{source}` and `{found}` say where the account stands and which; the rest is the same for every way to act.
#: Without the departments below: planning a recursive query costs as much again as all the rest of a small request.
_STATEMENT = """
SELECT u.id, u.username, u.name, u.department_id, u.language, u.is_administrator,
       {said},
       ARRAY(SELECT d.id FROM meta.department d WHERE d.head_id = u.id) AS led,
       ARRAY(SELECT r.role FROM meta.user_role r WHERE r.user_id = u.id) AS roles,
       (SELECT revision FROM meta.catalog_revision) AS revision
FROM {source} WHERE {found} AND u.is_active
"""


def _statement(*, said: str, source: str, found: str, types: tuple[str, ...]) -> Prepared:
    return Prepared(text=_STATEMENT.format(said=said, source=source, found=found), types=types)


_BY_SESSION = _statement(
    said="NULL::text[] AS scopes, t.used_at, t.created_at",
    source='meta.session_token t JOIN meta."user" u ON u.id = t.user_id',
    found="t.token_hash = $1 AND t.expires_at > $2",
    types=("bytea", "timestamptz"),
)
_BY_API_TOKEN = _statement(
    said="t.scopes, t.used_at, t.created_at",
    source='meta.api_token t JOIN meta."user" u ON u.id = t.user_id',
    found="t.token_hash = $1 AND t.expires_at > $2",
    types=("bytea", "timestamptz"),
)
_BY_USER = _statement(
    said="NULL::text[] AS scopes, NULL::timestamptz AS used_at, NULL::timestamptz AS created_at",
    source='meta."user" u',
    found="u.id = $1",
    types=("uuid",),
)
_BELOW = sa.text(
    "WITH RECURSIVE led AS (SELECT unnest(CAST(:led AS uuid[])) AS id"
    " UNION SELECT d.id FROM meta.department d JOIN led ON d.parent_id = led.id) SELECT id FROM led"
).columns(id=sa.Uuid())


def token_hash(token: str) -> bytes:
    """Return what is stored of a token: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def actor_for_token(session: Session, token: str) -> Actor:
    """Return who acts with a session token or an API token; raises `NotSignedIn`.

    One statement, which also brings the catalogue's revision, and one for the head of a department; another every five
    minutes moves the expiry. The name is
    noted for whoever shows people in this transaction (`engine.people`).
    """
    is_api = token.startswith(API_PREFIX)
    hashed = token_hash(token)
    found = _BY_API_TOKEN if is_api else _BY_SESSION
    row: Any = prepared.run(session, found, hashed, session.now).one_or_none()
    if row is None:
        raise NotSignedIn("token_not_valid")
    session.notes.setdefault("engine.catalog_revision", row.revision)
    session.notes.setdefault("engine.people", {})[row.id] = row.name
    if not session.is_read_only and (row.used_at is None or session.now - row.used_at > _REFRESH):
        _touch(session, api_token if is_api else session_token, hashed, row)
    return _actor(session, row)


def actor_for_user(session: Session, user_id: UUID) -> Actor:
    """Return the account as actor, as if signed in: background runs act in its name. Raises `NotFound`."""
    if user_id == SYSTEM_USER_ID:
        return SYSTEM
    row: Any = prepared.run(session, _BY_USER, user_id).one_or_none()
    if row is None:
        raise NotFound("user_not_found")
    return _actor(session, row)


def _actor(session: Session, row: sa.Row[Any]) -> Actor:
    own = () if row.department_id is None else (row.department_id,)
    led = session.execute(_BELOW, {"led": row.led}).scalars() if row.led else ()
    return Actor(
        user_id=row.id,
        username=row.username,
        name=row.name,
        department=row.department_id,
        departments=frozenset((*own, *led)),
        roles=frozenset(row.roles),
        language=row.language,
        is_administrator=row.is_administrator,
        token_scopes=None if row.scopes is None else frozenset(row.scopes),
    )


def _touch(session: Session, table: sa.Table, hashed: bytes, row: sa.Row[Any]) -> None:
    # SKIP LOCKED: of several requests at once one moves the expiry, none waits.
    free = sa.select(table.c.token_hash).where(table.c.token_hash == hashed).with_for_update(skip_locked=True)
    values: dict[str, Any] = {"used_at": session.now}
    if table is session_token:
        values["expires_at"] = min(session.now + IDLE, row.created_at + MAX_AGE)
    session.execute(sa.update(table).where(table.c.token_hash.in_(free)).values(values))
