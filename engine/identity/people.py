"""Accounts: who may sign in, as what, and with which roles.

Every change is an administrator's, except what people may change of themselves (password, language).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, Violation
from engine.identity.passwords import new_hash, verify
from engine.identity.sign_in import end_sessions
from engine.ids import new_id
from engine.models import api_token, password_link, user, user_role
from engine.texts import DEFAULT_LANGUAGE, LANGUAGES

USERNAME_PATTERN = re.compile(r"\w[\w.@+-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account as others see it."""

    id: UUID
    username: str
    name: str
    email: str | None
    department_id: UUID | None
    language: str
    is_administrator: bool
    is_active: bool
    roles: tuple[str, ...]


def require_administrator(actor: Actor) -> None:
    """Raise `NotAllowed` unless `actor` may administer accounts."""
    if not actor.has_every_right:
        raise NotAllowed("administrator_only")


def create_user(
    session: Session,
    actor: Actor,
    *,
    username: str,
    name: str,
    password: str | None = None,
    email: str | None = None,
    department_id: UUID | None = None,
    roles: Iterable[str] = (),
    language: str = DEFAULT_LANGUAGE,
    is_administrator: bool = False,
) -> User:
    """Create an account; without a password it signs in by a one-time link first.

    Raises `InvalidInput` for a name that cannot be, `Conflict` (`username_taken`) for one that is in use.
    """
    require_administrator(actor)
    username = username.strip()
    spots = _username_spots(username) + _language_spots(language)
    if spots:
        raise InvalidInput(violations=spots)
    if find_user(session, username) is not None:
        raise Conflict("username_taken", username=username)
    values = {
        "id": new_id(),
        "username": username,
        "name": name.strip() or username,
        "email": email,
        "password_hash": None if password is None else new_hash(session, password),
        "password_changed_at": None if password is None else session.now,
        "department_id": department_id,
        "language": language,
        "is_administrator": is_administrator,
        "created_at": session.now,
    }
    user_id = session.execute(sa.insert(user).values(values).returning(user.c.id)).scalar_one()
    kept = ("username", "name", "email", "department_id", "language", "is_administrator")
    _, after = events.changed_fields({}, {key: values[key] for key in kept})
    events.note(session, actor, "meta.user", "create", record_id=user_id, after=after)
    if roles:
        set_roles(session, actor, user_id, roles)
    return get_user(session, user_id)


def update_user(session: Session, actor: Actor, user_id: UUID, **changes: Any) -> User:
    """Change `name`, `email`, `department_id`, `language`, `is_administrator` or `is_active` of an account.

    Closing an account ends its sessions, and deletes its tokens and password links. The last active administrator stays one.
    """
    require_administrator(actor)
    unknown = set(changes) - {"name", "email", "department_id", "language", "is_administrator", "is_active"}
    if unknown:
        raise TypeError(f"an account has no {sorted(unknown)}")
    spots = _language_spots(changes.get("language", DEFAULT_LANGUAGE))
    if spots:
        raise InvalidInput(violations=spots)
    before = get_user(session, user_id)
    if before.is_administrator and not (changes.get("is_administrator", True) and changes.get("is_active", True)):
        _require_another_administrator(session, user_id)
    session.execute(sa.update(user).where(user.c.id == user_id).values(changes))
    if changes.get("is_active") is False:
        end_sessions(session, user_id)
        for table in (api_token, password_link):
            session.execute(sa.delete(table).where(table.c.user_id == user_id))
    old, new = events.changed_fields({key: getattr(before, key) for key in changes}, changes)
    events.note(session, actor, "meta.user", "update", record_id=user_id, before=old, after=new)
    return get_user(session, user_id)


def set_password(session: Session, actor: Actor, user_id: UUID, password: str) -> None:
    """Give an account a password; ends its sessions."""
    require_administrator(actor)
    _store_password(session, user_id, password)
    end_sessions(session, user_id)
    events.note(session, actor, "meta.user", "set_password", record_id=user_id)


def change_password(session: Session, actor: Actor, current: str, password: str, *, keep: str | None = None) -> None:
    """Change one's own password, knowing the present one; ends the other sessions, all but the token `keep`."""
    stored = session.execute(sa.select(user.c.password_hash).where(user.c.id == actor.user_id)).scalar_one_or_none()
    if not verify(session, stored, current):
        raise InvalidInput(violations=[Violation(pointer="#/current", code="password_wrong")])
    _store_password(session, actor.user_id, password)
    end_sessions(session, actor.user_id, keep=keep)
    events.note(session, actor, "meta.user", "set_password", record_id=actor.user_id)


