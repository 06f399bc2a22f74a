"""Signing in and out: throttled by account and by address, with opaque tokens of which only a hash is kept."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import events
from engine.actor import SYSTEM, Actor
from engine.db import Session
from engine.errors import NotSignedIn, TooManyRequests
from engine.identity.actors import IDLE, actor_for_user, token_hash
from engine.identity.passwords import is_outdated, new_hash, verify
from engine.json_schema import bounds
from engine.models import password_link, session_token, sign_in_attempt, user

#: Failures that are free, by what is counted; each further one doubles the pause.
FREE_FAILURES = {"user": 5, "address": 50}
MAXIMUM_PAUSE = timedelta(minutes=15)
#: A count older than this begins anew.
MEMORY = timedelta(hours=1)
LINK_LIFETIME = timedelta(days=3)


class SignInFailed(NotSignedIn):
    """Wrong name or password; which of the two is not said. The failure stays counted."""

    code = "sign_in_failed"
    keeps_changes = True


def sign_in(
    session: Session, username: str, password: str, *, address: str | None = None, user_agent: str | None = None
) -> tuple[str, Actor]:
    """Return a new session token and who signed in.

    Raises `SignInFailed`, and `TooManyRequests` after too many failures; both take as long for an unknown name.
    """
    if bounds(username):  # no account has a name that cannot be stored
        raise SignInFailed
    keys = _keys(username, address)
    _require_not_blocked(session, keys)
    row = session.execute(
        sa.select(user.c.id, user.c.password_hash).where(
            sa.func.lower(user.c.username) == sa.func.lower(username.strip()), user.c.is_active
        )
    ).one_or_none()
    if not verify(session, row.password_hash if row else None, password) or row is None:
        _count_failure(session, keys)
        raise SignInFailed
    session.execute(sa.delete(sign_in_attempt).where(sign_in_attempt.c.key == keys[0]))
    if is_outdated(session, row.password_hash):
        _rehash(session, row.id, password)
    return open_session(session, row.id, address=address, user_agent=user_agent)


def open_session(
    session: Session, user_id: UUID, *, address: str | None = None, user_agent: str | None = None
) -> tuple[str, Actor]:
    """Sign an account in without asking for a password; the caller has made sure of the person."""
    token = secrets.token_urlsafe(32)
    session.execute(
        sa.insert(session_token).values(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=session.now,
            used_at=session.now,
            expires_at=session.now + IDLE,
            address=address,
            user_agent=user_agent[:300] if user_agent else None,
        )
    )
    actor = actor_for_user(session, user_id)
    events.note(session, actor, "meta.user", "sign_in", record_id=user_id, after={"address": address})
    return token, actor


def sign_out(session: Session, token: str) -> None:
    """End the session of a token; one that is over already is no error."""
    session.execute(sa.delete(session_token).where(session_token.c.token_hash == token_hash(token)))


def end_sessions(session: Session, user_id: UUID, *, keep: str | None = None) -> None:
    """End every session of an account, but for the one whose token is `keep`."""
    statement = sa.delete(session_token).where(session_token.c.user_id == user_id)
    if keep is not None:
        statement = statement.where(session_token.c.token_hash != token_hash(keep))
    session.execute(statement)


def create_password_link(session: Session, user_id: UUID) -> str:
    """Return the secret of a one-time link with which an account sets its first or forgotten password."""
    secret = secrets.token_urlsafe(32)
    session.execute(
        sa.insert(password_link).values(
            token_hash=token_hash(secret),
            user_id=user_id,
            created_at=session.now,
            expires_at=session.now + LINK_LIFETIME,
        )
    )
    return secret


def redeem_password_link(session: Session, secret: str, password: str) -> tuple[str, Actor]:
    """Set the password, use the link up and sign in; raises `NotSignedIn` when it is used, old or unknown."""
    user_id = session.execute(
        sa.delete(password_link)
        .where(password_link.c.token_hash == token_hash(secret), password_link.c.expires_at > session.now)
        .returning(password_link.c.user_id)
    ).scalar_one_or_none()
    if user_id is None:
        raise NotSignedIn("password_link_not_valid")
    _rehash(session, user_id, password)
    session.execute(sa.delete(password_link).where(password_link.c.user_id == user_id))
    end_sessions(session, user_id)
    events.note(session, SYSTEM, "meta.user", "set_password", record_id=user_id)
    return open_session(session, user_id)


def forget_expired(session: Session) -> int:
    """Delete sessions, links and counts that are over; return how many. A recurring job's work."""
    statements = (
        sa.delete(session_token).where(session_token.c.expires_at <= session.now),
        sa.delete(password_link).where(password_link.c.expires_at <= session.now),
        sa.delete(sign_in_attempt).where(sign_in_attempt.c.last_at <= session.now - 2 * MEMORY),
    )
    return sum(session.execute(statement).rowcount for statement in statements)


def _rehash(session: Session, user_id: UUID, password: str) -> None:
    session.execute(
        sa.update(user)
        .where(user.c.id == user_id)
        .values(password_hash=new_hash(session, password), password_changed_at=session.now)
    )


def _keys(username: str, address: str | None) -> list[str]:
    keys = [f"user:{username.strip().lower()[:200]}"]
    return keys if address is None else [*keys, f"address:{address}"]


def _require_not_blocked(session: Session, keys: list[str]) -> None:
    # The rows stay locked while the password is checked: guesses at one account wait for each other.
    rows = session.execute(
        sa.select(sign_in_attempt.c.blocked_until)
        .where(sign_in_attempt.c.key.in_(keys))
        .order_by(sign_in_attempt.c.key)
        .with_for_update()
    ).scalars()
    until = max((moment for moment in rows if moment is not None), default=session.now)
    if until > session.now:
        raise TooManyRequests("sign_in_throttled", seconds=int((until - session.now).total_seconds()) + 1)


def _count_failure(session: Session, keys: list[str]) -> None:
    table = sign_in_attempt
    insert = postgresql.insert(table).values(
        [{"key": key, "failures": 1, "last_at": session.now} for key in sorted(keys)]
    )
    counted = session.execute(
        insert.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failures": sa.case((table.c.last_at < session.now - MEMORY, 1), else_=table.c.failures + 1),
                "last_at": session.now,
            },
        ).returning(table.c.key, table.c.failures)
    ).all()
    for row in counted:
        over = row.failures - FREE_FAILURES[row.key.partition(":")[0]]
        if over >= 0:
            pause = min(timedelta(seconds=2 ** min(over, 20)), MAXIMUM_PAUSE)
            session.execute(sa.update(table).where(table.c.key == row.key).values(blocked_until=session.now + pause))
