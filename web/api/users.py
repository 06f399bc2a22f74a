"""Accounts, for administrators: who may sign in, as what, where they are signed in, and what happened to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from engine import events, identity
from engine.catalog import catalog
from engine.identity.accounts import LIMIT_MAX
from engine.identity.actors import token_hash
from engine.texts import localized
from flow_engine import tasks
from web import password_page
from web.answers import json_answer, no_content, shows
from web.bodies import JsonRoute
from web.dependencies import Administrator, Call
from web.schemas.users import (
    AccountChange,
    AccountDetail,
    AccountHistory,
    AccountInput,
    AccountPage,
    AccountTokens,
    NewAccount,
    OpenSessions,
    PasswordLink,
)

router = APIRouter(prefix="/api/users", tags=["users"], route_class=JsonRoute)

_TASKS_SHOWN = 20
_HISTORY_SHOWN = 100

Flag = Annotated[bool | None, Query()]


@router.get("", responses=shows(AccountPage))
def list_users(
    call: Administrator,
    search: Annotated[str, Query(max_length=200)] = "",
    department: Annotated[UUID | None, Query(description="Of this department or any below it.")] = None,
    role: Annotated[str | None, Query(max_length=200, description="Full name of a role.")] = None,
    is_active: Flag = None,
    is_administrator: Flag = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """List accounts, closed ones included, by user name."""
    wanted = identity.AccountFilter(
        search=search, department=department, role=role, is_active=is_active, is_administrator=is_administrator
    )
    page = identity.list_accounts(call.session, call.actor, wanted, limit=limit, offset=offset)
    return json_answer({"items": _shown(call, page.items), "count": page.count})


@router.post("", status_code=201, responses=shows(NewAccount, 201))
def create_user(call: Administrator, body: AccountInput) -> Response:
    """Create an account. The answer holds the one-time link by which its owner chooses a password."""
    identity.require_department(call.session, body.department)
    made = identity.create_user(
        call.session,
        call.actor,
        username=body.username,
        name=body.name,
        email=body.email or None,
        department_id=body.department,
        roles=body.roles,
        language=body.language,
        is_administrator=body.is_administrator,
    )
    secret = identity.renew_password_link(call.session, call.actor, made.id)
    shown = {"user": _shown(call, [made])[0], "link": _link(call, secret)}
    return json_answer(shown, 201, {"Location": f"/api/users/{made.id}"})


@router.get("/{user_id}", responses=shows(AccountDetail))
def get_user(call: Administrator, user_id: UUID) -> Response:
    """Return an account with its open tasks and the departments it heads."""
    return json_answer(_detail(call, user_id))


@router.patch("/{user_id}", responses=shows(AccountDetail))
def change_user(call: Administrator, user_id: UUID, body: AccountChange) -> Response:
    """Change an account. Closing it ends its sessions and tokens at once; the last administrator stays one."""
    changes = {
        {"department": "department_id"}.get(name, name): getattr(body, name)
        for name in body.model_fields_set
        # Only a department and a mail address may be taken away.
        if name != "roles" and (getattr(body, name) is not None or name in ("department", "email"))
    }
    identity.require_department(call.session, changes.get("department_id"))
    if changes:
        identity.update_user(call.session, call.actor, user_id, **changes)
    if body.roles is not None:
        identity.set_roles(call.session, call.actor, user_id, body.roles)
    return json_answer(_detail(call, user_id))


@router.post("/{user_id}/password_link", responses=shows(PasswordLink))
def renew_password_link(call: Administrator, user_id: UUID) -> Response:
    """Make a one-time link to choose a password; earlier links end, the present password stays until it is used."""
    return json_answer({"link": _link(call, identity.renew_password_link(call.session, call.actor, user_id))})


@router.get("/{user_id}/sessions", responses=shows(OpenSessions))
def list_sessions(call: Administrator, user_id: UUID) -> Response:
    """List where an account is signed in."""
    own = "" if call.token is None else token_hash(call.token).hex()
    found = identity.list_sessions(call.session, call.actor, user_id)
    return json_answer({"items": [asdict(one) | {"is_own": own.startswith(one.id)} for one in found]})


@router.delete("/{user_id}/sessions", status_code=204)
def end_sessions(call: Administrator, user_id: UUID) -> Response:
    """End every session of an account."""
    identity.end_session(call.session, call.actor, user_id, None)
    return no_content()


@router.delete("/{user_id}/sessions/{session_id}", status_code=204)
def end_session(call: Administrator, user_id: UUID, session_id: str) -> Response:
    """End one session of an account."""
    identity.end_session(call.session, call.actor, user_id, session_id)
    return no_content()


@router.get("/{user_id}/tokens", responses=shows(AccountTokens))
def list_user_tokens(call: Administrator, user_id: UUID) -> Response:
    """List the API tokens of an account, without the tokens themselves."""
    found = identity.list_tokens(call.session, call.actor, user_id)
    return json_answer({"items": [asdict(token) for token in found]})


@router.delete("/{user_id}/tokens/{token_id}", status_code=204)
def delete_user_token(call: Administrator, user_id: UUID, token_id: UUID) -> Response:
    """Delete an API token of an account; it ends at once."""
    identity.delete_token(call.session, call.actor, user_id, token_id)
    return no_content()


@router.get("/{user_id}/history", responses=shows(AccountHistory))
def get_user_history(call: Administrator, user_id: UUID) -> Response:
    """List what happened to an account, newest first."""
    return json_answer({"items": history(call, "meta.user", user_id)})


def history(call: Call, form: str, record_id: UUID) -> list[dict[str, Any]]:
    """Return the audit trail of an account or a department as JSON, with names where it holds ids."""
    entries = events.history(call.session, form, record_id, limit=_HISTORY_SHOWN)
    sides = [side for entry in entries for side in (entry.before, entry.after)]
    people = {entry.user_id for entry in entries} | _ids(sides, "head_id")
    names = identity.user_names(call.session, people)
    units = identity.department_titles(call.session, _ids(sides, "department_id") | _ids(sides, "parent_id"))
    titles = {str(key): title for key, title in {**names, **units}.items()}
    return [
        {
            "id": entry.id,
            "at": entry.at,
            "by": {"id": entry.user_id, "title": names.get(entry.user_id, "")},
            "action": entry.action,
            "before": _named(call, entry.before, titles),
            "after": _named(call, entry.after, titles),
        }
        for entry in entries
    ]


def _ids(sides: list[Any], member: str) -> set[UUID]:
    return {UUID(side[member]) for side in sides if side.get(member)}


def _named(call: Call, side: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    return {key: _named_value(call, key, value, titles) for key, value in side.items()}


def _named_value(call: Call, key: str, value: Any, titles: Mapping[str, str]) -> Any:
    if key in ("department_id", "parent_id", "head_id"):
        return titles.get(value, "")
    return [role_title(call, role) for role in value] if key == "roles" else value


def _link(call: Call, secret: str) -> str:
    base = call.platform.settings.base_url or str(call.request.base_url)
    return password_page.link(base.rstrip("/"), secret)


def _detail(call: Call, user_id: UUID) -> dict[str, Any]:
    found = identity.get_user(call.session, user_id)
    theirs = replace(call.actor, user_id=user_id)
    return {
        **_shown(call, [found])[0],
        "open_tasks": tasks.list_for(call.session, theirs, limit=_TASKS_SHOWN).items,
        "open_task_count": tasks.counts(call.session, theirs)["open"],
        "heads": [
            {"id": key, "title": title} for key, title in identity.headed_departments(call.session, call.actor, user_id)
        ],
    }


def _shown(call: Call, users: Any) -> list[dict[str, Any]]:
    """Return accounts as JSON: two statements, however many."""
    seen = identity.last_seen(call.session, [user.id for user in users])
    units = {user.department_id for user in users if user.department_id is not None}
    titles = identity.department_titles(call.session, units)
    return [
        {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "email": user.email,
            "language": user.language,
            "department": {"id": user.department_id, "title": titles[user.department_id]}
            if user.department_id in titles
            else None,
            "roles": [{"name": name, "title": role_title(call, name)} for name in user.roles],
            "is_administrator": user.is_administrator,
            "is_active": user.is_active,
            "seen_at": seen.get(user.id),
        }
        for user in users
    ]


def role_title(call: Call, name: str) -> str:
    """Return what people call a role, in the reader's language; its name where it is not in force."""
    view = catalog(call.session)
    found = view.find("roles", name)
    if found is None:
        return name
    return localized(view.text(found.app, f"roles/{found.key}/title", str(found.document["title"])), call.language)
