"""Members and departments, as choices for fields that point to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from engine import identity
from web.answers import json_answer, shows
from web.api.relations import Ids, read_ids
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.schemas.session import PickerPage

router = APIRouter(prefix="/api", tags=["people"], route_class=JsonRoute)

Search = Annotated[str, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/members", responses=shows(PickerPage))
def list_members(call: SignedIn, search: Search = "", limit: Limit = 20, ids: Ids = None) -> Response:
    """List accounts that are open, by name."""
    found = identity.list_users(call.session, search=search, ids=read_ids(ids) or None, limit=limit)
    departments = {user.department_id for user in found if user.department_id is not None}
    titles = identity.department_titles(call.session, departments) if departments else {}
    return json_answer(
        {
            "items": [
                {
                    "id": user.id,
                    "title": user.name,
                    "subtitle": titles.get(user.department_id, "") if user.department_id else "",
                }
                for user in found
            ]
        }
    )


@router.get("/departments", responses=shows(PickerPage))
def list_departments(call: SignedIn, search: Search = "", limit: Limit = 100, ids: Ids = None) -> Response:
    """List departments by title."""
    found = identity.list_departments(call.session, search=search, ids=read_ids(ids) or None, limit=limit)
    return json_answer({"items": [{"id": department.id, "title": department.title} for department in found]})