def set_language(session: Session, actor: Actor, language: str) -> None:
    """Choose the language one reads."""
    spots = _language_spots(language)
    if spots:
        raise InvalidInput(violations=spots)
    session.execute(sa.update(user).where(user.c.id == actor.user_id).values(language=language))


def set_roles(session: Session, actor: Actor, user_id: UUID, roles: Iterable[str]) -> None:
    """Replace the roles of an account by these full names; raises `InvalidInput` for a role that is not in force."""
    from engine.catalog import catalog  # noqa: PLC0415 - keeps sign-in free of the catalogue

    require_administrator(actor)
    wanted = list(dict.fromkeys(roles))
    spots = [
        Violation(pointer=f"#/roles/{index}", code="role_unknown", params={"role": role})
        for index, role in enumerate(wanted)
        if catalog(session).find("roles", role) is None
    ]
    if spots:
        raise InvalidInput(violations=spots)
    before = get_user(session, user_id)
    session.execute(sa.delete(user_role).where(user_role.c.user_id == user_id))
    if wanted:
        session.execute(sa.insert(user_role).values([{"user_id": user_id, "role": role} for role in wanted]))
    old, new = events.changed_fields({"roles": sorted(before.roles)}, {"roles": sorted(wanted)})
    events.note(session, actor, "meta.user", "set_roles", record_id=user_id, before=old, after=new)


def get_user(session: Session, user_id: UUID) -> User:
    """Return an account; raises `NotFound`."""
    found = _users(session, user.c.id == user_id)
    if not found:
        raise NotFound("user_not_found")
    return found[0]


def find_user(session: Session, username: str) -> User | None:
    """Return the account of this name, whatever its case, or `None`."""
    found = _users(session, sa.func.lower(user.c.username) == sa.func.lower(username.strip()))
    return found[0] if found else None


def users_by_username(session: Session, usernames: Iterable[str]) -> Mapping[str, User]:
    """Return the accounts of these names, by the names as they are stored; unknown ones are absent."""
    lowered = [username.lower() for username in usernames]
    return {found.username: found for found in _users(session, sa.func.lower(user.c.username).in_(lowered))}


def list_users(
    session: Session,
    *,
    search: str = "",
    ids: Sequence[UUID] | None = None,
    role: str | None = None,
    only_active: bool = True,
    limit: int = 50,
) -> list[User]:
    """List accounts in the order of their user names: of these ids, of a role, with `search` in a name."""
    condition: sa.ColumnElement[bool] = user.c.is_active.is_(True) if only_active else sa.true()
    if search:
        condition &= sa.or_(
            user.c.name.icontains(search, autoescape=True), user.c.username.icontains(search, autoescape=True)
        )
    if ids is not None:
        condition &= user.c.id.in_(ids)
    if role is not None:
        condition &= sa.exists().where(user_role.c.user_id == user.c.id, user_role.c.role == role)
    return _users(session, condition, limit=limit)


def user_names(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return the names of accounts, closed ones included, by id."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(sa.select(user.c.id, user.c.name).where(user.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _users(session: Session, condition: sa.ColumnElement[bool], *, limit: int | None = None) -> list[User]:
    roles = (
        sa.select(sa.func.coalesce(sa.func.array_agg(user_role.c.role), sa.text("ARRAY[]::text[]")))
        .where(user_role.c.user_id == user.c.id)
        .scalar_subquery()
        .label("roles")
    )
    columns = [user.c[name] for name in User.__slots__ if name != "roles"]
    query = sa.select(*columns, roles).where(condition).order_by(sa.func.lower(user.c.username)).limit(limit)
    return [User(**{**row, "roles": tuple(sorted(row["roles"]))}) for row in session.execute(query).mappings()]


def _store_password(session: Session, user_id: UUID, password: str) -> None:
    changed = session.execute(
        sa.update(user)
        .where(user.c.id == user_id)
        .values(password_hash=new_hash(session, password), password_changed_at=session.now)
    )
    if changed.rowcount == 0:
        raise NotFound("user_not_found")


def _require_another_administrator(session: Session, user_id: UUID) -> None:
    # Locks every administrator, so that two cannot close each other's account at once.
    others = session.execute(
        sa.select(user.c.id).where(user.c.is_administrator, user.c.is_active).order_by(user.c.id).with_for_update()
    ).scalars()
    if all(other == user_id for other in others):
        raise Conflict("last_administrator")


def _username_spots(username: str) -> list[Violation]:
    if USERNAME_PATTERN.fullmatch(username):
        return []
    return [Violation(pointer="#/username", code="username_invalid", params={"username": username[:100]})]


def _language_spots(language: str) -> list[Violation]:
    if language in LANGUAGES:
        return []
    return [Violation(pointer="#/language", code="language_unknown", params={"known": list(LANGUAGES)})]
