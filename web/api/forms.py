"""Forms as their readers get them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from engine import permissions
from flow_engine import tasks
from form_engine import forms
from form_engine.documents import serving
from web.answers import is_same, json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.schemas.apps import FormSchema

router = APIRouter(prefix="/api/forms/{app}/{form}", tags=["forms"], route_class=JsonRoute)


@router.get("/schema", responses=shows(FormSchema) | {304: {"description": "As you have it."}})
def get_form_schema(
    call: SignedIn, app: str, form: str, known: Annotated[str | None, Header(alias="If-None-Match")] = None
) -> Response:
    """Return the form's expanded JSON Schema 2020-12 in the reader's language, with their rights as `x-grant`.

    Whoever is asked about a record of the form by a task may view it.
    """
    name = f"{app}.{form}"
    found = forms.get(call.session, name)
    grant = permissions.grant(call.session, call.actor, name)
    if not grant.actions:
        if not tasks.may_view_form(call.session, call.actor, name):
            permissions.require(grant, "view")
        grant = replace(grant, actions=frozenset({"view"}))
    answer = json_answer(serving.schema_for(found, call.language, grant))
    tag = f'"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if is_same(known, tag):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer
