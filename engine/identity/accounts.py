"""What administrators see of accounts: lists, sessions, tokens, and the links by which passwords are set again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import SYSTEM_USER_ID, Actor
from engine.db import Session
from engine.errors import Conflict, InvalidInput, NotFound, Violation
from engine.identity.api_tokens import ApiToken, delete_api_token, tokens_of
from engine.identity.departments import departments_below
from engine.identity.people import User, get_user, require_administrator
from engine.identity.sign_in import create_password_link
from engine.models import department, password_link, session_token, user, user_role

LIMIT_MAX = 200
#: So much of a session token's hash names the session: enough to tell sessions apart, nothing to sign in with.
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """Which accounts to list; what is None does not narrow.

    department -- members of this unit and of all below it.
    """

    search: str = ""
    department: UUID | None = None
    role: str | None = None
    is_active: bool | None = None
    is_administrator: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """Some accounts, how many there are in all, and when each was last at work."""

    items: tuple[User, ...]
    count: int
    last_seen: dict[UUID, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One place where somebody is signed in."""

    id: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None


def list_accounts(
    session: Session, actor: Actor, wanted: AccountFilter, *, limit: int = 50, offset: int = 0
) -> AccountPage:
    """List accounts in the order of their user names, closed ones included. Four statements at most."""
    require_administrator(actor)
    condition = _condition(session, wanted)
    count = session.execute(sa.select(sa.func.count()).select_from(user).where(condition)).scalar_one()
    ids = (
        session.execute(
            sa.select(user.c.id).where(condition).order_by(sa.func.lower(user.c.username)).limit(limit).offset(offset)
        )
        .scalars()
        .all()
    )
    return AccountPage(items=tuple(accounts(session, ids)), count=count, last_seen=last_seen(session, ids))


def accounts(session: Session, ids: Iterable[UUID]) -> list[User]:
    """Return accounts, closed ones included, in the order of their user names."""
    roles = (
        sa.select(sa.func.coalesce(sa.func.array_agg(user_role.c.role), sa.text("ARRAY[]::text[]")))
        .where(user_role.c.user_id == user.c.id)
        .scalar_subquery()
        .label("roles")
    )
    columns = [user.c[name] for name in User.__slots__ if name != "roles"]
    query = sa.select(*columns, roles).where(user.c.id.in_(list(ids))).order_by(sa.func.lower(user.c.username))
    return [User(**{**row, "roles": tuple(sorted(row["roles"]))}) for row in session.execute(query).mappings()]


def last_seen(session: Session, ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each account last asked for something in a session that is still known."""
    rows = session.execute(
        sa.select(session_token.c.user_id, sa.func.max(session_token.c.used_at).label("used_at"))
        .where(session_token.c.user_id.in_(list(ids)))
        .group_by(session_token.c.user_id)
    )
    return {row.user_id: row.used_at for row in rows}


def count_members(session: Session, actor: Actor) -> dict[str, int]:
    """Return how many open accounts have each role, by the role's full name."""
    require_administrator(actor)
    rows = session.execute(
        sa.select(user_role.c.role, sa.func.count().label("members"))
        .join_from(user_role, user, user_role.c.user_id == user.c.id)
        .where(user.c.is_active)
        .group_by(user_role.c.role)
    )
    return {row.role: row.members for row in rows}


def headed_departments(session: Session, actor: Actor, user_id: UUID) -> list[tuple[UUID, str]]:
    """List the units that an account heads: id and title."""
    require_administrator(actor)
    rows = session.execute(
        sa.select(department.c.id, department.c.title)
        .where(department.c.head_id == user_id)
        .order_by(department.c.title)
    )
    return [(row.id, row.title) for row in rows]


def list_sessions(session: Session, actor: Actor, user_id: UUID) -> list[OpenSession]:
    """List where an account is signed in, last used first."""
    require_administrator(actor)
    table = session_token
    rows = session.execute(
        sa.select(table)
        .where(table.c.user_id == user_id, table.c.expires_at > session.now)
        .order_by(table.c.used_at.desc(), table.c.token_hash)
    )
    return [
        OpenSession(
            id=bytes(row.token_hash)[:_ID_BYTES].hex(),
            created_at=row.created_at,
            used_at=row.used_at,
            expires_at=row.expires_at,
            address=row.address,
            user_agent=row.user_agent,
        )
        for row in rows
    ]


def end_session(session: Session, actor: Actor, user_id: UUID, session_id: str | None) -> int:
    """End one session of an account, or all of them; return how many. Raises `NotFound` where none is of that id."""
    require_administrator(actor)
    get_user(session, user_id)
    statement = sa.delete(session_token).where(session_token.c.user_id == user_id)
    if session_id is not None:
        start = sa.func.substring(session_token.c.token_hash, 1, _ID_BYTES)
        statement = statement.where(sa.func.encode(start, "hex") == session_id)
    ended = session.execute(statement).rowcount
    if ended == 0 and session_id is not None:
        raise NotFound("session_not_found")
    if ended:
        events.note(session, actor, "meta.user", "end_sessions", record_id=user_id, after={"sessions": ended})
    return int(ended)


def list_tokens(session: Session, actor: Actor, user_id: UUID) -> list[ApiToken]:
    """List the API tokens of an account, newest first."""
    require_administrator(actor)
    return tokens_of(session, user_id)


def delete_token(session: Session, actor: Actor, user_id: UUID, token_id: UUID) -> None:
    """Delete a token of an account; it ends at once. Raises `NotFound`."""
    found = next((token for token in list_tokens(session, actor, user_id) if token.id == token_id), None)
    if found is None:
        raise NotFound("token_not_found")
    delete_api_token(session, actor, token_id)
    events.note(session, actor, "meta.user", "delete_token", record_id=user_id, before={"title": found.title})


def renew_password_link(session: Session, actor: Actor, user_id: UUID) -> str:
    """Return the secret of a new one-time link for an account; earlier links of it end.

    The present password stays until the link is used. Raises `Conflict` for an account that is closed.
    """
    require_administrator(actor)
    found = get_user(session, user_id)
    if not found.is_active:
        raise Conflict("user_inactive", name=found.name)
    session.execute(sa.delete(password_link).where(password_link.c.user_id == user_id))
    secret = create_password_link(session, user_id)
    events.note(session, actor, "meta.user", "password_link", record_id=user_id)
    return secret


def require_department(session: Session, department_id: UUID | None, at: str = "#/department") -> None:
    """Raise `InvalidInput` at `at` for a unit that is not there."""
    if department_id is None:
        return
    if session.execute(sa.select(department.c.id).where(department.c.id == department_id)).one_or_none() is None:
        raise InvalidInput(violations=[Violation(pointer=at, code="department_not_found")])


def _condition(session: Session, wanted: AccountFilter) -> sa.ColumnElement[bool]:
    condition: sa.ColumnElement[bool] = user.c.id != SYSTEM_USER_ID
    if wanted.search:
        condition &= sa.or_(
            *(user.c[name].icontains(wanted.search, autoescape=True) for name in ("name", "username", "email"))
        )
    if wanted.department is not None:
        condition &= user.c.department_id.in_(departments_below(session, [wanted.department]))
    if wanted.role is not None:
        condition &= sa.exists().where(user_role.c.user_id == user.c.id, user_role.c.role == wanted.role)
    if wanted.is_active is not None:
        condition &= user.c.is_active.is_(wanted.is_active)
    if wanted.is_administrator is not None:
        condition &= user.c.is_administrator.is_(wanted.is_administrator)
    return condition
