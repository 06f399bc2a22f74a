"""Departments, for administrators: the tree, its heads, and changing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from engine import identity
from engine.errors import InvalidInput, Violation
from engine.identity import Department
from web.answers import json_answer, no_content, shows
from web.api import users
from web.bodies import JsonRoute
from web.dependencies import Administrator, Call
from web.schemas.users import AccountHistory, DepartmentChange, DepartmentInput, DepartmentNode, DepartmentTree

router = APIRouter(prefix="/api/departments", tags=["people"], route_class=JsonRoute)


@router.get("/tree", responses=shows(DepartmentTree))
def get_department_tree(call: Administrator) -> Response:
    """List every department with its head and how many belong to it."""
    return json_answer({"items": _shown(call, identity.list_departments(call.session))})


@router.post("", status_code=201, responses=shows(DepartmentNode, 201))
def create_department(call: Administrator, body: DepartmentInput) -> Response:
    """Create a department."""
    identity.require_department(call.session, body.parent, "#/parent")
    _require_head(call, body.head)
    made = identity.create_department(
        call.session, call.actor, key=body.key, title=body.title, parent_id=body.parent, head_id=body.head
    )
    return json_answer(_shown(call, [made])[0], 201, {"Location": f"/api/departments/{made.id}"})


@router.patch("/{department_id}", responses=shows(DepartmentNode))
def change_department(call: Administrator, department_id: UUID, body: DepartmentChange) -> Response:
    """Rename a department, move it below another one, or give it a head."""
    identity.require_department(call.session, body.parent, "#/parent")
    _require_head(call, body.head)
    columns = {"parent": "parent_id", "head": "head_id"}
    changes: dict[str, Any] = {
        columns.get(name, name): getattr(body, name)
        for name in body.model_fields_set
        if name in columns or getattr(body, name) is not None
    }
    if changes:
        identity.update_department(call.session, call.actor, department_id, **changes)
    return json_answer(_shown(call, [identity.get_department(call.session, department_id)])[0])


@router.delete("/{department_id}", status_code=204)
def delete_department(call: Administrator, department_id: UUID) -> Response:
    """Delete a department that nobody belongs to and nothing stands below."""
    identity.delete_department(call.session, call.actor, department_id)
    return no_content()


@router.get("/{department_id}/history", responses=shows(AccountHistory))
def get_department_history(call: Administrator, department_id: UUID) -> Response:
    """List what happened to a department, newest first."""
    return json_answer({"items": users.history(call, "meta.department", department_id)})


def _require_head(call: Call, head: UUID | None) -> None:
    if head is not None and not any(user.is_active for user in identity.accounts(call.session, [head])):
        raise InvalidInput(violations=[Violation(pointer="#/head", code="user_not_found")])


def _shown(call: Call, departments: list[Department]) -> list[dict[str, Any]]:
    heads = {one.head_id for one in departments if one.head_id is not None}
    names = identity.user_names(call.session, heads)
    members = identity.count_department_members(call.session)
    return [
        {
            "id": one.id,
            "key": one.key,
            "title": one.title,
            "parent": one.parent_id,
            "head": None if one.head_id is None else {"id": one.head_id, "title": names.get(one.head_id, "")},
            "members": members.get(one.id, 0),
        }
        for one in departments
    ]
