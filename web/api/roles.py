"""Roles and rights, for administrators: who may do what, and because of which role.

A role is edited as the definition it is (`/api/apps/{app}/roles/{key}`); this module only reads.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from engine import identity, permissions, rights
from engine.actor import Actor
from engine.catalog import Definition, catalog
from engine.errors import NotFound
from engine.permissions import FORM_ACTIONS
from engine.texts import localized
from form_engine import sources
from web import menu
from web.answers import json_answer, shows
from web.api.users import role_title
from web.bodies import JsonRoute
from web.dependencies import Administrator, Call
from web.schemas.roles import FormGrants, Roles, Subjects, UserRights

router = APIRouter(prefix="/api", tags=["roles"], route_class=JsonRoute)


@router.get("/roles", responses=shows(Roles))
def list_roles(call: Administrator) -> Response:
    """List the roles in force with how many people have them."""
    members = identity.count_members(call.session, call.actor)
    view = catalog(call.session)
    return json_answer(
        {
            "items": [
                {
                    "name": role.name,
                    "title": role_title(call, role.name),
                    "app": role.app,
                    "app_title": _app_title(call, role.app),
                    "key": role.key,
                    "description": role.document.get("description", ""),
                    "version": role.version,
                    "members": members.get(role.name, 0),
                }
                for role in view.list("roles")
            ]
        }
    )


@router.get("/rights/subjects", responses=shows(Subjects))
def list_subjects(call: Administrator) -> Response:
    """List everything that a role may name: forms and balances with their fields, flows, reports, dashboards."""
    view = catalog(call.session)
    return json_answer(
        {
            "actions": sorted(FORM_ACTIONS),
            "apps": [
                {
                    "key": app.key,
                    "title": _app_title(call, app.key),
                    "forms": [_form(call, item) for kind in ("forms", "balances") for item in view.list(kind, app.key)],
                    **{section: _titles(call, view.list(section, app.key)) for section in rights.SECTIONS},
                }
                for app in view.list("apps")
            ],
        }
    )


@router.get("/rights/forms/{app}/{form}", responses=shows(FormGrants))
def list_form_grants(call: Administrator, app: str, form: str) -> Response:
    """List what each role grants on a form or balance, side by side."""
    name = f"{app}.{form}"
    members = identity.count_members(call.session, call.actor)
    found = rights.role_grants(call.session, name)
    return json_answer(
        {
            "form": name,
            "title": menu.title(call, _find_form(call, name)),
            "items": [_grant(call, one, members) for one in found],
        }
    )


@router.get("/rights/users/{user_id}", responses=shows(UserRights))
def get_user_rights(call: Administrator, user_id: UUID) -> Response:
    """Explain what an account may do, form by form, with the role that each right comes from, and its menu."""
    user = identity.get_user(call.session, user_id)
    # As somebody whom only roles give rights: what an administrator may beside them is everything.
    theirs = Actor(user_id=user.id, username=user.username, name=user.name, roles=frozenset(user.roles))
    view = catalog(call.session)
    named: dict[str, Any] = {section: _named_rights(call, section, user.roles) for section in rights.SECTIONS}
    shown = replace(theirs, is_administrator=user.is_administrator, language=call.language)
    return json_answer(
        {
            "is_administrator": user.is_administrator,
            "is_active": user.is_active,
            "roles": [_role(call, name) for name in user.roles],
            "forms": [
                one
                for kind in ("forms", "balances")
                for item in view.list(kind)
                if (one := _form_rights(call, theirs, item))["actions"]
            ],
            **named,
            "menu": menu.apps(replace(call, actor=shown)),
        }
    )


def _form_rights(call: Call, theirs: Actor, item: Definition) -> dict[str, Any]:
    granted = permissions.grant(call.session, theirs, item.name)
    return {
        "name": item.name,
        "title": menu.title(call, item),
        "app": item.app,
        "actions": sorted(granted.actions),
        "fields": dict(granted.fields),
        "grants": [_grant(call, one, {}) for one in rights.role_grants(call.session, item.name, theirs.roles)],
    }


def _named_rights(call: Call, section: permissions.Section, roles: tuple[str, ...]) -> list[dict[str, Any]]:
    found = (
        (item, rights.granting_roles(call.session, section, item.name, roles))
        for item in catalog(call.session).list(section)
    )
    return [
        {"name": item.name, "title": menu.title(call, item), "roles": [_role(call, name) for name in names]}
        for item, names in found
        if names
    ]


def _grant(call: Call, grant: rights.RoleGrant, members: dict[str, int]) -> dict[str, Any]:
    return asdict(grant) | {"role": _role(call, grant.role), "members": members.get(grant.role, 0)}


def _role(call: Call, name: str) -> dict[str, str]:
    return {"name": name, "title": role_title(call, name)}


def _titles(call: Call, items: Any) -> list[dict[str, str]]:
    return [{"name": item.name, "title": menu.title(call, item)} for item in items]


def _form(call: Call, item: Definition) -> dict[str, Any]:
    fields = sources.get(call.session, item.name).fields
    return {
        "name": item.name,
        "title": menu.title(call, item),
        "kind": item.kind,
        "fields": [{"key": field.key, "title": localized(field.title, call.language)} for field in fields.values()],
    }


def _find_form(call: Call, name: str) -> Definition:
    view = catalog(call.session)
    found = view.find("forms", name) or view.find("balances", name)
    if found is None:
        raise NotFound("form_not_found", form=name)
    return found


def _app_title(call: Call, app: str) -> str:
    view = catalog(call.session)
    found = view.find("apps", app)
    if found is None:
        return app
    return localized(view.text(app, f"apps/{app}/title", str(found.document.get("title", app))), call.language)
